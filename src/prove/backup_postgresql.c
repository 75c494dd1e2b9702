/* PostgreSQL: pg_dump, and pg_restore to read back what it wrote. */
#include "prove/backup.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "base/vec.h"

#include <glob.h>
#include <unistd.h>

enum { OUTPUT_LIMIT = 32 * 1024 * 1024, SHOWN = 900 };

typedef struct Tool {
    const char *folder, *version; /* "15.18" */
    int major;
} Tool;

/* ---- which pg_dump ---- */

/* The nearest version that is not older than the server: an older one refuses. */
static void offer(BackupJob *job, const char *path, int least, Tool *best)
{
    int status;
    const char *output;
    Error ignored;
    const char *words[] = {path, "--version", NULL};
    Process process = {.words = words, .limit = 256};
    if (access(path, X_OK) || process_run(job->arena, &process, &status, &output, &ignored))
        return;
    const char *at = strstr(output, "PostgreSQL) ");
    int major = at ? (int)strtol(at + 12, NULL, 10) : 0;
    if (status || major < least || (best->major && major >= best->major))
        return;
    const char *folder = path_folder(job->arena, path);
    if (access(arena_print(job->arena, "%s/pg_restore", folder), X_OK))
        return;
    *best = (Tool){folder, arena_copy(job->arena, at + 12, strcspn(at + 12, " \n(")), major};
}

static void offer_pattern(BackupJob *job, const char *pattern, int least, Tool *best)
{
    glob_t found;
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            offer(job, found.gl_pathv[i], least, best);
    globfree(&found);
}

static Code find_tool(BackupJob *job, Tool *ret_tool, Error *error)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin/pg_dump",
                                           "/usr/pgsql-*/bin/pg_dump",
                                           "/usr/local/pgsql/bin/pg_dump"};
    Tool best = {0};
    int server = db_version(job->db) / 10000;
    const char *named = job->options->binaries;
    if (named)
        offer(job, arena_print(job->arena, "%s/pg_dump", named), server, &best);
    for (size_t i = 0; !best.major && i < COUNT(patterns); i++)
        offer_pattern(job, patterns[i], server, &best);
    const char *path = best.major ? NULL : process_find(job->arena, "pg_dump");
    if (path)
        offer(job, path, server, &best);
    if (best.major) {
        *ret_tool = best;
        return RUNG_OK;
    }
    error_set(error, RUNG_UNSUPPORTED, "there is no pg_dump here for PostgreSQL %d", server);
    return error_hint(
        error,
        "install the client programs of version %d or later (Debian: "
        "postgresql-client-%d), or make the backup in another way and say --no-backup",
        server, server);
}

/* ---- running it ---- */

/* Its last words say why. */
static Code tool_failed(const BackupJob *job, const char *program, int status, const char *output,
                        Error *error)
{
    size_t length = strlen(output);
    error_set(error, RUNG_FAILED, "%s of %s failed (exit %d)", program, job->url->shown, status);
    return error_detail(error, "%s", length > SHOWN ? output + length - SHOWN : output);
}

static Code run(BackupJob *job, const Tool *tool, const DbClient *client,
                const char *const *arguments, size_t count, const char **ret_output, Error *error)
{
    int status;
    const char **words = arena_alloc_array(job->arena, count + 2, sizeof *words);
    const char *variables[] = {"LC_ALL=C", NULL};
    words[0] = arena_print(job->arena, "%s/%s", tool->folder, arguments[0]);
    for (size_t i = 1; i < count; i++)
        words[i] = arguments[i];
    if (client && client->password)
        variables[1] = arena_print(job->arena, "PGPASSWORD=%s", client->password);
    Process process = {.words = words,
                       .variables = variables,
                       .variable_count = variables[1] ? 2 : 1,
                       .limit = OUTPUT_LIMIT,
                       .cancelled = job->options->cancelled};
    Code code = process_run(job->arena, &process, &status, ret_output, error);
    return code || !status ? code : tool_failed(job, arguments[0], status, *ret_output, error);
}

static Code dump(BackupJob *job, const Tool *tool, const DbClient *client, Error *error)
{
    const char *output;
    const char *arguments[] = {
        "pg_dump", "--format=custom", "--no-password", "--lock-wait-timeout=60s",
        "--file",  job->part,         "--dbname",      client->conninfo};
    Code code = run(job, tool, client, arguments, COUNT(arguments), &output, error);
    if (code == RUNG_FAILED)
        error_hint(error,
                   "the role must be able to read every table; or make the backup in another "
                   "way and say --no-backup");
    return code;
}

