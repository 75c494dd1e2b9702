/* Verbs that write files: init, revision, merge. */
#include "api/generate.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "revision/revision.h"

static const char config_text[] =
    "# Settings of rung: `rung reference` lists them all.\n"
    "migrations: migrations\n"
    "targets:\n"
    "  # the first target is the default; --target NAME chooses another\n"
    "  dev: { url: \"%s\" }\n"
    "  # prod: { url: \"${DATABASE_URL}\", lock_timeout: 2s }\n";

static const char baseline_text[] =
    "-- rung:revision %s\n"
    "-- rung:message %s\n"
    "\n"
    "-- rung:up\n"
    "-- rung:notice baseline: the schema that was there before rung stays as it is\n"
    "\n"
    "-- rung:down\n"
    "-- rung:notice baseline: nothing to undo\n";

/* ---- a revision file ---- */

/* Ids are times: one that is taken is followed by the next second's. */
static const char *new_id(Verb *verb)
{
    int64_t now = clock_wall_us();
    const char *id = clock_print_id(verb->arena, now);
    while (graph_find(verb->graph, id))
        id = clock_print_id(verb->arena, now += 1000000);
    return id;
}

static Code check_id(Verb *verb, const char *id, Error *error)
{
    if (!revision_id_valid(id, strlen(id))) {
        error_set(error, RUNG_USAGE, "\"%s\" cannot be a revision's id", id);
        return error_hint(error, "letters, digits, dots, dashes and underscores are allowed");
    }
    if (graph_find(verb->graph, id))
        return error_set(error, RUNG_USAGE, "revision %s is there already: %s", id,
                         graph_find(verb->graph, id)->path);
    return RUNG_OK;
}

static Code write_file(Verb *verb, WrittenReport *written, const char *path, const char *text,
                       Error *error)
{
    Code code = file_write_new(path, text, strlen(text), error);
    if (!code)
        *vec_add(verb->arena, &written->paths) = path;
    return code;
}

static Code check_message(const char *message, Error *error)
{
    if (strpbrk(message, "\r\n")) {
        error_set(error, RUNG_USAGE, "a message is one line");
        return error_hint(error, "longer words fit into a comment in the file");
    }
    if (utf8_check(message, strlen(message)) != strlen(message)) {
        error_set(error, RUNG_USAGE, "the message is not valid UTF-8");
        return error_hint(error, "is the terminal set to UTF-8?");
    }
    return RUNG_OK;
}

/* `sections` NULL: empty ones, with hints. */
static Code write_revision(Verb *verb, const char *message, const RevisionList *parents,
                           const char *sections, Error *error)
{
    WrittenReport written = {0};
    Arena *arena = verb->arena;
    const char *id = verb->arguments->id ? verb->arguments->id : new_id(verb);
    Code code = check_id(verb, id, error);
    if (!code)
        code = check_message(message, error);
    if (code)
        return code;
    const char **ids = arena_alloc_array(arena, parents->count + 1, sizeof *ids);
    for (size_t i = 0; i < parents->count; i++)
        ids[i] = parents->at[i]->id;
    const char *text = sections ? revision_print(arena, id, message, ids, parents->count, sections)
                                : revision_print_new(arena, id, message, ids, parents->count);
    const char *path =
        path_join(arena, verb->project->migrations, revision_file_name(arena, id, message));
    written.revision = id;
    code = write_file(verb, &written, path, text, error);
    if (!code)
        report_written(&verb->report, &written);
    return code;
}

static Code named_parents(Verb *verb, RevisionList *ret_parents, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    RevisionList parents = {0};
    for (size_t i = 0; i < arguments->revision_count; i++) {
        Revision *revision;
        if (strcmp(arguments->revisions[i], "base") == 0 && arguments->revision_count == 1)
            break;
        if (strcmp(arguments->revisions[i], "heads") == 0) {
            graph_heads(verb->graph, verb->arena, &parents);
            continue;
        }
        Code code = graph_resolve(verb->graph, arguments->revisions[i], &revision, error);
        if (code)
            return code;
        for (size_t k = 0; k < parents.count; k++)
            if (parents.at[k] == revision)
                return error_set(error, RUNG_USAGE, "revision %s is named twice", revision->id);
        *vec_add(verb->arena, &parents) = revision;
    }
    *ret_parents = parents;
    return RUNG_OK;
}

static Code write_generated(Verb *verb, const RevisionList *parents, Error *error)
{
    const char *sections;
    if (parents->count > 1) {
        error_set(error, RUNG_USAGE, "--autogenerate needs one parent");
        return error_hint(error, "join the heads first with `rung merge`");
    }
    Code code = generate_sections(verb, parents->count ? parents->at[0] : NULL, &sections, error);
    if (code)
        return code;
    if (sections)
        return write_revision(verb, verb->arguments->message, parents, sections, error);
    WrittenReport written = {.nothing =
                                 "nothing to do: the revisions make what the schema file says"};
    report_written(&verb->report, &written);
    return RUNG_OK;
}

