/* Reading and writing the history. The seal of an entry is computed by the server on PostgreSQL and
 * here on SQLite, over the same text: history_verify reads both. */
#include "apply/history.h"
#include "base/clock.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sql/split.h"

#include "history_postgresql.sql.h"
#include "history_sqlite.sql.h"

#include <pwd.h>
#include <unistd.h>

static const char *const schema_text[ENGINE_COUNT] = {
    [ENGINE_POSTGRESQL] = history_postgresql_sql,
    [ENGINE_SQLITE] = history_sqlite_sql,
};

/* The same questions in both dialects; columns in the same order. */
static const struct {
    const char *present, *heads, *journal, *log;
} questions[ENGINE_COUNT] = {
    [ENGINE_POSTGRESQL] =
        {
            "SELECT 1 WHERE to_regclass('rung.heads') IS NOT NULL",
            "SELECT revision, chain FROM rung.heads ORDER BY revision",
            "SELECT revision, step, steps, direction, state, step_hash, before, rows_done,"
            " to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
            " position FROM rung.journal ORDER BY revision, step",
            "SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), actor,"
            " event, revision, file_hash, chain, run, duration_us, statements, tool, detail, hash"
            " FROM rung.log ORDER BY id",
        },
    [ENGINE_SQLITE] =
        {
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'rung_heads'",
            "SELECT revision, chain FROM rung_heads ORDER BY revision",
            "SELECT revision, step, steps, direction, state, step_hash, before, rows_done,"
            " at, position FROM rung_journal ORDER BY revision, step",
            "SELECT id, at, actor, event, revision, file_hash, chain, run, duration_us, statements,"
            " tool, detail, hash FROM rung_log ORDER BY id",
        },
};

