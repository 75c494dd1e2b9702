/* Keeping a connection between verbs. */
#include "api/session.h"
#include "base/clock.h"

void session_close(Session *session)
{
    db_close(session->db);
    known_subjects_free(session->known);
    session->db = NULL;
    session->known = NULL;
    session->state = SESSION_PLAIN;
}

static bool is_of_use(const Session *session)
{
    return clock_monotonic_us() - session->opened_us < session->keep_us && db_alive(session->db);
}

Code session_take(Session *session, const DbUrl *url, const DbOptions *options, Db **ret_db,
                  Error *error)
{
    if (session->db && is_of_use(session)) {
        *ret_db = session->db;
        session->db = NULL;
        return RUNG_OK;
    }
    session_close(session);
    session->opened_us = clock_monotonic_us();
    return db_open(url, options, ret_db, error);
}

static bool make_tidy(Session *session, Db *db, bool tidy)
{
    Error ignored;
    if (!tidy) {
        session->state = SESSION_PLAIN;
        return db_reset(db);
    }
    return !db_in_transaction(db) || !db_exec(db, "ROLLBACK", &ignored);
}

void session_give(Session *session, Db *db, bool tidy)
{
    if (!db)
        return;
    bool keep = session->keep_us && !db_lost(db) && make_tidy(session, db, tidy);
    session->db = db;
    if (!keep)
        session_close(session);
}

static Code set_postgresql(Db *db, bool writes, int lock_timeout_ms, Error *error)
{
    char milliseconds[16];
    const char *params[] = {writes ? "off" : "on", milliseconds};
    snprintf(milliseconds, sizeof milliseconds, "%d", lock_timeout_ms);
    DbStatement statement = {.sql = writes
                                        ? "SELECT set_config('TimeZone', 'UTC', false),"
                                          " set_config('default_transaction_read_only', $1, false),"
                                          " set_config('lock_timeout', $2, false)"
                                        : "SELECT set_config('TimeZone', 'UTC', false),"
                                          " set_config('default_transaction_read_only', $1, false)",
                             .params = params,
                             .param_count = writes ? 2 : 1};
    return db_query(db, NULL, &statement, NULL, error);
}

static Code make_plain(Db *db, Error *error)
{
    if (db_engine(db) == ENGINE_SQLITE)
        return db_exec(db, "PRAGMA query_only = off", error);
    return db_reset(db) ? RUNG_OK
                        : error_set(error, RUNG_CONNECT, "the connection to the database was lost");
}

/* Times and dates that conditions of rung.yaml compare are UTC, whatever the role's settings. */
Code session_set(Session *session, Db *db, SessionState state, int lock_timeout_ms, Error *error)
{
    Code code;
    bool writes = state == SESSION_WRITES;
    if (session->state == state)
        return RUNG_OK;
    if (state == SESSION_PLAIN)
        code = make_plain(db, error);
    else if (db_engine(db) == ENGINE_POSTGRESQL)
        code = set_postgresql(db, writes, lock_timeout_ms, error);
    else
        code = db_exec(db, writes ? "PRAGMA query_only = off" : "PRAGMA query_only = on", error);
    if (!code)
        session->state = state;
    return code;
}
