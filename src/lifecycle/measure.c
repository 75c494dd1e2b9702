/* Numbers for those who watch. */
#include "lifecycle/measure.h"
#include "base/clock.h"
#include "base/text.h"

enum { WRITE_EACH_US = 1000000 };

const char *const measure_buckets[MEASURE_BUCKETS] = {
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.2", "0.5", "1", "2.5", "10", "+Inf"};

void measure_add(Measures *measures, const char *name, const char *policy, const char *label,
                 int64_t number)
{
    Life *life = measures->life;
    if (!life || !number)
        return;
    for (size_t i = 0; i < measures->list.count; i++) {
        Measure *measure = &measures->list.at[i];
        if (strcmp(measure->name, name) == 0 && strcmp(measure->policy, policy) == 0 &&
            strcmp(measure->label, label) == 0) {
            measure->number += number;
            return;
        }
    }
    *vec_add(life->arena, &measures->list) =
        (Measure){arena_string(life->arena, name), arena_string(life->arena, policy),
                  arena_string(life->arena, label), number};
}

void measure_batch(Measures *measures, int64_t us)
{
    static const int64_t limits[MEASURE_BUCKETS - 1] = {5000,   10000,  25000,   50000,   100000,
                                                        200000, 500000, 1000000, 2500000, 10000000};
    size_t i = 0;
    while (i < COUNT(limits) && us > limits[i])
        i++;
    measure_add(measures, "batch_seconds", "", measure_buckets[i], 1);
    measure_add(measures, "batch_us", "", "", us);
}

static Code add_all(Life *life, Arena *arena, const Measures *measures, Error *error)
{
    VEC(const char *) params = {0};
    Text sql = TEXT_EMPTY;
    text_put(&sql, "INSERT INTO {measure} AS m (name, policy, label, number, at) VALUES ");
    for (size_t i = 0; i < measures->list.count; i++) {
        const Measure *measure = &measures->list.at[i];
        size_t n = params.count;
        if (!measure->number)
            continue;
        text_print(&sql, "%s($%zu, $%zu, $%zu, CAST($%zu AS bigint), {now})", n ? ", " : "", n + 1,
                   n + 2, n + 3, n + 4);
        *vec_add(arena, &params) = measure->name;
        *vec_add(arena, &params) = measure->policy;
        *vec_add(arena, &params) = measure->label;
        *vec_add(arena, &params) = arena_print(arena, "%lld", (long long)measure->number);
    }
    text_put(&sql, " ON CONFLICT (name, policy, label) DO UPDATE SET number = m.number +"
                   " excluded.number, at = excluded.at");
    Code code = params.count ? life_query(life, NULL, text_string(&sql), params.at, params.count,
                                          NULL, error)
                             : RUNG_OK;
    text_done(&sql);
    return code;
}

void measure_write(Measures *measures, bool now)
{
    Life *life = measures->life;
    int64_t clock = clock_monotonic_us();
    Error ignored;
    if (!life || db_lost(life->db) || db_in_transaction(life->db) ||
        (!now && clock - measures->written_us < WRITE_EACH_US))
        return;
    Arena *arena = arena_new();
    measures->written_us = clock;
    if (!add_all(life, arena, measures, &ignored))
        for (size_t i = 0; i < measures->list.count; i++)
            measures->list.at[i].number = 0;
    arena_free(arena);
}

/* ---- what a look found ---- */

static Code store(Life *life, Arena *arena, const char *name, int64_t number, const Measure *list,
                  size_t count, Error *error)
{
    static const char add[] = "INSERT INTO {measure} (name, policy, label, number, at) VALUES ($1,"
                              " $2, $3, CAST($4 AS bigint), {now})";
    Code code = LIFE(life, NULL, NULL, error, "DELETE FROM {measure} WHERE name = $1", name);
    if (!code)
        code = LIFE(life, NULL, NULL, error, add, name, "", "",
                    arena_print(arena, "%lld", (long long)number));
    for (size_t i = 0; !code && i < count; i++)
        code = LIFE(life, NULL, NULL, error, add, name, "", list[i].label,
                    arena_print(arena, "%lld", (long long)list[i].number));
    return code;
}

void measure_store(Life *life, const char *name, int64_t number, const Measure *list, size_t count)
{
    bool sqlite = life->engine == ENGINE_SQLITE;
    Error ignored;
    DbRows rows;
    if (db_lost(life->db) || db_in_transaction(life->db))
        return;
    Arena *arena = arena_new();
    bool reads =
        sqlite &&
        !db_query(life->db, arena, &(DbStatement){.sql = "PRAGMA query_only"}, &rows, &ignored) &&
        rows.count && db_number(&rows, 0, 0);
    Code code = reads ? db_exec(life->db, "PRAGMA query_only = off", &ignored) : RUNG_OK;
    if (!code)
        code = db_exec(life->db, sqlite ? "BEGIN IMMEDIATE" : "BEGIN READ WRITE", &ignored);
    if (!code)
        code = store(life, arena, name, number, list, count, &ignored);
    if (!code)
        code = life_commit(life, &ignored);
    life_rollback(life, code);
    if (reads)
        db_exec(life->db, "PRAGMA query_only = on", &ignored);
    arena_free(arena);
}
