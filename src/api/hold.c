/* hold: rows that nothing removes. */
#include "api/life.h"
#include "lifecycle/hold.h"
#include "report/life.h"

static Code open_holds(Verb *verb, bool writes, Life *ret_life, Error *error)
{
    Code code = life_open(verb, writes, ret_life, error);
    return code ? code : life_require(ret_life, error);
}

static Code read_end(const char *text, HoldEnd *ret_end, Error *error)
{
    *ret_end = (HoldEnd){0};
    if (!text)
        return RUNG_OK;
    if (clock_read_age(text, &ret_end->age) && (ret_end->age.months || ret_end->age.seconds))
        return RUNG_OK;
    if (clock_read_utc(text, &ret_end->at) && ret_end->at > 0)
        return RUNG_OK;
    error_set(error, RUNG_USAGE, "--expires does not know \"%s\"", text);
    return error_hint(error, "an age like 90d, 6mo or 7y, or a day like 2027-01-31");
}

static Code hold_add_row(Verb *verb, const char *operand, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    Life life;
    HoldEntry entry;
    HoldEnd end;
    KeyTable *table;
    KeyNames values;
    if (!arguments->reason) {
        error_set(error, RUNG_USAGE, "a hold needs a --reason");
        return error_hint(error, "whoever may release it will want to know");
    }
    Code code = read_end(arguments->expires, &end, error);
    if (!code)
        code = open_holds(verb, true, &life, error);
    if (!code)
        code = hold_read_row(&life, operand, verb->arena, &table, &values, error);
    if (!code)
        code = hold_add(&life, verb->arena, table, &values, arguments->reason, &end, &entry, error);
    if (code)
        return code;
    if (entry.expires_at && entry.expires_at <= entry.now)
        verb_tell(verb, RUNG_EVENT_WARNING, "the hold ends in the past: it holds nothing");
    report_hold(&verb->report, "held", &entry);
    return RUNG_OK;
}

static Code hold_release_row(Verb *verb, const char *operand, Error *error)
{
    Life life;
    HoldEntry entry;
    char *end;
    long long id = strtoll(operand, &end, 10);
    if (!(*operand >= '0' && *operand <= '9') || *end) {
        error_set(error, RUNG_USAGE, "\"%s\" is no number of a hold", operand);
        return error_hint(error, "`rung hold list` has them");
    }
    Code code = open_holds(verb, true, &life, error);
    if (!code)
        code = hold_release(&life, verb->arena, id, &entry, error);
    if (!code)
        report_hold(&verb->report, "released", &entry);
    return code;
}

static Code hold_show(Verb *verb, const char *operand, Error *error)
{
    Life life;
    HoldEntryList entries = {0};
    HoldList list = {0};
    Code code = open_holds(verb, false, &life, error);
    if (!code)
        code = hold_entries(&life, verb->arena, verb->arguments->all, &entries, error);
    if (!code)
        code = hold_load(&life, verb->arena, &list, error);
    if (!code)
        code = hold_check(&life, &list, error);
    if (!code)
        report_holds(&verb->report, &entries, &list);
    return code;
}

static Code verb_hold(Verb *verb, Error *error)
{
    static const LifeAction actions[] = {
        {"add", 1, hold_add_row}, {"release", 1, hold_release_row}, {"list", 0, hold_show}};
    return life_run(verb, actions, COUNT(actions), "a row or the number of a hold", error);
}
VERB(hold)
