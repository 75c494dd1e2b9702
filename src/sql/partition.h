/* PostgreSQL's statements about partitions. Tables come quoted, with their schema; bounds as
 * pg_get_expr() prints them: "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')". */
#ifndef SQL_PARTITION_H
#define SQL_PARTITION_H

#include "base/text.h"

void sql_add_partition(Text *text, const char *table, const char *partition, const char *bounds);

/* `concurrently`: outside of a transaction, from PostgreSQL 14 on. */
void sql_add_detach(Text *text, const char *table, const char *partition, bool concurrently);

/* Ends a DETACH CONCURRENTLY that was interrupted. */
void sql_add_detach_end(Text *text, const char *table, const char *partition);
void sql_add_attach(Text *text, const char *table, const char *partition, const char *bounds);
void sql_add_drop_table(Text *text, const char *table);

/* FOR VALUES FROM ('…') TO ('…') */
void sql_add_range(Text *text, const char *from, const char *to);

#endif
