/* SQLite's plans: new names for tables and columns.
 *
 * ALTER TABLE … RENAME rewrites the statements of sqlite_schema that hold the name (its manual,
 * "ALTER TABLE" 2 and 3). What they read afterwards is worked out here, so that it can be compared
 * with what is wanted; views and triggers are set aside meanwhile. */
#include "plan/sqlite.h"

typedef struct Edit {
    size_t token;
    const char *name;
} Edit;

typedef struct Rewriter {
    Lite *lite;
    const SqlTokens *tokens;
    VEC(Edit) edits;
} Rewriter;

/* ---- reading the options ---- */

/* A part of a key as the name that it stands for. */
static const char *part_name(Lite *lite, const char *part, size_t length)
{
    char *name = arena_copy(lite->arena, part, length), *to = name;
    for (const char *at = name; *at; at++) {
        at += *at == '\\' && at[1];
        *to++ = *at;
    }
    *to = '\0';
    return name;
}

/* The last name of a key; `ret_table` NULL when nothing stands before it. */
static const char *cut_key(Lite *lite, const char *key, const char **ret_table)
{
    size_t middle = 0;
    for (size_t i = 0; key[i]; i++) {
        if (key[i] == '/')
            middle = i;
        i += key[i] == '\\' && key[i + 1];
    }
    *ret_table = middle ? part_name(lite, key, middle) : NULL;
    const char *last = middle ? key + middle + 1 : key;
    return part_name(lite, last, strlen(last));
}

static void add_column_rename(Lite *lite, TableWork *table, const char *old_name,
                              const char *new_name)
{
    *vec_add(lite->arena, &lite->renames) = (ColumnRename){table, old_name, new_name};
}

static bool read_column_rename(Lite *lite, const Rename *rename)
{
    const char *place;
    const char *new_name = cut_key(lite, rename->to, &place);
    TableWork *table = place ? lite_table(lite->to, place) : NULL;
    if (!table || !table->from)
        return false;
    add_column_rename(lite, table, rename->from, new_name);
    return true;
}

/* The two tables of a rename; false if it is none of tables. */
static bool find_tables(Lite *lite, const Rename *rename, Object **ret_from, Object **ret_to)
{
    const char *place;
    const char *new_name = cut_key(lite, rename->to, &place);
    if (place)
        return false;
    *ret_from = catalog_find_name(lite->from, KIND_LITE_TABLE, NULL, rename->from);
    *ret_to = catalog_find_name(lite->to, KIND_LITE_TABLE, NULL, new_name);
    return *ret_from && *ret_to;
}

/* Before the tables are paired: names of columns are read when they are. */
void lite_pair_renamed(Lite *lite)
{
    Object *from, *to;
    for (size_t i = 0; i < lite->options->rename_count; i++) {
        if (!find_tables(lite, &lite->options->renames[i], &from, &to) || from->other || to->other)
            continue;
        from->other = to;
        to->other = from;
    }
}

static bool is_paired(Lite *lite, const Rename *rename)
{
    Object *from, *to;
    return find_tables(lite, rename, &from, &to) && from->other == to;
}

static void read_names(Lite *lite)
{
    for (size_t i = 0; i < lite->options->rename_count; i++) {
        const Rename *rename = &lite->options->renames[i];
        if (!is_paired(lite, rename) && !read_column_rename(lite, rename))
            plan_refuse(lite->plan, NULL,
                        "rename of %s to %s: there is no such table or column on both sides",
                        rename->from, rename->to);
    }
}

/* ---- columns ---- */

static Code read_both(Lite *lite, TableWork *table, Definition *ret_was, Definition *ret_will)
{
    Code code = definition_read(lite->arena, lite_sql(table->from), ret_was, lite->error);
    return code ? code : definition_read(lite->arena, lite_sql(table->to), ret_will, lite->error);
}

/* An old name is said alone or as a key. */
static const DefinitionColumn *old_column(Lite *lite, const Definition *was, const char *said)
{
    const char *place;
    const DefinitionColumn *column = definition_column(was, said);
    return column ? column : definition_column(was, cut_key(lite, said, &place));
}

/* Drops renames of columns that are not there. */
static void check_renames(Lite *lite, const TableWork *table, const Definition *was,
                          const Definition *will)
{
    size_t kept = 0;
    for (size_t i = 0; i < lite->renames.count; i++) {
        ColumnRename rename = lite->renames.at[i];
        const DefinitionColumn *old = old_column(lite, was, rename.old_name);
        const DefinitionColumn *other = definition_column(will, rename.new_name);
        if (rename.table == table && (!old || !other)) {
            plan_refuse(lite->plan, table->to, "%s.%s cannot become %s: there is no such column",
                        table->to->name, rename.old_name, rename.new_name);
            continue;
        }
        if (rename.table == table)
            rename = (ColumnRename){rename.table, old->name, other->name};
        lite->renames.at[kept++] = rename;
    }
    lite->renames.count = kept;
}

