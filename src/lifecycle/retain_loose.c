/* Orphans: rows whose parent is not there. Zombies: rows that live below one that is deleted
 * softly.
 */
#include "base/text.h"
#include "lifecycle/retain_parts.h"

enum { EXAMPLES = 3 };

static Code ask(Life *life, Arena *arena, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(life->db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

/* Counts the rows of the key's table under the alias `t`, and gives the keys of the first. */
static Code find(Life *life, Arena *arena, const TableKey *key, const char *condition,
                 int64_t *ret_count, KeyNames *ret_keys, Error *error)
{
    const KeyTable *table = key->from;
    DbRows rows;
    Arena *own = arena_new();
    Code code = ask(
        life, own, arena_print(own, "SELECT count(*) FROM %s AS t WHERE %s", table->sql, condition),
        &rows, error);
    if (!code)
        *ret_count = db_number(&rows, 0, 0);
    Text sql = TEXT_EMPTY;
    const KeyNames *columns = table->primary.count ? &table->primary : &key->columns;
    for (size_t i = 0; i < columns->count; i++)
        text_print(&sql, "%sCAST(t.%s AS text)", i ? ", " : "SELECT ",
                   life_name(own, columns->at[i]));
    text_print(&sql, " FROM %s AS t WHERE %s ORDER BY ", table->sql, condition);
    for (size_t i = 0; i < columns->count; i++)
        text_print(&sql, "%st.%s", i ? ", " : "", life_name(own, columns->at[i]));
    text_print(&sql, " LIMIT %d", EXAMPLES);
    if (!code && *ret_count)
        code = ask(life, own, text_string(&sql), &rows, error);
    for (size_t i = 0; !code && *ret_count && i < rows.count; i++) {
        text_clear(&sql);
        for (size_t j = 0; j < rows.columns; j++)
            text_print(&sql, "%s%s", j ? "," : "",
                       db_cell(&rows, i, j) ? db_cell(&rows, i, j) : "");
        *vec_add(arena, ret_keys) = arena_string(arena, text_string(&sql));
    }
    text_done(&sql);
    arena_free(own);
    return code;
}

static const char *orphans(Arena *arena, const TableKey *key)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < key->columns.count; i++)
        text_print(&text, "t.%s IS NOT NULL AND ", life_name(arena, key->columns.at[i]));
    text_print(&text, "NOT EXISTS (SELECT 1 FROM %s p WHERE %s)", key->to->sql,
               retain_join(arena, key, "t", "p"));
    return text_keep(&text, arena);
}

/* NULL: nothing says of both tables what is deleted softly. */
static const char *zombies(const Life *life, Arena *arena, const TableKey *key)
{
    const char *child = retain_soft(life, arena, key->from, "t");
    const char *parent = retain_soft(life, arena, key->to, "p");
    if (!child || !parent || key->from == key->to)
        return NULL;
    return arena_print(arena, "NOT (%s) AND EXISTS (SELECT 1 FROM %s p WHERE %s AND %s)", child,
                       key->to->sql, retain_join(arena, key, "t", "p"), parent);
}

/* SQLite's types do not matter, PostgreSQL compares equal ones only: text in place of a number may
 * stand in columns without a key. */
static bool comparable(const Life *life, const TableKey *key)
{
    if (!key->columns.count || key->columns.count != key->targets.count)
        return false;
    for (size_t i = 0; !key->declared && life->engine != ENGINE_SQLITE && i < key->columns.count;
         i++) {
        const KeyColumn *from = key_table_column(key->from, key->columns.at[i]);
        const KeyColumn *to = key_table_column(key->to, key->targets.at[i]);
        bool texts = from && to &&
                     (strcmp(from->type, "text") == 0 || strstr(from->type, "character")) ==
                         (strcmp(to->type, "text") == 0 || strstr(to->type, "character"));
        if (!texts)
            return false;
    }
    return true;
}

Code retain_orphans(Life *life, Arena *arena, const char *table, RetainLooseList *ret_list,
                    Error *error)
{
    Code code = RUNG_OK;
    KeyTable *only = NULL;
    if (table)
        code = key_graph_table(life->graph, table, &only, error);
    for (size_t i = 0; !code && i < life->graph->keys.count; i++) {
        const TableKey *key = life->graph->keys.at[i];
        RetainLoose loose = {.key = key->title,
                             .table = key->from->title,
                             .parent = key->to->title,
                             .retained = key->relation == RELATION_RETAIN};
        if ((only && key->from != only && key->to != only) || !comparable(life, key))
            continue;
        const char *live = zombies(life, arena, key);
        code =
            find(life, arena, key, orphans(arena, key), &loose.orphans, &loose.orphan_keys, error);
        if (!code && live)
            code = find(life, arena, key, live, &loose.zombies, &loose.zombie_keys, error);
        if (!code && (loose.orphans || loose.zombies))
            *vec_add(arena, ret_list) = loose;
        if (!code)
            code = life_check_cancelled(life, error);
    }
    return code;
}

Code retain_zombies(RetainRun *run, const RetainRule *rule, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && rule->soft && i < rule->table->below.count; i++) {
        const TableKey *key = rule->table->below.at[i];
        RetainLoose loose = {.key = key->title,
                             .table = key->from->title,
                             .parent = key->to->title,
                             .retained = key->relation == RELATION_RETAIN};
        const char *live = zombies(run->life, run->arena, key);
        if (!live || key->relation == RELATION_CASCADE || !comparable(run->life, key))
            continue;
        code = find(run->life, run->arena, key, live, &loose.zombies, &loose.zombie_keys, error);
        if (!code && loose.zombies)
            *vec_add(run->arena, &run->result->zombies) = loose;
    }
    return code;
}
