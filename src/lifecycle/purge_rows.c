/* Deleting: children first, in transactions of bounded time, each with its record in the audit. */
#include "base/clock.h"
#include "base/text.h"
#include "lifecycle/purge.h"

enum { VACUUM_ROWS = 1000, TOO_SLOW = 4 };

/* What one transaction works on: listed rows of `list` by number. */
typedef struct Work {
    DoomTable *table;    /* whose rows change */
    DoomTable *list;     /* whose list has the numbers */
    const TableKey *key; /* by which they are reached; NULL: they are listed themselves */
    bool nulls;          /* their reference is set to NULL, they are not deleted */
    bool unlinks;        /* of rows that go themselves, but later */
    size_t index;        /* of that key in Doom.nulls */
    bool patient;        /* it cannot be smaller: however long it takes */
    const char *where;   /* which of the table's rows, under the alias t; has the numbers */
    const char *sql;
} Work;

static const char *text_of(Arena *arena, int64_t number)
{
    return arena_print(arena, "%lld", (long long)number);
}

static Code ask(Purge *purge, Arena *arena, const char *sql, const char *const *params,
                size_t count, DbRows *ret_rows, Error *error)
{
    return db_query(purge->life->db, arena,
                    &(DbStatement){.sql = sql, .params = params, .param_count = count}, ret_rows,
                    error);
}

static bool sqlite(const Purge *purge)
{
    return purge->life->engine == ENGINE_SQLITE;
}

/* SQLite numbers its parameters, PostgreSQL's lists have bigint: the same text serves both. */
static const char *statement(Purge *purge, Arena *arena, const char *sql)
{
    return life_text(purge->life, arena, sql);
}

/* ---- references that become NULL ---- */

/* The columns that SET NULL is about. */
static const KeyNames *nulled_columns(const TableKey *key)
{
    return key->set_columns.count ? &key->set_columns : &key->columns;
}

static const char *null_sql(const Purge *purge, const TableKey *key, const char *where)
{
    Doom *doom = purge->doom;
    const DoomTable *to = doom->of[key->to->index];
    Text sql = TEXT_EMPTY;
    const KeyNames *columns = nulled_columns(key);
    text_print(&sql, "UPDATE %s AS t SET ", key->from->sql);
    for (size_t i = 0; i < columns->count; i++)
        text_print(&sql, "%s%s = NULL", i ? ", " : "", life_name(purge->arena, columns->at[i]));
    if (key->policy && key->policy->pseudonym) {
        text_print(&sql, ", %s = (SELECT x.hash FROM rung_subjects x JOIN %s d ON x.s = d.s WHERE ",
                   life_name(purge->arena, key->policy->pseudonym), to->list);
        for (size_t i = 0; i < key->columns.count; i++)
            text_print(&sql, "%sd.%s = t.%s", i ? " AND " : "",
                       doom_cell(doom, to, key->targets.at[i]),
                       life_name(purge->arena, key->columns.at[i]));
        text_put(&sql, ")");
    }
    text_print(&sql, " WHERE %s", where);
    return text_keep(&sql, purge->arena);
}

static const KeyTable *table_of(const Work *work)
{
    return work->key ? work->key->from : work->table->table;
}

/* The statement for those of its rows. */
static const char *sql_of(const Purge *purge, const Work *work, const char *where)
{
    return work->nulls ? null_sql(purge, work->key, where)
                       : arena_print(purge->arena, "DELETE FROM %s AS t WHERE %s",
                                     table_of(work)->sql, where);
}

/* ---- what happened beside the statement ---- */

static DoomTable *find_doomed(const Purge *purge, const char *schema, const char *name)
{
    for (size_t i = 0; i < purge->doom->order.count; i++) {
        const KeyTable *table = purge->doom->order.at[i]->table;
        if (strcmp(table->name, name) == 0 && strcmp(table->schema, schema) == 0)
            return purge->doom->order.at[i];
    }
    return NULL;
}

