/* One export from its history's first row to its end. */
#include "lifecycle/export.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "lifecycle/erasure.h"
#include "lifecycle/export_parts.h"

#include <unistd.h>

/* One moment of the database. Rows that a policy hides would be missing without a word: the server
 * refuses instead. */
static Code begin_snapshot(Life *life, Error *error)
{
    if (life->engine == ENGINE_SQLITE)
        return db_exec(life->db, "BEGIN", error);
    Code code = db_exec(life->db, "BEGIN ISOLATION LEVEL REPEATABLE READ", error);
    if (!code)
        code = db_exec(life->db, "SET LOCAL row_security = off", error);
    if (!code)
        code = db_exec(life->db, "SET LOCAL jit = off", error);
    return code;
}

/* Each page takes its rows by their place: the planner, which knows nothing of the list, would read
 * the whole table for every page. */
static Code plan_by_place(Life *life, Error *error)
{
    if (life->engine == ENGINE_SQLITE)
        return RUNG_OK;
    return db_exec(life->db,
                   "SELECT set_config(name, 'off', true) FROM (VALUES ('enable_hashjoin'),"
                   " ('enable_mergejoin'), ('enable_material')) v(name)",
                   error);
}

static Code write_archive(Export *export, ExportResult *result, Error *error)
{
    Life *life = export->life;
    Code code = begin_snapshot(life, error);
    if (!code)
        code = export_collect(export, error);
    if (!code)
        code = plan_by_place(life, error);
    if (!code)
        code = export_pack(export, result, error);
    return life_rollback(life, code); /* the lists too are gone then */
}

Code export_run(Life *life, Arena *arena, const Subject *subject, const char *key,
                const char *folder, ExportResult *ret_result, Error *error)
{
    ExportResult result = {0};
    Export export = {.life = life,
                     .arena = arena,
                     .subject = subject,
                     .started_us = clock_monotonic_us(),
                     .lock = -1};
    bool present;
    Code code = export_settle(life, arena, folder, error);
    if (!code)
        code = erasure_key(life, arena, subject, key, &export.key, &present, error);
    if (!code && !present)
        code = error_set(error, RUNG_UNKNOWN, "%s has no row with the %s \"%s\"",
                         subject->table->title, subject->key->name, key);
    if (code)
        return code;
    life_hash(life, subject->policy->name, export.key, export.hash);
    code = export_prepare(&export, folder, error);
    FAULT_POINT();
    if (!code)
        code = export_begin(&export, &result.id, error);
    FAULT_POINT();
    if (!code)
        code = write_archive(&export, &result, error);
    result.path = export.path;
    result.tables = (int64_t) export.order.count;
    result.rows = export.rows;
    result.elapsed_us = clock_monotonic_us() - export.started_us;
    result.left_out = export.left_out;
    if (!code) {
        code = export_end(&export, &result, error);
        if (code && !db_lost(life->db))
            unlink(export.path); /* nobody knows of it */
    }
    if (code && result.id)
        export_fail(&export, result.id, error);
    export_clean(&export);
    if (!code)
        *ret_result = result;
    return code;
}
