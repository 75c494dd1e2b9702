/* One generator for each shell, all from the tables: a new row completes everywhere. */
#include "cli/completion.h"
#include "cli/line.h"
#include "cli/topics.h"

/* ---- words that every generator needs ---- */

/* "upgrade|up", "upgrade up" */
static void add_names(Text *text, const Command *command, char between)
{
    text_put(text, command->name);
    for (size_t i = 0; i < COUNT(command->aliases) && command->aliases[i]; i++)
        text_print(text, "%c%s", between, command->aliases[i]);
}

static void add_all_names(Text *text, char between)
{
    for (size_t i = 0; command_at(i); i++) {
        if (i)
            text_char(text, between);
        add_names(text, command_at(i), between);
    }
}

/* What the shells offer for the operands of `command`: empty for none. */
static void add_operand_words(Text *text, const Command *command)
{
    const char *operands = command->operands;
    for (const char *at = operands; memchr(operands, '|', strcspn(operands, " "));) {
        size_t length = strcspn(at, "| ");
        text_add(text, at, length);
        if (at[length] != '|')
            return;
        text_char(text, ' ');
        at += length + 1;
    }
    for (const OperandTopic *topic = topic_operands; topic->name; topic++) {
        if (!command_has_operand(command, topic->name))
            continue;
        if (topic->words)
            text_put(text, topic->words);
        else
            add_all_names(text, ' ');
    }
}

static bool takes_file(const Option *option)
{
    return option->placeholder && strcmp(option->placeholder, "FILE") == 0;
}

static bool takes_folder(const Option *option)
{
    return option->placeholder && strcmp(option->placeholder, "DIR") == 0;
}

static bool has_own_options(const Command *command)
{
    return command->options[0];
}

/* ---- bash ---- */

/* "--config|-c|--target|-t" of the options that `wanted` accepts. */
static void bash_pattern(Text *text, bool (*wanted)(const Option *option))
{
    bool first = true;
    for (size_t i = 0; option_at(i); i++) {
        const Option *option = option_at(i);
        if (!wanted(option))
            continue;
        text_print(text, "%s--%s", first ? "" : "|", option->name);
        if (option->letter)
            text_print(text, "|-%c", option->letter);
        first = false;
    }
}

static bool takes_value(const Option *option)
{
    return option->type != OPTION_FLAG;
}

static void bash_options(Text *text, const Command *command)
{
    const char *blank = "";
    for (size_t i = 0; option_at(i); i++) {
        const Option *option = option_at(i);
        if (command ? option->global || !command_takes(command, option) : !option->global)
            continue;
        text_print(text, "%s--%s", blank, option->name);
        blank = " ";
    }
}

static void bash_cases(Text *text)
{
    text_put(text, "    local options='");
    bash_options(text, NULL);
    text_put(text, "'\n    case $command in\n");
    for (size_t i = 0; command_at(i); i++) {
        if (!has_own_options(command_at(i)))
            continue;
        text_put(text, "    ");
        add_names(text, command_at(i), '|');
        text_put(text, ") options+=' ");
        bash_options(text, command_at(i));
        text_put(text, "' ;;\n");
    }
    text_put(text, "    esac\n"
                   "    if [[ $current == -* ]]; then\n"
                   "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
                   "        return\n"
                   "    fi\n"
                   "    case $command in\n"
                   "    '') words='");
    add_all_names(text, ' ');
    text_put(text, "' ;;\n");
    for (size_t i = 0; command_at(i); i++) {
        if (!*command_at(i)->operands)
            continue;
        text_put(text, "    ");
        add_names(text, command_at(i), '|');
        text_put(text, ") words='");
        add_operand_words(text, command_at(i));
        text_put(text, "' ;;\n");
    }
    text_put(text, "    esac\n"
                   "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n");
}

