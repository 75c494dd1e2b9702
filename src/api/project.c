/* Opening a project, and the frame in which each verb runs. */
#include "api/project.h"
#include "base/clock.h"
#include "base/file.h"

#include <stdarg.h>

#define STANDARD_CONFIG "rung.yaml"

rung_code give_error(const Error *error, rung_error **ret_error)
{
    if (ret_error) {
        rung_error *copy = calloc(1, sizeof *copy);
        if (copy)
            copy->error = *error;
        *ret_error = copy;
    }
    return error->code;
}

static void tell(const rung *project, rung_event_type type, const char *text)
{
    rung_event event = {.type = type, .text = text};
    if (project->on_event)
        project->on_event(project->context, &event);
}

void verb_tell(const Verb *verb, rung_event_type type, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    tell(verb->project, type, arena_print_list(verb->arena, format, list));
    va_end(list);
}

bool verb_ask(const Verb *verb, const char *question, bool *ret_asked)
{
    const rung *project = verb->project;
    *ret_asked = project->on_ask != NULL;
    return project->on_ask && project->on_ask(project->context, question);
}

/* ---- opening ---- */

static Code find_config(rung *project, const rung_options *options, Error *error)
{
    Arena *arena = project->arena;
    const char *path = options->config ? options->config : STANDARD_CONFIG;
    config_defaults(&project->config);
    const char *env_path = path_join(arena, path_folder(arena, path), ".env");
    Code code = env_read(arena, env_path, &project->env, error);
    if (code)
        return code;
    if (options->config && !file_exists(path)) {
        error_set(error, RUNG_FILE, "there is no configuration file %s", path);
        error->code = RUNG_CONFIG;
        return error_hint(error, "`rung init` writes one");
    }
    if (!file_exists(path))
        return RUNG_OK;
    return config_read(arena, &project->env, path, &project->config, error);
}

static Code choose_target(rung *project, const rung_options *options, Error *error)
{
    const Config *config = &project->config;
    target_defaults(&project->target);
    project->target.name = options->url ? "url" : "DATABASE_URL";
    if (!options->target && (options->url || !config->targets.count))
        return RUNG_OK;
    for (size_t i = 0; i < config->targets.count; i++)
        if (!options->target || strcmp(config->targets.at[i].name, options->target) == 0) {
            project->target = config->targets.at[i];
            return RUNG_OK;
        }
    Text names = TEXT_EMPTY;
    for (size_t i = 0; i < config->targets.count; i++)
        text_print(&names, "%s%s", i ? ", " : "", config->targets.at[i].name);
    error_set(error, RUNG_UNKNOWN, "there is no target \"%s\"", options->target);
    error_hint(error, names.length ? "targets of %s: %s" : "%s names no targets%s",
               config->path ? config->path : "no rung.yaml", text_string(&names));
    text_done(&names);
    return RUNG_UNKNOWN;
}

static Code project_open(rung *project, const rung_options *options, Error *error)
{
    Arena *arena = project->arena;
    Code code = find_config(project, options, error);
    if (!code)
        code = choose_target(project, options, error);
    if (code)
        return code;
    project->url_option = arena_string(arena, options->url);
    project->target_named = options->target != NULL;
    project->migrations =
        options->migrations ? arena_string(arena, options->migrations)
                            : path_join(arena, project->config.folder, project->config.migrations);
    return RUNG_OK;
}

rung_code rung_open(const rung_options *options, rung **ret_project, rung_error **ret_error)
{
    static const rung_options standard = RUNG_OPTIONS_INIT;
    Error error;
    if (!options)
        options = &standard;
    if (options->version != RUNG_OPTIONS_VERSION) {
        error_set(&error, RUNG_USAGE, "rung_options has version %u, this library knows %u",
                  options->version, RUNG_OPTIONS_VERSION);
        return give_error(&error, ret_error);
    }
    Arena *arena = arena_new();
    rung *project = arena_alloc(arena, sizeof *project);
    project->arena = arena;
    project->on_event = options->on_event;
    project->context = options->context;
    project->on_ask = options->on_ask;
    project->session.keep_us = (int64_t)options->keep_seconds * 1000000;
    if (project_open(project, options, &error)) {
        arena_free(arena);
        return give_error(&error, ret_error);
    }
    *ret_project = project;
    return RUNG_OK;
}

void rung_close(rung *project)
{
    if (!project)
        return;
    session_close(&project->session);
    arena_free(project->arena);
}

void rung_disconnect(rung *project)
{
    if (project)
        session_close(&project->session);
}

void rung_cancel(rung *project)
{
    project->cancelled = 1;
    project->cancelling++;
    for (size_t i = 0; i < COUNT(project->active); i++) {
        Db *active = project->active[i];
        if (active)
            db_cancel(active);
    }
    project->cancelling--;
}

