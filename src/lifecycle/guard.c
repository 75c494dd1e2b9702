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
    Code code = key_graph_table(life->graph, policy->table, &subject.table, error);
    if (code) {
        Error found = *error;
        wrong(life, policy, error, "%s", found.message);
        return *found.hint ? error_hint(error, "%s", found.hint) : error->code;
    }
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
    subject.email = policy->email ? key_table_column(subject.table, policy->email) : NULL;
    if (policy->email && !subject.email)
        return wrong(life, policy, error, "its table has no column \"%s\"", policy->email);
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

/* ---- their texts ---- */

typedef struct Trigger {
    const char *name, *sql;
} Trigger;

/* Everything that guards a subject, as it is created. */
typedef struct Guard {
    Arena *arena;
    Life *life;
    const Subject *subject;
    const char *constant;        /* the subject's name */
    const char *key, *at;        /* columns, quoted; `at` may be NULL */
    const char *title;           /* of the table, as a constant */
    const char *function, *body; /* PostgreSQL: what the triggers run */
    VEC(Trigger) triggers;
} Guard;

/* Whether the row has the key and `what` its request must be; both engines. */
static const char *request_of(const Guard *guard, const char *row, const char *states)
{
    bool sqlite = guard->life->engine == ENGINE_SQLITE;
    return arena_print(guard->arena,
                       "FROM %s WHERE subject = %s AND key = CAST(%s.%s AS text)"
                       " AND state IN (%s)",
                       sqlite ? "rung_erasure" : "rung.erasure", guard->constant, row, guard->key,
                       states);
}

#define OPEN "'pending', 'purging'"

/* ---- PostgreSQL ---- */

static const char *body_of(const Guard *guard)
{
    Arena *arena = guard->arena;
    Text text = TEXT_EMPTY;
    text_print(
        &text,
        "\nDECLARE\n    v_at timestamptz;\nBEGIN\n"
        "    IF TG_OP = 'TRUNCATE' THEN\n"
        "        RAISE EXCEPTION 'TRUNCATE of %% is refused: its rows are erased on request',"
        " %s USING ERRCODE = 'RU010', HINT = 'rung erase request, then rung purge';\n"
        "    ELSIF TG_OP = 'DELETE' THEN\n"
        "        PERFORM %s;\n"
        "        IF FOUND THEN RETURN OLD; END IF;\n"
        "        RAISE EXCEPTION 'the row %% of %% is not due for erasure', OLD.%s, %s USING"
        " ERRCODE = 'RU010', HINT = 'rung erase request, then rung purge after the grace"
        " period';\n",
        guard->title, request_of(guard, "OLD", "'purging'"), guard->key, guard->title);
    text_print(&text,
               "    ELSIF TG_OP = 'UPDATE' THEN\n"
               "        IF OLD.%s IS DISTINCT FROM NEW.%s THEN\n"
               "            PERFORM %s;\n"
               "            IF FOUND THEN RAISE EXCEPTION 'the key of a row that asked to be erased"
               " stays' USING ERRCODE = 'RU010'; END IF;\n"
               "        END IF;\n"
               "    END IF;\n",
               guard->key, guard->key, request_of(guard, "OLD", OPEN));
    if (guard->at)
        text_print(
            &text,
            "    SELECT requested_at INTO v_at %s;\n"
            "    IF NEW.%s IS DISTINCT FROM %s THEN\n"
            "        RAISE EXCEPTION '%% of %% says when the erasure was requested: only rung"
            " changes it', %s, %s USING ERRCODE = 'RU010', HINT = 'rung erase request, rung"
            " erase cancel';\n"
            "    END IF;\n",
            request_of(guard, "NEW", OPEN), guard->at,
            subject_stamp(guard->life, guard->subject, "v_at", arena),
            life_constant(arena, guard->subject->requested_at->name), guard->title);
    text_put(&text, "    RETURN NEW;\nEND\n");
    return text_keep(&text, arena);
}

static void add_postgresql(Guard *guard, const char *name, const char *event, const char *rest)
{
    *vec_add(guard->arena, &guard->triggers) = (Trigger){
        name, arena_print(guard->arena,
                          "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s EXECUTE"
                          " FUNCTION %s()",
                          name, event, guard->subject->table->sql, rest, guard->function)};
}

static void describe_postgresql(Guard *guard)
{
    Arena *arena = guard->arena;
    const char *name = arena_print(arena, "guard_%s", guard->subject->policy->name);
    guard->function = arena_print(arena, "rung.%s", life_name(arena, name));
    guard->body = body_of(guard);
    add_postgresql(guard, "rung_guard_erasure", "DELETE", "ROW");
    add_postgresql(guard, "rung_guard_request",
                   arena_print(arena, "UPDATE OF %s%s%s", guard->key, guard->at ? ", " : "",
                               guard->at ? guard->at : ""),
                   "ROW");
    if (guard->at)
        add_postgresql(guard, "rung_guard_insert", "INSERT",
                       arena_print(arena, "ROW WHEN (NEW.%s IS NOT NULL)", guard->at));
    add_postgresql(guard, "rung_guard_truncate", "TRUNCATE", "STATEMENT");
}

