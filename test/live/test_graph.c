/* The graph of keys is what the database has, on both engines. */
#include "test_db.h"
#include "lifecycle/graph.h"

static void add_names(Text *text, const char *before, const KeyNames *names)
{
    for (size_t i = 0; i < names->count; i++)
        text_print(text, "%s%s", i ? "," : before, names->at[i]);
}

static void add_table(Text *text, const KeyTable *table)
{
    text_print(text, "%s %s", table->title, table->sql);
    add_names(text, " key ", &table->primary);
    add_names(text, " swallowed by ", &table->swallowing);
    for (size_t i = 0; i < table->parents.count; i++)
        text_print(text, " inherits %s", table->parents.at[i]->title);
    text_print(text, "%s%s\n", table->partitioned ? " partitioned" : "",
               table->cyclic ? " cyclic" : "");
}

static void add_key(Text *text, const TableKey *key)
{
    text_print(text, "%s", key->title);
    if (key->name)
        text_print(text, " (%s)", key->name);
    text_print(text, ": %s -> %s", key->from->title, key->to->title);
    add_names(text, ".", &key->targets);
    text_print(text, " %c%c", key->action, key->update);
    add_names(text, " sets ", &key->set_columns);
    text_print(text, "%s%s%s%s%s %s", key->deferrable ? " deferrable" : "",
               key->deferred ? " deferred" : "", key->match_full ? " full" : "",
               key->validated ? "" : " not-valid", key->nullable ? " nullable" : "",
               key->index ? key->index : "-");
    if (key->from_partition)
        text_print(text, " from %s", key->from_partition);
    if (key->to_partition)
        text_print(text, " to %s", key->to_partition);
    if (key->relation)
        text_print(text, " %s%s", relation_name(key->relation), key->declared ? "" : " undeclared");
    text_put(text, "\n");
}

/* Tests that run beside this one have schemas of their own. */
static bool is_ours(const KeyTable *table)
{
    return !table->schema || strcmp(table->schema, "public") == 0 ||
           strcmp(table->schema, "Other") == 0;
}

static KeyGraph *load(Fixture *f)
{
    KeyGraph *graph = NULL;
    Error error = {0};
    if (key_graph_load(f->db, f->arena, &graph, &error))
        fail_msg("%s %s", error.message, error.detail);
    return graph;
}

static void shows(Fixture *f, const KeyGraph *graph, const char *expected)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < graph->tables.count; i++)
        if (is_ours(graph->tables.at[i]))
            add_table(&text, graph->tables.at[i]);
    for (size_t i = 0; i < graph->keys.count; i++)
        if (is_ours(graph->keys.at[i]->from))
            add_key(&text, graph->keys.at[i]);
    for (size_t i = 0; i < graph->broken.count; i++)
        text_print(&text, "broken %s: %s\n", graph->broken.at[i].title, graph->broken.at[i].reason);
    const char *got = arena_string(f->arena, text_string(&text));
    text_done(&text);
    assert_string_equal(got, expected);
}

static void run_all(Fixture *f, const char *const *statements)
{
    run(f, "BEGIN");
    for (; *statements; statements++)
        run(f, *statements);
}

/* ---- PostgreSQL ---- */

