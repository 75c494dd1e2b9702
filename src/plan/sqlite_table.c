/* SQLite's plans: what becomes of a table, and the changes that ALTER TABLE can do.
 *
 * What ALTER TABLE refuses is in SQLite's manual, "ALTER TABLE" 4 and 5. Tables are taken to hold
 * rows: what it takes only for an empty one is a rebuild. */
#include "plan/sqlite.h"

/* ---- columns ---- */

static bool is_gap_plain(const Definition *definition, const DefinitionColumn *column)
{
    const Token *name = &definition->tokens.list.at[column->first], *before = name - 1;
    const char *gap = before->text + before->length;
    return strspn(gap, " \t\r\n\f") >= (size_t)(name->text - gap);
}

/* SQLite looks for the comma before the last column byte by byte, in comments too. */
static bool can_drop(const Definition *was, const DefinitionColumn *column)
{
    return !column->primary_key && !column->unique && is_gap_plain(was, column);
}

/* A constant of another type than a STRICT column's would be stored as it is. */
static bool fits_strict(const DefinitionColumn *column)
{
    char first = column->fallback[0];
    bool number = (first >= '0' && first <= '9') || first == '-' || first == '+';
    if (strcmp(column->type, "any") == 0)
        return true;
    if (strcmp(column->type, "text") == 0)
        return first == '\'';
    return number && strcmp(column->type, "blob") != 0 && !strpbrk(column->fallback, ".eE");
}

static bool can_add(const Definition *will, const DefinitionColumn *column)
{
    if (column->primary_key || column->unique)
        return false;
    if (column->generated)
        return !column->stored;
    if (!column->fallback)
        return !column->not_null;
    return column->fallback_constant && !column->references &&
           !(will->strict && !fits_strict(column));
}

static bool find_columns(Lite *lite, TableWork *table)
{
    bool same = true;
    for (size_t i = 0; i < table->was.columns.count; i++) {
        const DefinitionColumn *column = &table->was.columns.at[i];
        const DefinitionColumn *other = definition_column(&table->will, column->folded);
        if (!other)
            *vec_add(lite->arena, &table->dropped) = column;
        else
            same = same && strcmp(column->form, other->form) == 0;
    }
    for (size_t i = 0; i < table->will.columns.count; i++) {
        const DefinitionColumn *column = &table->will.columns.at[i];
        if (!definition_column(&table->was, column->folded))
            *vec_add(lite->arena, &table->added) = column;
    }
    return same;
}

/* The columns that stay and then the new ones: is that the wanted order? */
static bool in_order(const TableWork *table)
{
    size_t at = 0;
    for (size_t i = 0; i < table->was.columns.count; i++) {
        const DefinitionColumn *column = &table->was.columns.at[i];
        if (!definition_column(&table->will, column->folded))
            continue;
        if (strcmp(table->will.columns.at[at++].folded, column->folded) != 0)
            return false;
    }
    return true;
}

static bool can_alter(Lite *lite, TableWork *table, bool same_columns)
{
    const Definition *was = &table->was, *will = &table->will;
    if (!same_columns || !names_equal(&was->constraints, &will->constraints) ||
        !names_equal(&was->options, &will->options))
        return false;
    for (size_t i = 0; i < table->dropped.count; i++)
        if (!can_drop(was, table->dropped.at[i]))
            return false;
    for (size_t i = 0; i < table->added.count; i++)
        if (!can_add(will, table->added.at[i]))
            return false;
    if (table->dropped.count == was->columns.count)
        return false;
    return lite->options->column_order != COLUMN_ORDER_REBUILD || in_order(table);
}

/* ---- fates ---- */

static Code read_definitions(Lite *lite, TableWork *table)
{
    Error reason;
    Code code = definition_read(lite->arena, table->sql, &table->was, &reason);
    if (!code)
        code = definition_read(lite->arena, lite_sql(table->to), &table->will, &reason);
    table->read = !code;
    if (code == RUNG_UNSUPPORTED) {
        table->fate = FATE_UNKNOWN;
        plan_refuse(lite->plan, table->to, "%s: %s", table->to->name, reason.message);
        return RUNG_OK;
    }
    if (code)
        *lite->error = reason;
    return code;
}

static void decide_ordinary(Lite *lite, TableWork *table)
{
    bool same = find_columns(lite, table), alter = can_alter(lite, table, same);
    if (alter && !table->dropped.count && !table->added.count)
        table->fate = FATE_SAME;
    else
        table->fate = alter ? FATE_ALTER : FATE_REBUILD;
    if (lite->options->column_order == COLUMN_ORDER_REPORT && !in_order(table))
        plan_refuse(lite->plan, table->to,
                    "%s: its columns stand in another order; --column-order rebuild changes that",
                    table->to->name);
}

static Code decide_pair(Lite *lite, TableWork *table)
{
    if (lite->options->ignored[KIND_LITE_TABLE] ||
        (!table->touched && strcmp(table->sql, lite_sql(table->to)) == 0))
        return RUNG_OK;
    Code code = read_definitions(lite, table);
    if (code || table->fate == FATE_UNKNOWN)
        return code;
    const Definition *was = &table->was, *will = &table->will;
    if (!was->is_virtual && !will->is_virtual)
        decide_ordinary(lite, table);
    else if (was->is_virtual != will->is_virtual || strcmp(was->module, will->module) != 0)
        table->fate = FATE_REPLACE;
    return RUNG_OK;
}

static Code decide(Lite *lite, TableWork *table)
{
    bool ignored = lite->options->ignored[KIND_LITE_TABLE];
    if (table->from && table->to)
        return decide_pair(lite, table);
    if (!ignored)
        table->fate = table->to ? FATE_CREATE : FATE_DROP;
    return RUNG_OK;
}

Code lite_decide(Lite *lite)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < lite->tables.count; i++)
        code = decide(lite, lite->tables.at[i]);
    return code;
}

/* ---- steps ---- */

void lite_alter_steps(Lite *lite, TableWork *table)
{
    const char *name = lite_name(lite, table->to->name);
    lite_check_prechecks(lite, table);
    for (size_t i = 0; i < table->dropped.count; i++) {
        const DefinitionColumn *column = table->dropped.at[i];
        Step *step = plan_step(lite->plan, table->to, "ALTER TABLE %s DROP COLUMN %s", name,
                               lite_name(lite, column->name));
        if (column->generated)
            continue;
        step->loses_data = true;
        step->note =
            arena_print(lite->plan->arena, "%s.%s: its values", table->to->name, column->name);
    }
    for (size_t i = 0; i < table->added.count; i++)
        plan_step(lite->plan, table->to, "ALTER TABLE %s ADD COLUMN %s", name,
                  table->added.at[i]->text);
}
