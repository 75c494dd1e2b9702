/* Mail by SMTP (libcurl). */
#ifndef SERVE_MAIL_H
#define SERVE_MAIL_H

#include "serve/deliver.h"

typedef struct Mail Mail;

/* Reads templates and addresses. RUNG_CONFIG with the file and line of a template that is wrong.
 * `stop` ends what is being sent. */
Code mail_open(const rung_notify_settings *settings, atomic_bool *stop, Mail **ret_mail,
               Error *error);
void mail_close(Mail *mail);

/* Sends one message of the outbox. Connections stay open until mail_rest. */
void mail_send(Mail *mail, const Value *message, Delivery *ret_delivery);
void mail_rest(Mail *mail);

#endif
