/* What a database says of itself: the heads that are applied, the steps of a half-done revision,
 * and the log of everything that ever happened. */
#ifndef APPLY_HISTORY_H
#define APPLY_HISTORY_H

#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"
#include "revision/graph.h"

typedef struct HistoryHead {
    const char *revision, *chain;
} HistoryHead;

typedef struct JournalEntry {
    const char *revision;
    int step, steps;
    bool undo; /* a downgrade */
    bool done; /* else started */
    const char *step_hash;
    const char *before;         /* what the catalog said before the step; NULL: nothing */
    VEC(const char *) position; /* backfill: the last key that is done; none: not begun */
    int64_t rows_done;
    const char *at; /* ISO 8601, UTC */
} JournalEntry;

typedef struct History {
    bool present; /* the tables exist */
    VEC(HistoryHead) heads;
    VEC(JournalEntry) journal; /* by revision and step; empty: nothing is half-done */
} History;

/* One row of the log. */
typedef struct LogEntry {
    int64_t id;
    const char *at, *actor, *event, *revision, *file_hash, *chain, *run;
    int64_t duration_us, statements;
    const char *tool, *detail, *hash;
} LogEntry;
typedef VEC(LogEntry) LogList;

/* What one entry says; the rest (id, time, actor, seal) is added where it is written. */
typedef struct HistoryEvent {
    const char *event;         /* "upgrade", "downgrade", "stamp", "failed" … */
    const Revision *revision;  /* NULL: none */
    const char *const *remove; /* heads that go and heads that come */
    size_t remove_count;
    const HistoryHead *add;
    size_t add_count;
    const char *started; /* PostgreSQL: text of a timestamptz; NULL: the transaction's */
    int64_t started_us;  /* SQLite: clock_monotonic_us() */
    int64_t ended_us;    /* SQLite: the same, if it is written later than it was whole; 0: now */
    int64_t statements;
    const char *detail; /* NULL: none */
} HistoryEvent;

/* Reads heads and journal; `present` false and nothing else when rung was never here. */
Code history_read(Db *db, Arena *arena, History *ret_history, Error *error);

/* Creates the tables; on SQLite inside the caller's transaction, on PostgreSQL in its own.
 * RUNG_FAILED with a hint when the role may not. */
Code history_create(Db *db, Error *error);

/* The last `limit` entries (0: all), oldest first. */
Code history_log(Db *db, Arena *arena, size_t limit, LogList *ret_log, Error *error);

/* Recomputes the seals of a whole log. The id of the first entry that was changed, moved or
 * removed, or 0. */
int64_t history_verify(const LogList *log);

/* The hash of each revision's file when it last ran or was stamped, by id. */
const Map *history_hashes(const LogList *log, Arena *arena);

/* The seal of `entry`, whose own hash is not read, behind an entry with the hash `before`. */
void history_seal(const LogEntry *entry, const char *before, char ret_hex[HASH_HEX_SIZE]);

/* Who runs: "user@host". */
char *history_actor(Arena *arena);

/* Writes an event in the transaction that is open. `run` is the run's own id. RUNG_MISMATCH when
 * the heads are not those that the event removes: another run was faster. */
Code history_record(Db *db, Arena *arena, const char *run, const char *actor,
                    const HistoryEvent *event, Error *error);

/* PostgreSQL: the same as a statement for the queue. */
DbStatement history_record_statement(Arena *arena, const char *run, const char *actor,
                                     const HistoryEvent *event);

/* The same as SQL text for `--sql`; `last` is the newest log entry (NULL: none) and is replaced. */
char *history_record_text(Arena *arena, Engine engine, const char *run, const char *actor,
                          const HistoryEvent *event, LogEntry *last);

/* The statements that history_create runs, for `--sql`. */
const char *history_schema_text(Engine engine);

/* What changes in the heads when `revision` is applied to (or, with undo, taken from) `applied`;
 * `applied` is brought up to date. */
void history_move(Arena *arena, RevisionSet *applied, const Revision *revision, bool undo,
                  HistoryEvent *event);

/* The version of rung, as the log names it. */
#define RUNG_TOOL "rung " RUNG_VERSION

#endif