/* No other thread stops its statement any more: it may be closed. */
static void hide_active(rung *project)
{
    project->active[0] = NULL;
    while (project->cancelling)
        clock_sleep_ms(1);
}

/* ---- the URL ---- */

static Code no_url(Error *error, const Config *config)
{
    error_set(error, RUNG_CONFIG, "no database is named");
    return error_hint(error,
                      config->path ? "%s: add a target, or use --url or DATABASE_URL"
                                   : "%s: use --url, set DATABASE_URL, or run `rung init`",
                      config->path ? config->path : "there is no rung.yaml here");
}

Code verb_url(Verb *verb, Error *error)
{
    rung *project = verb->project;
    const Config *config = &project->config;
    const char *text = project->url_option, *folder = ".";
    Code code = RUNG_OK;
    if (project->have_url)
        return RUNG_OK;
    if (!text && project->target.url) {
        code = env_expand(project->arena, &project->env, project->target.url, config->path,
                          project->target.line, &text, error);
        folder = config->folder;
    } else if (!text && !config->targets.count) {
        text = env_get(&project->env, "DATABASE_URL");
        folder = config->folder;
    }
    if (code)
        return code;
    if (!text || !*text)
        return no_url(error, config);
    code = db_url_read(project->arena, text, folder, &project->url, error);
    if (code && project->target.url && !project->url_option) {
        snprintf(error->file, sizeof error->file, "%s", config->path);
        error->line = project->target.line;
    }
    project->have_url = !code;
    return code;
}

/* ---- verbs ---- */

/* What `.env` sets for others is none of our business, but a typing error would be. */
void verb_tell_unused(Verb *verb)
{
    rung *project = verb->project;
    Text names = TEXT_EMPTY;
    size_t count = 0;
    for (size_t i = 0; i < project->env.entries.count; i++) {
        const EnvEntry *entry = &project->env.entries.at[i];
        if (entry->used || strcmp(entry->name, "DATABASE_URL") == 0)
            continue;
        text_print(&names, "%s%s", count++ ? ", " : "", entry->name);
    }
    bool named = verb->arguments->verbose || count <= 3;
    if (count)
        verb_tell(verb, RUNG_EVENT_NOTICE, ".env: %zu setting%s not read by rung%s%s", count,
                  count == 1 ? " is" : "s are", named ? ": " : " (-v names them)",
                  named ? text_string(&names) : "");
    text_done(&names);
}

Code verb_graph(Verb *verb, Error *error)
{
    if (verb->graph)
        return RUNG_OK;
    Code code = graph_load(verb->arena, verb->project->migrations, &verb->graph, error);
    if (code == RUNG_FILE && !folder_exists(verb->project->migrations))
        error_hint(error, "`rung init` creates it; --migrations names another folder");
    return code;
}

Code verb_connect_as(Verb *verb, SessionState state, bool *ret_absent, Error *error)
{
    Code code = verb_url(verb, error);
    const DbUrl *url = &verb->project->url;
    *ret_absent = false;
    if (code)
        return code;
    if (url->engine == ENGINE_SQLITE && strcmp(url->path, ":memory:") != 0 &&
        !file_exists(url->path) && !folder_exists(url->path)) {
        *ret_absent = true;
        return RUNG_OK;
    }
    DbOptions options = {.must_exist = true};
    Session *session = &verb->project->session;
    code = session_take(session, url, &options, &verb->db, error);
    verb->project->active[0] = verb->db;
    return code ? code
                : session_set(session, verb->db, state, verb->project->target.lock_timeout_ms,
                              error);
}

Code verb_connect(Verb *verb, bool *ret_absent, Error *error)
{
    return verb_connect_as(verb, SESSION_PLAIN, ret_absent, error);
}

Code verb_plan(Verb *verb, const char *target, bool undo, RunPlan *ret_plan, Error *error)
{
    bool absent;
    Code code = verb_graph(verb, error);
    if (!code)
        code = verb_connect(verb, &absent, error);
    if (code)
        return code;
    return run_plan(absent ? NULL : verb->db, verb->arena, verb->graph, target, undo, ret_plan,
                    error);
}

Code verb_survey(Verb *verb, RunPlan *ret_plan, NameList *ret_unknown, Error *error)
{
    bool absent;
    RunPlan plan = {.arena = verb->arena};
    NameList known = {0}, unknown = {0};
    Code code = verb_graph(verb, error);
    if (!code)
        code = verb_connect(verb, &absent, error);
    if (!code && !absent)
        code = history_read(verb->db, verb->arena, &plan.history, error);
    if (code)
        return code;
    plan.graph = verb->graph;
    HistoryHead *heads = plan.history.heads.at;
    size_t kept = 0;
    for (size_t i = 0; i < plan.history.heads.count; i++) {
        bool found = graph_find(verb->graph, heads[i].revision) != NULL;
        *vec_add(verb->arena, found ? &known : &unknown) = heads[i].revision;
        if (found)
            heads[kept++] = heads[i];
    }
    plan.history.heads.count = kept;
    code = graph_applied(verb->graph, verb->arena, known.at, known.count, &plan.applied, error);
    if (!code)
        code =
            graph_upgrade_path(verb->graph, verb->arena, &plan.applied, "heads", &plan.path, error);
    if (code)
        return code;
    *ret_plan = plan;
    *ret_unknown = unknown;
    return RUNG_OK;
}

