/* SQLite's own traps (its manual: "ALTER TABLE", "Datatypes In SQLite", "SQLite Autoincrement"). */
#include "lint/rules.h"
#include "sql/reader.h"

static LiteStatement read(const RuleCheck *check)
{
    return lite_read(check->arena, check->statement->sql, check->statement->length);
}

/* ---- ADD COLUMN ---- */

RULE(lite_add_required)
{
    LiteStatement statement = read(check);
    const DefinitionColumn *column = statement.added;
    if (column && column->not_null && !column->fallback && !column->generated &&
        lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "%s.%s is NOT NULL and has no default", statement.name, column->name);
}

RULE(lite_add_default)
{
    LiteStatement statement = read(check);
    const DefinitionColumn *column = statement.added;
    if (column && column->fallback && !column->fallback_constant &&
        lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "the default of %s.%s, %s, is not a constant", statement.name,
                 column->name, column->fallback);
}

RULE(lite_add_refused)
{
    LiteStatement statement = read(check);
    const DefinitionColumn *column = statement.added;
    const char *what = !column                                  ? NULL
                       : column->primary_key                    ? "PRIMARY KEY"
                       : column->unique                         ? "UNIQUE"
                       : column->stored                         ? "STORED"
                       : column->references && column->fallback ? "REFERENCES with a default"
                                                                : NULL;
    if (what)
        rule_hit(check, NULL, "ADD COLUMN %s.%s takes no %s", statement.name, column->name, what);
}

/* ---- DROP and RENAME COLUMN ---- */

static const char *object_kind(const LiteObject *object)
{
    return object->made == LITE_CREATE_INDEX  ? "index"
           : object->made == LITE_CREATE_VIEW ? "view"
                                              : "trigger";
}

/* What names the column: an index of the table, a trigger of it, a view of it. */
static const LiteObject *user_of(const RuleCheck *check, const char *table, const char *column)
{
    for (size_t i = 0; i < check->lite->objects.count; i++) {
        const LiteObject *object = &check->lite->objects.at[i];
        bool part = object->table && strcmp(object->table, table) == 0;
        bool other = (object->made == LITE_CREATE_VIEW || object->made == LITE_CREATE_TRIGGER) &&
                     lite_names(object, table);
        if (!object->gone && (part || other) && lite_names(object, column))
            return object;
    }
    return NULL;
}

static bool is_constrained(const Definition *definition, const char *column)
{
    const DefinitionColumn *own = definition ? definition_column(definition, column) : NULL;
    if (own && (own->primary_key || own->unique))
        return true;
    for (size_t i = 0; definition && i < definition->keys.count; i++)
        if (names_have(&definition->keys.at[i].columns, column))
            return true;
    for (size_t i = 0; definition && i < definition->references.count; i++)
        if (names_have(&definition->references.at[i].columns, column))
            return true;
    for (size_t i = 0; definition && i < definition->checks.count; i++) {
        LiteObject text = {.sql = definition->checks.at[i].text};
        if (lite_names(&text, column) && !(own && own->checked))
            return true;
    }
    return false;
}

RULE(lite_drop_used)
{
    LiteStatement statement = read(check);
    if (statement.act != LITE_DROP_COLUMN || !statement.name || !statement.column)
        return;
    const LiteObject *table = lite_find_table(check->lite, statement.name);
    const LiteObject *user = user_of(check, statement.name, statement.column);
    if (user)
        rule_hit(check, NULL, "the %s %s uses %s.%s", object_kind(user), user->name, statement.name,
                 statement.column);
    else if (table && is_constrained(table->definition, statement.column))
        rule_hit(check, NULL, "a constraint of the table uses %s.%s", statement.name,
                 statement.column);
}

RULE(lite_drop_column)
{
    LiteStatement statement = read(check);
    if (statement.act == LITE_DROP_COLUMN && statement.column &&
        lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "the values of %s.%s are gone", statement.name, statement.column);
}

RULE(lite_rename_column)
{
    LiteStatement statement = read(check);
    if (statement.act == LITE_RENAME_COLUMN && statement.to && statement.column &&
        lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "%s.%s is called %s from one moment to the next", statement.name,
                 statement.column, statement.to);
}

/* The new name of a rebuilt table is the one that everybody knows. */
RULE(lite_rename_table)
{
    LiteStatement statement = read(check);
    if (statement.act == LITE_RENAME_TABLE && statement.to &&
        lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "%s is called %s from one moment to the next", statement.name,
                 statement.to);
}

/* ---- views, and rebuilding a table ---- */

