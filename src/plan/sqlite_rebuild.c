/* SQLite's plans: a new table takes over the rows and the name of an old one.
 *
 * The order is that of SQLite's manual, "ALTER TABLE" 7: create, copy, drop, rename. The old table
 * is never renamed away: foreign keys and views would follow it. DROP TABLE takes the table's
 * indexes, triggers and its row of sqlite_sequence with it. */
#include "plan/sqlite.h"

const char *lite_rowid(const Definition *definition)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; !definition->without_rowid && i < COUNT(names); i++)
        if (!definition_column(definition, names[i]))
            return names[i];
    return NULL;
}

const char *lite_source(const TableWork *table)
{
    return table->renamed ? table->to->name : table->from->name;
}

/* ---- what is copied ---- */

/* STRICT takes no text for a BLOB and no blob for a TEXT; the bytes are the same in both. */
static const char *cast_strict(Lite *lite, const TableWork *table, const char *name,
                               const DefinitionColumn *was, const DefinitionColumn *will)
{
    bool to_blob = strcmp(will->type, "blob") == 0, to_text = strcmp(will->type, "text") == 0;
    bool same = table->was.strict && strcmp(was->type, will->type) == 0;
    if ((!to_blob && !to_text) || same)
        return name;
    return arena_print(lite->arena, "CASE typeof(%s) WHEN '%s' THEN CAST(%s AS %s) ELSE %s END",
                       name, to_blob ? "text" : "blob", name, to_blob ? "BLOB" : "TEXT", name);
}

const char *lite_value(Lite *lite, const TableWork *table, const DefinitionColumn *column)
{
    const Definition *was = &table->was, *will = &table->will;
    const DefinitionColumn *old = definition_column(was, column->folded);
    if (column->generated)
        return NULL;
    if (!old)
        return column == will->rowid ? lite_rowid(was) : NULL;
    const char *name = lite_name(lite, old->name);
    if (column == will->rowid && old != was->rowid && !old->not_null)
        return arena_print(lite->arena, "ifnull(%s, 'no key')", name); /* SQLite numbers a NULL */
    return will->strict ? cast_strict(lite, table, name, old, column) : name;
}

static void add_item(Text *text, const char *item)
{
    text_print(text, "%s%s", text->length ? ", " : "", item);
}

/* A rowid that has no other name is copied too: FTS tables and others refer to it. */
static void list_columns(Lite *lite, const TableWork *table, Text *into, Text *values)
{
    const char *target = table->will.rowid ? NULL : lite_rowid(&table->will);
    const char *source = lite_rowid(&table->was);
    if (target && source) {
        add_item(into, target);
        add_item(values, source);
    }
    for (size_t i = 0; i < table->will.columns.count; i++) {
        const DefinitionColumn *column = &table->will.columns.at[i];
        const char *value = lite_value(lite, table, column);
        if (!value)
            continue;
        add_item(into, lite_name(lite, column->name));
        add_item(values, value);
    }
}

static bool is_number(const char *type)
{
    return *type && !strstr(type, "char") && !strstr(type, "clob") && !strstr(type, "text") &&
           !strstr(type, "blob") && strcmp(type, "any") != 0;
}

/* Column affinity converts by itself (SQLite manual, "Datatypes" 3). */
static const char *conversion_note(Lite *lite, const TableWork *table)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < table->will.columns.count; i++) {
        const DefinitionColumn *column = &table->will.columns.at[i];
        const DefinitionColumn *old = definition_column(&table->was, column->folded);
        if (old && !column->generated && is_number(column->type) && !is_number(old->type))
            text_print(&text, "%s%s.%s", text.length ? ", " : "", table->to->name, column->name);
    }
    const char *note =
        text.length ? arena_print(lite->plan->arena, "%s: texts that are numbers become numbers",
                                  text_string(&text))
                    : NULL;
    text_done(&text);
    return note;
}

/* ON CONFLICT clauses of the new table must not drop or replace rows. */
static void copy_step(Lite *lite, const TableWork *table, const char *target, const char *source)
{
    Text into = TEXT_EMPTY, values = TEXT_EMPTY;
    list_columns(lite, table, &into, &values);
    if (values.length) {
        Step *step = plan_step(lite->plan, table->to, "INSERT%s INTO %s (%s)\nSELECT %s FROM %s",
                               table->will.conflicts ? " OR ABORT" : "", lite_name(lite, target),
                               text_string(&into), text_string(&values), lite_name(lite, source));
        step->note = conversion_note(lite, table);
    }
    text_done(&into);
    text_done(&values);
}