static const char *const postgresql[] = {
    "CREATE SCHEMA \"Other\"",
    "CREATE TABLE public.users (gone int, id int PRIMARY KEY, tenant int NOT NULL, UNIQUE (tenant, "
    "id))",
    "CREATE TABLE public.orders (user_id int, t int NOT NULL, boss int, a int, "
    "CONSTRAINT k FOREIGN KEY (t, user_id) REFERENCES public.users (tenant, id) MATCH FULL "
    "ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)",
    "CREATE INDEX orders_i ON public.orders (user_id, t, a)",
    "ALTER TABLE public.orders ADD CONSTRAINT late FOREIGN KEY (boss) REFERENCES public.users NOT "
    "VALID",
    "CREATE INDEX orders_part ON public.orders (boss) WHERE boss > 0",
    "CREATE TABLE \"Other\".\"Größe \"\"x\"\"\" (\"select\" int PRIMARY KEY, up int, "
    "CONSTRAINT k FOREIGN KEY (up) REFERENCES \"Other\".\"Größe \"\"x\"\"\" ON DELETE SET NULL)",
    "CREATE INDEX ON \"Other\".\"Größe \"\"x\"\"\" USING brin (up)",
    "CREATE TABLE public.events (id int, u int NOT NULL REFERENCES public.users ON DELETE "
    "RESTRICT, "
    "at int NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
    "CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE public.events_2 PARTITION OF public.events FOR VALUES FROM (10) TO (20) "
    "PARTITION BY RANGE (id)",
    "CREATE TABLE public.events_2a PARTITION OF public.events_2 FOR VALUES FROM (0) TO (10)",
    "CREATE INDEX ON public.events (u)",
    "ALTER TABLE public.events_2a ADD FOREIGN KEY (id) REFERENCES public.users",
    "CREATE TABLE public.notes (id int, at int, "
    "FOREIGN KEY (id, at) REFERENCES public.events ON DELETE CASCADE, "
    "CONSTRAINT one FOREIGN KEY (id, at) REFERENCES public.events_1 (id, at))",
    "CREATE TABLE public.old_users (since int) INHERITS (public.users)",
    "CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER keep BEFORE DELETE ON public.events FOR EACH ROW EXECUTE FUNCTION "
    "public.keep()",
    "CREATE TRIGGER later AFTER DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.keep()",
    "CREATE TRIGGER off BEFORE DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.keep()",
    "ALTER TABLE public.users DISABLE TRIGGER off",
    "CREATE RULE hide AS ON DELETE TO public.notes DO INSTEAD NOTHING",
    "ALTER TABLE public.users DROP COLUMN gone",
    "CREATE TEMP TABLE private (u int)",
    NULL};

static const char postgresql_shown[] =
    "Other.Größe \"x\" \"Other\".\"Größe \"\"x\"\"\" key select cyclic\n"
    "events \"public\".\"events\" key id,at swallowed by keep partitioned\n"
    "notes \"public\".\"notes\" swallowed by hide\n"
    "old_users \"public\".\"old_users\" inherits users\n"
    "orders \"public\".\"orders\"\n"
    "users \"public\".\"users\" key id\n"
    "Other.Größe \"x\".up (k): Other.Größe \"x\" -> Other.Größe \"x\".select na nullable -\n"
    "events.u (events_u_fkey): events -> users.id ra events_u_idx\n"
    "events_2a.id (events_2a_id_fkey): events -> users.id aa events_2a_pkey from events_2a\n"
    "notes.id,at (notes_id_at_fkey): notes -> events.id,at ca nullable -\n"
    "notes.id,at (one): notes -> events.id,at aa nullable - to events_1\n"
    "orders.boss (late): orders -> users.id aa not-valid nullable -\n"
    "orders.t,user_id (k): orders -> users.tenant,id cn deferrable deferred full orders_i\n";

static void postgresql_has_all_keys(void **state)
{
    Fixture *f = *state;
    run_all(f, postgresql);
    shows(f, load(f), postgresql_shown);
}

static void some_columns_alone_are_set(void **state)
{
    Fixture *f = *state;
    if (db_version(f->db) < 150000)
        return;
    run(f, "BEGIN");
    run(f, "CREATE TABLE public.users (a int, b int, PRIMARY KEY (a, b))");
    run(f, "CREATE TABLE public.notes (gone int, a int NOT NULL, b int, FOREIGN KEY (a, b) "
           "REFERENCES public.users ON DELETE SET NULL (b))");
    run(f, "ALTER TABLE public.notes DROP COLUMN gone");
    shows(f, load(f),
          "notes \"public\".\"notes\"\nusers \"public\".\"users\" key a,b\n"
          "notes.a,b (notes_a_b_fkey): notes -> users.a,b na sets b -\n");
}

