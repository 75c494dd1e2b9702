/* One run at a time.
 *
 * PostgreSQL: the lock is taken by the session that works. When a client dies, its server process
 * may still be busy with what was sent, a COMMIT perhaps: the next run gets the lock only when that
 * process is gone, so what it then reads in the history is final.
 *
 * SQLite: a transaction that writes is a lock already. Only a run of several transactions leaves a
 * row behind, with its process and an end; a process of this machine that is gone is proof enough.
 */
#include "apply/runner.h"
#include "base/clock.h"

#include <unistd.h>

enum { POLL_MS = 100, LEASE_MS = 60000 };

/* "rung", and the schema of the history: the same two numbers for every rung. */
#define LOCK_KEY "1920298599, 1"

static Code ask(Runner *runner, const char *sql, const char *const *params, size_t count,
                DbRows *ret_rows, Error *error)
{
    return db_query(runner->db, runner->plan.arena,
                    &(DbStatement){.sql = sql, .params = params, .param_count = count}, ret_rows,
                    error);
}

static const char *holder_postgresql(Runner *runner)
{
    static const char sql[] =
        "SELECT 'pid ' || a.pid || ', user ' || coalesce(a.usename::text, '?') || ', '"
        " || coalesce(nullif(a.application_name, ''), 'no application name')"
        " || coalesce(', from ' || host(a.client_addr), ', local')"
        " || coalesce(', since ' || to_char(a.backend_start AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD HH24:MI:SS\" UTC\"'), '')"
        " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.classid = 1920298599 AND l.objid = 1"
        " AND l.objsubid = 2 AND l.granted AND l.database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())";
    DbRows rows;
    Error ignored;
    if (ask(runner, sql, NULL, 0, &rows, &ignored) || !rows.count)
        return NULL;
    return db_cell(&rows, 0, 0);
}

static Code locked_out(Runner *runner, const char *holder, Error *error)
{
    error_set(error, RUNG_LOCKED, "another run of rung works on this database: %s",
              holder ? holder : "it has just gone");
    return error_hint(error, "waited %d ms for it (setting lock_wait); run the same command again",
                      runner->options.lock_wait_ms);
}

Code lock_busy(Runner *runner, Error *error)
{
    error_set(error, RUNG_LOCKED, "another connection keeps the file of the database locked");
    return error_hint(error,
                      "waited %d ms for it (setting lock_wait): end the other program's "
                      "transaction, then run the same command again",
                      runner->options.lock_wait_ms);
}

Code lock_take(Runner *runner, Error *error)
{
    int64_t end = clock_monotonic_us() + (int64_t)runner->options.lock_wait_ms * 1000;
    const char *told = NULL;
    while (!runner->locked) {
        DbRows rows;
        Code code = ask(runner, "SELECT pg_try_advisory_lock(" LOCK_KEY ")", NULL, 0, &rows, error);
        if (code)
            return code;
        if (strcmp(db_cell(&rows, 0, 0), "t") == 0) {
            runner->locked = true;
            break;
        }
        const char *holder = holder_postgresql(runner);
        if (runner_cancelled(runner))
            return runner_interrupted(error);
        if (clock_monotonic_us() >= end)
            return locked_out(runner, holder, error);
        if (holder && (!told || strcmp(told, holder) != 0))
            runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0,
                        "waiting for another run of rung: %s", told = holder);
        clock_sleep_ms(POLL_MS);
    }
    return RUNG_OK;
}

void lock_release(Runner *runner)
{
    Error ignored;
    if (runner->locked && runner->db && !db_lost(runner->db))
        db_exec(runner->db, "SELECT pg_advisory_unlock(" LOCK_KEY ")", &ignored);
    runner->locked = false;
}

/* ---- SQLite ---- */

/* Clock ticks since boot at which a process began (proc(5), /proc/PID/stat, field 22), with the
 * boot's own id: together they name one process, ever. "" where there is no /proc. */
