/* The triggers that guard a subject. On PostgreSQL they run with the rights of who made them, so
 * that an application's role needs none on rung's tables. */
#include "lifecycle/guard.h"
#include "base/text.h"
#include "sql/quote.h"

static bool is_unique(const KeyTable *table, const char *column)
{
    return table->primary.count == 1 && strcmp(table->primary.at[0], column) == 0;
}

static Code wrong(const Life *life, const SubjectPolicy *policy, Error *error, const char *format,
                  const char *word)
{
    Text text = TEXT_EMPTY;
    text_print(&text, format, word);
    error_at(error, RUNG_CONFIG, life->path, policy->line, "lifecycle.subjects.%s: %s",
             policy->name, text_string(&text));
    text_done(&text);
    return RUNG_CONFIG;
}

static bool is_time(const Life *life, const char *type)
{
    return life->engine == ENGINE_SQLITE || strncmp(type, "timestamp", 9) == 0 ||
           strcmp(type, "date") == 0;
}

Code subject_find(Life *life, const SubjectPolicy *policy, Subject *ret_subject, Error *error)
{
    Subject subject = {.policy = policy};
    Code code = key_graph_table(life->graph, policy->table ? policy->table : policy->name,
                                &subject.table, error);
    if (code)
        return wrong(life, policy, error, "there is no table \"%s\"",
                     policy->table ? policy->table : policy->name);
    subject.key = key_table_column(subject.table, policy->key);
    if (!subject.key)
        return wrong(life, policy, error, "its table has no column \"%s\"", policy->key);
    if (!is_unique(subject.table, policy->key))
        return wrong(life, policy, error, "the key \"%s\" is not the table's primary key",
                     policy->key);
    if (policy->requested_at) {
        subject.requested_at = key_table_column(subject.table, policy->requested_at);
        if (!subject.requested_at)
            return wrong(life, policy, error, "its table has no column \"%s\"",
                         policy->requested_at);
        if (!is_time(life, subject.requested_at->type))
            return wrong(life, policy, error, "the column \"%s\" holds no times",
                         policy->requested_at);
    }
    *ret_subject = subject;
    return RUNG_OK;
}

const char *subject_stamp(const Life *life, const Subject *subject, const char *sql, Arena *arena)
{
    const char *type = subject->requested_at->type;
    if (life->engine == ENGINE_SQLITE)
        return strncasecmp(type, "int", 3) == 0
                   ? sql
                   : arena_print(arena, "strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, 'unixepoch')",
                                 sql);
    if (strstr(type, "with time zone"))
        return sql;
    if (strcmp(type, "date") == 0)
        return arena_print(arena, "(%s AT TIME ZONE 'UTC')::date", sql);
    return arena_print(arena, "(%s AT TIME ZONE 'UTC')", sql);
}

/* ---- making them ---- */

typedef struct Names {
    const char *subject;  /* as a constant */
    const char *key, *at; /* columns, quoted; `at` may be NULL */
    const char *title;
    const char *function, *suffix; /* PostgreSQL's function; SQLite's end of the triggers' names */
} Names;

static Names names_of(const Life *life, const Subject *subject, Arena *arena)
{
    const char *name = subject->policy->name;
    return (Names){
        .subject = life_constant(arena, name),
        .key = life_name(arena, subject->key->name),
        .at = subject->requested_at ? life_name(arena, subject->requested_at->name) : NULL,
        .title = life_constant(arena, subject->table->title),
        .function = life->engine == ENGINE_POSTGRESQL
                        ? arena_print(arena, "rung.%s",
                                      life_name(arena, arena_print(arena, "guard_%s", name)))
                        : NULL,
        .suffix = name,
    };
}

static Code run(Life *life, const Text *sql, Error *error)
{
    return db_exec(life->db, text_string(sql), error);
}

