/* What was exported, and what became of the archives. */
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "lifecycle/audit.h"
#include "lifecycle/export_parts.h"

#include <dirent.h>
#include <unistd.h>

#define COLUMNS                                                                                    \
    "id, subject, subject_hash, status, path, requested_by, problem, coalesce(row_count, 0),"      \
    " coalesce(bytes, 0), {epoch started_at}, {epoch finished_at}, {epoch expires_at}"

enum { LOST_SECONDS = 86400 }; /* a run of another machine that says nothing for so long is over */

static const char *number(Arena *arena, int64_t value)
{
    return arena_print(arena, "%lld", (long long)value);
}

/* ---- one run ---- */

Code export_begin(Export *export, int64_t *ret_id, Error *error)
{
    Life *life = export->life;
    Arena *arena = arena_new();
    DbRows rows;
    char absolute[4096];
    const char *folder = path_folder(arena, export->path);
    if (realpath(folder, absolute))
        export->path = path_join(export->arena, arena_string(export->arena, absolute),
                                 path_name(export->path));
    export->work = export_work(export->arena, export->path);
    Code code = LIFE(life, arena, &rows, error,
                     "INSERT INTO {export_history} (subject, subject_hash, status, format, path,"
                     " started_at, requested_by) VALUES ($1, $2, 'running', 'jsonl.tar', $3, {now},"
                     " $4) RETURNING id",
                     export->subject->policy->name, export->hash, export->path, life->actor);
    if (!code)
        *ret_id = db_number(&rows, 0, 0);
    arena_free(arena);
    return code;
}

static Code end(Export *export, const ExportResult *result, Arena *arena, Error *error)
{
    Life *life = export->life;
    const ClockAge *keep = &life->policy->exports_keep;
    const char *cast = life->engine == ENGINE_SQLITE ? "" : "::bigint";
    const char *sql = arena_print(
        arena,
        "UPDATE {export_history} SET status = 'completed', sha256 = $2, bytes = $3%s, tables ="
        " $4%s, row_count = $5%s, duration_ms = $6%s, finished_at = {now}, expires_at = %s WHERE id"
        " = $1%s AND status = 'running'",
        cast, cast, cast, cast,
        life_later(life, arena, "{now}", number(arena, keep->months), number(arena, keep->seconds)),
        cast);
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error, sql, number(arena, result->id), result->sha256,
                     number(arena, result->bytes), number(arena, result->tables),
                     number(arena, result->rows), number(arena, result->elapsed_us / 1000));
    if (!code && !rows.changed)
        code = error_set(error, RUNG_MISMATCH,
                         "the row %lld of the export history is gone, or "
                         "another run ended it",
                         (long long)result->id);
    if (code)
        return code;
    return audit_add(life,
                     &(AuditEvent){.action = "export",
                                   .policy = export->subject->policy->name,
                                   .table = export->subject->table->title,
                                   .rows = result->rows,
                                   .subjects = 1,
                                   .subject_hash = export->hash,
                                   .detail = path_name(export->path)},
                     error);
}

Code export_end(Export *export, const ExportResult *result, Error *error)
{
    Arena *arena = arena_new();
    Code code = life_begin(export->life, error);
    if (!code)
        code = end(export, result, arena, error);
    if (!code)
        code = life_commit(export->life, error);
    arena_free(arena);
    return code ? life_rollback(export->life, code) : RUNG_OK;
}

static Code set_failed(Life *life, const char *id, const char *problem, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                life->engine == ENGINE_SQLITE
                    ? "UPDATE {export_history} SET status = 'failed', finished_at = {now}, problem"
                      " = $2 WHERE id = $1 AND status = 'running'"
                    : "UPDATE {export_history} SET status = 'failed', finished_at = {now}, problem"
                      " = $2 WHERE id = $1::bigint AND status = 'running'",
                id, problem);
}

/* What cannot be written now is settled by the next run. */
void export_fail(Export *export, int64_t id, const Error *why)
{
    Arena *arena = arena_new();
    Error ignored;
    if (!db_lost(export->life->db))
        set_failed(export->life, number(arena, id), why->message, &ignored);
    arena_free(arena);
}

/* ---- those that ended without a word ---- */

/* The lock in its folder is free: its process is gone. */
static Code settle_folder(Life *life, Arena *arena, const char *id, const char *path, Error *error)
{
    int fd;
    Error ignored;
    const char *work = export_work(arena, path);
    const char *lock = path_join(arena, work, "lock");
    if (!file_exists(lock))
        return RUNG_OK; /* it is just beginning, or just ending */
    Code code = file_lock(lock, false, &fd, error);
    if (code || fd < 0)
        return code;
    code = set_failed(life, id, "it was interrupted", error);
    if (!code && file_exists(path))
        file_remove(path, &ignored); /* renamed, but not in the history yet */
    if (!code)
        folder_remove(work);
    close(fd);
    return code;
}

/* A run that was killed before it had a row, of whatever database: the lock tells. */
static void sweep(Arena *arena, const char *folder)
{
    static const char ending[] = ".tar.work";
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        size_t length = strlen(entry->d_name), end = sizeof ending - 1;
        if (length <= end || strcmp(entry->d_name + length - end, ending) != 0)
            continue;
        int fd;
        Error ignored;
        const char *work = arena_print(arena, "%s/%s", folder, entry->d_name);
        const char *lock = arena_print(arena, "%s/lock", work);
        if (!file_exists(lock) || file_lock(lock, false, &fd, &ignored) || fd < 0)
            continue;
        folder_remove(work);
        close(fd);
    }
    if (entries)
        closedir(entries);
}

