/* The HTTP server. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/service.h"

typedef struct Server Server;

/* Listens on settings.listen, or the socket that systemd gave, and on settings.metrics_listen if
 * that is set. */
Code server_start(Service *service, Server **ret_server, Error *error);

/* From now on requests go by another service: its keys, limits, certificate. Addresses and the
 * number of workers stay as they are. When it fails nothing has changed. */
Code server_reload(Server *server, Service *service, Error *error);

/* "http://127.0.0.1:8000", with the port that it got; `ret_open`: others than this machine reach
 * it, without TLS. NULL behind the last. */
const char *server_url(const Server *server, size_t index, bool *ret_open);

/* Accepts nothing more, ends what runs, within some seconds, and frees the server. */
void server_stop(Server *server);

#endif
