/* Whether the section notify of rung.yaml can be right. */
#ifndef API_NOTIFY_H
#define API_NOTIFY_H

#include "api/config.h"

/* RUNG_CONFIG with the line. Nothing is expanded: who only writes into the outbox needs no
 * secrets. */
Code notify_check(const Config *config, Error *error);

#endif
