/* The lifecycle's figures in Prometheus' text format (0.0.4). */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

#include "base/text.h"
#include "lifecycle/metrics.h"
#include "lifecycle/policy.h"

/* "# HELP", "# TYPE" and the samples of every metric, also of those that have no sample yet. */
void report_metrics(Text *text, const Metrics *metrics, const Lifecycle *policy);

#endif
