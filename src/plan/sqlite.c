/* SQLite: from two catalogs to ordered statements. */
#include "plan/sqlite.h"

/* ---- tables ---- */

static void forget(Catalog *catalog)
{
    for (unsigned kind = KIND_LITE_TABLE; kind < KIND_COUNT; kind++)
        for (size_t i = 0; i < catalog->kinds[kind].count; i++) {
            catalog->kinds[kind].at[i]->other = NULL;
            catalog->kinds[kind].at[i]->work = NULL;
        }
}

static void add_table(Lite *lite, Object *from, Object *to)
{
    TableWork *table = arena_alloc(lite->arena, sizeof *table);
    *table = (TableWork){.from = from, .to = to, .sql = from ? lite_sql(from) : NULL};
    table->renamed = from && to && !form_same_name(from->name, to->name);
    if (from)
        from->work = table;
    if (to)
        to->work = table;
    *vec_add(lite->arena, &lite->tables) = table;
}

static void pair_tables(Lite *lite)
{
    Object *object;
    lite_pair_renamed(lite);
    CATALOG_EACH(lite->to, KIND_LITE_TABLE, object)
    {
        Object *same = object->other ? NULL : catalog_find(lite->from, object->key);
        if (same && !same->other) {
            same->other = object;
            object->other = same;
        }
        add_table(lite, object->other, object);
    }
    CATALOG_EACH(lite->from, KIND_LITE_TABLE, object)
    {
        if (!object->other)
            add_table(lite, object, NULL);
    }
}

static void take_names(Lite *lite, const Catalog *catalog)
{
    for (unsigned kind = KIND_LITE_TABLE; kind <= KIND_LITE_VIEW; kind++)
        for (size_t i = 0; i < catalog->kinds[kind].count; i++)
            map_set(lite->taken, form_fold(lite->arena, catalog->kinds[kind].at[i]->name), lite);
}

static void drop_tables(Lite *lite)
{
    for (size_t i = 0; i < lite->tables.count; i++) {
        TableWork *table = lite->tables.at[i];
        if (table->fate != FATE_DROP)
            continue;
        Step *step =
            plan_step(lite->plan, table->from, "DROP TABLE %s", lite_name(lite, table->from->name));
        step->loses_data = true;
        step->note = arena_print(lite->plan->arena, "%s: its rows", table->from->name);
    }
}

/* RENAME TO looks through all views and triggers and fails at one that names a table that is not
 * there, like the one that is being rebuilt, unless it is told to do as it did before 3.26. */
static bool needs_legacy(const Lite *lite)
{
    bool renames = false;
    for (size_t i = 0; i < lite->tables.count; i++)
        renames = renames || lite->tables.at[i]->fate == FATE_REBUILD ||
                  lite->tables.at[i]->fate == FATE_REPLACE;
    return renames && lite_part_stays(lite);
}

static void for_each(Lite *lite, Fate fate, void (*steps)(Lite *lite, TableWork *table))
{
    for (size_t i = 0; i < lite->tables.count; i++)
        if (lite->tables.at[i]->fate == fate)
            steps(lite, lite->tables.at[i]);
}

static void create_ordinary(Lite *lite, TableWork *table)
{
    if (!CATALOG_AS(const LiteTable, table->to)->is_virtual)
        plan_step(lite->plan, table->to, "%s", lite_sql(table->to));
}

static void create_virtual(Lite *lite, TableWork *table)
{
    if (CATALOG_AS(const LiteTable, table->to)->is_virtual)
        lite_create_virtual(lite, table->to);
}

/* Virtual tables come last: they may read ordinary ones as soon as they are created. */
static void change_tables(Lite *lite)
{
    bool legacy = needs_legacy(lite);
    drop_tables(lite);
    lite_rename_steps(lite);
    for_each(lite, FATE_ALTER, lite_alter_steps);
    if (legacy)
        plan_step(lite->plan, NULL, "PRAGMA legacy_alter_table = ON");
    for_each(lite, FATE_REBUILD, lite_rebuild_steps);
    for_each(lite, FATE_CREATE, create_ordinary);
    for_each(lite, FATE_REPLACE, lite_replace_steps);
    if (legacy)
        plan_step(lite->plan, NULL, "PRAGMA legacy_alter_table = OFF");
    for_each(lite, FATE_CREATE, create_virtual);
}

/* ---- what the plan says about itself ---- */

static bool is_referenced(const Object *table)
{
    for (size_t i = 0; i < table->users.count; i++)
        if (table->users.at[i]->kind == KIND_LITE_TABLE)
            return true;
    return false;
}

static void note_table(Lite *lite, const TableWork *table)
{
    static const ChangeType types[] = {
        [FATE_ALTER] = CHANGE_ALTER,     [FATE_REBUILD] = CHANGE_ALTER,
        [FATE_REPLACE] = CHANGE_REPLACE, [FATE_CREATE] = CHANGE_CREATE,
        [FATE_DROP] = CHANGE_DROP,
    };
    if (table->fate == FATE_SAME || table->fate == FATE_UNKNOWN)
        return;
    Change *change = vec_add(lite->plan->arena, &lite->plan->changes);
    change->type = types[table->fate];
    change->object = table->to ? table->to : table->from;
    if (table->from && table->to)
        change->fields = object_compare(table->from, table->to, false);
}

static void note_tables(Lite *lite)
{
    for (size_t i = 0; i < lite->tables.count; i++) {
        const TableWork *table = lite->tables.at[i];
        note_table(lite, table);
        bool drops = table->fate == FATE_DROP || table->fate == FATE_REPLACE;
        if (table->fate == FATE_REBUILD || (drops && is_referenced(table->from)))
            lite->plan->rebuilds = true;
    }
}

static void refuse_losses(Lite *lite)
{
    for (size_t i = 0; lite->options->refuse_loss && i < lite->plan->steps.count; i++) {
        const Step *step = &lite->plan->steps.at[i];
        if (step->loses_data)
            plan_refuse(lite->plan, step->object, "%s would be lost", step->note);
    }
}

Code plan_sqlite(Plan *plan, Catalog *from, Catalog *to, const PlanOptions *options, Error *error)
{
    Lite lite = {.plan = plan,
                 .from = from,
                 .to = to,
                 .options = options,
                 .arena = plan->arena,
                 .error = error,
                 .taken = map_new(plan->arena)};
    forget(from);
    forget(to);
    pair_tables(&lite);
    take_names(&lite, from);
    take_names(&lite, to);
    Code code = lite_read_renames(&lite);
    if (!code)
        code = lite_decide(&lite);
    if (!code)
        code = lite_pair_parts(&lite);
    if (code)
        return code;
    lite_drop_parts(&lite);
    change_tables(&lite);
    lite_create_parts(&lite);
    note_tables(&lite);
    lite_note_parts(&lite);
    refuse_losses(&lite);
    return RUNG_OK;
}