/* Whether rows of this table that are not doomed reference doomed ones by such keys. */
static bool has_key(const void *at, size_t count, const char *schema, const char *name)
{
    TableKey *const *keys = at;
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i]->from->name, name) == 0 && strcmp(keys[i]->from->schema, schema) == 0)
            return true;
    return false;
}

static bool is_held_table(const Purge *purge, const KeyTable *table)
{
    for (size_t i = 0; i < purge->holds->count; i++)
        if (purge->holds->at[i].table == table)
            return true;
    return false;
}

/* PostgreSQL counts, for each table, the rows that this session deleted, those of cascades too;
 * what earlier transactions did may be among them (src/backend/utils/activity/pgstat_relation.c),
 * so it is asked twice. */
static Code read_counters(Purge *purge, Arena *arena, DbRows *ret_rows, Error *error)
{
    static const char sql[] =
        "SELECT n.nspname, r.relname, sum(x.gone)::bigint, sum(x.changed)::bigint FROM (SELECT CASE"
        " WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END AS root,"
        " pg_stat_get_xact_tuples_deleted(c.oid) AS gone, pg_stat_get_xact_tuples_updated(c.oid) AS"
        " changed FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace <>"
        " to_regnamespace('rung')) x JOIN pg_class r ON r.oid = x.root JOIN pg_namespace n ON "
        "n.oid ="
        " r.relnamespace WHERE x.gone + x.changed > 0 GROUP BY 1, 2";
    return ask(purge, arena, sql, NULL, 0, ret_rows, error);
}

/* A counter as it was before. */
static int64_t counted(const DbRows *rows, const char *schema, const char *name, size_t column)
{
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(db_cell(rows, i, 0), schema) == 0 && strcmp(db_cell(rows, i, 1), name) == 0)
            return db_number(rows, i, column);
    return 0;
}

/* Rows that came in while we worked went with those above: where nothing is below them they are
 * counted; elsewhere the transaction is undone, and all is looked at again. */
static void judge_cascaded(Purge *purge, const char *schema, const char *name, int64_t gone,
                           int64_t changed, int64_t *rows_more)
{
    const Doom *doom = purge->doom;
    DoomTable *table = find_doomed(purge, schema, name);
    bool nulls = has_key(doom->nulls.at, doom->nulls.count, schema, name);
    bool bars = has_key(doom->barring.at, doom->barring.count, schema, name);
    if (gone && table && !table->list && !is_held_table(purge, table->table)) {
        table->going += gone;
        *rows_more += gone;
    } else if ((gone && (table || nulls || bars)) || (changed && nulls)) {
        purge->again = true;
    }
}

static Code count_cascaded(Purge *purge, Arena *arena, const Work *work, const DbRows *before,
                           int64_t *rows_more, Error *error)
{
    DbRows rows;
    Code code = read_counters(purge, arena, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *schema = db_cell(&rows, i, 0), *name = db_cell(&rows, i, 1);
        int64_t gone = db_number(&rows, i, 2) - counted(before, schema, name, 2);
        int64_t changed = db_number(&rows, i, 3) - counted(before, schema, name, 3);
        DoomTable *table = find_doomed(purge, schema, name);
        if (!table || (table != work->table && !(table->grouped && work->table->grouped)))
            judge_cascaded(purge, schema, name, gone, changed, rows_more);
    }
    return code;
}

/* SQLite: nobody else writes, so what came in since the lists were made is seen before it is too
 * late. Rows without anything below go now, others ask for new lists. */
