/* The tables that rung keeps, and statements that both engines take. */
#include "lifecycle/life.h"
#include "base/clock.h"
#include "base/text.h"
#include "lifecycle/audit.h"
#include "sql/quote.h"
#include "sql/split.h"

#include "outbox_postgresql.sql.h"
#include "outbox_sqlite.sql.h"
#include "order_postgresql.sql.h"
#include "order_sqlite.sql.h"
#include "schedule_postgresql.sql.h"
#include "schedule_sqlite.sql.h"
#include "store_postgresql.sql.h"
#include "store_sqlite.sql.h"
#include "total_postgresql.sql.h"
#include "total_sqlite.sql.h"

typedef struct StoreScript {
    const char *text[ENGINE_COUNT];
} StoreScript;

/* Run by each `erase init`: what a later version of rung added says IF NOT EXISTS. */
static const StoreScript later_scripts[] = {
    {{[ENGINE_POSTGRESQL] = outbox_postgresql_sql, [ENGINE_SQLITE] = outbox_sqlite_sql}},
    {{[ENGINE_POSTGRESQL] = order_postgresql_sql, [ENGINE_SQLITE] = order_sqlite_sql}},
    {{[ENGINE_POSTGRESQL] = schedule_postgresql_sql, [ENGINE_SQLITE] = schedule_sqlite_sql}},
    {{[ENGINE_POSTGRESQL] = total_postgresql_sql, [ENGINE_SQLITE] = total_sqlite_sql}},
};

static const StoreScript first_script = {{
    [ENGINE_POSTGRESQL] = store_postgresql_sql,
    [ENGINE_SQLITE] = store_sqlite_sql,
}};

#define SQLITE_NOW "CAST(strftime('%s', 'now') AS INTEGER)"

Code life_present(Db *db, bool *ret_present, Error *error)
{
    static const char *const questions[ENGINE_COUNT] = {
        [ENGINE_POSTGRESQL] = "SELECT 1 WHERE to_regclass('rung.erasure') IS NOT NULL",
        [ENGINE_SQLITE] = "SELECT 1 FROM sqlite_schema WHERE name = 'rung_erasure'",
    };
    Arena *arena = arena_new();
    DbRows rows;
    Code code = db_query(db, arena, &(DbStatement){.sql = questions[db_engine(db)]}, &rows, error);
    if (!code)
        *ret_present = rows.count > 0;
    arena_free(arena);
    return code;
}

Code life_require(Life *life, Error *error)
{
    bool present;
    Code code = life_present(life->db, &present, error);
    if (code || present)
        return code;
    error_set(error, RUNG_UNKNOWN, "this database has none of rung's tables for erasure yet");
    return error_hint(error, "`rung erase init` creates them, and guards the subjects' tables");
}

static Code run_script(Life *life, const StoreScript *script, Error *error)
{
    const char *text = script->text[life->engine];
    if (!text)
        return RUNG_OK;
    SqlSource source = {life->engine, "(lifecycle)", 1, text, strlen(text)};
    SqlPieces pieces = {0};
    Arena *arena = arena_new();
    Code code = sql_split(arena, &source, &pieces, error);
    for (size_t i = 0; !code && i < pieces.count; i++)
        code = db_query(
            life->db, arena,
            &(DbStatement){.sql = text + pieces.at[i].offset, .length = pieces.at[i].length}, NULL,
            error);
    arena_free(arena);
    if (code == RUNG_FAILED && strcmp(error->sqlstate, "42501") == 0)
        error_hint(error,
                   "rung keeps these tables in the schema \"rung\": GRANT CREATE ON DATABASE "
                   "… TO …, or create that schema for this role");
    return code;
}

Code life_create(Life *life, bool present, Error *error)
{
    Code code = present ? RUNG_OK : run_script(life, &first_script, error);
    for (size_t i = 0; !code && i < COUNT(later_scripts); i++)
        code = run_script(life, &later_scripts[i], error);
    return code;
}

/* ---- statements ---- */

static void put_text(const Life *life, Text *sql, const char *text, size_t length);

