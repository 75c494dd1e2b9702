/* PREPARE says whether a query still means something, without running it. */
#include "prove/queries.h"
#include "source/files.h"
#include "sql/split.h"

Code queries_read(Arena *arena, Engine engine, const char *path, AppQueryList *ret_queries,
                  Error *error)
{
    SchemaFiles files = {0};
    Code code = files_read(arena, path, &files, error);
    for (size_t i = 0; !code && i < files.files.count; i++) {
        const SchemaFile *file = &files.files.at[i];
        SqlPieces pieces = {0};
        SqlSource source = {engine, file->path, 1, file->text, file->length};
        code = sql_split(arena, &source, &pieces, error);
        for (size_t k = 0; !code && k < pieces.count; k++)
            if (pieces.at[k].length)
                *vec_add(arena, ret_queries) =
                    (AppQuery){.file = file->path,
                               .line = pieces.at[k].line,
                               .sql = arena_copy(arena, file->text + pieces.at[k].offset,
                                                 pieces.at[k].length)};
    }
    return code;
}

/* ---- one query ---- */

/* What PostgreSQL 16 and later say of results, too. */
static Code read_types(Db *db, Arena *arena, const char **ret_types, Error *error)
{
    DbRows rows;
    const char *sql = db_version(db) >= 160000
                          ? "SELECT parameter_types::text || ' -> ' || coalesce(result_types::text,"
                            " '{}') FROM pg_prepared_statements WHERE name = 'rung_query'"
                          : "SELECT parameter_types::text FROM pg_prepared_statements WHERE name ="
                            " 'rung_query'";
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
    *ret_types = !code && rows.count ? db_cell(&rows, 0, 0) : "";
    return code;
}

static Code prepare(Db *db, Arena *arena, const AppQuery *query, const char **ret_types,
                    Error *error)
{
    *ret_types = "";
    if (db_engine(db) == ENGINE_SQLITE)
        return db_query(
            db, arena,
            &(DbStatement){.sql = arena_print(arena, "EXPLAIN %s", query->sql), .all_null = true},
            NULL, error);
    Code code =
        db_query(db, arena,
                 &(DbStatement){.sql = arena_print(arena, "PREPARE rung_query AS %s", query->sql)},
                 NULL, error);
    if (!code)
        code = read_types(db, arena, ret_types, error);
    return code ? code : db_exec(db, "DEALLOCATE rung_query", error);
}

/* In the open transaction, which a failure leaves as it was. */
static Code prepare_safely(Db *db, Arena *arena, const AppQuery *query, const char **ret_types,
                           Error *error)
{
    Error ignored;
    bool inside = db_in_transaction(db) && db_engine(db) == ENGINE_POSTGRESQL;
    if (inside)
        db_exec(db, "SAVEPOINT rung_query", &ignored);
    Code code = prepare(db, arena, query, ret_types, error);
    if (inside && code)
        db_exec(db, "ROLLBACK TO rung_query", &ignored);
    if (inside)
        db_exec(db, "RELEASE rung_query", &ignored);
    return code;
}

Code queries_start(Db *db, Arena *arena, AppQueryList *queries, Error *error)
{
    for (size_t i = 0; i < queries->count; i++) {
        AppQuery *query = &queries->at[i];
        Error failed;
        Code code = prepare_safely(db, arena, query, &query->types, &failed);
        if (code && db_lost(db)) {
            *error = failed;
            return code;
        }
        query->usable = !code;
        query->broken = code != RUNG_OK;
        query->trouble = code ? arena_string(arena, failed.message) : NULL;
    }
    return RUNG_OK;
}

static const char *place(Arena *arena, const Observed *observed)
{
    return arena_print(arena, "%s, %s:%d", observed->revision->id, observed->revision->path,
                       observed->line);
}

void queries_look(Db *db, Arena *arena, AppQueryList *queries, const Observed *observed)
{
    for (size_t i = 0; i < queries->count && !db_lost(db); i++) {
        AppQuery *query = &queries->at[i];
        const char *types;
        Error error;
        if (!query->usable || query->trouble)
            continue;
        Code code = prepare_safely(db, arena, query, &types, &error);
        if (!code && strcmp(types, query->types) == 0)
            continue;
        query->broken = code != RUNG_OK;
        query->trouble =
            code ? arena_string(arena, error.message)
                 : arena_print(arena, "its types change from %s to %s", query->types, types);
        query->cause = place(arena, observed);
    }
}
