/* The table of routes. Adding one is adding a row: dispatch, tokens and /openapi.json follow. */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include "serve/service.h"

typedef enum { AUTH_NONE, AUTH_USER, AUTH_ADMIN } RouteAuth;

/* On which of the two addresses it is. */
typedef enum { PLACE_MAIN, PLACE_BOTH, PLACE_METRICS } RoutePlace;

typedef struct RouteAnswer {
    int status; /* 0 behind the last */
    const char *doc;
    const char *schema; /* JSON Schema; NULL: a problem */
} RouteAnswer;

struct Route {
    const char *method, *path;
    RouteAuth auth;
    bool database; /* runs on a worker, with a project of its own */
    bool body;     /* takes one */
    RouteHandler *run;
    const char *name; /* operationId */
    const char *doc;
    const char *schema; /* of the body; NULL */
    RouteAnswer answers[8];
    RoutePlace place;
};

const Route *route_at(size_t index); /* NULL behind the last */

/* Finds the route and judges the token; false when the request is answered by that: 404, 405, 401,
 * 403. */
bool route_request(Request *request);

RouteHandler user_delete, user_cancel, user_show;
RouteHandler admin_login, admin_logout, admin_delete;
RouteHandler metrics_show;
RouteHandler health_live, health_ready, openapi_show;

#endif
