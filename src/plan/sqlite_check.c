/* SQLite's plans: what must not be in the rows before a table takes a stricter form. The queries
 * run before the first step, so they use the names of `from`. */
#include "plan/sqlite.h"

static void check(Lite *lite, const TableWork *table, const char *column, const char *title,
                  const char *sql)
{
    plan_precheck(
        lite->plan, table->to,
        arena_print(lite->arena, "%s%s%s: %s", table->to->name, *column ? "." : "", column, title),
        sql);
}

static const char *old_table(Lite *lite, const TableWork *table)
{
    return lite_name(lite, table->from->name);
}

/* What a column of `to` is called in `from`; NULL: it is new. */
static const char *old_column(Lite *lite, const TableWork *table, const char *name)
{
    const DefinitionColumn *column = definition_column(&table->was, name);
    for (size_t i = 0; column && i < lite->renames.count; i++)
        if (lite->renames.at[i].table == table &&
            form_same_name(lite->renames.at[i].new_name, name))
            return lite_name(lite, lite->renames.at[i].old_name);
    return column ? lite_name(lite, column->name) : NULL;
}

/* ---- one column ---- */

static bool is_filled(const Definition *definition, const DefinitionColumn *column)
{
    Names primary = definition_primary(definition);
    return column->not_null || column == definition->rowid ||
           (definition->without_rowid && names_have(&primary, column->folded));
}

static void check_filled(Lite *lite, const TableWork *table, const DefinitionColumn *column)
{
    const DefinitionColumn *was = definition_column(&table->was, column->folded);
    if (!is_filled(&table->will, column) || column->generated ||
        (was && is_filled(&table->was, was)))
        return;
    if (was)
        check(lite, table, column->name, "rows that are NULL",
              arena_print(lite->arena, "SELECT count(*) FROM %s WHERE %s IS NULL",
                          old_table(lite, table), old_column(lite, table, column->folded)));
    else if (!column->fallback && column != table->will.rowid)
        check(lite, table, column->name, "rows, which would have no value",
              arena_print(lite->arena, "SELECT count(*) FROM %s", old_table(lite, table)));
}

/* A comparison with a CAST to NUMERIC converts the other side as a numeric column would (SQLite
 * manual, "Datatypes" 4.2): a text that is no number stays one, and differs. */
static const char *refused_by_strict(Lite *lite, const char *type, const char *name)
{
    if (strcmp(type, "int") == 0 || strcmp(type, "integer") == 0)
        return arena_print(lite->arena, "%s <> CAST(CAST(%s AS NUMERIC) AS INTEGER)", name, name);
    if (strcmp(type, "real") == 0)
        return arena_print(lite->arena, "%s <> CAST(%s AS NUMERIC)", name, name);
    if (strcmp(type, "blob") == 0)
        return arena_print(lite->arena, "typeof(%s) NOT IN ('text', 'blob', 'null')", name);
    return NULL;
}

static bool is_real(const char *type)
{
    return !strstr(type, "int") && !strstr(type, "char") && !strstr(type, "clob") &&
           !strstr(type, "text") && !strstr(type, "blob") &&
           (strstr(type, "real") || strstr(type, "floa") || strstr(type, "doub"));
}

static void check_type(Lite *lite, const TableWork *table, const DefinitionColumn *column)
{
    const DefinitionColumn *was = definition_column(&table->was, column->folded);
    if (!was || column->generated ||
        (strcmp(was->type, column->type) == 0 && table->was.strict == table->will.strict))
        return;
    const char *name = old_column(lite, table, column->folded);
    const char *refused = table->will.strict ? refused_by_strict(lite, column->type, name) : NULL;
    if (refused)
        check(lite, table, column->name,
              arena_print(lite->arena, "values that are no %s", column->type),
              arena_print(lite->arena, "SELECT count(*) FROM %s WHERE %s", old_table(lite, table),
                          refused));
    if (is_real(column->type) && !is_real(was->type))
        check(lite, table, column->name, "integers that a real number cannot hold",
              arena_print(lite->arena,
                          "SELECT count(*) FROM %s WHERE typeof(%s) = 'integer' AND "
                          "CAST(CAST(%s AS REAL) AS INTEGER) <> %s",
                          old_table(lite, table), name, name, name));
}

/* ---- keys ---- */

static const char *key_collation(const Definition *definition, const DefinitionKey *key, size_t i)
{
    const DefinitionColumn *column = definition_column(definition, key->columns.at[i]);
    const char *own = key->collations.at[i];
    return own && *own ? own : column ? column->collate : NULL;
}

static bool has_key(const TableWork *table, const DefinitionKey *key)
{
    for (size_t i = 0; i < table->was.keys.count; i++) {
        const DefinitionKey *other = &table->was.keys.at[i];
        bool same = names_equal(&key->columns, &other->columns);
        for (size_t k = 0; same && k < key->columns.count; k++) {
            const char *a = key_collation(&table->will, key, k);
            const char *b = key_collation(&table->was, other, k);
            const DefinitionColumn *was = definition_column(&table->was, key->columns.at[k]);
            const DefinitionColumn *will = definition_column(&table->will, key->columns.at[k]);
            same = (a == b || (a && b && strcmp(a, b) == 0)) && was && will &&
                   strcmp(was->type, will->type) == 0;
        }
        if (same)
            return true;
    }
    return false;
}