Code export_settle(Life *life, Arena *arena, const char *folder, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT id, path, {epoch {now}} - {epoch started_at} FROM {export_history}"
                     " WHERE status = 'running' AND path IS NOT NULL ORDER BY id");
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *id = db_cell(&rows, i, 0), *path = db_cell(&rows, i, 1);
        if (folder_exists(export_work(arena, path)))
            code = settle_folder(life, arena, id, path, error);
        else if (db_number(&rows, i, 2) > LOST_SECONDS)
            code = set_failed(life, id, "nothing was heard of it for a day", error);
    }
    if (!code)
        sweep(arena, folder);
    return code;
}

/* ---- looking ---- */

static int64_t integer(const DbRows *rows, size_t row, size_t column)
{
    const char *text = db_cell(rows, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}

static ExportRow read_row(const DbRows *rows, size_t row)
{
    ExportRow found = {
        .id = integer(rows, row, 0),
        .subject = db_cell(rows, row, 1),
        .hash = db_cell(rows, row, 2),
        .status = db_cell(rows, row, 3),
        .path = db_cell(rows, row, 4),
        .by = db_cell(rows, row, 5),
        .problem = db_cell(rows, row, 6),
        .rows = integer(rows, row, 7),
        .bytes = integer(rows, row, 8),
        .started_at = integer(rows, row, 9),
        .finished_at = integer(rows, row, 10),
        .expires_at = integer(rows, row, 11),
    };
    found.missing =
        strcmp(found.status, "completed") == 0 && found.path && !file_exists(found.path);
    return found;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A run that is at work has its folder; its archive is nobody's for a moment only. */
static Code find_unknown(Life *life, Arena *arena, const char *folder, ExportList *list,
                         Error *error)
{
    DbRows rows;
    Map *known = map_new(arena);
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT path FROM {export_history} WHERE path IS NOT NULL AND status IN"
                     " ('running', 'completed')");
    for (size_t i = 0; !code && i < rows.count; i++)
        map_set(known, path_name(db_cell(&rows, i, 0)), list);
    DIR *entries = code ? NULL : opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        size_t length = strlen(entry->d_name);
        bool archive = length > 4 && strcmp(entry->d_name + length - 4, ".tar") == 0;
        if (archive && !map_get(known, entry->d_name))
            *vec_add(arena, &list->unknown) =
                path_join(arena, folder, arena_string(arena, entry->d_name));
    }
    if (entries)
        closedir(entries);
    if (list->unknown.count)
        qsort(list->unknown.at, list->unknown.count, sizeof *list->unknown.at, by_name);
    return code;
}

Code export_list(Life *life, Arena *arena, const char *folder, int64_t limit, ExportList *ret_list,
                 Error *error)
{
    DbRows rows;
    Code code = export_settle(life, arena, folder, error);
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    arena_print(arena,
                                "SELECT " COLUMNS " FROM {export_history} ORDER BY id DESC"
                                " LIMIT %lld",
                                (long long)(limit ? limit : INT32_MAX)));
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, &ret_list->rows) = read_row(&rows, i);
    return code ? code : find_unknown(life, arena, folder, ret_list, error);
}

/* ---- expiring ---- */

/* The file first: what is interrupted between the two is done again. */
static Code expire_one(Life *life, const ExportRow *row, int64_t *removed, Error *error)
{
    Arena *arena = arena_new();
    Code code = RUNG_OK;
    const char *problem = row->missing ? "the archive was gone before its time was over" : NULL;
    if (row->path && file_exists(row->path)) {
        code = file_remove(row->path, error);
        *removed += !code;
        if (!code)
            code = folder_sync(path_folder(arena, row->path), error);
    }
    if (!code)
        code = life_begin(life, error);
    if (!code)
        code = LIFE(life, NULL, NULL, error,
                    life->engine == ENGINE_SQLITE
                        ? "UPDATE {export_history} SET status = 'expired', problem = $2 WHERE id ="
                          " $1 AND status = 'completed'"
                        : "UPDATE {export_history} SET status = 'expired', problem = $2 WHERE id ="
                          " $1::bigint AND status = 'completed'",
                    number(arena, row->id), problem);
    if (!code)
        code = audit_add(life,
                         &(AuditEvent){.action = "export expired",
                                       .policy = row->subject,
                                       .subjects = 1,
                                       .subject_hash = row->hash,
                                       .detail = row->path ? path_name(row->path) : NULL},
                         error);
    if (!code)
        code = life_commit(life, error);
    arena_free(arena);
    return code ? life_rollback(life, code) : RUNG_OK;
}

Code export_expire(Life *life, Arena *arena, const char *folder, ExportList *ret_list, Error *error)
{
    DbRows rows;
    Code code = export_settle(life, arena, folder, error);
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    "SELECT " COLUMNS " FROM {export_history} WHERE status = 'completed' AND"
                    " expires_at <= {now} ORDER BY id");
    for (size_t i = 0; !code && i < rows.count; i++) {
        ExportRow row = read_row(&rows, i);
        code = expire_one(life, &row, &ret_list->removed, error);
        row.status = "expired";
        *vec_add(arena, &ret_list->rows) = row;
    }
    return code ? code : find_unknown(life, arena, folder, ret_list, error);
}