static void put_word(const Life *life, Text *sql, const char *word, size_t length)
{
    bool sqlite = life->engine == ENGINE_SQLITE;
    if (length == 3 && memcmp(word, "now", 3) == 0) {
        text_put(sql, sqlite ? SQLITE_NOW : "now()");
    } else if (length > 6 && memcmp(word, "epoch ", 6) == 0) {
        text_put(sql, sqlite ? "" : "floor(extract(epoch FROM ");
        put_text(life, sql, word + 6, length - 6);
        text_put(sql, sqlite ? "" : "))::bigint");
    } else if (length > 5 && memcmp(word, "time ", 5) == 0) {
        text_put(sql, sqlite ? "CAST(" : "to_timestamp((");
        put_text(life, sql, word + 5, length - 5);
        text_put(sql, sqlite ? " AS INTEGER)" : ")::double precision)");
    } else {
        text_put(sql, sqlite ? "rung_" : "rung.");
        text_add(sql, word, length);
    }
}

/* The last byte of what begins with a quote at `at`, or `at`. */
static size_t quoted(const char *text, size_t at, size_t length)
{
    if (text[at] != '\'' && text[at] != '"')
        return at;
    const char *end = memchr(text + at + 1, text[at], length - at - 1);
    return end ? (size_t)(end - text) : at;
}

/* The brace that closes the one at `text`; NULL if there is none. */
static const char *closing(const char *text, size_t length)
{
    size_t depth = 0;
    for (size_t i = 0; i < length; i++) {
        i = quoted(text, i, length);
        depth += text[i] == '{';
        if (text[i] == '}' && --depth == 0)
            return text + i;
    }
    return NULL;
}

static void put_text(const Life *life, Text *sql, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char *end = text[i] == '{' ? closing(text + i, length - i) : NULL;
        size_t last = quoted(text, i, length);
        if (last > i) {
            text_add(sql, text + i, last - i + 1);
            i = last;
        } else if (end) {
            put_word(life, sql, text + i + 1, (size_t)(end - text) - i - 1);
            i = (size_t)(end - text);
        } else if (text[i] == '$' && life->engine == ENGINE_SQLITE) {
            text_char(sql, '?');
        } else {
            text_char(sql, text[i]);
        }
    }
}

const char *life_text(Life *life, Arena *arena, const char *text)
{
    Text sql = TEXT_EMPTY;
    put_text(life, &sql, text, strlen(text));
    return text_keep(&sql, arena);
}

Code life_query(Life *life, Arena *arena, const char *text, const char *const *params, size_t count,
                DbRows *ret_rows, Error *error)
{
    Arena *own = arena_new();
    DbStatement statement = {.sql = life_text(life, own, text),
                             .params = params,
                             .param_count = count,
                             .keep = life->keep};
    DbRows rows;
    Code code = db_query(life->db, arena ? arena : own, &statement, &rows, error);
    if (!code && ret_rows)
        *ret_rows = rows;
    arena_free(own);
    return code;
}

/* ---- transactions ---- */

Code life_begin(Life *life, Error *error)
{
    life->last = NULL;
    return db_begin(life->db, life->engine == ENGINE_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN", error);
}

Code life_commit(Life *life, Error *error)
{
    const AuditEvent *last = life->last;
    life->last = NULL;
    return last ? audit_commit(life, last, error) : db_exec(life->db, "COMMIT", error);
}

Code life_rollback(Life *life, Code code)
{
    Error ignored;
    life->last = NULL;
    if (!db_lost(life->db) && db_in_transaction(life->db))
        db_exec(life->db, "ROLLBACK", &ignored);
    return code;
}

Code life_transaction(Life *life, LifeWork *work, void *context, Error *error)
{
    enum { TRIES = 4, PAUSE_MS = 50 };
    Code code = RUNG_OK;
    for (int i = 0; i < TRIES; i++) {
        if (i)
            clock_sleep_ms(PAUSE_MS << i);
        code = life_check_cancelled(life, error);
        if (!code)
            code = life_begin(life, error);
        if (!code)
            code = work(life, context, error);
        if (!code)
            code = life_commit(life, error);
        if (!code || !life_is_passing(error))
            break;
        life_rollback(life, code);
    }
    return code ? life_rollback(life, code) : RUNG_OK;
}

bool life_is_passing(const Error *error)
{
    static const char *const states[] = {"40001", "40P01", "55P03"};
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(error->sqlstate, states[i]) == 0)
            return true;
    return strncmp(error->detail, "SQLITE_BUSY", 11) == 0 ||
           strncmp(error->detail, "SQLITE_LOCKED", 13) == 0;
}