static void check_duplicates(Lite *lite, const TableWork *table, const char *title,
                             const char *filled, const char *grouped)
{
    check(lite, table, "", title,
          arena_print(lite->arena,
                      "SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s GROUP BY %s HAVING "
                      "count(*) > 1)",
                      old_table(lite, table), filled, grouped));
}

static void check_key(Lite *lite, const TableWork *table, const DefinitionKey *key)
{
    Text filled = TEXT_EMPTY, grouped = TEXT_EMPTY, names = TEXT_EMPTY;
    bool known = !has_key(table, key) && key->columns.count;
    for (size_t i = 0; known && i < key->columns.count; i++) {
        const char *name = old_column(lite, table, key->columns.at[i]);
        const char *collation = key_collation(&table->will, key, i);
        known = name != NULL;
        if (!known)
            break;
        text_print(&filled, "%s%s IS NOT NULL", i ? " AND " : "", name);
        text_print(&grouped, "%s%s%s%s", i ? ", " : "", name, collation ? " COLLATE " : "",
                   collation ? lite_name(lite, collation) : "");
        text_print(&names, "%s%s", i ? ", " : "", key->columns.at[i]);
    }
    if (known)
        check_duplicates(lite, table,
                         arena_print(lite->arena, "values of (%s) that stand in several rows",
                                     text_string(&names)),
                         text_string(&filled), text_string(&grouped));
    text_done(&filled);
    text_done(&grouped);
    text_done(&names);
}

/* ---- checks ---- */

/* The rows as the new table will hold them; NULL: a column is computed, which a query cannot name
 * before it is there. */
static const char *new_rows(Lite *lite, const TableWork *table)
{
    Text text = TEXT_EMPTY;
    bool known = true;
    for (size_t i = 0; i < table->will.columns.count; i++) {
        const DefinitionColumn *column = &table->will.columns.at[i];
        const char *name = old_column(lite, table, column->folded);
        known = known && !column->generated;
        if (!name)
            name = column->fallback ? column->fallback : "NULL";
        text_print(&text, "%s%s AS %s", i ? ", " : "", name, lite_name(lite, column->name));
    }
    const char *rows = arena_print(lite->arena, "(SELECT %s FROM %s) AS %s", text_string(&text),
                                   old_table(lite, table), lite_name(lite, table->to->name));
    text_done(&text);
    return known ? rows : NULL;
}

static bool has_check(const Definition *definition, const char *form)
{
    for (size_t i = 0; i < definition->checks.count; i++)
        if (strcmp(definition->checks.at[i].form, form) == 0)
            return true;
    return false;
}

void lite_check_prechecks(Lite *lite, const TableWork *table)
{
    for (size_t i = 0; i < table->will.checks.count; i++) {
        const DefinitionCheck *one = &table->will.checks.at[i];
        const char *rows = has_check(&table->was, one->form) ? NULL : new_rows(lite, table);
        if (rows)
            check(
                lite, table, "", arena_print(lite->arena, "rows that CHECK %s refuses", one->form),
                arena_print(lite->arena, "SELECT count(*) FROM %s WHERE NOT %s", rows, one->text));
    }
}

/* ---- foreign keys ---- */

static bool has_reference(const Definition *definition, const DefinitionReference *reference)
{
    for (size_t i = 0; i < definition->references.count; i++) {
        const DefinitionReference *other = &definition->references.at[i];
        if (strcmp(other->table, reference->table) == 0 &&
            names_equal(&other->columns, &reference->columns) &&
            names_equal(&other->targets, &reference->targets))
            return true;
    }
    return false;
}

/* The parent's columns, by the names that they have now; false: they are not there. */
static bool parent_columns(Lite *lite, const DefinitionReference *reference,
                           const TableWork **ret_parent, Names *ret_columns)
{
    TableWork *parent = lite_table(lite->to, reference->table);
    Definition was;
    Error ignored;
    if (!parent || !parent->from ||
        definition_read(lite->arena, parent->sql, &was, &ignored) != RUNG_OK)
        return false;
    Names targets = reference->targets.count ? reference->targets : definition_primary(&was);
    Names columns = {0};
    parent->was = was;
    for (size_t i = 0; i < targets.count; i++) {
        if (!definition_column(&was, targets.at[i]))
            return false;
        names_add(lite->arena, &columns, old_column(lite, parent, targets.at[i]));
    }
    *ret_parent = parent;
    *ret_columns = columns;
    return columns.count == reference->columns.count && columns.count;
}

