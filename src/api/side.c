/* What --from and --to name, and reading both at the same time. */
#include "api/side.h"
#include "base/file.h"

#include <pthread.h>

/* ---- what is meant ---- */

static bool is_url(const char *said)
{
    static const char *const schemes[] = {"postgresql:", "postgres:", "postgresql+",
                                          "sqlite:", "sqlite3:"};
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (strncmp(said, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

static Code find_target(Verb *verb, Side *side, Error *error)
{
    Code code = verb_url(verb, error);
    side->url = verb->project->url;
    side->said = side->url.shown;
    return code;
}

Code side_find(Verb *verb, const char *said, Side *ret_side, Error *error)
{
    Side side = {.said = said, .type = SIDE_DATABASE};
    Code code;
    if (!said)
        code = find_target(verb, &side, error);
    else if (is_url(said)) {
        code = db_url_read(verb->arena, said, ".", &side.url, error);
        side.said = side.url.shown;
    } else {
        error_set(error, RUNG_USAGE, "\"%s\" is neither a URL nor anything else that is known",
                  said);
        return error_hint(error, "a URL: postgresql://USER@HOST/NAME or sqlite:FILE");
    }
    if (code)
        return code;
    side.engine = side.url.engine;
    *ret_side = side;
    return RUNG_OK;
}

/* ---- reading ---- */

typedef struct Load {
    Verb *verb;
    Side *side;
    Db *volatile *active; /* for rung_cancel */
    SourceFilter filter;
    Code code;
    Error error;
} Load;

static Code no_file(const DbUrl *url, Error *error)
{
    error_set(error, RUNG_CONNECT, "there is no database file %s", url->path);
    return error_hint(error, "nothing is created by looking");
}

static Code load_database(Load *load, Error *error)
{
    Side *side = load->side;
    const DbUrl *url = &side->url;
    Db *db = NULL;
    if (url->engine == ENGINE_SQLITE && strcmp(url->path, ":memory:") != 0 &&
        strncmp(url->path, "file:", 5) != 0 && !file_exists(url->path) && !folder_exists(url->path))
        return no_file(url, error);
    DbOptions options = {.must_exist = true};
    Code code = db_open(url, &options, &db, error);
    *load->active = db;
    if (!code)
        code = source_database(db, side->arena, side->said, &load->filter, &side->catalog, error);
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

static SourceFilter filter_of(const rung_arguments *arguments)
{
    return (SourceFilter){.schemas = arguments->schemas.at,
                          .schema_count = arguments->schemas.count,
                          .excluded = arguments->excluded.at,
                          .excluded_count = arguments->excluded.count};
}

Code sides_load(Verb *verb, Side *a, Side *b, Error *error)
{
    pthread_t thread;
    Load loads[2];
    Side *sides[2] = {a, b};
    for (size_t i = 0; i < 2; i++)
        loads[i] = (Load){.verb = verb,
                          .side = sides[i],
                          .active = &verb->project->active[i],
                          .filter = filter_of(verb->arguments)};
    bool parallel = b && pthread_create(&thread, NULL, load_side, &loads[1]) == 0;
    load_side(&loads[0]);
    if (parallel)
        pthread_join(thread, NULL);
    else if (b)
        load_side(&loads[1]);
    for (size_t i = 0; i < 2 && sides[i]; i++)
        if (loads[i].code) {
            *error = loads[i].error;
            return loads[i].code;
        }
    return RUNG_OK;
}

void side_done(Side *side)
{
    arena_free(side->arena);
    side->arena = NULL;
}
