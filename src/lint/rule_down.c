/* Whether the down section takes back what the up section does, by the names of what is made,
 * changed and dropped. */
#include "lint/rules.h"

typedef enum { DEED_MAKE, DEED_REMOVE, DEED_CHANGE } DeedType;

typedef struct Deed {
    DeedType type;
    const char *kind;  /* "table", "column", "type of column" */
    const char *owner; /* the table of a part; NULL: none */
    const char *name;
    bool settled;
} Deed;

typedef struct Deeds {
    RuleCheck *check;
    VEC(Deed) list;
    bool unclear; /* a statement whose deeds cannot be told */
} Deeds;

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_thing(const Deed *a, const Deed *b)
{
    return strcmp(a->kind, b->kind) == 0 && same(a->owner, b->owner) && same(a->name, b->name);
}

/* What is made and removed again, or the other way round, never happened. */
static void deed(Deeds *deeds, DeedType type, const char *kind, const char *owner, const char *name)
{
    Deed new = {.type = type, .kind = kind, .owner = owner, .name = name};
    if (!name)
        return;
    for (size_t i = 0; i < deeds->list.count; i++) {
        Deed *old = &deeds->list.at[i];
        if (!old->settled && same_thing(old, &new)) {
            old->settled = old->type != type;
            if (type == DEED_CHANGE || old->settled)
                return;
        }
    }
    *vec_add(deeds->check->arena, &deeds->list) = new;
}

/* ---- PostgreSQL ---- */

static void take_command(Deeds *deeds, const char *table, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;
    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        deed(deeds, DEED_MAKE, "column", table, def->column_def->colname);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        deed(deeds, DEED_REMOVE, "column", table, command->name);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        if (def->constraint->conname && *def->constraint->conname)
            deed(deeds, DEED_MAKE, "constraint", table, def->constraint->conname);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        deed(deeds, DEED_REMOVE, "constraint", table, command->name);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        deed(deeds, DEED_MAKE, "NOT NULL of", table, command->name);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        deed(deeds, DEED_REMOVE, "NOT NULL of", table, command->name);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        deed(deeds, DEED_CHANGE, "type of", table, command->name);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        deed(deeds, DEED_CHANGE, "default of", table, command->name);
        break;
    default:
        break;
    }
}

static const char *drop_kind(PgQuery__ObjectType type)
{
    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
        return "table";
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
        return "index";
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
        return "view";
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
        return "view";
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
        return "sequence";
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
        return "type";
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
        return "type";
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA:
        return "schema";
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
        return "function";
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE:
        return "function";
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
        return "trigger";
    default:
        return NULL;
    }
}

/* The last list item is the trigger, those before it are its table. */
static void take_drop(Deeds *deeds, const PgQuery__DropStmt *drop)
{
    Arena *arena = deeds->check->arena;
    const char *kind = drop_kind(drop->remove_type);
    for (size_t i = 0; kind && i < drop->n_objects; i++) {
        const PgQuery__Node *node = drop->objects[i];
        if (node->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) {
            const PgQuery__ObjectWithArgs *function = node->object_with_args;
            deed(deeds, DEED_REMOVE, kind, NULL,
                 tree_qualified(arena, function->n_objname, function->objname));
        } else if (strcmp(kind, "trigger") == 0 && node->list->n_items > 1) {
            size_t count = node->list->n_items - 1;
            deed(deeds, DEED_REMOVE, kind, tree_qualified(arena, count, node->list->items),
                 tree_string(node->list->items[count]));
        } else
            deed(deeds, DEED_REMOVE, kind, NULL, tree_object(arena, node));
    }
}

static void take_rename(Deeds *deeds, const PgQuery__RenameStmt *rename)
{
    Arena *arena = deeds->check->arena;
    const char *kind = drop_kind(rename->rename_type);
    const char *part = rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN ? "column"
                       : rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT
                           ? "constraint"
                           : NULL;
    if (part && rename->relation) {
        const char *table = tree_relation(arena, rename->relation);
        deed(deeds, DEED_REMOVE, part, table, rename->subname);
        deed(deeds, DEED_MAKE, part, table, rename->newname);
    } else if (kind && rename->relation && strcmp(kind, "trigger") != 0) {
        PgQuery__RangeVar renamed = *rename->relation;
        deed(deeds, DEED_REMOVE, kind, NULL, tree_relation(arena, rename->relation));
        renamed.relname = rename->newname;
        deed(deeds, DEED_MAKE, kind, NULL, tree_relation(arena, &renamed));
    }
}

