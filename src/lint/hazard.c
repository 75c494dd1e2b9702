/* Names of locks, work and severities. */
#include "lint/hazard.h"
#include "base/text.h"

typedef struct ModeRow {
    const char *name, *server;
} ModeRow;

static const ModeRow modes[LOCK_MODE_COUNT] = {
    [LOCK_NONE] = {"", ""},
    [LOCK_ACCESS_SHARE] = {"ACCESS SHARE", "AccessShareLock"},
    [LOCK_ROW_SHARE] = {"ROW SHARE", "RowShareLock"},
    [LOCK_ROW_EXCLUSIVE] = {"ROW EXCLUSIVE", "RowExclusiveLock"},
    [LOCK_SHARE_UPDATE_EXCLUSIVE] = {"SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock"},
    [LOCK_SHARE] = {"SHARE", "ShareLock"},
    [LOCK_SHARE_ROW_EXCLUSIVE] = {"SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock"},
    [LOCK_EXCLUSIVE] = {"EXCLUSIVE", "ExclusiveLock"},
    [LOCK_ACCESS_EXCLUSIVE] = {"ACCESS EXCLUSIVE", "AccessExclusiveLock"},
};

const char *lock_name(LockMode mode)
{
    return modes[mode].name;
}

LockMode lock_find(const char *mode)
{
    for (unsigned i = 1; i < LOCK_MODE_COUNT; i++)
        if (strcmp(modes[i].server, mode) == 0)
            return (LockMode)i;
    return LOCK_NONE;
}

bool lock_blocks_reads(LockMode mode)
{
    return mode == LOCK_ACCESS_EXCLUSIVE;
}

bool lock_blocks_writes(LockMode mode)
{
    return mode >= LOCK_SHARE;
}

bool lock_conflicts(LockMode a, LockMode b)
{
    static const LockMode weakest[LOCK_MODE_COUNT] = {
        [LOCK_NONE] = LOCK_MODE_COUNT,
        [LOCK_ACCESS_SHARE] = LOCK_ACCESS_EXCLUSIVE,
        [LOCK_ROW_SHARE] = LOCK_EXCLUSIVE,
        [LOCK_ROW_EXCLUSIVE] = LOCK_SHARE,
        [LOCK_SHARE_UPDATE_EXCLUSIVE] = LOCK_SHARE_UPDATE_EXCLUSIVE,
        [LOCK_SHARE] = LOCK_ROW_EXCLUSIVE,
        [LOCK_SHARE_ROW_EXCLUSIVE] = LOCK_ROW_EXCLUSIVE,
        [LOCK_EXCLUSIVE] = LOCK_ROW_SHARE,
        [LOCK_ACCESS_EXCLUSIVE] = LOCK_ACCESS_SHARE,
    };
    /* SHARE alone leaves out one in the middle: itself */
    return b >= weakest[a] && b != LOCK_NONE && !(a == LOCK_SHARE && b == LOCK_SHARE);
}

const char *work_text(Arena *arena, unsigned work)
{
    static const struct {
        unsigned work;
        const char *text;
    } rows[] = {{WORK_REWRITE, "rewrites it"},
                {WORK_INDEX, "builds an index"},
                {WORK_KEYS, "looks up every row's key"},
                {WORK_SCAN, "reads every row"}};
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (work & rows[i].work)
            text_print(&text, "%s%s", text.length ? ", " : "", rows[i].text);
    return text_keep(&text, arena);
}

Effect *effect_of(Arena *arena, EffectList *list, const char *relation)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i].relation, relation) == 0)
            return &list->at[i];
    Effect *effect = vec_add(arena, list);
    effect->relation = relation;
    return effect;
}

const char *severity_name(Severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}
