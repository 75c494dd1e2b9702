/* How a verb comes to work with the life of rows. */
#ifndef API_LIFE_H
#define API_LIFE_H

#include "api/project.h"
#include "lifecycle/guard.h"

/* Connects, reads the secret of the keyed hashes and the graph of keys, and fills `ret_life`, which
 * lives as long as the verb. Without `writes` the session changes nothing. RUNG_CONFIG with what to
 * do when rung.yaml has no section lifecycle, or its secret is missing or short. */
Code life_open(Verb *verb, bool writes, Life *ret_life, Error *error);

/* The same for those who only look, without the secret: `ret_life->secret` is NULL. A connection
 * that the verb has already is used, as it is. */
Code life_look(Verb *verb, Life *ret_life, Error *error);

/* The same without the graph, for what only reads and writes requests; the verb is tidy. */
Code life_open_requests(Verb *verb, bool writes, Life *ret_life, Error *error);

/* Of the graph only the table of the subject that `text` names: "users:42". What is known of it is
 * kept with the connection for a second, SQLite: until the schema changes. After a statement that
 * failed since it is not as it was, life_is_outdated is true, once, and it is opened anew. */
Code life_open_row(Verb *verb, bool writes, const char *text, Life *ret_life, Subject *ret_subject,
                   const char **ret_key, Error *error);
bool life_is_outdated(Verb *verb, const Error *error);

/* Neither secret nor graph, for rung's own tables alone. */
Code life_connect(Verb *verb, bool writes, Life *ret_life, Error *error);

/* The same for those who ask rung's tables alone, and read; `secret`: with it. A connection that
 * the verb has already is used, as it is. */
Code life_peek(Verb *verb, bool secret, Life *ret_life, Error *error);

/* life_open for one row: "users:42". RUNG_UNKNOWN when it names no subject; the row need not be
 * there. */
Code life_open_subject(Verb *verb, bool writes, const char *text, Life *ret_life,
                       Subject *ret_subject, const char **ret_key, Error *error);

/* RUNG_UNKNOWN with the subjects that there are. */
Code life_no_subject(const Life *life, const char *text, Error *error);

/* ---- verbs with actions ---- */

typedef struct LifeAction {
    const char *name;
    int operands; /* behind the name: 0, 1, or -1: one or none */
    Code (*run)(Verb *verb, const char *operand, Error *error);
} LifeAction;

/* Runs the action that the first operand names; `what` is the other one: "SUBJECT:KEY". */
Code life_run(Verb *verb, const LifeAction *actions, size_t count, const char *what, Error *error);

/* ---- what check and status share ---- */

/* A finding for each subject whose guards are missing, and for requests whose row is gone. */
Code life_find(Verb *verb, FindingList *findings, Error *error);

/* RUNG_FOUND when an alert fires. */
Code life_status(Verb *verb, Error *error);

#endif
