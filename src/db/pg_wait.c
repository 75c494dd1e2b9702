/* Waiting for the server by poll, so that nothing else has to wait with it. */
#include "db/pg.h"

#include <errno.h>
#include <poll.h>

bool pg_wait(Pg *pg, bool writing)
{
    struct pollfd fd = {.fd = pg->pq->socket(pg->conn),
                        .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    if (fd.fd < 0)
        return false;
    for (;;) {
        int ready = poll(&fd, 1, db_tick(&pg->db));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

PGresult *pg_result(Pg *pg)
{
    while (pg->pq->isBusy(pg->conn)) {
        int unsent = pg->pq->flush(pg->conn);
        if (unsent < 0 || !pg_wait(pg, unsent > 0) || !pg->pq->consumeInput(pg->conn))
            break; /* the next call tells why */
    }
    return pg->pq->getResult(pg->conn);
}

bool pg_flush(Pg *pg)
{
    int unsent;
    while ((unsent = pg->pq->flush(pg->conn)) > 0)
        if (!pg_wait(pg, true) || !pg->pq->consumeInput(pg->conn))
            return false;
    return unsent == 0;
}
