/* The certificate of the service, and the certificates of its clients. */
#ifndef SERVE_TLS_H
#define SERVE_TLS_H

#include "base/arena.h"
#include "base/error.h"
#include "rung/rung.h"

/* TLS 1.2 and 1.3, and what GnuTLS calls 128 bits. */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

typedef struct Tls {
    const char *certificate, *key, *client_ca; /* PEM; client_ca: NULL if none is asked for */
    const char *warning;                       /* for people; NULL: none */
} Tls;

/* NULL without serve.tls. RUNG_CONFIG, or RUNG_FILE, for files that are of no use: that are not
 * there, no PEM, a key of another certificate, one with a password. What it returns belongs to
 * `arena`; it holds the key. */
Code tls_read(Arena *arena, const rung_serve_settings *settings, Tls **ret_tls, Error *error);

bool tls_is_same(const Tls *a, const Tls *b);

/* Whether the client's certificate, of a session of GnuTLS, is one that client_ca signed. */
bool tls_client_is_right(void *session);

#endif
