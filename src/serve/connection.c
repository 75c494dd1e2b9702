/* Those that wait for a request stand in a queue, the longest first: all may wait equally long. */
#include "serve/connection.h"
#include "base/arena.h"
#include "base/clock.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SWEEP_MS = 1000,
    HURRY_MS = 100,
    GONE_US = 200 * 1000, /* what was sent before the end is still read in this time */
    EVENTS = 64
};

typedef struct Record {
    struct Record *before, *after;
    int64_t since_us;
    int fd;
    bool gone;  /* the client sends nothing more */
    bool waits; /* it is in the queue */
    bool ended; /* we shut it down; libmicrohttpd closes it soon */
} Record;

struct Connections {
    pthread_mutex_t lock;
    Record *first, *last;
    size_t count, most;
    int64_t time_us;
    int epoll, wake; /* the other ends; ours */
    bool hurry;      /* one of the queue has gone */
};

Connections *connections_new(size_t most, int milliseconds)
{
    Connections *connections = calloc(1, sizeof *connections);
    if (!connections)
        arena_exhausted();
    pthread_mutex_init(&connections->lock, NULL);
    connections->most = most;
    connections->time_us = (int64_t)milliseconds * 1000;
    connections->epoll = epoll_create1(EPOLL_CLOEXEC);
    connections->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(connections->epoll, EPOLL_CTL_ADD, connections->wake, &event);
    return connections;
}

void connections_free(Connections *connections)
{
    if (!connections)
        return;
    close(connections->epoll);
    close(connections->wake);
    pthread_mutex_destroy(&connections->lock);
    free(connections);
}

void connections_wake(Connections *connections)
{
    eventfd_write(connections->wake, 1);
}

void connections_set_time(Connections *connections, int milliseconds)
{
    pthread_mutex_lock(&connections->lock);
    connections->time_us = (int64_t)milliseconds * 1000;
    pthread_mutex_unlock(&connections->lock);
}

/* ---- under the lock ---- */

static void leave(Connections *connections, Record *record)
{
    if (!record->waits)
        return;
    *(record->before ? &record->before->after : &connections->first) = record->after;
    *(record->after ? &record->after->before : &connections->last) = record->before;
    record->waits = false;
}

static void enter(Connections *connections, Record *record)
{
    leave(connections, record);
    record->since_us = clock_monotonic_us();
    record->before = connections->last;
    record->after = NULL;
    *(connections->last ? &connections->last->after : &connections->first) = record;
    connections->last = record;
    record->waits = true;
    if (record->gone && !connections->hurry) {
        connections->hurry = true;
        connections_wake(connections);
    }
}

/* Its socket is still open: who closes it takes the record away first. */
static void end(Connections *connections, Record *record)
{
    leave(connections, record);
    record->ended = true;
    shutdown(record->fd, SHUT_RDWR);
}

/* ---- events ---- */

bool connections_admit(Connections *connections)
{
    pthread_mutex_lock(&connections->lock);
    bool room = connections->count < connections->most;
    connections->count += room;
    /* it takes a while until its place is free */
    if (connections->count > connections->most - connections->most / 5 && connections->first)
        end(connections, connections->first);
    pthread_mutex_unlock(&connections->lock);
    return room;
}

void connections_forget(Connections *connections)
{
    pthread_mutex_lock(&connections->lock);
    connections->count--;
    pthread_mutex_unlock(&connections->lock);
}

static void begin(Connections *connections, struct MHD_Connection *connection, void **ret_record)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    Record *record = calloc(1, sizeof *record);
    if (!record)
        arena_exhausted();
    record->fd = info ? info->connect_fd : -1;
    *ret_record = record;
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = record};
    pthread_mutex_lock(&connections->lock);
    enter(connections, record);
    epoll_ctl(connections->epoll, EPOLL_CTL_ADD, record->fd, &event);
    pthread_mutex_unlock(&connections->lock);
}

void connections_notify(void *context, struct MHD_Connection *connection, void **record,
                        enum MHD_ConnectionNotificationCode what)
{
    Connections *connections = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        begin(connections, connection, record);
        return;
    }
    pthread_mutex_lock(&connections->lock);
    leave(connections, *record);
    epoll_ctl(connections->epoll, EPOLL_CTL_DEL, ((Record *)*record)->fd, NULL);
    connections->count--;
    pthread_mutex_unlock(&connections->lock);
    free(*record);
    *record = NULL;
}

static Record *record_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void connection_work(Connections *connections, struct MHD_Connection *connection)
{
    Record *record = record_of(connection);
    if (!record)
        return;
    pthread_mutex_lock(&connections->lock);
    leave(connections, record);
    pthread_mutex_unlock(&connections->lock);
}

void connection_wait(Connections *connections, struct MHD_Connection *connection)
{
    Record *record = record_of(connection);
    if (!record)
        return;
    pthread_mutex_lock(&connections->lock);
    if (!record->ended)
        enter(connections, record);
    pthread_mutex_unlock(&connections->lock);
}

/* Under the lock: a record that is there has its socket in the set. */
static void take_events(Connections *connections)
{
    struct epoll_event events[EVENTS];
    eventfd_t ignored;
    int count;
    do {
        count = epoll_wait(connections->epoll, events, EVENTS, 0);
        for (int i = 0; i < count; i++) {
            Record *record = events[i].data.ptr;
            if (!record) {
                eventfd_read(connections->wake, &ignored);
                continue;
            }
            record->gone = true;
            connections->hurry = connections->hurry || record->waits;
        }
    } while (count == EVENTS);
}

void connections_sweep(Connections *connections)
{
    struct pollfd ready = {.fd = connections->epoll, .events = POLLIN};
    pthread_mutex_lock(&connections->lock);
    int wait_ms = connections->hurry ? HURRY_MS : SWEEP_MS;
    pthread_mutex_unlock(&connections->lock);
    poll(&ready, 1, wait_ms);
    pthread_mutex_lock(&connections->lock);
    take_events(connections);
    int64_t now = clock_monotonic_us();
    Record *next;
    bool hurry = false;
    for (Record *record = connections->first; record; record = next) {
        next = record->after;
        int64_t waited = now - record->since_us;
        if (waited > connections->time_us || (record->gone && waited > GONE_US))
            end(connections, record);
        else if (record->gone)
            hurry = true;
        else if (!connections->hurry)
            break; /* those behind it wait no longer than it does */
    }
    connections->hurry = hurry;
    pthread_mutex_unlock(&connections->lock);
}
