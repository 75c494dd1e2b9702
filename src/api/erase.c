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

/* What is done with one row. */
typedef struct Row {
    Life life;
    Subject subject;
    const char *key;
    Erasure erasure;
    bool repeated;
} Row;

typedef Code RowAction(Verb *verb, Row *row, Error *error);

/* Once more when the table is not any more what was known of it. */
static Code with_row(Verb *verb, bool writes, const char *operand, RowAction *action, Row *ret_row,
                     Error *error)
{
    Code code;
    do {
        *ret_row = (Row){0};
        code = life_open_row(verb, writes, operand, &ret_row->life, &ret_row->subject,
                             &ret_row->key, error);
        if (!code)
            code = action(verb, ret_row, error);
    } while (code == RUNG_FAILED && life_is_outdated(verb, error));
    return code;
}

static Code request_row(Verb *verb, Row *row, Error *error)
{
    return erasure_request(&row->life, verb->arena, &row->subject, row->key,
                           verb->arguments->at_once, &row->erasure, &row->repeated, error);
}

static Code erase_request(Verb *verb, const char *operand, Error *error)
{
    Row row;
    Code code = with_row(verb, true, operand, request_row, &row, error);
    if (code)
        return code;
    if (row.repeated)
        verb_tell(verb, RUNG_EVENT_NOTICE, "the erasure of %s was asked for before", operand);
    report_erasure(&verb->report, &row.erasure);
    return RUNG_OK;
}

static Code cancel_row(Verb *verb, Row *row, Error *error)
{
    return erasure_cancel(&row->life, verb->arena, &row->subject, row->key, &row->erasure, error);
}

static Code erase_cancel(Verb *verb, const char *operand, Error *error)
{
    Row row;
    Code code = with_row(verb, true, operand, cancel_row, &row, error);
    if (!code)
        report_erasure(&verb->report, &row.erasure);
    return code;
}

static Code look_at_row(Verb *verb, Row *row, Error *error)
{
    ErasureList list = {0};
    bool present;
    const char *name = row->subject.policy->name;
    Code code =
        erasure_key(&row->life, verb->arena, &row->subject, row->key, &row->key, &present, error);
    if (!code)
        code = erasure_list(&row->life, verb->arena, name, row->key, NULL, NULL, &list, error);
    if (code)
        return code;
    const Erasure *newest = NULL;
    for (size_t i = 0; i < list.count; i++)
        if (!newest || list.at[i].id > newest->id)
            newest = &list.at[i];
    if (newest)
        report_erasure(&verb->report, newest);
    else if (present)
        report_no_erasure(&verb->report, name, row->key);
    else
        return error_set(error, RUNG_UNKNOWN, "%s has no row with the %s \"%s\", nor had a request",
                         row->subject.table->title, row->subject.key->name, row->key);
    return RUNG_OK;
}

/* The newest request of the row. */
static Code erase_status(Verb *verb, const char *operand, Error *error)
{
    Row row;
    return with_row(verb, false, operand, look_at_row, &row, error);
}

static Code erase_list(Verb *verb, const char *operand, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    ErasurePart part = {(int64_t)arguments->limit, (int64_t)arguments->offset};
    Life life;
    ErasureList list = {0};
    Code code = arguments->verbose ? life_open(verb, false, &life, error)
                                   : life_open_requests(verb, false, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code && operand && !life_subject(&life, operand))
        code = life_no_subject(&life, operand, error);
    if (!code)
        code = erasure_list(&life, verb->arena, operand, NULL,
                            arguments->all ? "" : arguments->state, &part, &list, error);
    if (!code && arguments->verbose)
        erasure_tables(&life, verb->arena, &list);
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
