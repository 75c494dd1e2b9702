/* lint: what the text of revisions and SQL files says about their run. */
#include "api/lint.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "report/hazards.h"

/* ---- the rules themselves ---- */

static void list_rules(Verb *verb, HazardFormat format)
{
    RuleText rule;
    if (format == HAZARDS_MARKDOWN)
        rules_print_page(&verb->report.text);
    else if (format != HAZARDS_JSON)
        rules_print_list(&verb->report.text);
    else {
        Value *list = value_array();
        for (size_t i = 0; rule_text_at(i, &rule); i++) {
            Value *value = value_object();
            value_set_text(value, "name", rule.name);
            value_set_text(value, "severity", severity_name(rule.severity));
            value_set_text(value, "title", rule.title);
            value_set_text(value, "why", rule.why);
            value_set_text(value, "fix", rule.fix);
            value_append(list, value);
        }
        report_document(&verb->report, list);
    }
    for (size_t i = 0; rule_text_at(i, &rule); i++)
        verb->report.count = i + 1;
}

/* ---- what is judged ---- */

static LintFile *add_file(LintJob *job, const char *path, const Revision *revision)
{
    LintFile *file = vec_add(job->verb->arena, &job->files);
    *file = (LintFile){.path = path, .revision = revision};
    return file;
}

static Code read_file(Verb *verb, LintFile *file, Error *error)
{
    char *data;
    Code code =
        file_read(verb->arena, file->path, REVISION_SIZE_LIMIT, &data, &file->length, error);
    file->data = data;
    return code;
}

static Revision *revision_of_path(const Verb *verb, const char *path)
{
    const RevisionList *all = verb->graph ? graph_revisions(verb->graph) : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        if (strcmp(all->at[i]->path, path) == 0)
            return all->at[i];
    return NULL;
}

/* A revision file of another folder is one, too. */
static Code add_plain(LintJob *job, const char *path, Error *error)
{
    static const char heading[] = "-- rung:revision";
    Revision *revision = NULL;
    LintFile *file = add_file(job, path, NULL);
    Code code = read_file(job->verb, file, error);
    if (code)
        return code;
    if (strncmp(file->data, heading, sizeof heading - 1) == 0)
        code = revision_read(job->verb->arena, path, file->data, file->length, &revision, error);
    file->revision = revision;
    return code;
}

/* A folder that is not there is only missed where a revision is named. */
static Code find_graph(Verb *verb, bool *ret_there, Error *error)
{
    *ret_there = folder_exists(verb->project->migrations);
    return *ret_there ? verb_graph(verb, error) : RUNG_OK;
}

static Code take_operand(LintJob *job, const char *operand, Error *error)
{
    Verb *verb = job->verb;
    Revision *revision = revision_of_path(verb, operand);
    if (!revision && file_exists(operand) && !folder_exists(operand))
        return add_plain(job, operand, error);
    Code code = verb_graph(verb, error);
    if (!code && !revision)
        code = graph_resolve(verb->graph, operand, &revision, error);
    if (!code)
        job->judged[revision->order] = true;
    return code;
}

/* Pending ones, as far as the database can be asked; else all. */
static Code take_pending(LintJob *job, Error *error)
{
    Verb *verb = job->verb;
    RunPlan plan;
    NameList unknown;
    Error failed;
    const RevisionList *all = graph_revisions(verb->graph);
    Code code = verb_survey(verb, &plan, &unknown, &failed);
    if (code == RUNG_INTERRUPTED) {
        *error = failed;
        return code;
    }
    if (code && verb->project->have_url)
        verb_tell(verb, RUNG_EVENT_NOTICE, "all revisions are judged: %s", failed.message);
    for (size_t i = 0; i < all->count; i++)
        job->judged[i] = code || !plan.applied.has[i];
    job->applied = code ? NULL : plan.applied.has;
    return RUNG_OK;
}

/* Which of the named ones the database has: --fix leaves those alone. */
static void ask_applied(LintJob *job)
{
    RunPlan plan;
    NameList unknown;
    Error ignored;
    if (!verb_survey(job->verb, &plan, &unknown, &ignored))
        job->applied = plan.applied.has;
}

