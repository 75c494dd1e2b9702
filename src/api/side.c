/* What --from and --to name, and reading both sides, at the same time if both are databases. */
#include "api/side.h"
#include "base/file.h"
#include "source/empty.h"
#include "source/snapshot.h"

#include <pthread.h>

enum { SNAPSHOT_LIMIT = 1024 * 1024 * 1024 };

/* ---- what is meant ---- */

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), wanted = strlen(suffix);
    return length > wanted && strcmp(text + length - wanted, suffix) == 0;
}

static bool is_url(const char *said)
{
    static const char *const schemes[] = {"postgresql:", "postgres:", "postgresql+",
                                          "sqlite:", "sqlite3:"};
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (begins(said, schemes[i]))
            return true;
    return false;
}

static Code set_database(Side *side, const DbUrl *url)
{
    side->type = SIDE_DATABASE;
    side->url = *url;
    side->said = url->shown;
    side->engine = url->engine;
    side->engine_known = true;
    return RUNG_OK;
}

static Code find_url(Verb *verb, const char *said, const char *folder, Side *side, Error *error)
{
    DbUrl url;
    Code code = db_url_read(verb->arena, said, folder, &url, error);
    return code ? code : set_database(side, &url);
}

static Code find_target(Verb *verb, const char *name, Side *side, Error *error)
{
    rung *project = verb->project;
    const Config *config = &project->config;
    const char *text = NULL;
    for (size_t i = 0; i < config->targets.count; i++) {
        const TargetConfig *target = &config->targets.at[i];
        if (strcmp(target->name, name) != 0 || !target->url)
            continue;
        Code code = env_expand(verb->arena, &project->env, target->url, config->path, target->line,
                               &text, error);
        return code ? code : find_url(verb, text, config->folder, side, error);
    }
    return error_set(error, RUNG_UNKNOWN, "there is no target \"%s\"", name);
}

static Code find_files(Verb *verb, const char *path, Side *side, Error *error)
{
    Code code = files_read(verb->arena, path, &side->files, error);
    side->type = SIDE_FILES;
    for (size_t i = 0; !code && i < side->files.files.count; i++)
        if (side->files.files.at[i].dialect == ENGINE_SQLITE) {
            side->engine = ENGINE_SQLITE;
            side->engine_known = true;
        }
    return code;
}

static Code find_snapshot(Verb *verb, const char *path, Side *side, Error *error)
{
    char *data;
    size_t length;
    Code code = file_read(verb->arena, path, SNAPSHOT_LIMIT, &data, &length, error);
    if (code)
        return code;
    side->type = SIDE_SNAPSHOT;
    side->arena = arena_new();
    code = snapshot_read(side->arena, path, data, length, &side->catalog, error);
    if (code)
        return code;
    side->engine = side->catalog->engine;
    side->engine_known = true;
    return RUNG_OK;
}

static Code find_revision(Verb *verb, const char *said, Side *side, Error *error)
{
    Code code = verb_graph(verb, error);
    if (strcmp(said, "base") == 0)
        side->type = SIDE_EMPTY;
    else {
        side->type = SIDE_REVISION;
        if (!code)
            code = graph_resolve(verb->graph, said, &side->revision, error);
    }
    if (code == RUNG_UNKNOWN || code == RUNG_FILE) {
        error_set(error, RUNG_USAGE, "\"%s\" is no file, no revision and no URL", said);
        return error_hint(error, "a URL, target:NAME, a SQL file or folder, a .json snapshot, a "
                                 "revision, or empty");
    }
    return code;
}

Code side_find(Verb *verb, const char *said, Side *ret_side, Error *error)
{
    Side side = {.said = said};
    Code code = RUNG_OK;
    if (strcmp(said, "empty") == 0)
        side.type = SIDE_EMPTY;
    else if (begins(said, "target:"))
        code = find_target(verb, said + strlen("target:"), &side, error);
    else if (is_url(said))
        code = find_url(verb, said, ".", &side, error);
    else if (ends(said, ".json"))
        code = find_snapshot(verb, said, &side, error);
    else if (ends(said, ".sql") || strchr(said, '/') || folder_exists(said))
        code = find_files(verb, said, &side, error);
    else
        code = find_revision(verb, said, &side, error);
    *ret_side = side;
    return code;
}

Code side_target(Verb *verb, Side *ret_side, Error *error)
{
    Side side = {0};
    Code code = verb_url(verb, error);
    if (!code)
        code = set_database(&side, &verb->project->url);
    *ret_side = side;
    return code;
}

Code side_schema(Verb *verb, Side *ret_side, Error *error)
{
    const Config *config = &verb->project->config;
    Side side = {.said = config->schema};
    if (!config->schema) {
        error_set(error, RUNG_CONFIG, "no schema file is configured");
        return error_hint(error, "write `schema: schema.sql` into rung.yaml");
    }
    const char *path = path_join(verb->arena, config->folder, config->schema);
    Code code = find_files(verb, path, &side, error);
    if (code == RUNG_FILE)
        error_hint(error, "the setting schema of %s names it; `rung dump` writes one",
                   config->path);
    *ret_side = side;
    return code;
}

/* ---- live databases ---- */