static void take_alter(Deeds *deeds, const PgQuery__AlterTableStmt *alter)
{
    const char *table = tree_relation(deeds->check->arena, alter->relation);
    for (size_t i = 0; i < alter->n_cmds; i++)
        take_command(deeds, table, alter->cmds[i]->alter_table_cmd);
}

static void take_index(Deeds *deeds, const PgQuery__IndexStmt *index)
{
    PgQuery__RangeVar name = *index->relation;
    if (!index->idxname || !*index->idxname)
        return;
    name.relname = index->idxname;
    Arena *arena = deeds->check->arena;
    deed(deeds, DEED_MAKE, "index", NULL, tree_relation(arena, &name));
    if (deeds->list.count)
        deeds->list.at[deeds->list.count - 1].owner = tree_relation(arena, index->relation);
}

/* Statements that make one thing; false for another statement. */
static bool take_create(Deeds *deeds, Tree tree)
{
    Arena *arena = deeds->check->arena;
    const char *kind = NULL, *name = NULL, *owner = NULL;
    switch (tree->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        kind = "table", name = tree_relation(arena, tree->create_stmt->relation);
        if (tree->create_stmt->n_inh_relations)
            owner = tree_relation(arena, tree->create_stmt->inh_relations[0]->range_var);
        break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        kind = drop_kind(tree->create_table_as_stmt->objtype);
        name = tree_relation(arena, tree->create_table_as_stmt->into->rel);
        break;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        kind = "view", name = tree_relation(arena, tree->view_stmt->view);
        if (tree->view_stmt->replace)
            return true; /* it may have been there */
        break;
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        kind = "sequence", name = tree_relation(arena, tree->create_seq_stmt->sequence);
        break;
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        kind = "type", name = tree_qualified(arena, tree->create_enum_stmt->n_type_name,
                                             tree->create_enum_stmt->type_name);
        break;
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
        kind = "type", name = tree_qualified(arena, tree->create_domain_stmt->n_domainname,
                                             tree->create_domain_stmt->domainname);
        break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        kind = "function", name = tree_qualified(arena, tree->create_function_stmt->n_funcname,
                                                 tree->create_function_stmt->funcname);
        if (tree->create_function_stmt->replace)
            return true;
        break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        kind = "trigger", name = tree->create_trig_stmt->trigname;
        owner = tree_relation(arena, tree->create_trig_stmt->relation);
        break;
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        kind = "schema", name = tree->create_schema_stmt->schemaname;
        break;
    default:
        return false;
    }
    deed(deeds, DEED_MAKE, kind, owner, name);
    return true;
}

static void take_tree(Deeds *deeds, Tree tree)
{
    if (take_create(deeds, tree))
        return;
    switch (tree->node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        take_alter(deeds, tree->alter_table_stmt);
        break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        take_index(deeds, tree->index_stmt);
        break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        take_drop(deeds, tree->drop_stmt);
        break;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        take_rename(deeds, tree->rename_stmt);
        break;
    case PG_QUERY__NODE__NODE_DO_STMT:
    case PG_QUERY__NODE__NODE_CALL_STMT:
        deeds->unclear = true;
        break;
    default:
        break;
    }
}

/* ---- SQLite ---- */

static void take_lite(Deeds *deeds, const LiteStatement *statement)
{
    static const char *const kinds[] = {"table", "index", "view", "trigger"};
    LiteAct act = statement->act;
    if (act >= LITE_CREATE_TABLE && act <= LITE_CREATE_TRIGGER)
        deed(deeds, DEED_MAKE, kinds[act - LITE_CREATE_TABLE], NULL, statement->name);
    else if (act >= LITE_DROP_TABLE && act <= LITE_DROP_TRIGGER)
        deed(deeds, DEED_REMOVE, kinds[act - LITE_DROP_TABLE], NULL, statement->name);
    else if (act == LITE_RENAME_TABLE) {
        deed(deeds, DEED_REMOVE, "table", NULL, statement->name);
        deed(deeds, DEED_MAKE, "table", NULL, statement->to);
    } else if (act == LITE_RENAME_COLUMN) {
        deed(deeds, DEED_REMOVE, "column", statement->name, statement->column);
        deed(deeds, DEED_MAKE, "column", statement->name, statement->to);
    } else if (act == LITE_ADD_COLUMN)
        deed(deeds, DEED_MAKE, "column", statement->name, statement->column);
    else if (act == LITE_DROP_COLUMN)
        deed(deeds, DEED_REMOVE, "column", statement->name, statement->column);
    if (statement->table && deeds->list.count)
        deeds->list.at[deeds->list.count - 1].owner = statement->table;
}