static void put_function(const Life *life, const Subject *subject, const Names *names, Arena *arena,
                         Text *sql)
{
    text_print(
        sql,
        "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp AS $guard$\n"
        "DECLARE\n    v_at timestamptz;\nBEGIN\n"
        "    IF TG_OP = 'TRUNCATE' THEN\n"
        "        RAISE EXCEPTION 'TRUNCATE of %% is refused: its rows are erased on request',"
        " %s USING ERRCODE = 'RU010', HINT = 'rung erase request ... and rung purge';\n"
        "    ELSIF TG_OP = 'DELETE' THEN\n"
        "        PERFORM FROM rung.erasure WHERE subject = %s AND key = OLD.%s::text AND state"
        " = 'purging';\n"
        "        IF FOUND THEN RETURN OLD; END IF;\n"
        "        RAISE EXCEPTION 'the row %% of %% is not due for erasure', OLD.%s, %s USING"
        " ERRCODE = 'RU010', HINT = 'rung erase request ...; rung purge removes it after the"
        " grace period';\n"
        "    ELSIF TG_OP = 'UPDATE' THEN\n"
        "        IF OLD.%s IS DISTINCT FROM NEW.%s THEN\n"
        "            PERFORM FROM rung.erasure WHERE subject = %s AND key = OLD.%s::text AND"
        " state IN ('pending', 'purging');\n"
        "            IF FOUND THEN RAISE EXCEPTION 'the key of a row that asked to be erased"
        " stays' USING ERRCODE = 'RU010'; END IF;\n"
        "        END IF;\n"
        "    END IF;\n",
        names->function, names->title, names->subject, names->key, names->key, names->title,
        names->key, names->key, names->subject, names->key);
    if (names->at)
        text_print(
            sql,
            "    SELECT requested_at INTO v_at FROM rung.erasure WHERE subject = %s AND key ="
            " NEW.%s::text AND state IN ('pending', 'purging');\n"
            "    IF NEW.%s IS DISTINCT FROM %s THEN\n"
            "        RAISE EXCEPTION '%% of %% says when the erasure was requested: only rung"
            " changes it', %s, %s USING ERRCODE = 'RU010', HINT = 'rung erase request ... or"
            " rung erase cancel ...';\n"
            "    END IF;\n",
            names->subject, names->key, names->at, subject_stamp(life, subject, "v_at", arena),
            life_constant(arena, subject->requested_at->name), names->title);
    text_put(sql, "    RETURN NEW;\nEND\n$guard$");
}

static Code install_postgresql(Life *life, const Subject *subject, const Names *names, Arena *arena,
                               Error *error)
{
    static const char *const triggers[] = {"rung_guard_erasure", "rung_guard_request",
                                           "rung_guard_insert", "rung_guard_truncate"};
    const char *table = subject->table->sql;
    Text sql = TEXT_EMPTY;
    put_function(life, subject, names, arena, &sql);
    Code code = run(life, &sql, error);
    for (size_t i = 0; !code && i < COUNT(triggers); i++) {
        text_clear(&sql);
        text_print(&sql, "DROP TRIGGER IF EXISTS %s ON %s", triggers[i], table);
        code = run(life, &sql, error);
        text_clear(&sql);
        text_print(&sql, "CREATE TRIGGER %s BEFORE ", triggers[i]);
        if (i == 0)
            text_print(&sql, "DELETE ON %s FOR EACH ROW", table);
        else if (i == 1)
            text_print(&sql, "UPDATE OF %s%s%s ON %s FOR EACH ROW", names->key,
                       names->at ? ", " : "", names->at ? names->at : "", table);
        else if (i == 2 && names->at)
            text_print(&sql, "INSERT ON %s FOR EACH ROW WHEN (NEW.%s IS NOT NULL)", table,
                       names->at);
        else if (i == 3)
            text_print(&sql, "TRUNCATE ON %s FOR EACH STATEMENT", table);
        else
            continue;
        text_print(&sql, " EXECUTE FUNCTION %s()", names->function);
        if (!code)
            code = run(life, &sql, error);
    }
    text_done(&sql);
    return code;
}

