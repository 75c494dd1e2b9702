/* What check finds in the lifecycle. */
#include "api/life.h"
#include "lifecycle/ledger.h"
#include "lifecycle/survey.h"

static void find(Verb *verb, FindingList *findings, const char *text)
{
    *vec_add(verb->arena, findings) = (Finding){"lifecycle", NULL, text};
}

static Code find_in_subjects(Verb *verb, Life *life, FindingList *findings, Error *error)
{
    Survey survey = {0};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < life->policy->subjects.count; i++) {
        Subject subject;
        code = subject_find(life, &life->policy->subjects.at[i], &subject, error);
        if (!code)
            code = survey_subject(life, verb->arena, &subject, &survey, error);
    }
    if (!code)
        code = survey_outbox(life, verb->arena, &survey, error);
    for (size_t i = 0; !code && i < survey.alerts.count; i++)
        find(verb, findings, survey.alerts.at[i].text);
    return code;
}

/* A backup that was restored would let those live who were erased. */
static Code find_ledger(Verb *verb, FindingList *findings, Error *error)
{
    Life life;
    LedgerState state;
    Code code = life_open(verb, false, &life, error);
    if (!code)
        code = ledger_state(&life, &state, error);
    if (code == RUNG_MISMATCH) { /* the file's chain is broken */
        find(verb, findings,
             arena_print(verb->arena, "%s:%d: %s", error->file, error->line, error->message));
        return RUNG_OK;
    }
    const char *reason = code ? NULL : ledger_reason(&life, &state, verb->arena);
    if (reason)
        find(verb, findings,
             state.standing == LEDGER_BEHIND
                 ? arena_print(verb->arena, "%s: `rung erase replay`, then `rung purge`", reason)
                 : reason);
    return code;
}

Code life_find(Verb *verb, FindingList *findings, Error *error)
{
    Life life;
    bool present = false;
    const Lifecycle *policy = &verb->project->config.lifecycle;
    if (!policy->line || !policy->subjects.count || !verb->db)
        return RUNG_OK;
    Code code = life_look(verb, &life, error);
    if (!code)
        code = life_present(life.db, &present, error);
    if (!code && present && life.ledger)
        code = find_ledger(verb, findings, error);
    if (!code && present)
        return find_in_subjects(verb, &life, findings, error);
    if (!code)
        find(verb, findings,
             "lifecycle.subjects is set, and the database has none of rung's tables for it: "
             "`rung erase init` creates them");
    return code;
}
