/* Commits of several threads wait for the disk together. A transaction with synchronous_commit off
 * is over before its WAL is written (PostgreSQL manual, "Asynchronous Commit"). A message in a
 * transaction as the session has them then waits for all WAL before it, whoever wrote that: one of
 * the threads sends it, and the others wait for that one. */
#include "db/pg.h"

#include <pthread.h>
#include <semaphore.h>

/* A thread that waits. It is woken once: it is settled, or it is the next to send the message. */
typedef struct Waiter {
    struct Waiter *next;
    sem_t wake;
    bool settled;
} Waiter;

static struct {
    pthread_mutex_t lock;
    bool leading;                /* somebody sends the message, and then: */
    char server[PG_SERVER_SIZE]; /* to whom */
    Waiter *first, *last;        /* who came meanwhile */
} group = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Which start of which server: behind a name there may be another one after a while. */
static Code ask_server(Pg *pg, Error *error)
{
    static const char sql[] = "SELECT extract(epoch FROM pg_postmaster_start_time()),"
                              " inet_server_addr(), inet_server_port()";
    DbRows rows = {0};
    if (*pg->server)
        return RUNG_OK;
    Arena *arena = arena_new();
    DbStatement statement = {.sql = sql, .length = sizeof sql - 1};
    Code code = pg_query(&pg->db, arena, &statement, &rows, error);
    if (!code) {
        const char *address = db_cell(&rows, 0, 1), *port = db_cell(&rows, 0, 2);
        snprintf(pg->server, sizeof pg->server, "%s %s %s", db_cell(&rows, 0, 0),
                 address ? address : "", port ? port : "");
    }
    arena_free(arena);
    return code;
}

static Code send_message(Pg *pg, Error *error)
{
    static const char sql[] = "SELECT pg_logical_emit_message(true, 'rung', '')";
    DbStatement statement = {.sql = sql, .length = sizeof sql - 1, .keep = true};
    db_start(&pg->db);
    return pg_query(&pg->db, NULL, &statement, NULL, error);
}

/* Takes all of `list` into the queue again, in front. */
static void put_back(Waiter *list)
{
    Waiter *end = list;
    while (end && end->next)
        end = end->next;
    if (!end)
        return;
    end->next = group.first;
    group.first = list;
    group.last = group.last ? group.last : end;
}

static void wake(Waiter *waiter, bool settled)
{
    waiter->settled = settled;
    sem_post(&waiter->wake);
}

/* The message covers who waited before it was sent. The first of the others is the next. */
static Code lead(Pg *pg, Error *error)
{
    pthread_mutex_lock(&group.lock);
    Waiter *list = group.first;
    group.first = group.last = NULL;
    pthread_mutex_unlock(&group.lock);
    Code code = send_message(pg, error);
    pthread_mutex_lock(&group.lock);
    if (code)
        put_back(list);
    Waiter *next = group.first;
    if (next)
        group.first = next->next;
    if (!group.first)
        group.last = NULL;
    group.leading = next != NULL;
    pthread_mutex_unlock(&group.lock);
    for (Waiter *after; !code && list; list = after) {
        after = list->next;
        wake(list, true);
    }
    if (next)
        wake(next, false);
    return code;
}

Code pg_settle(Db *db, Error *error)
{
    Pg *pg = (Pg *)db;
    Waiter waiter = {0};
    Code code = ask_server(pg, error);
    if (code)
        return code;
    pthread_mutex_lock(&group.lock);
    bool follows = group.leading && strcmp(group.server, pg->server) == 0;
    bool leads = !group.leading;
    if (leads) {
        group.leading = true;
        memcpy(group.server, pg->server, sizeof group.server);
    } else if (follows) {
        sem_init(&waiter.wake, 0, 0);
        if (group.last)
            group.last->next = &waiter;
        else
            group.first = &waiter;
        group.last = &waiter;
    }
    pthread_mutex_unlock(&group.lock);
    if (follows) {
        while (sem_wait(&waiter.wake) != 0)
            continue; /* a signal */
        sem_destroy(&waiter.wake);
        if (waiter.settled)
            return RUNG_OK;
    }
    return leads || follows ? lead(pg, error) : send_message(pg, error);
}
