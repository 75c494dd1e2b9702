/* Sends what stands in the outbox: a thread for each channel, with a project of its own. */
#ifndef SERVE_DELIVER_H
#define SERVE_DELIVER_H

#include "serve/service.h"

#include <curl/curl.h>
#include <stdatomic.h>

typedef struct Deliver Deliver;

/* Nothing is sent yet. */
Deliver *deliver_new(void);

/* Reads what `service` says of mail and webhooks, and keeps it until deliver_change. RUNG_CONFIG
 * when templates, addresses or secrets are of no use; all stays as it was then. */
Code deliver_prepare(Deliver *deliver, Service *service, Error *error);

/* From now on it is sent as that says; what is being sent otherwise ends first, within some
 * seconds. RUNG_LIMIT when there are no threads for it. */
Code deliver_change(Deliver *deliver, Error *error);

/* Something may be in the outbox. From any thread. */
void deliver_wake(Deliver *deliver);

/* Ends what is being sent, within some seconds, and gives the rest back. */
void deliver_stop(Deliver *deliver);
void deliver_free(Deliver *deliver);

/* ---- what the channels share ---- */

/* What became of one attempt. */
typedef struct Delivery {
    bool sent;
    bool final;    /* refused for good */
    int attempts;  /* after so many it is given up; 0: as configured */
    int64_t wait;  /* seconds that the other side asked for */
    char told[64]; /* for the log: nothing personal */
    char reason[600];
} Delivery;

void delivery_fail(Delivery *delivery, const char *told, const char *format, ...) PRINTF_LIKE(3, 4);

/* curl's progress function: ends the transfer when the flag behind `context` is set. */
int transfer_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                      curl_off_t up);

#endif