/* Readline breaks --name=value at the '=', which is then a word of its own. */
static void print_bash(Text *text)
{
    text_put(text,
             "# bash completion of rung, printed by: rung completion bash\n"
             "_rung() {\n"
             "    local current=${COMP_WORDS[COMP_CWORD]} previous= command= words= i IFS=$' \\n'\n"
             "    ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
             "    if [[ $current == '=' ]]; then\n"
             "        current=\n"
             "    elif [[ $previous == '=' ]]; then\n"
             "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
             "    fi\n"
             "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
             "        case ${COMP_WORDS[i]} in\n"
             "        ");
    bash_pattern(text, takes_value);
    text_put(text, ")\n"
                   "            [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))\n"
                   "            ((i++)) ;;\n"
                   "        ");
    add_all_names(text, '|');
    text_put(text, ")\n"
                   "            command=${COMP_WORDS[i]}\n"
                   "            break ;;\n"
                   "        esac\n"
                   "    done\n"
                   "    COMPREPLY=()\n"
                   "    case $previous in\n"
                   "    ");
    bash_pattern(text, takes_file);
    text_put(text, ")\n"
                   "        IFS=$'\\n'\n"
                   "        compopt -o filenames 2>/dev/null\n"
                   "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
                   "        return ;;\n"
                   "    ");
    bash_pattern(text, takes_folder);
    text_put(text, ")\n"
                   "        IFS=$'\\n'\n"
                   "        compopt -o filenames 2>/dev/null\n"
                   "        COMPREPLY=($(compgen -d -- \"$current\"))\n"
                   "        return ;;\n"
                   "    ");
    bash_pattern(text, takes_value);
    text_put(text, ")\n"
                   "        return ;;\n"
                   "    esac\n");
    bash_cases(text);
    text_put(text, "}\ncomplete -F _rung rung\n");
}

/* ---- zsh ---- */

/* Inside single quotes; `special` characters of _arguments get a backslash. */
static void zsh_text(Text *text, const char *string, const char *special)
{
    for (; *string; string++) {
        if (*string == '\'')
            text_put(text, "'\\'");
        else if (strchr(special, *string))
            text_char(text, '\\');
        text_char(text, *string);
    }
}

static const char *zsh_action(const Option *option)
{
    return takes_file(option) ? "_files" : takes_folder(option) ? "_files -/" : " ";
}

/* '(-c --config)'{-c+,--config=}'[help]:FILE:_files' */
static void zsh_option(Text *text, const Option *option, const char *indent)
{
    bool value = takes_value(option);
    const char *equals = value ? "=" : "";
    bool repeats = option->type == OPTION_LIST || option->type == OPTION_EACH;
    text_put(text, indent);
    if (option->letter)
        text_print(text, "'(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name,
                   option->letter, value ? "+" : "", option->name, equals);
    else
        text_print(text, "'%s--%s%s[", repeats ? "*" : "", option->name, equals);
    zsh_text(text, option->help, "[]:\\");
    text_char(text, ']');
    if (value)
        text_print(text, ":%s:%s", option->placeholder, zsh_action(option));
    text_put(text, "'\n");
}

static void zsh_operands(Text *text, const Command *command)
{
    size_t least, most;
    command_operands(command, &least, &most);
    if (!most)
        return;
    text_print(text, "                '%s%s:(",
               most > 1 ? "*:"
               : least  ? "1:"
                        : "1::",
               strpbrk(command->operands, "[|:") ? "operand" : command->operands);
    add_operand_words(text, command);
    text_put(text, ")'\n");
}

static void zsh_command(Text *text, const Command *command)
{
    text_put(text, "        ");
    add_names(text, command, '|');
    text_put(text, ")\n            own=(\n");
    for (size_t i = 0; option_at(i); i++)
        if (!option_at(i)->global && command_takes(command, option_at(i)))
            zsh_option(text, option_at(i), "                ");
    zsh_operands(text, command);
    text_put(text, "            ) ;;\n");
}

static void zsh_describe(Text *text)
{
    for (size_t i = 0; command_at(i); i++) {
        const Command *command = command_at(i);
        text_print(text, "        '%s:", command->name);
        zsh_text(text, command->summary, ":\\");
        text_put(text, "'\n");
        for (size_t k = 0; k < COUNT(command->aliases) && command->aliases[k]; k++)
            text_print(text, "        '%s:the same as %s'\n", command->aliases[k], command->name);
    }
}

