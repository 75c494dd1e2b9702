/* init: a new project, and the baseline of a database that has tables already. */
#include "api/dump.h"
#include "api/edit.h"
#include "base/file.h"
#include "report/catalog.h"
#include "revision/revision.h"

static const char config_text[] =
    "# Settings of rung: `rung reference` lists them all.\n"
    "migrations: migrations\n"
    "%s"
    "targets:\n"
    "  # the first target is the default; --target NAME chooses another\n"
    "  dev: { url: \"%s\" }\n"
    "  # prod: { url: \"${DATABASE_URL}\", lock_timeout: 2s }\n";

static const char schema_line[] = "schema: schema.sql\n";

static const char no_up[] =
    "-- rung:notice baseline: the schema that was there before rung stays as it is\n";

/* ---- the baseline ---- */

/* What rebuilds the database is its up section, so that revisions can be replayed from nothing; its
 * down section never drops what was there before rung. */
static char *print_baseline(Verb *verb, const Plan *plan, const char *id, const char *message)
{
    Text text = TEXT_EMPTY;
    bool any = plan && plan->steps.count;
    const char *engine = any ? arena_print(verb->arena, " %s", engine_name(plan->to->engine)) : "";
    text_print(&text, "-- rung:up%s\n", engine);
    if (any)
        report_steps(plan, &text);
    else
        text_put(&text, no_up);
    text_print(&text, "\n-- rung:down%s\n-- rung:notice baseline: nothing to undo\n", engine);
    char *file = revision_print(verb->arena, id, message, NULL, 0, text_string(&text));
    text_done(&text);
    return file;
}

static Code write_baseline(Verb *verb, const Plan *plan, WrittenReport *written, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    const char *id = arguments->id ? arguments->id : edit_new_id(verb);
    const char *message = arguments->message ? arguments->message : "baseline";
    const char *name = revision_file_name(verb->arena, id, message);
    const char *path = path_join(verb->arena, verb->project->migrations, name);
    written->revision = id;
    return edit_write(verb, written, path, print_baseline(verb, plan, id, message), error);
}

/* The first revision, and its mark in the database. */
static Code baseline(Verb *verb, const Plan *plan, WrittenReport *written, Error *error)
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
    code = write_baseline(verb, plan, written, error);
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

/* ---- the files ---- */

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

static Code write_config(Verb *verb, bool schema, WrittenReport *written, Error *error)
{
    const char *url = NULL;
    Code code = config_url(verb, &url, error);
    if (code || verb->project->config.path)
        return code;
    const char *text = arena_print(verb->arena, config_text, schema ? schema_line : "", url);
    return edit_write(verb, written, "rung.yaml", text, error);
}

static Code write_schema(Verb *verb, const Plan *plan, WrittenReport *written, Error *error)
{
    Report report = {0};
    report_dump(&report, plan);
    Code code = edit_write(verb, written, "schema.sql", text_string(&report.text), error);
    text_done(&report.text);
    return code;
}

static Code init_all(Verb *verb, const Plan *plan, Error *error)
{
    rung *project = verb->project;
    WrittenReport written = {0};
    bool schema = plan && plan->steps.count && !project->config.path && !file_exists("schema.sql");
    Code code = folder_make(project->migrations, error);
    if (!code)
        code = write_config(verb, schema, &written, error);
    if (!code && schema)
        code = write_schema(verb, plan, &written, error);
    if (!code && verb->arguments->from_database)
        code = baseline(verb, plan, &written, error);
    if (!code)
        report_written(&verb->report, &written);
    return code;
}

static Code verb_init(Verb *verb, Error *error)
{
    Side side = {0};
    Plan *plan = NULL;
    const char *url;
    if (verb->project->config.path && !verb->arguments->from_database)
        return already_there(verb->project->config.path, error);
    Code code = config_url(verb, &url, error);
    if (!code && verb->arguments->from_database)
        code = dump_plan(verb, &side, &plan, error);
    if (!code)
        code = init_all(verb, plan, error);
    side_done(&side);
    return code;
}
VERB(init)