/* ---- reading it back ---- */

/* "3368; 0 16385 TABLE DATA public users postgres" */
static size_t count_tables(const char *list)
{
    size_t count = 0;
    for (const char *line = list; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *found = *line == ';' ? NULL : strstr(line, " TABLE DATA ");
        count += found && found < line + strcspn(line, "\n");
    }
    return count;
}

static Code count_expected(BackupJob *job, size_t *ret_count, Error *error)
{
    static const char sql[] =
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.oid >= 16384 AND n.nspname"
        " NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS"
        " (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND ((d.classid = 'pg_class'::regclass"
        " AND d.objid = c.oid) OR (d.classid = 'pg_namespace'::regclass AND d.objid = n.oid)))";
    DbRows rows;
    Code code = db_query(job->db, job->arena, &(DbStatement){.sql = sql}, &rows, error);
    if (!code)
        *ret_count = strtoull(db_cell(&rows, 0, 0), NULL, 10);
    return code;
}

static Code read_back(BackupJob *job, const Tool *tool, size_t expected, Error *error)
{
    const char *list, *output;
    const char *lists[] = {"pg_restore", "--list", job->part};
    const char *reads[] = {"pg_restore", "--file=/dev/null", job->part};
    Code code = run(job, tool, NULL, lists, COUNT(lists), &list, error);
    if (!code) /* the list stands at the beginning: only this sees every byte */
        code = run(job, tool, NULL, reads, COUNT(reads), &output, error);
    if (code)
        return code;
    job->backup->tables = count_tables(list);
    if (job->backup->tables < expected)
        return error_set(error, RUNG_FAILED, "the backup holds the rows of %zu tables, not of %zu",
                         job->backup->tables, expected);
    job->backup->verified = "pg_restore read all of it";
    return RUNG_OK;
}

/* Its roles are not there, and whose what is does not matter. */
static Code restore_schema(BackupJob *job, const Tool *tool, Error *error)
{
    DbUrl url;
    DbClient client;
    const char *output;
    Code code = scratch_create(job->options->scratch, true, &url, error);
    if (!code)
        code = db_client(&url, NULL, job->arena, &client, error);
    if (code)
        return code;
    const char *arguments[] = {"pg_restore",      "--schema-only",   "--no-owner",
                               "--no-privileges", "--exit-on-error", "--no-password",
                               "--dbname",        client.conninfo,   job->part};
    code = run(job, tool, &client, arguments, COUNT(arguments), &output, error);
    if (!code)
        job->backup->verified =
            arena_print(job->arena, "pg_restore read all of it, and restored its schema in %s",
                        scratch_title(job->options->scratch));
    return code;
}

/* Dropped and made anew: what the revisions added would be in the way of anything else. */
static void say_restore(BackupJob *job, const Tool *tool, const DbClient *client,
                        const DbClient *service)
{
    job->backup->restore = arena_print(
        job->arena, "%s --clean --if-exists --create --exit-on-error --dbname=%s %s",
        backup_shell_word(job->arena, arena_print(job->arena, "%s/pg_restore", tool->folder)),
        backup_shell_word(job->arena, service->conninfo),
        backup_shell_word(job->arena, job->backup->path));
    job->backup->note = arena_print(job->arena,
                                    "end the application and its sessions first: the database is "
                                    "dropped and made anew, and what "
                                    "was written since is gone%s",
                                    client->password ? "; PGPASSWORD must hold the password" : "");
}

Code backup_postgresql(BackupJob *job, Error *error)
{
    Tool tool;
    DbRows rows;
    DbClient client, service;
    size_t expected = 0;
    Code code = find_tool(job, &tool, error);
    if (!code)
        code = db_client(job->url, NULL, job->arena, &client, error);
    if (!code)
        code = db_query(job->db, job->arena,
                        &(DbStatement){.sql = "SELECT CASE current_database() WHEN 'postgres'"
                                              " THEN 'template1' ELSE 'postgres' END"},
                        &rows, error);
    if (!code)
        code = db_client(job->url, db_cell(&rows, 0, 0), job->arena, &service, error);
    if (!code)
        code = count_expected(job, &expected, error);
    if (!code)
        code = dump(job, &tool, &client, error);
    if (!code)
        code = read_back(job, &tool, expected, error);
    if (!code && job->options->scratch)
        code = restore_schema(job, &tool, error);
    if (code)
        return code;
    job->backup->tool = arena_print(job->arena, "pg_dump %s", tool.version);
    say_restore(job, &tool, &client, &service);
    return RUNG_OK;
}
