/* SQLite's plans: virtual tables. They cannot be altered; FTS and R-tree tables carry their rows
 * over, and what indexes the rows of another table reads them again. */
#include "plan/sqlite.h"

/* The columns of a module's arguments: those of FTS and of the R-tree; others are not known. */
static Names module_columns(Lite *lite, const Definition *definition)
{
    static const char *const known[] = {"fts3", "fts4", "fts5", "rtree", "rtree_i32"};
    Names columns = {0};
    bool found = false;
    for (size_t i = 0; i < COUNT(known) && definition->module_name; i++)
        found = found || strcmp(definition->module_name, known[i]) == 0;
    for (size_t i = 0; found && i < definition->arguments.count; i++) {
        SqlTokens tokens;
        Error ignored;
        if (form_read(lite->arena, definition->arguments.at[i], &tokens, &ignored) ||
            !tokens.list.count ||
            (tokens.list.count > 1 && token_is_symbol(&tokens.list.at[1], '=')))
            continue;
        const char *name = form_name(lite->arena, &tokens.list.at[0]);
        if (name)
            names_add(lite->arena, &columns, form_fold(lite->arena, name));
    }
    return columns;
}

static const char *module_option(const Definition *definition, const char *name)
{
    for (size_t i = 0; i < definition->arguments.count; i++) {
        const char *argument = definition->arguments.at[i];
        size_t length = strlen(name);
        if (strncmp(argument, name, length) == 0 &&
            argument[length + strspn(argument + length, " ")] == '=')
            return argument;
    }
    return NULL;
}

static Names column_names(Lite *lite, const Definition *definition)
{
    Names names = {0};
    if (definition->is_virtual)
        return module_columns(lite, definition);
    for (size_t i = 0; i < definition->columns.count; i++)
        if (!definition->columns.at[i].generated)
            names_add(lite->arena, &names, definition->columns.at[i].folded);
    return names;
}

static bool keeps_rows(const Definition *definition)
{
    return !module_option(definition, "content");
}

/* The columns that both have, or NULL when nothing can be carried over. */
static const char *common_columns(Lite *lite, const TableWork *table)
{
    Names was = column_names(lite, &table->was), will = column_names(lite, &table->will);
    Text text = TEXT_EMPTY;
    bool fts = table->will.module_name && strncmp(table->will.module_name, "fts", 3) == 0;
    bool rowid = fts && table->was.is_virtual && strncmp(table->was.module_name, "fts", 3) == 0;
    if (!keeps_rows(&table->was) || !keeps_rows(&table->will))
        return NULL;
    for (size_t i = 0; i < will.count; i++)
        if (names_have(&was, will.at[i]))
            text_print(&text, "%s%s", text.length ? ", " : "", lite_name(lite, will.at[i]));
    const char *list =
        text.length ? arena_print(lite->arena, "%s%s", rowid ? "rowid, " : "", text_string(&text))
                    : NULL;
    text_done(&text);
    return list;
}

static const char *lost_columns(Lite *lite, const TableWork *table)
{
    Names was = column_names(lite, &table->was), will = column_names(lite, &table->will);
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < was.count; i++)
        if (!names_have(&will, was.at[i]))
            text_print(&text, "%s%s.%s", text.length ? ", " : "", table->to->name, was.at[i]);
    const char *list = text.length ? arena_string(lite->arena, text_string(&text)) : NULL;
    text_done(&text);
    return list;
}

/* The table whose rows an FTS table indexes, by content=; NULL: it holds its own, or none. */
static const char *content_table(Lite *lite, const Definition *definition)
{
    const char *option = module_option(definition, "content");
    SqlTokens tokens;
    Error ignored;
    if (!option || form_read(lite->arena, option, &tokens, &ignored) || tokens.list.count != 3)
        return NULL;
    const char *name = form_name(lite->arena, &tokens.list.at[2]);
    return name && *name ? name : NULL;
}

/* FTS tables that index the rows of another table read them. */
static void refill_step(Lite *lite, const Object *table, const Definition *definition)
{
    const char *content = content_table(lite, definition);
    const char *name = lite_name(lite, table->name);
    bool fts = definition->module_name && (strcmp(definition->module_name, "fts5") == 0 ||
                                           strcmp(definition->module_name, "fts4") == 0);
    if (fts && content && lite_table(lite->to, content) && lite_table(lite->to, content)->from)
        plan_step(lite->plan, table, "INSERT INTO %s (%s) VALUES ('rebuild')", name, name);
}

void lite_create_virtual(Lite *lite, const Object *table)
{
    Definition definition;
    Error ignored;
    plan_step(lite->plan, table, "%s", lite_sql(table));
    if (definition_read(lite->arena, lite_sql(table), &definition, &ignored) == RUNG_OK)
        refill_step(lite, table, &definition);
}

static void mark_rows(Lite *lite, const TableWork *table, Step *step)
{
    if (table->was.is_virtual && !keeps_rows(&table->was) && !keeps_rows(&table->will))
        return; /* an index of other rows */
    step->loses_data = true;
    step->note = arena_print(lite->plan->arena, "%s: its rows", table->to->name);
}

void lite_replace_steps(Lite *lite, TableWork *table)
{
    const char *columns = common_columns(lite, table);
    const char *old = lite_name(lite, lite_source(table));
    const char *lost = lost_columns(lite, table);
    if (!columns) {
        mark_rows(lite, table, plan_step(lite->plan, table->to, "DROP TABLE %s", old));
        plan_step(lite->plan, table->to, "%s", lite_sql(table->to));
        refill_step(lite, table->to, &table->will);
        return;
    }
    const char *fresh = lite_free_name(lite, "new", table->to->name);
    plan_step(lite->plan, table->to, "%s", lite_with_name(lite, &table->will, fresh));
    plan_step(lite->plan, table->to, "INSERT INTO %s (%s)\nSELECT %s FROM %s",
              lite_name(lite, fresh), columns, columns, old);
    Step *step = plan_step(lite->plan, table->to, "DROP TABLE %s", old);
    if (lost) {
        step->loses_data = true;
        step->note = arena_print(lite->plan->arena, "%s: values", lost);
    }
    plan_step(lite->plan, table->to, "ALTER TABLE %s RENAME TO %s", lite_name(lite, fresh),
              lite_name(lite, table->to->name));
}
