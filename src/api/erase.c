/* erase: requests to be erased. */
#include "api/life.h"
#include "lifecycle/erasure.h"
#include "lifecycle/ledger.h"
#include "report/export.h"
#include "report/life.h"

/* ---- the actions ---- */

static Code erase_init(Verb *verb, const char *operand, Error *error)
{
    Life life;
    int64_t adopted;
    Code code = life_open(verb, true, &life, error);
    if (!code)
        code = erasure_init(&life, &adopted, error);
    if (!code)
        report_erase_init(&verb->report, life.policy->subjects.count, adopted);
    return code;
}

static Code erase_unguard(Verb *verb, const char *operand, Error *error)
{
    Life life;
    Code code = life_open(verb, true, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code)
        code = erasure_unguard(&life, error);
    if (!code)
        report_erase_unguard(&verb->report, life.policy->subjects.count);
    return code;
}

static Code erase_request(Verb *verb, const char *operand, Error *error)
{
    Life life;
    Subject subject;
    Erasure erasure;
    bool repeated;
    const char *key;
    Code code = life_open_subject(verb, true, operand, &life, &subject, &key, error);
    if (!code)
        code = erasure_request(&life, verb->arena, &subject, key, verb->arguments->at_once,
                               &erasure, &repeated, error);
    if (code)
        return code;
    if (repeated)
        verb_tell(verb, RUNG_EVENT_NOTICE, "the erasure of %s was asked for before", operand);
    report_erasure(&verb->report, &erasure);
    return RUNG_OK;
}

static Code erase_cancel(Verb *verb, const char *operand, Error *error)
{
    Life life;
    Subject subject;
    Erasure erasure;
    const char *key;
    Code code = life_open_subject(verb, true, operand, &life, &subject, &key, error);
    if (!code)
        code = erasure_cancel(&life, verb->arena, &subject, key, &erasure, error);
    if (!code)
        report_erasure(&verb->report, &erasure);
    return code;
}

/* The newest request of the row. */
static Code erase_status(Verb *verb, const char *operand, Error *error)
{
    Life life;
    Subject subject;
    ErasureList list = {0};
    bool present;
    const char *key;
    Code code = life_open_subject(verb, false, operand, &life, &subject, &key, error);
    if (!code)
        code = erasure_key(&life, verb->arena, &subject, key, &key, &present, error);
    if (!code)
        code = erasure_list(&life, verb->arena, subject.policy->name, key, NULL, 0, &list, error);
    if (code)
        return code;
    const Erasure *newest = NULL;
    for (size_t i = 0; i < list.count; i++)
        if (!newest || list.at[i].id > newest->id)
            newest = &list.at[i];
    if (newest)
        report_erasure(&verb->report, newest);
    else if (present)
        report_no_erasure(&verb->report, subject.policy->name, key);
    else
        return error_set(error, RUNG_UNKNOWN, "%s has no row with the %s \"%s\", nor had a request",
                         subject.table->title, subject.key->name, key);
    return RUNG_OK;
}

static Code erase_list(Verb *verb, const char *operand, Error *error)
{
    Life life;
    ErasureList list = {0};
    Code code = life_open(verb, false, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code && operand && !life_subject(&life, operand))
        code = life_no_subject(&life, operand, error);
    if (!code)
        code = erasure_list(&life, verb->arena, operand, NULL, verb->arguments->all ? "" : NULL,
                            (int64_t)verb->arguments->limit, &list, error);
    if (!code)
        report_erasures(&verb->report, &list);
    return code;
}

/* After a restore. */
static Code erase_replay(Verb *verb, const char *operand, Error *error)
{
    Life life;
    LedgerReplay replay;
    Code code = life_open(verb, true, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code)
        code = ledger_replay(&life, verb->arguments->all, &replay, error);
    if (!code)
        report_replay(&verb->report, &replay);
    return code;
}

static Code verb_erase(Verb *verb, Error *error)
{
    static const LifeAction actions[] = {
        {"init", 0, erase_init},       {"request", 1, erase_request}, {"cancel", 1, erase_cancel},
        {"status", 1, erase_status},   {"list", -1, erase_list},      {"replay", 0, erase_replay},
        {"unguard", 0, erase_unguard},
    };
    return life_run(verb, actions, COUNT(actions), "SUBJECT:KEY", error);
}
VERB(erase)
