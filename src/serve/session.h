/* Who is signed in to the dashboard: a cookie with a token of the admin key, which no API route
 * takes, as no page takes a token of the API. */
#ifndef SERVE_SESSION_H
#define SERVE_SESSION_H

#include "serve/service.h"

enum {
    SESSION_SECONDS = 30 * 60,         /* without a page */
    SESSION_MOST_SECONDS = 8 * 60 * 60 /* at all */
};

typedef struct Sessions Sessions;

/* Those that ended before their time. */
Sessions *sessions_new(void);
void sessions_free(Sessions *sessions);

/* Whether it was signed out, by itself or everywhere. From any thread. */
bool session_is_over(Shared *shared, const char *id, const char *name, int64_t issued_us);

struct Session {
    const char *id, *name;
    int64_t since, expires_at; /* seconds since 1970 */
    int64_t issued_us;
};

/* Reads the cookie; false when there is none that is right. */
bool session_read(Request *request, Session *ret_session);

/* Set the cookie of the answer. */
void session_start(Request *request, const char *name);
void session_renew(Request *request); /* when a while has passed */
void session_end(Request *request);

/* What the forms of the session carry. */
const char *session_form_key(const Request *request);
bool session_form_is_right(const Request *request, const char *key);

#endif
