/* export: all rows of a subject in one archive. */
#include "lifecycle/export.h"
#include "api/order.h"
#include "base/file.h"
#include "report/export.h"

const char *export_folder(Verb *verb)
{
    const Config *config = &verb->project->config;
    return verb->arguments->output
               ? verb->arguments->output
               : path_join(verb->arena, config->folder, config->lifecycle.exports);
}

static Code check_arguments(const rung_arguments *arguments, Error *error)
{
    int wanted = (arguments->subject != NULL) + arguments->list + arguments->expire;
    if (wanted == 1)
        return RUNG_OK;
    if (wanted)
        return error_set(error, RUNG_USAGE, "--subject, --list, --expire: one of them");
    error_set(error, RUNG_USAGE, "whose rows? --subject is missing");
    return error_hint(error, "rung export --subject users:42; or --list, --expire");
}

static Code export_subject(Verb *verb, Error *error)
{
    Life life;
    Subject subject;
    ExportResult result;
    const char *key;
    Code code =
        life_open_subject(verb, true, verb->arguments->subject, &life, &subject, &key, error);
    if (!code)
        code = export_run(&life, verb->arena, &subject, key, export_folder(verb), &result, error);
    if (!code)
        report_export(&verb->report, &result);
    return code;
}

/* RUNG_FOUND when the history and the folder do not agree. */
static Code export_look(Verb *verb, Error *error)
{
    Life life;
    ExportList list = {0};
    bool expire = verb->arguments->expire;
    Code code = life_open(verb, true, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code && expire)
        code = export_expire(&life, verb->arena, export_folder(verb), &list, error);
    else if (!code)
        code = export_list(&life, verb->arena, export_folder(verb), (int64_t)verb->arguments->limit,
                           &list, error);
    if (code)
        return code;
    report_exports(&verb->report, &list, expire);
    bool found = list.unknown.count > 0;
    for (size_t i = 0; i < list.rows.count; i++)
        found |= list.rows.at[i].missing;
    return found ? RUNG_FOUND : RUNG_OK;
}

static Code verb_export(Verb *verb, Error *error)
{
    Code code = check_arguments(verb->arguments, error);
    if (code)
        return code;
    if (verb->arguments->subject && verb->arguments->later)
        return order_export_later(verb, error);
    return verb->arguments->subject ? export_subject(verb, error) : export_look(verb, error);
}
VERB(export)
