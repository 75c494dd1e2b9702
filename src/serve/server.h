/* The HTTP server. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/service.h"

typedef struct Server Server;

/* Listens on settings.listen; `ret_url` (its host and the port that it got) belongs to the server.
 * The service has to stay as it is until the end. */
Code server_start(Service *service, Server **ret_server, const char **ret_url, Error *error);

/* Whether others than this machine reach it. */
bool server_is_open(const Server *server);

/* Accepts nothing more, ends what runs, within some seconds, and frees the server. */
void server_stop(Server *server);

#endif
