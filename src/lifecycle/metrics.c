/* Reading the figures. */
#include "lifecycle/metrics.h"

#define IS_OVERDUE "due_at <= {now} AND (problem IS NULL OR attempts > 0)"

/* Columns: kind, three texts, six numbers. */
static const char question[] =
    "SELECT 'queue' AS kind, subject AS a, '' AS b, '' AS c,"
    " count(CASE state WHEN 'pending' THEN 1 END) AS n1,"
    " count(CASE WHEN " IS_OVERDUE " THEN 1 END) AS n2,"
    " count(CASE state WHEN 'purging' THEN 1 END) AS n3,"
    " count(CASE WHEN attempts > 0 THEN problem END) AS n4,"
    " count(CASE WHEN attempts = 0 THEN problem END) AS n5,"
    " coalesce({epoch {now}} - min(CASE WHEN " IS_OVERDUE " THEN {epoch due_at} END), 0) AS n6"
    " FROM {erasure} WHERE state IN ('pending', 'purging') GROUP BY subject"
    " UNION ALL SELECT 'total', action, policy, table_name, events, row_count, subjects,"
    " {epoch at}, 0, 0 FROM {total}"
    " UNION ALL SELECT 'measure', name, policy, label, number, {epoch at}, 0, 0, 0, 0"
    " FROM {measure}"
    " UNION ALL SELECT 'mark', name, '', '', number, coalesce({epoch at}, 0), 0, 0, 0, 0"
    " FROM {mark} WHERE name IN ('audit', 'scheduler')"
    " UNION ALL SELECT 'measure', 'runs_missed', '', name, missed, 0, 0, 0, 0, 0 FROM {job}"
    " UNION ALL SELECT 'hold', '', '', '', count(*), 0, 0, 0, 0, 0 FROM {hold}"
    " WHERE released_at IS NULL AND (expires_at IS NULL OR expires_at > {now})"
    " UNION ALL SELECT 'now', '', '', '', {epoch {now}}, 0, 0, 0, 0, 0";

enum { FIRST_NUMBER = 4 };

static void take(Arena *arena, const DbRows *rows, size_t row, Metrics *metrics)
{
    const char *kind = db_cell(rows, row, 0), *text[3];
    int64_t n[6];
    for (size_t i = 0; i < COUNT(text); i++)
        text[i] = db_cell(rows, row, i + 1);
    for (size_t i = 0; i < COUNT(n); i++)
        n[i] = db_number(rows, row, FIRST_NUMBER + i);
    if (strcmp(kind, "queue") == 0)
        *vec_add(arena, &metrics->queues) =
            (QueueFigures){text[0], n[0], n[1], n[2], n[3], n[4], n[5]};
    else if (strcmp(kind, "total") == 0)
        *vec_add(arena, &metrics->totals) =
            (TotalFigures){text[0], text[1], text[2], n[0], n[1], n[2], n[3]};
    else if (strcmp(kind, "measure") == 0)
        *vec_add(arena, &metrics->measures) =
            (MeasureFigures){text[0], text[1], text[2], n[0], n[1]};
    else if (strcmp(kind, "hold") == 0)
        metrics->holds = n[0];
    else if (strcmp(kind, "now") == 0)
        metrics->now = n[0];
    else if (strcmp(text[0], "audit") == 0)
        metrics->audit_records = n[0];
    else
        metrics->heartbeat = n[1];
}

static Code tables_missing(Error *error)
{
    error_set(error, RUNG_UNKNOWN, "this database has not all of rung's tables for the lifecycle");
    return error_hint(error, "run `rung erase init` again: it adds what came with later versions");
}

Code metrics_require(Life *life, Error *error)
{
    static const char *const questions[ENGINE_COUNT] = {
        [ENGINE_POSTGRESQL] = "SELECT 1 WHERE to_regclass('rung.measure') IS NOT NULL",
        [ENGINE_SQLITE] = "SELECT 1 FROM sqlite_schema WHERE name = 'rung_measure'",
    };
    Arena *arena = arena_new();
    DbRows rows;
    Code code = life_require(life, error);
    if (!code)
        code =
            db_query(life->db, arena, &(DbStatement){.sql = questions[life->engine]}, &rows, error);
    bool there = !code && rows.count;
    arena_free(arena);
    return code || there ? code : tables_missing(error);
}

Code metrics_read(Life *life, Arena *arena, Metrics *ret_metrics, Error *error)
{
    DbRows rows;
    Metrics metrics = {0};
    Error ignored;
    Code code = LIFE(life, arena, &rows, error, question);
    if (code == RUNG_FAILED && metrics_require(life, &ignored) == RUNG_UNKNOWN) {
        *error = ignored;
        return RUNG_UNKNOWN;
    }
    for (size_t i = 0; !code && i < rows.count; i++)
        take(arena, &rows, i, &metrics);
    if (!code)
        *ret_metrics = metrics;
    return code;
}

static int64_t last(const Metrics *metrics, const char *action, const char *policy)
{
    int64_t at = 0;
    for (size_t i = 0; i < metrics->totals.count; i++) {
        const TotalFigures *total = &metrics->totals.at[i];
        if (strcmp(total->action, action) == 0 && strcmp(total->policy, policy) == 0 &&
            total->at > at)
            at = total->at;
    }
    return at;
}

int64_t metrics_purged_at(const Metrics *metrics, const char *subject)
{
    int64_t own = last(metrics, "purge run", subject), all = last(metrics, "purge run", "");
    return own > all ? own : all;
}

int64_t metrics_retained_at(const Metrics *metrics, const char *policy)
{
    return last(metrics, "retain run", policy);
}

int64_t metrics_measure(const Metrics *metrics, const char *name, const char *label,
                        int64_t *ret_at)
{
    int64_t number = 0;
    *ret_at = 0;
    for (size_t i = 0; i < metrics->measures.count; i++) {
        const MeasureFigures *measure = &metrics->measures.at[i];
        if (strcmp(measure->name, name) == 0 && strcmp(measure->label, label) == 0) {
            number += measure->number;
            *ret_at = measure->at > *ret_at ? measure->at : *ret_at;
        }
    }
    return number;
}