static void print_zsh(Text *text)
{
    text_put(text, "#compdef rung\n"
                   "# zsh completion of rung, printed by: rung completion zsh\n"
                   "_rung() {\n"
                   "    local curcontext=$curcontext state line\n"
                   "    local -a commands global own\n"
                   "    commands=(\n");
    zsh_describe(text);
    text_put(text, "    )\n    global=(\n");
    for (size_t i = 0; option_at(i); i++)
        if (option_at(i)->global)
            zsh_option(text, option_at(i), "        ");
    text_put(text, "    )\n"
                   "    _arguments -C -s $global '(-): :->command' '(-)*:: :->operands' && return\n"
                   "    case $state in\n"
                   "    command)\n"
                   "        _describe -t commands 'rung command' commands ;;\n"
                   "    operands)\n"
                   "        case $words[1] in\n");
    for (size_t i = 0; command_at(i); i++)
        if (has_own_options(command_at(i)) || *command_at(i)->operands)
            zsh_command(text, command_at(i));
    text_put(text, "        esac\n"
                   "        _arguments -s $global $own ;;\n"
                   "    esac\n"
                   "}\n"
                   "if [ \"$funcstack[1]\" = _rung ]; then\n"
                   "    _rung \"$@\"\n"
                   "else\n"
                   "    compdef _rung rung\n"
                   "fi\n");
}

/* ---- fish ---- */

static void fish_text(Text *text, const char *string)
{
    text_char(text, '\'');
    for (; *string; string++) {
        if (*string == '\'' || *string == '\\')
            text_char(text, '\\');
        text_char(text, *string);
    }
    text_char(text, '\'');
}

static void fish_option(Text *text, const Option *option)
{
    if (option->letter)
        text_print(text, " -s %c", option->letter);
    text_print(text, " -l %s", option->name);
    if (takes_file(option))
        text_put(text, " -r -F");
    else if (takes_folder(option))
        text_put(text, " -x -a '(__fish_complete_directories)'");
    else if (takes_value(option))
        text_put(text, " -x");
    text_put(text, " -d ");
    fish_text(text, option->help);
    text_char(text, '\n');
}

static void fish_command(Text *text, const Command *command)
{
    text_put(text, "complete -c rung -n __fish_use_subcommand -a '");
    add_names(text, command, ' ');
    text_put(text, "' -d ");
    fish_text(text, command->summary);
    text_char(text, '\n');
    for (size_t i = 0; option_at(i); i++) {
        if (option_at(i)->global || !command_takes(command, option_at(i)))
            continue;
        text_put(text, "complete -c rung -n '__fish_seen_subcommand_from ");
        add_names(text, command, ' ');
        text_put(text, "'");
        fish_option(text, option_at(i));
    }
    if (!*command->operands)
        return;
    text_put(text, "complete -c rung -n '__fish_seen_subcommand_from ");
    add_names(text, command, ' ');
    text_put(text, "' -a '");
    add_operand_words(text, command);
    text_put(text, "'\n");
}

static void print_fish(Text *text)
{
    text_put(text, "# fish completion of rung, printed by: rung completion fish\n"
                   "complete -c rung -f\n");
    for (size_t i = 0; option_at(i); i++)
        if (option_at(i)->global) {
            text_put(text, "complete -c rung");
            fish_option(text, option_at(i));
        }
    for (size_t i = 0; command_at(i); i++)
        fish_command(text, command_at(i));
}

/* ---- */

Code completion_print(const CommandLine *line, Text *text, Error *error)
{
    static const struct {
        const char *shell;
        void (*print)(Text *text);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    const char *shell = line->operands.at[0];
    for (size_t i = 0; i < COUNT(shells); i++)
        if (strcmp(shells[i].shell, shell) == 0) {
            shells[i].print(text);
            return RUNG_OK;
        }
    error_set(error, RUNG_USAGE, "no completion for the shell %s", shell);
    return error_hint(error, "there are bash, zsh and fish");
}