static Code ask(Db *db, Arena *arena, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

static int64_t number(const char *text)
{
    return text ? strtoll(text, NULL, 10) : 0;
}

/* Keys as netstrings: "1:7,3:'a',". */
static void read_position(Arena *arena, const char *text, JournalEntry *entry)
{
    while (text && *text) {
        char *bytes;
        size_t length = strtoul(text, &bytes, 10);
        if (*bytes != ':' || strlen(bytes + 1) < length)
            return;
        *vec_add(arena, &entry->position) = arena_copy(arena, bytes + 1, length);
        text = bytes + 1 + length + (bytes[1 + length] == ',');
    }
}

static void read_journal(Arena *arena, const DbRows *rows, History *history)
{
    for (size_t i = 0; i < rows->count; i++) {
        JournalEntry *entry = vec_add(arena, &history->journal);
        entry->revision = db_cell(rows, i, 0);
        entry->step = (int)number(db_cell(rows, i, 1));
        entry->steps = (int)number(db_cell(rows, i, 2));
        entry->undo = strcmp(db_cell(rows, i, 3), "down") == 0;
        entry->done = strcmp(db_cell(rows, i, 4), "done") == 0;
        entry->step_hash = db_cell(rows, i, 5);
        entry->before = db_cell(rows, i, 6);
        entry->rows_done = number(db_cell(rows, i, 7));
        entry->at = db_cell(rows, i, 8);
        read_position(arena, db_cell(rows, i, 9), entry);
    }
}

Code history_read(Db *db, Arena *arena, History *ret_history, Error *error)
{
    Engine engine = db_engine(db);
    History history = {0};
    DbRows rows;
    Code code = ask(db, arena, questions[engine].present, &rows, error);
    if (code)
        return code;
    if (rows.count) {
        history.present = true;
        code = ask(db, arena, questions[engine].heads, &rows, error);
        if (code)
            return code;
        for (size_t i = 0; i < rows.count; i++)
            *vec_add(arena, &history.heads) =
                (HistoryHead){db_cell(&rows, i, 0), db_cell(&rows, i, 1)};
        code = ask(db, arena, questions[engine].journal, &rows, error);
        if (code)
            return code;
        read_journal(arena, &rows, &history);
    }
    *ret_history = history;
    return RUNG_OK;
}

static Code create_all(Db *db, Arena *arena, Error *error)
{
    Engine engine = db_engine(db);
    const char *text = schema_text[engine];
    SqlSource source = {engine, "(history)", 1, text, strlen(text)};
    SqlPieces pieces = {0};
    Code code = sql_split(arena, &source, &pieces, error);
    for (size_t i = 0; !code && i < pieces.count; i++)
        code = db_query(
            db, arena,
            &(DbStatement){.sql = text + pieces.at[i].offset, .length = pieces.at[i].length}, NULL,
            error);
    return code;
}

Code history_create(Db *db, Error *error)
{
    bool own = db_engine(db) == ENGINE_POSTGRESQL;
    Arena *arena = arena_new();
    Code code = own ? db_exec(db, "BEGIN", error) : RUNG_OK;
    if (!code)
        code = create_all(db, arena, error);
    if (own && !code)
        code = db_exec(db, "COMMIT", error);
    if (own && code && !db_lost(db)) {
        Error ignored;
        db_exec(db, "ROLLBACK", &ignored);
    }
    arena_free(arena);
    if (code == RUNG_FAILED && strcmp(error->sqlstate, "42501") == 0)
        error_hint(error, "rung keeps its history in the schema \"rung\": "
                          "GRANT CREATE ON DATABASE … TO …, or create that schema for this role");
    return code;
}

const char *history_schema_text(Engine engine)
{
    return schema_text[engine];
}

Code history_log(Db *db, Arena *arena, size_t limit, LogList *ret_log, Error *error)
{
    DbRows rows;
    LogList log = {0};
    const char *sql = questions[db_engine(db)].log;
    if (limit)
        sql =
            arena_print(arena, "SELECT * FROM (%s DESC LIMIT %zu) newest ORDER BY id", sql, limit);
    Code code = ask(db, arena, sql, &rows, error);
    if (code)
        return code;
    for (size_t i = 0; i < rows.count; i++)
        *vec_add(arena, &log) = (LogEntry){
            .id = number(db_cell(&rows, i, 0)),
            .at = db_cell(&rows, i, 1),
            .actor = db_cell(&rows, i, 2),
            .event = db_cell(&rows, i, 3),
            .revision = db_cell(&rows, i, 4),
            .file_hash = db_cell(&rows, i, 5),
            .chain = db_cell(&rows, i, 6),
            .run = db_cell(&rows, i, 7),
            .duration_us = number(db_cell(&rows, i, 8)),
            .statements = number(db_cell(&rows, i, 9)),
            .tool = db_cell(&rows, i, 10),
            .detail = db_cell(&rows, i, 11),
            .hash = db_cell(&rows, i, 12),
        };
    *ret_log = log;
    return RUNG_OK;
}

/* ---- seals ---- */

static void seal_number(Hash *hash, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    hash_add_field(hash, text);
}

void history_seal(const LogEntry *entry, const char *before, char ret_hex[HASH_HEX_SIZE])
{
    Hash hash;
    hash_start(&hash);
    hash_add_field(&hash, before);
    seal_number(&hash, entry->id);
    hash_add_field(&hash, entry->at);
    hash_add_field(&hash, entry->actor);
    hash_add_field(&hash, entry->event);
    hash_add_field(&hash, entry->revision);
    hash_add_field(&hash, entry->file_hash);
    hash_add_field(&hash, entry->chain);
    hash_add_field(&hash, entry->run);
    seal_number(&hash, entry->duration_us);
    seal_number(&hash, entry->statements);
    hash_add_field(&hash, entry->tool);
    hash_add_field(&hash, entry->detail);
    hash_finish(&hash, ret_hex);
}

int64_t history_verify(const LogList *log)
{
    const char *before = "";
    for (size_t i = 0; i < log->count; i++) {
        const LogEntry *entry = &log->at[i];
        char hex[HASH_HEX_SIZE];
        history_seal(entry, before, hex);
        if (entry->id != (int64_t)i + 1 || strcmp(hex, entry->hash) != 0)
            return (int64_t)i + 1;
        before = entry->hash;
    }
    return 0;
}

const Map *history_hashes(const LogList *log, Arena *arena)
{
    Map *hashes = map_new(arena);
    for (size_t i = 0; i < log->count; i++) {
        const LogEntry *entry = &log->at[i];
        if (entry->revision && entry->file_hash && strcmp(entry->event, "failed") != 0)
            map_set(hashes, entry->revision, (void *)(uintptr_t)entry->file_hash);
    }
    return hashes;
}

/* ---- writing ---- */

char *history_actor(Arena *arena)
{
    enum { ENTRY_SIZE = 16 * 1024 };
    char host[256] = "", *buffer = arena_alloc(arena, ENTRY_SIZE);
    struct passwd entry, *user = NULL;
    if (getpwuid_r(geteuid(), &entry, buffer, ENTRY_SIZE, &user) != 0)
        user = NULL;
    gethostname(host, sizeof host - 1);
    return arena_print(arena, "%s@%s", user ? user->pw_name : "unknown", host);
}

/* Ids and chains hold no quotes or backslashes: quoting each is enough for an array. */
static char *array_text(Arena *arena, const HistoryEvent *event, int what)
{
    Text text = TEXT_EMPTY;
    size_t count = what == 0 ? event->remove_count : event->add_count;
    text_char(&text, '{');
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s\"%s\"", i ? "," : "",
                   what == 0   ? event->remove[i]
                   : what == 1 ? event->add[i].revision
                               : event->add[i].chain);
    text_char(&text, '}');
    return text_keep(&text, arena);
}

