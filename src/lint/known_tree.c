/* Every message of libpg_query carries a description of its fields: one walk serves all of them. */
#include "lint/known_tree.h"

bool tree_is(const ProtobufCMessage *message, const char *name)
{
    return strcmp(message->descriptor->short_name, name) == 0;
}

static size_t field_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)(base + field->quantifier_offset);
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)(base + field->quantifier_offset) == field->id;
    return 1;
}

static const ProtobufCMessage *field_message(const ProtobufCMessage *message,
                                             const ProtobufCFieldDescriptor *field, size_t index)
{
    const char *at = (const char *)message + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return (*(ProtobufCMessage *const *const *)at)[index];
    return *(ProtobufCMessage *const *)at;
}

void tree_walk(const ProtobufCMessage *message, TreeVisit *visit, void *context)
{
    if (!message || !visit(message, context))
        return;
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        size_t count = field_count(message, field);
        for (size_t k = 0; k < count; k++)
            tree_walk(field_message(message, field, k), visit, context);
    }
}

const char *tree_text(const char *text)
{
    return text && *text ? text : NULL;
}

static const char *node_string(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? tree_text(node->string->sval)
                                                                  : NULL;
}

TreeName tree_name(PgQuery__Node *const *names, size_t count)
{
    TreeName name = {NULL, NULL};
    if (count > 0)
        name.name = node_string(names[count - 1]);
    if (count > 1)
        name.schema = node_string(names[count - 2]);
    return name;
}

TreeName tree_range(const PgQuery__RangeVar *range)
{
    return (TreeName){tree_text(range->schemaname), tree_text(range->relname)};
}

/* ---- comparison ---- */

static bool same_scalar(const char *a, const char *b, ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_STRING: {
        const char *first = *(char *const *)a, *second = *(char *const *)b;
        return strcmp(first ? first : "", second ? second : "") == 0;
    }
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return memcmp(a, b, sizeof(uint64_t)) == 0;
    default: /* numbers, enums and booleans of 32 bits */
        return memcmp(a, b, sizeof(uint32_t)) == 0;
    }
}

static bool same_field(const ProtobufCMessage *a, const ProtobufCMessage *b,
                       const ProtobufCFieldDescriptor *field)
{
    if (strcmp(field->name, "location") == 0)
        return true;
    size_t count = field_count(a, field);
    if (count != field_count(b, field))
        return false;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
        bool lists = field->label == PROTOBUF_C_LABEL_REPEATED && count > 0;
        return !lists && (count == 0 || field->label == PROTOBUF_C_LABEL_REPEATED ||
                          same_scalar((const char *)a + field->offset,
                                      (const char *)b + field->offset, field->type));
    }
    for (size_t i = 0; i < count; i++)
        if (!tree_same(field_message(a, field, i), field_message(b, field, i)))
            return false;
    return true;
}

bool tree_same(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    if (!a || !b || a->descriptor != b->descriptor)
        return a == b;
    for (unsigned i = 0; i < a->descriptor->n_fields; i++)
        if (!same_field(a, b, &a->descriptor->fields[i]))
            return false;
    return true;
}

/* ---- what stands in a tree ---- */

typedef struct Search {
    Arena *arena;
    RangeList ranges;
    NameList names;
    TreeNameList functions;
} Search;

static bool visit_range(const ProtobufCMessage *message, void *context)
{
    Search *search = context;
    if (tree_is(message, "RangeVar"))
        *vec_add(search->arena, &search->ranges) = (const PgQuery__RangeVar *)message;
    else if (tree_is(message, "CommonTableExpr"))
        *vec_add(search->arena, &search->names) =
            ((const PgQuery__CommonTableExpr *)message)->ctename;
    return true;
}

static bool is_among(const NameList *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->at[i], name) == 0)
            return true;
    return false;
}

void tree_ranges(Arena *arena, const ProtobufCMessage *message, RangeList *ret_ranges)
{
    Search search = {.arena = arena};
    tree_walk(message, visit_range, &search);
    for (size_t i = 0; i < search.ranges.count; i++) {
        const PgQuery__RangeVar *range = search.ranges.at[i];
        if (tree_text(range->schemaname) || !is_among(&search.names, range->relname))
            *vec_add(arena, ret_ranges) = range;
    }
}

static bool visit_column(const ProtobufCMessage *message, void *context)
{
    Search *search = context;
    if (!tree_is(message, "ColumnRef"))
        return true;
    const PgQuery__ColumnRef *column = (const PgQuery__ColumnRef *)message;
    TreeName name = tree_name(column->fields, column->n_fields);
    if (name.name && !is_among(&search->names, name.name))
        *vec_add(search->arena, &search->names) = name.name;
    return false;
}

void tree_columns(Arena *arena, const ProtobufCMessage *message, NameList *ret_names)
{
    Search search = {.arena = arena};
    tree_walk(message, visit_column, &search);
    *ret_names = search.names;
}

static bool visit_constant(const ProtobufCMessage *message, void *context)
{
    Search *search = context;
    if (!tree_is(message, "AConst"))
        return true;
    const PgQuery__AConst *constant = (const PgQuery__AConst *)message;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL && constant->sval->sval)
        *vec_add(search->arena, &search->names) = constant->sval->sval;
    return false;
}

void tree_constants(Arena *arena, const ProtobufCMessage *message, NameList *ret_texts)
{
    Search search = {.arena = arena};
    tree_walk(message, visit_constant, &search);
    *ret_texts = search.names;
}

static bool visit_function(const ProtobufCMessage *message, void *context)
{
    Search *search = context;
    if (tree_is(message, "FuncCall")) {
        const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
        *vec_add(search->arena, &search->functions) = tree_name(call->funcname, call->n_funcname);
    }
    return true;
}

void tree_functions(Arena *arena, const ProtobufCMessage *message, TreeNameList *ret_names)
{
    Search search = {.arena = arena};
    tree_walk(message, visit_function, &search);
    *ret_names = search.functions;
}
