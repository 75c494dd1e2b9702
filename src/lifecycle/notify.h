/* What rung.yaml says of mail and webhooks. What is not expanded yet stands as written. */
#ifndef LIFECYCLE_NOTIFY_H
#define LIFECYCLE_NOTIFY_H

#include "base/clock.h"

typedef struct NotifyList {
    const char **at;
    size_t count;
} NotifyList;

typedef struct WebhookPolicy {
    const char *name;
    int line;
    const char *url, *secret; /* as written */
    NotifyList events;        /* none: all */
    int timeout_ms;
} WebhookPolicy;

typedef struct MailPolicy {
    const char *url; /* as written; NULL: there is no mail */
    const char *username, *password;
    const char *from, *reply_to;
    const char *alerts_to; /* address that alerts go to; NULL: none */
    const char *tls;       /* "required", "allowed" */
    const char *templates; /* folder, relative to rung.yaml; NULL: none */
    NotifyList events;     /* none: all */
    int timeout_ms;
} MailPolicy;

typedef struct Notify {
    int line;        /* of the section; 0: there is none */
    const char *app; /* its name, for people */
    const char *ca;  /* PEM file in place of the machine's; NULL */
    NotifyList reminder;
    int attempts;
    int backoff_ms, lease_ms, poll_ms;
    ClockAge keep;
    MailPolicy mail;
    struct {
        WebhookPolicy *at;
        size_t count;
    } webhooks;
} Notify;

#define CHANNEL_MAIL "mail" /* no webhook has this name */

#endif
