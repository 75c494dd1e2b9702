/* Webhooks: POST, signed as Standard Webhooks have it (standardwebhooks.com, specification 1.0). */
#ifndef SERVE_WEBHOOK_H
#define SERVE_WEBHOOK_H

#include "serve/deliver.h"

typedef struct Webhook Webhook;

/* RUNG_CONFIG for a secret that is of no use. */
Code webhook_open(const rung_notify_settings *settings, const rung_notify_webhook *webhook,
                  atomic_bool *stop, Webhook **ret_webhook, Error *error);
void webhook_close(Webhook *webhook);

/* Sends one message of the outbox. Connections stay open until webhook_rest. */
void webhook_send(Webhook *webhook, const Value *message, Delivery *ret_delivery);
void webhook_rest(Webhook *webhook);

#endif
