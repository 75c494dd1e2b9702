/* Which tables lose rows, in which order, and which rows. */
#include "lifecycle/doom.h"
#include "base/text.h"

static bool has(const ColumnList *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], name) == 0)
            return true;
    return false;
}

static bool carries(const TableKey *key)
{
    return key->relation == RELATION_CASCADE;
}

/* ---- which tables ---- */

static Code refuse(const TableKey *key, Error *error, const char *why, const char *hint)
{
    error_set(error, RUNG_REFUSED, "%s (references %s): %s", key->title, key->to->title, why);
    return error_hint(error, "%s", hint);
}

/* ON DELETE SET NULL (a, b) asks for these columns alone. */
static bool can_be_null(const TableKey *key)
{
    for (size_t i = 0; i < key->set_columns.count; i++) {
        const KeyColumn *column = key_table_column(key->from, key->set_columns.at[i]);
        if (column && column->not_null)
            return false;
    }
    return key->nullable || key->set_columns.count;
}

/* Whether the class can be had with this table. */
static Code judge(const Life *life, const TableKey *key, Error *error)
{
    switch (key->relation) {
    case RELATION_NONE:
        return refuse(
            key, error, "nothing says what becomes of its rows",
            "give it a class in lifecycle.relations: cascade, set_null, retain, restrict");
    case RELATION_RETAIN:
        if (key->declared)
            return refuse(key, error, "its rows are to be kept, but the key is still there",
                          "`rung cascade --fix` writes the revision that drops it");
        return RUNG_OK;
    case RELATION_SET_NULL:
        if (!can_be_null(key))
            return refuse(key, error, "set_null, but its column is NOT NULL",
                          "drop the NOT NULL, or give it another class");
        if (key->policy && key->policy->pseudonym &&
            !key_table_column(key->from, key->policy->pseudonym))
            return error_at(error, RUNG_CONFIG, life->path, key->policy->line,
                            "%s: the table has no column \"%s\" for the pseudonym", key->title,
                            key->policy->pseudonym);
        return RUNG_OK;
    default:
        return RUNG_OK;
    }
}

static DoomTable *add_table(Doom *doom, KeyTable *table)
{
    DoomTable *entry = arena_alloc(doom->arena, sizeof *entry);
    *entry = (DoomTable){.table = table};
    doom->of[table->index] = entry;
    *vec_add(doom->arena, &doom->order) = entry;
    return entry;
}

/* The tables below, breadth first. */
static Code find_tables(Doom *doom, KeyTable *root, Error *error)
{
    doom->root = add_table(doom, root);
    for (size_t i = 0; i < doom->order.count; i++) {
        KeyTable *table = doom->order.at[i]->table;
        for (size_t j = 0; j < table->below.count; j++) {
            TableKey *key = table->below.at[j];
            Code code = judge(doom->life, key, error);
            if (code)
                return code;
            if (key->relation == RELATION_SET_NULL)
                *vec_add(doom->arena, &doom->nulls) = key;
            else if (key->relation == RELATION_RESTRICT)
                *vec_add(doom->arena, &doom->barring) = key;
            if (!carries(key))
                continue;
            DoomTable *from = doom->of[key->from->index];
            if (!from)
                from = add_table(doom, key->from);
            *vec_add(doom->arena, &from->in) = key;
        }
    }
    return RUNG_OK;
}

/* ---- in which order ---- */

/* Whether a table that is not placed yet holds this one back: one whose rows reference its rows, or
 * with `up` one that its rows reference. */
static bool is_held_back(const Doom *doom, const DoomTable *entry, bool up)
{
    size_t count = up ? entry->table->above.count : entry->table->below.count;
    for (size_t i = 0; i < count; i++) {
        const TableKey *key = up ? entry->table->above.at[i] : entry->table->below.at[i];
        const DoomTable *other = doom->of[(up ? key->to : key->from)->index];
        bool binds = carries(key) || key->relation == RELATION_RESTRICT;
        if (binds && other && !other->placed)
            return true;
    }
    return false;
}

