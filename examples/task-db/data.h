/* What the application asks of its database, on either engine. */
#ifndef TASK_DATA_H
#define TASK_DATA_H

#include <jansson.h>
#include <stdbool.h>

/* At most so many queries run at once; a thread that asks finds a connection if there are no more
 * threads than this. */
enum { DATA_CONNECTIONS = 4 };

enum { SQL_USER, SQL_LIST, SQL_READ, SQL_CREATE, SQL_CHANGE, SQL_DELETE, SQL_COUNT };
extern const char *const statements[SQL_COUNT];

/* Connects; false, and told on stderr, if that fails or the tables are not there. */
bool data_open(const char *url);
void data_close(void);

/* Runs one of the statements with `count` values, NULL for null. The rows, an array of objects,
 * belong to the caller; NULL, and told on stderr, if the database refused or is away. */
json_t *data_query(int statement, const char *const *values, int count);

#endif
