/* Running revisions: everything between "what is pending" and "it is committed".
 *
 * One working connection holds the lock, runs the statements and writes the history. A pass reads
 * the history, plans from it and runs until done or until something fails; a retry, a resume after
 * a crash and the way on after a lost connection are all just the next pass. */
#ifndef APPLY_RUN_H
#define APPLY_RUN_H

#include "apply/history.h"
#include "apply/script.h"
#include "base/text.h"
#include "rung/event.h"

#include <signal.h>

/* Who looks on while each statement runs: a rehearsal. Revisions then go statement by statement. */
typedef struct RunObserver {
    /* Anything but RUNG_OK stops the run in place of the statement. */
    Code (*before)(void *context, Db *db, const Script *script, const ScriptStep *step,
                   const Command *command, Error *error);
    /* `failed` NULL: it succeeded. */
    void (*after)(void *context, Db *db, const Script *script, const ScriptStep *step,
                  const Command *command, const Error *failed);
    void (*waiting)(void *context, Db *db); /* about every 100 ms while it runs */
    void (*notice)(void *context, const char *severity, const char *message);
    void *context;
} RunObserver;

typedef struct RunOptions {
    int lock_timeout_ms;      /* PostgreSQL lock_timeout of each statement; 0: none */
    int statement_timeout_ms; /* PostgreSQL; 0: none */
    int lock_wait_ms;         /* how long to wait for another run; 0: not at all */
    int retries;              /* after a lock timeout, a deadlock or a serialization failure */
    rung_event_fn *on_event;  /* may be NULL */
    void *context;
    _Atomic int *cancelled;      /* set from outside; may be NULL */
    Db *_Atomic *active;         /* where the working connection is shown for db_cancel */
    const RunObserver *observer; /* NULL: nobody */
} RunOptions;

typedef struct RunPlan {
    Arena *arena;
    const Graph *graph;
    History history;
    RevisionSet applied;
    RevisionList path;       /* in the order in which it runs */
    const Revision *resumed; /* the half-done one, first in the path; NULL: none */
    bool undo;
} RunPlan;

typedef struct RunSummary {
    VEC(const Revision *) done;
    RevisionList current; /* where the database is; empty after a failure */
    int64_t elapsed_us;
    bool resumed;
} RunSummary;

/* What an upgrade (or with `undo` a downgrade) to `target` would run; `db` NULL: a database that is
 * not there yet, with nothing applied. RUNG_MISMATCH: the database
 * has revisions that the folder does not, or a file was edited after it ran (named, with a hint);
 * RUNG_REVISION: see graph_upgrade_path and graph_downgrade_path. */
Code run_plan(Db *db, Arena *arena, const Graph *graph, const char *target, bool undo,
              RunPlan *ret_plan, Error *error);

/* The applied revisions whose files are not those that ran, by the log. */
Code run_edited(Db *db, const RunPlan *plan, RevisionList *ret_edited, Error *error);

/* Runs it. Nothing pending: nothing is locked or written. What was committed before a failure
 * stays and is in `ret_summary`, which is filled on failure too. RUNG_LOCKED when another run holds
 * the lock for longer than lock_wait_ms. */
Code run_to(const DbUrl *url, const Graph *graph, const char *target, bool undo,
            const RunOptions *options, Arena *arena, RunSummary *ret_summary, Error *error);

/* Who holds the lock of a run on this database now, in words; NULL: nobody. */
Code run_holder(Db *db, Arena *arena, const char **ret_holder, Error *error);

/* Sets the heads without running anything; logs one event a revision whose mark changes.
 * `forget_unknown`: heads that the folder does not have are dropped. */
Code run_stamp(const DbUrl *url, const Graph *graph, const RevisionList *heads, bool forget_unknown,
               const RunOptions *options, Arena *arena, RunSummary *ret_summary, Error *error);

/* The same as a script for psql or sqlite3, history included; `db` NULL: the file is not there yet.
 */
Code run_print_stamp(Db *db, Engine engine, const Graph *graph, const RevisionList *heads,
                     bool forget_unknown, Arena *arena, Text *text, Error *error);

/* The SQL that a run from `applied` to `target` would execute, history included, as a script for
 * psql or sqlite3. `history_present` false adds the creation of the history tables; `last` is the
 * newest log entry of the database (zero: none). */
Code run_print(Engine engine, RevisionSet *applied, const RevisionList *path, bool undo,
               bool history_present, const LogEntry *last, Arena *arena, Text *text, Error *error);

/* One script, without the history: for those who run it by hand. */
Code run_print_plain(const Script *script, Text *text, Error *error);

/* ---- statements of no revision (direct.c) ---- */

typedef struct DirectStatement {
    const char *sql;
    bool outside;       /* PostgreSQL: it cannot run in a transaction block */
    bool commit_before; /* what came before it must be committed */
} DirectStatement;

typedef struct DirectQuestion {
    const char *title, *sql; /* SELECT count(*) …: anything but 0 stops the run */
} DirectQuestion;

/* Whether the statements still fit the database, now that nobody else changes it. */
typedef Code DirectStill(void *context, Error *error);

typedef struct DirectRun {
    const char *event, *detail; /* for the log */
    const DirectStatement *statements;
    size_t count;
    const DirectQuestion *questions;
    size_t question_count;
    DirectStill *still; /* NULL: nobody asks */
    void *context;
    bool keys_off; /* SQLite: foreign keys are not enforced meanwhile, and checked before the commit
                    */
} DirectRun;

/* Asks whether the statements still fit and the questions, runs the statements and writes one entry
 * to the log, under the lock and in one transaction unless a statement asks for more; the heads
 * stay where they are. RUNG_FAILED when a question counts rows: nothing was changed then. After a
 * failure behind the first of several transactions, what these did stays, and the error says so. */
Code run_direct(const DbUrl *url, const DirectRun *what, const RunOptions *options, Arena *arena,
                int64_t *ret_elapsed_us, Error *error);

#endif
