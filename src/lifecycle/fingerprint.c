/* PostgreSQL: the versions of the catalog's rows. SQLite counts changes of the schema itself. */
#include "lifecycle/fingerprint.h"

#include "fingerprint_postgresql.sql.h"

Code fingerprint_read(Db *db, Arena *arena, const char **ret_text, Error *error)
{
    DbRows rows;
    const char *sql =
        db_engine(db) == ENGINE_SQLITE ? "PRAGMA schema_version" : fingerprint_postgresql_sql;
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
    if (!code)
        *ret_text = rows.count ? db_cell(&rows, 0, 0) : "";
    return code;
}
