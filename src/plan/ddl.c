/* Statements: which function writes those of which kind, and what all of them use. */
#include "plan/pg_table.h"
#include "sql/quote.h"

static void drop_column(Planner *planner, const Object *object);
static void drop_default(Planner *planner, const Object *object);
static void drop_constraint(Planner *planner, const Object *object);
static void drop_domain_constraint(Planner *planner, const Object *object);
static void drop_attribute(Planner *planner, const Object *object);
static void drop_sequence_owner(Planner *planner, const Object *object);
static bool is_kept(const Object *table, const char *constraint)
{
    const Object *new = pair_of(table)->new;
    for (size_t i = 0; new &&i < new->children.count; i++)
        if (new->children.at[i]->kind == KIND_CONSTRAINT &&
            strcmp(new->children.at[i]->name, constraint) == 0 &&
            pair_of(new->children.at[i])->fate == FATE_KEEP)
            return true;
    return false;
}

/* The partition keeps the foreign keys that it had with the partitioned table. */
static void drop_partition(Planner *planner, const Object *object);
static void drop_inheritance(Planner *planner, const Object *object);
static void drop_nothing(Planner *planner, const Object *object);
static void drop_table(Planner *planner, const Object *object);
static void drop_table_cluster(Planner *planner, const Object *object);
static void drop_replica_identity(Planner *planner, const Object *object);
static void drop_type(Planner *planner, const Object *object);

/* clang-format off */
#define ROW(KIND, kind, drop, replace) [KIND_##KIND] = {create_##kind, alter_##kind, drop, replace}
static const Ddl ddl[KIND_COUNT] = {
    ROW(SCHEMA, schema, NULL, NULL),
    ROW(EXTENSION, extension, NULL, replace_extension),
    ROW(DEFAULT_PRIVILEGE, default_privilege, drop_default_privilege, NULL),
    ROW(PRIVILEGE, privilege, drop_privilege, NULL),
    ROW(ENUM, enum, NULL, replace_enum),
    ROW(DOMAIN, domain, NULL, NULL),
    ROW(DOMAIN_CONSTRAINT, domain_constraint, drop_domain_constraint, NULL),
    ROW(COMPOSITE, composite, NULL, NULL),
    ROW(ATTRIBUTE, attribute, drop_attribute, NULL),
    ROW(RANGE, range, drop_type, NULL),
    ROW(BASE_TYPE, base_type, drop_type, NULL),
    ROW(FUNCTION, function, NULL, replace_function),
    ROW(AGGREGATE, aggregate, NULL, NULL),
    ROW(SEQUENCE, sequence, NULL, NULL),
    ROW(IDENTITY_SEQUENCE, identity_sequence, drop_nothing, NULL),
    ROW(SEQUENCE_OWNER, sequence_owner, drop_sequence_owner, NULL),
    ROW(TABLE, table, drop_table, replace_table),
    ROW(COLUMN, column, drop_column, replace_column),
    ROW(DEFAULT, default, drop_default, NULL),
    ROW(PARTITION, partition, drop_partition, NULL),
    ROW(INHERITANCE, inheritance, drop_inheritance, NULL),
    ROW(CONSTRAINT, constraint, drop_constraint, replace_constraint),
    ROW(INDEX, index, drop_index, NULL),
    ROW(INDEX_PARTITION, index_partition, drop_nothing, NULL),
    ROW(TABLE_CLUSTER, table_cluster, drop_table_cluster, NULL),
    ROW(REPLICA_IDENTITY, replica_identity, drop_replica_identity, NULL),
    ROW(STATISTICS, statistics, NULL, NULL),
    ROW(VIEW, view, NULL, replace_view),
    ROW(MATERIALIZED_VIEW, materialized_view, NULL, replace_materialized_view),
    ROW(VIEW_COLUMN, view_column, drop_view_column, NULL),
    ROW(RULE, rule, NULL, NULL),
    ROW(TRIGGER, trigger, drop_trigger, NULL),
    ROW(POLICY, policy, NULL, replace_policy),
    ROW(EVENT_TRIGGER, event_trigger, NULL, NULL),
    ROW(LANGUAGE, language, NULL, NULL),
    ROW(ACCESS_METHOD, access_method, NULL, NULL),
    ROW(COLLATION, collation, NULL, NULL),
    ROW(CONVERSION, conversion, NULL, NULL),
    ROW(CAST, cast, NULL, NULL),
    ROW(OPERATOR, operator, NULL, NULL),
    ROW(OPERATOR_FAMILY, operator_family, NULL, NULL),
    ROW(OPERATOR_FAMILY_MEMBER, operator_family_member, drop_operator_family_member, NULL),
    ROW(OPERATOR_CLASS, operator_class, NULL, NULL),
    ROW(TRANSFORM, transform, NULL, NULL),
    ROW(TEXT_SEARCH_PARSER, text_search_parser, NULL, NULL),
    ROW(TEXT_SEARCH_TEMPLATE, text_search_template, NULL, NULL),
    ROW(TEXT_SEARCH_DICTIONARY, text_search_dictionary, NULL, NULL),
    ROW(TEXT_SEARCH_CONFIGURATION, text_search_configuration, NULL, NULL),
    ROW(FOREIGN_DATA_WRAPPER, foreign_data_wrapper, NULL, NULL),
    ROW(SERVER, server, NULL, NULL),
    ROW(USER_MAPPING, user_mapping, NULL, NULL),
    ROW(PUBLICATION, publication, NULL, NULL),
    ROW(PUBLICATION_TABLE, publication_table, drop_publication_table, NULL),
    ROW(PUBLICATION_SCHEMA, publication_schema, drop_publication_schema, NULL),
    ROW(SUBSCRIPTION, subscription, drop_subscription, NULL),
};
/* clang-format on */

