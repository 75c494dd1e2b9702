/* One pass over the words with all options of the table; whether the command takes them is asked
 * at the end, so that they may stand in front of it. */
#include "cli/line.h"
#include "cli/secret.h"
#include "base/names.h"

#include <errno.h>

typedef struct Reader {
    Arena *arena;
    size_t count, next;
    char *const *words;
    bool options_over; /* `--` was seen */
    CommandLine *line;
    VEC(const Option *) seen;
} Reader;

/* ---- options ---- */

static void *place(CommandLine *line, const Option *option)
{
    return (char *)line + option->offset;
}

static void add_list(Reader *reader, WordList *list, const char *value)
{
    while (*value) {
        size_t length = strcspn(value, ",");
        if (length)
            *vec_add(reader->arena, list) = arena_copy(reader->arena, value, length);
        value += length + (value[length] == ',');
    }
}

static Code read_number(const Option *option, const char *value, size_t *ret_number, Error *error)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (!(*value >= '0' && *value <= '9') || *end || errno || number > SIZE_MAX)
        return error_set(error, RUNG_USAGE, "--%s needs a number, not \"%s\"", option->name, value);
    *ret_number = (size_t)number;
    return RUNG_OK;
}

static Code set_option(Reader *reader, const Option *option, const char *value, Error *error)
{
    void *at = place(reader->line, option);
    *vec_add(reader->arena, &reader->seen) = option;
    if (option->type == OPTION_FLAG) {
        *(bool *)at = true;
        return RUNG_OK;
    }
    if (!*value) {
        error_set(error, RUNG_USAGE, "the value of --%s is empty", option->name);
        return error_hint(error, "is the variable that it was made from set?");
    }
    if (option->type == OPTION_NUMBER)
        return read_number(option, value, at, error);
    if (option->type == OPTION_LIST)
        add_list(reader, at, value);
    else if (option->type == OPTION_EACH)
        *vec_add(reader->arena, (WordList *)at) = value;
    else
        *(const char **)at = value;
    return RUNG_OK;
}

/* The next word as the value of `option`. A word with two dashes is another option: a forgotten
 * value is likelier than one that looks like this, and --name=--value is still there. */
static Code next_value(Reader *reader, const Option *option, const char **ret_value, Error *error)
{
    const char *word = reader->next < reader->count ? reader->words[reader->next] : NULL;
    if (!word || strncmp(word, "--", 2) == 0) {
        error_set(error, RUNG_USAGE, "--%s needs a value: --%s %s", option->name, option->name,
                  option->placeholder);
        if (word)
            error_hint(error, "write --%s=%s if that is the value", option->name,
                       secret_covered(reader->arena, word));
        return error->code;
    }
    reader->next++;
    *ret_value = word;
    return RUNG_OK;
}

static Code unknown_option(const char *name, size_t length, Error *error)
{
    char word[33] = "";
    snprintf(word, sizeof word, "%.*s", (int)(length < 32 ? length : 32), name);
    Near near;
    near_start(&near, word, strlen(word));
    for (size_t i = 0; option_at(i); i++)
        near_offer(&near, option_at(i)->name);
    error_set(error, RUNG_USAGE, "no such option: --%s", word);
    if (near.count)
        return error_hint(error, "did you mean --%s?", near.names[0]);
    return error_hint(error, "rung help lists the options");
}

static Code read_long(Reader *reader, const char *word, Error *error)
{
    size_t length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    const Option *option = option_find(word, length);
    if (!option)
        return unknown_option(word, length, error);
    if (option->type == OPTION_FLAG && value)
        return error_set(error, RUNG_USAGE, "--%s takes no value", option->name);
    if (option->type != OPTION_FLAG && !value) {
        Code code = next_value(reader, option, &value, error);
        if (code)
            return code;
    }
    return set_option(reader, option, value, error);
}

/* "-qv", "-m TEXT", "-mTEXT", "-qmTEXT" */
static Code read_letters(Reader *reader, const char *letters, Error *error)
{
    for (; *letters; letters++) {
        const Option *option = option_find_letter(*letters);
        const char *value = letters + 1;
        if (!option) {
            bool shown = *letters > ' ' && *letters < 127;
            error_set(error, RUNG_USAGE, "no such option: -%c", shown ? *letters : '?');
            return error_hint(error, "rung help lists the options");
        }
        Code code = RUNG_OK;
        if (option->type != OPTION_FLAG && !*value)
            code = next_value(reader, option, &value, error);
        if (!code)
            code = set_option(reader, option, value, error);
        if (code || option->type != OPTION_FLAG)
            return code;
    }
    return RUNG_OK;
}