/* ---- SQLite ---- */

/* It refuses with `message` when the condition holds. */
static void add_sqlite(Guard *guard, const char *kind, const char *event, const char *condition,
                       const char *message)
{
    Arena *arena = guard->arena;
    const char *name = arena_print(arena, "rung_guard_%s_%s", kind, guard->subject->policy->name);
    const char *sql =
        arena_print(arena,
                    "CREATE TRIGGER %s %s ON %s WHEN %s\nBEGIN\n    SELECT RAISE(ABORT, %s);"
                    "\nEND",
                    life_name(arena, name), event, guard->subject->table->sql, condition,
                    life_constant(arena, message));
    *vec_add(arena, &guard->triggers) = (Trigger){name, sql};
}

/* INSERT OR REPLACE deletes without asking the triggers (SQLite manual, "ON CONFLICT"): that the
 * new row shows the request is asked behind it. */
static void describe_column(Guard *guard)
{
    Arena *arena = guard->arena;
    const Subject *subject = guard->subject;
    const char *stamp = arena_print(arena, "(SELECT %s %s)",
                                    subject_stamp(guard->life, subject, "requested_at", arena),
                                    request_of(guard, "NEW", OPEN));
    const char *differs = arena_print(arena, "NEW.%s IS NOT %s", guard->at, stamp);
    const char *message = arena_print(arena,
                                      "%s of %s says when the erasure was requested: only rung"
                                      " erase request and cancel change it",
                                      subject->requested_at->name, subject->table->title);
    add_sqlite(guard, "request", arena_print(arena, "BEFORE UPDATE OF %s", guard->at), differs,
               message);
    add_sqlite(guard, "insert", "AFTER INSERT", differs, message);
}

static void describe_sqlite(Guard *guard)
{
    Arena *arena = guard->arena;
    add_sqlite(
        guard, "erasure", "BEFORE DELETE",
        arena_print(arena, "NOT EXISTS (SELECT 1 %s)", request_of(guard, "OLD", "'purging'")),
        arena_print(arena,
                    "a row of %s is not due for erasure: rung erase request, then rung purge"
                    " after the grace period",
                    guard->subject->table->title));
    add_sqlite(guard, "key", arena_print(arena, "BEFORE UPDATE OF %s", guard->key),
               arena_print(arena, "OLD.%s IS NOT NEW.%s AND EXISTS (SELECT 1 %s)", guard->key,
                           guard->key, request_of(guard, "OLD", OPEN)),
               "the key of a row that asked to be erased stays");
    if (guard->at)
        describe_column(guard);
}

static Guard describe(Life *life, const Subject *subject, Arena *arena)
{
    Guard guard = {
        .arena = arena,
        .life = life,
        .subject = subject,
        .constant = life_constant(arena, subject->policy->name),
        .key = life_name(arena, subject->key->name),
        .at = subject->requested_at ? life_name(arena, subject->requested_at->name) : NULL,
        .title = life_constant(arena, subject->table->title),
    };
    if (life->engine == ENGINE_SQLITE)
        describe_sqlite(&guard);
    else
        describe_postgresql(&guard);
    return guard;
}

/* ---- looking for them ---- */

static Code ask_postgresql(const Guard *guard, const Trigger *trigger, DbRows *rows, Error *error)
{
    return LIFE(guard->life, guard->arena, rows, error,
                "SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname = $1"
                " AND t.tgrelid = to_regclass($2) AND t.tgenabled IN ('O', 'A') AND p.oid ="
                " to_regprocedure($3) AND p.prosrc = $4 AND p.prosecdef",
                trigger->name, guard->subject->table->sql,
                arena_print(guard->arena, "%s()", guard->function), guard->body);
}

static Code is_right(const Guard *guard, const Trigger *trigger, bool *ret_right, Error *error)
{
    DbRows rows;
    Code code = RUNG_OK;
    if (guard->life->engine == ENGINE_SQLITE)
        code = LIFE(guard->life, guard->arena, &rows, error,
                    "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = $1 AND sql = $2",
                    trigger->name, trigger->sql);
    else
        code = ask_postgresql(guard, trigger, &rows, error);
    *ret_right = !code && rows.count;
    return code;
}