static Code choose(LintJob *job, Error *error)
{
    bool there;
    const rung_arguments *arguments = job->verb->arguments;
    Code code = find_graph(job->verb, &there, error);
    if (!code && !there && !arguments->revision_count)
        code = verb_graph(job->verb, error);
    if (code)
        return code;
    size_t count = there ? graph_revisions(job->verb->graph)->count : 0;
    job->judged = arena_alloc_array(job->verb->arena, count + 1, sizeof *job->judged);
    if (!arguments->revision_count)
        return take_pending(job, error);
    for (size_t i = 0; !code && i < arguments->revision_count; i++)
        code = take_operand(job, arguments->revisions[i], error);
    if (!code && there)
        ask_applied(job);
    return code;
}

/* ---- for which engines ---- */

static bool has_own_section(const LintJob *job, Engine engine)
{
    const RevisionList *all = job->verb->graph ? graph_revisions(job->verb->graph) : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        for (size_t k = 0; k < all->at[i]->sections.count; k++) {
            const Section *section = &all->at[i]->sections.at[k];
            if (!section->any_engine && section->engine == engine)
                return true;
        }
    return false;
}

/* The engine of a URL whose variables may not be set here. */
static void note_engine(const char *url, bool *engines)
{
    if (!url)
        return;
    if (strncmp(url, "sqlite:", 7) == 0)
        engines[ENGINE_SQLITE] = true;
    else
        engines[ENGINE_POSTGRESQL] = true;
}

/* That of the target that is named, else those of all targets. */
static void find_engines(LintJob *job)
{
    Error ignored;
    Verb *verb = job->verb;
    const Config *config = &verb->project->config;
    bool *engines = job->engines;
    bool known = verb_url(verb, &ignored) == RUNG_OK;
    if (known)
        engines[verb->project->url.engine] = true;
    else
        note_engine(verb->project->target.url, engines);
    bool named = verb->project->url_option || verb->project->target_named;
    for (size_t i = 0; !named && i < config->targets.count; i++)
        note_engine(config->targets.at[i].url, engines);
    job->guessed = !engines[ENGINE_POSTGRESQL] && !engines[ENGINE_SQLITE];
    if (job->guessed) {
        engines[ENGINE_POSTGRESQL] = true;
        engines[ENGINE_SQLITE] = has_own_section(job, ENGINE_SQLITE);
    }
    job->first = known                        ? verb->project->url.engine
                 : engines[ENGINE_POSTGRESQL] ? ENGINE_POSTGRESQL
                                              : ENGINE_SQLITE;
}

/* ---- judging ---- */

static Code lint_revisions(LintJob *job, Lint *lint, Error *error)
{
    Code code = RUNG_OK;
    const RevisionList *all = job->verb->graph ? graph_revisions(job->verb->graph) : NULL;
    for (size_t i = 0; !code && all && i < all->count; i++) {
        LintFile file = {.path = all->at[i]->path, .revision = all->at[i]};
        code = read_file(job->verb, &file, error);
        if (!code)
            code = lint_file(lint, &file, job->judged[i], error);
        if (!code && job->judged[i] && job->each)
            code = job->each(job, lint, &file, error);
    }
    return code;
}

/* What rewrites a table depends on them: timestamp to timestamptz does not where it is UTC. */
static void ask_server(const Verb *verb, LintOptions *options)
{
    DbRows rows;
    Error ignored;
    DbStatement zone = {.sql = "SHOW TimeZone"};
    options->version = db_version(verb->db);
    options->utc = db_query(verb->db, verb->arena, &zone, &rows, &ignored) == RUNG_OK &&
                   strcmp(db_cell(&rows, 0, 0), "UTC") == 0;
}

