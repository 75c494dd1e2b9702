/* metrics: the lifecycle's figures for Prometheus. */
#include "report/metrics.h"
#include "api/life.h"
#include "api/output.h"

static Code verb_metrics(Verb *verb, Error *error)
{
    Life life;
    Metrics metrics;
    Text text = TEXT_EMPTY;
    Code code = life_peek(verb, false, &life, error);
    verb->tidy = true;
    if (!code)
        code = metrics_read(&life, verb->arena, &metrics, error);
    if (!code)
        report_metrics(&text, &metrics, life.policy);
    if (!code)
        code = output_give(verb, "metrics", &text, error);
    text_done(&text);
    return code;
}
VERB(metrics)
