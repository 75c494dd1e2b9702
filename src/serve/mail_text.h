/* Pieces of a message as RFC 5322 and RFC 2047 have them. */
#ifndef SERVE_MAIL_TEXT_H
#define SERVE_MAIL_TEXT_H

#include "base/arena.h"

/* Whether mail can be sent to it: LOCAL@DOMAIN, without quotes, blanks, controls, brackets, lists
 * or comments. Letters beyond ASCII are right where the server takes them (RFC 6531). */
bool address_is_usable(const char *address);

typedef struct Mailbox {
    const char *name;    /* NULL: none */
    const char *address; /* usable */
    const char *domain;  /* of it */
} Mailbox;

/* "Name <a@b>", or "a@b". False for anything else. */
bool mailbox_read(Arena *arena, const char *text, Mailbox *ret_mailbox);

/* As it stands in From: the name quoted or as encoded words. */
const char *mailbox_print(Arena *arena, const Mailbox *mailbox);

/* Words of a header, as encoded words if they need that, folded. NULL for text with a control
 * character: it could end the header. */
const char *header_text(Arena *arena, const char *text);

/* "Fri, 27 Nov 2026 10:00:00 +0000" */
const char *header_date(Arena *arena, int64_t seconds);

#endif
