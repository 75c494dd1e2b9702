/* CREATE INDEX, CREATE VIEW, ALTER, DROP, RENAME, TRUNCATE. */
#include "sql/translator.h"

/* ---- CREATE INDEX ---- */

static Code take_index_element(Translator *translator, const PgQuery__IndexElem *element)
{
    if (element->n_collation > 0)
        return translator_refuse(translator, -1, NULL, "COLLATE");
    if (element->n_opclass > 0)
        return translator_refuse(translator, -1, NULL, "an operator class");
    return translate_fixed(translator, element->expr, "an index");
}

static const char *index_refusal(const PgQuery__IndexStmt *index)
{
    if (!index->idxname || !*index->idxname)
        return "an index without a name";
    if (index->access_method && *index->access_method && strcmp(index->access_method, "btree") != 0)
        return "an index method other than btree";
    if (index->n_index_including_params > 0)
        return "INCLUDE";
    if (index->nulls_not_distinct)
        return "NULLS NOT DISTINCT";
    if (index->n_options > 0)
        return "WITH (…)";
    return index->table_space && *index->table_space ? "TABLESPACE" : NULL;
}

/* CONCURRENTLY, USING btree and NULLS FIRST or LAST say how an index is built and laid out, not
 * what it means. */
static void take_index_words(Translator *translator)
{
    Rewrite *rewrite = &translator->rewrite;
    for (size_t i = 0; i + 1 < rewrite->tokens.count; i++) {
        size_t depth = rewrite->tokens.at[i].depth;
        bool concurrently = i > 0 && i < 4 && rewrite_is(rewrite, i, "CONCURRENTLY") &&
                            rewrite_is(rewrite, i - 1, "INDEX");
        bool pair = (depth == 0 && rewrite_is(rewrite, i, "USING")) ||
                    (depth == 1 && rewrite_is(rewrite, i, "NULLS") &&
                     (rewrite_is(rewrite, i + 1, "FIRST") || rewrite_is(rewrite, i + 1, "LAST")));
        if (depth == 0 && rewrite_is(rewrite, i, "WHERE"))
            return;
        if (concurrently || pair)
            rewrite_remove(rewrite, i, pair ? i + 1 : i);
        else if (depth == 1)
            translate_name(translator, i);
    }
}

Code translate_index(Translator *translator, const PgQuery__IndexStmt *index)
{
    const char *refusal = index_refusal(index);
    if (refusal)
        return translator_refuse(translator, -1, NULL, "%s", refusal);
    take_index_words(translator);
    Code code = translate_relation(translator, index->relation);
    for (size_t i = 0; i < index->n_index_params && code == RUNG_OK; i++)
        code = take_index_element(translator, index->index_params[i]->index_elem);
    if (code == RUNG_OK)
        code = translate_fixed(translator, index->where_clause, "an index");
    if (code == RUNG_OK)
        translator_add_all(translator);
    return code;
}

/* ---- CREATE VIEW ---- */

Code translate_view(Translator *translator, const PgQuery__ViewStmt *view)
{
    Rewrite *rewrite = &translator->rewrite;
    if (view->n_options > 0)
        return translator_refuse(translator, -1, NULL, "WITH (…)");
    if (view->with_check_option > PG_QUERY__VIEW_CHECK_OPTION__NO_CHECK_OPTION)
        return translator_refuse(translator, -1, NULL, "WITH CHECK OPTION");
    if (rewrite_seek(rewrite, 0, 0, "RECURSIVE") < rewrite_seek(rewrite, 0, 0, "AS"))
        return translator_refuse(translator, -1, NULL, "RECURSIVE");
    size_t name = rewrite_find(rewrite, view->view->location);
    Code code = translate_query_words(translator);
    if (code == RUNG_OK)
        code = translate_relation(translator, view->view);
    if (code == RUNG_OK)
        code = translate_tree(translator, view->query);
    if (code != RUNG_OK)
        return code;
    if (view->replace) {
        size_t or = rewrite_seek(rewrite, 0, 0, "OR");
        rewrite_remove(rewrite, or, or +1);
        if (view->view->schemaname && *view->view->schemaname)
            name += 2;
        *vec_add(translator->arena, &translator->translation->statements) =
            arena_print(translator->arena, "DROP VIEW IF EXISTS %s",
                        rewrite_print(rewrite, translator->scratch, name, name));
    }
    translator_add_all(translator);
    return RUNG_OK;
}

/* ---- ALTER TABLE ---- */