/* One trigger of SQLite, which refuses with `message` when the condition holds. */
static Code lite_trigger(Life *life, const Subject *subject, const Names *names, const char *kind,
                         const char *event, const char *condition, const char *message,
                         Arena *arena, Error *error)
{
    Text sql = TEXT_EMPTY;
    const char *name =
        life_name(arena, arena_print(arena, "rung_guard_%s_%s", kind, names->suffix));
    text_print(&sql, "DROP TRIGGER IF EXISTS %s", name);
    Code code = run(life, &sql, error);
    text_clear(&sql);
    text_print(&sql, "CREATE TRIGGER %s BEFORE %s ON %s WHEN %s\nBEGIN\n    SELECT RAISE(ABORT, ",
               name, event, subject->table->sql, condition);
    sql_add_constant(&sql, message);
    text_put(&sql, ");\nEND");
    if (!code)
        code = run(life, &sql, error);
    text_done(&sql);
    return code;
}

static Code install_sqlite(Life *life, const Subject *subject, const Names *names, Arena *arena,
                           Error *error)
{
    const char *title = subject->table->title;
    const char *open = arena_print(arena,
                                   "(SELECT 1 FROM rung_erasure WHERE subject = %s AND key ="
                                   " CAST(OLD.%s AS TEXT) AND state",
                                   names->subject, names->key);
    Code code = lite_trigger(
        life, subject, names, "erasure", "DELETE",
        arena_print(arena, "NOT EXISTS %s = 'purging')", open),
        arena_print(arena,
                    "a row of %s is not due for erasure: rung erase request, then rung purge"
                    " after the grace period",
                    title),
        arena, error);
    if (!code)
        code = lite_trigger(life, subject, names, "key",
                            arena_print(arena, "UPDATE OF %s", names->key),
                            arena_print(arena,
                                        "OLD.%s IS NOT NEW.%s AND EXISTS %s IN ('pending',"
                                        " 'purging'))",
                                        names->key, names->key, open),
                            "the key of a row that asked to be erased stays", arena, error);
    if (code || !names->at)
        return code;
    const char *stamp = arena_print(
        arena,
        "(SELECT %s FROM rung_erasure WHERE subject = %s AND key = CAST(NEW.%s AS TEXT) AND"
        " state IN ('pending', 'purging'))",
        subject_stamp(life, subject, "requested_at", arena), names->subject, names->key);
    const char *message = arena_print(arena,
                                      "%s of %s says when the erasure was requested: only rung"
                                      " erase request and cancel change it",
                                      subject->requested_at->name, title);
    code = lite_trigger(
        life, subject, names, "request", arena_print(arena, "UPDATE OF %s", names->at),
        arena_print(arena, "NEW.%s IS NOT %s", names->at, stamp), message, arena, error);
    if (!code)
        code = lite_trigger(life, subject, names, "insert", "INSERT",
                            arena_print(arena, "NEW.%s IS NOT NULL AND NEW.%s IS NOT %s", names->at,
                                        names->at, stamp),
                            message, arena, error);
    return code;
}

Code guard_install(Life *life, const Subject *subject, Error *error)
{
    Arena *arena = arena_new();
    Names names = names_of(life, subject, arena);
    Code code = life->engine == ENGINE_SQLITE
                    ? install_sqlite(life, subject, &names, arena, error)
                    : install_postgresql(life, subject, &names, arena, error);
    arena_free(arena);
    return code;
}

/* ---- looking for them ---- */

Code guard_check(Life *life, Arena *arena, const Subject *subject, const char **ret_missing,
                 Error *error)
{
    static const char *const kinds[] = {"erasure", "request", "insert"};
    size_t count = subject->requested_at ? COUNT(kinds) : 1;
    bool sqlite = life->engine == ENGINE_SQLITE;
    Code code = RUNG_OK;
    *ret_missing = NULL;
    for (size_t i = 0; !code && i < count && !*ret_missing; i++) {
        DbRows rows;
        const char *name =
            sqlite ? arena_print(arena, "rung_guard_%s_%s", kinds[i], subject->policy->name)
                   : arena_print(arena, "rung_guard_%s", kinds[i]);
        code =
            LIFE(life, arena, &rows, error,
                 sqlite ? "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = $1 AND"
                          " tbl_name = $2 COLLATE NOCASE"
                        : "SELECT 1 FROM pg_trigger WHERE tgname = $1 AND tgrelid = to_regclass($2)"
                          " AND tgenabled IN ('O', 'A')",
                 name, sqlite ? subject->table->name : subject->table->sql);
        if (!code && !rows.count)
            *ret_missing = name;
    }
    return code;
}
