/* SQLite's plans: which tables PRAGMA foreign_key_check can look at. It fails at a foreign key
 * whose parent has no unique key of those columns ("foreign key mismatch"), which SQLite lets one
 * create (its manual, "Foreign Key Support" 3). */
#include "plan/sqlite.h"
#include "sql/quote.h"

typedef struct Keys {
    Arena *arena;
    const Catalog *catalog;
    Map *definitions; /* by table name in lower case; NULL: not read */
} Keys;

static const Definition *definition_of(Keys *keys, const Object *table)
{
    Error ignored;
    Definition *definition = map_get(keys->definitions, table->key);
    if (definition)
        return definition;
    definition = arena_alloc(keys->arena, sizeof *definition);
    if (definition_read(keys->arena, lite_sql(table), definition, &ignored) != RUNG_OK)
        return NULL;
    map_set(keys->definitions, table->key, definition);
    return definition;
}

static bool same_set(const Names *a, const Names *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!names_have(b, a->at[i]))
            return false;
    return a->count == b->count;
}

/* CREATE UNIQUE INDEX name ON table (a, b) over columns alone. */
static bool is_index_of(Keys *keys, const Object *index, const Names *columns)
{
    SqlTokens tokens;
    Error ignored;
    Names found = {0};
    if (form_read(keys->arena, lite_sql(index), &tokens, &ignored) != RUNG_OK ||
        tokens.list.count < 2 || !token_is(&tokens.list.at[1], "UNIQUE"))
        return false;
    size_t open = 0;
    while (open < tokens.list.count && !token_is_symbol(&tokens.list.at[open], '('))
        open++;
    if (form_close(&tokens, open) != tokens.list.count)
        return false;
    for (size_t i = open + 1; i < tokens.list.count; i += 2) {
        const char *name = form_name(keys->arena, &tokens.list.at[i]);
        const Token *behind = &tokens.list.at[i + 1 < tokens.list.count ? i + 1 : i];
        bool order = token_is(behind, "ASC") || token_is(behind, "DESC");
        i += order;
        if (!name || i + 1 >= tokens.list.count ||
            !(token_is_symbol(&tokens.list.at[i + 1], ',') ||
              token_is_symbol(&tokens.list.at[i + 1], ')')))
            return false;
        names_add(keys->arena, &found, form_fold(keys->arena, name));
    }
    return same_set(&found, columns);
}

static bool has_index(Keys *keys, const Object *table, const Names *columns)
{
    for (size_t i = 0; i < table->users.count; i++)
        if (table->users.at[i]->kind == KIND_LITE_INDEX && table->users.at[i]->parent == table &&
            is_index_of(keys, table->users.at[i], columns))
            return true;
    return false;
}

static bool is_whole(Keys *keys, const DefinitionReference *reference)
{
    const Object *parent =
        catalog_find_name(keys->catalog, KIND_LITE_TABLE, NULL, reference->table);
    if (!parent)
        return !catalog_find_name(keys->catalog, KIND_LITE_VIEW, NULL, reference->table);
    const Definition *definition = definition_of(keys, parent);
    if (!definition || definition->is_virtual)
        return false;
    Names primary = definition_primary(definition);
    const Names *targets = reference->targets.count ? &reference->targets : &primary;
    if (!targets->count || targets->count != reference->columns.count)
        return false;
    for (size_t i = 0; i < definition->keys.count; i++)
        if (same_set(&definition->keys.at[i].columns, targets))
            return true;
    return has_index(keys, parent, targets);
}

static bool can_check(Keys *keys, const Object *table)
{
    const Definition *definition = definition_of(keys, table);
    for (size_t i = 0; definition && i < definition->references.count; i++)
        if (!is_whole(keys, &definition->references.at[i]))
            return false;
    return definition != NULL;
}

const char *lite_key_check(Arena *arena, const Catalog *catalog)
{
    Keys keys = {.arena = arena, .catalog = catalog, .definitions = map_new(arena)};
    Text list = TEXT_EMPTY;
    Object *table;
    bool all = true;
    CATALOG_EACH(catalog, KIND_LITE_TABLE, table)
    {
        const Definition *definition = definition_of(&keys, table);
        bool can = can_check(&keys, table);
        all = all && can;
        if (!can || !definition->references.count)
            continue;
        text_put(&list, list.length ? " UNION ALL SELECT " : "SELECT ");
        sql_add_constant(&list, table->name);
        text_put(&list, " AS name");
    }
    const char *source =
        all ? "pragma_foreign_key_check AS k"
            : arena_print(arena, "(%s) AS t, pragma_foreign_key_check(t.name) AS k",
                          list.length ? text_string(&list) : "SELECT NULL AS name WHERE 0");
    /* a key whose table nobody wants is no row's fault */
    source = arena_print(
        arena, "%s\nWHERE k.parent COLLATE NOCASE IN (SELECT name FROM sqlite_schema)", source);
    text_done(&list);
    return source;
}

bool lite_has_keys(Arena *arena, const Catalog *catalog)
{
    Keys keys = {.arena = arena, .catalog = catalog, .definitions = map_new(arena)};
    Object *table;
    CATALOG_EACH(catalog, KIND_LITE_TABLE, table)
    {
        const Definition *definition = definition_of(&keys, table);
        if (!definition || definition->references.count)
            return true;
    }
    return false;
}

bool lite_is_whole(Arena *arena, const Catalog *catalog, const DefinitionReference *reference)
{
    Keys keys = {.arena = arena, .catalog = catalog, .definitions = map_new(arena)};
    return is_whole(&keys, reference);
}