/* What people call the parts of ALTER TABLE. */
static const char *command_title(PgQuery__AlterTableType type)
{
    switch (type) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        return "ALTER COLUMN … SET or DROP DEFAULT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        return "ALTER COLUMN … DROP NOT NULL";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        return "ALTER COLUMN … SET NOT NULL";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        return "ALTER COLUMN … TYPE";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        return "ADD CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint:
        return "ALTER CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
        return "VALIDATE CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        return "DROP CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
        return "ALTER COLUMN … IDENTITY";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize:
        return "ATTACH or DETACH PARTITION";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit:
        return "INHERIT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
        return "ENABLE or DISABLE TRIGGER";
    default:
        return "this change of a table's settings";
    }
}

/* Row-level security and ownership have no meaning in a database without users. */
static const char *dropped_command(PgQuery__AlterTableType type)
{
    switch (type) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity:
        return "ROW LEVEL SECURITY";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
        return "OWNER TO";
    default:
        return NULL;
    }
}

static Code take_drop_column(Translator *translator, const PgQuery__AlterTableCmd *command,
                             size_t first, size_t last)
{
    Rewrite *rewrite = &translator->rewrite;
    if (command->missing_ok)
        return translator_refuse(translator, -1, NULL, "DROP COLUMN IF EXISTS");
    if (command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        return translator_refuse(translator, -1, "drop what depends on the column first",
                                 "CASCADE");
    if (rewrite_is(rewrite, last, "RESTRICT"))
        rewrite_remove(rewrite, last, last);
    translate_name(translator, first + (rewrite_is(rewrite, first + 1, "COLUMN") ? 2 : 1));
    return RUNG_OK;
}

static Code take_command(Translator *translator, const PgQuery__AlterTableCmd *command,
                         size_t first, size_t last)
{
    if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn)
        return take_drop_column(translator, command, first, last);
    if (command->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn)
        return translator_refuse(translator, -1,
                                 "SQLite rebuilds the table for it: make the new one, copy, rename",
                                 "%s", command_title(command->subtype));
    if (command->missing_ok)
        return translator_refuse(translator, -1, NULL, "ADD COLUMN IF NOT EXISTS");
    return translate_added_column(translator, command->def->column_def);
}

static void add_command(Translator *translator, const char *table, size_t first, size_t last)
{
    *vec_add(translator->arena, &translator->translation->statements) =
        arena_print(translator->arena, "ALTER TABLE %s %s", table,
                    rewrite_print(&translator->rewrite, translator->scratch, first, last));
}

/* Behind the table's name, which may be followed by an asterisk. */
static size_t behind_relation(const Rewrite *rewrite, const PgQuery__RangeVar *relation,
                              size_t *ret_name)
{
    size_t index = rewrite_find(rewrite, relation->location);
    while (rewrite_is_symbol(rewrite, index + 1, '.'))
        index += 2;
    *ret_name = index;
    return index + (rewrite_is_symbol(rewrite, index + 1, '*') ? 2 : 1);
}

Code translate_alter(Translator *translator, const PgQuery__AlterTableStmt *alter)
{
    Rewrite *rewrite = &translator->rewrite;
    if (alter->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
        return translator_refuse(translator, -1, NULL, "ALTER of anything but a table");
    if (alter->missing_ok)
        return translator_refuse(translator, -1, NULL, "ALTER TABLE IF EXISTS");
    Code code = translate_relation(translator, alter->relation);
    if (code != RUNG_OK)
        return code;
    size_t name, first = behind_relation(rewrite, alter->relation, &name), kept = 0;
    for (size_t i = 0; i < alter->n_cmds && code == RUNG_OK; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        size_t last = rewrite_element_end(rewrite, first);
        const char *dropped = dropped_command(command->subtype);
        if (dropped)
            translator_drop(translator, "ALTER TABLE %s … %s", alter->relation->relname, dropped);
        else
            code = take_command(translator, command, first, last);
        kept += !dropped;
        first = last + 2;
    }
    if (code != RUNG_OK || kept == 0)
        return code;
    if (alter->n_cmds == 1) {
        translator_add_all(translator);
        return RUNG_OK;
    }
    const char *table = rewrite_print(rewrite, translator->scratch, name, name);
    first = behind_relation(rewrite, alter->relation, &name);
    for (size_t i = 0; i < alter->n_cmds; i++) {
        size_t last = rewrite_element_end(rewrite, first);
        if (!dropped_command(alter->cmds[i]->alter_table_cmd->subtype))
            add_command(translator, table, first, last);
        first = last + 2;
    }
    return RUNG_OK;
}

Code translate_rename(Translator *translator, const PgQuery__RenameStmt *rename)
{
    Rewrite *rewrite = &translator->rewrite;
    bool table = rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;
    bool column = rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN &&
                  rename->relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;
    if (!table && !column)
        return translator_refuse(translator, -1, NULL,
                                 "RENAME of anything but a table or its column");
    if (rename->missing_ok)
        return translator_refuse(translator, -1, NULL, "ALTER TABLE IF EXISTS");
    Code code = translate_relation(translator, rename->relation);
    if (code != RUNG_OK)
        return code;
    size_t last = rewrite->tokens.count - 2;
    translate_name(translator, last);
    if (column)
        translate_name(translator, last - 2);
    translator_add_all(translator);
    return RUNG_OK;
}

/* ---- DROP ---- */

static const char *drop_word(PgQuery__ObjectType type)
{
    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
        return "TABLE";
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
        return "INDEX";
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
        return "VIEW";
    default:
        return NULL;
    }
}

