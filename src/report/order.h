/* Orders: what was ordered, and what became of it. */
#ifndef REPORT_ORDER_H
#define REPORT_ORDER_H

#include "lifecycle/order.h"
#include "report/report.h"

/* One order; `repeated`: it was placed before, with the same key of idempotency. JSON has id, kind,
 * state, subject, total, done, detached, repeated, ordered_by, created_at, finished_at, problem,
 * problems; of an export also path, sha256, bytes, expires_at, expired. */
void report_order(Report *report, const Order *order, const OrderProblems *problems, bool repeated);

/* It was refused: nothing was changed. */
void report_order_refused(Report *report, const char *subject, const OrderProblems *problems);

/* It was asked for too often. */
void report_order_wait(Report *report, int64_t seconds);

void report_orders(Report *report, const OrderList *list);

#endif
