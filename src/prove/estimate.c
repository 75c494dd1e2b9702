/* Sizes and rates. */
#include "prove/estimate.h"
#include "base/clock.h"
#include "lint/hazard.h"

Code sizes_read(Db *db, Arena *arena, TableSizeList *ret_sizes, Error *error)
{
    static const char sql[] =
        "SELECT format('%I.%I', n.nspname, c.relname), greatest(c.reltuples, 0),"
        " pg_relation_size(c.oid), pg_total_relation_size(c.oid)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r',"
        " 'm', 'p') AND c.oid >= 16384 AND n.nspname NOT IN ('rung', 'pg_toast')";
    DbRows rows;
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++)
        *vec_add(arena, ret_sizes) =
            (TableSize){db_cell(&rows, row, 0), strtod(db_cell(&rows, row, 1), NULL),
                        strtod(db_cell(&rows, row, 2), NULL), strtod(db_cell(&rows, row, 3), NULL)};
    return code;
}

const TableSize *size_of(const TableSizeList *sizes, const char *name)
{
    for (size_t i = 0; i < sizes->count; i++)
        if (strcmp(sizes->at[i].name, name) == 0)
            return &sizes->at[i];
    return NULL;
}

enum { ROWS = 20000 };

/* Rows of about 100 bytes. */
static const double HEAP = ROWS * 128.0;

static Code timed(Db *db, const char *sql, double *ret_seconds, Error *error)
{
    int64_t start = clock_monotonic_us();
    Code code = db_exec(db, sql, error);
    *ret_seconds = (double)(clock_monotonic_us() - start + 1) / 1e6;
    return code;
}

Code rates_measure(Db *db, Rates *ret_rates, Error *error)
{
    static const char *const setup[] = {
        "BEGIN",
        "CREATE TABLE rung_rate (id bigint, t text)",
        "INSERT INTO rung_rate SELECT i, repeat('x', 80) FROM generate_series(1, 20000) i",
        "CREATE TABLE rung_rate_key (id bigint PRIMARY KEY)",
        "INSERT INTO rung_rate_key SELECT i FROM generate_series(1, 20000) i",
    };
    Error ignored;
    Code code = RUNG_OK;
    double scan = 1, index = 1, keys = 1, rewrite = 1;
    for (size_t i = 0; !code && i < COUNT(setup); i++)
        code = db_exec(db, setup[i], error);
    if (!code)
        code = timed(db, "ALTER TABLE rung_rate ADD CHECK (id > 0)", &scan, error);
    if (!code)
        code = timed(db, "CREATE INDEX ON rung_rate (t, id)", &index, error);
    if (!code)
        code = timed(db, "ALTER TABLE rung_rate ADD FOREIGN KEY (id) REFERENCES rung_rate_key",
                     &keys, error);
    if (!code)
        code =
            timed(db, "ALTER TABLE rung_rate ALTER COLUMN t TYPE text COLLATE \"C\" USING t || ''",
                  &rewrite, error);
    *ret_rates = (Rates){HEAP / rewrite, HEAP / scan, HEAP / index, ROWS / keys};
    db_exec(db, "ROLLBACK", &ignored);
    return code;
}

double work_seconds(const Rates *rates, const TableSize *size, unsigned work)
{
    double seconds = 0;
    if (!size)
        return 0;
    if (work & WORK_REWRITE)
        seconds += size->total / rates->rewrite;
    if (work & WORK_SCAN)
        seconds += size->heap / rates->scan;
    if (work & WORK_INDEX)
        seconds += size->heap / rates->index;
    if (work & WORK_KEYS)
        seconds += size->rows / rates->keys;
    return seconds;
}
