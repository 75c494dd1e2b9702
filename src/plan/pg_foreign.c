/* What reaches out of the database: foreign data and replication. */
#include "plan/pg_table.h"
#include "sql/quote.h"

static void add_foreign_options(Text *text, const List *options)
{
    if (!options->count)
        return;
    text_put(text, " OPTIONS (");
    add_list(text, options, ", ");
    text_char(text, ')');
}

/* ---- foreign-data wrappers ---- */

void create_foreign_data_wrapper(Planner *planner, const Object *object)
{
    const ForeignDataWrapper *wrapper = CATALOG_AS(ForeignDataWrapper, object);
    Text *text = sql_start(planner, "CREATE %s", address_of(planner, object));
    if (wrapper->handler)
        text_print(text, " HANDLER %s", wrapper->handler);
    if (wrapper->validator)
        text_print(text, " VALIDATOR %s", wrapper->validator);
    add_foreign_options(text, &wrapper->options);
    sql_end(planner);
}

static void add_function(Text *text, const char *what, const char *function)
{
    if (function)
        text_print(text, " %s %s", what, function);
    else
        text_print(text, " NO %s", what);
}

void alter_foreign_data_wrapper(Planner *planner, const Pair *pair)
{
    const ForeignDataWrapper *old = CATALOG_AS(ForeignDataWrapper, pair->old);
    const ForeignDataWrapper *new = CATALOG_AS(ForeignDataWrapper, pair->new);
    const char *alter = arena_print(planner->arena, "ALTER %s", address_of(planner, pair->new));
    Text *text = sql_start(planner, "%s", alter);
    if (is_changed(pair, "handler"))
        add_function(text, "HANDLER", new->handler);
    if (is_changed(pair, "validator"))
        add_function(text, "VALIDATOR", new->validator);
    if (text->length > strlen(alter))
        sql_end(planner);
    write_server_options(planner, alter, &old->options, &new->options);
}

/* ---- servers ---- */

void create_server(Planner *planner, const Object *object)
{
    const Server *server = CATALOG_AS(Server, object);
    Text *text = sql_start(planner, "CREATE %s", address_of(planner, object));
    if (server->type) {
        text_put(text, " TYPE ");
        sql_add_constant(text, server->type);
    }
    if (server->version) {
        text_put(text, " VERSION ");
        sql_add_constant(text, server->version);
    }
    text_print(text, " FOREIGN DATA WRAPPER %s", quoted(planner, server->wrapper));
    add_foreign_options(text, &server->options);
    sql_end(planner);
}

void alter_server(Planner *planner, const Pair *pair)
{
    const Server *old = CATALOG_AS(Server, pair->old), *new = CATALOG_AS(Server, pair->new);
    const char *alter = arena_print(planner->arena, "ALTER %s", address_of(planner, pair->new));
    if (is_changed(pair, "version")) {
        Text *text = sql_start(planner, "%s VERSION ", alter);
        sql_add_constant(text, new->version);
        sql_end(planner);
    }
    write_server_options(planner, alter, &old->options, &new->options);
}

/* ---- user mappings ---- */

static bool is_shown(Planner *planner, const UserMapping *mapping)
{
    if (mapping->is_hidden)
        plan_refuse(planner->plan, &mapping->head,
                    "its options are shown only to its user and to superusers");
    return !mapping->is_hidden;
}

void create_user_mapping(Planner *planner, const Object *object)
{
    const UserMapping *mapping = CATALOG_AS(UserMapping, object);
    if (!is_shown(planner, mapping))
        return;
    Text *text = sql_start(planner, "CREATE %s", address_of(planner, object));
    add_foreign_options(text, &mapping->options);
    sql_end(planner);
}

void alter_user_mapping(Planner *planner, const Pair *pair)
{
    const UserMapping *old = CATALOG_AS(UserMapping, pair->old);
    const UserMapping *new = CATALOG_AS(UserMapping, pair->new);
    const char *alter = arena_print(planner->arena, "ALTER %s", address_of(planner, pair->new));
    if (is_shown(planner, old) && is_shown(planner, new))
        write_server_options(planner, alter, &old->options, &new->options);
}

/* ---- publications ---- */

static bool is_standard(const char *option)
{
    static const char *const standard[] = {"publish = 'insert, update, delete, truncate'",
                                           "publish_generated_columns = none",
                                           "publish_via_partition_root = false"};
    for (size_t i = 0; i < COUNT(standard); i++)
        if (strcmp(option, standard[i]) == 0)
            return true;
    return false;
}

void create_publication(Planner *planner, const Object *object)
{
    const Publication *publication = CATALOG_AS(Publication, object);
    const char *between = " WITH (";
    Text *text = sql_start(planner, "CREATE %s%s", address_of(planner, object),
                           publication->all_tables ? " FOR ALL TABLES" : "");
    for (size_t i = 0; i < publication->options.count; i++)
        if (!is_standard(publication->options.at[i])) {
            text_print(text, "%s%s", between, publication->options.at[i]);
            between = ", ";
        }
    text_put(text, between[0] == ',' ? ")" : "");
    sql_end(planner);
}

static void write_changed_options(Planner *planner, const Object *object, const List *old,
                                  const List *new)
{
    const char *between = "";
    Text *text = sql_start(planner, "ALTER %s SET (", address_of(planner, object));
    for (size_t i = 0; i < new->count; i++)
        if (!list_has(old, new->at[i])) {
            text_print(text, "%s%s", between, new->at[i]);
            between = ", ";
        }
    text_char(text, ')');
    if (*between)
        sql_end(planner);
}

