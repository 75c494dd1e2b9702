/* Sockets that connections come in by. */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include "base/error.h"

enum { LISTEN_HOST_SIZE = 128 };

typedef struct Listen {
    int fd;     /* -1: none */
    bool given; /* by systemd: others hold it too */
    bool six;   /* IPv6 */
    bool open;  /* more than this machine reaches it */
    int port;
    char host[LISTEN_HOST_SIZE]; /* "[::1]" */
} Listen;

/* Listens on `text`, "127.0.0.1:8000", which `setting` names in the errors. */
Code listen_open(const char *setting, const char *text, Listen *ret_listen, Error *error);

/* The socket that systemd opened for us, the first of LISTEN_FDS; false if there is none. The
 * variables are removed. */
bool listen_take(Listen *ret_listen);

/* Refuses what would connect; those that are connected stay. */
void listen_shut(Listen *listen);
void listen_close(Listen *listen);

#endif
