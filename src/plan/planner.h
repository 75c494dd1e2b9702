/* PostgreSQL: what the files of the planner share.
 *
 * Both catalogs are matched into pairs. A pair that differs gets a fate, and the fate spreads to
 * what must step aside. Fates become actions; the edges between actions come from what objects need
 * in either catalog; an order that keeps all edges is the script. */
#ifndef PLAN_PLANNER_H
#define PLAN_PLANNER_H

#include "base/map.h"
#include "plan/plan.h"

typedef struct Action Action;
typedef struct Pair Pair;
typedef struct Planner Planner;

typedef enum {
    FATE_KEEP,
    FATE_ALTER,
    FATE_CREATE,
    FATE_DROP,
    FATE_REPLACE, /* dropped and created */
    FATE_ASIDE,   /* renamed, created, emptied of its users or rows, and then dropped */
} Fate;

/* One object on both sides. */
struct Pair {
    Object *old, *new; /* NULL: only on the other side */
    Fate fate;
    uint64_t changed;
    bool caused; /* it only steps aside */
    Action *drop, *create, *alter, *aside, *fill;
};

typedef enum { ACTION_ASIDE, ACTION_DROP, ACTION_ALTER, ACTION_CREATE, ACTION_FILL } ActionType;

/* One or more statements that stay together. */
struct Action {
    ActionType type;
    Pair *pair;
    Action *into; /* it is part of that action's statement: its own text is not written */
    bool firm;    /* `into` stays whatever it costs */
    int rank;     /* of what may stand anywhere, lower comes first */
    size_t index, first_edge, edge_count;
    VEC(Step) steps;
};

/* `before` must run before `after`; a weak edge gives way in a cycle. */
typedef struct Edge {
    Action *before, *after;
    bool weak;
} Edge;

struct Planner {
    Plan *plan;
    Arena *arena;
    Catalog *from, *to;
    const PlanOptions *options;
    bool owned; /* owners and grants count */
    VEC(Pair *) pairs;
    VEC(Action *) actions;
    VEC(Edge) edges;
    VEC(Action *) order;
    Map *not_nulls; /* of pg_not_null.c: who has the name of a NOT NULL */
    Action *action; /* whose statements are written */
    bool verbatim;  /* the text is not to be touched */
    Text text;
    Error *error;
};

static inline Pair *pair_of(const Object *object)
{
    return object ? object->work : NULL;
}

/* The object that counts for names and messages. */
static inline const Object *pair_object(const Pair *pair)
{
    return pair->new ? pair->new : pair->old;
}

/* ---- rename.c ---- */

/* The new names that the options give, as first steps; `from` has them afterwards. */
void rename_objects(Planner *planner);

/* ---- decide.c: pairs and fates ---- */
void decide(Planner *planner);
/* Lets an altered object step aside, with all that needs it; false if its kind cannot. */
bool decide_replace(Planner *planner, Pair *pair);
bool pair_goes(const Pair *pair);  /* the old one is dropped, now or later */
bool pair_comes(const Pair *pair); /* the new one is created */
/* Whether a column of a table that inherits (or is a partition) goes its parent's way. */
Object *inherited_from(const Object *object);

/* Whether a detached partition keeps what it has of a foreign key of the partitioned table. */
bool stays_behind(const Object *key);

/* ---- actions.c, order.c: actions, edges, order ---- */
void actions_build(Planner *planner);
/* RUNG_FAILED when objects need each other in a circle; `*ret_again`: fates were changed to open
 * one, and the actions must be built again. */
Code actions_order(Planner *planner, bool *ret_again);
/* Whether it is announced as a shell before it is made. */
bool has_shell(const Object *type);
Action *action_top(Action *action); /* the action that writes it */

/* ---- ddl.c: the statements of each kind ---- */

typedef struct Ddl {
    void (*create)(Planner *planner, const Object *object);
    void (*alter)(Planner *planner, const Pair *pair);
    void (*drop)(Planner *planner, const Object *object);      /* NULL: DROP title address */
    bool (*replace)(const Planner *planner, const Pair *pair); /* ALTER cannot do it; may be NULL */
} Ddl;

const Ddl *ddl_of(KindId kind);
void action_write(Planner *planner, Action *action);

/* The text of a statement: started empty, and ended as a step of the current action. */
Text *sql_start(Planner *planner, const char *format, ...) PRINTF_LIKE(2, 3);
Step *sql_end(Planner *planner);
Step *sql_print(Planner *planner, const char *format, ...) PRINTF_LIKE(2, 3);
/* Notes on a step; a loss is refused when losses are. */
void step_note(Planner *planner, Step *step, const char *format, ...) PRINTF_LIKE(3, 4);
void step_loses(Planner *planner, Step *step, const char *format, ...) PRINTF_LIKE(3, 4);

/* Names, quoted where needed: schema.name; "TABLE schema.name"; in planner's arena. */
const char *name_of(const Planner *planner, const Object *object);
const char *quoted(const Planner *planner, const char *name);
const char *address_of(const Planner *planner, const Object *object);
/* "ALTER TABLE schema.name", with ONLY when other tables follow it. */
const char *alter_of(const Planner *planner, const Object *table, bool only);

bool is_changed(const Pair *pair, const char *field);
bool same_text(const char *a, const char *b);
void add_list(Text *text, const List *list, const char *between);

/* ---- expression.c ---- */

/* Text in which the server prints expressions, so that it reads them as what they were. */
const char *expression_again(Arena *arena, const char *sql);

/* ---- online.c: no long lock, at the price of several transactions ---- */

/* Whether a table is in use: it was there before, and stays. */
bool is_online(const Planner *planner, const Object *table);