enum { RECORD_PARAMS = 13 };

static const char **record_params(Arena *arena, const char *run, const char *actor,
                                  const HistoryEvent *event)
{
    const Revision *revision = event->revision;
    const char *values[RECORD_PARAMS] = {
        run,
        event->event,
        revision ? revision->id : NULL,
        revision ? revision->hash : NULL,
        revision ? revision->chain : NULL,
        array_text(arena, event, 0),
        array_text(arena, event, 1),
        array_text(arena, event, 2),
        event->started,
        arena_print(arena, "%lld", (long long)event->statements),
        actor,
        RUNG_TOOL,
        event->detail,
    };
    const char **params = arena_alloc_array(arena, RECORD_PARAMS, sizeof *params);
    memcpy(params, values, sizeof values);
    return params;
}

DbStatement history_record_statement(Arena *arena, const char *run, const char *actor,
                                     const HistoryEvent *event)
{
    return (DbStatement){
        .sql = "SELECT rung.record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        .params = record_params(arena, run, actor, event),
        .param_count = RECORD_PARAMS,
        .keep = true};
}

static Code record_postgresql(Db *db, Arena *arena, const char *run, const char *actor,
                              const HistoryEvent *event, Error *error)
{
    DbStatement statement = history_record_statement(arena, run, actor, event);
    return db_query(db, arena, &statement, NULL, error);
}

static Code heads_moved(Error *error)
{
    error_set(error, RUNG_MISMATCH, "another run moved the heads of this database");
    return error_hint(error, "run the same command again");
}

static Code move_heads_sqlite(Db *db, Arena *arena, const HistoryEvent *event, const char *at,
                              Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < event->remove_count; i++) {
        DbRows rows;
        code = db_query(db, arena,
                        &(DbStatement){.sql = "DELETE FROM rung_heads WHERE revision = ?1",
                                       .params = &event->remove[i],
                                       .param_count = 1,
                                       .keep = true},
                        &rows, error);
        if (!code && rows.changed != 1)
            code = heads_moved(error);
    }
    for (size_t i = 0; !code && i < event->add_count; i++)
        code = db_query(db, arena,
                        &(DbStatement){.sql = "INSERT INTO rung_heads VALUES (?1, ?2, ?3)",
                                       .params = (const char *[]){event->add[i].revision,
                                                                  event->add[i].chain, at},
                                       .param_count = 3,
                                       .keep = true},
                        NULL, error);
    return code;
}

static LogEntry log_entry(Arena *arena, const char *run, const char *actor,
                          const HistoryEvent *event, const LogEntry *last)
{
    const Revision *revision = event->revision;
    int64_t now = clock_monotonic_us(), ended = event->ended_us ? event->ended_us : now;
    LogEntry entry = {
        .id = last ? last->id + 1 : 1,
        .at = clock_print_iso(arena, clock_wall_us() - (now - ended)),
        .actor = actor,
        .event = event->event,
        .revision = revision ? revision->id : NULL,
        .file_hash = revision ? revision->hash : NULL,
        .chain = revision ? revision->chain : NULL,
        .run = run,
        .duration_us = event->started_us ? ended - event->started_us : 0,
        .statements = event->statements,
        .tool = RUNG_TOOL,
        .detail = event->detail,
    };
    char *hex = arena_alloc(arena, HASH_HEX_SIZE);
    history_seal(&entry, last ? last->hash : "", hex);
    entry.hash = hex;
    return entry;
}

static Code record_sqlite(Db *db, Arena *arena, const char *run, const char *actor,
                          const HistoryEvent *event, Error *error)
{
    DbRows rows;
    Code code =
        db_query(db, arena,
                 &(DbStatement){.sql = "SELECT id, hash FROM rung_log ORDER BY id DESC LIMIT 1",
                                .keep = true},
                 &rows, error);
    if (code)
        return code;
    LogEntry last = {0};
    if (rows.count) {
        last.id = number(db_cell(&rows, 0, 0));
        last.hash = db_cell(&rows, 0, 1);
    }
    LogEntry entry = log_entry(arena, run, actor, event, rows.count ? &last : NULL);
    code = move_heads_sqlite(db, arena, event, entry.at, error);
    if (code)
        return code;
    const char *params[] = {arena_print(arena, "%lld", (long long)entry.id),
                            entry.at,
                            entry.actor,
                            entry.event,
                            entry.revision,
                            entry.file_hash,
                            entry.chain,
                            entry.run,
                            arena_print(arena, "%lld", (long long)entry.duration_us),
                            arena_print(arena, "%lld", (long long)entry.statements),
                            entry.tool,
                            entry.detail,
                            entry.hash};
    return db_query(db, arena,
                    &(DbStatement){.sql = "INSERT INTO rung_log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                                          " ?8, ?9, ?10, ?11, ?12, ?13)",
                                   .params = params,
                                   .param_count = COUNT(params),
                                   .keep = true},
                    NULL, error);
}

