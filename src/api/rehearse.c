/* rehearse: what the pending revisions do, seen on a scratch copy of the target's schema. */
#include "api/rehearsing.h"
#include "report/hazards.h"
#include "report/rehearsal.h"

/* The forms that pipelines read have the hazards alone. */
static Code report_hazards_alone(Verb *verb, const Rehearsing *rehearsing, HazardFormat format)
{
    static const HazardList none = {0};
    const Rehearsal *rehearsal = rehearsing->rehearsal;
    HazardReport report = {.verb = "rehearse",
                           .hazards = rehearsal ? &rehearsal->hazards : &none,
                           .statements = rehearsal ? rehearsal->observed.count : 0};
    for (size_t i = 0; rehearsal && i < rehearsal->revisions.count; i++)
        *vec_add(verb->arena, &report.files) = rehearsal->revisions.at[i].revision->path;
    report_hazards(&verb->report, &report, format);
    return hazards_stop(&report) ? RUNG_HAZARD : RUNG_OK;
}

static Code report_it(Verb *verb, const Rehearsing *rehearsing, HazardFormat format)
{
    if (format != HAZARDS_TEXT && format != HAZARDS_JSON && format != HAZARDS_MARKDOWN)
        return report_hazards_alone(verb, rehearsing, format);
    RehearsalReport report = {.rehearsal = rehearsing->rehearsal,
                              .engine = rehearsing->engine,
                              .target = verb->arguments->from ? verb->arguments->from
                                                              : verb->project->url.shown,
                              .sizes = &rehearsing->sizes,
                              .queries = &rehearsing->queries,
                              .budget_us = rehearsing->options.budget_us};
    if (report.rehearsal)
        report.scratch = scratch_title(verb->scratch[report.engine]);
    bool stops = report_rehearsal(&verb->report, &report, format == HAZARDS_MARKDOWN);
    return stops ? RUNG_HAZARD : RUNG_OK;
}

static Code verb_rehearse(Verb *verb, Error *error)
{
    Rehearsing rehearsing = {.verb = verb,
                             .named = verb->arguments->revisions,
                             .named_count = verb->arguments->revision_count};
    size_t format;
    Code code = verb_read_word("format", verb->arguments->format, hazard_formats,
                               hazard_format_words, &format, error);
    if (!code)
        code = rehearsing_read(&rehearsing, error);
    if (!code)
        code = rehearsing_run(&rehearsing, error);
    if (code)
        return code;
    if (format == HAZARDS_JSON)
        verb->report.json = true;
    code = report_it(verb, &rehearsing, (HazardFormat)format);
    rehearsing_done(&rehearsing);
    return code;
}
VERB(rehearse)