Code verb_read_word(const char *option, const char *word, const char *const *words,
                    const char *known, size_t *ret_index, Error *error)
{
    size_t index = 0;
    while (word && words[index] && strcmp(words[index], word) != 0)
        index++;
    if (word && !words[index]) {
        error_set(error, RUNG_USAGE, "--%s does not know \"%s\"", option, word);
        return error_hint(error, "one of %s", known);
    }
    *ret_index = index;
    return RUNG_OK;
}

RunOptions verb_run_options(const Verb *verb)
{
    rung *project = verb->project;
    return (RunOptions){.lock_timeout_ms = project->target.lock_timeout_ms,
                        .statement_timeout_ms = project->target.statement_timeout_ms,
                        .lock_wait_ms = project->target.lock_wait_ms,
                        .retries = project->target.retries,
                        .on_event = project->on_event,
                        .context = project->context,
                        .cancelled = &project->cancelled,
                        .active = &project->active[0]};
}

rung_code verb_run(rung *project, const rung_arguments *arguments, VerbFunction *function,
                   rung_result **ret_result, rung_error **ret_error)
{
    static const rung_arguments standard = RUNG_ARGUMENTS_INIT;
    Error error = {.code = RUNG_OK};
    if (!arguments)
        arguments = &standard;
    if (arguments->version != RUNG_ARGUMENTS_VERSION) {
        error_set(&error, RUNG_USAGE, "rung_arguments has version %u, this library knows %u",
                  arguments->version, RUNG_ARGUMENTS_VERSION);
        return give_error(&error, ret_error);
    }
    Verb verb = {.project = project,
                 .arguments = arguments,
                 .arena = arena_new(),
                 .report = {.json = arguments->json, .verbose = arguments->verbose}};
    Code code = function(&verb, &error);
    hide_active(project);
    if (project->cancelled) /* a late cancel must not hit another verb */
        project->session.keep_us = 0;
    session_give(&project->session, verb.db, verb.tidy);
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        scratch_close(verb.scratch[i]);
    bool answered = code == RUNG_OK || code == RUNG_FOUND || code == RUNG_HAZARD ||
                    (code == RUNG_INVALID && !error.code);
    rung_result *result =
        (answered || verb.reports_failure) && ret_result ? calloc(1, sizeof *result) : NULL;
    if (result) {
        result->report = verb.report;
        *ret_result = result;
    } else
        text_done(&verb.report.text);
    if (code && (!answered || (verb.reports_failure && error.code)))
        give_error(&error, ret_error);
    arena_free(verb.arena);
    return code;
}

/* ---- results and errors ---- */

const char *rung_version(void)
{
    return RUNG_VERSION;
}

const char *rung_result_text(const rung_result *result)
{
    return result ? text_string(&result->report.text) : "";
}

size_t rung_result_count(const rung_result *result)
{
    return result ? result->report.count : 0;
}

void rung_result_free(rung_result *result)
{
    if (result)
        text_done(&result->report.text);
    free(result);
}

rung_code rung_error_code(const rung_error *error)
{
    return error ? error->error.code : RUNG_OK;
}

int rung_error_line(const rung_error *error)
{
    return error ? error->error.line : 0;
}

#define ERROR_TEXT(field)                                                                          \
    const char *rung_error_##field(const rung_error *error)                                        \
    {                                                                                              \
        return error ? error->error.field : "";                                                    \
    }
ERROR_TEXT(message)
ERROR_TEXT(detail)
ERROR_TEXT(hint)
ERROR_TEXT(sqlstate)
ERROR_TEXT(file)
ERROR_TEXT(revision)
ERROR_TEXT(statement)

void rung_error_free(rung_error *error)
{
    free(error);
}

const char *rung_code_name(rung_code code)
{
    return error_code_name(code);
}

int rung_code_exit(rung_code code)
{
    return error_code_exit(code);
}

const char *rung_code_doc(rung_code code)
{
    return error_code_doc(code);
}

bool rung_setting_at(size_t index, rung_setting *ret_setting)
{
    const Setting *setting = config_setting(index);
    if (!setting)
        return false;
    *ret_setting = (rung_setting){setting->name, setting->type, setting->standard, setting->doc};
    return true;
}
