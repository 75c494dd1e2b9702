/* The connection that a project keeps between verbs, if rung_options asks for that. */
#ifndef API_SESSION_H
#define API_SESSION_H

#include "db/db.h"

/* What the session's settings are. */
typedef enum {
    SESSION_PLAIN,  /* the server's and the role's */
    SESSION_READS,  /* UTC, and nothing is changed */
    SESSION_WRITES, /* UTC, with the target's lock_timeout */
} SessionState;

typedef struct Session {
    Db *db; /* NULL: none is kept, or a verb has it */
    SessionState state;
    int64_t opened_us;
    int64_t keep_us; /* how old it may become; 0: none is kept */

    /* What was learned of the database over this connection; api/life_subject.c. */
    struct KnownSubjects *known;
} Session;

/* Gives the kept connection to a verb, or a new one. One that the server has ended, or that is too
 * old, is replaced: nothing of the verb was sent yet. */
Code session_take(Session *session, const DbUrl *url, const DbOptions *options, Db **ret_db,
                  Error *error);

/* Takes it back at the end of a verb; `tidy`: it left nothing behind but SessionState and prepared
 * statements. Else the session is reset, or closed where that is not possible. */
void session_give(Session *session, Db *db, bool tidy);

/* Makes the settings of the connection, which the verb has, those of `state`. */
Code session_set(Session *session, Db *db, SessionState state, int lock_timeout_ms, Error *error);

void session_close(Session *session);

/* api/life_subject.c: frees it; NULL is accepted. */
void known_subjects_free(struct KnownSubjects *known);

#endif
