/* What is ordered: erasures by admins, exports by users. */
#ifndef SERVE_ORDERS_H
#define SERVE_ORDERS_H

#include "serve/service.h"

/* Erases all of them, or nobody; at once, or with Prefer: respond-async behind a 202. */
void order_erase(Request *request, const rung_names *ids);

#endif
