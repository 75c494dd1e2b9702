/* A listener that has nothing to say is suspended, and costs no thread. Order of locks: ours, then
 * libmicrohttpd's. */
#include "serve/events.h"
#include "base/clock.h"
#include "serve/dashboard.h"

#include <errno.h>
#include <microhttpd.h>
#include <time.h>

enum { LISTENERS = 64, LISTENERS_EACH = 16, POLL_SECONDS = 2, BEAT_SECONDS = 5, BLOCK = 4096 };

struct Listener {
    Events *events;
    struct MHD_Connection *connection;
    char session[32];
    char name[TOKEN_SUBJECT_LIMIT + 1];
    int64_t issued_us, expires_at, beat_us;
    uint64_t seen; /* version of the figures that it got */
    Text out;
    size_t sent;  /* of `out` */
    bool asleep;  /* its connection is suspended */
    bool evicted; /* newer ones of its session took its place */
    Listener *next, **link;
};

struct Events {
    Shared *shared;
    Service *service; /* of the newest listener; NULL: nobody listened yet */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started, stopping;
    Listener *first;
    size_t count;
    rung *project; /* while a verb runs */
    Text figures;  /* the last ones, as JSON */
    uint64_t version;
};

/* ---- what is told ---- */

static void add_member(Text *text, const char *name, int64_t number)
{
    text_print(text, "%c\"%s\":%lld", text->length ? ',' : '{', name, (long long)number);
}

static const Value *first_of(const Value *list)
{
    return value_count(list) ? value_at(list, 0) : NULL;
}

static Value *ask(rung *project, rung_verb *verb, bool lifecycle)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    Error ignored;
    Value *value = NULL;
    arguments.json = true;
    arguments.lifecycle = lifecycle;
    rung_code code = verb(project, &arguments, &result, &error);
    const char *text = result && (!code || code == RUNG_FOUND) ? rung_result_text(result) : NULL;
    if (text && value_read("figures", text, strlen(text), &value, &ignored))
        value = NULL;
    rung_error_free(error);
    rung_result_free(result);
    return value;
}

/* `{"away":1}` when the database cannot be asked. */
static void read_figures(rung *project, Text *ret_text)
{
    static const char *const fields[][2] = {
        {"pending", "pending_deletions"}, {"due", "ready_to_delete"}, {"purging", "purging"},
        {"failing", "failing"},           {"held", "held"},           {"holds", "holds"}};
    Value *survey = ask(project, rung_status, true);
    Value *status = survey ? ask(project, rung_status, false) : NULL;
    if (!status)
        add_member(ret_text, "away", 1);
    for (size_t i = 0; status && i < COUNT(fields); i++)
        add_member(ret_text, fields[i][0], value_get_int(value_get(survey, fields[i][1])));
    if (status) {
        add_member(ret_text, "alerts", (int64_t)value_count(value_get(survey, "alerts")));
        add_member(ret_text, "revisions", (int64_t)value_count(value_get(status, "pending")));
        const Value *current = first_of(value_get(status, "current"));
        Value *id = value_text(current ? value_get_text(value_get(current, "id")) : NULL);
        text_put(ret_text, ",\"current\":");
        value_write(id, false, ret_text);
        value_free(id);
    }
    text_char(ret_text, '}');
    value_free(survey);
    value_free(status);
}

/* ---- who listens ---- */

static bool is_over(const Listener *listener)
{
    const Events *events = listener->events;
    return events->stopping || listener->evicted ||
           clock_wall_us() / 1000000 >= listener->expires_at ||
           session_is_over(events->shared, listener->session, listener->name, listener->issued_us);
}

static bool is_quiet(const Listener *listener)
{
    return clock_monotonic_us() - listener->beat_us >= (int64_t)BEAT_SECONDS * 1000000;
}

static void wake(Listener *listener)
{
    if (!listener->asleep)
        return;
    listener->asleep = false;
    MHD_resume_connection(listener->connection);
}

/* What is next: figures that it does not know, or a sign of life. */
static void prepare(Listener *listener)
{
    const Events *events = listener->events;
    text_clear(&listener->out);
    listener->sent = 0;
    if (events->version != listener->seen)
        text_print(&listener->out, "event: figures\ndata: %s\n\n", text_string(&events->figures));
    else if (is_quiet(listener))
        text_put(&listener->out, ":\n\n");
    listener->seen = events->version;
    if (listener->out.length)
        listener->beat_us = clock_monotonic_us();
}

/* Called by libmicrohttpd when it could send something. */
static ssize_t give(void *context, uint64_t position, char *buffer, size_t room)
{
    Listener *listener = context;
    Events *events = listener->events;
    ssize_t given = 0;
    pthread_mutex_lock(&events->lock);
    if (listener->sent == listener->out.length)
        prepare(listener);
    size_t left = listener->out.length - listener->sent;
    if (is_over(listener))
        given = MHD_CONTENT_READER_END_OF_STREAM;
    else if (left) {
        size_t length = left < room ? left : room;
        memcpy(buffer, listener->out.data + listener->sent, length);
        listener->sent += length;
        given = (ssize_t)length;
    } else {
        listener->asleep = true;
        MHD_suspend_connection(listener->connection);
    }
    pthread_mutex_unlock(&events->lock);
    return given;
}

static void leave(void *context)
{
    Listener *listener = context;
    Events *events = listener->events;
    pthread_mutex_lock(&events->lock);
    *listener->link = listener->next;
    if (listener->next)
        listener->next->link = listener->link;
    events->count--;
    pthread_mutex_unlock(&events->lock);
    text_done(&listener->out);
    free(listener);
}