SourceFilter verb_filter(const Verb *verb)
{
    const rung_arguments *arguments = verb->arguments;
    const TargetConfig *target = &verb->project->target;
    bool schemas = arguments->schemas.count > 0, excluded = arguments->excluded.count > 0;
    return (SourceFilter){
        .schemas = schemas ? arguments->schemas.at : target->schemas.at,
        .schema_count = schemas ? arguments->schemas.count : target->schemas.count,
        .excluded = excluded ? arguments->excluded.at : target->excluded.at,
        .excluded_count = excluded ? arguments->excluded.count : target->excluded.count};
}

typedef struct Load {
    Side *side;
    Db *_Atomic *active; /* for rung_cancel */
    SourceFilter filter;
    Code code;
    Error error;
} Load;

static Code load_absent(Side *side, Error *error)
{
    if (side->may_be_absent)
        return source_empty(side->arena, ENGINE_SQLITE, 0, &side->catalog, error);
    error_set(error, RUNG_CONNECT, "there is no database file %s", side->url.path);
    return error_hint(error, "nothing is created by looking");
}

static Code load_database(Load *load, Error *error)
{
    Side *side = load->side;
    const DbUrl *url = &side->url;
    Db *db = NULL;
    if (url->engine == ENGINE_SQLITE && strcmp(url->path, ":memory:") != 0 &&
        strncmp(url->path, "file:", 5) != 0 && !file_exists(url->path) && !folder_exists(url->path))
        return load_absent(side, error);
    DbOptions options = {.must_exist = true};
    Code code = db_open(url, &options, &db, error);
    *load->active = db;
    if (!code)
        code = source_database(db, side->arena, side->said, &load->filter, &side->catalog, error);
    if (!code && side->want_keys)
        code = key_graph_load(db, side->arena, &side->keys, error);
    *load->active = NULL;
    db_close(db);
    return code;
}

static void *load_side(void *context)
{
    Load *load = context;
    load->side->arena = arena_new();
    load->code = load_database(load, &load->error);
    return NULL;
}

static Code load_databases(Verb *verb, Side *const *sides, size_t count, Error *error)
{
    pthread_t thread;
    Load loads[2];
    for (size_t i = 0; i < count; i++)
        loads[i] = (Load){
            .side = sides[i], .active = &verb->project->active[i], .filter = verb_filter(verb)};
    bool parallel = count > 1 && pthread_create(&thread, NULL, load_side, &loads[1]) == 0;
    if (count)
        load_side(&loads[0]);
    if (parallel)
        pthread_join(thread, NULL);
    else if (count > 1)
        load_side(&loads[1]);
    for (size_t i = 0; i < count; i++)
        if (loads[i].code) {
            *error = loads[i].error;
            return loads[i].code;
        }
    return RUNG_OK;
}

/* ---- both ---- */

/* Whose engine a side takes that has none of its own. */
static Engine common_engine(Verb *verb, const Side *a, const Side *b)
{
    Error ignored;
    if (a->engine_known)
        return a->engine;
    if (b && b->engine_known)
        return b->engine;
    return verb_url(verb, &ignored) ? ENGINE_POSTGRESQL : verb->project->url.engine;
}

static Code load_scratch(Verb *verb, Side *side, int version, Error *error)
{
    switch (side->type) {
    case SIDE_FILES:
        return side_load_files(verb, side, version, error);
    case SIDE_REVISION:
        return side_load_revision(verb, side, version, error);
    case SIDE_EMPTY:
        side->arena = arena_new();
        return source_empty(side->arena, side->engine, version, &side->catalog, error);
    case SIDE_DATABASE:
    case SIDE_SNAPSHOT:
        break;
    }
    return RUNG_OK;
}

static Code translate_one(Verb *verb, Side *a, Side *b, Error *error)
{
    if (a->engine == b->engine)
        return RUNG_OK;
    Side *side = a->engine == ENGINE_POSTGRESQL ? a : b;
    return side_translate(verb, side, error);
}

Code sides_load(Verb *verb, Side *a, Side *b, Error *error)
{
    Side *all[2] = {a, b}, *databases[2];
    size_t count = b ? 2 : 1, found = 0;
    Engine engine = common_engine(verb, a, b);
    int version = 0;
    for (size_t i = 0; i < count; i++) {
        if (!all[i]->engine_known)
            all[i]->engine = engine;
        if (all[i]->type == SIDE_DATABASE)
            databases[found++] = all[i];
    }
    Code code = load_databases(verb, databases, found, error);
    for (size_t i = 0; !code && i < count; i++)
        if (all[i]->catalog && all[i]->engine == ENGINE_POSTGRESQL)
            version = all[i]->catalog->version;
    /* nothing is made of `empty` before the other side's version is known */
    for (int empty = 0; empty < 2; empty++)
        for (size_t i = 0; !code && i < count; i++)
            if (!all[i]->catalog && (all[i]->type == SIDE_EMPTY) == empty) {
                code = load_scratch(verb, all[i], version, error);
                if (!code && all[i]->engine == ENGINE_POSTGRESQL)
                    version = all[i]->catalog->version;
            }
    return code || !b ? code : translate_one(verb, a, b, error);
}

void side_done(Side *side)
{
    arena_free(side->arena);
    side->arena = NULL;
}
