/* The text and the name of a new revision file. */
#include "revision/revision.h"

enum { SLUG_LENGTH = 48 };

/* A message is one line of the file. */
static char *one_line(Arena *arena, const char *message)
{
    char *line = arena_string(arena, message);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            *at = ' ';
    return line;
}

char *revision_print(Arena *arena, const char *id, const char *message, const char *const *parents,
                     size_t parent_count, const char *sections)
{
    bool has_message = message && message[0];
    char *names = arena_string(arena, "");
    for (size_t i = 0; i < parent_count; i++)
        names = arena_print(arena, "%s %s", names, parents[i]);
    return arena_print(arena,
                       "-- rung:revision %s\n"
                       "-- rung:parents%s\n"
                       "-- rung:message%s%s\n"
                       "\n"
                       "%s",
                       id, names, has_message ? " " : "",
                       has_message ? one_line(arena, message) : "", sections);
}

char *revision_print_new(Arena *arena, const char *id, const char *message,
                         const char *const *parents, size_t parent_count)
{
    return revision_print(
        arena, id, message, parents, parent_count,
        "-- rung:up\n"
        "-- the SQL that makes the change; a second section, headed `rung:up sqlite`,\n"
        "-- would serve SQLite alone\n"
        "\n"
        "-- rung:down\n"
        "-- the SQL that takes it back; queries that prove the change go below, each in\n"
        "-- a section headed `rung:check` and what must be true\n");
}

static bool is_slug_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

char *revision_file_name(Arena *arena, const char *id, const char *message)
{
    char slug[SLUG_LENGTH + 1];
    size_t length = 0;
    for (const char *at = message ? message : ""; *at && length < SLUG_LENGTH; at++) {
        char byte = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        if (is_slug_byte(byte))
            slug[length++] = byte;
        else if (length && slug[length - 1] != '_')
            slug[length++] = '_';
    }
    while (length && slug[length - 1] == '_')
        length--;
    slug[length] = '\0';
    return arena_print(arena, length ? "%s_%s.sql" : "%s%s.sql", id, slug);
}
