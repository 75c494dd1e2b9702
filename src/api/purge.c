/* purge: erases the subjects that are due, or those that are named. */
#include "report/purge.h"
#include "api/order.h"

static Code run_purge(Verb *verb, Life *life, const PurgeOptions *options, PurgeReport *ret_purge,
                      Error *error)
{
    Code code = purge_run(life, verb->arena, options, ret_purge, error);
    for (size_t i = 0; !code && i < ret_purge->problems.count; i++)
        if (!ret_purge->problems.at[i].held)
            return RUNG_FOUND;
    return code;
}

/* What would go if these were erased: they are taken as they are written. */
static Code count_named(Verb *verb, Life *life, PurgeOptions *options, Error *error)
{
    PurgeReport purge;
    options->keys = verb->arguments->row.at;
    options->key_count = verb->arguments->row.count;
    Code code = run_purge(verb, life, options, &purge, error);
    if (!code)
        report_purge(&verb->report, &purge, true);
    return code || !purge.problems.count ? code : RUNG_FOUND;
}

static Code verb_purge(Verb *verb, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    PurgeOptions options = {
        .subject = arguments->subject, .dry_run = arguments->dry_run, .force = arguments->force};
    PurgeReport purge;
    Life life;
    if (arguments->row.count && !options.subject)
        return error_set(error, RUNG_USAGE, "keys of which subject?");
    Code code = life_open(verb, true, &life, error); /* also a dry run: its lists are temporary */
    if (!code && options.subject && !life_subject(&life, options.subject)) {
        error_set(error, RUNG_UNKNOWN, "lifecycle.subjects has no \"%s\"", options.subject);
        return RUNG_UNKNOWN;
    }
    if (!code && arguments->row.count)
        return options.dry_run ? count_named(verb, &life, &options, error)
                               : order_purge(verb, &life, error);
    if (!code)
        code = run_purge(verb, &life, &options, &purge, error);
    if (!code || code == RUNG_FOUND)
        report_purge(&verb->report, &purge, options.dry_run);
    return code;
}
VERB(purge)
