/* SQLite's plans: names and texts. */
#include "plan/sqlite.h"
#include "sql/quote.h"

static const char *take(Lite *lite, Text *text)
{
    const char *copy = arena_copy(lite->arena, text_string(text), text->length);
    text_done(text);
    return copy;
}

const char *lite_name(Lite *lite, const char *name)
{
    Text text = TEXT_EMPTY;
    form_add_name(&text, name);
    return take(lite, &text);
}

const char *lite_constant(Lite *lite, const char *constant)
{
    Text text = TEXT_EMPTY;
    sql_add_constant(&text, constant);
    return take(lite, &text);
}

const char *lite_with_name(Lite *lite, const Definition *definition, const char *name)
{
    const Token *token = &definition->tokens.list.at[definition->name_token];
    const char *sql = definition->tokens.sql;
    return arena_print(lite->arena, "%.*s%s%s", (int)(token->text - sql), sql,
                       lite_name(lite, name), token->text + token->length);
}

const char *lite_free_name(Lite *lite, const char *prefix, const char *name)
{
    const char *found = arena_print(lite->arena, "%s_%s", prefix, name);
    for (int i = 2; map_get(lite->taken, form_fold(lite->arena, found)); i++)
        found = arena_print(lite->arena, "%s_%s_%d", prefix, name, i);
    map_set(lite->taken, form_fold(lite->arena, found), lite);
    return found;
}

const char *lite_sql(const Object *object)
{
    switch (object->kind) {
    case KIND_LITE_TABLE:
        return CATALOG_AS(const LiteTable, object)->sql;
    case KIND_LITE_INDEX:
        return CATALOG_AS(const LiteIndex, object)->sql;
    case KIND_LITE_VIEW:
        return CATALOG_AS(const LiteView, object)->sql;
    default:
        return CATALOG_AS(const LiteTrigger, object)->sql;
    }
}

const char *lite_form(const Object *object)
{
    switch (object->kind) {
    case KIND_LITE_INDEX:
        return CATALOG_AS(const LiteIndex, object)->form;
    case KIND_LITE_VIEW:
        return CATALOG_AS(const LiteView, object)->form;
    default:
        return CATALOG_AS(const LiteTrigger, object)->form;
    }
}

TableWork *lite_table(const Catalog *side, const char *name)
{
    Object *object = catalog_find_name(side, KIND_LITE_TABLE, NULL, name);
    return object ? object->work : NULL;
}
