/* `.env` as the common libraries read it, without command substitution. */
#include "base/env.h"
#include "base/file.h"
#include "base/text.h"

enum { ENV_FILE_LIMIT = 1024 * 1024 };

static bool name_char(char c, bool first)
{
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (!first && c >= '0' && c <= '9');
}

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (name_char(text[length], length == 0))
        length++;
    return length;
}

static char *skip_blanks(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

static void trim_end(char *text)
{
    size_t length = strlen(text);
    while (length && strchr(" \t\r", text[length - 1]))
        text[--length] = '\0';
}

static char escaped(char c)
{
    return (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
}

/* Ends a value that starts with a quote at its partner; NULL if there is none. */
static char *read_quoted(char *text)
{
    char quote = *text++, *put = text;
    for (char *get = text; *get; get++) {
        if (*get == quote) {
            *put = '\0';
            return text;
        }
        if (*get == '\\' && quote == '"' && get[1])
            get++, *put++ = escaped(*get);
        else
            *put++ = *get;
    }
    return NULL;
}

static char *read_value(char *text)
{
    text = skip_blanks(text);
    if (*text == '"' || *text == '\'')
        return read_quoted(text);
    char *comment = strstr(text, " #");
    if (comment)
        *comment = '\0';
    trim_end(text);
    return text;
}

static Code read_line(Arena *arena, const char *path, int number, char *line, Env *env,
                      Error *error)
{
    line = skip_blanks(line);
    if (strncmp(line, "export ", 7) == 0)
        line = skip_blanks(line + 7);
    trim_end(line);
    if (!*line || *line == '#')
        return RUNG_OK;
    size_t length = name_length(line);
    char *equals = skip_blanks(line + length);
    if (!length || *equals != '=')
        return error_at(error, RUNG_CONFIG, path, number, "expected NAME=value");
    char *value = read_value(equals + 1);
    if (!value)
        return error_at(error, RUNG_CONFIG, path, number, "a quote is not closed on this line");
    *vec_add(arena, &env->entries) =
        (EnvEntry){.name = arena_copy(arena, line, length), .value = value, .line = number};
    return RUNG_OK;
}

Code env_parse(Arena *arena, const char *path, const char *data, size_t length, Env *ret_env,
               Error *error)
{
    Env env = {0};
    int number = 1;
    if (memchr(data, '\0', length))
        return error_at(error, RUNG_CONFIG, path, 0, "the file holds a NUL byte");
    for (char *line = arena_copy(arena, data, length), *next; line; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        Code code = read_line(arena, path, number, line, &env, error);
        if (code)
            return code;
    }
    *ret_env = env;
    return RUNG_OK;
}

Code env_read(Arena *arena, const char *path, Env *ret_env, Error *error)
{
    char *data = "";
    size_t length = 0;
    if (file_exists(path)) {
        Code code = file_read(arena, path, ENV_FILE_LIMIT, &data, &length, error);
        if (code)
            return code;
    }
    return env_parse(arena, path, data, length, ret_env, error);
}

const char *env_get(Env *env, const char *name)
{
    const char *found = NULL;
    for (size_t i = 0; i < env->entries.count; i++)
        if (strcmp(env->entries.at[i].name, name) == 0) {
            env->entries.at[i].used = true;
            found = env->entries.at[i].value; /* the last one counts */
        }
    const char *process = getenv(name);
    return process ? process : found;
}

/* Expands one ${…} at `text`; returns what stands behind it, or NULL with `error` set. */
static const char *expand_one(Arena *arena, Env *env, const char *text, Text *out, const char *file,
                              int line, Error *error)
{
    size_t length = name_length(text + 2);
    const char *rest = text + 2 + length;
    const char *end = strchr(rest, '}');
    if (!length || !end || (rest != end && strncmp(rest, ":-", 2) != 0)) {
        error_at(error, RUNG_CONFIG, file, line, "expected ${NAME} or ${NAME:-default}");
        error_hint(error, "write $$ for a dollar sign");
        return NULL;
    }
    const char *name = arena_copy(arena, text + 2, length);
    const char *value = env_get(env, name);
    if ((!value || !*value) && rest != end)
        text_add(out, rest + 2, (size_t)(end - rest) - 2);
    else if (value)
        text_put(out, value);
    else {
        error_at(error, RUNG_CONFIG, file, line, "the environment variable %s is not set", name);
        error_hint(error, "set it, put it into .env, or write ${%s:-default}", name);
        return NULL;
    }
    return end + 1;
}

Code env_expand(Arena *arena, Env *env, const char *text, const char *file, int line,
                const char **ret_text, Error *error)
{
    Text out = TEXT_EMPTY;
    Code code = RUNG_OK;
    while (*text) {
        if (text[0] == '$' && text[1] == '$') {
            text_char(&out, '$');
            text += 2;
        } else if (text[0] == '$' && text[1] == '{') {
            text = expand_one(arena, env, text, &out, file, line, error);
            if (!text) {
                code = error->code;
                goto done;
            }
        } else
            text_char(&out, *text++);
    }
    *ret_text = arena_string(arena, text_string(&out));
done:
    text_done(&out);
    return code;
}
