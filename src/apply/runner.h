/* The state of one run, shared by the files of this room and nobody else. */
#ifndef APPLY_RUNNER_H
#define APPLY_RUNNER_H

#include "apply/check.h"
#include "apply/run.h"

/* What the COMMIT on its way makes true: when its answer is lost, the history is asked for it. */
typedef struct Committing {
    enum { COMMITS_NOTHING, COMMITS_HISTORY, COMMITS_REVISION, COMMITS_STEP } type;
    const Revision *revision; /* REVISION, STEP */
    int step;                 /* STEP: its row in the journal */
    bool done;
    int64_t rows;
} Committing;

/* How long one transaction has waited for locks; times are the server's, in microseconds. */
typedef struct Patience {
    bool endless;          /* nobody queues behind what runs now: it may wait */
    bool blind;            /* there is no second connection: nobody looks */
    bool guesses;          /* the server does not tell when a wait began */
    int64_t transaction;   /* when it began */
    int64_t since, looked; /* the wait that was seen last (0: none), and when */
    int64_t waited;        /* by the waits before it */
    bool over;             /* its statement was cancelled */
} Patience;

typedef struct Runner {
    const DbUrl *url;
    const Graph *graph;
    const char *target;
    bool undo;
    RunOptions options;
    Arena *arena; /* of the whole run */
    Db *db;       /* the working connection */
    Db *watcher;  /* PostgreSQL: asks who blocks the working one; opened when needed */
    const char *run_id, *actor;
    const char *lease; /* SQLite: the token of our lock row; NULL: we hold none */
    bool locked;       /* PostgreSQL: the advisory lock is held by `db` */
    RevisionList goal; /* what the first plan wanted to run, in `arena`: `-1` means it once */
    bool planned;
    RunPlan plan;     /* of this pass, in plan.arena */
    Script **scripts; /* by Revision.order; NULL: not loaded or freed again */
    size_t total;     /* revisions that the first pass had before it */
    RunSummary *summary;
    bool keys_off;         /* SQLite: foreign keys are not enforced */
    int64_t rest_ms;       /* SQLite: how long a backfill rests between batches */
    bool moved;            /* SQLite: the heads were others under the lock: plan again */
    Committing committing; /* PostgreSQL */
    int64_t statement_since_us, watched_us; /* for the watcher */
    const char *blockers;                   /* what was last told */
    Patience patience;                      /* PostgreSQL */
} Runner;

/* ---- runner.c ---- */
void runner_tell(const Runner *runner, rung_event_type type, const Revision *revision, int64_t done,
                 int64_t total, int64_t elapsed_us, const char *format, ...) PRINTF_LIKE(7, 8);
bool runner_cancelled(const Runner *runner);
void runner_start(Runner *runner, const Revision *revision);
void runner_done(Runner *runner, const Revision *revision, int64_t elapsed_us);
Code runner_script(Runner *runner, size_t index, Script **ret_script, Error *error);
void runner_script_ran(Runner *runner, size_t index); /* a large one is freed */
bool script_is_large(const Script *script);
Code runner_interrupted(Error *error);
/* Everything is read and checked before the first statement runs. */
Code scripts_check(Runner *runner, Error *error);
void scripts_free(Runner *runner);
/* Runs commands of a script one by one, in whatever transaction is open; an error says where. */
Code commands_run(Runner *runner, const Script *script, size_t first, size_t count, Error *error);

/* ---- plan.c ---- */
/* What is left of the goal, now that the database says what it says. */
Code plan_again(Runner *runner, RunPlan *plan, Error *error);

/* ---- run.c ---- */
char *runner_new_id(Arena *arena);
/* One entry `failed` in the log, for errors that are worth one, once the run has planned. */
void runner_log_failure(Runner *runner, const Error *error);

/* PostgreSQL: takes the lock and creates the history where it is not there yet. */
Code runner_lock(Runner *runner, Error *error);
/* The working connection. */
Code runner_open(Runner *runner, Error *error);
void runner_close(Runner *runner);
/* PostgreSQL: the timeouts of the session; commits in between need not reach the disk. */
Code runner_settings(Runner *runner, Error *error);

/* ---- lock.c ---- */

/* PostgreSQL: an advisory lock of the working session, polled by pg_try_advisory_lock, so that no
 * snapshot is held while waiting and so that the lock lives exactly as long as the session that
 * can still commit. RUNG_LOCKED with the holder. */
Code lock_take(Runner *runner, Error *error);
void lock_release(Runner *runner);

