/* What all requests share, and one request. */
#ifndef SERVE_SERVICE_H
#define SERVE_SERVICE_H

#include "base/crypto.h"
#include "base/text.h"
#include "base/value.h"
#include "rung/rung.h"
#include "serve/client.h"
#include "serve/limit.h"
#include "serve/logout.h"
#include "serve/tls.h"
#include "serve/token.h"

enum {
    BODY_LIMIT = 64 * 1024,
    REQUEST_ID_LIMIT = 64,
    ADMIN_TOKEN_SECONDS = 15 * 60,
    ANSWER_HEADERS = 12,
};

typedef struct Dashboard Dashboard;
typedef struct Session Session;

/* What a new configuration does not change. */
typedef struct Shared {
    unsigned char admin_secret[KEY_SIZE]; /* when serve.admin_secret says none */
    Limit *accounts, *addresses;          /* attempts to sign in */
    Limit *clients, *subjects;            /* requests */
    Logouts *logouts;
    struct Deliver *deliver; /* mail and webhooks */
    struct Flights *flights; /* keys of idempotency that are under way: once.h */
    struct Jobs *jobs;       /* jobs.h; while the server runs */
    struct Scheduler *scheduler;
    Dashboard *dashboard; /* sessions and listeners, also while there are no pages */
    struct Counts *counts;
    struct Watch *watch; /* while the server runs */
} Shared;

/* What requests go by: the settings as they were read once. SIGHUP makes another one; a request
 * keeps the one with which it began. */
typedef struct Service {
    rung_options options;
    rung *project;   /* which has the settings */
    rung *errands;   /* of jobs.h */
    rung **projects; /* one for each worker, and one for what is answered apart: rung.yaml may be
                        another by the time it is needed */
    size_t count;    /* of workers */
    rung_serve_settings settings;
    rung_notify_settings notify;
    TokenKey *user_key, *admin_key;
    Limit *accounts, *addresses; /* those of `shared` */
    Networks *proxies;           /* whose X-Forwarded-For is believed */
    Tls *tls;                    /* NULL: plain HTTP */
    Shared *shared;
    Arena *arena;
    int references; /* atomic */
} Service;

Shared *shared_new(void);
void shared_free(Shared *shared);

/* Reads rung.yaml, keys and certificates. The error says what is of no use, and where; the strings
 * of `options` and `shared` are kept. It is for so many workers; 0: as many as the settings want.
 * The caller has the first reference. */
Code service_new(const rung_options *options, Shared *shared, size_t workers, Service **ret_service,
                 Error *error);

/* Requests go by it from now on. */
void service_apply(const Service *service);
Service *service_take(Service *service);
void service_drop(Service *service); /* NULL is accepted */

typedef struct Request Request;
typedef struct Route Route;

/* Answers by answer_json or answer_problem, once. */
typedef void RouteHandler(Request *request);

typedef struct AnswerHeader {
    const char *name, *value;
} AnswerHeader;

struct Request {
    Service *service;
    Arena *arena;
    const Route *route;
    bool metrics; /* it came to serve.metrics_listen */
    const char *method, *path;
    const char *id;                                   /* X-Request-Id */
    int64_t began_us;                                 /* of the monotonic clock */
    const char *address;                              /* of the client, without the port */
    const char *authorization;                        /* header; NULL */
    const char *content_type;                         /* NULL */
    const char *prefer;                               /* header; NULL */
    const char *idempotency;                          /* header Idempotency-Key */
    int idempotency_count;                            /* how often it was sent */
    const char *parameter;                            /* what stands for {id} in the path; NULL */
    const char *once_key, *once_scope, *once_payload; /* once.h; key: NULL: none */
    const char *query;                                /* behind the path, "a=1&b=2"; "" */
    bool secure;                                      /* it came by TLS, to us or to the proxy */
    const Session *session;                           /* of pages for who is signed in */
    Text body;
    size_t received;    /* bytes of the body, also of one that is dropped */
    TokenClaims claims; /* of routes that need a token */
    rung *project;      /* of routes that use the database */

    /* the answer */
    int status; /* 0: none yet */
    Text answer;
    const char *answer_type;
    const char *allow;     /* NULL */
    bool challenge;        /* WWW-Authenticate */
    bool closes;           /* nothing more is read from this connection */
    int64_t retry_seconds; /* 0: none */
    const char *location;  /* NULL */
    bool async;            /* Preference-Applied: respond-async */
    const char *file_name; /* the answer is a file, and is called so; NULL */
    int file;              /* open; it is closed with the request */
    int64_t file_size;
    const char *cache;                    /* Cache-Control; NULL: no-store */
    AnswerHeader headers[ANSWER_HEADERS]; /* more of them */
    size_t header_count;
    struct Listener *listener; /* the answer has no end: what events.h sends; NULL */

    void *connection; /* the server's */
    void (*done)(Request *request);
    Request *next; /* in the queue of the pool, and since when */
    int64_t queued_us;
};

/* ---- answers ---- */

/* Takes `value`. */
void answer_json(Request *request, int status, Value *value);

/* One more header. The texts are kept. */
void answer_header(Request *request, const char *name, const char *value);

/* Text in the answer is there already. */
void answer_text(Request *request, int status, const char *type);

/* application/problem+json (RFC 9457). */
void answer_problem(Request *request, int status, const char *detail, ...) PRINTF_LIKE(3, 4);

/* The same with more members: takes `more`, an object. */
void answer_problem_with(Request *request, int status, Value *more, const char *detail);

/* 401, 429 and 503. */
void answer_unauthorized(Request *request);
void answer_busy(Request *request, int status, int64_t seconds, const char *detail);

/* What an error of the library means to a client: details stay in the log. Frees `error`. */
void answer_error(Request *request, rung_code code, rung_error *error);

const char *status_title(int status);

/* A header of the request, or NULL. Not from a worker. */
const char *request_header(const Request *request, const char *name);

/* The body as a JSON object, or NULL and an answer. The caller frees it. */
Value *request_object(Request *request);

/* One line on stderr: the request's id and what happened. */
void request_log(const Request *request, const char *format, ...) PRINTF_LIKE(2, 3);

typedef enum { ADMIN_UNREADABLE, ADMIN_LATER, ADMIN_WRONG, ADMIN_RIGHT } AdminTry;

/* Judges name and password of an admin, within the limits of the address and the account;
 * `ret_wait` has the seconds of ADMIN_LATER. It takes as long as the hash of a password. */
AdminTry admin_try(Request *request, const char *name, const char *password, int64_t *ret_wait);

/* What a verb printed, read; NULL and an answer if that is no JSON. */
Value *result_object(Request *request, const rung_result *result);

#endif