/* AUTOINCREMENT goes on where it was, beyond rows that were deleted. */
static void sequence_steps(Lite *lite, const TableWork *table, const char *target)
{
    if (!table->was.autoincrement || !table->will.autoincrement)
        return;
    plan_step(lite->plan, table->to, "DELETE FROM sqlite_sequence WHERE name = %s",
              lite_constant(lite, target));
    plan_step(lite->plan, table->to,
              "INSERT INTO sqlite_sequence (name, seq)\nSELECT %s, seq FROM sqlite_sequence WHERE "
              "name = %s",
              lite_constant(lite, target), lite_constant(lite, lite_source(table)));
}

/* ---- what is lost ---- */

static void note_loss(Lite *lite, const TableWork *table, Step *step)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < table->was.columns.count; i++) {
        const DefinitionColumn *column = &table->was.columns.at[i];
        const DefinitionColumn *other = definition_column(&table->will, column->folded);
        if (column->generated || (other && !other->generated) || column == table->was.rowid)
            continue;
        text_print(&text, "%s%s.%s", text.length ? ", " : "", table->to->name, column->name);
    }
    if (text.length) {
        step->loses_data = true;
        step->note = arena_print(lite->plan->arena, "%s: %s values", text_string(&text),
                                 strchr(text_string(&text), ',') ? "their" : "its");
    }
    text_done(&text);
}

/* ---- steps ---- */

/* A table that qualifies its own columns cannot be created under another name: its rows pass
 * through a copy. */
static bool names_itself(const TableWork *table)
{
    const SqlTokens *tokens = &table->will.tokens;
    for (size_t i = table->will.name_token + 1; i + 1 < tokens->list.count; i++) {
        const Token *token = &tokens->list.at[i];
        if ((token->type != TOKEN_WORD && token->type != TOKEN_NAME) ||
            !token_is_symbol(token + 1, '.'))
            continue;
        return true;
    }
    return false;
}

static void rebuild_by_copy(Lite *lite, const TableWork *table)
{
    const char *copy = lite_free_name(lite, "old", table->to->name);
    const char *rowid = lite_rowid(&table->was);
    Plan *plan = lite->plan;
    bool sequence = table->was.autoincrement && table->will.autoincrement;
    const char *copy_rowid = rowid ? arena_print(lite->arena, "%s AS %s, ", rowid, rowid) : "";
    plan_step(plan, table->to, "CREATE TABLE %s AS\nSELECT %s* FROM %s", lite_name(lite, copy),
              table->was.rowid ? "" : copy_rowid, lite_name(lite, lite_source(table)));
    if (sequence)
        plan_step(plan, table->to,
                  "INSERT INTO sqlite_sequence (name, seq)\nSELECT %s, seq FROM sqlite_sequence "
                  "WHERE name = %s",
                  lite_constant(lite, copy), lite_constant(lite, lite_source(table)));
    note_loss(lite, table,
              plan_step(plan, table->to, "DROP TABLE %s", lite_name(lite, lite_source(table))));
    plan_step(plan, table->to, "%s", lite_sql(table->to));
    copy_step(lite, table, table->to->name, copy);
    plan_step(plan, table->to, "DROP TABLE %s", lite_name(lite, copy));
    if (!sequence)
        return;
    plan_step(plan, table->to, "DELETE FROM sqlite_sequence WHERE name = %s",
              lite_constant(lite, table->to->name));
    plan_step(plan, table->to, "UPDATE sqlite_sequence SET name = %s WHERE name = %s",
              lite_constant(lite, table->to->name), lite_constant(lite, copy));
}

void lite_rebuild_steps(Lite *lite, TableWork *table)
{
    Plan *plan = lite->plan;
    lite_table_prechecks(lite, table);
    if (names_itself(table)) {
        rebuild_by_copy(lite, table);
        return;
    }
    const char *fresh = lite_free_name(lite, "new", table->to->name);
    plan_step(plan, table->to, "%s", lite_with_name(lite, &table->will, fresh));
    copy_step(lite, table, fresh, lite_source(table));
    sequence_steps(lite, table, fresh);
    note_loss(lite, table,
              plan_step(plan, table->to, "DROP TABLE %s", lite_name(lite, lite_source(table))));
    plan_step(plan, table->to, "ALTER TABLE %s RENAME TO %s", lite_name(lite, fresh),
              lite_name(lite, table->to->name));
}
