/* Bytes as a plain SQL file, judged for both engines: whatever is found has a place and words. */
#include "lint/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch_hazards(const HazardList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const Hazard *hazard = &list->at[i];
        if (!hazard->rule[0] || !hazard->what[0] || !hazard->why[0] || !hazard->fix[0] ||
            (i && hazard->line < list->at[i - 1].line))
            abort();
    }
}

/* What --fix wrote has less to fix, or nothing. */
static void touch_fix(Lint *lint, const LintFile *file)
{
    Error error;
    LintFix fix;
    if (lint_fix(lint, file, &fix, &error) || (fix.count > 0) != (fix.text != NULL))
        abort();
}

static void judge(Arena *arena, Engine engine, const char *data, size_t size)
{
    Lint *lint;
    Error error;
    LintOptions options = {.engine = engine, .today = "2026-01-01"};
    LintFile file = {.path = "a.sql", .data = data, .length = size};
    if (lint_new(arena, &options, &lint, &error) || lint_file(lint, &file, true, &error))
        abort();
    touch_hazards(lint_hazards(lint));
    touch_fix(lint, &file);
    lint_free(lint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    char *copy = arena_copy(arena, (const char *)data, size);
    if (size < 65536)
        for (int engine = 0; engine < ENGINE_COUNT; engine++)
            judge(arena, (Engine)engine, copy, size);
    arena_free(arena);
    return 0;
}
