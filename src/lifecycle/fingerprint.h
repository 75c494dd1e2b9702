/* Whether a schema is the one that was looked at before, without looking at all of it again. */
#ifndef LIFECYCLE_FINGERPRINT_H
#define LIFECYCLE_FINGERPRINT_H

#include "db/db.h"

/* Another text after any change of users' tables, columns, keys, triggers, views, functions. It may
 * be another one without such a change, too; `ret_text` is in `arena`. */
Code fingerprint_read(Db *db, Arena *arena, const char **ret_text, Error *error);

#endif
