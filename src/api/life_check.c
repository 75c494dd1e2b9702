/* What check finds in the lifecycle. */
#include "api/life.h"
#include "lifecycle/guard.h"

static void find(Verb *verb, FindingList *findings, const char *text)
{
    *vec_add(verb->arena, findings) = (Finding){"lifecycle", NULL, text};
}

static Code find_guards(Verb *verb, Life *life, const Subject *subject, FindingList *findings,
                        Error *error)
{
    const char *missing;
    Code code = guard_check(life, verb->arena, subject, &missing, error);
    if (!code && missing)
        find(verb, findings,
             arena_print(verb->arena,
                         "the guard %s of %s is missing, disabled or not what rung made: `rung "
                         "erase init` makes it anew",
                         missing, subject->table->title));
    return code;
}

/* Deleted around the guards: by INSERT OR REPLACE, or while they were away. */
static Code find_gone(Verb *verb, Life *life, const Subject *subject, FindingList *findings,
                      Error *error)
{
    DbRows rows;
    Arena *arena = verb->arena;
    const char *sql = arena_print(
        arena,
        "SELECT count(*) FROM {erasure} e WHERE e.subject = $1 AND e.state = 'pending' AND NOT"
        " EXISTS (SELECT 1 FROM %s t WHERE %s)",
        subject->table->sql,
        life_equals(life, arena, "t", subject->table, subject->key->name, "e.key"));
    Code code = LIFE(life, arena, &rows, error, sql, subject->policy->name);
    if (!code && strcmp(db_cell(&rows, 0, 0), "0") != 0)
        find(verb, findings,
             arena_print(arena,
                         "%s request%s to erase %s: the row is gone already, and rung did not "
                         "remove it",
                         db_cell(&rows, 0, 0), strcmp(db_cell(&rows, 0, 0), "1") == 0 ? "" : "s",
                         subject->policy->name));
    return code;
}

Code life_find(Verb *verb, FindingList *findings, Error *error)
{
    Life life;
    bool present = false;
    size_t count = verb->project->config.lifecycle.subjects.count;
    if (!verb->project->config.lifecycle.line || !verb->db || !count)
        return RUNG_OK;
    Code code = life_look(verb, &life, error);
    if (!code)
        code = life_present(life.db, &present, error);
    if (!code && !present)
        find(verb, findings,
             "lifecycle.subjects is set, and the database has none of rung's tables for it: "
             "`rung erase init` creates them");
    for (size_t i = 0; !code && present && i < count; i++) {
        Subject subject;
        code = subject_find(&life, &life.policy->subjects.at[i], &subject, error);
        if (!code)
            code = find_guards(verb, &life, &subject, findings, error);
        if (!code)
            code = find_gone(verb, &life, &subject, findings, error);
    }
    return code;
}