/* ---- the thread ---- */

static void set_project(Events *events, rung *project)
{
    pthread_mutex_lock(&events->lock);
    events->project = project;
    pthread_mutex_unlock(&events->lock);
}

static void tell(Events *events, const Text *figures)
{
    pthread_mutex_lock(&events->lock);
    if (strcmp(text_string(figures), text_string(&events->figures)) != 0) {
        text_clear(&events->figures);
        text_put(&events->figures, text_string(figures));
        events->version++;
    }
    for (Listener *listener = events->first; listener; listener = listener->next)
        if (listener->seen != events->version || is_quiet(listener) || is_over(listener))
            wake(listener);
    pthread_mutex_unlock(&events->lock);
}

/* False at the end. */
static bool wait_for_turn(Events *events)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += POLL_SECONDS;
    pthread_mutex_lock(&events->lock);
    for (int failed = 0; !events->stopping && !failed;)
        failed = pthread_cond_timedwait(&events->changed, &events->lock, &until);
    while (!events->stopping && !events->count)
        pthread_cond_wait(&events->changed, &events->lock);
    bool going = !events->stopping;
    pthread_mutex_unlock(&events->lock);
    return going;
}

/* A project by the newest configuration. */
static void follow_service(Events *events, Service **service, rung **project)
{
    rung_error *error = NULL;
    pthread_mutex_lock(&events->lock);
    Service *newest = service_take(events->service);
    pthread_mutex_unlock(&events->lock);
    if (newest != *service) {
        rung_close(*project);
        *project = NULL;
    }
    service_drop(*service);
    *service = newest;
    if (!*project && rung_open(&newest->options, project, &error) != RUNG_OK)
        *project = NULL;
    rung_error_free(error);
}

static void *watch(void *context)
{
    Events *events = context;
    Service *service = NULL;
    rung *project = NULL;
    do {
        Text figures = TEXT_EMPTY;
        follow_service(events, &service, &project);
        set_project(events, project);
        if (project)
            read_figures(project, &figures);
        else
            text_put(&figures, "{\"away\":1}");
        set_project(events, NULL);
        tell(events, &figures);
        text_done(&figures);
    } while (wait_for_turn(events));
    rung_close(project);
    service_drop(service);
    return NULL;
}

Events *events_new(Shared *shared)
{
    Events *events = calloc(1, sizeof *events);
    if (!events)
        arena_exhausted();
    events->shared = shared;
    pthread_mutex_init(&events->lock, NULL);
    pthread_cond_init(&events->changed, NULL);
    return events;
}

void events_restart(Events *events)
{
    pthread_mutex_lock(&events->lock);
    for (Listener *listener = events->first; listener; listener = listener->next) {
        listener->evicted = true;
        wake(listener);
    }
    pthread_mutex_unlock(&events->lock);
}

void events_stop(Events *events)
{
    pthread_mutex_lock(&events->lock);
    events->stopping = true;
    if (events->project)
        rung_cancel(events->project);
    for (Listener *listener = events->first; listener; listener = listener->next)
        wake(listener);
    pthread_cond_broadcast(&events->changed);
    pthread_mutex_unlock(&events->lock);
}

void events_free(Events *events)
{
    events_stop(events);
    if (events->started)
        pthread_join(events->thread, NULL);
    service_drop(events->service);
    text_done(&events->figures);
    pthread_mutex_destroy(&events->lock);
    pthread_cond_destroy(&events->changed);
    free(events);
}

/* ---- requests ---- */

/* A page that was left is noticed only when something is sent to it: the oldest of a session that
 * has many makes room. */
static bool make_room(const Events *events, const char *session)
{
    Listener *oldest = NULL;
    size_t own = 0;
    for (Listener *listener = events->first; listener; listener = listener->next)
        if (!listener->evicted && strcmp(listener->session, session) == 0) {
            own++;
            oldest = listener;
        }
    if (own >= LISTENERS_EACH) {
        oldest->evicted = true;
        wake(oldest);
    }
    return events->count < LISTENERS && !events->stopping;
}

Listener *events_listen(Request *request)
{
    Events *events = request->service->shared->dashboard->events;
    const Session *session = request->session;
    Listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        arena_exhausted();
    listener->events = events;
    listener->connection = request->connection;
    listener->expires_at = session->expires_at;
    listener->issued_us = session->issued_us;
    listener->beat_us = clock_monotonic_us();
    snprintf(listener->session, sizeof listener->session, "%s", session->id);
    snprintf(listener->name, sizeof listener->name, "%s", session->name);
    text_put(&listener->out, "retry: 5000\n\n");
    pthread_mutex_lock(&events->lock);
    bool taken = make_room(events, listener->session);
    if (taken && events->service != request->service) {
        service_drop(events->service);
        events->service = service_take(request->service);
    }
    if (taken && !events->started)
        taken = events->started = pthread_create(&events->thread, NULL, watch, events) == 0;
    if (taken && !events->count) { /* what was read for others is old */
        text_clear(&events->figures);
        events->version = 0;
    }
    if (taken) {
        listener->next = events->first;
        listener->link = &events->first;
        if (listener->next)
            listener->next->link = &listener->next;
        events->first = listener;
        events->count++;
        pthread_cond_broadcast(&events->changed);
    }
    pthread_mutex_unlock(&events->lock);
    if (taken)
        return listener;
    text_done(&listener->out);
    free(listener);
    return NULL;
}

struct MHD_Response *events_response(Listener *listener)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, listener, leave);
    if (!response)
        leave(listener);
    return response;
}