static const LiteObject *view_of(const RuleCheck *check, const char *table)
{
    for (size_t i = 0; i < check->lite->objects.count; i++) {
        const LiteObject *object = &check->lite->objects.at[i];
        if (!object->gone && object->made == LITE_CREATE_VIEW && lite_names(object, table))
            return object;
    }
    return NULL;
}

RULE(lite_rename_view)
{
    LiteStatement statement = read(check);
    if (statement.act != LITE_RENAME_TABLE || !statement.name || !statement.to)
        return;
    const LiteObject *old = view_of(check, statement.name);
    if (old && lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "the view %s is rewritten to name %s", old->name, statement.to);
}

/* DROP TABLE t, and a table that is renamed to t further down. */
static bool is_rebuild(const RuleCheck *check, const LiteStatement *drop)
{
    const LintScript *script = check->script;
    size_t at = (size_t)(check->statement - script->statements.at);
    for (size_t i = at + 1;
         drop->act == LITE_DROP_TABLE && drop->name && i < script->statements.count; i++) {
        const LintStatement *later = &script->statements.at[i];
        LiteStatement rename = lite_read(check->arena, later->sql, later->length);
        if (rename.act == LITE_RENAME_TABLE && rename.to && strcmp(rename.to, drop->name) == 0)
            return true;
    }
    return false;
}

RULE(lite_rebuild_view)
{
    LiteStatement statement = read(check);
    const LiteObject *view = is_rebuild(check, &statement) ? view_of(check, statement.name) : NULL;
    if (view)
        rule_hit(
            check,
            arena_print(check->arena, "DROP VIEW %s before, CREATE it again behind", view->name),
            "while %s is rebuilt the view %s names nothing, and the rename fails", statement.name,
            view->name);
}

static bool comes_back(const RuleCheck *check, const LiteObject *object)
{
    const LintScript *script = check->script;
    size_t at = (size_t)(check->statement - script->statements.at);
    for (size_t i = at + 1; i < script->statements.count; i++) {
        const LintStatement *later = &script->statements.at[i];
        LiteStatement made = lite_read(check->arena, later->sql, later->length);
        if (made.act == object->made && made.name && strcmp(made.name, object->name) == 0)
            return true;
    }
    return false;
}

RULE(lite_rebuild_loses)
{
    LiteStatement statement = read(check);
    const char *lost = "";
    for (size_t i = 0; is_rebuild(check, &statement) && i < check->lite->objects.count; i++) {
        const LiteObject *object = &check->lite->objects.at[i];
        if (!object->gone && object->table && strcmp(object->table, statement.name) == 0 &&
            !comes_back(check, object))
            lost = arena_print(check->arena, "%s%s%s %s", lost, *lost ? ", " : "",
                               object_kind(object), object->name);
    }
    if (*lost)
        rule_hit(check, NULL, "with the old %s goes the %s", statement.name, lost);
}

RULE(lite_drop_table)
{
    LiteStatement statement = read(check);
    if (statement.act == LITE_DROP_TABLE && statement.name && !is_rebuild(check, &statement) &&
        lite_in_use(check->lite, statement.name))
        rule_hit(check, NULL, "the rows of %s are gone", statement.name);
}

RULE(lite_foreign_keys)
{
    LiteStatement statement = read(check);
    if (statement.act == LITE_PRAGMA && statement.name &&
        strcmp(statement.name, "foreign_keys") == 0)
        rule_hit(check, NULL, "PRAGMA foreign_keys has no effect in a transaction");
    else if (!check->file->revision && is_rebuild(check, &statement))
        rule_hit(check, NULL,
                 "with foreign keys on, the rows that reference %s are deleted with it",
                 statement.name);
}

RULE(lite_unique_on_rows)
{
    LiteStatement statement = read(check);
    if (statement.act == LITE_CREATE_INDEX && statement.unique && statement.table &&
        lite_in_use(check->lite, statement.table))
        rule_hit(check, NULL, "rows of %s that share the key make it fail", statement.table);
}

/* ---- types and tables ---- */

static bool has(const char *type, const char *part)
{
    return strstr(type, part) != NULL;
}

/* SQLite manual, "Determination Of Column Affinity", against what the name says. */
static const char *surprise(const char *type)
{
    static const char *const numeric[] = {"numeric", "decimal", "bool", "date",
                                          "time",    "number",  "money"};
    if (has(type, "int"))
        return has(type, "point") || has(type, "interval") || has(type, "print") ? "INTEGER" : NULL;
    if (has(type, "char") || has(type, "clob") || has(type, "text") || has(type, "blob") ||
        has(type, "real") || has(type, "floa") || has(type, "doub") || !*type ||
        strcmp(type, "any") == 0)
        return NULL;
    for (size_t i = 0; i < COUNT(numeric); i++)
        if (has(type, numeric[i]))
            return NULL;
    return "NUMERIC";
}

