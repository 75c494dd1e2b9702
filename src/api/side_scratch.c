/* Sides that are text: loaded into a scratch database, and read from there. */
#include "api/side.h"
#include "base/file.h"
#include "plan/plan.h"
#include "report/catalog.h"
#include "source/empty.h"

/* ---- the scratch server ---- */

/* The URL of the setting scratch.url, expanded. */
static Code configured_url(Verb *verb, DbUrl *url, const DbUrl **ret_url, Error *error)
{
    const Config *config = &verb->project->config;
    const char *text;
    *ret_url = NULL;
    if (!config->scratch.url)
        return RUNG_OK;
    Code code = env_expand(verb->arena, &verb->project->env, config->scratch.url, config->path,
                           config->scratch.line, &text, error);
    if (!code)
        code = db_url_read(verb->arena, text, config->folder, url, error);
    if (code)
        return code;
    if (url->engine != ENGINE_POSTGRESQL)
        return error_at(error, RUNG_CONFIG, config->path, config->scratch.line,
                        "scratch.url must name a PostgreSQL server: SQLite needs none");
    *ret_url = url;
    return RUNG_OK;
}

Code verb_scratch(Verb *verb, Engine engine, int version, Scratch **ret_scratch, Error *error)
{
    Scratch **scratch = &verb->scratch[engine];
    DbUrl configured;
    Error ignored;
    ScratchOptions options = {.engine = engine, .major = version / 10000};
    Code code = RUNG_OK;
    if (!*scratch && engine == ENGINE_POSTGRESQL) {
        const Config *config = &verb->project->config;
        code = configured_url(verb, &configured, &options.configured, error);
        if (config->scratch.binaries)
            options.binaries = path_join(verb->arena, config->folder, config->scratch.binaries);
        if (!code && !verb->apart && verb_url(verb, &ignored) == RUNG_OK &&
            verb->project->url.engine == ENGINE_POSTGRESQL)
            options.target = &verb->project->url;
    }
    if (!code && !*scratch) {
        code = scratch_open(&options, scratch, error);
        if (!code && verb->arguments->verbose && engine == ENGINE_POSTGRESQL)
            verb_tell(verb, RUNG_EVENT_NOTICE, "scratch: %s", scratch_title(*scratch));
    }
    if (!code)
        *ret_scratch = *scratch;
    return code;
}

/* ---- whose things are whose ---- */

/* SQL text that grants nothing says nothing about privileges, and then they do not count; the same
 * for owners. Extensions bring grants of their own. */
static const char grants_query[] =
    "SELECT EXISTS (SELECT FROM pg_class c WHERE relacl IS NOT NULL AND oid >= 16384 AND NOT EXISTS"
    " (SELECT FROM pg_init_privs p WHERE p.classoid = 'pg_class'::regclass AND p.objoid = c.oid))"
    " OR EXISTS (SELECT FROM pg_proc c WHERE proacl IS NOT NULL AND oid >= 16384 AND NOT EXISTS"
    " (SELECT FROM pg_init_privs p WHERE p.classoid = 'pg_proc'::regclass AND p.objoid = c.oid))"
    " OR EXISTS (SELECT FROM pg_namespace c WHERE nspacl IS NOT NULL AND oid >= 16384 AND NOT "
    "EXISTS"
    " (SELECT FROM pg_init_privs p WHERE p.classoid = 'pg_namespace'::regclass"
    " AND p.objoid = c.oid))"
    " OR EXISTS (SELECT FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384)"
    " OR EXISTS (SELECT FROM pg_type WHERE typacl IS NOT NULL AND oid >= 16384)"
    " OR EXISTS (SELECT FROM pg_language WHERE lanacl IS NOT NULL AND oid >= 16384)"
    " OR EXISTS (SELECT FROM pg_foreign_server WHERE srvacl IS NOT NULL)"
    " OR EXISTS (SELECT FROM pg_foreign_data_wrapper WHERE fdwacl IS NOT NULL)"
    " OR EXISTS (SELECT FROM pg_default_acl)"
    " OR EXISTS (SELECT FROM pg_namespace n JOIN pg_init_privs p ON p.objoid = n.oid"
    " AND p.classoid = 'pg_namespace'::regclass WHERE nspname = 'public'"
    " AND n.nspacl IS DISTINCT FROM p.initprivs)";

static bool says_owners(const Catalog *catalog)
{
    const Object *object;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        CATALOG_EACH(catalog, kind, object)
    if (object->owner && catalog->user && strcmp(object->owner, catalog->user) != 0 &&
        strcmp(object->owner, "pg_database_owner") != 0)
        return true;
    return false;
}

static void forget_owners(Catalog *catalog)
{
    Object *object;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        CATALOG_EACH(catalog, kind, object)
    object->owner = NULL;
}

static Code judge_owners(Db *db, Arena *arena, Catalog *catalog, Error *error)
{
    DbRows rows;
    if (catalog->engine == ENGINE_SQLITE)
        return RUNG_OK;
    Code code = db_query(db, arena, &(DbStatement){.sql = grants_query}, &rows, error);
    if (code)
        return code;
    bool grants = db_cell(&rows, 0, 0)[0] == 't', owners = says_owners(catalog);
    catalog->owned = grants || owners;
    if (!owners)
        forget_owners(catalog);
    return RUNG_OK;
}

/* ---- reading what was loaded ---- */

