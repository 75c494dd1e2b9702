/* A job runs on a connection of its own, while a thread renews its lease on the verb's. */
#include "api/schedule.h"
#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

enum {
    TEXT_LIMIT = 500,
    BUSY_PAUSE_MS = 1000,
    BUSY_LIMIT_S = 3600 /* how long a job waits for another one that removes rows */
};

/* ---- what each job does ---- */

typedef struct JobVerb {
    rung_verb *run;
    bool looks;        /* what it finds is no failure of its own */
    const char *found; /* said when it found something */
} JobVerb;

static const JobVerb verbs[JOB_COUNT] = {
    [JOB_PURGE] = {rung_purge, false, "a subject failed, and is tried again later"},
    [JOB_RETAIN] = {rung_retain, false, "a policy stopped: `rung retain` says why"},
    [JOB_EXPORT_EXPIRE] = {rung_export, true,
                           "history and folder do not agree: `rung export --list` shows where"},
    [JOB_AUDIT_VERIFY] = {rung_audit, false,
                          "the audit was changed: `rung audit verify` says where"},
    [JOB_AUDIT_ANCHOR] = {rung_audit, false,
                          "the audit was changed: `rung audit verify` says where"},
    [JOB_ALERTS] = {rung_status, true, "an alert fires"},
    [JOB_ORPHANS] = {rung_retain, true, "rows have no parent: `rung retain --orphans` names them"},
    [JOB_VAULT_ROTATE] = {rung_vault, false, "values could not be sealed"},
};

static rung_arguments make_arguments(JobType type)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    arguments.json = true;
    arguments.expire = type == JOB_EXPORT_EXPIRE;
    arguments.orphans = type == JOB_ORPHANS;
    arguments.lifecycle = type == JOB_ALERTS;
    if (type == JOB_AUDIT_VERIFY)
        arguments.revision = "verify";
    if (type == JOB_AUDIT_ANCHOR)
        arguments.revision = "anchor";
    if (type == JOB_VAULT_ROTATE)
        arguments.revision = "rotate";
    return arguments;
}

/* ---- what is kept of a result: numbers, for names and keys are personal data ---- */

static bool is_sum(const char *key)
{
    static const char *const keys[] = {"deleted", "set_null", "rows", "orphans", "zombies"};
    for (size_t i = 0; i < COUNT(keys); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* The length of a list, and the sums of what its entries count. */
static void count_list(Value *counts, const char *name, const Value *list)
{
    const char *key;
    const Value *number;
    value_set_int(counts, name, (int64_t)value_count(list));
    for (size_t i = 0; i < value_count(list); i++)
        for (size_t k = 0; value_entry(value_at(list, i), k, &key, &number); k++)
            if (value_type(number) == VALUE_INT && is_sum(key))
                value_set_int(counts, key,
                              value_get_int(value_get(counts, key)) + value_get_int(number));
}

static const char *count_result(Arena *arena, const Value *document)
{
    Value *counts = value_object();
    Text text = TEXT_EMPTY;
    const char *key;
    const Value *entry;
    for (size_t i = 0; value_entry(document, i, &key, &entry); i++) {
        if (value_type(entry) == VALUE_INT)
            value_set_int(counts, key, value_get_int(entry));
        else if (value_type(entry) == VALUE_ARRAY)
            count_list(counts, key, entry);
    }
    value_write(counts, false, &text);
    value_free(counts);
    return text_keep(&text, arena);
}

/* The texts of alerts hold numbers only. */
static void read_alerts(Arena *arena, const Value *document, OutboxAlertList *ret_list)
{
    const Value *alerts = value_get(document, "alerts");
    for (size_t i = 0; i < value_count(alerts); i++) {
        const Value *alert = value_at(alerts, i);
        *vec_add(arena, ret_list) =
            (OutboxAlert){.kind = arena_string(arena, value_get_text(value_get(alert, "kind"))),
                          .text = arena_string(arena, value_get_text(value_get(alert, "text")))};
    }
}

static const char *print_alerts(Arena *arena, const OutboxAlertList *list)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < list->count; i++)
        text_print(&text, "%s%s", i ? "; " : "", list->at[i].text);
    return text_keep(&text, arena);
}