Code history_record(Db *db, Arena *arena, const char *run, const char *actor,
                    const HistoryEvent *event, Error *error)
{
    if (db_engine(db) == ENGINE_SQLITE)
        return record_sqlite(db, arena, run, actor, event, error);
    Code code = record_postgresql(db, arena, run, actor, event, error);
    if (code == RUNG_FAILED && strcmp(error->sqlstate, "RU001") == 0)
        code = heads_moved(error);
    return code;
}

/* ---- for --sql ---- */

static void add_constants(Text *text, const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_put(text, ", ");
        sql_add_constant(text, values[i]);
    }
}

static void add_record_sqlite(Arena *arena, Text *text, const HistoryEvent *event,
                              const LogEntry *entry)
{
    for (size_t i = 0; i < event->remove_count; i++) {
        text_put(text, "DELETE FROM rung_heads WHERE revision = ");
        sql_add_constant(text, event->remove[i]);
        text_print(text, ";\n-- fails if the database is not at %s\n", event->remove[i]);
        text_put(text, "INSERT INTO rung_heads SELECT NULL, NULL, NULL WHERE changes() <> 1;\n");
    }
    for (size_t i = 0; i < event->add_count; i++) {
        text_put(text, "INSERT INTO rung_heads VALUES (");
        add_constants(text,
                      (const char *[]){event->add[i].revision, event->add[i].chain, entry->at}, 3);
        text_put(text, ");\n");
    }
    const char *values[] = {arena_print(arena, "%lld", (long long)entry->id),
                            entry->at,
                            entry->actor,
                            entry->event,
                            entry->revision,
                            entry->file_hash,
                            entry->chain,
                            entry->run,
                            arena_print(arena, "%lld", (long long)entry->duration_us),
                            arena_print(arena, "%lld", (long long)entry->statements),
                            entry->tool,
                            entry->detail,
                            entry->hash};
    text_put(text, "INSERT INTO rung_log VALUES (");
    add_constants(text, values, COUNT(values));
    text_put(text, ");\n");
}

char *history_record_text(Arena *arena, Engine engine, const char *run, const char *actor,
                          const HistoryEvent *event, LogEntry *last)
{
    Text text = TEXT_EMPTY;
    LogEntry entry = log_entry(arena, run, actor, event, last->id ? last : NULL);
    if (engine == ENGINE_SQLITE)
        add_record_sqlite(arena, &text, event, &entry);
    else {
        text_put(&text, "SELECT rung.record(");
        add_constants(&text, record_params(arena, run, actor, event), RECORD_PARAMS);
        text_put(&text, ");\n");
    }
    *last = entry;
    return text_keep(&text, arena);
}

/* ---- heads ---- */

static bool in_set(const RevisionSet *set, const Revision *revision)
{
    return set->has[revision->order];
}

static bool is_head(const RevisionSet *set, const Revision *revision)
{
    if (!in_set(set, revision))
        return false;
    for (size_t i = 0; i < revision->children.count; i++)
        if (in_set(set, revision->children.at[i]))
            return false;
    return true;
}

void history_move(Arena *arena, RevisionSet *applied, const Revision *revision, bool undo,
                  HistoryEvent *event)
{
    const char **remove = arena_alloc_array(arena, revision->parents.count + 1, sizeof *remove);
    HistoryHead *add = arena_alloc_array(arena, revision->parents.count + 1, sizeof *add);
    size_t removed = 0, added = 0;
    if (undo) {
        applied->has[revision->order] = false;
        applied->count--;
        remove[removed++] = revision->id;
        for (size_t i = 0; i < revision->parents.count; i++)
            if (is_head(applied, revision->parents.at[i]))
                add[added++] =
                    (HistoryHead){revision->parents.at[i]->id, revision->parents.at[i]->chain};
    } else {
        for (size_t i = 0; i < revision->parents.count; i++)
            if (is_head(applied, revision->parents.at[i]))
                remove[removed++] = revision->parents.at[i]->id;
        applied->has[revision->order] = true;
        applied->count++;
        add[added++] = (HistoryHead){revision->id, revision->chain};
    }
    event->revision = revision;
    event->remove = remove;
    event->remove_count = removed;
    event->add = add;
    event->add_count = added;
}