/* Takes what nothing holds back, again and again, in the order in which it becomes free. */
static void peel(Doom *doom, bool up, DoomList *list)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < doom->order.count; i++) {
            DoomTable *entry = doom->order.at[i];
            if (entry->placed || is_held_back(doom, entry, up))
                continue;
            entry->placed = more = true;
            *vec_add(doom->arena, list) = entry;
        }
    }
}

/* Children first. What neither end can be peeled off, cycles and what is between two, is one group.
 */
static void put_in_order(Doom *doom)
{
    DoomList low = {0}, high = {0};
    peel(doom, false, &low);
    peel(doom, true, &high);
    for (size_t i = 0; i < doom->order.count; i++) {
        DoomTable *entry = doom->order.at[i];
        entry->grouped = !entry->placed;
        if (entry->grouped)
            *vec_add(doom->arena, &low) = entry;
    }
    while (high.count)
        *vec_add(doom->arena, &low) = high.at[--high.count];
    doom->order = low;
}

/* ---- what is listed ---- */

static void list_columns(Doom *doom, DoomTable *entry)
{
    const KeyTable *table = entry->table;
    bool sqlite = doom->life->engine == ENGINE_SQLITE;
    for (size_t i = 0; i < table->primary.count; i++)
        *vec_add(doom->arena, &entry->columns) = table->primary.at[i];
    if (!table->primary.count && !sqlite) {
        *vec_add(doom->arena, &entry->columns) = "tableoid";
        *vec_add(doom->arena, &entry->columns) = "ctid";
    }
    entry->identity = entry->columns.count;
    for (size_t i = 0; i < table->below.count; i++)
        for (size_t j = 0; j < table->below.at[i]->targets.count; j++)
            if (!has(&entry->columns, table->below.at[i]->targets.at[j]))
                *vec_add(doom->arena, &entry->columns) = table->below.at[i]->targets.at[j];
}

/* The list is needed where something reads it: keys below, a cycle, the root. */
static bool needs_list(const Doom *doom, const DoomTable *entry)
{
    bool below = entry == doom->root || entry->grouped;
    for (size_t i = 0; i < entry->table->below.count; i++)
        below = below || entry->table->below.at[i]->relation != RELATION_RETAIN;
    return below;
}

static Code refuse_partitions(const Doom *doom, Error *error)
{
    for (size_t i = 0; i < doom->order.count; i++)
        for (size_t j = 0; j < doom->order.at[i]->table->below.count; j++) {
            const TableKey *key = doom->order.at[i]->table->below.at[j];
            if ((key->from_partition || key->to_partition) && key->relation != RELATION_RETAIN)
                return refuse(key, error, "a key of one partition alone is not followed",
                              "give the key to the whole partitioned table");
        }
    return RUNG_OK;
}

Code doom_plan(Life *life, Arena *arena, KeyTable *root, Doom *ret_doom, Error *error)
{
    Doom doom = {.life = life, .arena = arena};
    doom.of = arena_alloc_array(arena, life->graph->tables.count, sizeof *doom.of);
    Code code = find_tables(&doom, root, error);
    if (!code)
        code = refuse_partitions(&doom, error);
    if (code)
        return code;
    put_in_order(&doom);
    doom.nulled = arena_alloc_array(arena, doom.nulls.count, sizeof *doom.nulled);
    for (size_t i = 0; i < doom.order.count; i++) {
        DoomTable *entry = doom.order.at[i];
        list_columns(&doom, entry);
        if (needs_list(&doom, entry))
            entry->list = arena_print(arena, "rung_doomed_%zu", entry->table->index);
    }
    *ret_doom = doom;
    return RUNG_OK;
}

/* ---- pieces of statements ---- */

const char *doom_columns(const Doom *doom, const char *const *columns, size_t count,
                         const char *alias)
{
    Text text = TEXT_EMPTY;
    text_put(&text, alias ? "" : "(");
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s%s%s%s", i ? ", " : "", alias ? alias : "", alias ? "." : "",
                   life_name(doom->arena, columns[i]));
    text_put(&text, alias ? "" : ")");
    return text_keep(&text, doom->arena);
}

const char *doom_cell(const Doom *doom, const DoomTable *table, const char *column)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.at[i], column) == 0)
            return arena_print(doom->arena, "c%zu", i);
    return NULL;
}

