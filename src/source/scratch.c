/* Which server holds the scratch databases, and their names.
 *
 * On a server that others use, too, a session holds an advisory lock whose number is in the names
 * of its databases: such a name without its lock belongs to nobody who is alive. */
#include "source/scratch.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "sql/quote.h"
#include "base/vec.h"
#include "source/scratch_parts.h"

#define NAME_PREFIX "rung_scratch_"
#define LOCK_CLASS  "1920298600" /* one more than that of a run's lock */

struct Scratch {
    Arena *arena;
    Engine engine;
    bool is_private;
    const char *title;
    ScratchFolder folder;
    ScratchServer server;
    DbUrl url;   /* PostgreSQL: the server */
    Db *admin;   /* it creates and drops, and holds the lock */
    int32_t key; /* of the lock */
    VEC(const char *) databases;
};

/* ---- databases on a server ---- */

static Code ask(Scratch *scratch, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(scratch->admin, scratch->arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

static Code drop_database(Scratch *scratch, const char *name, bool force, Error *error)
{
    Text sql = TEXT_EMPTY;
    text_put(&sql, "DROP DATABASE IF EXISTS ");
    sql_add_name(&sql, name);
    text_put(&sql, force ? " WITH (FORCE)" : "");
    Code code = db_exec(scratch->admin, text_string(&sql), error);
    text_done(&sql);
    return code;
}

/* Those of ours whose lock nobody holds; what may not be dropped, or is in use, stays. */
static Code drop_leftovers(Scratch *scratch, Error *error)
{
    static const char sql[] = "SELECT d.datname FROM pg_catalog.pg_database d"
                              " WHERE d.datname ~ '^" NAME_PREFIX "[0-9]+_[0-9]+$'"
                              " AND pg_catalog.pg_has_role(d.datdba, 'USAGE') AND NOT EXISTS"
                              " (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory'"
                              " AND l.classid = " LOCK_CLASS " AND l.objsubid = 2"
                              " AND l.objid::text = pg_catalog.split_part(d.datname, '_', 3))";
    DbRows rows;
    Error ignored;
    Code code = ask(scratch, sql, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++)
        drop_database(scratch, db_cell(&rows, i, 0), false, &ignored);
    return code;
}

static Code connect_admin(Scratch *scratch, Error *error)
{
    DbRows rows;
    DbOptions options = {.application = "rung scratch"};
    uint32_t random;
    random_bytes(&random, sizeof random);
    scratch->key = (int32_t)(random >> 1);
    Code code = db_open(&scratch->url, &options, &scratch->admin, error);
    if (!code)
        code = ask(scratch,
                   arena_print(scratch->arena, "SELECT pg_advisory_lock(" LOCK_CLASS ", %d)",
                               scratch->key),
                   &rows, error);
    return code ? code : drop_leftovers(scratch, error);
}

static Code create_database(Scratch *scratch, DbUrl *ret_url, Error *error)
{
    const char *name = arena_print(scratch->arena, NAME_PREFIX "%d_%zu", scratch->key,
                                   scratch->databases.count + 1);
    *vec_add(scratch->arena, &scratch->databases) = name;
    const char *sql = arena_print(scratch->arena, "CREATE DATABASE %s TEMPLATE template0", name);
    Code code = db_exec(scratch->admin, sql, error);
    if (code && strcmp(error->sqlstate, "42501") == 0)
        return error_hint(error,
                          "a scratch database is needed: GRANT the role CREATEDB, or name another "
                          "server with `scratch: { url: ... }` in rung.yaml");
    if (code)
        return code;
    *ret_url = scratch->url;
    ret_url->database = name;
    ret_url->shown = "scratch";
    return RUNG_OK;
}

/* ---- which server ---- */

static Code use_server(Scratch *scratch, const DbUrl *url, const char *whose, Error *error)
{
    scratch->url = *url;
    Code code = connect_admin(scratch, error);
    if (code)
        return code;
    int version = db_version(scratch->admin);
    scratch->title =
        arena_print(scratch->arena, "PostgreSQL %d.%d, a database of its own on %s server",
                    version / 10000, version % 10000, whose);
    return RUNG_OK;
}

static Code start_server(Scratch *scratch, const ServerBinaries *binaries, Error *error)
{
    Arena *arena = scratch->arena;
    int64_t start = clock_monotonic_us();
    Code code = folder_open(arena, &scratch->folder, error);
    if (!code)
        code = scratch_server_start(arena, binaries, scratch->folder.path, &scratch->server, error);
    if (code)
        return code;
    scratch->is_private = true;
    scratch->url = (DbUrl){.engine = ENGINE_POSTGRESQL,
                           .conninfo = arena_print(arena,
                                                   "host='%s' port=5432 user=postgres "
                                                   "dbname=postgres sslmode=disable password=''",
                                                   scratch->folder.path),
                           .shown = "scratch"};
    scratch->title = arena_print(arena, "a private PostgreSQL %s, started in %s", binaries->version,
                                 clock_print_duration(arena, clock_monotonic_us() - start));
    return connect_admin(scratch, error);
}

static Code no_server(const ScratchOptions *options, Error *error)
{
    if (options->major)
        error_set(error, RUNG_UNSUPPORTED,
                  "there is no PostgreSQL %d server for a scratch database", options->major);
    else
        error_set(error, RUNG_UNSUPPORTED, "there is no PostgreSQL server for a scratch database");
    return error_hint(error, "install one (Debian: postgresql), or name one with `scratch: { url: "
                             "... }` in rung.yaml: SQL text is loaded there to be compared");
}

static Code open_postgresql(Scratch *scratch, const ScratchOptions *options, Error *error)
{
    ServerBinaries binaries;
    if (options->configured)
        return use_server(scratch, options->configured, "the scratch", error);
    if (binaries_find(scratch->arena, options->binaries, options->major, &binaries))
        return start_server(scratch, &binaries, error);
    if (options->target)
        return use_server(scratch, options->target, "the target's", error);
    return no_server(options, error);
}

Code scratch_open(const ScratchOptions *options, Scratch **ret_scratch, Error *error)
{
    Arena *arena = arena_new();
    Scratch *scratch = arena_alloc(arena, sizeof *scratch);
    scratch->arena = arena;
    scratch->engine = options->engine;
    scratch->is_private = options->engine == ENGINE_SQLITE;
    scratch->title = "SQLite";
    Code code = RUNG_OK;
    if (options->engine == ENGINE_POSTGRESQL)
        code = open_postgresql(scratch, options, error);
    if (code)
        scratch_close(scratch);
    else
        *ret_scratch = scratch;
    return code;
}

static Code create_file(Scratch *scratch, DbUrl *ret_url, Error *error)
{
    Code code = RUNG_OK;
    if (!scratch->folder.path)
        code = folder_open(scratch->arena, &scratch->folder, error);
    if (code)
        return code;
    const char *path = arena_print(scratch->arena, "%s/%zu.db", scratch->folder.path,
                                   scratch->databases.count + 1);
    *vec_add(scratch->arena, &scratch->databases) = path;
    *ret_url = (DbUrl){.engine = ENGINE_SQLITE, .path = path, .shown = "scratch"};
    return RUNG_OK;
}

Code scratch_create(Scratch *scratch, bool reopened, DbUrl *ret_url, Error *error)
{
    if (scratch->engine == ENGINE_POSTGRESQL)
        return create_database(scratch, ret_url, error);
    if (reopened)
        return create_file(scratch, ret_url, error);
    *ret_url = (DbUrl){.engine = ENGINE_SQLITE, .path = ":memory:", .shown = "scratch"};
    return RUNG_OK;
}

/* 'role "x" does not exist' */
bool scratch_add_role(Scratch *scratch, const Error *error)
{
    static const char before[] = "role \"", behind[] = "\" does not exist";
    const char *name = error->message + sizeof before - 1, *end = NULL;
    if (!scratch->admin || !scratch->is_private || strcmp(error->sqlstate, "42704") != 0 ||
        strncmp(error->message, before, sizeof before - 1) != 0)
        return false;
    for (const char *next = name; (next = strstr(next, behind)); next++)
        end = next;
    if (!end)
        return false;
    Text sql = TEXT_EMPTY;
    Error ignored;
    text_put(&sql, "CREATE ROLE ");
    sql_add_name(&sql, arena_copy(scratch->arena, name, (size_t)(end - name)));
    Code code = db_exec(scratch->admin, text_string(&sql), &ignored);
    text_done(&sql);
    return code == RUNG_OK;
}

bool scratch_private(const Scratch *scratch)
{
    return scratch->is_private;
}

const char *scratch_title(const Scratch *scratch)
{
    return scratch->title;
}

void scratch_close(Scratch *scratch)
{
    Error ignored;
    if (!scratch)
        return;
    for (size_t i = 0; scratch->admin && !scratch->server.pid && i < scratch->databases.count; i++)
        drop_database(scratch, scratch->databases.at[i], true, &ignored);
    db_close(scratch->admin);
    scratch_server_stop(&scratch->server);
    folder_close(&scratch->folder);
    arena_free(scratch->arena);
}
