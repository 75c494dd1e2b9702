/* purge: erases the subjects that are due. */
#include "report/purge.h"
#include "api/life.h"

static Code verb_purge(Verb *verb, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    PurgeOptions options = {
        .subject = arguments->subject, .dry_run = arguments->dry_run, .force = arguments->force};
    PurgeReport purge;
    Life life;
    Code code = life_open(verb, true, &life, error); /* also a dry run: its lists are temporary */
    if (!code && options.subject && !life_subject(&life, options.subject)) {
        error_set(error, RUNG_UNKNOWN, "lifecycle.subjects has no \"%s\"", options.subject);
        return RUNG_UNKNOWN;
    }
    if (!code)
        code = purge_run(&life, verb->arena, &options, &purge, error);
    if (!code)
        report_purge(&verb->report, &purge, options.dry_run);
    for (size_t i = 0; !code && i < purge.problems.count; i++)
        if (!purge.problems.at[i].held)
            code = RUNG_FOUND;
    return code;
}
VERB(purge)
