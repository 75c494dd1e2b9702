/* The archive: a folder of files, and the system's tar. It is made beside its place, under another
 * name, in a folder that only its owner reads; a lock there tells who is at work from who is gone.
 */
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/process.h"
#include "base/value.h"
#include "lifecycle/export_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAID_LIMIT = 500, NAME_LIMIT = 200, NAME_TRIES = 50 };

/* ---- names ---- */

/* Letters, digits, "-", "_", "." and what is no ASCII stand for themselves, the rest as %XX. */
static const char *file_name(Arena *arena, const char *name)
{
    static const char known[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    Text text = TEXT_EMPTY;
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at >= 0x80 || (strchr(known, *at) && (at > name || *at != '.')))
            text_char(&text, *at);
        else
            text_print(&text, "%%%02X", (unsigned char)*at);
    return text_keep(&text, arena);
}

const char *export_work(Arena *arena, const char *path)
{
    return arena_print(arena, "%s.work", path);
}

/* "users-1a2b3c4d5e6f-20260101T020304Z.tar" in the folder, with a work folder of its own. */
static Code choose_name(Export *export, const char *folder, Error *error)
{
    Arena *arena = export->arena;
    const char *subject = file_name(arena, export->subject->policy->name);
    for (int i = 0; i < NAME_TRIES; i++) {
        int64_t now = clock_wall_us();
        export->wall_us = now;
        const char *path = path_join(arena, folder,
                                     arena_print(arena, "%.100s-%.12s-%sZ.tar", subject,
                                                 export->hash, clock_print_id(arena, now)));
        const char *work = export_work(arena, path);
        bool free = !file_exists(path);
        if (free && mkdir(work, 0700) == 0) {
            export->path = path;
            export->work = work;
            return RUNG_OK;
        }
        if (free && errno != EEXIST)
            return error_set(error, RUNG_FILE, "cannot create folder %s: %s", work,
                             strerror(errno));
        clock_sleep_ms(1000 - now / 1000 % 1000 + 1); /* another one of this second */
    }
    return error_set(error, RUNG_FILE, "%s has such an archive of every second", folder);
}

/* The lock has its name when it is held: who finds it free knows that its owner is gone. */
static Code lock_work(Export *export, Error *error)
{
    const char *new = path_join(export->arena, export->work, "lock.new");
    Code code = file_lock(new, true, &export->lock, error);
    if (!code && rename(new, path_join(export->arena, export->work, "lock")) != 0)
        code = error_set(error, RUNG_FILE, "cannot create a lock in %s: %s", export->work,
                         strerror(errno));
    return code;
}

Code export_prepare(Export *export, const char *folder, Error *error)
{
    Arena *arena = export->arena;
    Code code = RUNG_OK;
    if (!process_find(arena, "tar")) {
        error_set(error, RUNG_UNSUPPORTED, "an export needs the program tar");
        return error_hint(error, "install the package tar");
    }
    if (!folder_exists(folder) && mkdir(folder, 0700) != 0 && errno != EEXIST)
        return error_set(error, RUNG_FILE, "cannot create folder %s: %s", folder, strerror(errno));
    code = choose_name(export, folder, error);
    if (!code)
        code = lock_work(export, error);
    const char *data = export->work ? path_join(arena, export->work, "data") : NULL;
    if (!code && (mkdir(data, 0700) || mkdir(path_join(arena, data, "tables"), 0700)))
        code = error_set(error, RUNG_FILE, "cannot create folder %s: %s", data, strerror(errno));
    return code;
}

void export_clean(Export *export)
{
    if (export->work)
        folder_remove(export->work);
    if (export->lock >= 0)
        close(export->lock);
    export->lock = -1;
}

/* ---- what stands beside the rows ---- */

static const char *coding_name(ExportCoding coding)
{
    static const char *const names[] = {"plain", "text", "base64", "json"};
    return names[coding];
}

static Value *describe_table(const ExportSet *set)
{
    Value *table = value_object(), *columns = value_array();
    value_set_text(table, "table", set->table->title);
    value_set_text(table, "file", set->file);
    value_set_int(table, "rows", set->rows);
    value_set_int(table, "bytes", set->bytes);
    value_set_text(table, "sha256", set->sha256);
    for (size_t i = 0; i < set->columns.count; i++) {
        Value *column = value_object();
        value_set_text(column, "name", set->columns.at[i].name);
        value_set_text(column, "type", set->columns.at[i].type);
        value_set_text(column, "values", coding_name(set->columns.at[i].coding));
        value_append(columns, column);
    }
    value_set(table, "columns", columns);
    return table;
}