static Code look_below(Purge *purge, Arena *arena, const Work *work, const char *const *params,
                       size_t count, int64_t *rows_more, Error *error)
{
    const KeyTable *table = work->table->table;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !purge->again && i < table->below.count; i++) {
        const TableKey *key = table->below.at[i];
        DoomTable *from = purge->doom->of[key->from->index];
        DbRows rows;
        if (key->relation == RELATION_RETAIN || (from && from->grouped && work->table->grouped))
            continue;
        const char *where = statement(purge, arena, doom_referencing(purge->doom, key, !count));
        if (key->relation == RELATION_CASCADE && !from->list &&
            !is_held_table(purge, from->table)) {
            code = ask(purge, arena,
                       arena_print(arena, "DELETE FROM %s WHERE %s", key->from->sql, where), params,
                       count, &rows, error);
            if (!code) {
                from->going += rows.changed;
                *rows_more += rows.changed;
            }
            continue;
        }
        code = ask(purge, arena,
                   arena_print(arena, "SELECT 1 FROM %s WHERE %s LIMIT 1", key->from->sql, where),
                   params, count, &rows, error);
        purge->again = purge->again || (!code && rows.count > 0);
    }
    return code;
}

/* A trigger or a rule may keep rows without an error. */
static Code look_for_kept(Purge *purge, Arena *arena, const Work *work, const char *where,
                          const char *const *params, size_t count, Error *error)
{
    DbRows rows;
    if (work->nulls || !work->table->table->swallowing.count)
        return RUNG_OK;
    const KeyTable *table = work->table->table;
    Code code = ask(purge, arena,
                    arena_print(arena, "SELECT 1 FROM %s WHERE %s LIMIT 1", table->sql, where),
                    params, count, &rows, error);
    if (code || !rows.count)
        return code;
    error_set(error, RUNG_FAILED, "%s keeps rows of %s that were deleted", table->swallowing.at[0],
              table->title);
    return error_hint(error,
                      "a BEFORE DELETE trigger that returns NULL, or a rule, refuses in silence");
}

/* ---- one transaction ---- */

static const char *where_of(Purge *purge, const Work *work, bool all)
{
    return work->key ? doom_referencing(purge->doom, work->key, all)
                     : doom_listed(purge->doom, work->list, all);
}

/* A condition of rung.yaml may have become true since the lists were made: whoever is held then is
 * found when they are made anew. */
static Code look_for_held(Purge *purge, Arena *arena, const KeyTable *table, const char *where,
                          const char *const *params, size_t count, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !purge->again && i < purge->holds->count; i++) {
        const Hold *hold = &purge->holds->at[i];
        DbRows rows;
        if (!hold->policy || hold->table != table)
            continue;
        code = ask(purge, arena,
                   arena_print(arena, "SELECT 1 FROM %s AS t WHERE %s AND %s LIMIT 1", table->sql,
                               where, hold->condition),
                   params, count, &rows, error);
        purge->again = !code && rows.count > 0;
    }
    return code;
}

static AuditEvent event_of(Purge *purge, const Work *work, int64_t rows, int64_t subjects)
{
    return (AuditEvent){.action = work->unlinks ? "unlink"
                                  : work->nulls ? "set null"
                                                : "delete",
                        .policy = purge->policy,
                        .table = work->table ? work->table->table->title : work->key->from->title,
                        .rows = rows,
                        .subjects = subjects};
}

static Code change(Purge *purge, Arena *arena, const Work *work, const char *const range[2],
                   int64_t *rows_done, int64_t *subjects, Error *error)
{
    DbRows rows, before;
    int64_t more = 0;
    bool below = !work->key;
    Code code =
        look_for_held(purge, arena, work->key ? work->key->from : work->table->table,
                      statement(purge, arena, where_of(purge, work, false)), range, 2, error);
    if (!code && !purge->again && below && !sqlite(purge))
        code = read_counters(purge, arena, &before, error);
    else if (!code && !purge->again && below)
        code = look_below(purge, arena, work, range, 2, &more, error);
    if (!code && !purge->again)
        code = ask(purge, arena, statement(purge, arena, work->sql), range, 2, &rows, error);
    if (code || purge->again)
        return code;
    code = look_for_kept(purge, arena, work, statement(purge, arena, where_of(purge, work, false)),
                         range, 2, error);
    if (!code && below && !sqlite(purge))
        code = count_cascaded(purge, arena, work, &before, &more, error);
    if (!code && !purge->again && !work->nulls && work->table == purge->doom->root && purge->finish)
        code = purge->finish(purge, range, subjects, error);
    *rows_done = rows.changed + more;
    if (!code && !work->nulls)
        work->table->going += rows.changed;
    return code;
}

