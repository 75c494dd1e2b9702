/* The manual page from the tables: man(7) macros that every man knows. */
#include "cli/manual.h"
#include "cli/help.h"
#include "cli/topics.h"

/* Text as roff shows it: no escapes, no requests, a minus that can be copied; code in backquotes is
 * bold. */
static void add_escaped(Text *text, const char *string)
{
    bool line_start = true, code = false;
    for (; *string; string++) {
        if (line_start && (*string == '.' || *string == '\''))
            text_put(text, "\\&");
        line_start = *string == '\n';
        if (*string == '\\')
            text_put(text, "\\e");
        else if (*string == '-')
            text_put(text, "\\-");
        else if (*string == '~')
            text_put(text, "\\(ti");
        else if (*string == '\'')
            text_put(text, "\\(aq");
        else if (*string == '`')
            text_put(text, (code = !code) ? "\\fB" : "\\fR");
        else
            text_char(text, *string);
    }
}

static void add_line(Text *text, const char *string)
{
    add_escaped(text, string);
    text_char(text, '\n');
}

static void add_paragraphs(Text *text, const char *paragraphs)
{
    const char *end;
    for (; (end = strstr(paragraphs, "\n\n")); paragraphs = end + 2) {
        char *one = strndup(paragraphs, (size_t)(end - paragraphs));
        if (one)
            add_line(text, one);
        text_put(text, ".PP\n");
        free(one);
    }
    add_line(text, paragraphs);
}

/* ".TP" with a bold term. */
static void add_term(Text *text, const char *term, const char *description)
{
    text_put(text, ".TP\n\\fB");
    add_escaped(text, term);
    text_put(text, "\\fR\n");
    add_line(text, description);
}

static void add_topics(Text *text, const char *heading, const Topic *topics)
{
    text_print(text, ".SH %s\n", heading);
    for (; topics->term; topics++)
        add_term(text, topics->term, topics->text);
}

static void add_option(Text *text, const Option *option)
{
    text_put(text, ".TP\n");
    if (option->letter)
        text_print(text, "\\fB\\-%c\\fR, ", option->letter);
    text_put(text, "\\fB\\-\\-");
    add_escaped(text, option->name);
    text_put(text, "\\fR");
    if (option->placeholder)
        text_print(text, " \\fI%s\\fR", option->placeholder);
    text_char(text, '\n');
    add_line(text, option->help);
}

static void add_options(Text *text, const Command *command)
{
    for (size_t i = 0; option_at(i); i++)
        if (!option_at(i)->global && command_takes(command, option_at(i)))
            add_option(text, option_at(i));
}

static void add_examples(Text *text, const Command *command)
{
    for (size_t i = 0; i < COUNT(command->examples) && command->examples[i].line; i++) {
        text_put(text, i ? ".PP\n" : ".PP\nExamples:\n.PP\n");
        text_put(text, ".nf\n.RS 4\n# ");
        add_line(text, command->examples[i].does);
        add_line(text, command->examples[i].line);
        text_put(text, ".RE\n.fi\n");
    }
}

static void add_command(Text *text, const Command *command)
{
    Text usage = TEXT_EMPTY, term = TEXT_EMPTY;
    help_usage(command, &usage);
    help_command_term(command, &term);
    text_put(text, ".SS \"");
    add_escaped(text, text_string(&term));
    text_put(text, "\"\n\\fB");
    add_escaped(text, text_string(&usage));
    text_put(text, "\\fR\n.PP\n");
    add_paragraphs(text, command->description);
    add_options(text, command);
    add_examples(text, command);
    text_done(&usage);
    text_done(&term);
}

static void add_exits(Text *text)
{
    text_put(text, ".SH EXIT STATUS\n");
    for (const ExitTopic *topic = topic_exits; topic->text; topic++) {
        text_print(text, ".TP\n\\fB%d\\fR\n", topic->status);
        add_line(text, topic->text);
    }
    text_put(text, ".PP\nThe codes in the JSON of an error, and what each means:\n");
    for (int code = 0; code < RUNG_CODE_COUNT; code++) {
        if (code == RUNG_OK)
            continue;
        text_print(text, ".TP\n\\fB%s\\fR (%d)\n", rung_code_name((rung_code)code),
                   rung_code_exit((rung_code)code));
        add_line(text, rung_code_doc((rung_code)code));
    }
}

static void add_settings(Text *text)
{
    rung_setting setting;
    text_put(text, ".SH SETTINGS\nIn rung.yaml:\n");
    for (size_t i = 0; rung_setting_at(i, &setting); i++) {
        text_put(text, ".TP\n\\fB");
        add_escaped(text, setting.name);
        text_put(text, "\\fR (");
        add_escaped(text, setting.type);
        if (*setting.standard) {
            text_put(text, ", default ");
            add_escaped(text, setting.standard);
        }
        text_put(text, ")\n");
        add_line(text, setting.doc);
    }
}

Code manual_print(const CommandLine *line, Text *text, Error *error)
{
    text_print(text, ".TH RUNG 1 \"\" \"rung %s\" \"User Commands\"\n.SH NAME\nrung \\- ",
               rung_version());
    add_line(text, topic_title);
    text_put(text, ".SH SYNOPSIS\n\\fBrung\\fR [\\fIoptions\\fR] \\fICOMMAND\\fR "
                   "[\\fIoperands\\fR]\n.SH DESCRIPTION\n");
    add_paragraphs(text, topic_description);
    text_put(text, ".SH COMMANDS\n");
    for (size_t i = 0; command_at(i); i++)
        add_command(text, command_at(i));
    text_put(text, ".SH OPTIONS\nEvery command takes these. Options may stand before and after "
                   "the command and its operands.\n");
    for (size_t i = 0; option_at(i); i++)
        if (option_at(i)->global)
            add_option(text, option_at(i));
    add_topics(text, "REVISIONS", topic_revisions);
    add_topics(text, "DATABASE URLS", topic_urls);
    add_settings(text);
    add_topics(text, "FILES", topic_files);
    add_topics(text, "ENVIRONMENT", topic_environment);
    add_exits(text);
    text_put(text, ".SH SEE ALSO\n.BR psql (1),\n.BR sqlite3 (1)\n");
    return RUNG_OK;
}
