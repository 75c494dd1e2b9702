/* Prints what the model says of statements. usage: effects_dump SETUP <REQUESTS
 *
 * A request is three texts, each ended by a NUL: statements to run before, the statement, and "1"
 * where TimeZone is UTC. The answer is one line for each effect on each version,
 * "VERSION RELATION|MODE|WORK", "unread" for a statement that the grammar does not know, and a
 * point at its end. */
#include <stdio.h>
#include <stdlib.h>

#include "lint/effects.h"

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "effects_dump: %s\n", what);
    exit(1);
}

static char *read_all(Arena *arena, FILE *file)
{
    static char bytes[1 << 20];
    size_t length = fread(bytes, 1, sizeof bytes - 1, file);
    return arena_copy(arena, bytes, length);
}

static bool read_field(Arena *arena, const char **ret_field)
{
    static char *line;
    static size_t room;
    ssize_t length = getdelim(&line, &room, '\0', stdin);
    if (length <= 0) {
        free(line);
        return false;
    }
    *ret_field = arena_string(arena, line);
    return true;
}

static void print_effects(const EffectList *list, int version)
{
    for (size_t i = 0; i < list->count; i++)
        printf("%d %s|%s|%u\n", version, list->at[i].relation, lock_name(list->at[i].mode),
               list->at[i].work);
}

static void answer(Arena *arena, const char *setup, const char *before, const char *sql, bool utc)
{
    Error error = {0};
    Known *known = known_new(arena);
    const PgQuery__Node *statement;
    size_t unread = 0, unread_before = 0;
    if (known_replay_sql(known, setup, strlen(setup), &unread, &error) != RUNG_OK || unread > 0)
        die("the setup cannot be read");
    if (known_replay_sql(known, before, strlen(before), &unread_before, &error) != RUNG_OK)
        die(error.message);
    known_begin_transaction(known);
    if (unread_before > 0 || sql_parse(arena, sql, strlen(sql), &statement, &error) != RUNG_OK) {
        printf("unread\n.\n");
        return;
    }
    for (int version = 13; version <= 18; version++) {
        Effects effects;
        if (effects_of(arena, known, statement, version, utc, &effects, &error) != RUNG_OK)
            die(error.message);
        print_effects(&effects.list, version);
        for (size_t i = 0; i < effects.doubts.count; i++)
            printf("# %d %s: %s\n", version, effects.doubts.at[i].relation,
                   effects.doubts.at[i].why);
        if (effects.opaque)
            printf("# %d opaque\n", version);
    }
    printf(".\n");
}

int main(int count, char **arguments)
{
    Arena *arena = arena_new();
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    const char *before, *sql, *utc;
    if (!file)
        die("usage: effects_dump SETUP <REQUESTS");
    const char *setup = read_all(arena, file);
    fclose(file);
    while (read_field(arena, &before) && read_field(arena, &sql) && read_field(arena, &utc)) {
        Arena *one = arena_new();
        answer(one, setup, before, sql, *utc == '1');
        arena_free(one);
    }
    arena_free(arena);
    return 0;
}
