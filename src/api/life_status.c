/* status --lifecycle: how many wait to be erased, and what needs somebody. */
#include "api/life.h"
#include "report/life.h"

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
    report_survey(&verb->report, &survey);
    return survey.alerts.count ? RUNG_FOUND : RUNG_OK;
}
