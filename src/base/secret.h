/* Files that only their owner may read: keys. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/error.h"

/* The whole file and one NUL behind it. RUNG_FILE with what to do when its mode lets anybody but
 * the owner read or write it; RUNG_LIMIT when it is larger than `limit` bytes. secret_free ends the
 * bytes: they are in no arena. */
Code secret_read(const char *path, size_t limit, char **ret_data, size_t *ret_length, Error *error);

/* Overwrites the bytes and frees them; NULL is accepted. */
void secret_free(char *data, size_t length);

/* Writes a file with mode 0600, whole or not at all; when this returns, file and name are on the
 * disk. `replace` false: RUNG_FILE if there is one. */
Code secret_write(const char *path, const char *data, size_t length, bool replace, Error *error);

#endif