/* SQLite: begins a transaction that writes (BEGIN IMMEDIATE) and checks the lock row; `keep` leaves
 * our own row behind for the time between two transactions. RUNG_LOCKED with the holder. While it
 * waits for another run it closes the connection: `db` may be another one then, NULL on failure. */
Code lease_begin(Runner *runner, bool keep, Error *error);
/* Ends it; without `keep` the row goes with the same commit. Waits for readers of the file, for at
 * most lock_wait_ms: then RUNG_LOCKED, and everything is rolled back. */
Code lease_commit(Runner *runner, bool keep, Error *error);
/* RUNG_LOCKED: the file was busy for all of lock_wait_ms. */
Code lock_busy(Runner *runner, Error *error);
void lease_release(Runner *runner);

/* ---- wait.c ---- */
bool error_may_retry(const Error *error);
bool error_is_busy(const Error *error); /* SQLite: another connection has the file */
/* Sleeps before a busy file is tried again; *since_us is when the waiting began, 0 before it.
 * RUNG_LOCKED when that was lock_wait_ms ago. */
Code wait_busy(Runner *runner, int64_t *since_us, Error *error);
/* Sleeps before attempt `attempt` (from 1), with capped exponential growth and jitter. */
void retry_pause(Runner *runner, int attempt, const Error *error);
/* DbOptions.waiting of the working connection. */
void watch_statement(void *runner);
/* Behind a pass: what watch_statement cancelled is a lock timeout, and may be tried again. */
void wait_judge(Runner *runner, Error *error);
/* Names the sessions that block the working one, in words; NULL: none, or it cannot be known. */
const char *watch_blockers(Runner *runner);

/* ---- postgresql.c, sqlite.c: one pass over plan.path ---- */
Code pass_postgresql(Runner *runner, Error *error);
Code pass_sqlite(Runner *runner, Error *error);

/* ---- print.c ---- */
const char *print_begin(Engine engine);
/* The first lines of a script, and the history's tables where they are not there yet. */
void print_heading(Engine engine, bool history_present, Text *text);

/* ---- stamp.c ---- */
Code stamp_pass(Runner *runner, const RevisionList *heads, bool forget_unknown, Error *error);

/* PostgreSQL: rung writes its history as who it is, whatever role a revision has set; until the end
 * of the transaction only, and the revision's next one goes on with its own. */
static const char *const own_role[] = {"SET LOCAL SESSION AUTHORIZATION DEFAULT",
                                       "SET LOCAL role TO DEFAULT"};

/* ---- steps.c: a revision that is not one transaction ---- */
bool script_is_simple(const Script *script);
Code steps_run(Runner *runner, Script *script, Error *error);

/* ---- foreign_keys.c: SQLite ---- */
Code foreign_keys_enforce(Runner *runner, bool on, Error *error);
/* How many rows reference nothing; it warns if there are any. */
Code foreign_keys_count(Runner *runner, int64_t *ret_count, Error *error);
/* RUNG_FAILED if there are more than `before`; nothing is checked when that is -1. */
Code foreign_keys_check(Runner *runner, const Script *script, int64_t before, Error *error);

/* ---- settle.c: one statement outside a transaction ---- */

/* What the catalog says before the statement runs, for the journal; NULL: nothing to remember. */
Code outside_before(Runner *runner, const ScriptStep *step, const char **ret_before, Error *error);
/* After a crash: did it take effect? Removes what a broken attempt left behind. */
Code outside_settle(Runner *runner, const ScriptStep *step, const char *before, bool *ret_done,
                    Error *error);
/* Right after it failed: removes what it left behind and says so. */
void outside_clean(Runner *runner, const ScriptStep *step, const char *before);

/* ---- batches.c ---- */
Code backfill_run(Runner *runner, Script *script, size_t step_index, const JournalEntry *entry,
                  Error *error);

/* ---- check.c ---- */

/* All checks of a script, in the transaction that is open; RUNG_INVALID names the first that fails.
 */
Code checks_pass(Runner *runner, Script *script, Error *error);

/* ---- journal.c ---- */
DbStatement journal_statement(Runner *runner, const Script *script, size_t step, bool done,
                              const char *before, const char *const *position, size_t keys,
                              int64_t rows);
/* True if the plan's journal has the row that `committing` speaks of. */
bool journal_has(const Runner *runner, const Committing *committing);
DbStatement journal_clear_statement(const Runner *runner, const Script *script);

#endif
