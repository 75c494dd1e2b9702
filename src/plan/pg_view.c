/* Views, routines, rules, event triggers and policies. */
#include "plan/pg_table.h"
#include "sql/quote.h"

/* ---- views ---- */

static void write_view(Planner *planner, const Object *object, const char *create)
{
    const View *view = CATALOG_AS(View, object);
    Text *text = sql_start(planner, "%s VIEW %s", create, name_of(planner, object));
    if (view->options.count) {
        text_put(text, " WITH (");
        add_options(text, "", &view->options, true, false);
        text_char(text, ')');
    }
    text_print(text, " AS\n%s", view->query);
    sql_end(planner);
}

void create_view(Planner *planner, const Object *object)
{
    write_view(planner, object, "CREATE");
}

/* CREATE OR REPLACE keeps the columns and adds others behind them. */
bool replace_view(const Planner *planner, const Pair *pair)
{
    const List *old = &CATALOG_AS(View, pair->old)->columns;
    const List *new = &CATALOG_AS(View, pair->new)->columns;
    return new->count < old->count || !list_equal(old, &(List){new->at, old->count});
}

void alter_view(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "query") || is_changed(pair, "columns"))
        write_view(planner, pair->new, "CREATE OR REPLACE");
    else if (is_changed(pair, "options"))
        write_options(planner, alter_of(planner, pair->new, false), "",
                      &CATALOG_AS(View, pair->old)->options, &CATALOG_AS(View, pair->new)->options);
}

void create_materialized_view(Planner *planner, const Object *object)
{
    const MaterializedView *view = CATALOG_AS(MaterializedView, object);
    Text *text = sql_start(planner, "CREATE MATERIALIZED VIEW %s", name_of(planner, object));
    if (view->access_method && !same_text(view->access_method, "heap"))
        text_print(text, " USING %s", quoted(planner, view->access_method));
    if (view->options.count + view->toast_options.count) {
        text_put(text, " WITH (");
        add_options(text, "", &view->options, true, false);
        add_options(text, "toast.", &view->toast_options, true, view->options.count);
        text_char(text, ')');
    }
    if (view->tablespace)
        text_print(text, " TABLESPACE %s", quoted(planner, view->tablespace));
    text_print(text, " AS\n%s", view->query);
    text_put(text, view->is_populated ? "" : "\nWITH NO DATA");
    sql_end(planner);
}

bool replace_materialized_view(const Planner *planner, const Pair *pair)
{
    return planner->from->version < 150000 && is_changed(pair, "access_method");
}

void alter_materialized_view(Planner *planner, const Pair *pair)
{
    const MaterializedView *old = CATALOG_AS(MaterializedView, pair->old);
    const MaterializedView *new = CATALOG_AS(MaterializedView, pair->new);
    const char *alter = alter_of(planner, pair->new, false);
    if (is_changed(pair, "options"))
        write_options(planner, alter, "", &old->options, &new->options);
    if (is_changed(pair, "toast_options"))
        write_options(planner, alter, "toast.", &old->toast_options, &new->toast_options);
    if (is_changed(pair, "access_method") && new->access_method)
        sql_print(planner, "%s SET ACCESS METHOD %s", alter, quoted(planner, new->access_method));
    if (is_changed(pair, "tablespace"))
        sql_print(planner, "%s SET TABLESPACE %s", alter,
                  new->tablespace ? quoted(planner, new->tablespace) : "pg_default");
}

static void write_view_column(Planner *planner, const ViewColumn *old, const ViewColumn *new)
{
    static const ViewColumn standard = {.statistics = -1};
    const Object *object = new ? &new->head : &old->head;
    const char *alter =
        arena_print(planner->arena, "%s ALTER COLUMN %s", alter_of(planner, object->parent, false),
                    quoted(planner, object->name));
    const char *storage = old ? old->storage : new->type_storage;
    old = old ? old : &standard;
    if (!same_text(storage, new->storage))
        sql_print(planner, "%s SET STORAGE %s", alter, new->storage);
    if (!same_text(old->compression, new->compression))
        sql_print(planner, "%s SET COMPRESSION %s", alter,
                  new->compression ? new->compression : "DEFAULT");
    if (old->statistics != new->statistics)
        sql_print(planner, "%s SET STATISTICS %lld", alter, (long long)new->statistics);
    if (!list_equal(&old->options, &new->options))
        write_options(planner, alter, "", &old->options, &new->options);
}

void create_view_column(Planner *planner, const Object *object)
{
    write_view_column(planner, NULL, CATALOG_AS(ViewColumn, object));
}

void alter_view_column(Planner *planner, const Pair *pair)
{
    write_view_column(planner, CATALOG_AS(ViewColumn, pair->old),
                      CATALOG_AS(ViewColumn, pair->new));
}

/* What was set for the column of a view that stays is taken back. */
void drop_view_column(Planner *planner, const Object *object)
{
    ViewColumn plain = {.head = *object, .statistics = -1};
    Pair pair = {.old = pair_of(object)->old, .new = &plain.head};
    plain.type_storage = plain.storage = CATALOG_AS(ViewColumn, object)->type_storage;
    plain.head.acl = plain.head.labels = (List){0};
    plain.head.comment = NULL;
    pair.changed = object_compare(pair.old, pair.new, planner->owned);
    alter_view_column(planner, &pair);
    write_attributes(planner, &pair, pair.old);
}