const Ddl *ddl_of(KindId kind)
{
    return &ddl[kind];
}

/* ---- statements ---- */

Text *sql_start(Planner *planner, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_clear(&planner->text);
    text_print_list(&planner->text, format, list);
    va_end(list);
    return &planner->text;
}

Step *sql_end(Planner *planner)
{
    Step *step = vec_add(planner->arena, &planner->action->steps);
    const char *sql = text_string(&planner->text);
    step->sql = planner->verbatim || !strstr(sql, "(ARRAY[")
                    ? arena_copy(planner->arena, sql, planner->text.length)
                    : expression_again(planner->arena, sql);
    step->object = pair_object(planner->action->pair);
    return step;
}

Step *sql_print(Planner *planner, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_clear(&planner->text);
    text_print_list(&planner->text, format, list);
    va_end(list);
    return sql_end(planner);
}

void step_note(Planner *planner, Step *step, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    step->note = arena_print_list(planner->arena, format, list);
    va_end(list);
}

void step_loses(Planner *planner, Step *step, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    step->note = arena_print_list(planner->arena, format, list);
    step->loses_data = true;
    va_end(list);
}

/* ---- names ---- */

const char *quoted(const Planner *planner, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_identifier(&text, name);
    return text_keep(&text, planner->arena);
}

static void add_qualified(Text *text, const Object *object)
{
    if (object->schema) {
        sql_add_identifier(text, object->schema);
        text_char(text, '.');
    }
    sql_add_identifier(text, object->name);
}

const char *name_of(const Planner *planner, const Object *object)
{
    Text text = TEXT_EMPTY;
    add_qualified(&text, object);
    return text_keep(&text, planner->arena);
}

static const char *what_tells(const Object *object)
{
    const char *identity =
        object->kind == KIND_FUNCTION ? CATALOG_AS(Function, object)->identity : NULL;
    return identity ? identity : object->address ? object->address : "";
}

static void add_address(Text *text, const Object *object)
{
    for (const char *at = kinds[object->kind].address; *at; at++) {
        if (*at != '%') {
            text_char(text, *at);
            continue;
        }
        switch (*++at) {
        case 'q':
            add_qualified(text, object);
            break;
        case 'n':
            sql_add_identifier(text, object->name);
            break;
        case 'p':
            add_qualified(text, object->parent);
            break;
        default:
            text_put(text, what_tells(object));
        }
    }
}

const char *address_of(const Planner *planner, const Object *object)
{
    Text text = TEXT_EMPTY;
    text_print(&text, "%s ", object->title);
    add_address(&text, object);
    return text_keep(&text, planner->arena);
}

