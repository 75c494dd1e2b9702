/* outbox: mail and webhooks that wait to be sent. */
#include "report/outbox.h"
#include "api/life.h"

enum { TAKEN_AT_ONCE = 20 };

static Code open_outbox(Verb *verb, bool writes, Life *ret_life, Error *error)
{
    Code code = life_connect(verb, writes, ret_life, error);
    verb->tidy = true;
    if (!code)
        code = life_require(ret_life, error);
    if (!code && writes && ret_life->engine == ENGINE_SQLITE) /* addresses go whole */
        code = db_exec(ret_life->db, "PRAGMA secure_delete = on", error);
    return code;
}

static Code read_id(const char *operand, int64_t *ret_id, Error *error)
{
    char *end;
    *ret_id = strtoll(operand, &end, 10);
    if (*operand >= '1' && *operand <= '9' && !*end)
        return RUNG_OK;
    error_set(error, RUNG_USAGE, "\"%s\" is no number of a message", operand);
    return error_hint(error, "`rung outbox list` has them");
}

static Code show(Verb *verb, const char *operand, Error *error)
{
    Life life;
    OutboxList list = {0};
    OutboxCounts counts;
    Code code = open_outbox(verb, false, &life, error);
    if (!code)
        code = outbox_list(&life, verb->arena, verb->arguments->all,
                           (int64_t)verb->arguments->limit, &list, &counts, error);
    if (!code)
        report_outbox(&verb->report, &list, &counts);
    return code;
}

static Code retry(Verb *verb, const char *operand, Error *error)
{
    Life life;
    int64_t id;
    Code code = read_id(operand, &id, error);
    if (!code)
        code = open_outbox(verb, true, &life, error);
    if (!code)
        code = outbox_retry(&life, id, error);
    if (!code)
        report_outbox_state(&verb->report, id, "pending", 0);
    return code;
}

static Code tend(Verb *verb, const char *operand, Error *error)
{
    Life life;
    int64_t reminders = 0;
    Code code = life_open(verb, true, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code)
        code = outbox_tend(&life, &reminders, error);
    if (!code)
        report_outbox_tended(&verb->report, reminders);
    return code;
}

/* For who evaluates alerts: one that began. */
static Code alert(Verb *verb, const char *operand, Error *error)
{
    const char *text = verb->arguments->reason;
    Life life;
    if (!text)
        return error_set(error, RUNG_USAGE, "an alert needs a --reason");
    Code code = open_outbox(verb, true, &life, error);
    if (!code)
        code = outbox_alert(&life, operand, text, error);
    if (!code)
        report_outbox_alert(&verb->report, operand);
    return code;
}

/* ---- for who sends them ---- */

static Code take(Verb *verb, const char *operand, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    Life life;
    OutboxList list = {0};
    int64_t wait, limit = arguments->limit ? (int64_t)arguments->limit : TAKEN_AT_ONCE;
    if (!arguments->channel)
        return error_set(error, RUNG_USAGE, "take needs a channel");
    Code code = open_outbox(verb, true, &life, error);
    if (!code)
        code = outbox_take(&life, verb->arena, arguments->channel, limit, &list, &wait, error);
    if (!code)
        report_outbox_taken(&verb->report, &list, life.run, (life.notify->lease_ms + 999) / 1000,
                            wait);
    return code;
}

static Code open_held(Verb *verb, const char *operand, Life *ret_life, int64_t *ret_id,
                      Error *error)
{
    Code code = read_id(operand, ret_id, error);
    if (!code && !verb->arguments->lease)
        code = error_set(error, RUNG_USAGE, "whose lease is it? take tells the holder");
    return code ? code : open_outbox(verb, true, ret_life, error);
}

static Code done(Verb *verb, const char *operand, Error *error)
{
    Life life;
    int64_t id;
    Code code = open_held(verb, operand, &life, &id, error);
    if (!code)
        code = outbox_done(&life, id, verb->arguments->lease, error);
    if (!code)
        report_outbox_state(&verb->report, id, "sent", 0);
    return code;
}

static Code fail(Verb *verb, const char *operand, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    OutboxFailure failure = {.reason = arguments->reason ? arguments->reason : "no reason is known",
                             .final = arguments->final,
                             .attempts = (int64_t)arguments->limit,
                             .wait = (int64_t)arguments->wait_seconds};
    Life life;
    int64_t id, wait;
    const char *state;
    Code code = open_held(verb, operand, &life, &id, error);
    if (!code)
        code =
            outbox_fail(&life, id, arguments->lease, &failure, verb->arena, &state, &wait, error);
    if (!code)
        report_outbox_state(&verb->report, id, state, wait);
    return code;
}

static Code give_back(Verb *verb, const char *operand, Error *error)
{
    Life life;
    int64_t id;
    Code code = open_held(verb, operand, &life, &id, error);
    if (!code)
        code = outbox_release(&life, id, verb->arguments->lease, error);
    if (!code)
        report_outbox_state(&verb->report, id, "pending", 0);
    return code;
}

static Code verb_outbox(Verb *verb, Error *error)
{
    static const LifeAction actions[] = {
        {"list", 0, show}, {"retry", 1, retry}, {"tend", 0, tend},         {"take", 0, take},
        {"done", 1, done}, {"fail", 1, fail},   {"release", 1, give_back}, {"alert", 1, alert},
    };
    Code code = life_run(verb, actions, COUNT(actions), "the number of a message", error);
    return outbox_explain(code, error);
}
VERB(outbox)
