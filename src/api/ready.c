/* ready: whether requests can be carried out, cheap enough to be asked every few seconds. */
#include "api/life.h"
#include "base/clock.h"
#include "lifecycle/claim.h"
#include "lifecycle/fingerprint.h"
#include "lifecycle/ledger.h"
#include "lifecycle/metrics.h"
#include "report/ready.h"

enum { HEARTBEAT_LIMIT = 120 };

typedef struct Ready {
    Verb *verb;
    ReadyList list;
} Ready;

/* `detail` is for everybody who may ask the service; `note` may name files and rows. */
static void add(Ready *ready, const char *name, bool ok, const char *detail, const char *note)
{
    *vec_add(ready->verb->arena, &ready->list) =
        (ReadyCheck){.name = name, .ok = ok, .detail = detail, .note = note};
}

/* An error that stops nothing but this check. */
static void add_error(Ready *ready, const char *name, const char *detail, const Error *error)
{
    Arena *arena = ready->verb->arena;
    add(ready, name, false, detail,
        *error->hint ? arena_print(arena, "%s: %s", error->message, error->hint)
                     : arena_string(arena, error->message));
}

/* ---- revisions ---- */

static void add_count(Ready *ready, const char *name, size_t count, const char *detail,
                      const char *first)
{
    add(ready, name, !count, count ? detail : NULL, count ? first : NULL);
}

static Code look_at_revisions(Ready *ready, Error *error)
{
    Verb *verb = ready->verb;
    RunPlan plan;
    NameList unknown = {0};
    RevisionList edited = {0};
    Code code = verb_survey(verb, &plan, &unknown, error);
    if (!code && verb->db)
        code = run_edited(verb->db, &plan, &edited, error);
    if (code == RUNG_CONNECT) {
        add_error(ready, "database", "it cannot be reached", error);
        return RUNG_OK;
    }
    add(ready, "database", code || verb->db,
        code || verb->db ? NULL : "there is none yet: `rung upgrade` creates it", NULL);
    if (code) {
        add_error(ready, "revisions", "they cannot be read", error);
        return RUNG_OK;
    }
    size_t half_done = plan.history.journal.count;
    add_count(ready, "pending", plan.path.count, "revisions are not applied yet: `rung upgrade`",
              plan.path.count ? plan.path.at[0]->id : NULL);
    add_count(ready, "half_done", half_done,
              "a revision stopped between its steps: `rung upgrade` goes on",
              half_done ? plan.history.journal.at[0].revision : NULL);
    add_count(ready, "edited", edited.count,
              "the files of applied revisions were changed: bring back what ran",
              edited.count ? edited.at[0]->id : NULL);
    add_count(ready, "unknown", unknown.count,
              "revisions are applied that no file has: is an older version of the files here?",
              unknown.count ? unknown.at[0] : NULL);
    return RUNG_OK;
}

/* ---- the lifecycle ---- */

static void look_at_clock(Ready *ready, Life *life)
{
    Error error;
    if (clock_check(life, &error))
        add_error(ready, "clock",
                  "the database's clock went back, jumped ahead, or differs from this machine's: "
                  "set it right, or run `rung purge --force` once",
                  &error);
    else
        add(ready, "clock", true, NULL, NULL);
}

static void look_at_guards(Ready *ready, Life *life)
{
    Error error;
    Arena *arena = ready->verb->arena;
    const char *missing = NULL;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !missing && i < life->policy->subjects.count; i++) {
        Subject subject;
        const SubjectPolicy *policy = &life->policy->subjects.at[i];
        code = key_graph_load_table(life->db, life->arena, policy->table, &life->graph, &error);
        if (!code)
            code = subject_find(life, policy, &subject, &error);
        if (!code)
            code = guard_check(life, arena, &subject, &missing, &error);
    }
    if (code)
        add_error(ready, "guards", "the subjects of rung.yaml are not those of the database",
                  &error);
    else
        add(ready, "guards", !missing,
            missing ? "a guard of the subjects is missing or was changed: `rung erase init` makes "
                      "it anew"
                    : NULL,
            missing);
}

static void look_at_ledger(Ready *ready, Life *life)
{
    Error error;
    LedgerState state;
    Code code = ledger_state(life, &state, &error);
    const char *reason = code ? NULL : ledger_reason(life, &state, ready->verb->arena);
    if (code)
        add_error(ready, "ledger", "the erasure ledger cannot be believed: `rung check` says why",
                  &error);
    else if (reason)
        add(ready, "ledger", false,
            state.standing == LEDGER_BEHIND
                ? "this database was restored, and erasures of the ledger are not carried out in "
                  "it: `rung erase replay`, then `rung purge`"
                : "the erasure ledger is not the one that this database knows: bring it back",
            reason);
    else
        add(ready, "ledger", true, NULL, NULL);
}

/* Nothing is said where no scheduler ever ran. */
static void look_at_scheduler(Ready *ready, const Metrics *metrics)
{
    int64_t silent = metrics->now - metrics->heartbeat;
    if (!metrics->heartbeat)
        return;
    bool ok = silent <= HEARTBEAT_LIMIT;
    add(ready, "scheduler", ok,
        ok ? NULL : "no scheduler says that it lives: is a service running?",
        ok ? NULL : arena_print(ready->verb->arena, "silent for %lld s", (long long)silent));
}

/* The verdict of the last `rung check` holds as long as the schema is the one that it looked at. */
static void look_at_drift(Ready *ready, const Metrics *metrics)
{
    Verb *verb = ready->verb;
    const char *fingerprint;
    Error error;
    int64_t at, known;
    if (!verb->project->config.schema)
        return;
    if (fingerprint_read(verb->db, verb->arena, &fingerprint, &error)) {
        add_error(ready, "drift", "the schema cannot be read", &error);
        return;
    }
    int64_t drift = metrics_measure(metrics, "drift", "", &at);
    metrics_measure(metrics, "drift", fingerprint, &known);
    if (!known)
        add(ready, "drift", true, "not known since the schema changed: `rung check` looks", NULL);
    else
        add(ready, "drift", !drift,
            drift ? "the schema is not what the revisions make: `rung check` shows the difference"
                  : NULL,
            NULL);
}

static void look_at_lifecycle(Ready *ready)
{
    Verb *verb = ready->verb;
    Life life;
    Metrics metrics;
    Error error;
    Code code = life_peek(verb, verb->project->config.lifecycle.ledger != NULL, &life, &error);
    if (!code)
        code = life_require(&life, &error);
    if (!code)
        code = metrics_read(&life, verb->arena, &metrics, &error);
    if (code) {
        add_error(ready, "lifecycle",
                  code == RUNG_UNKNOWN ? "rung's tables are missing: `rung erase init`"
                                       : "requests to be erased cannot be read",
                  &error);
        return;
    }
    add(ready, "lifecycle", true, NULL, NULL);
    look_at_guards(ready, &life);
    look_at_clock(ready, &life);
    look_at_scheduler(ready, &metrics);
    if (life.ledger)
        look_at_ledger(ready, &life);
    look_at_drift(ready, &metrics);
}

static Code verb_ready(Verb *verb, Error *error)
{
    Ready ready = {.verb = verb};
    bool ok = true;
    Code code = look_at_revisions(&ready, error);
    verb->tidy = true;
    if (code)
        return code;
    if (verb->db && verb->project->config.lifecycle.line)
        look_at_lifecycle(&ready);
    for (size_t i = 0; i < ready.list.count; i++)
        ok = ok && ready.list.at[i].ok;
    report_ready(&verb->report, &ready.list);
    return ok ? RUNG_OK : RUNG_FOUND;
}
VERB(ready)