/* One name of the list, which public. may qualify; the last of its tokens. */
static Code take_dropped_name(Translator *translator, const PgQuery__Node *object, size_t first,
                              size_t *ret_name)
{
    size_t parts = object->node_case == PG_QUERY__NODE__NODE_LIST ? object->list->n_items : 1;
    const PgQuery__Node *schema = parts > 1 ? object->list->items[0] : NULL;
    if (parts > 2 || (schema && (schema->node_case != PG_QUERY__NODE__NODE_STRING ||
                                 strcmp(schema->string->sval, "public") != 0)))
        return translator_refuse(translator, -1, "SQLite has no schemas",
                                 "a schema other than public");
    if (schema)
        rewrite_cut(&translator->rewrite, first, first + 1);
    *ret_name = first + 2 * (parts - 1);
    translate_name(translator, *ret_name);
    return RUNG_OK;
}

/* Where the names begin: behind DROP kind [CONCURRENTLY] [IF EXISTS]. */
static size_t dropped_names(Translator *translator, const PgQuery__DropStmt *drop)
{
    size_t first = 2;
    if (drop->concurrent) {
        rewrite_remove(&translator->rewrite, first, first);
        first++;
    }
    return drop->missing_ok ? first + 2 : first;
}

Code translate_drop(Translator *translator, const PgQuery__DropStmt *drop)
{
    Rewrite *rewrite = &translator->rewrite;
    const char *word = drop_word(drop->remove_type);
    if (!word)
        return translator_refuse(translator, -1, NULL, "objects that SQLite does not have");
    if (drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        return translator_refuse(translator, -1, "drop what depends on it first, without CASCADE",
                                 "CASCADE");
    size_t end = rewrite->tokens.count - 2;
    if (rewrite_is(rewrite, end, "RESTRICT"))
        rewrite_remove(rewrite, end, end);
    size_t first = dropped_names(translator, drop);
    for (size_t i = 0; i < drop->n_objects; i++) {
        size_t name = first;
        Code code = take_dropped_name(translator, drop->objects[i], first, &name);
        if (code != RUNG_OK)
            return code;
        if (drop->n_objects > 1)
            *vec_add(translator->arena, &translator->translation->statements) = arena_print(
                translator->arena, "DROP %s %s%s", word, drop->missing_ok ? "IF EXISTS " : "",
                rewrite_print(rewrite, translator->scratch, name, name));
        first = name + 2;
    }
    if (drop->n_objects == 1)
        translator_add_all(translator);
    return RUNG_OK;
}

/* ---- TRUNCATE ---- */

Code translate_truncate(Translator *translator, const PgQuery__TruncateStmt *truncate)
{
    Rewrite *rewrite = &translator->rewrite;
    if (truncate->restart_seqs)
        return translator_refuse(translator, -1, NULL, "RESTART IDENTITY");
    if (truncate->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        return translator_refuse(translator, -1, "name every table, children first", "CASCADE");
    for (size_t i = 0; i < truncate->n_relations; i++) {
        const PgQuery__RangeVar *relation = truncate->relations[i]->range_var;
        Code code = translate_relation(translator, relation);
        if (code != RUNG_OK)
            return code;
        size_t name;
        behind_relation(rewrite, relation, &name);
        *vec_add(translator->arena, &translator->translation->statements) =
            arena_print(translator->arena, "DELETE FROM %s",
                        rewrite_print(rewrite, translator->scratch, name, name));
    }
    return RUNG_OK;
}