static void keep_result(Verb *verb, ScheduleRun *run, Code code, const rung_result *result)
{
    JobType type = run->claim.job->type;
    const char *text = rung_result_text(result);
    Value *document = NULL;
    Error ignored;
    if (value_read("result", text, strlen(text), &document, &ignored))
        document = NULL;
    run->counts = document ? count_result(verb->arena, document) : NULL;
    run->found = code != RUNG_OK;
    run->succeeded = !code || verbs[type].looks;
    if (type == JOB_ALERTS && document)
        read_alerts(verb->arena, document, &run->alerts);
    if (code)
        run->problem =
            run->alerts.count ? print_alerts(verb->arena, &run->alerts) : verbs[type].found;
    value_free(document);
}

/* ---- the thread that says that the worker lives ---- */

typedef struct Beat {
    Life life; /* a connection that nobody else uses meanwhile */
    Verb *verb;
    const JobClaim *claim;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping, lost;
} Beat;

/* The verb's connection anew, after it was lost. Not as the one that rung_cancel stops: that is the
 * job's. */
static Code reopen(Verb *verb, Life *life, Error *error)
{
    Db *db;
    if (!db_lost(verb->db))
        return RUNG_OK;
    Code code = db_open(&verb->project->url, &(DbOptions){.must_exist = true}, &db, error);
    if (code)
        return code;
    db_close(verb->db);
    life->db = verb->db = db;
    return life->engine == ENGINE_SQLITE
               ? RUNG_OK
               : db_exec(db, "SET default_transaction_read_only = off", error);
}

static void wait_until(Beat *beat, int64_t us)
{
    struct timespec until = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    int failed = 0;
    while (!beat->stopping && !failed)
        failed = pthread_cond_timedwait(&beat->changed, &beat->lock, &until);
}

/* Whoever lost the lease stops at the next opportunity: what the job does has fences of its own. */
static void *beat_on(void *context)
{
    Beat *beat = context;
    int64_t lease_us = schedule_lease_seconds(&beat->life) * 1000000;
    int64_t spoke_us = clock_monotonic_us(), next_us = spoke_us + lease_us / 4;
    pthread_mutex_lock(&beat->lock);
    while (!beat->stopping && !beat->lost) {
        wait_until(beat, next_us);
        if (beat->stopping)
            break;
        pthread_mutex_unlock(&beat->lock);
        Error error = {0};
        int64_t now_us = clock_monotonic_us();
        Code code = reopen(beat->verb, &beat->life, &error);
        if (!code)
            code = schedule_renew(&beat->life, beat->claim, &error);
        if (!code)
            spoke_us = now_us;
        next_us = now_us + (code ? lease_us / 16 : lease_us / 4);
        bool lost = (code == RUNG_LOCKED && !life_is_passing(&error)) ||
                    clock_monotonic_us() - spoke_us > lease_us;
        if (lost)
            beat->verb->project->cancelled = 1;
        pthread_mutex_lock(&beat->lock);
        beat->lost = lost;
    }
    pthread_mutex_unlock(&beat->lock);
    return NULL;
}

