/* Pages of 79 columns from the tables. */
#include "cli/help.h"
#include "base/value.h"
#include "cli/line.h"
#include "cli/topics.h"
#include "cli/wrap.h"

enum { COMMAND_COLUMN = 20, OPTION_COLUMN = 25 };

void help_option_term(const Option *option, Text *text)
{
    if (option->letter)
        text_print(text, "-%c, ", option->letter);
    else
        text_put(text, "    ");
    text_print(text, "--%s", option->name);
    if (option->placeholder)
        text_print(text, " %s", option->placeholder);
}

void help_command_term(const Command *command, Text *text)
{
    text_put(text, command->name);
    for (size_t i = 0; i < COUNT(command->aliases) && command->aliases[i]; i++)
        text_print(text, ", %s", command->aliases[i]);
}

void help_usage(const Command *command, Text *text)
{
    text_print(text, "rung %s [options]%s%s", command->name, *command->operands ? " " : "",
               command->operands);
}

static void add_options(Text *text, const Command *command, bool global)
{
    for (size_t i = 0; option_at(i); i++) {
        const Option *option = option_at(i);
        if (option->global != global || (!global && !command_takes(command, option)))
            continue;
        Text term = TEXT_EMPTY;
        help_option_term(option, &term);
        wrap_term(text, text_string(&term), option->help, OPTION_COLUMN);
        text_done(&term);
    }
}

static void add_group(Text *text, CommandGroup group)
{
    text_print(text, "\n%s\n", command_group_title(group));
    for (size_t i = 0; command_at(i); i++) {
        if (command_at(i)->group != group)
            continue;
        Text term = TEXT_EMPTY;
        help_command_term(command_at(i), &term);
        wrap_term(text, text_string(&term), command_at(i)->summary, COMMAND_COLUMN);
        text_done(&term);
    }
}

void help_overview(Text *text, bool options)
{
    text_print(text, "rung %s: %s\n\nusage: rung [options] COMMAND [operands]\n", rung_version(),
               topic_title);
    for (int group = 0; group < GROUP_COUNT; group++)
        add_group(text, (CommandGroup)group);
    if (options) {
        text_put(text, "\noptions of every command\n");
        add_options(text, NULL, true);
    }
    text_put(text,
             "\nrung help COMMAND says more. The database comes from rung.yaml or DATABASE_URL.\n");
}

static void add_operands(Text *text, const Command *command)
{
    for (const OperandTopic *topic = topic_operands; topic->name; topic++)
        if (command_has_operand(command, topic->name)) {
            text_char(text, '\n');
            wrap_term(text, topic->name, topic->text, 2 + strlen(topic->name) + 2);
        }
}

static bool exits_with(const Command *command, int status)
{
    for (size_t i = 0; i < COUNT(command->exits) && command->exits[i]; i++)
        if (command->exits[i] == status)
            return true;
    return status <= 2;
}

static void add_exits(Text *text, const Command *command)
{
    text_put(text, "\nexit status\n");
    for (const ExitTopic *topic = topic_exits; topic->text; topic++)
        if (exits_with(command, topic->status)) {
            char term[12];
            snprintf(term, sizeof term, "%d", topic->status);
            wrap_term(text, term, topic->text, 5);
        }
}

void help_command(const Command *command, Text *text)
{
    Text usage = TEXT_EMPTY;
    text_print(text, "rung %s: %s\n\nusage: ", command->name, command->summary);
    help_usage(command, &usage);
    wrap_add(text, text_string(&usage), strlen("usage: "), strlen("usage: "));
    text_done(&usage);
    for (size_t i = 0; i < COUNT(command->aliases) && command->aliases[i]; i++)
        text_print(text, "%s%s", i ? ", " : "short: rung ", command->aliases[i]);
    text_put(text, command->aliases[0] ? "\n\n" : "\n");
    wrap_add(text, command->description, 0, 0);
    add_operands(text, command);
    if (command->options[0]) {
        text_put(text, "\noptions\n");
        add_options(text, command, false);
    }
    text_put(text, "\noptions of every command\n");
    add_options(text, NULL, true);
    text_put(text, "\nexamples\n");
    for (size_t i = 0; i < COUNT(command->examples) && command->examples[i].line; i++)
        text_print(text, "  # %s\n  %s\n", command->examples[i].does, command->examples[i].line);
    add_exits(text, command);
}

Code help_print(const CommandLine *line, Text *text, Error *error)
{
    if (!line->operands.count) {
        help_overview(text, true);
        return RUNG_OK;
    }
    const Command *command = command_find(line->operands.at[0]);
    if (!command)
        return command_unknown(line->operands.at[0], error);
    help_command(command, text);
    return RUNG_OK;
}

Code version_print(const CommandLine *line, Text *text, Error *error)
{
    if (!line->arguments.json) {
        text_print(text, "rung %s\n", rung_version());
        return RUNG_OK;
    }
    Value *object = value_object();
    value_set_text(object, "version", rung_version());
    value_write(object, true, text);
    text_char(text, '\n');
    value_free(object);
    return RUNG_OK;
}