static Code write_next(Verb *verb, const RevisionList *parents, Error *error)
{
    if (verb->arguments->autogenerate)
        return write_generated(verb, parents, error);
    return write_revision(verb, verb->arguments->message, parents, NULL, error);
}

static Code verb_revision(Verb *verb, Error *error)
{
    RevisionList parents = {0};
    if (!verb->arguments->message || !verb->arguments->message[0]) {
        error_set(error, RUNG_USAGE, "a new revision needs a message");
        return error_hint(error, "rung revision -m \"add email to users\"");
    }
    Code code = verb_graph(verb, error);
    if (!code && verb->arguments->revision_count)
        code = named_parents(verb, &parents, error);
    else if (!code) {
        graph_heads(verb->graph, verb->arena, &parents);
        if (parents.count > 1) {
            error_set(error, RUNG_REVISION, "the folder has %zu heads: which one does it follow?",
                      parents.count);
            return error_hint(error,
                              "name it with --parents, or join them first with `rung merge`");
        }
    }
    return code ? code : write_next(verb, &parents, error);
}

static Code verb_merge(Verb *verb, Error *error)
{
    RevisionList parents = {0};
    Code code = verb_graph(verb, error);
    if (!code && verb->arguments->revision_count)
        code = named_parents(verb, &parents, error);
    else if (!code)
        graph_heads(verb->graph, verb->arena, &parents);
    if (code)
        return code;
    if (parents.count < 2) {
        error_set(error, RUNG_REVISION, "there is nothing to merge: %zu revision%s", parents.count,
                  parents.count == 1 ? "" : "s");
        return error_hint(error, "`rung heads` lists the heads; a merge joins two or more");
    }
    const char *message = verb->arguments->message;
    if (!message)
        message = arena_print(verb->arena, "merge %s and %s", parents.at[0]->id, parents.at[1]->id);
    return write_revision(verb, message, &parents, NULL, error);
}

/* ---- init ---- */

static Code write_baseline(Verb *verb, WrittenReport *written, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    const char *id = arguments->id ? arguments->id : new_id(verb);
    const char *message = arguments->message ? arguments->message : "baseline";
    const char *text = arena_print(verb->arena, baseline_text, id, message);
    const char *name = revision_file_name(verb->arena, id, message);
    const char *path = path_join(verb->arena, verb->project->migrations, name);
    written->revision = id;
    return write_file(verb, written, path, text, error);
}

/* A first revision that runs nothing, and its mark in the database. */
static Code baseline(Verb *verb, WrittenReport *written, Error *error)
{
    Code code = verb_url(verb, error);
    if (!code)
        code = verb_graph(verb, error);
    if (!code && graph_revisions(verb->graph)->count) {
        error_set(error, RUNG_USAGE, "the folder %s has revisions already",
                  verb->project->migrations);
        return error_hint(error, "a baseline is the first revision; use `rung stamp` instead");
    }
    if (code)
        return code;
    code = write_baseline(verb, written, error);
    if (code)
        return code;
    verb->graph = NULL;
    code = verb_graph(verb, error);
    if (code)
        return code;
    RevisionList heads = {0};
    RunSummary summary;
    RunOptions options = verb_run_options(verb);
    graph_heads(verb->graph, verb->arena, &heads);
    code = run_stamp(&verb->project->url, verb->graph, &heads, false, &options, verb->arena,
                     &summary, error);
    written->stamped = !code;
    return code;
}

static Code already_there(const char *path, Error *error)
{
    error_set(error, RUNG_USAGE, "%s is there already", path);
    return error_hint(error, "edit it; `rung init --from-database` adds a baseline beside it");
}

/* A password does not belong into a file that is committed. */
static Code config_url(Verb *verb, const char **ret_url, Error *error)
{
    const char *url = verb->project->url_option;
    DbUrl read;
    Text text = TEXT_EMPTY;
    if (!url) {
        *ret_url = "sqlite:dev.db";
        return RUNG_OK;
    }
    Code code = db_url_read(verb->arena, url, ".", &read, error);
    if (code)
        return code;
    for (const char *at = url; *at; at++) /* YAML's double quotes, and our ${NAME} */
        text_print(&text, "%s%c", *at == '"' || *at == '\\' ? "\\" : *at == '$' ? "$" : "", *at);
    *ret_url = strstr(read.shown, "***") ? "${DATABASE_URL}"
                                         : arena_string(verb->arena, text_string(&text));
    text_done(&text);
    return RUNG_OK;
}

static Code verb_init(Verb *verb, Error *error)
{
    rung *project = verb->project;
    const char *url = NULL;
    WrittenReport written = {0};
    if (project->config.path && !verb->arguments->from_database)
        return already_there(project->config.path, error);
    Code code = config_url(verb, &url, error);
    if (!code)
        code = folder_make(project->migrations, error);
    if (code)
        return code;
    if (!project->config.path) {
        const char *text = arena_print(verb->arena, config_text, url);
        code = write_file(verb, &written, "rung.yaml", text, error);
    }
    if (!code && verb->arguments->from_database)
        code = baseline(verb, &written, error);
    if (!code)
        report_written(&verb->report, &written);
    return code;
}

VERB(init)
VERB(revision)
VERB(merge)