/* Signals go to the caller's threads: what stops a job finds its connection there. */
static bool beat_start(Beat *beat, pthread_t *ret_thread)
{
    pthread_condattr_t monotonic;
    sigset_t all, before;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&beat->lock, NULL);
    pthread_cond_init(&beat->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool started = pthread_create(ret_thread, NULL, beat_on, beat) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void beat_stop(Beat *beat, pthread_t thread)
{
    pthread_mutex_lock(&beat->lock);
    beat->stopping = true;
    pthread_cond_signal(&beat->changed);
    pthread_mutex_unlock(&beat->lock);
    pthread_join(thread, NULL);
    pthread_mutex_destroy(&beat->lock);
    pthread_cond_destroy(&beat->changed);
}

/* ---- the job ---- */

static void take_error(rung_error *failure, Code code, Error *error)
{
    if (failure)
        *error = failure->error;
    else
        error_set(error, code, "there is no memory for the error");
    rung_error_free(failure);
}

/* Another worker that removes rows is waited for: a purge for a retention, or for the lease of one
 * that died. */
static Code run_verb(Verb *verb, ScheduleRun *run, Error *error)
{
    const JobVerb *job = &verbs[run->claim.job->type];
    rung_arguments arguments = make_arguments(run->claim.job->type);
    int64_t since_us = clock_monotonic_us();
    for (;;) {
        rung_result *result = NULL;
        rung_error *failure = NULL;
        Code code = job->run(verb->project, &arguments, &result, &failure);
        bool answered = code == RUNG_OK || code == RUNG_FOUND || (code == RUNG_INVALID && !failure);
        if (answered)
            keep_result(verb, run, code, result);
        else
            take_error(failure, code, error);
        rung_result_free(result);
        if (answered)
            return RUNG_OK;
        if (code != RUNG_LOCKED || clock_monotonic_us() - since_us > BUSY_LIMIT_S * 1000000LL)
            return code;
        for (int i = 0; i < 10 && !verb->project->cancelled; i++)
            clock_sleep_ms(BUSY_PAUSE_MS / 10);
        if (verb->project->cancelled)
            return error_set(error, RUNG_INTERRUPTED, "interrupted while it waited for another");
    }
}

/* What is told of an error; without its details, which may hold values. */
static const char *print_problem(Arena *arena, const Error *error)
{
    return arena_print(arena, "%.*s%s%.*s", TEXT_LIMIT, error->message, *error->hint ? ": " : "",
                       TEXT_LIMIT, error->hint);
}

typedef Code Ending(Life *life, ScheduleRun *run, bool died, Error *error);

/* Who dies in between tells nothing twice: the alerts that were told have marks. */
static Code end_run(Life *life, ScheduleRun *run, bool died, Error *error)
{
    Code code = RUNG_OK;
    if (run->claim.job->type == JOB_ALERTS && run->succeeded)
        code = outbox_alerts(life, &run->alerts, error);
    if (code == RUNG_CONNECT)
        return code;
    if (code) {
        run->succeeded = false;
        run->problem = print_problem(life->arena, error);
    }
    return schedule_finish(life, &run->claim, run->succeeded, run->counts, run->problem, error);
}

static Code hand_over(Life *life, ScheduleRun *run, bool died, Error *error)
{
    return schedule_hand_over(life, &run->claim, died, error);
}

/* That the connection is gone is often seen here first: again with another one, as long as the
 * lease is ours. */
static Code write_down(Verb *verb, Life *life, ScheduleRun *run, Ending *ending, bool died,
                       Error *error)
{
    int64_t until_us = clock_monotonic_us() + schedule_lease_seconds(life) * 1000000;
    Code code = RUNG_OK;
    for (int i = 0; i == 0 || (code == RUNG_CONNECT && clock_monotonic_us() < until_us); i++) {
        clock_sleep_ms(i > 1 ? BUSY_PAUSE_MS : 0);
        code = reopen(verb, life, error);
        if (!code)
            code = ending(life, run, died, error);
    }
    return code;
}

Code schedule_work(Verb *verb, Life *life, ScheduleRun *run, Error *error)
{
    pthread_t thread;
    Beat beat = {.life = *life, .verb = verb, .claim = &run->claim};
    Session *session = &verb->project->session, kept = *session;
    int64_t since_us = clock_monotonic_us();
    beat.life.cancelled = NULL;
    if (!beat_start(&beat, &thread))
        return error_set(error, RUNG_LIMIT, "no thread can be started");
    *session = (Session){0}; /* the job's connection is not kept: this one is */
    Code code = run_verb(verb, run, error);
    *session = kept;
    beat_stop(&beat, thread);
    *life = beat.life; /* to the end, also when it was interrupted */
    run->elapsed_us = clock_monotonic_us() - since_us;
    if (beat.lost) {
        error_set(error, RUNG_LOCKED,
                  "another worker may run %s now: this one was silent for too "
                  "long",
                  run->claim.job->name);
        return error_hint(error, "raise lifecycle.schedule_lease if the machine is slow");
    }
    if (code == RUNG_INTERRUPTED || code == RUNG_CONNECT) {
        Error ignored;
        write_down(verb, life, run, hand_over, code == RUNG_CONNECT, &ignored);
        return code;
    }
    if (code)
        run->problem = print_problem(verb->arena, error);
    code = write_down(verb, life, run, end_run, false, error);
    run->ended = !code;
    return code;
}