/* CREATE INDEX …: with CONCURRENTLY where that can be; the step is the current text's. */
void online_index(Planner *planner, const Object *table, const char *sql);
bool online_constraint(Planner *planner, const Object *constraint);
/* Whether a foreign key that differs is followed by another one that takes its name, so that the
 * table has one all the time; alter_constraint writes it. */
bool online_swaps_key(const Planner *planner, const Pair *pair);
void online_swap_key(Planner *planner, const Pair *pair);
bool online_not_null(Planner *planner, const Column *column, const char *alter);
void drop_index(Planner *planner, const Object *object);

/* ---- pg_not_null.c ---- */

/* Whether a column of a table that inherits must get it before the parent's does. */
bool not_null_comes_first(const Planner *planner, const Pair *column);

/* ---- pg_trigger.c ---- */

/* The nearest trigger above a clone that the catalog has, or NULL. */
Object *trigger_origin(const Object *clone);
/* Whether a statement says the state of a trigger, or of one that it is a clone of. */
bool trigger_is_told(const Pair *trigger);
bool trigger_follows(const Pair *clone); /* … of one that it is a clone of, or it is made anew */

/* ---- attributes.c: what all kinds have ---- */
void write_attributes(Planner *planner, const Pair *pair, const Object *old);

/* The statements of the kinds; drop functions of kinds with no DROP of their own. */
#define DDL_DECLARE(kind)                                                                          \
    void create_##kind(Planner *planner, const Object *object);                                    \
    void alter_##kind(Planner *planner, const Pair *pair);

DDL_DECLARE(schema)
DDL_DECLARE(extension)
DDL_DECLARE(default_privilege)
DDL_DECLARE(privilege)
DDL_DECLARE(enum)
DDL_DECLARE(domain)
DDL_DECLARE(domain_constraint)
DDL_DECLARE(composite)
DDL_DECLARE(attribute)
DDL_DECLARE(range)
DDL_DECLARE(base_type)
DDL_DECLARE(function)
DDL_DECLARE(aggregate)
DDL_DECLARE(sequence)
DDL_DECLARE(sequence_owner)
DDL_DECLARE(identity_sequence)
DDL_DECLARE(table)
DDL_DECLARE(column)
DDL_DECLARE(default)
DDL_DECLARE(partition)
DDL_DECLARE(inheritance)
DDL_DECLARE(constraint)
DDL_DECLARE(index)
DDL_DECLARE(index_partition)
DDL_DECLARE(table_cluster)
DDL_DECLARE(replica_identity)
DDL_DECLARE(statistics)
DDL_DECLARE(view)
DDL_DECLARE(materialized_view)
DDL_DECLARE(view_column)
DDL_DECLARE(rule)
DDL_DECLARE(trigger)
DDL_DECLARE(policy)
DDL_DECLARE(event_trigger)
DDL_DECLARE(language)
DDL_DECLARE(access_method)
DDL_DECLARE(collation)
DDL_DECLARE(conversion)
DDL_DECLARE(cast)
DDL_DECLARE(operator)
DDL_DECLARE(operator_family)
DDL_DECLARE(operator_family_member)
DDL_DECLARE(operator_class)
DDL_DECLARE(transform)
DDL_DECLARE(text_search_parser)
DDL_DECLARE(text_search_template)
DDL_DECLARE(text_search_dictionary)
DDL_DECLARE(text_search_configuration)
DDL_DECLARE(foreign_data_wrapper)
DDL_DECLARE(server)
DDL_DECLARE(user_mapping)
DDL_DECLARE(publication)
DDL_DECLARE(publication_table)
DDL_DECLARE(publication_schema)
DDL_DECLARE(subscription)

/* Whether a changed object cannot be altered in place. */
bool replace_table(const Planner *planner, const Pair *pair);
bool replace_column(const Planner *planner, const Pair *pair);
bool comes_with_partitioned(const Object *constraint);
bool replace_constraint(const Planner *planner, const Pair *pair);
bool replace_view(const Planner *planner, const Pair *pair);
bool replace_materialized_view(const Planner *planner, const Pair *pair);
bool replace_function(const Planner *planner, const Pair *pair);
bool replace_policy(const Planner *planner, const Pair *pair);
bool replace_enum(const Planner *planner, const Pair *pair);
bool replace_extension(const Planner *planner, const Pair *pair);

/* Drops that are no DROP. */
void drop_default_privilege(Planner *planner, const Object *object);
void drop_privilege(Planner *planner, const Object *object);
void drop_view_column(Planner *planner, const Object *object);
void drop_trigger(Planner *planner, const Object *object);
void drop_operator_family_member(Planner *planner, const Object *object);
void drop_publication_table(Planner *planner, const Object *object);
void drop_publication_schema(Planner *planner, const Object *object);
void drop_subscription(Planner *planner, const Object *object);

/* CREATE title name (…, …), and ALTER … SET (…) of what of it can be altered. */
void create_defined(Planner *planner, const Object *object, const List *definition,
                    const List *settings);
void write_settings_changed(Planner *planner, const Pair *pair, const List *old, const List *new);

/* The rows of a table that was renamed, into the one that takes its place. */
void fill_table(Planner *planner, const Pair *pair);

/* The rows of a partition whose bounds move, into the partitions where they belong now. */
void fill_partition(Planner *planner, const Pair *pair);

/* ---- privileges.c ---- */

/* GRANT and REVOKE from one list of privileges to another. */
void write_acl(Planner *planner, const Object *object, const List *old, const List *new);

/* What becomes of a list when `owner` becomes the owner: what was granted to it is the owner's then
 * (src/backend/utils/adt/acl.c, aclnewowner). */
List acl_of_owner(const Planner *planner, const List *acl, const char *owner);

/* What the object has right after its CREATE. */
List initial_acl(Planner *planner, const Object *object);

#endif