/* Names of columns are names of results: their letters count. */
static void find_letters(Lite *lite, TableWork *table, const Definition *was,
                         const Definition *will)
{
    for (size_t i = 0; i < was->columns.count; i++) {
        const DefinitionColumn *column = &was->columns.at[i];
        const DefinitionColumn *other = definition_column(will, column->folded);
        if (other && strcmp(other->name, column->name) != 0)
            add_column_rename(lite, table, column->name, other->name);
    }
}

static bool has_renames(const Lite *lite, const TableWork *table)
{
    for (size_t i = 0; i < lite->renames.count; i++)
        if (lite->renames.at[i].table == table)
            return true;
    return false;
}

static Code read_columns(Lite *lite)
{
    for (size_t i = 0; i < lite->tables.count; i++) {
        TableWork *table = lite->tables.at[i];
        Definition was, will;
        if (!table->from || !table->to)
            continue;
        if (strcmp(lite_sql(table->from), lite_sql(table->to)) == 0 && !has_renames(lite, table))
            continue;
        Code code = read_both(lite, table, &was, &will);
        if (code == RUNG_UNSUPPORTED)
            continue; /* told when the table is looked at */
        if (code)
            return code;
        check_renames(lite, table, &was, &will);
        find_letters(lite, table, &was, &will);
    }
    return RUNG_OK;
}

/* ---- rewriting ---- */

static const char *new_column(const Lite *lite, const TableWork *table, const char *name)
{
    for (size_t i = 0; table && i < lite->renames.count; i++)
        if (lite->renames.at[i].table == table &&
            form_same_name(lite->renames.at[i].old_name, name))
            return lite->renames.at[i].new_name;
    return NULL;
}

static void edit(Rewriter *rewriter, size_t token, const char *name)
{
    if (name)
        *vec_add(rewriter->lite->arena, &rewriter->edits) = (Edit){token, name};
}

static const char *rewritten(Rewriter *rewriter)
{
    const SqlTokens *tokens = rewriter->tokens;
    const char *at = tokens->sql;
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < rewriter->edits.count; i++) {
        const Token *token = &tokens->list.at[rewriter->edits.at[i].token];
        text_add(&text, at, (size_t)(token->text - at));
        text_put(&text, lite_name(rewriter->lite, rewriter->edits.at[i].name));
        at = token->text + token->length;
    }
    text_put(&text, at);
    const char *sql = arena_copy(rewriter->lite->arena, text_string(&text), text.length);
    text_done(&text);
    return sql;
}

static const char *token_name(const Rewriter *rewriter, size_t token)
{
    const Token *found = &rewriter->tokens->list.at[token];
    return found->type == TOKEN_WORD || found->type == TOKEN_NAME
               ? form_name(rewriter->lite->arena, found)
               : NULL;
}

/* The columns named in first to last-1, and the table itself where it qualifies one. */
static void edit_expression(Rewriter *rewriter, const TableWork *table, size_t first, size_t last)
{
    const Token *tokens = rewriter->tokens->list.at;
    for (size_t i = first; i < last; i++) {
        const char *name = token_name(rewriter, i);
        bool dot = i + 1 < rewriter->tokens->list.count && token_is_symbol(&tokens[i + 1], '.');
        bool call = i + 1 < rewriter->tokens->list.count && token_is_symbol(&tokens[i + 1], '(');
        bool label = i > first && (token_is(&tokens[i - 1], "COLLATE") ||
                                   token_is(&tokens[i - 1], "CONSTRAINT") ||
                                   token_is(&tokens[i - 1], "DEFAULT"));
        if (!name || call || label)
            continue;
        if (dot && table->renamed && form_same_name(name, table->from->name))
            edit(rewriter, i, table->to->name);
        else if (!dot)
            edit(rewriter, i, new_column(rewriter->lite, table, name));
    }
}

/* REFERENCES at `at`; gives the token behind its list of columns. */
static size_t edit_reference(Rewriter *rewriter, size_t at)
{
    const SqlTokens *tokens = rewriter->tokens;
    const char *name = at + 1 < tokens->list.count
                           ? form_name(rewriter->lite->arena, &tokens->list.at[at + 1])
                           : NULL;
    TableWork *parent = name ? lite_table(rewriter->lite->from, name) : NULL;
    size_t list = at + 2;
    if (parent && parent->renamed)
        edit(rewriter, at + 1, parent->to->name);
    if (list >= tokens->list.count || !token_is_symbol(&tokens->list.at[list], '('))
        return list;
    size_t end = form_close(tokens, list);
    if (parent)
        for (size_t i = list; i < end; i++)
            if (token_name(rewriter, i))
                edit(rewriter, i, new_column(rewriter->lite, parent, token_name(rewriter, i)));
    return end;
}

static void edit_constraints(Rewriter *rewriter, const TableWork *table, size_t first, size_t last)
{
    size_t start = first;
    for (size_t i = first; i < last; i++) {
        if (!token_is(&rewriter->tokens->list.at[i], "REFERENCES"))
            continue;
        edit_expression(rewriter, table, start, i);
        start = edit_reference(rewriter, i);
        i = start - 1;
    }
    edit_expression(rewriter, table, start < last ? start : last, last);
}

