/* The functions of libpq that rung calls, resolved when the first URL needs them (libpq drags in
 * LDAP and Kerberos: it would double the time of every start). Each is called as `pq->NAME(…)`,
 * without its PQ. */
#ifndef DB_PG_SYMBOLS_H
#define DB_PG_SYMBOLS_H

#include "base/error.h"

#include <libpq-fe.h>

/* clang-format off */
#define PG_SYMBOLS(S)                                                                              \
    S(conninfoParse) S(conninfoFree) S(freemem)                                                    \
    S(connectStartParams) S(connectdbParams) S(connectPoll) S(finish)                              \
    S(status) S(socket) S(errorMessage) S(setErrorVerbosity) S(setNoticeReceiver)                  \
    S(host) S(port) S(user) S(db) S(serverVersion) S(backendPID) S(transactionStatus)              \
    S(sslInUse) S(gssEncInUse)                                                                     \
    S(getCancel) S(freeCancel) S(cancel)                                                           \
    S(setnonblocking) S(flush) S(consumeInput) S(isBusy) S(getResult) S(setSingleRowMode)          \
    S(sendQueryParams) S(sendPrepare) S(sendQueryPrepared)                                         \
    S(enterPipelineMode) S(exitPipelineMode) S(pipelineSync) S(sendFlushRequest)                   \
    S(putCopyEnd) S(getCopyData)                                                                   \
    S(resultStatus) S(resultErrorField) S(resultErrorMessage) S(clear)                             \
    S(ntuples) S(nfields) S(fname) S(getvalue) S(getisnull) S(getlength) S(cmdStatus) S(cmdTuples)
/* clang-format on */

typedef struct PgApi {
#define PG_MEMBER(name) __typeof__(PQ##name) *name;
    PG_SYMBOLS(PG_MEMBER)
#undef PG_MEMBER
} PgApi;

/* Loads libpq, once a process. RUNG_UNSUPPORTED with a hint when it is missing or too old. */
Code pg_api_load(const PgApi **ret_api, Error *error);

#endif