Code guard_check(Life *life, Arena *arena, const Subject *subject, const char **ret_missing,
                 Error *error)
{
    Guard guard = describe(life, subject, arena);
    Code code = RUNG_OK;
    *ret_missing = NULL;
    for (size_t i = 0; !code && i < guard.triggers.count && !*ret_missing; i++) {
        bool right;
        code = is_right(&guard, &guard.triggers.at[i], &right, error);
        if (!code && !right)
            *ret_missing = guard.triggers.at[i].name;
    }
    return code;
}

/* ---- making them ---- */

static Code drop(Life *life, Arena *arena, const char *name, const char *table, Error *error)
{
    const char *sql = arena_print(arena, "DROP TRIGGER IF EXISTS %s%s%s", life_name(arena, name),
                                  table ? " ON " : "", table ? table : "");
    return db_exec(life->db, sql, error);
}

static Code install(const Guard *guard, const Trigger *trigger, Error *error)
{
    Life *life = guard->life;
    const char *table = life->engine == ENGINE_SQLITE ? NULL : guard->subject->table->sql;
    bool right;
    Code code = is_right(guard, trigger, &right, error);
    if (!code && !right)
        code = drop(life, guard->arena, trigger->name, table, error);
    if (!code && !right)
        code = db_exec(life->db, trigger->sql, error);
    return code;
}

Code guard_install(Life *life, const Subject *subject, Error *error)
{
    Arena *arena = arena_new();
    Guard guard = describe(life, subject, arena);
    Code code = RUNG_OK;
    if (guard.body)
        code =
            db_exec(life->db,
                    arena_print(arena,
                                "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql"
                                " SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %s",
                                guard.function, life_constant(arena, guard.body)),
                    error);
    for (size_t i = 0; !code && i < guard.triggers.count; i++)
        code = install(&guard, &guard.triggers.at[i], error);
    arena_free(arena);
    return code;
}

/* ---- what is no guard any more ---- */

static bool is_wanted(const Guard *guards, size_t count, const char *name, const char *schema,
                      const char *table)
{
    for (size_t i = 0; i < count; i++) {
        const KeyTable *own = guards[i].subject->table;
        if (schema && (strcmp(own->schema, schema) != 0 || strcmp(own->name, table) != 0))
            continue;
        for (size_t k = 0; k < guards[i].triggers.count; k++)
            if (strcmp(guards[i].triggers.at[k].name, name) == 0)
                return true;
    }
    return false;
}

static Code list_guards(Life *life, Arena *arena, DbRows *ret_rows, Error *error)
{
    return LIFE(
        life, arena, ret_rows, error,
        life->engine == ENGINE_SQLITE
            ? "SELECT name, NULL, tbl_name FROM sqlite_schema WHERE type = 'trigger' AND"
              " name GLOB 'rung_guard_*'"
            : "SELECT t.tgname, n.nspname, c.relname FROM pg_trigger t JOIN pg_class c ON"
              " c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc"
              " p ON p.oid = t.tgfoid WHERE t.tgname LIKE 'rung\\_guard\\_%' AND t.tgparentid"
              " = 0 AND p.pronamespace = to_regnamespace('rung')");
}

/* PostgreSQL: the functions that no trigger runs any more. */
static Code drop_functions(Life *life, Arena *arena, Error *error)
{
    DbRows rows;
    Code code =
        LIFE(life, arena, &rows, error,
             "SELECT p.proname FROM pg_proc p WHERE p.pronamespace ="
             " to_regnamespace('rung') AND p.proname LIKE 'guard\\_%' AND NOT EXISTS (SELECT"
             " FROM pg_trigger t WHERE t.tgfoid = p.oid)");
    for (size_t i = 0; !code && i < rows.count; i++)
        code = db_exec(
            life->db,
            arena_print(arena, "DROP FUNCTION rung.%s()", life_name(arena, db_cell(&rows, i, 0))),
            error);
    return code;
}

Code guard_remove_others(Life *life, const Subject *subjects, size_t count, Error *error)
{
    Arena *arena = arena_new();
    Guard *guards = arena_alloc_array(arena, count + 1, sizeof *guards);
    DbRows rows;
    for (size_t i = 0; i < count; i++)
        guards[i] = describe(life, &subjects[i], arena);
    Code code = list_guards(life, arena, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *name = db_cell(&rows, i, 0), *schema = db_cell(&rows, i, 1);
        const char *table = db_cell(&rows, i, 2);
        if (is_wanted(guards, count, name, schema, table))
            continue;
        if (schema)
            table = arena_print(arena, "%s.%s", life_name(arena, schema), life_name(arena, table));
        code = drop(life, arena, name, schema ? table : NULL, error);
    }
    if (!code && life->engine == ENGINE_POSTGRESQL)
        code = drop_functions(life, arena, error);
    arena_free(arena);
    return code;
}