static bool is_followed(const Object *table)
{
    for (size_t i = 0; i < table->users.count; i++)
        if (table->users.at[i]->kind == KIND_PARTITION ||
            table->users.at[i]->kind == KIND_INHERITANCE)
            return true;
    return false;
}

const char *alter_of(const Planner *planner, const Object *table, bool only)
{
    return arena_print(planner->arena, "ALTER %s %s%s", table->title,
                       only && table->kind == KIND_TABLE && is_followed(table) ? "ONLY " : "",
                       name_of(planner, table));
}

/* ---- small helps ---- */

bool is_changed(const Pair *pair, const char *field)
{
    return pair->changed & field_bit((KindId)pair_object(pair)->kind, field);
}

bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

void add_list(Text *text, const List *list, const char *between)
{
    for (size_t i = 0; i < list->count; i++)
        text_print(text, "%s%s", i ? between : "", list->at[i]);
}

/* ---- drops of what has no DROP of its own ---- */

static void drop_column(Planner *planner, const Object *object)
{
    const Pair *pair = pair_of(object);
    Step *step = sql_print(planner, "%s DROP COLUMN %s", alter_of(planner, object->parent, false),
                           quoted(planner, object->name));
    if (!CATALOG_AS(Column, object)->generated)
        step_loses(planner, step, "the values of %s.%s%s", name_of(planner, object->parent),
                   quoted(planner, object->name),
                   pair->new ? ", which cannot become those of its new form" : "");
}

static void drop_table(Planner *planner, const Object *object)
{
    Step *step = sql_print(planner, "DROP %s", address_of(planner, object));
    if (pair_of(object)->fate != FATE_ASIDE && !CATALOG_AS(Table, object)->server)
        step_loses(planner, step, "the rows of %s", name_of(planner, object));
}

static void drop_default(Planner *planner, const Object *object)
{
    sql_print(planner, "%s ALTER COLUMN %s DROP DEFAULT", alter_of(planner, object->parent, true),
              quoted(planner, object->name));
}

static void drop_constraint(Planner *planner, const Object *object)
{
    sql_print(planner, "%s DROP CONSTRAINT %s", alter_of(planner, object->parent, false),
              quoted(planner, object->name));
}

static void drop_domain_constraint(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER DOMAIN %s DROP CONSTRAINT %s", name_of(planner, object->parent),
              quoted(planner, object->name));
}

static void drop_attribute(Planner *planner, const Object *object)
{
    Step *step =
        sql_print(planner, "ALTER TYPE %s DROP ATTRIBUTE %s%s", name_of(planner, object->parent),
                  quoted(planner, object->name), cascade_of(object->parent));
    step_loses(planner, step, "this part of every value of %s", name_of(planner, object->parent));
}

static void drop_sequence_owner(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER SEQUENCE %s OWNED BY NONE", name_of(planner, object->parent));
}

static void drop_partition(Planner *planner, const Object *object)
{
    const Object *table = object->needs.count ? object->needs.at[0] : object;
    sql_print(planner, "ALTER TABLE %s DETACH PARTITION %s", name_of(planner, table),
              name_of(planner, object->parent));
    for (size_t i = 0; i < table->children.count && !pair_of(object)->new; i++) {
        const Object *key = table->children.at[i];
        if (stays_behind(key) && !pair_goes(pair_of(object->parent)) &&
            !is_kept(object->parent, key->name))
            sql_print(planner, "%s DROP CONSTRAINT %s", alter_of(planner, object->parent, false),
                      quoted(planner, key->name));
    }
}

static void drop_inheritance(Planner *planner, const Object *object)
{
    sql_print(planner, "%s NO INHERIT %s", alter_of(planner, object->parent, false),
              name_of(planner, object));
}

static void drop_nothing(Planner *planner, const Object *object)
{
}

static void drop_table_cluster(Planner *planner, const Object *object)
{
    if (!object->needs.count || !pair_of(object->needs.at[0])->drop)
        sql_print(planner, "%s SET WITHOUT CLUSTER", alter_of(planner, object->parent, false));
}