/* ---- routines ---- */

void create_function(Planner *planner, const Object *object)
{
    planner->verbatim = CATALOG_AS(Function, object)->body != NULL;
    sql_print(planner, "%s", CATALOG_AS(Function, object)->definition);
    planner->verbatim = false;
}

/* CREATE OR REPLACE neither renames arguments nor takes defaults away (pg_proc.c,
 * ProcedureCreate). */
bool replace_function(const Planner *planner, const Pair *pair)
{
    const Function *old = CATALOG_AS(Function, pair->old), *new = CATALOG_AS(Function, pair->new);
    if (new->defaults < old->defaults || old->arguments.count != new->arguments.count)
        return true;
    for (size_t i = 0; i < old->arguments.count; i++) {
        const char *before = old->arguments.at[i], *now = new->arguments.at[i];
        if (strcmp(before, now) != 0 && (before[2] || before[0] != now[0] || before[0] != 'i'))
            return true;
    }
    return false;
}

void alter_function(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "definition"))
        create_function(planner, pair->new);
}

void create_aggregate(Planner *planner, const Object *object)
{
    const Aggregate *aggregate = CATALOG_AS(Aggregate, object);
    Text *text = sql_start(planner, "CREATE AGGREGATE %s(%s) (\n    ", name_of(planner, object),
                           aggregate->signature ? aggregate->signature : "*");
    add_list(text, &aggregate->definition, ",\n    ");
    text_put(text, "\n)");
    sql_end(planner);
}

void alter_aggregate(Planner *planner, const Pair *pair)
{
}

/* ---- rules and event triggers ---- */

static void write_rule_enabled(Planner *planner, const Rule *rule)
{
    sql_print(planner, "%s %s RULE %s", alter_of(planner, rule->head.parent, true), rule->enabled,
              quoted(planner, rule->head.name));
}

void create_rule(Planner *planner, const Object *object)
{
    const Rule *rule = CATALOG_AS(Rule, object);
    sql_print(planner, "%s", rule->definition);
    if (!same_text(rule->enabled, "ENABLE"))
        write_rule_enabled(planner, rule);
}

void alter_rule(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "enabled"))
        write_rule_enabled(planner, CATALOG_AS(Rule, pair->new));
}

static void write_event_enabled(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER EVENT TRIGGER %s %s", quoted(planner, object->name),
              CATALOG_AS(EventTrigger, object)->enabled);
}

void create_event_trigger(Planner *planner, const Object *object)
{
    const EventTrigger *trigger = CATALOG_AS(EventTrigger, object);
    Text *text = sql_start(planner, "CREATE EVENT TRIGGER %s ON %s", quoted(planner, object->name),
                           trigger->event);
    for (size_t i = 0; i < trigger->tags.count; i++) {
        text_put(text, i ? ", " : " WHEN TAG IN (");
        sql_add_constant(text, trigger->tags.at[i]);
    }
    text_print(text, "%s EXECUTE FUNCTION %s()", trigger->tags.count ? ")" : "", trigger->function);
    sql_end(planner);
    if (!same_text(trigger->enabled, "ENABLE"))
        write_event_enabled(planner, object);
}

void alter_event_trigger(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "enabled"))
        write_event_enabled(planner, pair->new);
}

/* ---- policies ---- */

static void add_policy(Text *text, const Policy *policy, bool roles)
{
    if (roles) {
        text_put(text, " TO ");
        add_list(text, &policy->roles, ", ");
    }
    if (policy->visible)
        text_print(text, " USING (%s)", policy->visible);
    if (policy->allowed)
        text_print(text, " WITH CHECK (%s)", policy->allowed);
}

static bool is_public(const Policy *policy)
{
    return policy->roles.count == 1 && strcmp(policy->roles.at[0], "PUBLIC") == 0;
}

void create_policy(Planner *planner, const Object *object)
{
    const Policy *policy = CATALOG_AS(Policy, object);
    Text *text = sql_start(planner, "CREATE %s", address_of(planner, object));
    if (policy->is_restrictive)
        text_put(text, " AS RESTRICTIVE");
    if (strcmp(policy->command, "ALL") != 0)
        text_print(text, " FOR %s", policy->command);
    add_policy(text, policy, !is_public(policy));
    sql_end(planner);
}

/* ALTER POLICY cannot take an expression away. */
bool replace_policy(const Planner *planner, const Pair *pair)
{
    const Policy *old = CATALOG_AS(Policy, pair->old), *new = CATALOG_AS(Policy, pair->new);
    return (old->visible && !new->visible) || (old->allowed && !new->allowed);
}

void alter_policy(Planner *planner, const Pair *pair)
{
    if (!is_changed(pair, "roles") && !is_changed(pair, "visible") && !is_changed(pair, "allowed"))
        return;
    Text *text = sql_start(planner, "ALTER %s", address_of(planner, pair->new));
    add_policy(text, CATALOG_AS(Policy, pair->new), is_changed(pair, "roles"));
    sql_end(planner);
}
