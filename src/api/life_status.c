/* status --lifecycle: how many wait to be erased, and what needs somebody. */
#include "api/life.h"
#include "lifecycle/measure.h"
#include "report/life.h"

/* For those who watch: each kind, also those that do not fire. */
static void store_alerts(Verb *verb, Life *life, const Survey *survey)
{
    VEC(Measure) list = {0};
    const SurveyAlertKind *kind;
    for (size_t i = 0; (kind = survey_alert_kind(i)) != NULL; i++) {
        Measure *measure = vec_add(verb->arena, &list);
        *measure = (Measure){.label = kind->kind};
        for (size_t k = 0; k < survey->alerts.count; k++)
            measure->number += strcmp(survey->alerts.at[k].kind, kind->kind) == 0;
    }
    measure_store(life, "alert", (int64_t)survey->alerts.count, list.at, list.count);
}

Code life_status(Verb *verb, Error *error)
{
    Life life;
    Survey survey;
    Code code = life_look(verb, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (!code)
        code = survey_read(&life, verb->arena, &survey, error);
    if (code)
        return code;
    store_alerts(verb, &life, &survey);
    report_survey(&verb->report, &survey);
    return survey.alerts.count ? RUNG_FOUND : RUNG_OK;
}