static void edit_table(Rewriter *rewriter, const TableWork *table, const Definition *definition)
{
    size_t behind = definition->name_token + 1;
    if (table->renamed)
        edit(rewriter, definition->name_token, table->to->name);
    for (size_t i = 0; i < definition->columns.count; i++) {
        const DefinitionColumn *column = &definition->columns.at[i];
        edit(rewriter, column->first, new_column(rewriter->lite, table, column->folded));
        edit_constraints(rewriter, table, column->rest, column->last);
        behind = column->last;
    }
    edit_constraints(rewriter, table, behind, definition->tokens.list.count);
}

/* A table that is not renamed holds names of those that are when it references them. */
static Code rewrite_table(Lite *lite, TableWork *table)
{
    Definition definition;
    Code code = definition_read(lite->arena, table->sql, &definition, lite->error);
    if (code)
        return code == RUNG_UNSUPPORTED ? RUNG_OK : code;
    Rewriter rewriter = {.lite = lite, .tokens = &definition.tokens};
    edit_table(&rewriter, table, &definition);
    if (!rewriter.edits.count)
        return RUNG_OK;
    table->sql = rewritten(&rewriter);
    table->touched = true;
    return RUNG_OK;
}

static bool any_rename(const Lite *lite)
{
    for (size_t i = 0; i < lite->tables.count; i++)
        if (lite->tables.at[i]->renamed)
            return true;
    return lite->renames.count > 0;
}

Code lite_read_renames(Lite *lite)
{
    if (lite->options->ignored[KIND_LITE_TABLE])
        return RUNG_OK;
    read_names(lite);
    Code code = read_columns(lite);
    for (size_t i = 0; !code && any_rename(lite) && i < lite->tables.count; i++)
        if (lite->tables.at[i]->from)
            code = rewrite_table(lite, lite->tables.at[i]);
    return code;
}

Code lite_renamed_index(Lite *lite, const Object *index, const char **ret_form)
{
    const TableWork *table = index->parent->work;
    SqlTokens tokens;
    *ret_form = lite_form(index);
    if (!table || !table->touched || !table->to)
        return RUNG_OK;
    Code code = form_read(lite->arena, lite_sql(index), &tokens, lite->error);
    if (code)
        return code;
    Rewriter rewriter = {.lite = lite, .tokens = &tokens};
    size_t on = 0;
    while (on < tokens.list.count && !token_is(&tokens.list.at[on], "ON"))
        on++;
    if (table->renamed && on + 1 < tokens.list.count)
        edit(&rewriter, on + 1, table->to->name);
    edit_expression(&rewriter, table, on + 2, tokens.list.count);
    const char *sql = rewritten(&rewriter);
    code = form_read(lite->arena, sql, &tokens, lite->error);
    if (!code)
        *ret_form = form_print(lite->arena, &tokens, 0, tokens.list.count,
                               table->read ? table->was.names : NULL);
    return code;
}

/* ---- steps ---- */

static void change_rename(Lite *lite, const TableWork *table)
{
    *vec_add(lite->plan->arena, &lite->plan->changes) =
        (Change){.type = CHANGE_RENAME, .object = table->to};
}

/* A new name that another table still has is reached by way of a free one. */
static void rename_table_step(Lite *lite, const TableWork *table, const char *from, const char *to)
{
    plan_step(lite->plan, table->to, "ALTER TABLE %s RENAME TO %s", lite_name(lite, from),
              lite_name(lite, to));
}

static void rename_tables(Lite *lite)
{
    size_t count = lite->tables.count;
    const char **passing = arena_alloc_array(lite->arena, count + 1, sizeof *passing);
    for (size_t i = 0; i < count; i++) {
        const TableWork *table = lite->tables.at[i];
        if (!table->renamed)
            continue;
        const TableWork *holder = lite_table(lite->from, table->to->name);
        if (holder && holder->fate != FATE_DROP) {
            passing[i] = lite_free_name(lite, "old", table->from->name);
            rename_table_step(lite, table, table->from->name, passing[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const TableWork *table = lite->tables.at[i];
        if (!table->renamed)
            continue;
        rename_table_step(lite, table, passing[i] ? passing[i] : table->from->name,
                          table->to->name);
        change_rename(lite, table);
    }
}

void lite_rename_steps(Lite *lite)
{
    rename_tables(lite);
    for (size_t i = 0; i < lite->renames.count; i++) {
        const ColumnRename *rename = &lite->renames.at[i];
        const TableWork *table = rename->table;
        if (table->fate == FATE_UNKNOWN || table->fate == FATE_REPLACE)
            continue;
        plan_step(lite->plan, table->to, "ALTER TABLE %s RENAME COLUMN %s TO %s",
                  lite_name(lite, table->to->name), lite_name(lite, rename->old_name),
                  lite_name(lite, rename->new_name));
        if (!table->renamed)
            change_rename(lite, table);
    }
}
