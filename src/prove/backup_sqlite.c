/* SQLite: a copy by the backup API, compared with what it was made from. */
#include "prove/backup.h"
#include "sql/quote.h"
#include "base/vec.h"

#include <unistd.h>

typedef struct TableCount {
    const char *table, *rows;
} TableCount;

typedef VEC(TableCount) TableCounts;

static Code ask(Db *db, Arena *arena, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

/* The tables behind a virtual one are counted themselves. */
static Code count_rows(Db *db, Arena *arena, TableCounts *ret_counts, Error *error)
{
    DbRows tables, rows;
    Code code = ask(db, arena,
                    "SELECT name FROM sqlite_schema WHERE type = 'table'"
                    " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
                    &tables, error);
    for (size_t i = 0; !code && i < tables.count; i++) {
        Text sql = TEXT_EMPTY;
        const char *name = db_cell(&tables, i, 0);
        text_put(&sql, "SELECT count(*) FROM main.");
        sql_add_name(&sql, name);
        code = ask(db, arena, text_string(&sql), &rows, error);
        text_done(&sql);
        if (!code)
            *vec_add(arena, ret_counts) = (TableCount){name, db_cell(&rows, 0, 0)};
    }
    return code;
}

static Code broken(const BackupJob *job, const char *why, Error *error)
{
    error_set(error, RUNG_FAILED, "the backup of %s cannot be trusted: %s", job->url->shown, why);
    return error_hint(error, "the database itself may be damaged: look at PRAGMA integrity_check");
}

static Code compare(BackupJob *job, Db *copy, const TableCounts *before, Error *error)
{
    TableCounts counts = {0};
    DbRows rows;
    Code code = ask(copy, job->arena, "PRAGMA integrity_check(1)", &rows, error);
    if (code)
        return code;
    if (rows.count != 1 || strcmp(db_cell(&rows, 0, 0), "ok") != 0)
        return broken(job, rows.count ? db_cell(&rows, 0, 0) : "no answer", error);
    code = count_rows(copy, job->arena, &counts, error);
    if (code)
        return code;
    if (counts.count != before->count)
        return broken(job, "it has not the same tables", error);
    for (size_t i = 0; i < counts.count; i++)
        if (strcmp(counts.at[i].table, before->at[i].table) != 0 ||
            strcmp(counts.at[i].rows, before->at[i].rows) != 0)
            return broken(job,
                          arena_print(job->arena, "%s has %s rows there and %s here",
                                      before->at[i].table, counts.at[i].rows, before->at[i].rows),
                          error);
    return RUNG_OK;
}

/* For writing, too: in WAL mode the last connection removes its files only then. */
static Code verify(BackupJob *job, const TableCounts *before, Error *error)
{
    Db *copy;
    DbOptions options = {.must_exist = true};
    DbUrl url = {.engine = ENGINE_SQLITE, .path = job->part, .shown = job->part};
    Code code = db_open(&url, &options, &copy, error);
    if (code)
        return code;
    code = compare(job, copy, before, error);
    db_close(copy);
    return code;
}

/* Counted and copied in one transaction: nobody changes it in between. */
static Code copy_database(BackupJob *job, TableCounts *counts, Error *error)
{
    Error ignored;
    Code code = db_exec(job->db, "BEGIN", error);
    if (code)
        return code;
    code = count_rows(job->db, job->arena, counts, error);
    if (!code)
        code = db_backup(job->db, job->part, error);
    db_exec(job->db, "ROLLBACK", &ignored);
    return code;
}

static const char *restore_command(const BackupJob *job)
{
    char *path = realpath(job->url->path, NULL);
    const char *database = backup_shell_word(job->arena, path ? path : job->url->path);
    const char *command =
        arena_print(job->arena, "sqlite3 %s %s", database,
                    backup_shell_word(
                        job->arena, arena_print(job->arena, ".restore \"%s\"", job->backup->path)));
    free(path);
    return command;
}

Code backup_sqlite(BackupJob *job, Error *error)
{
    int version = db_version(job->db);
    TableCounts counts = {0};
    Code code = copy_database(job, &counts, error);
    if (!code)
        code = verify(job, &counts, error);
    if (code)
        return code;
    job->backup->tables = counts.count;
    job->backup->tool = arena_print(job->arena, "SQLite %d.%d.%d", version / 1000000,
                                    version / 1000 % 1000, version % 1000);
    job->backup->verified = "integrity_check is ok, every table has as many rows";
    job->backup->restore = restore_command(job);
    job->backup->note = "end the application first: what it wrote since is gone";
    return RUNG_OK;
}