/* ---- the rest ---- */

Code life_graph(Life *life, Error *error)
{
    Code code = RUNG_OK;
    if (!life->graph)
        code = key_graph_load(life->db, life->arena, &life->graph, error);
    if (!code)
        code = key_graph_classify(life->graph, life->policy, life->path, error);
    return code;
}

void life_hash(const Life *life, const char *subject, const char *key, char ret_hex[HASH_HEX_SIZE])
{
    Text text = TEXT_EMPTY;
    text_put(&text, subject);
    text_add(&text, "", 1); /* a NUL, which neither can hold */
    text_put(&text, key);
    hmac_hex((const unsigned char *)life->secret, strlen(life->secret), text.data, text.length,
             ret_hex);
    text_done(&text);
}

const SubjectPolicy *life_subject(const Life *life, const char *name)
{
    for (size_t i = 0; i < life->policy->subjects.count; i++)
        if (strcmp(life->policy->subjects.at[i].name, name) == 0)
            return &life->policy->subjects.at[i];
    return NULL;
}

const char *life_name(Arena *arena, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_name(&text, name);
    return text_keep(&text, arena);
}

const char *life_constant(Arena *arena, const char *text)
{
    Text sql = TEXT_EMPTY;
    sql_add_constant(&sql, text);
    return text_keep(&sql, arena);
}

const char *life_later(const Life *life, Arena *arena, const char *from, const char *months,
                       const char *seconds)
{
    if (life->engine == ENGINE_POSTGRESQL)
        return arena_print(arena,
                           "((%s AT TIME ZONE 'UTC' + make_interval(months => %s::integer, secs =>"
                           " %s::double precision)) AT TIME ZONE 'UTC')",
                           from, months, seconds);
    return arena_print(
        arena,
        "(min(CAST(strftime('%%s', %s, 'unixepoch', '+' || %s || ' months') AS INTEGER),"
        " CAST(strftime('%%s', %s, 'unixepoch', 'start of month', '+' || (%s + 1) || ' months',"
        " '-1 day') AS INTEGER) + %s %% 86400) + CAST(%s AS INTEGER))",
        from, months, from, months, from, seconds);
}

/* SQLite converts the text to what such a column holds, when they are compared (its manual,
 * "Datatypes", 3.1 and 4.2). */
static bool converts(const char *type)
{
    static const char *const words[] = {"INT", "CHAR", "CLOB", "TEXT", "REAL", "FLOA", "DOUB"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcasestr(type, words[i]))
            return true;
    return *type && !strcasestr(type, "BLOB") && strcasecmp(type, "ANY") != 0;
}

const char *life_equals(const Life *life, Arena *arena, const char *alias, const KeyTable *table,
                        const char *column, const char *value)
{
    const KeyColumn *found = key_table_column(table, column);
    const char *name = life_name(arena, column);
    if (life->engine == ENGINE_POSTGRESQL)
        return arena_print(arena, "%s.%s = CAST(%s::text AS %s)", alias, name, value,
                           found ? found->type : "text");
    if (!found || converts(found->type))
        return arena_print(arena, "%s.%s = %s", alias, name, value);
    return arena_print(arena, "CAST(%s.%s AS TEXT) = %s", alias, name, value);
}

Code life_check_cancelled(const Life *life, Error *error)
{
    if (!life->cancelled || !*life->cancelled)
        return RUNG_OK;
    error_set(error, RUNG_INTERRUPTED, "interrupted; what was committed stays");
    return error_hint(error, "run the same command again to go on");
}
