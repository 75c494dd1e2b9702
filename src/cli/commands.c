/* Every command of rung, in the order of the help. */
#include "cli/commands.h"
#include "base/names.h"
#include "cli/commands_parts.h"

static const char *const group_titles[GROUP_COUNT] = {
    [GROUP_START] = "start",
    [GROUP_RUN] = "change the database",
    [GROUP_LOOK] = "see where it is",
    [GROUP_SCHEMA] = "compare schemas",
    [GROUP_PROVE] = "prove that it is right",
    [GROUP_LIFE] = "the life of rows",
    [GROUP_MEND] = "mend the history",
    [GROUP_SELF] = "about rung",
};

const Command *command_at(size_t index)
{
    const struct {
        const Command *at;
        size_t count;
    } parts[] = {{change_commands, change_command_count},
                 {schema_commands, schema_command_count},
                 {life_commands, life_command_count},
                 {self_commands, self_command_count}};
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (index < parts[i].count)
            return &parts[i].at[index];
        index -= parts[i].count;
    }
    return NULL;
}

static bool holds(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count && list[i]; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

const Command *command_find(const char *name)
{
    const Command *command;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        if (strcmp(command->name, name) == 0 ||
            holds(command->aliases, COUNT(command->aliases), name))
            return command;
    return NULL;
}

static const char *nearest(const char *name)
{
    Near near;
    const Command *command;
    near_start(&near, name, strlen(name));
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        if (holds(command->elsewhere, COUNT(command->elsewhere), name))
            return command->name;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        near_offer(&near, command->name);
        for (size_t k = 0; k < COUNT(command->aliases) && command->aliases[k]; k++)
            near_offer(&near, command->aliases[k]);
    }
    return near.count ? near.names[0] : NULL;
}

Code command_unknown(const char *name, Error *error)
{
    const char *meant = nearest(name);
    error_set(error, RUNG_UNKNOWN, "no such command: %s", name);
    if (meant)
        return error_hint(error, "did you mean rung %s? rung help lists the commands", meant);
    return error_hint(error, "rung help lists the commands");
}

bool command_takes(const Command *command, const Option *option)
{
    return option->global || holds(command->options, COUNT(command->options), option->name);
}

void command_operands(const Command *command, size_t *ret_least, size_t *ret_most)
{
    const char *operands = command->operands;
    *ret_least = *ret_most = 0;
    while (*operands) {
        *ret_least += *operands != '[';
        (*ret_most)++;
        operands += strcspn(operands, " ");
        operands += strspn(operands, " ");
    }
    if (strstr(command->operands, "..."))
        *ret_most = SIZE_MAX;
}

bool command_has_operand(const Command *command, const char *name)
{
    return strstr(command->operands, name);
}

const char *command_group_title(CommandGroup group)
{
    return group_titles[group];
}
