/* Orders, for the verbs that place them and the one that carries them out. */
#ifndef API_ORDER_H
#define API_ORDER_H

#include "api/life.h"
#include "lifecycle/order.h"

/* purge with rows: all of them, or nobody and RUNG_FOUND. With `later` it is carried out by
 * others. */
Code order_purge(Verb *verb, Life *life, Error *error);

/* export with `later`. RUNG_FOUND when it was asked for too often. */
Code order_export_later(Verb *verb, Error *error);

/* The folder of archives. */
const char *export_folder(Verb *verb);

#endif
