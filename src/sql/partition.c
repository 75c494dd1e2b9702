/* DDL of partitions. */
#include "sql/partition.h"
#include "sql/quote.h"

void sql_add_partition(Text *text, const char *table, const char *partition, const char *bounds)
{
    text_print(text, "CREATE TABLE %s PARTITION OF %s %s", partition, table, bounds);
}

void sql_add_detach(Text *text, const char *table, const char *partition, bool concurrently)
{
    text_print(text, "ALTER TABLE %s DETACH PARTITION %s%s", table, partition,
               concurrently ? " CONCURRENTLY" : "");
}

void sql_add_detach_end(Text *text, const char *table, const char *partition)
{
    text_print(text, "ALTER TABLE %s DETACH PARTITION %s FINALIZE", table, partition);
}

void sql_add_attach(Text *text, const char *table, const char *partition, const char *bounds)
{
    text_print(text, "ALTER TABLE %s ATTACH PARTITION %s %s", table, partition, bounds);
}

void sql_add_drop_table(Text *text, const char *table)
{
    text_print(text, "DROP TABLE %s", table);
}

void sql_add_range(Text *text, const char *from, const char *to)
{
    text_put(text, "FOR VALUES FROM (");
    sql_add_constant(text, from);
    text_put(text, ") TO (");
    sql_add_constant(text, to);
    text_char(text, ')');
}