/* The table's own replica_identity says what comes instead. */
static void drop_replica_identity(Planner *planner, const Object *object)
{
    const Object *table = pair_of(object->parent)->new;
    if (table)
        sql_print(planner, "%s REPLICA IDENTITY %s", alter_of(planner, table, true),
                  CATALOG_AS(Table, table)->replica_identity);
}

/* Its functions and it need each other. */
static void drop_type(Planner *planner, const Object *object)
{
    sql_print(planner, "DROP %s%s", address_of(planner, object),
              has_shell(object) ? " CASCADE" : "");
}

/* ---- actions ---- */

static const char *aside_name(const Planner *planner, const Object *object)
{
    size_t length = strlen(object->name);
    static const char suffix[] = "_before";
    if (length > 63 - strlen(suffix))
        length = 63 - strlen(suffix);
    while (length && ((unsigned char)object->name[length] & 0xC0) == 0x80)
        length--;
    return arena_print(planner->arena, "%.*s%s", (int)length, object->name, suffix);
}

static void write_identity_aside(Planner *planner, Column *column)
{
    const char *sequence = column->identity_sequence, *dot = sequence ? strrchr(sequence, '.') : 0;
    if (!sequence)
        return;
    const char *name = arena_print(planner->arena, "rung_before_%zu", planner->action->index);
    sql_print(planner, "ALTER SEQUENCE %s RENAME TO %s", sequence, name);
    column->identity_sequence =
        arena_print(planner->arena, "%.*s%s", dot ? (int)(dot + 1 - sequence) : 0, sequence, name);
}

/* Its multirange type and the functions that make ranges have names of their own. */
static void write_range_aside(Planner *planner, const Range *range, const char *name)
{
    size_t number = planner->action->index;
    const char *subtype = range->subtype;
    if (range->multirange) {
        sql_print(planner, "ALTER TYPE %s RENAME TO rung_before_%zu", range->multirange, number);
        sql_print(planner, "ALTER FUNCTION %s() RENAME TO rung_before_%zu", range->multirange,
                  number);
    }
    sql_print(planner, "ALTER FUNCTION %s(%s, %s) RENAME TO rung_before_%zu", name, subtype,
              subtype, number);
    sql_print(planner, "ALTER FUNCTION %s(%s, %s, text) RENAME TO rung_before_%zu", name, subtype,
              subtype, number);
}

/* Renamed; from then on the old object has its new name in every statement. */
static void write_aside(Planner *planner, Object *old)
{
    const char *name = aside_name(planner, old), *range_name = name_of(planner, old);
    sql_print(planner, "ALTER %s RENAME TO %s", address_of(planner, old), quoted(planner, name));
    old->name = name;
    if (old->kind == KIND_RANGE)
        write_range_aside(planner, CATALOG_AS(Range, old), range_name);
    for (size_t i = 0; i < old->children.count; i++)
        if (old->children.at[i]->kind == KIND_COLUMN)
            write_identity_aside(planner, CATALOG_AS(Column, old->children.at[i]));
}

void action_write(Planner *planner, Action *action)
{
    Pair *pair = action->pair;
    const Object *object = action->type == ACTION_DROP ? pair->old : pair_object(pair);
    const Ddl *row = ddl_of((KindId)object->kind);
    planner->action = action;
    switch (action->type) {
    case ACTION_ASIDE:
        write_aside(planner, pair->old);
        break;
    case ACTION_DROP:
        if (row->drop)
            row->drop(planner, pair->old);
        else
            sql_print(planner, "DROP %s", address_of(planner, pair->old));
        break;
    case ACTION_ALTER:
        row->alter(planner, pair);
        write_attributes(planner, pair, online_swaps_key(planner, pair) ? NULL : pair->old);
        break;
    case ACTION_CREATE:
        row->create(planner, pair->new);
        write_attributes(planner, pair, NULL);
        break;
    case ACTION_FILL:
        if (has_shell(pair->new))
            sql_print(planner, "CREATE TYPE %s", name_of(planner, pair->new));
        else if (pair->new->kind == KIND_PARTITION)
            fill_partition(planner, pair);
        else
            fill_table(planner, pair);
        break;
    default:
        break;
    }
}
