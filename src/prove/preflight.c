/* Questions to the target. */
#include "prove/preflight.h"
#include "apply/run.h"
#include "base/file.h"
#include "sql/quote.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct Flight {
    Db *db;
    Arena *arena;
    const PreflightOptions *options;
    HazardList *findings;
    Error *error;
} Flight;

static Hazard *add(Flight *flight, const char *rule, Severity severity, const char *what)
{
    Hazard *hazard = vec_add(flight->arena, flight->findings);
    *hazard = (Hazard){.rule = rule, .severity = severity, .what = what};
    return hazard;
}

static Code ask(Flight *flight, const char *sql, const char *const *params, size_t count,
                DbRows *ret_rows)
{
    DbStatement statement = {.sql = sql, .params = params, .param_count = count};
    return db_query(flight->db, flight->arena, &statement, ret_rows, flight->error);
}

/* ---- PostgreSQL: a question a row; it answers what, and what to do ---- */

#define SESSION                                                                                    \
    "'pid ' || pid || ' (' || concat_ws(', ', 'user ' || usename, nullif(application_name, ''))"   \
    " || ')'"
#define QUERY                                                                                      \
    "coalesce(nullif(left(regexp_replace(query, '\\s+', ' ', 'g'), 80), ''), 'not visible')"
#define AGE(column) "round(extract(epoch FROM clock_timestamp() - " column "))::text || ' s'"
#define OTHERS                                                                                     \
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"        \
    " AND backend_type = 'client backend'"

typedef struct Question {
    const char *rule;
    Severity severity;
    const char *sql; /* what, fix; $1 is the age in milliseconds if `aged` */
    bool aged;
    const char *why;
} Question;

static const Question questions[] = {
    {"standby", SEVERITY_ERROR,
     "SELECT 'the server is a standby', 'name the primary in the target''s URL'"
     " WHERE pg_is_in_recovery()",
     false, "nothing can be written there"},
    {"read-only", SEVERITY_ERROR,
     "SELECT 'transactions are read only for this role or database',"
     " 'ALTER ROLE or ALTER DATABASE ... RESET default_transaction_read_only'"
     " WHERE NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'on'",
     false, "nothing can be written there"},
    {"old-transaction", SEVERITY_WARNING,
     "SELECT " SESSION " || ' has a transaction open for ' || " AGE(
         "xact_start") " || ': '"
                       " || " QUERY
                       ", 'wait for it, or SELECT pg_terminate_backend(' || pid || ')'" OTHERS
                       " AND state = 'active' AND xact_start < clock_timestamp() - $1::float8 * "
                       "interval '1 ms'",
     true, "indexes that are built concurrently wait for it, and so do its locks"},
    {"idle-in-transaction", SEVERITY_WARNING,
     "SELECT " SESSION " || ' does nothing in a transaction for ' || " AGE(
         "state_change") " || ': ' || " QUERY
                         ", 'end it, or SELECT pg_terminate_backend(' || pid || ')'" OTHERS
                         " AND state LIKE 'idle in transaction%'"
                         " AND state_change < clock_timestamp() - $1::float8 * interval '1 ms'",
     true, "it keeps its locks until somebody ends it"},
    {"prepared-transaction", SEVERITY_WARNING,
     "SELECT 'the prepared transaction ' || quote_literal(gid) || ' of ' || owner || ' is open for "
     "'"
     " || " AGE("prepared") ", 'COMMIT PREPARED or ROLLBACK PREPARED ' || quote_literal(gid)"
                            " FROM pg_prepared_xacts WHERE database = current_database()",
     false, "it keeps its locks, also over a restart of the server"},
    {"wraparound-vacuum", SEVERITY_WARNING,
     "SELECT " QUERY " || ' runs for ' || " AGE(
         "xact_start") ", 'wait until it is through'"
                       " FROM pg_stat_activity WHERE datname = current_database()"
                       " AND backend_type = 'autovacuum worker' AND query LIKE '%(to prevent "
                       "wraparound)%'",
     false, "it does not give way to a stronger lock"},
    {"replication-lag", SEVERITY_WARNING,
     "SELECT 'the standby ' || coalesce(nullif(application_name, ''), client_addr::text, '?')"
     " || ' is ' || pg_size_pretty(pg_wal_lsn_diff(sent_lsn, replay_lsn)) || ' and '"
     " || coalesce("
     "round(extract(epoch FROM replay_lag))::text || ' s', 'an unknown time')"
     " || ' behind', 'wait until it has caught up' FROM pg_stat_replication"
     " WHERE replay_lag > interval '10 s' OR pg_wal_lsn_diff(sent_lsn, replay_lsn) > 67108864",
     false, "what is rewritten has to go through the same wire"},
};