static Deeds read_deeds(RuleCheck *check, const LintScript *script)
{
    Deeds deeds = {.check = check};
    for (size_t i = 0; i < script->statements.count; i++) {
        const LintStatement *statement = &script->statements.at[i];
        deeds.unclear |= statement->reason != NULL;
        if (statement->tree)
            take_tree(&deeds, statement->tree);
        if (script->engine == ENGINE_SQLITE) {
            LiteStatement lite = lite_read(check->arena, statement->sql, statement->length);
            take_lite(&deeds, &lite);
        }
    }
    return deeds;
}

/* ---- one against the other ---- */

static bool is_table(const Deed *deed)
{
    return strcmp(deed->kind, "table") == 0;
}

static bool goes_with(const Deed *part, const Deed *removed)
{
    if (removed->type != DEED_REMOVE || !part->owner)
        return false;
    if (strcmp(removed->kind, "table") == 0 || strcmp(removed->kind, "view") == 0)
        return same(removed->name, part->owner);
    bool column = strcmp(removed->kind, "column") == 0 && same(removed->owner, part->owner);
    return column && strcmp(part->kind, "column") != 0;
}

static bool in_schema(const Deed *part, const Deed *removed)
{
    const char *name = part->owner ? part->owner : part->name;
    size_t length = removed->type == DEED_REMOVE && strcmp(removed->kind, "schema") == 0
                        ? strlen(removed->name)
                        : 0;
    return length && strncmp(name, removed->name, length) == 0 && name[length] == '.';
}

static bool is_undone(const Deed *up, const Deeds *down)
{
    for (size_t i = 0; i < down->list.count; i++) {
        const Deed *other = &down->list.at[i];
        bool name = strcmp(up->kind, other->kind) == 0 && same(up->name, other->name) &&
                    (same(up->owner, other->owner) || !up->owner || !other->owner);
        if (!other->settled && name && (up->type == DEED_CHANGE || up->type != other->type))
            return true;
        if ((!other->settled || is_table(other)) && up->type != DEED_REMOVE && /* or rebuilt */
            (goes_with(up, other) || in_schema(up, other)))
            return true;
    }
    return false;
}

static bool is_made(const Deed *removed, const Deeds *up)
{
    for (size_t i = 0; i < up->list.count; i++)
        if (strcmp(up->list.at[i].kind, removed->kind) == 0 &&
            same(up->list.at[i].name, removed->name))
            return true;
    return false;
}

static const char *deed_text(Arena *arena, const Deed *deed)
{
    static const char *const words[] = {"", "the dropped ", "the "};
    bool part = deed->owner && strcmp(deed->kind, "index") != 0 && !is_table(deed);
    return arena_print(arena, "%s%s %s%s%s", words[deed->type], deed->kind, part ? deed->owner : "",
                       part ? "." : "", deed->name);
}

RULE(down_not_reverse)
{
    if (!check->down || !check->down->statements.count)
        return;
    Deeds up = read_deeds(check, check->script), down = read_deeds(check, check->down);
    const char *left = "", *taken = "";
    for (size_t i = 0; i < up.list.count; i++)
        if (!up.list.at[i].settled && !is_undone(&up.list.at[i], &down))
            left = arena_print(check->arena, "%s%s%s", left, *left ? ", " : "",
                               deed_text(check->arena, &up.list.at[i]));
    for (size_t i = 0; i < down.list.count; i++) {
        const Deed *removed = &down.list.at[i];
        bool table = removed->type == DEED_REMOVE && is_table(removed);
        if (table && !removed->settled && !is_made(removed, &up))
            taken = arena_print(check->arena, "%s%s%s", taken, *taken ? ", " : "", removed->name);
    }
    if (up.unclear || down.unclear || (!*left && !*taken))
        return;
    rule_hit_line(check, check->down->line - 1, "down %s%s%s%s%s", *left ? "leaves: " : "", left,
                  *left && *taken ? "; and it " : "", *taken ? "drops what up did not make: " : "",
                  taken);
}

RULE(down_missing)
{
    if (!check->down && check->file->revision && check->script->statements.count)
        rule_hit_line(check, check->script->line - 1, "there is no down section for %s",
                      engine_title(check->script->engine));
}