static void check_affinity(RuleCheck *check, const DefinitionColumn *column)
{
    const char *affinity = surprise(column->type);
    if (affinity)
        rule_hit(check, NULL, "%s of type %s has the affinity %s: '007' becomes 7", column->name,
                 column->type, affinity);
}

RULE(lite_affinity)
{
    LiteStatement statement = read(check);
    if (statement.added)
        check_affinity(check, statement.added);
    for (size_t i = 0; statement.definition && !statement.definition->strict &&
                       i < statement.definition->columns.count;
         i++)
        check_affinity(check, &statement.definition->columns.at[i]);
}

static bool is_own(const RuleCheck *check, const LiteStatement *statement)
{
    return !check->script->translated && statement->definition &&
           !statement->definition->is_virtual;
}

RULE(lite_not_strict)
{
    LiteStatement statement = read(check);
    if (is_own(check, &statement) && !statement.definition->strict)
        rule_hit(check, NULL, "%s takes values of any type in any column", statement.name);
}

RULE(lite_autoincrement)
{
    LiteStatement statement = read(check);
    if (is_own(check, &statement) && statement.definition->autoincrement)
        rule_hit(check, NULL, "%s keeps its highest number in a table of its own", statement.name);
}

/* SQLite manual, "CREATE TABLE", "The PRIMARY KEY": a bug that is kept. */
RULE(lite_null_key)
{
    LiteStatement statement = read(check);
    const Definition *definition = statement.definition;
    if (!is_own(check, &statement) || definition->without_rowid || definition->rowid ||
        definition->strict)
        return;
    Names key = definition_primary(definition);
    for (size_t i = 0; i < key.count; i++) {
        const DefinitionColumn *column = definition_column(definition, key.at[i]);
        if (column && !column->not_null) {
            rule_hit(check, NULL, "the primary key of %s takes NULL in %s, any number of times",
                     statement.name, column->name);
            return;
        }
    }
}

/* ---- foreign keys without an index ---- */

static bool key_covers(const Names *key, const Names *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (i >= key->count || !names_have(columns, key->at[i]))
            return false;
    return true;
}

static bool is_covered(const RuleCheck *check, const LiteObject *table, const Names *columns)
{
    const Definition *definition = table->definition;
    const DefinitionColumn *only =
        columns->count == 1 ? definition_column(definition, columns->at[0]) : NULL;
    if (only && (only->primary_key || only->unique))
        return true;
    for (size_t i = 0; i < definition->keys.count; i++)
        if (key_covers(&definition->keys.at[i].columns, columns))
            return true;
    for (size_t i = 0; i < check->lite->objects.count; i++) {
        const LiteObject *index = &check->lite->objects.at[i];
        if (!index->gone && index->made == LITE_CREATE_INDEX && index->table &&
            strcmp(index->table, table->name) == 0 && lite_index_covers(index, columns))
            return true;
    }
    return false;
}

static void judge_references(RuleCheck *check, const LiteObject *table)
{
    const Definition *definition = table->definition;
    for (size_t i = 0; i < definition->references.count; i++) {
        const DefinitionReference *key = &definition->references.at[i];
        const char *list = "";
        for (size_t k = 0; k < key->columns.count; k++)
            list = arena_print(check->arena, "%s%s%s", list, k ? ", " : "", key->columns.at[k]);
        if (!is_covered(check, table, &key->columns))
            rule_hit(check,
                     arena_print(check->arena, "CREATE INDEX ... ON %s (%s)", table->name, list),
                     "no index of %s begins with %s, which references %s", table->name, list,
                     key->table);
    }
}

/* The tables that the file made, and kept. */
RULE(lite_key_without_index)
{
    for (size_t i = 0; i < check->script->statements.count; i++) {
        const LintStatement *statement = &check->script->statements.at[i];
        LiteStatement made = lite_read(check->arena, statement->sql, statement->length);
        const LiteObject *table = made.act == LITE_CREATE_TABLE && made.name
                                      ? lite_find_table(check->lite, made.name)
                                      : NULL;
        check->statement = statement;
        if (table && table->definition && table->file == check->lite->file)
            judge_references(check, table);
        check->statement = NULL;
    }
}
