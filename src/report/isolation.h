/* The proof of isolation as text and as JSON. */
#ifndef REPORT_ISOLATION_H
#define REPORT_ISOLATION_H

#include "prove/isolation.h"
#include "report/report.h"

/* `column` is the tenant column. Returns whether anything stands in the way. */
bool report_isolation(Report *report, const Isolation *isolation, const char *column);

#endif