static Code read_back(Verb *verb, Side *side, Db *db, Error *error)
{
    SourceFilter filter = verb_filter(verb);
    Code code = source_database(db, side->arena, side->said, &filter, &side->catalog, error);
    if (!code && side->want_keys)
        code = key_graph_load(db, side->arena, &side->keys, error);
    return code ? code : judge_owners(db, verb->arena, side->catalog, error);
}

static void tell_left_out(void *context, bool refused, const char *file, int line, const char *text)
{
    verb_tell(context, refused ? RUNG_EVENT_WARNING : RUNG_EVENT_NOTICE, "%s:%d: %s", file, line,
              text);
}

/* Runs `files`, and `more` behind them, in a new database, and reads what they made. */
static Code load_files(Verb *verb, Side *side, const SchemaFiles *files, const SchemaFiles *more,
                       FilesOptions how, int version, Error *error)
{
    DbUrl url;
    Db *db = NULL;
    DbOptions options = {0};
    Code code = verb_scratch(verb, side->engine, version, &how.scratch, error);
    if (!code)
        code = scratch_create(how.scratch, false, &url, error);
    if (!code)
        code = db_open(&url, &options, &db, error);
    verb->project->active[0] = db;
    if (!code)
        code = files_load(files, db, &how, error);
    if (!code && more)
        code = files_load(more, db, &how, error);
    if (!code)
        code = read_back(verb, side, db, error);
    verb->project->active[0] = NULL;
    db_close(db);
    return code;
}

Code side_load_files(Verb *verb, Side *side, int version, Error *error)
{
    side->arena = arena_new();
    FilesOptions how = {.tell = tell_left_out, .context = verb};
    return load_files(verb, side, &side->files, NULL, how, version, error);
}

/* ---- revisions ---- */

/* Nobody else is there: no limits, and nothing to tell but what goes wrong. */
static Code replay(Verb *verb, Scratch *scratch, const DbUrl *url, const Revision *revision,
                   Error *error)
{
    RunSummary summary;
    RunOptions options = {.cancelled = &verb->project->cancelled,
                          .active = &verb->project->active[0]};
    Code code;
    do
        code =
            run_to(url, verb->graph, revision->id, false, &options, verb->arena, &summary, error);
    while (code && scratch_add_role(scratch, error));
    return code;
}

static Code load_revision(Verb *verb, Side *side, const SchemaFiles *more, int version,
                          Error *error)
{
    DbUrl url;
    Db *db = NULL;
    DbOptions options = {0};
    FilesOptions how = {.alone = true};
    Code code = verb_scratch(verb, side->engine, version, &how.scratch, error);
    if (!code)
        code = scratch_create(how.scratch, true, &url, error);
    if (!code && side->revision)
        code = replay(verb, how.scratch, &url, side->revision, error);
    if (!code)
        code = db_open(&url, &options, &db, error);
    if (!code && more)
        code = files_load(more, db, &how, error);
    if (!code)
        code = read_back(verb, side, db, error);
    db_close(db);
    return code;
}

Code side_load_revision(Verb *verb, Side *side, int version, Error *error)
{
    side->arena = arena_new();
    return load_revision(verb, side, NULL, version, error);
}

Code side_try(Verb *verb, Side *side, const char *statements, Error *error)
{
    SchemaFiles more = {.path = "statements"};
    FilesOptions how = {.alone = true};
    Code code =
        files_read_text(verb->arena, more.path, statements, strlen(statements), &more, error);
    side->arena = arena_new();
    if (code)
        return code;
    return side->type == SIDE_FILES ? load_files(verb, side, &side->files, &more, how, 0, error)
                                    : load_revision(verb, side, &more, 0, error);
}

/* ---- from PostgreSQL to SQLite ---- */

static void tell_object(void *context, bool refused, const char *object, int line, const char *text)
{
    verb_tell(context, refused ? RUNG_EVENT_WARNING : RUNG_EVENT_NOTICE, "%s: %s", object, text);
}

/* What only says how PostgreSQL does it: an identity's sequence. */
static void forget_details(Catalog *catalog)
{
    Object *object;
    catalog->owned = false;
    CATALOG_EACH(catalog, KIND_COLUMN, object)
    {
        Column *column = CATALOG_AS(Column, object);
        column->identity_options = (List){0};
        column->identity_sequence = NULL;
    }
}

/* Each statement is a file of its own, with the object's name for a path. */
static Code print_catalog(Verb *verb, Catalog *catalog, SchemaFiles *files, Error *error)
{
    Catalog *empty;
    Plan *plan;
    Code code = source_empty(verb->arena, ENGINE_POSTGRESQL, catalog->version, &empty, error);
    if (code)
        return code;
    forget_details(catalog);
    code = plan_make(verb->arena, empty, catalog, NULL, &plan, error);
    for (size_t i = 0; !code && i < plan->steps.count; i++) {
        const Step *step = &plan->steps.at[i];
        if (step->object)
            code = files_read_text(verb->arena, report_object(verb->arena, step->object), step->sql,
                                   strlen(step->sql), files, error);
    }
    return code;
}

Code side_translate(Verb *verb, Side *side, Error *error)
{
    SchemaFiles files = {.path = side->said};
    FilesOptions how = {.skip_refused = true, .tell = tell_object, .context = verb};
    Code code = print_catalog(verb, side->catalog, &files, error);
    if (code)
        return code;
    Arena *before = side->arena;
    side->engine = ENGINE_SQLITE;
    side->arena = arena_new();
    side->catalog = NULL;
    code = load_files(verb, side, &files, NULL, how, 0, error);
    arena_free(before);
    return code;
}