static void names_are_found_or_the_nearest_is_told(void **state)
{
    Fixture *f = *state;
    KeyTable *table = NULL;
    run_all(f, postgresql);
    run(f, "CREATE TABLE \"Other\".users (id int)");
    KeyGraph *graph = load(f);
    assert_int_equal(key_graph_table(graph, "orders", &table, &f->error), RUNG_OK);
    assert_string_equal(table->title, "orders");
    assert_int_equal(key_graph_table(graph, "Other.users", &table, &f->error), RUNG_OK);
    assert_string_equal(table->title, "Other.users");
    assert_int_equal(key_graph_table(graph, "users", &table, &f->error), RUNG_UNKNOWN);
    holds(f->error.hint, "Other.users or public.users");
    assert_int_equal(key_graph_table(graph, "order", &table, &f->error), RUNG_UNKNOWN);
    holds(f->error.hint, "orders");
    assert_int_equal(key_graph_table(graph, "Orders", &table, &f->error), RUNG_UNKNOWN);
}

/* ---- SQLite ---- */

static const char *const sqlite[] = {
    "CREATE TABLE Users (id INTEGER PRIMARY KEY, tenant INT NOT NULL, UNIQUE (tenant, id))",
    "CREATE TABLE orders (user_id INT, t INT NOT NULL, boss INT REFERENCES USERS, a INT, "
    "CONSTRAINT k FOREIGN KEY (T, user_id) REFERENCES users (tenant, ID) MATCH FULL "
    "ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)",
    "CREATE INDEX orders_i ON orders (user_id, t, a)",
    "CREATE INDEX orders_part ON orders (boss) WHERE boss > 0",
    "CREATE TABLE \"Größe \"\"x\"\"\" (\"select\" TEXT PRIMARY KEY, up TEXT "
    "REFERENCES \"Größe \"\"x\"\"\" ON DELETE SET NULL, rowid INT)",
    "CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE RESTRICT)",
    "CREATE TABLE pairs (a INT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID",
    "CREATE TABLE pair_notes (x INT, y INT, FOREIGN KEY (x, y) REFERENCES pairs ON DELETE SET "
    "DEFAULT)",
    "CREATE TABLE lost (u INT REFERENCES userz, v INT REFERENCES users (tenant), "
    "w INT REFERENCES users (nowhere), x INT REFERENCES pairs)",
    "CREATE TRIGGER keep BEFORE DELETE ON orders BEGIN SELECT RAISE(IGNORE) WHERE OLD.a = 1; END",
    "CREATE TRIGGER seen BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'ignore'); END",
    "CREATE VIRTUAL TABLE docs USING fts5(body)",
    "CREATE VIEW broken AS SELECT a FROM nowhere",
    "CREATE TABLE rung_log (id INTEGER PRIMARY KEY)",
    NULL};

static const char sqlite_shown[] =
    "Größe \"x\" \"Größe \"\"x\"\"\" key select cyclic\n"
    "Users \"Users\" key id\n"
    "lost \"lost\" key rowid\n"
    "orders \"orders\" key rowid swallowed by keep\n"
    "pair_notes \"pair_notes\" key rowid\n"
    "pairs \"pairs\" key b,a\n"
    "profiles \"profiles\" key user_id\n"
    "Größe \"x\".up: Größe \"x\" -> Größe \"x\".select na nullable -\n"
    "orders.boss: orders -> Users.id aa nullable -\n"
    "orders.t,user_id (k): orders -> Users.tenant,id cn deferrable deferred orders_i\n"
    "pair_notes.x,y: pair_notes -> pairs.b,a da nullable -\n"
    "profiles.user_id: profiles -> Users.id ra rowid\n"
    "broken lost.u: there is no table userz\n"
    "broken lost.v: users has no unique index of its columns\n"
    "broken lost.w: users has no column nowhere\n"
    "broken lost.x: pairs has no primary key of as many columns\n";

static void sqlite_has_all_keys(void **state)
{
    Fixture *f = *state;
    run_all(f, sqlite);
    shows(f, load(f), sqlite_shown);
    run(f, "ROLLBACK");
    shows(f, load(f), "");
}

/* ---- classes ---- */

