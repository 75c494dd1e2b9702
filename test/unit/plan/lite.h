/* Catalogs of SQLite from statements, as source/sqlite.c would fill them, and plans between them.
 */
#ifndef TEST_PLAN_LITE_H
#define TEST_PLAN_LITE_H

#include "plan/plan.h"
#include "sql/definition.h"

#include "check.h"

static const char *name_behind(Arena *arena, const SqlTokens *tokens, const char *word)
{
    for (size_t i = 0; i + 1 < tokens->list.count; i++)
        if (token_is(&tokens->list.at[i], word))
            return form_name(arena, &tokens->list.at[i + 1]);
    return NULL;
}

static Object *add_lite(Catalog *catalog, KindId kind, const char *name, Object *parent)
{
    Object *object;
    Error error;
    if (catalog_add(catalog, kind, NULL, name, NULL, parent, &object, &error) != RUNG_OK)
        fail_msg("%s", error.message);
    return object;
}

static void add_lite_table(Catalog *catalog, const char *sql)
{
    Error error;
    Definition *definition = arena_alloc(catalog->arena, sizeof *definition);
    if (definition_read(catalog->arena, sql, definition, &error) != RUNG_OK)
        fail_msg("%s", error.message);
    LiteTable *table =
        CATALOG_AS(LiteTable, add_lite(catalog, KIND_LITE_TABLE, definition->name, NULL));
    table->sql = sql;
    table->is_virtual = definition->is_virtual;
    table->module = definition->module;
    table->constraints = (List){definition->constraints.at, definition->constraints.count};
    table->options = (List){definition->options.at, definition->options.count};
    Names *columns = arena_alloc(catalog->arena, sizeof *columns);
    for (size_t i = 0; i < definition->columns.count; i++)
        names_add(catalog->arena, columns, definition->columns.at[i].form);
    table->columns = (List){columns->at, columns->count};
}

/* What it names, word by word: more than it needs, as a source may say too. */
static void add_lite_needs(Catalog *catalog, Object *object, const SqlTokens *tokens)
{
    for (size_t i = 3; i < tokens->list.count; i++) {
        const char *name = form_name(catalog->arena, &tokens->list.at[i]);
        Object *table = name ? catalog_find_name(catalog, KIND_LITE_TABLE, NULL, name) : NULL;
        Object *view = name ? catalog_find_name(catalog, KIND_LITE_VIEW, NULL, name) : NULL;
        if (table || view)
            catalog_need(catalog, object, table ? table : view);
    }
}

static void add_lite_part(Catalog *catalog, const char *sql, const SqlTokens *tokens)
{
    Arena *arena = catalog->arena;
    const char *form = form_print(arena, tokens, 0, tokens->list.count, NULL);
    const char *index = name_behind(arena, tokens, "INDEX"),
               *view = name_behind(arena, tokens, "VIEW");
    const char *on = name_behind(arena, tokens, "ON");
    Object *parent = on ? catalog_find_name(catalog, KIND_LITE_TABLE, NULL, on) : NULL;
    Object *object;
    if (index) {
        object = add_lite(catalog, KIND_LITE_INDEX, index, parent);
        *CATALOG_AS(LiteIndex, object) = (LiteIndex){*object, sql, form};
    } else if (view) {
        object = add_lite(catalog, KIND_LITE_VIEW, view, NULL);
        *CATALOG_AS(LiteView, object) = (LiteView){*object, sql, form};
    } else {
        object =
            add_lite(catalog, KIND_LITE_TRIGGER, name_behind(arena, tokens, "TRIGGER"), parent);
        *CATALOG_AS(LiteTrigger, object) = (LiteTrigger){*object, sql, form};
    }
    add_lite_needs(catalog, object, tokens);
}

/* The statements are separated by newlines. */
static Catalog *lite_catalog(Arena *arena, const char *lines)
{
    Catalog *catalog = catalog_new(arena, ENGINE_SQLITE, "test");
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        const char *sql = arena_copy(arena, lines, length);
        SqlTokens tokens;
        Error error;
        assert_int_equal(form_read(arena, sql, &tokens, &error), RUNG_OK);
        if (token_is(&tokens.list.at[1], "TABLE") || token_is(&tokens.list.at[1], "VIRTUAL"))
            add_lite_table(catalog, sql);
        else
            add_lite_part(catalog, sql, &tokens);
        lines += length + (lines[length] == '\n');
    }
    catalog_finish(catalog);
    return catalog;
}

static Plan *lite_plan(Arena *arena, const char *from, const char *to, const PlanOptions *options)
{
    Plan *plan = NULL;
    Error error;
    if (plan_make(arena, lite_catalog(arena, from), lite_catalog(arena, to), options, &plan,
                  &error) != RUNG_OK)
        fail_msg("%s", error.message);
    return plan;
}

/* The steps, each with a semicolon and a newline. */
static inline const char *lite_steps(Arena *arena, const char *from, const char *to,
                                     const PlanOptions *options)
{
    const Plan *plan = lite_plan(arena, from, to, options);
    const char *text = "";
    assert_int_equal(plan->refusals.count, 0);
    for (size_t i = 0; i < plan->steps.count; i++)
        text = arena_print(arena, "%s%s;\n", text, plan->steps.at[i].sql);
    return text;
}

#endif