void alter_publication(Planner *planner, const Pair *pair)
{
    write_changed_options(planner, pair->new, &CATALOG_AS(Publication, pair->old)->options,
                          &CATALOG_AS(Publication, pair->new)->options);
}

void create_publication_table(Planner *planner, const Object *object)
{
    const PublicationTable *table = CATALOG_AS(PublicationTable, object);
    Text *text = sql_start(planner, "ALTER %s ADD TABLE ONLY %s",
                           address_of(planner, object->parent), name_of(planner, object));
    if (table->columns)
        text_print(text, " (%s)", table->columns);
    if (table->condition)
        text_print(text, " WHERE (%s)", table->condition);
    sql_end(planner);
}

void alter_publication_table(Planner *planner, const Pair *pair)
{
}

void drop_publication_table(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER %s DROP TABLE ONLY %s", address_of(planner, object->parent),
              name_of(planner, object));
}

void create_publication_schema(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER %s ADD TABLES IN SCHEMA %s", address_of(planner, object->parent),
              quoted(planner, object->name));
}

void alter_publication_schema(Planner *planner, const Pair *pair)
{
}

void drop_publication_schema(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER %s DROP TABLES IN SCHEMA %s", address_of(planner, object->parent),
              quoted(planner, object->name));
}

/* ---- subscriptions ---- */

static bool is_readable(Planner *planner, const Subscription *subscription)
{
    if (!subscription->connection)
        plan_refuse(planner->plan, &subscription->head,
                    "its connection string is shown only to superusers");
    return subscription->connection;
}

static void write_enabled(Planner *planner, const Subscription *subscription)
{
    Step *step = sql_print(planner, "ALTER %s %s", address_of(planner, &subscription->head),
                           subscription->enabled ? "ENABLE" : "DISABLE");
    if (subscription->enabled)
        step_note(planner, step, "its replication slot must be there");
}

/* Whether CREATE takes this anyway. */
static bool is_usual(const Planner *planner, const Subscription *subscription, const char *option)
{
    static const char *const usual[] = {"synchronous_commit = 'off'", "binary = false",
                                        "disable_on_error = false",   "password_required = true",
                                        "run_as_owner = false",       "origin = 'any'",
                                        "failover = false",           "two_phase = false"};
    for (size_t i = 0; i < COUNT(usual); i++)
        if (strcmp(option, usual[i]) == 0)
            return true;
    if (strncmp(option, "slot_name = ", 12) == 0) {
        Text name = TEXT_EMPTY;
        sql_add_constant(&name, subscription->head.name);
        bool same = strcmp(option + 12, text_string(&name)) == 0;
        text_done(&name);
        return same;
    }
    return strcmp(option, "streaming = off") == 0 && planner->from->version < 180000;
}

static void add_unusual(Planner *planner, Text *text, const Subscription *subscription,
                        const List *options)
{
    for (size_t i = 0; i < options->count; i++)
        if (!is_usual(planner, subscription, options->at[i]))
            text_print(text, ", %s", options->at[i]);
}

/* A subscription that connects would make its slot and copy rows: neither belongs to a schema. */
void create_subscription(Planner *planner, const Object *object)
{
    const Subscription *subscription = CATALOG_AS(Subscription, object);
    if (!is_readable(planner, subscription))
        return;
    Text *text = sql_start(planner, "CREATE %s CONNECTION ", address_of(planner, object));
    sql_add_constant(text, subscription->connection);
    text_put(text, " PUBLICATION ");
    add_list(text, &subscription->publications, ", ");
    text_put(text, " WITH (connect = false");
    add_unusual(planner, text, subscription, &subscription->options);
    add_unusual(planner, text, subscription, &subscription->fixed_options);
    text_char(text, ')');
    sql_end(planner);
    if (subscription->enabled)
        write_enabled(planner, subscription);
}

void alter_subscription(Planner *planner, const Pair *pair)
{
    const Subscription *old = CATALOG_AS(Subscription, pair->old);
    const Subscription *new = CATALOG_AS(Subscription, pair->new);
    const char *alter = arena_print(planner->arena, "ALTER %s", address_of(planner, pair->new));
    if (is_changed(pair, "connection") && is_readable(planner, old) && is_readable(planner, new)) {
        Text *text = sql_start(planner, "%s CONNECTION ", alter);
        sql_add_constant(text, new->connection);
        sql_end(planner);
    }
    if (is_changed(pair, "publications")) {
        Text *text = sql_start(planner, "%s SET PUBLICATION ", alter);
        add_list(text, &new->publications, ", ");
        text_put(text, " WITH (refresh = false)");
        step_note(planner, sql_end(planner),
                  "ALTER SUBSCRIPTION … REFRESH PUBLICATION starts with the tables that are new");
    }
    if (is_changed(pair, "enabled") && !new->enabled)
        write_enabled(planner, new);
    write_changed_options(planner, pair->new, &old->options, &new->options);
    if (is_changed(pair, "enabled") && new->enabled)
        write_enabled(planner, new);
}

/* With its slot a subscription can be dropped only if the publisher answers, and in no transaction.
 */
void drop_subscription(Planner *planner, const Object *object)
{
    const Subscription *subscription = CATALOG_AS(Subscription, object);
    const char *address = address_of(planner, object);
    if (!list_has(&subscription->options, "slot_name = NONE")) {
        if (subscription->enabled)
            sql_print(planner, "ALTER %s DISABLE", address);
        step_note(planner, sql_print(planner, "ALTER %s SET (slot_name = NONE)", address),
                  "the replication slot stays on the publisher until it is dropped there");
    }
    sql_print(planner, "DROP %s", address);
}