/* What the transaction removed counts when it is committed. */
static void end_batch(Purge *purge, Code code)
{
    bool committed = !code && !purge->again;
    if (!committed)
        life_rollback(purge->life, code);
    for (size_t i = 0; i < purge->doom->order.count; i++) {
        DoomTable *table = purge->doom->order.at[i];
        table->gone += committed ? table->going : 0;
        table->going = 0;
    }
}

/* Removes the range, in one transaction. */
static Code one_batch(Purge *purge, const Work *work, int64_t low, int64_t high, Error *error)
{
    Arena *arena = arena_new();
    const char *range[] = {text_of(arena, low), text_of(arena, high)};
    int64_t rows = 0, subjects = 0;
    bool bounded = (high > low || work->key) && !work->patient;
    Code code = batch_begin(purge->batch, bounded, &purge->again, error);
    if (!code && !purge->again)
        code = change(purge, arena, work, range, &rows, &subjects, error);
    if (!code && !purge->again && !rows && !subjects) {
        life_rollback(purge->life, RUNG_OK); /* nothing was there, so there is nothing to record */
    } else if (!code && !purge->again) {
        AuditEvent event = event_of(purge, work, rows, subjects);
        code = batch_commit(purge->batch, &event, error);
        purge->touched = purge->touched || !code;
        purge->rows += code ? 0 : rows;
        if (!code && work->key && !work->nulls)
            batch_note_selected(purge->batch, purge->policy, event.table, rows);
        if (work->nulls && !work->unlinks && !code)
            purge->doom->nulled[work->index] += rows;
    }
    end_batch(purge, code);
    arena_free(arena);
    return code;
}

/* What tells the table's rows apart. */
static const char *identity_of(const Purge *purge, const KeyTable *table, const char *alias)
{
    static const char *const place[] = {"tableoid", "ctid"};
    return table->primary.count
               ? doom_columns(purge->doom, table->primary.at, table->primary.count, alias)
               : doom_columns(purge->doom, place, COUNT(place), alias);
}

/* One listed row has more below it than fits into a transaction: so many rows at a time. */
static Code by_rows(Purge *purge, const Work *work, int64_t n, Error *error)
{
    const KeyTable *table = table_of(work);
    const char *columns = identity_of(purge, table, NULL), *inner = identity_of(purge, table, "t");
    Code code = RUNG_OK;
    int64_t limit = 10000;
    Work part = *work;
    for (int64_t rows = 1; !code && !purge->again && rows;) {
        int64_t before = purge->rows,
                wanted = (int64_t)purge->life->policy->purge.batch_time_ms * 1000;
        part.sql =
            sql_of(purge, work,
                   arena_print(purge->arena, "%s IN (SELECT %s FROM %s AS t WHERE %s LIMIT %lld)",
                               columns, inner, table->sql, work->where, (long long)limit));
        code = one_batch(purge, &part, n, n, error);
        rows = purge->rows - before;
        if (code && batch_took_too_long(error)) {
            part.patient = limit < 2 * TOO_SLOW;
            limit = part.patient ? limit : limit / TOO_SLOW;
            code = RUNG_OK;
            rows = 1;
        } else if (clock_monotonic_us() - purge->batch->started_us < wanted / 2) {
            limit *= 2;
        }
    }
    return code;
}

/* How many rows there will be is guessed from what the part that is done had. */
static void tell_progress(const Purge *purge)
{
    const Life *life = purge->life;
    int64_t left = purge->units > purge->unit ? purge->units - purge->unit : 0;
    double each = purge->unit > 0 ? (double)purge->rows / (double)purge->unit : 0;
    if (life->tell)
        life->tell(life->context, RUNG_EVENT_PROGRESS, purge->policy, purge->rows,
                   purge->rows + (int64_t)(each * (double)left),
                   clock_monotonic_us() - purge->since_us);
}

