/* What is to be told of events by mail and webhooks: written in the transaction of the event, sent
 * later by the service. A row has one event and one channel: "mail", or the name of a webhook. */
#ifndef LIFECYCLE_OUTBOX_H
#define LIFECYCLE_OUTBOX_H

#include "lifecycle/guard.h"

typedef enum {
    OUTBOX_REQUESTED,
    OUTBOX_REMINDER,
    OUTBOX_CANCELLED,
    OUTBOX_COMPLETED,
    OUTBOX_ALERT,
    OUTBOX_EVENT_COUNT
} OutboxEvent;

const char *outbox_event_name(OutboxEvent event); /* "requested" */
bool outbox_event_read(const char *name, OutboxEvent *ret_event);

/* ---- writing: in the transaction that is open ---- */

/* An event of one request. Nothing when nobody is to be told. A repeat adds nothing. RUNG_FAILED
 * when the table is not there. */
Code outbox_add(Life *life, const Subject *subject, OutboxEvent event, int64_t request,
                Error *error);

/* The addresses of the subjects that the temporary table rung_subjects lists, into one of this
 * session: once the rows are gone it is too late. */
Code outbox_remember(Life *life, const Subject *subject, Error *error);

/* Of the requests e that meet `condition`, SQL with these values: they are done. They are not
 * marked so yet. */
Code outbox_complete(Life *life, const Subject *subject, const char *condition,
                     const char *const *params, size_t count, Error *error);

/* An alert began. `mark` tells it apart: the same one is told once. */
Code outbox_alert(Life *life, const char *mark, const char *text, Error *error);

/* ---- transactions of their own ---- */

/* What an evaluation found. `kind` says what it is about, whatever the numbers in its text. */
typedef struct OutboxAlert {
    const char *kind, *text;
} OutboxAlert;
typedef VEC(OutboxAlert) OutboxAlertList;

/* All that fire now. Those that fired at the last call are not told again before they ended. */
Code outbox_alerts(Life *life, const OutboxAlertList *list, Error *error);

/* Reminders that are due, and what is to be forgotten: rows that ended longer ago than
 * notify.keep. */
Code outbox_tend(Life *life, int64_t *ret_reminders, Error *error);

typedef struct OutboxMessage {
    int64_t id, request;
    const char *event, *channel, *state, *message_id;
    const char *subject, *hash, *key;                     /* NULL: none, or it is sent */
    const char *address;                                  /* of mail */
    const char *payload;                                  /* a JSON object */
    int64_t created_at, due_at, next_attempt_at, sent_at; /* seconds since 1970; 0: not */
    int64_t attempts;                                     /* this one too, once it is taken */
    const char *error;
} OutboxMessage;
typedef VEC(OutboxMessage) OutboxList;

/* Takes what is due, at most `limit` messages, under a lease of notify.lease; the holder is
 * life->run. Of one request only the oldest that is not ended. `ret_wait`: seconds until the next
 * one is due; -1: there is none. */
Code outbox_take(Life *life, Arena *arena, const char *channel, int64_t limit, OutboxList *ret_list,
                 int64_t *ret_wait, Error *error);

/* It is sent: what is personal goes. RUNG_LOCKED when the lease is another's by now. */
Code outbox_done(Life *life, int64_t id, const char *holder, Error *error);

typedef struct OutboxFailure {
    const char *reason;
    bool final;       /* it is never tried again */
    int64_t attempts; /* after so many it is given up; 0: notify.attempts */
    int64_t wait;     /* seconds, at least */
} OutboxFailure;

/* It was not sent. `ret_state` is "pending", "failed" or "dead", `ret_wait` seconds until the next
 * attempt. */
Code outbox_fail(Life *life, int64_t id, const char *holder, const OutboxFailure *failure,
                 Arena *arena, const char **ret_state, int64_t *ret_wait, Error *error);

/* It was not tried: as if it had not been taken. */
Code outbox_release(Life *life, int64_t id, const char *holder, Error *error);

/* What failed or is dead is tried again. RUNG_UNKNOWN when there is no such message, RUNG_REFUSED
 * when it is sent or under way. */
Code outbox_retry(Life *life, int64_t id, Error *error);

/* Whether one of these functions failed because its table is not there; and then an error that says
 * what to do. */
bool outbox_is_missing(const Error *error);
Code outbox_explain(Code code, Error *error);

/* ---- looking ---- */

typedef struct OutboxCounts {
    int64_t pending, sending, failed, dead, sent;
    int64_t oldest_at; /* of what is pending or under way; 0: nothing is */
} OutboxCounts;

/* The newest last; `all`: also what was sent. At most the last `limit` of them (0: all). */
Code outbox_list(Life *life, Arena *arena, bool all, int64_t limit, OutboxList *ret_list,
                 OutboxCounts *ret_counts, Error *error);

/* All 0 when nothing is configured. */
Code outbox_count(Life *life, OutboxCounts *ret_counts, Error *error);

#endif
