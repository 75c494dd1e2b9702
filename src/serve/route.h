/* The table of routes. Adding one is adding a row: dispatch, tokens and /openapi.json follow. */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include "serve/service.h"

/* AUTH_SESSION: a page for who is signed in to the dashboard. */
typedef enum { AUTH_NONE, AUTH_USER, AUTH_ADMIN, AUTH_SESSION } RouteAuth;

/* On which of the two addresses it is. */
typedef enum { PLACE_MAIN, PLACE_BOTH, PLACE_METRICS } RoutePlace;

typedef struct RouteAnswer {
    int status; /* 0 behind the last */
    const char *doc;
    const char *schema; /* JSON Schema; NULL: a problem */
} RouteAnswer;

/* Of an answer: no schema, but the media type of bytes. */
#define ARCHIVE "application/x-tar"

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
    bool apart; /* on a worker of its own, so that it answers while all others are busy */
};

const Route *route_at(size_t index); /* NULL behind the last */

/* Finds the route and judges the token; false when the request is answered by that: 404, 405, 401,
 * 403. */
bool route_request(Request *request);

/* Whether its verb does what it does once for an Idempotency-Key. */
bool route_takes_key(const Route *route);

/* Runs it; a key of idempotency is under way meanwhile. */
void route_run(Request *request);

/* The rows of the dashboard, which are not in /openapi.json. */
const Route *page_route_at(size_t index);

/* RUNG_UNKNOWN: is it the row that is unknown, or rung's tables? True for the row; else it is
 * answered. Frees `error`. */
bool user_is_row(Request *request, rung_error *error);

RouteHandler user_delete, user_cancel, user_show;
RouteHandler admin_login, admin_logout, admin_delete, job_show;
RouteHandler export_order, export_show, export_download;
RouteHandler page_signin, page_signin_try, page_signout, page_asset, page_overview, page_revisions;
RouteHandler page_erasures, page_erasure_cancel, page_erasure_cancel_try;
RouteHandler page_holds, page_hold_add, page_hold_release;
RouteHandler page_retention, page_audit, page_audit_check, page_keys, page_schedule, page_events;
RouteHandler metrics_show;
RouteHandler health_live, health_ready, openapi_show;

#endif