/* All listed rows, a part at a time. */
static Code all_batches(Purge *purge, const Work *work, Error *error)
{
    Batch *batch = purge->batch;
    Code code = RUNG_OK;
    for (int64_t low = 1; !code && !purge->again && low <= work->list->last;) {
        int64_t high = low + batch->size - 1;
        high = high > work->list->last ? work->list->last : high;
        code = batch_yield(batch, error);
        if (!code)
            code = one_batch(purge, work, low, high, error);
        if (code && batch_took_too_long(error) && high > low) {
            batch->size = (high - low + 1) / TOO_SLOW > 0 ? (high - low + 1) / TOO_SLOW : 1;
            code = RUNG_OK;
            continue;
        }
        if (code && batch_took_too_long(error) && work->key)
            code = by_rows(purge, work, low, error);
        if (code || purge->again)
            break;
        batch_adapt(batch, high - low + 1);
        purge->unit += high - low + 1;
        low = high + 1;
        tell_progress(purge);
    }
    return code;
}

/* ---- a group ---- */

/* One statement, so that keys are looked at when all rows of the cycle are gone (PostgreSQL's
 * manual, "Data-Modifying Statements in WITH"; triggers run at its end). */
static const char *group_sql(Purge *purge, const DoomList *group)
{
    Text sql = TEXT_EMPTY;
    for (size_t i = 0; i < group->count; i++)
        text_print(&sql, "%sg%zu AS (DELETE FROM %s WHERE %s RETURNING 1)", i ? ", " : "WITH ", i,
                   group->at[i]->table->sql, doom_listed(purge->doom, group->at[i], true));
    for (size_t i = 0; i < group->count; i++)
        text_print(&sql, "%s(SELECT count(*) FROM g%zu)", i ? ", " : " SELECT ", i);
    return text_keep(&sql, purge->arena);
}

static Code delete_group_postgresql(Purge *purge, Arena *arena, const DoomList *group,
                                    int64_t *rows_done, Error *error)
{
    DbRows rows, before;
    Code code = read_counters(purge, arena, &before, error);
    if (!code)
        code = ask(purge, arena, group_sql(purge, group), NULL, 0, &rows, error);
    for (size_t i = 0; !code && i < group->count; i++) {
        int64_t gone = db_number(&rows, 0, i);
        group->at[i]->going += gone;
        *rows_done += gone;
    }
    if (!code)
        code =
            count_cascaded(purge, arena, &(Work){.table = group->at[0]}, &before, rows_done, error);
    return code;
}

/* Rows that reference listed ones and are not listed themselves: there must be none. */
static Code look_around(Purge *purge, Arena *arena, const DoomTable *entry, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !purge->again && i < entry->table->below.count; i++) {
        const TableKey *key = entry->table->below.at[i];
        const DoomTable *from = purge->doom->of[key->from->index];
        DbRows rows;
        if (key->relation == RELATION_RETAIN || !from || !from->grouped)
            continue;
        code = ask(purge, arena,
                   arena_print(arena, "SELECT 1 FROM %s AS t WHERE %s AND NOT %s LIMIT 1",
                               key->from->sql, doom_referencing(purge->doom, key, true),
                               doom_condition(purge->doom, from)),
                   NULL, 0, &rows, error);
        purge->again = purge->again || (!code && rows.count > 0);
    }
    return code;
}

/* Foreign keys are off, because a cascade in the cycle would go as deep as the rows are chained,
 * and SQLite stops at 1,000. Nobody else writes, and the lists were looked at just now. */