static Code write_manifest(Export *export, const char *path, Error *error)
{
    Value *manifest = value_object(), *database = value_object(), *tables = value_array(),
          *left_out = value_array();
    bool sqlite = export->life->engine == ENGINE_SQLITE;
    Text text = TEXT_EMPTY;
    value_set_text(manifest, "format", "rung-export");
    value_set_int(manifest, "version", 1);
    value_set_text(manifest, "subject", export->subject->policy->name);
    value_set_text(manifest, "key", export->key);
    value_set_text(manifest, "subject_hash", export->hash);
    value_set_text(manifest, "exported_at", clock_print_iso(export->arena, export->wall_us));
    value_set_text(database, "engine", sqlite ? "sqlite" : "postgresql");
    value_set_int(database, "version", db_version(export->life->db));
    value_set(manifest, "database", database);
    value_set_int(manifest, "rows", export->rows);
    for (size_t i = 0; i < export->order.count; i++)
        value_append(tables, describe_table(export->order.at[i]));
    value_set(manifest, "tables", tables);
    for (size_t i = 0; i < export->left_out.count; i++)
        value_append(left_out, value_text(export->left_out.at[i]));
    value_set(manifest, "left_out", left_out);
    value_write(manifest, true, &text);
    text_char(&text, '\n');
    Code code = file_write_new(path, text_string(&text), text.length, error);
    value_free(manifest);
    text_done(&text);
    return code;
}

Code export_hash(const char *path, char ret_hex[HASH_HEX_SIZE], int64_t *ret_bytes, Error *error)
{
    char block[65536];
    Hash hash;
    size_t got;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, RUNG_FILE, "cannot read %s: %s", path, strerror(errno));
    hash_start(&hash);
    *ret_bytes = 0;
    while ((got = fread(block, 1, sizeof block, file)) > 0) {
        hash_add(&hash, block, got);
        *ret_bytes += (int64_t)got;
    }
    Code code = ferror(file)
                    ? error_set(error, RUNG_FILE, "cannot read %s: %s", path, strerror(errno))
                    : RUNG_OK;
    hash_finish(&hash, ret_hex);
    fclose(file);
    return code;
}

/* As sha256sum --check reads it. */
static Code write_sums(Export *export, const char *data, Error *error)
{
    char hash[HASH_HEX_SIZE];
    int64_t bytes;
    Text text = TEXT_EMPTY;
    Code code = export_hash(path_join(export->arena, data, "manifest.json"), hash, &bytes, error);
    text_print(&text, "%s  manifest.json\n", hash);
    for (size_t i = 0; i < export->order.count; i++)
        text_print(&text, "%s  %s\n", export->order.at[i]->sha256, export->order.at[i]->file);
    if (!code)
        code = file_write_new(path_join(export->arena, data, "SHA256SUMS"), text_string(&text),
                              text.length, error);
    text_done(&text);
    return code;
}

/* ---- tar ---- */

static Code sync_file(const char *path, Error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Code code = fd >= 0 && fsync(fd) == 0
                    ? RUNG_OK
                    : error_set(error, RUNG_FILE, "cannot write %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return code;
}

/* The same rows give the same archive: order, owners, modes and times are fixed. */
static Code run_tar(Export *export, const char *data, const char *archive, Error *error)
{
    Arena *arena = export->arena;
    static const char *const variables[] = {"LC_ALL=C", "TAR_OPTIONS="};
    const char *words[] = {
        "tar",
        "--format=gnu",
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--mode=u=rwX,go=",
        arena_print(arena, "--mtime=@%lld", (long long)(export->wall_us / 1000000)),
        "-cf",
        archive,
        "manifest.json",
        "SHA256SUMS",
        "tables",
        NULL};
    Process process = {.words = words,
                       .variables = variables,
                       .variable_count = COUNT(variables),
                       .folder = data,
                       .limit = SAID_LIMIT,
                       .cancelled = export->life->cancelled};
    const char *said;
    int status;
    Code code = process_run(arena, &process, &status, &said, error);
    if (!code && status)
        code = error_set(error, RUNG_FAILED, "tar did not make the archive: %s", said);
    return code;
}

static Code write_tables(Export *export, const char *data, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < export->order.count; i++) {
        ExportSet *set = export->order.at[i];
        const char *name = file_name(export->arena, set->table->title);
        if (strlen(name) > NAME_LIMIT)
            name = arena_print(export->arena, "table-%zu", i + 1);
        set->file = arena_print(export->arena, "tables/%s.jsonl", name);
        code = export_write(export, set, path_join(export->arena, data, set->file), error);
        export->rows += set->rows;
    }
    return code;
}

Code export_pack(Export *export, ExportResult *result, Error *error)
{
    Arena *arena = export->arena;
    const char *data = path_join(arena, export->work, "data");
    const char *archive = path_join(arena, export->work, "archive.tar");
    char absolute[4096];
    Code code = write_tables(export, data, error);
    if (!code)
        code = write_manifest(export, path_join(arena, data, "manifest.json"), error);
    if (!code)
        code = write_sums(export, data, error);
    int fd = code ? -1 : open(archive, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (!code && (fd < 0 || !realpath(archive, absolute)))
        code = error_set(error, RUNG_FILE, "cannot create %s: %s", archive, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (!code)
        code = run_tar(export, data, absolute, error);
    if (!code)
        code = export_hash(archive, result->sha256, &result->bytes, error);
    if (!code)
        code = sync_file(archive, error);
    FAULT_POINT();
    if (!code && rename(archive, export->path) != 0)
        code = error_set(error, RUNG_FILE, "cannot create %s: %s", export->path, strerror(errno));
    if (!code)
        code = folder_sync(path_folder(arena, export->path), error);
    FAULT_POINT();
    return code;
}