static Code classify(Fixture *f, KeyGraph *graph, RelationPolicy *relations, size_t count)
{
    SubjectPolicy subject = {.name = "users", .table = "users", .key = "id"};
    Lifecycle lifecycle = {.line = 1};
    lifecycle.subjects.at = &subject;
    lifecycle.subjects.count = 1;
    lifecycle.relations.at = relations;
    lifecycle.relations.count = count;
    f->error = (Error){0};
    return key_graph_classify(graph, &lifecycle, "rung.yaml", &f->error);
}

static void classes_are_given_by_name(void **state)
{
    Fixture *f = *state;
    RelationPolicy relations[] = {{.name = "a.u", .line = 7, .action = "cascade"},
                                  {.name = "A.B, c", .line = 8, .set_null = true},
                                  {.name = "audit.u", .line = 9, .action = "retain"},
                                  {.name = "gone.user_id", .line = 10, .action = "cascade"}};
    run(f, "BEGIN");
    run(f, "CREATE TABLE users (id INTEGER PRIMARY KEY, o INT, UNIQUE (id, o))");
    run(f, "CREATE TABLE a (u INT REFERENCES users, b INT, c INT, "
           "FOREIGN KEY (b, c) REFERENCES users (id, o))");
    run(f, "CREATE TABLE audit (u INT, v INT)");
    KeyGraph *graph = load(f);
    assert_int_equal(classify(f, graph, relations, COUNT(relations)), RUNG_OK);
    shows(f, graph,
          "a \"a\" key rowid\naudit \"audit\" key rowid\nusers \"users\" key id\n"
          "a.b,c: a -> users.id,o aa nullable - set_null\n"
          "a.u: a -> users.id aa nullable - cascade\n"
          "audit.u: audit -> users.id aa nullable - retain undeclared\n");
    assert_int_equal(graph->absent.count, 1);
    assert_string_equal(graph->absent.at[0]->name, "gone.user_id");
}

static void refuses(Fixture *f, const char *name, const char *action, const char *message,
                    const char *hint)
{
    RelationPolicy relation = {.name = name, .line = 7, .action = action};
    assert_int_equal(classify(f, load(f), &relation, 1), RUNG_CONFIG);
    holds(f->error.message, message);
    holds(f->error.hint, hint);
    assert_int_equal(f->error.line, 7);
}

static void wrong_relations_are_refused_with_their_line(void **state)
{
    Fixture *f = *state;
    run(f, "BEGIN");
    run(f, "CREATE TABLE users (id INTEGER PRIMARY KEY, o INT UNIQUE)");
    run(f, "CREATE TABLE a (user_id INT CONSTRAINT one REFERENCES users CONSTRAINT two "
           "REFERENCES users (o), b INT REFERENCES users, free INT)");
    refuses(f, "a.user_id", "cascade", "several", "a.one, a.two");
    refuses(f, "a.b", "keep", "no class", "retain");
    refuses(f, "a.free", "cascade", "no foreign key a.free", "");
    refuses(f, "a.c", "retain", "no foreign key a.c", "a.b");
    RelationPolicy one = {.name = "a.two", .line = 7, .action = "restrict"};
    KeyGraph *graph = load(f);
    assert_int_equal(classify(f, graph, &one, 1), RUNG_OK);
    assert_string_equal(graph->keys.at[2]->name, "two");
    assert_int_equal(graph->keys.at[2]->relation, RELATION_RESTRICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(postgresql_has_all_keys, postgresql_start, fixture_done),
        cmocka_unit_test_setup_teardown(some_columns_alone_are_set, postgresql_start, fixture_done),
        cmocka_unit_test_setup_teardown(names_are_found_or_the_nearest_is_told, postgresql_start,
                                        fixture_done),
        cmocka_unit_test_setup_teardown(sqlite_has_all_keys, sqlite_start, fixture_done),
        cmocka_unit_test_setup_teardown(classes_are_given_by_name, sqlite_start, fixture_done),
        cmocka_unit_test_setup_teardown(wrong_relations_are_refused_with_their_line, sqlite_start,
                                        fixture_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