static Code delete_group_sqlite(Purge *purge, Arena *arena, const DoomList *group,
                                int64_t *rows_done, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !purge->again && i < group->count; i++) {
        Work work = {.table = group->at[i]};
        code = look_around(purge, arena, group->at[i], error);
        if (!code && !purge->again)
            code = look_below(purge, arena, &work, NULL, 0, rows_done, error);
    }
    for (size_t i = 0; !code && !purge->again && i < group->count; i++) {
        DbRows rows;
        code = ask(purge, arena,
                   arena_print(arena, "DELETE FROM %s WHERE %s", group->at[i]->table->sql,
                               doom_listed(purge->doom, group->at[i], true)),
                   NULL, 0, &rows, error);
        if (!code) {
            group->at[i]->going += rows.changed;
            *rows_done += rows.changed;
        }
    }
    return code;
}

static Code look_for_kept_group(Purge *purge, Arena *arena, const DoomList *group, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < group->count; i++) {
        Work work = {.table = group->at[i], .list = group->at[i]};
        code = look_for_kept(purge, arena, &work, doom_listed(purge->doom, group->at[i], true),
                             NULL, 0, error);
    }
    return code;
}

static Code change_group(Purge *purge, Arena *arena, const DoomList *group, int64_t *rows,
                         int64_t *subjects, Error *error)
{
    static const char *const everything[] = {"0", "9223372036854775807"};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !purge->again && i < group->count; i++)
        code = look_for_held(purge, arena, group->at[i]->table,
                             doom_listed(purge->doom, group->at[i], true), NULL, 0, error);
    if (!code && !purge->again)
        code = sqlite(purge) ? delete_group_sqlite(purge, arena, group, rows, error)
                             : delete_group_postgresql(purge, arena, group, rows, error);
    if (!code && !purge->again)
        code = look_for_kept_group(purge, arena, group, error);
    for (size_t i = 0; !code && !purge->again && i < group->count; i++)
        if (group->at[i] == purge->doom->root && purge->finish)
            code = purge->finish(purge, everything, subjects, error);
    return code;
}

static Code delete_group(Purge *purge, const DoomList *group, Error *error)
{
    Arena *arena = arena_new();
    Error ignored;
    int64_t rows = 0, subjects = 0;
    Code code =
        sqlite(purge) ? db_exec(purge->life->db, "PRAGMA foreign_keys = off", error) : RUNG_OK;
    if (!code)
        code = batch_begin(purge->batch, false, &purge->again, error);
    if (!code && !purge->again)
        code = change_group(purge, arena, group, &rows, &subjects, error);
    if (!code && !purge->again) {
        Text tables = TEXT_EMPTY;
        for (size_t i = 0; i < group->count; i++)
            text_print(&tables, "%s%s", i ? ", " : "", group->at[i]->table->title);
        AuditEvent event = {.action = "delete",
                            .policy = purge->policy,
                            .table = text_string(&tables),
                            .rows = rows,
                            .subjects = subjects};
        code = batch_commit(purge->batch, &event, error);
        text_done(&tables);
        purge->touched = purge->touched || !code;
        purge->rows += code ? 0 : rows;
    }
    end_batch(purge, code);
    if (sqlite(purge))
        db_exec(purge->life->db, "PRAGMA foreign_keys = on", &ignored);
    arena_free(arena);
    return code;
}

/* ---- all of it ---- */

static size_t place_of(const Doom *doom, const DoomTable *entry)
{
    size_t place = 0;
    while (place < doom->order.count && doom->order.at[place] != entry)
        place++;
    return place;
}

/* Rows that stay lose their reference. So do rows that go later than what they reference: the key
 * would hold that back. */
static Code null_references(Purge *purge, Error *error)
{
    Code code = RUNG_OK;
    Doom *doom = purge->doom;
    for (size_t i = 0; !code && !purge->again && i < doom->nulls.count; i++) {
        const TableKey *key = doom->nulls.at[i];
        const DoomTable *from = doom->of[key->from->index], *to = doom->of[key->to->index];
        const char *referencing = doom_referencing(doom, key, false);
        Work work = {.table = doom->of[key->from->index],
                     .list = doom->of[key->to->index],
                     .key = key,
                     .nulls = true,
                     .index = i};
        const char *goes = from ? doom_condition(doom, from) : NULL;
        work.where =
            goes ? arena_print(purge->arena, "%s AND NOT %s", referencing, goes) : referencing;
        work.sql = sql_of(purge, &work, work.where);
        code = all_batches(purge, &work, error);
        work.unlinks = true;
        if (code || purge->again || !from || place_of(doom, from) < place_of(doom, to))
            continue;
        work.where = arena_print(purge->arena, "%s AND %s", referencing, goes);
        work.sql = sql_of(purge, &work, work.where);
        code = all_batches(purge, &work, error);
    }
    return code;
}