static Code lint_engine(LintJob *job, Engine engine, Error *error)
{
    Lint *lint = NULL;
    Verb *verb = job->verb;
    const Config *config = &verb->project->config;
    LintOptions options = {.engine = engine,
                           .is_target = !job->guessed,
                           .disabled = config->lint.disabled.at,
                           .disabled_count = config->lint.disabled.count,
                           .today = clock_print_iso(verb->arena, clock_wall_us())};
    options.today = arena_copy(verb->arena, options.today, strlen("2027-01-31"));
    if (verb->db && db_engine(verb->db) == engine && engine == ENGINE_POSTGRESQL)
        ask_server(verb, &options);
    Code code = lint_new(verb->arena, &options, &lint, error);
    job->lints[engine] = lint;
    if (!code)
        code = lint_revisions(job, lint, error);
    for (size_t i = 0; !code && engine == job->first && i < job->files.count; i++) {
        code = lint_file(lint, &job->files.at[i], true, error);
        if (!code && job->each)
            code = job->each(job, lint, &job->files.at[i], error);
    }
    return code;
}

Code lint_run(LintJob *job, Error *error)
{
    Code code = choose(job, error);
    if (!code)
        find_engines(job);
    for (int engine = 0; !code && engine < ENGINE_COUNT; engine++)
        if (job->engines[engine])
            code = lint_engine(job, (Engine)engine, error);
    return code;
}

void lint_done(LintJob *job)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        lint_free(job->lints[i]);
}

/* ---- reporting ---- */

/* What both engines have in common is told once. */
static void collect(const LintJob *job, HazardList *list, HazardReport *report)
{
    Arena *arena = job->verb->arena;
    Map *told[ENGINE_COUNT] = {map_new(arena), map_new(arena)};
    for (int engine = 0; engine < ENGINE_COUNT; engine++) {
        const Lint *lint = job->lints[engine];
        const HazardList *found = lint ? lint_hazards(lint) : NULL;
        for (size_t i = 0; found && i < found->count; i++) {
            const Hazard *hazard = &found->at[i];
            const char *place =
                arena_print(arena, "%s %zu %s", hazard->rule, hazard->line, hazard->file);
            map_set(told[engine], place, told);
            if (engine == 0 || !map_get(told[0], place))
                *vec_add(arena, list) = *hazard;
        }
        if (lint) {
            LintCounts counts = lint_counts(lint);
            report->ignored += counts.ignored;
            report->statements += counts.statements;
        }
    }
}

static void list_files(const LintJob *job, HazardReport *report)
{
    const RevisionList *all = job->verb->graph ? graph_revisions(job->verb->graph) : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        if (job->judged[i])
            *vec_add(job->verb->arena, &report->files) = all->at[i]->path;
    for (size_t i = 0; i < job->files.count; i++)
        *vec_add(job->verb->arena, &report->files) = job->files.at[i].path;
}

static Code report_job(LintJob *job, HazardFormat format)
{
    Verb *verb = job->verb;
    RuleText rule;
    HazardList list = {0};
    HazardReport report = {.verb = "lint", .hazards = &list, .strict = verb->arguments->strict};
    collect(job, &list, &report);
    list_files(job, &report);
    for (size_t i = 0; rule_text_at(i, &rule); i++)
        *vec_add(verb->arena, &report.rules) =
            (HazardRule){rule.name, rule.title, rule.why, rule.fix, rule.severity};
    report_hazards(&verb->report, &report, format);
    return hazards_stop(&report) ? RUNG_HAZARD : RUNG_OK;
}

static Code verb_lint(Verb *verb, Error *error)
{
    size_t format;
    LintJob job = {.verb = verb};
    const rung_arguments *arguments = verb->arguments;
    const char *word = !arguments->format && arguments->json ? "json" : arguments->format;
    Code code = verb_read_word("format", word, hazard_formats, hazard_format_words, &format, error);
    if (code)
        return code;
    if (arguments->rules) {
        list_rules(verb, (HazardFormat)format);
        return RUNG_OK;
    }
    if (arguments->fix)
        code = lint_fix_all(verb, error);
    if (!code)
        code = lint_run(&job, error);
    if (!code)
        code = report_job(&job, (HazardFormat)format);
    lint_done(&job);
    return code;
}
VERB(lint)