static const char *cells(const Doom *doom, const DoomTable *table, const char *const *columns,
                         size_t count, const char *alias)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s%s%s", i ? ", " : "", alias, doom_cell(doom, table, columns[i]));
    return text_keep(&text, doom->arena);
}

static const char *range(bool all)
{
    return all ? "" : " WHERE n BETWEEN $1 AND $2";
}

const char *doom_referencing(const Doom *doom, const TableKey *key, bool all)
{
    const DoomTable *to = doom->of[key->to->index];
    return arena_print(doom->arena, "%s IN (SELECT %s FROM %s%s)",
                       doom_columns(doom, key->columns.at, key->columns.count, NULL),
                       cells(doom, to, key->targets.at, key->targets.count, ""), to->list,
                       range(all));
}

const char *doom_listed(const Doom *doom, const DoomTable *table, bool all)
{
    return arena_print(doom->arena, "%s IN (SELECT %s FROM %s%s)",
                       doom_columns(doom, table->columns.at, table->identity, NULL),
                       cells(doom, table, table->columns.at, table->identity, ""), table->list,
                       range(all));
}

/* "t.a = d.c0 AND …" */
static const char *join(const Doom *doom, const DoomTable *listed, const char *const *columns,
                        const char *const *targets, size_t count)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%st.%s = d.%s", i ? " AND " : "", life_name(doom->arena, columns[i]),
                   doom_cell(doom, listed, targets[i]));
    return text_keep(&text, doom->arena);
}

const char *doom_condition(const Doom *doom, const DoomTable *table)
{
    Text text = TEXT_EMPTY;
    if (table->list)
        text_print(&text, "EXISTS (SELECT 1 FROM %s d WHERE %s)", table->list,
                   join(doom, table, table->columns.at, table->columns.at, table->identity));
    for (size_t i = 0; !table->list && i < table->in.count; i++) {
        const TableKey *key = table->in.at[i];
        const DoomTable *to = doom->of[key->to->index];
        text_print(&text, "%sEXISTS (SELECT 1 FROM %s d WHERE %s)", i ? " OR " : "(", to->list,
                   join(doom, to, key->columns.at, key->targets.at, key->columns.count));
    }
    if (!table->list)
        text_put(&text, table->in.count ? ")" : "false");
    return text_keep(&text, doom->arena);
}

/* ---- the lists ---- */

static const char *type_of(const Doom *doom, const KeyTable *table, const char *column)
{
    const KeyColumn *found = key_table_column(table, column);
    if (found)
        return found->type ? found->type : "";
    if (doom->life->engine == ENGINE_SQLITE)
        return "INTEGER";
    return strcmp(column, "ctid") == 0 ? "tid" : "oid";
}

static Code run(Doom *doom, const char *sql, Error *error)
{
    return db_exec(doom->life->db, sql, error);
}

static Code create_list(Doom *doom, DoomTable *entry, Error *error)
{
    bool sqlite = doom->life->engine == ENGINE_SQLITE;
    Text sql = TEXT_EMPTY;
    Code code = run(doom,
                    arena_print(doom->arena, "DROP TABLE IF EXISTS %s%s",
                                sqlite ? "temp." : "pg_temp.", entry->list),
                    error);
    text_print(&sql, "CREATE TEMPORARY TABLE %s (n %s, s bigint NOT NULL", entry->list,
               sqlite ? "INTEGER PRIMARY KEY" : "bigint GENERATED ALWAYS AS IDENTITY");
    for (size_t i = 0; i < entry->columns.count; i++)
        text_print(&sql, ", c%zu %s", i, type_of(doom, entry->table, entry->columns.at[i]));
    text_print(&sql, ", UNIQUE (%s))", cells(doom, entry, entry->columns.at, entry->identity, ""));
    if (!code)
        code = run(doom, text_string(&sql), error);
    if (!code && !sqlite)
        code = run(doom, arena_print(doom->arena, "CREATE INDEX ON %s (n)", entry->list), error);
    text_done(&sql);
    entry->listed = entry->last = 0;
    return code;
}

Code doom_lists(Doom *doom, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < doom->order.count; i++)
        if (doom->order.at[i]->list)
            code = create_list(doom, doom->order.at[i], error);
    return code;
}