/* Dead entries in the indexes make every look of a foreign key ten times slower: what was deleted
 * below is cleaned up before the rows above go. It needs the rights of an owner; without them it is
 * only slow. */
static Code vacuum(Purge *purge, Error *error)
{
    Code code = RUNG_OK;
    Doom *doom = purge->doom;
    for (size_t i = 0; !code && !sqlite(purge) && i < doom->order.count; i++) {
        DoomTable *entry = doom->order.at[i];
        if (entry->gone - entry->cleaned < VACUUM_ROWS)
            continue;
        Arena *arena = arena_new();
        code = db_exec(purge->life->db, arena_print(arena, "VACUUM %s", entry->table->sql), error);
        if (code && life_is_passing(error))
            code = RUNG_OK; /* somebody else works on the table: then it is slower */
        entry->cleaned = entry->gone;
        arena_free(arena);
        if (!code)
            code = batch_yield(purge->batch, error);
    }
    return code;
}

static Code delete_leaf(Purge *purge, DoomTable *entry, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && !purge->again && i < entry->in.count; i++) {
        const TableKey *key = entry->in.at[i];
        Work work = {.table = entry, .list = purge->doom->of[key->to->index], .key = key};
        work.where = doom_referencing(purge->doom, key, false);
        work.sql = sql_of(purge, &work, work.where);
        code = all_batches(purge, &work, error);
    }
    return code;
}

static Code delete_listed(Purge *purge, DoomTable *entry, Error *error)
{
    Work work = {.table = entry, .list = entry, .where = doom_listed(purge->doom, entry, false)};
    if (entry == purge->doom->root && purge->condition)
        work.where = arena_print(purge->arena, "%s AND (%s)", work.where, purge->condition);
    work.sql = sql_of(purge, &work, work.where);
    purge->batch->size = purge->batch->size > 1000 ? 1000 : purge->batch->size;
    return all_batches(purge, &work, error);
}

static void count_units(Purge *purge)
{
    Doom *doom = purge->doom;
    for (size_t i = 0; i < doom->nulls.count; i++)
        purge->units += doom->of[doom->nulls.at[i]->to->index]->last;
    for (size_t i = 0; i < doom->order.count; i++) {
        const DoomTable *entry = doom->order.at[i];
        for (size_t j = 0; !entry->list && j < entry->in.count; j++)
            purge->units += doom->of[entry->in.at[j]->to->index]->last;
        purge->units += entry->list && !entry->grouped ? entry->last : 0;
    }
}

Code purge_delete(Purge *purge, Error *error)
{
    Doom *doom = purge->doom;
    DoomList group = {0};
    purge->unit = purge->units = 0;
    purge->since_us = clock_monotonic_us();
    count_units(purge);
    for (size_t i = 0; i < doom->order.count; i++)
        if (doom->order.at[i]->grouped)
            *vec_add(purge->arena, &group) = doom->order.at[i];
    Code code = null_references(purge, error);
    for (size_t i = 0; !code && !purge->again && i < doom->order.count; i++) {
        DoomTable *entry = doom->order.at[i];
        bool leaf = !entry->list;
        if (leaf) {
            code = delete_leaf(purge, entry, error);
            continue;
        }
        code = vacuum(purge, error);
        if (!code && !entry->grouped)
            code = delete_listed(purge, entry, error);
        else if (!code && entry == group.at[0])
            code = delete_group(purge, &group, error);
    }
    return code;
}
