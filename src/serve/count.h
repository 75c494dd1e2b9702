/* What the service counts of itself. */
#ifndef SERVE_COUNT_H
#define SERVE_COUNT_H

#include "base/text.h"

typedef struct Counts Counts;
typedef struct Request Request;

Counts *counts_new(void);
void counts_free(Counts *counts);

/* ---- from any thread ---- */

void counts_begin(const Request *request);            /* it came in */
void counts_end(const Request *request);              /* it is answered, or its client is gone */
void counts_wait(const Request *request, int change); /* it is in the queue of the workers */
void counts_work(const Request *request, int change); /* a worker is at it */

/* Samples in Prometheus' text format. */
void counts_put(Counts *counts, size_t workers, Text *text);

/* "# HELP" and "# TYPE". */
void metric_head(Text *text, const char *name, const char *type, const char *help);
void metric_number(Text *text, const char *name, const char *type, const char *help,
                   int64_t number);

/* Process metrics, named as Prometheus' own clients do. */
void process_put(Text *text);

#endif