static void check_reference(Lite *lite, const TableWork *table,
                            const DefinitionReference *reference)
{
    const TableWork *parent = NULL;
    Names targets = {0};
    bool known = parent_columns(lite, reference, &parent, &targets);
    Text filled = TEXT_EMPTY, matched = TEXT_EMPTY;
    bool there = reference->columns.count && lite_table(lite->to, reference->table) &&
                 lite_is_whole(lite->arena, lite->to, reference);
    for (size_t i = 0; there && i < reference->columns.count; i++) {
        const char *name = old_column(lite, table, reference->columns.at[i]);
        there = name != NULL;
        if (!there)
            break;
        text_print(&filled, "%schild.%s IS NOT NULL", i ? " AND " : "", name);
        if (known)
            text_print(&matched, "%sparent.%s = child.%s", i ? " AND " : "", targets.at[i], name);
    }
    if (there && known)
        text_print(&filled, " AND NOT EXISTS (SELECT 1 FROM %s AS parent WHERE %s)",
                   lite_name(lite, parent->from->name), text_string(&matched));
    if (there)
        check(lite, table, "",
              arena_print(lite->arena, "rows without their row of %s", reference->table),
              arena_print(lite->arena, "SELECT count(*) FROM %s AS child WHERE %s",
                          old_table(lite, table), text_string(&filled)));
    text_done(&filled);
    text_done(&matched);
}

void lite_table_prechecks(Lite *lite, const TableWork *table)
{
    for (size_t i = 0; i < table->will.columns.count; i++) {
        check_filled(lite, table, &table->will.columns.at[i]);
        check_type(lite, table, &table->will.columns.at[i]);
    }
    for (size_t i = 0; i < table->will.keys.count; i++)
        check_key(lite, table, &table->will.keys.at[i]);
    lite_check_prechecks(lite, table);
    for (size_t i = 0; i < table->will.references.count; i++)
        if (!has_reference(&table->was, &table->will.references.at[i]))
            check_reference(lite, table, &table->will.references.at[i]);
}

/* ---- unique indexes ---- */

typedef struct IndexText {
    const char *grouped, *filled, *where; /* `where` "" for none */
} IndexText;

/* Do all names in the tokens first to last-1 stand for columns that are there now? */
static bool are_known(Lite *lite, const Definition *was, const SqlTokens *tokens, size_t first,
                      size_t last)
{
    for (size_t i = first; i < last; i++) {
        const Token *token = &tokens->list.at[i];
        bool name = token->type == TOKEN_NAME ||
                    (token->type == TOKEN_WORD && !form_is_keyword(token->text, token->length));
        bool call = i + 1 < last && token_is_symbol(token + 1, '(');
        bool collation = i > first && token_is(token - 1, "COLLATE");
        if (name && !call && !collation && !definition_column(was, form_name(lite->arena, token)))
            return false;
    }
    return true;
}

static const char *print_tokens(Lite *lite, const SqlTokens *tokens, size_t first, size_t last)
{
    return form_print(lite->arena, tokens, first, last, NULL);
}

/* The items of the list that opens at `at`, without ASC and DESC. */
static IndexText read_items(Lite *lite, const SqlTokens *tokens, size_t at)
{
    Text grouped = TEXT_EMPTY, filled = TEXT_EMPTY;
    size_t end = form_close(tokens, at) - 1, depth = 0;
    for (size_t first = at + 1, i = first; i <= end; i++) {
        const Token *token = &tokens->list.at[i];
        depth += token_is_symbol(token, '(');
        depth -= i < end && token_is_symbol(token, ')');
        if (i < end && (depth || !token_is_symbol(token, ',')))
            continue;
        bool order = token_is(token - 1, "ASC") || token_is(token - 1, "DESC");
        const char *item = print_tokens(lite, tokens, first, i - order);
        text_print(&grouped, "%s%s", grouped.length ? ", " : "", item);
        text_print(&filled, "%s(%s) IS NOT NULL", filled.length ? " AND " : "", item);
        first = i + 1;
    }
    IndexText index = {arena_string(lite->arena, text_string(&grouped)),
                       arena_string(lite->arena, text_string(&filled)), ""};
    text_done(&grouped);
    text_done(&filled);
    if (end + 2 < tokens->list.count)
        index.where = arena_print(lite->arena, "(%s) AND ",
                                  print_tokens(lite, tokens, end + 2, tokens->list.count));
    return index;
}

void lite_index_precheck(Lite *lite, const Object *index)
{
    TableWork *table = index->parent->work;
    SqlTokens tokens;
    Error ignored;
    size_t at = 0;
    if (!table->from || table->touched ||
        form_read(lite->arena, lite_sql(index), &tokens, &ignored) != RUNG_OK ||
        tokens.list.count < 2 || !token_is(&tokens.list.at[1], "UNIQUE") ||
        (!table->read &&
         definition_read(lite->arena, table->sql, &table->was, &ignored) != RUNG_OK))
        return;
    while (at < tokens.list.count && !token_is_symbol(&tokens.list.at[at], '('))
        at++;
    if (at == tokens.list.count || !are_known(lite, &table->was, &tokens, at, tokens.list.count))
        return;
    IndexText text = read_items(lite, &tokens, at);
    check_duplicates(lite, table,
                     arena_print(lite->arena, "values of (%s) that stand in several rows of %s",
                                 text.grouped, index->name),
                     arena_print(lite->arena, "%s%s", text.where, text.filled), text.grouped);
}
