/* The names that the server chooses for what has none: later statements of a history use them.
 * (src/backend/commands/indexcmds.c: makeObjectName, ChooseRelationName, ChooseIndexNameAddition.)
 */
#include "base/text.h"
#include "lint/known_parts.h"

enum { NAME_BYTES = 63 };

/* The first `length` bytes of `name`, without a cut character at the end. */
static size_t clip(const char *name, size_t length)
{
    if (strlen(name) <= length)
        return strlen(name);
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    return length;
}

/* table_column_label, the longer one of the first two cut until it fits. */
static const char *make_name(Arena *arena, const char *first, const char *second, const char *label)
{
    size_t first_length = strlen(first), second_length = second ? strlen(second) : 0;
    size_t overhead = strlen(label) + (second ? 2u : 1u);
    while (first_length + second_length + overhead > NAME_BYTES)
        if (first_length > second_length)
            first_length--;
        else
            second_length--;
    first_length = clip(first, first_length);
    second_length = second ? clip(second, second_length) : 0;
    return arena_print(arena, "%.*s%s%.*s_%s", (int)first_length, first, second ? "_" : "",
                       (int)second_length, second ? second : "", label);
}

static bool relation_taken(const Known *known, const char *schema, const char *name)
{
    return known_find(known, schema, name) || known_find_index(known, schema, name);
}

static bool constraint_taken(const Known *known, const char *schema, const char *name)
{
    for (size_t i = 0; i < known->relations.count; i++)
        if (strcmp(known->relations.at[i]->schema, schema) == 0 &&
            known_constraint(known->relations.at[i], name))
            return true;
    return false;
}

typedef bool Taken(const Known *known, const char *schema, const char *name);

static const char *choose(const Known *known, Taken *taken, const KnownRelation *table,
                          const char *columns, const char *label)
{
    const char *name = make_name(known->arena, table->name, columns, label);
    for (unsigned pass = 1; taken(known, table->schema, name); pass++)
        name = make_name(known->arena, table->name, columns,
                         arena_print(known->arena, "%s%u", label, pass));
    return name;
}

/* Columns joined by `_`, up to the length of a name. */
static const char *join(Arena *arena, const NameList *names)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < names->count && text.length < NAME_BYTES + 1; i++)
        text_print(&text, "%s%s", i ? "_" : "", names->at[i]);
    return text_keep(&text, arena);
}

static const char *element_name(const PgQuery__IndexElem *element)
{
    if (tree_text(element->name))
        return element->name;
    if (element->expr && element->expr->node_case == NODE(FUNC_CALL)) { /* FigureIndexColname */
        TreeName function =
            tree_name(element->expr->func_call->funcname, element->expr->func_call->n_funcname);
        if (function.name)
            return function.name;
    }
    return "expr";
}

const char *choose_index_name(const Known *known, const KnownRelation *table,
                              const PgQuery__IndexStmt *index)
{
    NameList names = {0};
    for (size_t i = 0; i < index->n_index_params; i++)
        if (index->index_params[i]->node_case == NODE(INDEX_ELEM))
            *vec_add(known->arena, &names) = element_name(index->index_params[i]->index_elem);
    for (size_t i = 0; i < index->n_index_including_params; i++)
        if (index->index_including_params[i]->node_case == NODE(INDEX_ELEM))
            *vec_add(known->arena, &names) =
                element_name(index->index_including_params[i]->index_elem);
    return choose(known, relation_taken, table, join(known->arena, &names), "idx");
}

static const char *join_columns(const Known *known, const KnownColumnList *columns)
{
    NameList names = {0};
    for (size_t i = 0; i < columns->count; i++)
        *vec_add(known->arena, &names) = columns->at[i]->name;
    return join(known->arena, &names);
}

const char *choose_key_name(const Known *known, const KnownRelation *table,
                            const KnownConstraint *constraint)
{
    if (constraint->type == CONSTRAINT_PRIMARY)
        return choose(known, relation_taken, table, NULL, "pkey");
    return choose(known, relation_taken, table, join_columns(known, &constraint->columns),
                  constraint->type == CONSTRAINT_UNIQUE ? "key" : "excl");
}

const char *choose_constraint_name(const Known *known, const KnownRelation *table,
                                   const KnownConstraint *constraint)
{
    if (constraint->type == CONSTRAINT_CHECK)
        return choose(known, constraint_taken, table,
                      constraint->columns.count == 1 ? constraint->columns.at[0]->name : NULL,
                      "check");
    return choose(known, constraint_taken, table, join_columns(known, &constraint->columns),
                  "fkey");
}

const char *choose_sequence_name(const Known *known, const KnownRelation *table, const char *column)
{
    return choose(known, relation_taken, table, column, "seq");
}