#define INVALID                                                                                    \
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n"                 \
    " ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND c.relkind = 'i'"                        \
    " AND n.nspname NOT LIKE 'pg\\_toast%' AND NOT EXISTS"                                         \
    " (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid)"

Code preflight_invalid_indexes(Db *db, Arena *arena, DbRows *ret_rows, Error *error)
{
    static const char sql[] = "SELECT format('%I.%I', n.nspname, c.relname),"
                              " i.indrelid::regclass::text" INVALID " ORDER BY 1";
    return db_query(db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

static Code ask_invalid(Flight *flight)
{
    DbRows rows;
    Code code = preflight_invalid_indexes(flight->db, flight->arena, &rows, flight->error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *name = db_cell(&rows, i, 0);
        Hazard *hazard = add(flight, "invalid-index", SEVERITY_WARNING,
                             arena_print(flight->arena, "the index %s of %s is invalid", name,
                                         db_cell(&rows, i, 1)));
        hazard->why = "it is kept up to date and never used";
        hazard->fix = arena_print(flight->arena, "DROP INDEX CONCURRENTLY %s", name);
    }
    return code;
}

static Code ask_server(Flight *flight)
{
    Code code = RUNG_OK;
    const char *age = arena_print(flight->arena, "%d", flight->options->old_transaction_ms);
    for (size_t i = 0; !code && i < COUNT(questions); i++) {
        const Question *question = &questions[i];
        DbRows rows = {0};
        if (question->aged && !flight->options->old_transaction_ms)
            continue;
        code = ask(flight, question->sql, &age, question->aged, &rows);
        for (size_t row = 0; !code && row < rows.count; row++) {
            const char *what = db_cell(&rows, row, 0), *fix = db_cell(&rows, row, 1);
            if (!what) /* a standby that this role may not look at */
                continue;
            Hazard *hazard = add(flight, question->rule, question->severity, what);
            hazard->why = question->why;
            hazard->fix = fix;
        }
    }
    return code ? code : ask_invalid(flight);
}

/* ---- room ---- */

double preflight_room(Arena *arena, const char *path)
{
    struct statvfs about;
    while (statvfs(path, &about)) {
        if (errno != ENOENT || strcmp(path, ".") == 0 || strcmp(path, "/") == 0)
            return -1;
        path = path_folder(arena, path);
    }
    return (double)about.f_bavail * (double)about.f_frsize;
}

static const char *bytes_text(Arena *arena, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    for (; bytes >= 1000 && unit + 1 < COUNT(units); unit++)
        bytes /= 1000;
    return arena_print(arena, unit && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

/* A backup is smaller than the database: pg_dump writes no indexes, and compresses. */
static void judge_backup(Flight *flight, double size, double certain)
{
    const char *folder = flight->options->backup_folder;
    double room = folder ? preflight_room(flight->arena, folder) : -1;
    if (room < 0 || room >= size)
        return;
    Hazard *hazard =
        add(flight, "room-for-backup", room < certain ? SEVERITY_ERROR : SEVERITY_WARNING,
            arena_print(flight->arena, "%s has room for %s, and the database is %s", folder,
                        bytes_text(flight->arena, room), bytes_text(flight->arena, size)));
    hazard->why = "the backup may not fit";
    hazard->fix = "name another folder with `backup: { directory: ... }` in rung.yaml";
}

static Code judge_size(Flight *flight)
{
    DbRows rows;
    Code code = ask(flight, "SELECT pg_database_size(current_database())", NULL, 0, &rows);
    if (!code)
        judge_backup(flight, strtod(db_cell(&rows, 0, 0), NULL), 0);
    return code;
}

static Code judge_file(Flight *flight)
{
    DbRows rows;
    const char *path = flight->options->url->path;
    Code code =
        ask(flight, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            NULL, 0, &rows);
    if (code || strcmp(path, ":memory:") == 0)
        return code;
    const char *folder = path_folder(flight->arena, path);
    double size = strtod(db_cell(&rows, 0, 0), NULL);
    double room = preflight_room(flight->arena, folder);
    if (access(path, W_OK) || access(folder, W_OK)) {
        Hazard *hazard = add(
            flight, "read-only", SEVERITY_ERROR,
            arena_print(flight->arena, "%s cannot be written", access(path, W_OK) ? path : folder));
        hazard->why = "SQLite writes the file, and a journal beside it";
        hazard->fix = "chmod or chown it, or run rung as its owner";
    }
    if (room >= 0 && room < 2 * size) {
        Hazard *hazard =
            add(flight, "room", room < size ? SEVERITY_ERROR : SEVERITY_WARNING,
                arena_print(flight->arena, "%s has room for %s, and the file is %s", folder,
                            bytes_text(flight->arena, room), bytes_text(flight->arena, size)));
        hazard->why = "a table that is rebuilt needs its room twice, and the journal once more";
    }
    judge_backup(flight, size, size);
    return RUNG_OK;
}

/* ---- before the revisions are known ---- */

static Code judge_holder(Flight *flight)
{
    const char *holder;
    Code code = run_holder(flight->db, flight->arena, &holder, flight->error);
    if (!code && holder) {
        Hazard *hazard = add(
            flight, "another-run", SEVERITY_ERROR,
            arena_print(flight->arena, "another run of rung works on this database: %s", holder));
        hazard->why = "what is pending may not be so for long";
        hazard->fix = "wait until it is through, then look at rung status";
    }
    return code;
}

Code preflight_target(Db *db, Arena *arena, const PreflightOptions *options, HazardList *findings,
                      Error *error)
{
    Flight flight = {db, arena, options, findings, error};
    Code code = judge_holder(&flight);
    if (db_engine(db) == ENGINE_SQLITE)
        return code ? code : judge_file(&flight);
    if (!code)
        code = ask_server(&flight);
    return code ? code : judge_size(&flight);
}

/* ---- behind the rehearsal: room ---- */

/* The data folder can be looked at when the server is on this machine and tells where it is. */
static double server_room(Flight *flight)
{
    static const char sql[] = "SELECT setting FROM pg_settings WHERE name = 'data_directory' AND "
                              "inet_server_addr() IS NULL"
                              " AND pg_has_role('pg_read_all_settings', 'USAGE')";
    DbRows rows;
    Error ignored;
    struct statvfs about;
    if (db_query(flight->db, flight->arena, &(DbStatement){.sql = sql}, &rows, &ignored) ||
        !rows.count || statvfs(db_cell(&rows, 0, 0), &about))
        return -1;
    return (double)about.f_bavail * (double)about.f_frsize;
}

static void judge_rewrites(Flight *flight, const Rehearsal *rehearsal, const TableSizeList *sizes)
{
    enum { NOTABLE = 1000000000 };
    const TableSize *largest = NULL;
    for (size_t i = 0; i < rehearsal->observed.count; i++) {
        const Observed *observed = &rehearsal->observed.at[i];
        for (size_t k = 0; !observed->undo && k < observed->effects.count; k++) {
            const Effect *effect = &observed->effects.at[k];
            const TableSize *size = size_of(sizes, effect->relation);
            if (size && (effect->work & (WORK_REWRITE | WORK_INDEX)) &&
                (!largest || size->total > largest->total))
                largest = size;
        }
    }
    double room = largest ? server_room(flight) : -1;
    if (!largest || room >= 2 * largest->total || (room < 0 && largest->total < NOTABLE))
        return;
    Severity severity = room < 0                ? SEVERITY_NOTE
                        : room < largest->total ? SEVERITY_ERROR
                                                : SEVERITY_WARNING;
    const char *needed = bytes_text(flight->arena, largest->total);
    Hazard *hazard =
        add(flight, "room", severity,
            room < 0 ? arena_print(flight->arena,
                                   "%s is written again and needs up to %s; how much room the "
                                   "server has is not known",
                                   largest->name, needed)
                     : arena_print(flight->arena,
                                   "%s is written again and needs up to %s; the server has room "
                                   "for %s",
                                   largest->name, needed, bytes_text(flight->arena, room)));
    hazard->why = "old and new are both there until the commit, and the log has it once more";
}

/* ---- rights ---- */

/* What only the owner may do; NULL: it has no owner of its own, or others may do it, too. */
static const Object *owned_by(const Change *change)
{
    const Object *object = change->object->parent ? change->object->parent : change->object;
    bool relation = object->kind == KIND_TABLE || object->kind == KIND_VIEW ||
                    object->kind == KIND_MATERIALIZED_VIEW || object->kind == KIND_SEQUENCE ||
                    object->kind == KIND_INDEX;
    bool fresh = change->type == CHANGE_CREATE && !change->object->parent;
    return relation && !fresh && change->object->kind != KIND_TRIGGER ? object : NULL;
}

static const char *qualified(Arena *arena, const Object *object)
{
    Text text = TEXT_EMPTY;
    if (object->schema) {
        sql_add_identifier(&text, object->schema);
        text_char(&text, '.');
    }
    sql_add_identifier(&text, object->name);
    return text_keep(&text, arena);
}

static bool is_said(const Flight *flight, const char *what)
{
    for (size_t i = 0; i < flight->findings->count; i++)
        if (strcmp(flight->findings->at[i].what, what) == 0)
            return true;
    return false;
}

/* One right that is asked for: `sql` gives a row with the role when it is missing. */
static Code judge_right(Flight *flight, const char *sql, const char *name, const char *lacks,
                        const char *fix)
{
    DbRows rows;
    Code code = ask(flight, sql, &name, 1, &rows);
    if (code || !rows.count)
        return code;
    const char *role = db_cell(&rows, 0, 0), *other = db_cell(&rows, 0, 1);
    const char *what = arena_print(flight->arena, "the role %s %s %s", role, lacks, name);
    if (is_said(flight, what))
        return RUNG_OK;
    Hazard *hazard = add(flight, "rights", SEVERITY_ERROR, what);
    hazard->why = "a statement of the revisions fails";
    hazard->fix = arena_print(flight->arena, "GRANT %s%s TO %s", fix, other, role);
    return RUNG_OK;
}

static Code judge_change(Flight *flight, const Change *change)
{
    const Object *object = owned_by(change);
    if (object)
        return judge_right(
            flight,
            "SELECT quote_ident(current_user), quote_ident(pg_get_userbyid(relowner))"
            " FROM pg_class WHERE oid = to_regclass($1)"
            " AND NOT pg_has_role(relowner, 'USAGE')",
            qualified(flight->arena, object), "does not own", "");
    if (change->type == CHANGE_CREATE && !change->object->parent && change->object->schema)
        return judge_right(flight,
                           "SELECT quote_ident(current_user), quote_ident(nspname)"
                           " FROM pg_namespace WHERE nspname = $1"
                           " AND NOT has_schema_privilege(oid, 'CREATE')",
                           change->object->schema, "may not create anything in the schema",
                           "CREATE ON SCHEMA ");
    return RUNG_OK;
}

static Code judge_rights(Flight *flight, const Rehearsal *rehearsal)
{
    Code code = judge_right(flight,
                            "SELECT quote_ident(current_user), quote_ident(current_database())"
                            " WHERE to_regnamespace($1) IS NULL"
                            " AND NOT has_database_privilege(current_database(), 'CREATE')",
                            "rung", "may not create the schema", "CREATE ON DATABASE ");
    for (size_t i = 0; i < rehearsal->revisions.count; i++) {
        const Plan *plan = rehearsal->revisions.at[i].change;
        for (size_t k = 0; !code && plan && k < plan->changes.count; k++)
            if (!plan->changes.at[k].caused)
                code = judge_change(flight, &plan->changes.at[k]);
    }
    return code;
}

Code preflight_rehearsed(Db *db, Arena *arena, const PreflightOptions *options,
                         const Rehearsal *rehearsal, const TableSizeList *sizes,
                         HazardList *findings, Error *error)
{
    Flight flight = {db, arena, options, findings, error};
    Code code = RUNG_OK;
    if (!db)
        return RUNG_OK;
    if (db_engine(db) == ENGINE_POSTGRESQL) {
        judge_rewrites(&flight, rehearsal, sizes);
        code = judge_rights(&flight, rehearsal);
    }
    return code ? code : preflight_locks(db, arena, options, rehearsal, findings, error);
}