static void process_start(long pid, char *ret_text, size_t size)
{
    char path[64], boot[64] = "", stat[1024] = "";
    ret_text[0] = '\0';
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    size_t length = fread(stat, 1, sizeof stat - 1, file);
    fclose(file);
    stat[length] = '\0';
    file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (file) {
        length = fread(boot, 1, sizeof boot - 1, file);
        boot[length] = '\0';
        boot[strcspn(boot, "\n")] = '\0';
        fclose(file);
    }
    char *field = strrchr(stat, ')'); /* the name in field 2 may hold anything */
    if (field && strchr("ZX", field[1] ? field[2] : 'X'))
        return; /* dead, but its parent has not asked yet */
    for (int i = 2; field && i < 22; i++)
        field = strchr(field + 1, ' ');
    if (field)
        snprintf(ret_text, size, "%s/%.*s", boot, (int)strcspn(field + 1, " "), field + 1);
}

/* The machine, and the namespace in which its process numbers mean something (pid_namespaces(7)):
 * containers may share a host's name. */
static const char *host_name(char *buffer, size_t size)
{
    char host[256] = "", space[64] = "";
    gethostname(host, sizeof host - 1);
    ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    snprintf(buffer, size, "%s%s%s", host, length > 0 ? " " : "", space);
    return buffer;
}

typedef struct Lease {
    const char *token, *holder, *host, *start;
    long pid;
    int64_t expires_us;
} Lease;

static bool lease_is_dead(const Lease *lease)
{
    char host[320], start[128];
    if (lease->expires_us < clock_wall_us())
        return true;
    if (strcmp(lease->host, host_name(host, sizeof host)) != 0)
        return false;
    process_start(lease->pid, start, sizeof start);
    return lease->start[0] && strcmp(start, lease->start) != 0;
}

/* The row, if there is one; the table may not exist yet. */
static Code lease_read(Runner *runner, bool *ret_found, Lease *ret_lease, Error *error)
{
    DbRows rows;
    *ret_found = false;
    Code code =
        ask(runner, "SELECT 1 FROM sqlite_schema WHERE name = 'rung_lock'", NULL, 0, &rows, error);
    if (code || !rows.count)
        return code;
    code = ask(runner, "SELECT token, holder, host, process_start, pid, expires_us FROM rung_lock",
               NULL, 0, &rows, error);
    if (code || !rows.count)
        return code;
    *ret_found = true;
    *ret_lease = (Lease){db_cell(&rows, 0, 0),
                         db_cell(&rows, 0, 1),
                         db_cell(&rows, 0, 2),
                         db_cell(&rows, 0, 3),
                         strtol(db_cell(&rows, 0, 4), NULL, 10),
                         strtoll(db_cell(&rows, 0, 5), NULL, 10)};
    return RUNG_OK;
}

static Code lease_write(Runner *runner, Error *error)
{
    char host[320], start[128];
    Arena *arena = runner->plan.arena;
    process_start(getpid(), start, sizeof start);
    int64_t end = clock_wall_us() + (LEASE_MS + runner->rest_ms) * 1000;
    const char *params[] = {runner->run_id,
                            runner->actor,
                            host_name(host, sizeof host),
                            arena_print(arena, "%ld", (long)getpid()),
                            start,
                            arena_print(arena, "%lld", (long long)end)};
    return ask(runner,
               "INSERT OR REPLACE INTO rung_lock (id, token, holder, host, pid, process_start,"
               " expires_us) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
               params, COUNT(params), NULL, error);
}

static void rollback(Runner *runner)
{
    Error ignored;
    if (db_in_transaction(runner->db))
        db_exec(runner->db, "ROLLBACK", &ignored);
}

static const char *lease_holder(Runner *runner, const Lease *lease)
{
    return arena_print(runner->plan.arena, "%s, pid %ld", lease->holder, lease->pid);
}

/* One attempt: RUNG_OK with the transaction open. Nothing is open, and it may be tried again, when
 * *ret_holder is set (RUNG_LOCKED) or the file is busy. */