/* ---- the command and its operands ---- */

static Code read_operand(Reader *reader, const char *word, Error *error)
{
    CommandLine *line = reader->line;
    if (line->command) {
        *vec_add(reader->arena, &line->operands) = word;
        return RUNG_OK;
    }
    line->command = command_find(word);
    return line->command ? RUNG_OK : command_unknown(secret_covered(reader->arena, word), error);
}

static bool is_operand(const char *word)
{
    return word[0] != '-' || !word[1] || (word[1] >= '0' && word[1] <= '9');
}

static Code read_word(Reader *reader, Error *error)
{
    const char *word = reader->words[reader->next++];
    if (reader->options_over || is_operand(word))
        return read_operand(reader, word, error);
    if (strcmp(word, "--") == 0) {
        reader->options_over = true;
        return RUNG_OK;
    }
    return word[1] == '-' ? read_long(reader, word + 2, error)
                          : read_letters(reader, word + 1, error);
}

static Code hint_usage(const Command *command, Error *error)
{
    return error_hint(error, "usage: rung %s%s%s; rung help %s says more", command->name,
                      *command->operands ? " " : "", command->operands, command->name);
}

static Code check_options(const Reader *reader, Error *error)
{
    const Command *command = reader->line->command;
    for (size_t i = 0; i < reader->seen.count; i++) {
        const Option *option = reader->seen.at[i];
        if (option->global || command_takes(command, option))
            continue;
        error_set(error, RUNG_USAGE, "%s has no option --%s", command->name, option->name);
        return hint_usage(command, error);
    }
    return RUNG_OK;
}

static Code check_operands(const Reader *reader, Error *error)
{
    const CommandLine *line = reader->line;
    size_t least, most;
    command_operands(line->command, &least, &most);
    if (line->operands.count < least)
        error_set(error, RUNG_USAGE, "%s needs %s", line->command->name, line->command->operands);
    else if (line->operands.count > most)
        error_set(error, RUNG_USAGE, "%s takes %s: what is \"%s\"?", line->command->name,
                  most ? "no more than one operand" : "no operand",
                  secret_covered(reader->arena, line->operands.at[most]));
    else
        return RUNG_OK;
    return hint_usage(line->command, error);
}

static rung_names names_of(const WordList *list)
{
    return (rung_names){list->at, list->count};
}

/* Verbs take their operands and parents as revisions. */
static void pass_on(CommandLine *line)
{
    size_t least, most;
    command_operands(line->command, &least, &most);
    const WordList *list = most > 1 ? &line->operands : &line->parents;
    line->arguments.revisions = list->at;
    line->arguments.revision_count = list->count;
    line->arguments.ignored = names_of(&line->ignored);
    line->arguments.renames = names_of(&line->renames);
    line->arguments.tables = names_of(&line->tables);
    line->arguments.schemas = names_of(&line->schemas);
    line->arguments.excluded = names_of(&line->excluded);
    line->arguments.settings = names_of(&line->settings);
    line->arguments.row = names_of(&line->row);
    if (most == 1 && line->operands.count)
        line->arguments.revision = line->operands.at[0];
}

Code line_read(Arena *arena, size_t count, char *const *words, CommandLine *ret_line, Error *error)
{
    Code first = RUNG_OK;
    Reader reader = {.arena = arena, .count = count, .words = words, .line = ret_line};
    *ret_line = (CommandLine){.options = RUNG_OPTIONS_INIT, .arguments = RUNG_ARGUMENTS_INIT};
    while (reader.next < count) {
        Error later;
        Code code = read_word(&reader, first ? &later : error);
        first = first ? first : code;
    }
    if (first || !ret_line->command)
        return first;
    Code code = check_options(&reader, error);
    if (!code && !ret_line->help && !ret_line->version)
        code = check_operands(&reader, error);
    if (!code)
        pass_on(ret_line);
    return code;
}
