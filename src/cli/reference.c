/* doc/reference.md from the tables. */
#include "cli/reference.h"
#include "cli/help.h"
#include "cli/topics.h"

/* Text may have code in backquotes, which is code in Markdown too. */
static void add_escaped(Text *text, const char *string)
{
    bool code = false;
    for (; *string; string++) {
        code ^= *string == '`';
        if (strchr(code ? "|" : "\\*_<>|[]$", *string))
            text_char(text, '\\');
        text_char(text, *string);
    }
}

/* A cell of a table in the type of code; a bar would end the cell even there. */
static void add_code(Text *text, const char *string)
{
    text_char(text, '`');
    for (; *string; string++)
        text_print(text, *string == '|' ? "\\%c" : "%c", *string);
    text_char(text, '`');
}

static void add_row(Text *text, const char *term, const char *description)
{
    text_put(text, "| ");
    add_code(text, term);
    text_put(text, " | ");
    add_escaped(text, description);
    text_put(text, " |\n");
}

static void add_topics(Text *text, const char *heading, const char *column, const Topic *topics)
{
    text_print(text, "\n## %s\n\n| %s | |\n|---|---|\n", heading, column);
    for (; topics->term; topics++)
        add_row(text, topics->term, topics->text);
}

static void add_option(Text *text, const Option *option)
{
    Text term = TEXT_EMPTY;
    help_option_term(option, &term);
    const char *shown = text_string(&term);
    add_row(text, shown + strspn(shown, " "), option->help);
    text_done(&term);
}

static void add_options(Text *text, const Command *command)
{
    text_put(text, "\n| option | |\n|---|---|\n");
    for (size_t i = 0; option_at(i); i++)
        if (command ? !option_at(i)->global && command_takes(command, option_at(i))
                    : option_at(i)->global)
            add_option(text, option_at(i));
}

static void add_command(Text *text, const Command *command)
{
    Text usage = TEXT_EMPTY;
    help_usage(command, &usage);
    text_print(text, "\n### %s\n\n`%s`: ", command->name, text_string(&usage));
    add_escaped(text, command->summary);
    text_put(text, ".");
    for (size_t i = 0; i < COUNT(command->aliases) && command->aliases[i]; i++)
        text_print(text, " Short: `%s`.", command->aliases[i]);
    text_put(text, "\n\n");
    add_escaped(text, command->description);
    text_char(text, '\n');
    if (command->options[0])
        add_options(text, command);
    text_put(text, "\n```sh\n");
    for (size_t i = 0; i < COUNT(command->examples) && command->examples[i].line; i++)
        text_print(text, "# %s\n%s\n", command->examples[i].does, command->examples[i].line);
    text_put(text, "```\n");
    text_done(&usage);
}

static void add_commands(Text *text)
{
    text_put(text, "\n## Commands\n\n| command | |\n|---|---|\n");
    for (size_t i = 0; command_at(i); i++) {
        Text term = TEXT_EMPTY;
        help_command_term(command_at(i), &term);
        text_print(text, "| [`%s`](#%s) | ", text_string(&term), command_at(i)->name);
        add_escaped(text, command_at(i)->summary);
        text_put(text, " |\n");
        text_done(&term);
    }
    for (size_t i = 0; command_at(i); i++)
        add_command(text, command_at(i));
}

static void add_settings(Text *text)
{
    rung_setting setting;
    text_put(text, "\n## Settings\n\nIn `rung.yaml`. `${NAME}` and `${NAME:-default}` are taken "
                   "from the environment and from `.env`.\n\n"
                   "| setting | type | default | |\n|---|---|---|---|\n");
    for (size_t i = 0; rung_setting_at(i, &setting); i++) {
        text_put(text, "| ");
        add_code(text, setting.name);
        text_put(text, " | ");
        add_escaped(text, setting.type);
        text_put(text, " | ");
        if (*setting.standard)
            add_code(text, setting.standard);
        text_put(text, " | ");
        add_escaped(text, setting.doc);
        text_put(text, " |\n");
    }
}

static void add_exits(Text *text)
{
    text_put(text, "\n## Exit status\n\n| status | |\n|---|---|\n");
    for (const ExitTopic *topic = topic_exits; topic->text; topic++)
        text_print(text, "| %d | %s |\n", topic->status, topic->text);
    text_put(text, "\nThe `code` of an error in JSON, and of the library:\n\n"
                   "| code | status | |\n|---|---|---|\n");
    for (int code = 0; code < RUNG_CODE_COUNT; code++) {
        text_print(text, "| `%s` | %d | ", rung_code_name((rung_code)code),
                   rung_code_exit((rung_code)code));
        add_escaped(text, rung_code_doc((rung_code)code));
        text_put(text, " |\n");
    }
}

Code reference_print(const CommandLine *line, Text *text, Error *error)
{
    text_put(text, "# Reference\n\nPrinted by `rung reference` from the tables of the program.\n");
    add_commands(text);
    text_put(text, "\n## Options of every command\n\n"
                   "Options may stand before and after the command and its operands.\n");
    add_options(text, NULL);
    add_topics(text, "Naming a revision", "REV", topic_revisions);
    add_topics(text, "Database URLs", "URL", topic_urls);
    add_settings(text);
    add_topics(text, "Files", "file", topic_files);
    add_topics(text, "Environment", "variable", topic_environment);
    add_exits(text);
    return RUNG_OK;
}
