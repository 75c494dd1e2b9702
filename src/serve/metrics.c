/* /metrics: what `rung metrics` prints, and what the service counts of itself, in the text format
 * of Prometheus (0.0.4). */
#include "base/clock.h"
#include "serve/count.h"
#include "serve/route.h"
#include "serve/watch.h"

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* A scrape that works says that the database does not. */
static void put_lifecycle(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    Text *text = &request->answer;
    int64_t since = clock_monotonic_us();
    rung_code code = rung_metrics(request->project, &arguments, &result, &error);
    if (code) {
        request_log(request, "metrics: %s%s%s", error ? rung_error_message(error) : "no message",
                    error && *rung_error_hint(error) ? "; " : "",
                    error ? rung_error_hint(error) : "");
        metric_number(text, "lifecycle_up", "gauge", "Whether the database could be asked.", 0);
    } else
        text_put(text, rung_result_text(result));
    int64_t took = clock_monotonic_us() - since;
    metric_head(text, "rung_metrics_query_seconds", "gauge",
                "How long the database took for this page.");
    text_print(text, "rung_metrics_query_seconds %lld.%06lld\n", (long long)(took / 1000000),
               (long long)(took % 1000000));
    rung_error_free(error);
    rung_result_free(result);
}

static void put_ready(Request *request)
{
    bool ready = false;
    int64_t at = watch_last(request->service->shared->watch, &ready);
    metric_number(&request->answer, "rung_ready", "gauge", "What /readyz said the last time.",
                  ready);
    metric_number(&request->answer, "rung_ready_checked_timestamp_seconds", "gauge",
                  "When that was; 0: nobody asked.", at);
}

/* Other parts of the service put their figures here. */
void metrics_show(Request *request)
{
    Text *text = &request->answer;
    put_lifecycle(request);
    put_ready(request);
    counts_put(request->service->shared->counts, request->service->count, text);
    metric_head(text, "rung_build_info", "gauge", "The version that runs.");
    text_print(text, "rung_build_info{version=\"%s\"} 1\n", rung_version());
    process_put(text);
    answer_text(request, 200, TEXT_TYPE);
}
