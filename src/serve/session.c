/* The token's role is "dashboard:ID:SINCE". The id stays when the token is renewed, so that forms
 * which are open somewhere stay right. */
#include "serve/session.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "serve/dashboard.h"

#include <openssl/crypto.h>
#include <pthread.h>

enum { ID_BYTES = 15, ID_SIZE = 21, ENDED_LIMIT = 1024, RENEW_SECONDS = 60 };

#define ROLE "dashboard:"

struct Sessions {
    pthread_mutex_t lock;
    char ended[ENDED_LIMIT][ID_SIZE]; /* the last that were signed out, in turn */
    size_t next;
};

Sessions *sessions_new(void)
{
    Sessions *sessions = calloc(1, sizeof *sessions);
    if (!sessions)
        arena_exhausted();
    pthread_mutex_init(&sessions->lock, NULL);
    return sessions;
}

void sessions_free(Sessions *sessions)
{
    if (sessions)
        pthread_mutex_destroy(&sessions->lock);
    free(sessions);
}

static bool is_ended(Sessions *sessions, const char *id)
{
    bool ended = false;
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; !ended && i < ENDED_LIMIT; i++)
        ended = strcmp(sessions->ended[i], id) == 0;
    pthread_mutex_unlock(&sessions->lock);
    return ended;
}

bool session_is_over(Shared *shared, const char *id, const char *name, int64_t issued_us)
{
    return is_ended(shared->dashboard->sessions, id) ||
           logouts_refuses(shared->logouts, name, issued_us);
}

/* ---- the cookie ---- */

/* A proxy's word makes the cookie stricter only: whoever lies about it harms nobody else. */
static const char *cookie_name(const Request *request)
{
    return request->secure ? "__Host-rung" : "rung";
}

static const char *find_cookie(const Request *request)
{
    const char *name = cookie_name(request), *at = request_header(request, "Cookie");
    size_t length = strlen(name);
    while (at && *at) {
        at += strspn(at, " ;");
        size_t pair = strcspn(at, ";");
        if (pair > length && at[length] == '=' && strncmp(at, name, length) == 0)
            return arena_copy(request->arena, at + length + 1, pair - length - 1);
        at += pair;
    }
    return NULL;
}

static void set_cookie(Request *request, const char *value, int64_t seconds)
{
    answer_header(request, "Set-Cookie",
                  arena_print(request->arena,
                              "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
                              cookie_name(request), value, (long long)seconds,
                              request->secure ? "; Secure" : ""));
}

/* A new configuration may have removed who signed in. */
static bool is_admin(const rung_serve_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->admin_count; i++)
        if (strcmp(settings->admins[i].name, name) == 0)
            return true;
    return false;
}

bool session_read(Request *request, Session *ret_session)
{
    TokenClaims claims;
    Session session;
    const char *reason, *token = find_cookie(request);
    int64_t now = clock_wall_us() / 1000000;
    if (!token || !token_verify(request->service->admin_key, request->arena, token, strlen(token),
                                now, &claims, &reason))
        return false;
    if (!claims.role || strncmp(claims.role, ROLE, strlen(ROLE)) != 0)
        return false;
    const char *id = claims.role + strlen(ROLE);
    size_t length = strcspn(id, ":");
    session.id = arena_copy(request->arena, id, length);
    session.name = claims.subject;
    session.since = strtoll(id + length + (id[length] == ':'), NULL, 10);
    session.expires_at = claims.expires_at;
    session.issued_us = claims.issued_us;
    if (session.expires_at <= now || /* no skew: the clock is the one that it was made by */
        !is_admin(&request->service->settings, session.name) ||
        session_is_over(request->service->shared, session.id, session.name, session.issued_us))
        return false;
    *ret_session = session;
    return true;
}

static void give(Request *request, const Session *session, int64_t now)
{
    TokenClaims claims = {
        .subject = session->name,
        .role = arena_print(request->arena, ROLE "%s:%lld", session->id, (long long)session->since),
        .expires_at = session->expires_at,
        .issued_us = clock_wall_us()};
    char *token = token_make(request->service->admin_key, request->arena, &claims, now);
    if (token)
        set_cookie(request, token, session->expires_at - now);
}

void session_start(Request *request, const char *name)
{
    unsigned char bytes[ID_BYTES];
    int64_t now = clock_wall_us() / 1000000;
    random_bytes(bytes, sizeof bytes);
    Session session = {.id = base64url_print(request->arena, bytes, sizeof bytes),
                       .name = name,
                       .since = now,
                       .expires_at = now + SESSION_SECONDS};
    give(request, &session, now);
}

void session_renew(Request *request)
{
    int64_t now = clock_wall_us() / 1000000;
    Session session = *request->session;
    int64_t last = session.since + SESSION_MOST_SECONDS, expires_at = now + SESSION_SECONDS;
    expires_at = expires_at < last ? expires_at : last;
    if (expires_at - session.expires_at < RENEW_SECONDS)
        return;
    session.expires_at = expires_at;
    give(request, &session, now);
}

void session_end(Request *request)
{
    Sessions *sessions = request->service->shared->dashboard->sessions;
    pthread_mutex_lock(&sessions->lock);
    snprintf(sessions->ended[sessions->next], ID_SIZE, "%s", request->session->id);
    sessions->next = (sessions->next + 1) % ENDED_LIMIT;
    pthread_mutex_unlock(&sessions->lock);
    set_cookie(request, "", 0);
}

/* ---- forms ---- */

/* Several services that share serve.admin_secret take each other's forms. */
const char *session_form_key(const Request *request)
{
    const char *secret = request->service->settings.admin_secret;
    char hex[HASH_HEX_SIZE];
    const char *text = arena_print(request->arena, "form %s", request->session->id);
    if (secret)
        hmac_hex((const unsigned char *)secret, strlen(secret), text, strlen(text), hex);
    else
        hmac_hex(request->service->shared->admin_secret, KEY_SIZE, text, strlen(text), hex);
    return arena_string(request->arena, hex);
}

bool session_form_is_right(const Request *request, const char *key)
{
    const char *right = session_form_key(request);
    return key && strlen(key) == strlen(right) && CRYPTO_memcmp(key, right, strlen(right)) == 0;
}
