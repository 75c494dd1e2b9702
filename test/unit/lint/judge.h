/* Text through the linter, and what it finds. */
#ifndef TEST_LINT_JUDGE_H
#define TEST_LINT_JUDGE_H

#include "check.h"
#include "lint/lint.h"

typedef struct Judge {
    Arena *arena;
    Engine engine;
    int version;
    const char *given; /* a plain file that ran before; NULL: none */
    const char *today;
} Judge;

static inline LintFile plain_file(const char *path, const char *text)
{
    return (LintFile){.path = path, .data = text, .length = strlen(text)};
}

static inline void must(Code code, const Error *error)
{
    if (code)
        fail_msg("%s (%s:%d)", error->message, error->file, error->line);
}

/* Those of one file; a `text` that begins with a heading is a revision called r. */
static inline const HazardList *judge(const Judge *how, const char *text)
{
    Lint *lint;
    Error error = {0};
    LintOptions options = {
        .engine = how->engine, .version = how->version * 10000, .today = how->today};
    must(lint_new(how->arena, &options, &lint, &error), &error);
    if (how->given) {
        LintFile given = plain_file("given.sql", how->given);
        must(lint_file(lint, &given, false, &error), &error);
    }
    LintFile file = plain_file("r.sql", text);
    Revision *revision = NULL;
    if (strncmp(text, "-- rung:revision", 16) == 0)
        must(revision_read(how->arena, "r.sql", text, strlen(text), &revision, &error), &error);
    file.revision = revision;
    must(lint_file(lint, &file, true, &error), &error);
    const HazardList *list = lint_hazards(lint);
    lint_free(lint);
    return list;
}

static inline const Hazard *find_hazard(const HazardList *list, const char *rule)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i].rule, rule) == 0)
            return &list->at[i];
    return NULL;
}

static inline const char *list_hazards(Arena *arena, const HazardList *list)
{
    const char *text = "";
    for (size_t i = 0; i < list->count; i++)
        text = arena_print(arena, "%s%s%zu %s", text, i ? ", " : "", list->at[i].line,
                           list->at[i].rule);
    return text;
}

#endif