static Code lease_try(Runner *runner, bool keep, const char **ret_holder, Error *error)
{
    bool found;
    Lease lease;
    *ret_holder = NULL;
    Code code = db_exec(runner->db, "BEGIN IMMEDIATE", error);
    if (code)
        return code;
    code = lease_read(runner, &found, &lease, error);
    bool ours = !code && found && runner->lease && strcmp(lease.token, runner->lease) == 0;
    if (!code && runner->lease && !ours) {
        error_set(error, RUNG_LOCKED, "the lock of this run was taken over%s%s",
                  found ? " by " : "", found ? lease_holder(runner, &lease) : "");
        code = error_hint(error, "was the process stopped for over a minute? Run it again");
        runner->lease = NULL;
    } else if (!code && found && !ours && !lease_is_dead(&lease)) {
        *ret_holder = lease_holder(runner, &lease);
        code = RUNG_LOCKED;
    }
    if (!code && !runner->plan.history.present) {
        History history;
        code = history_read(runner->db, runner->plan.arena, &history, error);
        if (!code && !history.present)
            code = history_create(runner->db, error);
    }
    if (!code && (keep || ours))
        code = lease_write(runner, error);
    if (code)
        rollback(runner);
    return code;
}

/* Between two looks at another run's lock the file is closed: an open connection would keep that
 * run from leaving WAL mode (SQLite manual, "Write-Ahead Logging", 3.3). */
static Code wait_closed(Runner *runner, Error *error)
{
    runner_close(runner);
    clock_sleep_ms(POLL_MS);
    Code code = runner_open(runner, error);
    return !code && runner->keys_off ? foreign_keys_enforce(runner, false, error) : code;
}

Code lease_begin(Runner *runner, bool keep, Error *error)
{
    int64_t end = clock_monotonic_us() + (int64_t)runner->options.lock_wait_ms * 1000;
    bool told = false;
    for (;;) {
        const char *holder;
        Code code = lease_try(runner, keep, &holder, error);
        if (!code || (!holder && !error_is_busy(error)))
            return code;
        if (runner_cancelled(runner))
            return runner_interrupted(error);
        if (clock_monotonic_us() >= end)
            return holder ? locked_out(runner, holder, error) : lock_busy(runner, error);
        if (!told)
            runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0, "waiting for another %s",
                        holder ? arena_print(runner->plan.arena, "run of rung: %s", holder)
                               : "connection that is writing to the file");
        told = true;
        if (!holder)
            clock_sleep_ms(POLL_MS);
        else if ((code = wait_closed(runner, error)))
            return code;
    }
}

/* A COMMIT that meets a reader leaves the transaction open and may be tried again (SQLite manual,
 * "Transaction", 2). */
static Code commit(Runner *runner, Error *error)
{
    int64_t end = clock_monotonic_us() + (int64_t)runner->options.lock_wait_ms * 1000;
    bool told = false;
    for (;;) {
        Code code = db_exec(runner->db, "COMMIT", error);
        if (!code || !error_is_busy(error) || !db_in_transaction(runner->db))
            return code;
        if (runner_cancelled(runner))
            return runner_interrupted(error);
        if (clock_monotonic_us() >= end)
            return lock_busy(runner, error);
        if (!told)
            runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0,
                        "waiting to commit: another connection is reading the file");
        told = true;
        clock_sleep_ms(POLL_MS);
    }
}

/* The row is ours once it is committed, and no longer than that. */
Code lease_commit(Runner *runner, bool keep, Error *error)
{
    Code code = keep ? RUNG_OK : db_exec(runner->db, "DELETE FROM rung_lock", error);
    if (!code)
        code = commit(runner, error);
    if (code)
        rollback(runner);
    else
        runner->lease = keep ? runner->run_id : NULL;
    return code;
}

void lease_release(Runner *runner)
{
    Error ignored;
    if (!runner->lease || !runner->db)
        return;
    rollback(runner);
    if (lease_begin(runner, false, &ignored) == RUNG_OK)
        lease_commit(runner, false, &ignored);
    runner->lease = NULL;
}

/* ---- looking ---- */

Code run_holder(Db *db, Arena *arena, const char **ret_holder, Error *error)
{
    Runner runner = {.db = db, .plan = {.arena = arena}};
    Lease lease;
    bool found;
    *ret_holder = NULL;
    if (db_engine(db) == ENGINE_POSTGRESQL) {
        *ret_holder = holder_postgresql(&runner);
        return RUNG_OK;
    }
    Code code = lease_read(&runner, &found, &lease, error);
    if (!code && found && !lease_is_dead(&lease))
        *ret_holder = lease_holder(&runner, &lease);
    return code;
}