/* ---- growing ---- */

/* Lists the rows that reference, by this key, listed rows with a number behind `after`. */
static Code follow(Doom *doom, const TableKey *key, int64_t after, int64_t *ret_added, Error *error)
{
    DoomTable *from = doom->of[key->from->index], *to = doom->of[key->to->index];
    Arena *arena = arena_new();
    DbRows rows;
    const char *sql = arena_print(
        arena, "INSERT INTO %s (s, %s) SELECT d.s, %s FROM %s d JOIN %s t ON %s WHERE d.n > %lld%s",
        from->list, cells(doom, from, from->columns.at, from->columns.count, ""),
        doom_columns(doom, from->columns.at, from->columns.count, "t"), to->list, from->table->sql,
        join(doom, to, key->columns.at, key->targets.at, key->columns.count), (long long)after,
        " ON CONFLICT DO NOTHING");
    Code code = db_query(doom->life->db, arena, &(DbStatement){.sql = sql}, &rows, error);
    if (!code) {
        from->listed += rows.changed;
        *ret_added += rows.changed;
    }
    if (!code && doom->life->beat)
        code = doom->life->beat(doom->life, error);
    arena_free(arena);
    return code;
}

static Code highest(Doom *doom, const DoomTable *entry, int64_t *ret_n, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    const char *sql = arena_print(arena, "SELECT coalesce(max(n), 0) FROM %s", entry->list);
    Code code = db_query(doom->life->db, arena, &(DbStatement){.sql = sql}, &rows, error);
    if (!code)
        *ret_n = db_number(&rows, 0, 0);
    arena_free(arena);
    return code;
}

/* The tables of the group, round after round until nothing is added: each round follows only what
 * the one before found. */
static Code grow_group(Doom *doom, Error *error)
{
    int64_t *seen = arena_alloc_array(doom->arena, doom->order.count, sizeof *seen);
    int64_t *now = arena_alloc_array(doom->arena, doom->order.count, sizeof *now);
    Code code = RUNG_OK;
    for (int64_t added = 1; !code && added;) {
        added = 0;
        for (size_t i = 0; !code && i < doom->order.count; i++)
            if (doom->order.at[i]->grouped)
                code = highest(doom, doom->order.at[i], &now[i], error);
        for (size_t i = 0; !code && i < doom->order.count; i++) {
            const DoomTable *to = doom->order.at[i];
            for (size_t j = 0; !code && to->grouped && j < to->table->below.count; j++) {
                const TableKey *key = to->table->below.at[j];
                if (carries(key) && doom->of[key->from->index]->grouped)
                    code = follow(doom, key, seen[i], &added, error);
            }
            seen[i] = now[i];
        }
        if (!code)
            code = life_check_cancelled(doom->life, error);
    }
    return code;
}

static Code settle(Doom *doom, DoomTable *entry, Error *error)
{
    Code code = highest(doom, entry, &entry->last, error);
    if (code || doom->life->engine == ENGINE_SQLITE || !entry->last)
        return code;
    return run(doom, arena_print(doom->arena, "ANALYZE %s", entry->list), error);
}

Code doom_grow(Doom *doom, Error *error)
{
    bool grown = false;
    int64_t added = 0;
    Code code = settle(doom, doom->root, error);
    for (size_t i = doom->order.count; !code && i-- > 0;) {
        DoomTable *entry = doom->order.at[i];
        for (size_t j = 0; !code && entry->list && j < entry->in.count; j++)
            if (!doom->of[entry->in.at[j]->to->index]->grouped || !entry->grouped)
                code = follow(doom, entry->in.at[j], 0, &added, error);
        bool last = entry->grouped && (i == 0 || !doom->order.at[i - 1]->grouped);
        if (!code && last && !grown) {
            code = grow_group(doom, error);
            for (size_t j = 0; !code && j < doom->order.count; j++)
                if (doom->order.at[j]->grouped)
                    code = settle(doom, doom->order.at[j], error);
            grown = true;
        }
        if (!code && entry->list && !entry->grouped)
            code = settle(doom, entry, error);
    }
    return code;
}
