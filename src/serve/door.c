/* The thread that accepts. */
#include "serve/door.h"
#include "base/arena.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE = 64, REST_MS = 50 };

typedef struct Entry {
    int fd; /* -1: none */
    struct MHD_Daemon *daemon;
} Entry;

struct Door {
    pthread_t thread;
    Connections *connections;
    pthread_mutex_t lock; /* held while a connection is handed over */
    Entry entries[DOOR_LIMIT];
    int wake;
    bool closed;
};

/* -1: nobody is there. */
static int accept_one(const Entry *entry, struct sockaddr_storage *ret_address,
                      socklen_t *ret_length)
{
    *ret_length = sizeof *ret_address;
    return accept4(entry->fd, (struct sockaddr *)(void *)ret_address, ret_length,
                   SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* False when there is nobody, or no room. */
static bool let_in(Door *door, size_t index, bool *ret_full)
{
    struct sockaddr_storage address;
    socklen_t length;
    int fd = -1;
    pthread_mutex_lock(&door->lock);
    const Entry *entry = &door->entries[index];
    bool open = !door->closed && entry->fd >= 0,
         room = open && connections_admit(door->connections);
    if (room)
        fd = accept_one(entry, &address, &length);
    *ret_full = open && (!room || (fd < 0 && (errno == EMFILE || errno == ENFILE)));
    /* it closes what it cannot take */
    if (room &&
        (fd < 0 || MHD_add_connection(entry->daemon, fd, (struct sockaddr *)(void *)&address,
                                      length) != MHD_YES))
        connections_forget(door->connections);
    pthread_mutex_unlock(&door->lock);
    return fd >= 0;
}

static void *stand(void *context)
{
    Door *door = context;
    for (;;) {
        struct pollfd ready[DOOR_LIMIT + 1] = {{.fd = door->wake, .events = POLLIN}};
        eventfd_t ignored;
        bool full = false;
        pthread_mutex_lock(&door->lock);
        bool closed = door->closed;
        for (size_t i = 0; i < DOOR_LIMIT; i++)
            ready[i + 1] = (struct pollfd){.fd = door->entries[i].fd, .events = POLLIN};
        pthread_mutex_unlock(&door->lock);
        if (closed)
            return NULL;
        poll(ready, COUNT(ready), -1);
        eventfd_read(door->wake, &ignored);
        for (size_t i = 0; i < DOOR_LIMIT; i++)
            for (int count = 0; ready[i + 1].revents && count < AT_ONCE; count++)
                if (!let_in(door, i, &full))
                    break;
        if (full) /* they wait in the socket's queue */
            poll(NULL, 0, REST_MS);
    }
}

Code door_new(Connections *connections, Door **ret_door, Error *error)
{
    Door *door = calloc(1, sizeof *door);
    if (!door)
        arena_exhausted();
    door->connections = connections;
    pthread_mutex_init(&door->lock, NULL);
    for (size_t i = 0; i < DOOR_LIMIT; i++)
        door->entries[i].fd = -1;
    door->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (door->wake >= 0 && pthread_create(&door->thread, NULL, stand, door) == 0) {
        *ret_door = door;
        return RUNG_OK;
    }
    if (door->wake >= 0)
        close(door->wake);
    free(door);
    return error_set(error, RUNG_LIMIT, "no thread can be started");
}

void door_open(Door *door, size_t index, int fd, struct MHD_Daemon *daemon)
{
    pthread_mutex_lock(&door->lock);
    door->entries[index] = (Entry){fd, daemon};
    pthread_mutex_unlock(&door->lock);
    eventfd_write(door->wake, 1);
}

void door_close(Door *door)
{
    pthread_mutex_lock(&door->lock);
    bool before = door->closed;
    door->closed = true;
    pthread_mutex_unlock(&door->lock);
    if (before)
        return;
    eventfd_write(door->wake, 1);
    pthread_join(door->thread, NULL);
}

void door_free(Door *door)
{
    if (!door)
        return;
    door_close(door);
    close(door->wake);
    pthread_mutex_destroy(&door->lock);
    free(door);
}
