/* artifacts and guide: one revision as a pack of files for a review, and as a guide. */
#include "api/evidence.h"
#include "api/output.h"
#include "base/file.h"
#include "report/dossier.h"
#include "report/html.h"

typedef struct Pack {
    Verb *verb;
    Evidence evidence;
    Dossier dossier;
    Script *up, *down;
} Pack;

/* " --target prod" for a target that is not the first. */
static const char *options_of(Verb *verb)
{
    const rung *project = verb->project;
    const Config *config = &project->config;
    if (project->url_option || !project->target.name || !config->targets.count ||
        strcmp(project->target.name, config->targets.at[0].name) == 0)
        return "";
    return arena_print(verb->arena, " --target %s", project->target.name);
}

/* Sizes are a help, not a need: a target that cannot be reached gives none. */
static void read_sizes(Pack *pack)
{
    Error ignored;
    bool absent;
    Verb *verb = pack->verb;
    if (verb->project->url.engine != ENGINE_POSTGRESQL || verb_connect(verb, &absent, &ignored) ||
        absent)
        return;
    sizes_read(verb->db, verb->arena, &pack->evidence.rehearsing.sizes, &ignored);
}

static Code load_scripts(Pack *pack, Error *error)
{
    Engine engine = pack->verb->project->url.engine;
    Revision *revision = pack->evidence.revision;
    Code code = script_load(revision, engine, false, &pack->up, error);
    if (!code && pack->evidence.result->has_down)
        code = script_load(revision, engine, true, &pack->down, error);
    return code;
}

static Code pack_open(Pack *pack, bool sizes, Error *error)
{
    Verb *verb = pack->verb;
    if (!verb->arguments->revision)
        return error_set(error, RUNG_USAGE, "which revision? Its id, or head");
    Code code = verb_url(verb, error);
    if (!code && sizes)
        read_sizes(pack);
    if (!code)
        code = evidence_gather(verb, verb->arguments->revision, false, &pack->evidence, error);
    if (!code)
        code = load_scripts(pack, error);
    if (code)
        return code;
    pack->dossier = (Dossier){.engine = verb->project->url.engine,
                              .revision = pack->evidence.revision,
                              .rehearsal = pack->evidence.rehearsing.rehearsal,
                              .result = pack->evidence.result,
                              .generated = &pack->evidence.generated,
                              .up = pack->up,
                              .down = pack->down,
                              .sizes = &pack->evidence.rehearsing.sizes,
                              .options = options_of(verb)};
    return RUNG_OK;
}

static void pack_done(Pack *pack)
{
    script_free(pack->up);
    script_free(pack->down);
    evidence_done(&pack->evidence);
}

/* ---- artifacts ---- */

static Code write_part(Pack *pack, const char *folder, const char *name, Text *text,
                       WrittenReport *written, Error *error)
{
    Verb *verb = pack->verb;
    const char *path = path_join(verb->arena, folder, name);
    Code code = text->failed ? error_set(error, RUNG_LIMIT, "%s is too large", name)
                             : file_write(path, text_string(text), text->length, error);
    if (!code)
        *vec_add(verb->arena, &written->paths) = path;
    text_done(text);
    return code;
}

static Code write_script(Pack *pack, const char *folder, const char *name, const Script *script,
                         WrittenReport *written, Error *error)
{
    Text text = TEXT_EMPTY;
    Code code = run_print_plain(script, &text, error);
    if (!code)
        return write_part(pack, folder, name, &text, written, error);
    text_done(&text);
    return code;
}

static void put_validation(Pack *pack, Text *text)
{
    Report report = {.text = TEXT_EMPTY};
    RevisionChecks own = {.revision = pack->evidence.revision};
    for (size_t i = 0; i < pack->evidence.result->checks.count; i++)
        *vec_add(pack->verb->arena, &own.results) = pack->evidence.result->checks.at[i];
    report_validation_sql(&report, pack->dossier.engine, pack->evidence.revision, &own,
                          &pack->evidence.generated);
    *text = report.text;
}

static Code write_pack(Pack *pack, const char *folder, WrittenReport *written, Error *error)
{
    Text validation, summary = TEXT_EMPTY, guide = TEXT_EMPTY;
    Code code = write_script(pack, folder, "up.sql", pack->up, written, error);
    if (!code && pack->down)
        code = write_script(pack, folder, "rollback.sql", pack->down, written, error);
    if (code)
        return code;
    put_validation(pack, &validation);
    report_summary(&pack->dossier, &summary);
    report_guide(&pack->dossier, &guide);
    code = write_part(pack, folder, "validate.sql", &validation, written, error);
    if (!code)
        code = write_part(pack, folder, "summary.txt", &summary, written, error);
    if (!code)
        code = write_part(pack, folder, "guide.md", &guide, written, error);
    return code;
}

static Code verb_artifacts(Verb *verb, Error *error)
{
    Pack pack = {.verb = verb};
    WrittenReport written = {0};
    Code code = pack_open(&pack, true, error);
    if (!code) {
        const char *folder = verb->arguments->directory;
        if (!folder) {
            code = folder_make("artifacts", error);
            folder = arena_print(verb->arena, "artifacts/%s", pack.evidence.revision->id);
        }
        if (!code)
            code = folder_make(folder, error);
        if (!code)
            code = write_pack(&pack, folder, &written, error);
    }
    if (!code)
        report_written(&verb->report, &written);
    pack_done(&pack);
    return code;
}
VERB(artifacts)

/* ---- guide ---- */

static Code verb_guide(Verb *verb, Error *error)
{
    static const char *const formats[] = {"markdown", "html", NULL};
    Pack pack = {.verb = verb};
    Text markdown = TEXT_EMPTY, html = TEXT_EMPTY;
    size_t format;
    Code code = verb_read_word("format", verb->arguments->format, formats, "markdown, html",
                               &format, error);
    if (!code)
        code = output_check_arguments(verb, error);
    if (!code)
        code = pack_open(&pack, false, error);
    if (!code) {
        report_guide(&pack.dossier, &markdown);
        if (format == 1)
            report_html(pack.evidence.revision->message, text_string(&markdown), markdown.length,
                        &html);
        code = output_give(verb, formats[format], format == 1 ? &html : &markdown, error);
    }
    text_done(&markdown);
    text_done(&html);
    pack_done(&pack);
    return code;
}
VERB(guide)
