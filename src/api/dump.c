/* dump: a schema as text that rebuilds it. */
#include "api/dump.h"
#include "base/file.h"
#include "report/catalog.h"
#include "report/folder.h"
#include "source/empty.h"
#include "source/snapshot.h"

enum { INDEX_LIMIT = 64 * 1024 * 1024 };

/* ---- a folder ---- */

/* What an earlier dump wrote; anything else in the folder stays, and then nothing is written. */
static Code clear_folder(Verb *verb, const char *folder, Error *error)
{
    char *data;
    size_t length;
    Error ignored;
    SchemaPaths paths = {0};
    const char *index = path_join(verb->arena, folder, "index.sql");
    Code code = RUNG_OK;
    if (folder_is_empty(folder))
        return folder_make(folder, error);
    if (file_read(verb->arena, index, INDEX_LIMIT, &data, &length, &ignored) ||
        !strstr(data, "-- rung:index ")) {
        error_set(error, RUNG_USAGE, "the folder %s holds something else", folder);
        return error_hint(error, "--dir takes a new folder, or one that an earlier dump wrote");
    }
    files_index(verb->arena, data, &paths);
    for (size_t i = 0; !code && i < paths.count; i++) {
        const char *path = path_join(verb->arena, folder, paths.at[i]);
        if (paths.at[i][0] != '/' && !strstr(paths.at[i], "..") && file_exists(path))
            code = file_remove(path, error);
    }
    return code ? code : file_remove(index, error);
}

static Code write_folder(Verb *verb, const char *folder, FolderFiles *files, Error *error)
{
    WrittenReport written = {0};
    Code code = clear_folder(verb, folder, error);
    /* the index comes last: what it names is there */
    for (size_t i = files->count; !code && i-- > 0;) {
        const char *path = path_join(verb->arena, folder, files->at[i].path);
        code = folder_make(path_folder(verb->arena, path), error);
        if (!code)
            code = file_write_new(path, text_string(&files->at[i].text), files->at[i].text.length,
                                  error);
    }
    for (size_t i = 0; i < files->count; i++)
        *vec_add(verb->arena, &written.paths) = path_join(verb->arena, folder, files->at[i].path);
    if (!code)
        report_written(&verb->report, &written);
    return code;
}

static Code dump_folder(Verb *verb, const Plan *plan, Error *error)
{
    FolderFiles files;
    report_folder(plan, &files);
    Code code = write_folder(verb, verb->arguments->directory, &files, error);
    for (size_t i = 0; i < files.count; i++)
        text_done(&files.at[i].text);
    return code;
}

/* ---- formats ---- */

static Code plan_side(Verb *verb, Side *side, Plan **ret_plan, Error *error)
{
    Catalog *empty;
    Code code = source_empty(verb->arena, side->engine, side->catalog->version, &empty, error);
    if (!code)
        code = plan_make(verb->arena, empty, side->catalog, NULL, ret_plan, error);
    if (code)
        return code;
    for (size_t i = 0; i < (*ret_plan)->refusals.count; i++)
        verb_tell(verb, RUNG_EVENT_WARNING, "%s",
                  report_refusal(verb->arena, &(*ret_plan)->refusals.at[i]));
    return RUNG_OK;
}

Code dump_plan(Verb *verb, Side *ret_side, Plan **ret_plan, Error *error)
{
    Plan *plan;
    Code code = side_target(verb, ret_side, error);
    ret_side->may_be_absent = true;
    if (!code)
        code = sides_load(verb, ret_side, NULL, error);
    if (!code)
        code = plan_side(verb, ret_side, &plan, error);
    if (!code)
        *ret_plan = plan->refusals.count ? NULL : plan;
    return code;
}

static Code dump_sql(Verb *verb, Side *side, Error *error)
{
    Plan *plan;
    Code code = plan_side(verb, side, &plan, error);
    if (code)
        return code;
    if (plan->refusals.count)
        return error_set(error, RUNG_REFUSED, "%zu object%s cannot be written as SQL",
                         plan->refusals.count, plan->refusals.count == 1 ? "" : "s");
    if (verb->arguments->directory)
        return dump_folder(verb, plan, error);
    report_dump(&verb->report, plan);
    return RUNG_OK;
}

static Code dump_side(Verb *verb, Side *side, size_t format, Error *error)
{
    Code code = sides_load(verb, side, NULL, error);
    if (code)
        return code;
    verb->report.count = side->catalog->count;
    if (format == 0)
        return dump_sql(verb, side, error);
    if (format == 1)
        snapshot_write(side->catalog, &verb->report.text);
    else
        report_markdown(&verb->report, side->catalog);
    return RUNG_OK;
}

static Code verb_dump(Verb *verb, Error *error)
{
    static const char *const formats[] = {"sql", "json", "markdown", NULL};
    const rung_arguments *arguments = verb->arguments;
    bool json = arguments->json && !arguments->directory;
    const char *word = !arguments->format && json ? "json" : arguments->format;
    Side side = {0};
    size_t format;
    Code code = verb_read_word("format", word, formats, "sql, json, markdown", &format, error);
    if (!code && format && arguments->directory)
        code = error_set(error, RUNG_USAGE, "--dir writes SQL files: --format has no use there");
    if (!code)
        code = side_target(verb, &side, error);
    if (!code)
        code = dump_side(verb, &side, format, error);
    side_done(&side);
    return code;
}
VERB(dump)
