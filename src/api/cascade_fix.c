/* cascade --fix: a revision that sets what is wanted of the keys.
 *
 * The wanted schema is made of what the revisions make: on PostgreSQL in a scratch database and by
 * another text of the constraints, on SQLite from the text of its tables. The statements between
 * the two are those of the planner. */
#include "api/cascade.h"
#include "api/generate.h"
#include "base/map.h"
#include "model/catalog.h"
#include "sql/form.h"
#include "sql/key_text.h"

typedef struct FixPart {
    KeyWishes wishes;
    const KeyTable *root; /* --action cascade: whose keys these are */
    VEC(KeyWish) changes; /* those that the schema does not grant yet */
    VEC(const char *) lines, restored;
} FixPart;

typedef struct Fix {
    Arena *arena;
    FixPart parts[ENGINE_COUNT];
    NameList refused;
} Fix;

/* ---- what is told ---- */

static const char *already(RelationClass wanted)
{
    switch (wanted) {
    case RELATION_CASCADE:
        return "already cascades";
    case RELATION_SET_NULL:
        return "already sets NULL";
    case RELATION_RESTRICT:
        return "already stops the deletion";
    case RELATION_RETAIN:
        return "has no foreign key";
    default:
        return "no class in lifecycle.relations";
    }
}

static bool changes_table(const FixPart *part, const KeyTable *table)
{
    for (size_t i = 0; i < part->changes.count; i++)
        if (part->changes.at[i].key->from == table)
            return true;
    return false;
}

static void add_skipped(Fix *fix, FixPart *part, const char *table, const char *why)
{
    *vec_add(fix->arena, &part->lines) =
        arena_print(fix->arena, "⏭️  Skipping %s (%s)", table, why);
}

/* A line for each table, in the order of the wishes. */
static void make_lines(Fix *fix, FixPart *part)
{
    for (size_t i = 0; i < part->wishes.list.count; i++) {
        const KeyTable *table = part->wishes.list.at[i].key->from;
        bool told = false;
        for (size_t k = 0; k < i; k++)
            told |= part->wishes.list.at[k].key->from == table;
        if (told)
            continue;
        if (!changes_table(part, table)) {
            add_skipped(fix, part, table->title, already(part->wishes.list.at[i].wanted));
            continue;
        }
        *vec_add(fix->arena, &part->lines) = arena_print(fix->arena, "✅ Fixed %s", table->title);
        *vec_add(fix->arena, &part->restored) =
            arena_print(fix->arena, "↩️  Restored %s", table->title);
    }
    for (size_t i = 0; i < part->wishes.keyless.count; i++)
        add_skipped(fix, part, part->wishes.keyless.at[i], "it has no such foreign key");
    for (size_t i = 0; i < part->wishes.absent.count; i++)
        add_skipped(fix, part, part->wishes.absent.at[i], "table does not exist");
}

static void add_remarks(void *context, Engine engine, bool down, Text *text)
{
    const FixPart *part = &((const Fix *)context)->parts[engine];
    for (size_t i = 0; !down && i < part->lines.count; i++)
        text_print(text, "-- rung:notice %s\n", part->lines.at[i]);
    for (size_t i = 0; down && i < part->restored.count; i++)
        text_print(text, "-- rung:notice %s\n", part->restored.at[i]);
}

/* Whether after it every key to the root cascades. */
static bool covers_root(const FixPart *part, const KeyTable *root)
{
    for (size_t i = 0; i < root->below.count; i++) {
        const TableKey *key = root->below.at[i];
        bool granted = key->action == 'c' || !key->declared;
        for (size_t k = 0; !granted && k < part->wishes.list.count; k++)
            granted = part->wishes.list.at[k].key == key &&
                      part->wishes.list.at[k].wanted == RELATION_CASCADE;
        if (!granted)
            return false;
    }
    return true;
}

static void add_checks(void *context, Engine engine, const char *heading, Text *text)
{
    const Fix *fix = context;
    const FixPart *part = &fix->parts[engine];
    KeyVerdicts keys = {0};
    for (size_t i = 0; i < part->wishes.list.count; i++)
        if (part->wishes.list.at[i].key->declared)
            *vec_add(fix->arena, &keys) = (KeyVerdict){.key = part->wishes.list.at[i].key,
                                                       .wanted = part->wishes.list.at[i].wanted};
    if (part->root && covers_root(part, part->root))
        report_root_check(engine, heading, part->root, text);
    report_key_checks(engine, heading, &keys, text);
}

/* ---- what changes ---- */

static bool can_be_null(const TableKey *key)
{
    for (size_t i = 0; i < key->columns.count; i++) {
        const KeyColumn *column = key_table_column(key->from, key->columns.at[i]);
        if (column && column->not_null)
            return false;
    }
    return true;
}

/* An index that is missing is wanted with it, unless the key goes. */
static bool is_granted(const KeyWish *wish)
{
    return !wish->wanted ||
           (key_does(wish->key, wish->wanted) && (!wish->key->declared || wish->key->index));
}

static void find_changes(Fix *fix, FixPart *part)
{
    for (size_t i = 0; i < part->wishes.list.count; i++) {
        const KeyWish *wish = &part->wishes.list.at[i];
        if (is_granted(wish) || !wish->key->declared)
            continue;
        if (wish->wanted == RELATION_SET_NULL && !can_be_null(wish->key))
            *vec_add(fix->arena, &fix->refused) = wish->key->title;
        *vec_add(fix->arena, &part->changes) = *wish;
    }
}

static const char *action_of(RelationClass wanted)
{
    return wanted == RELATION_CASCADE    ? "CASCADE"
           : wanted == RELATION_SET_NULL ? "SET NULL"
                                         : "RESTRICT";
}

static bool needs_index(const KeyWish *wish)
{
    return wish->wanted != RELATION_RETAIN && !wish->key->index;
}

/* ---- PostgreSQL ---- */

/* What the wanted schema gets by statements: indexes, and keys that go. */
static const char *scratch_statements(Fix *fix, const FixPart *part)
{
    Map *told = map_new(fix->arena);
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < part->changes.count; i++) {
        const TableKey *key = part->changes.at[i].key;
        const char *sql = NULL;
        if (part->changes.at[i].wanted == RELATION_RETAIN)
            sql = key_drop_print(fix->arena, key->schema, key->table, key->name);
        else if (needs_index(&part->changes.at[i]))
            sql = key_index_print(fix->arena, NULL, key->schema, key->table, key->columns.at,
                                  key->columns.count);
        if (sql && !map_set(told, sql, fix))
            text_print(&text, "%s;\n", sql);
    }
    const char *statements = text.length ? arena_string(fix->arena, text_string(&text)) : NULL;
    text_done(&text);
    return statements;
}

static Constraint *constraint_of(const Catalog *catalog, const TableKey *key)
{
    Object *object;
    CATALOG_EACH(catalog, KIND_CONSTRAINT, object)
    if (strcmp(object->name, key->name) == 0 && strcmp(object->parent->name, key->table) == 0 &&
        strcmp(object->parent->schema, key->schema) == 0)
        return CATALOG_AS(Constraint, object);
    return NULL;
}

static Code make_postgresql(Fix *fix, Verb *verb, const FixPart *part, Side *to, Error *error)
{
    const char *statements = scratch_statements(fix, part);
    Code code =
        statements ? side_try(verb, to, statements, error) : side_load_revision(verb, to, 0, error);
    for (size_t i = 0; !code && i < part->changes.count; i++) {
        const KeyWish *wish = &part->changes.at[i];
        Constraint *constraint = constraint_of(to->catalog, wish->key);
        if (constraint && !key_does(wish->key, wish->wanted))
            code = key_text_set_action(to->arena, constraint->definition, 0,
                                       action_of(wish->wanted), &constraint->definition, error);
    }
    return code;
}

/* ---- SQLite ---- */

/* The keys of one table from the last: what is removed moves no other. */
static Code edit_table(Fix *fix, const FixPart *part, const char *table, const char **sql,
                       Error *error)
{
    Code code = RUNG_OK;
    for (size_t position = SIZE_MAX; !code;) {
        const KeyWish *last = NULL;
        for (size_t i = 0; i < part->changes.count; i++) {
            const KeyWish *wish = &part->changes.at[i];
            if (form_same_name(wish->key->table, table) && wish->key->position < position &&
                (!last || wish->key->position > last->key->position))
                last = wish;
        }
        if (!last)
            break;
        position = last->key->position;
        if (last->wanted == RELATION_RETAIN)
            code = key_text_remove(fix->arena, *sql, position, sql, error);
        else if (!key_does(last->key, last->wanted))
            code = key_text_set_action(fix->arena, *sql, position, action_of(last->wanted), sql,
                                       error);
    }
    return code;
}

/* "ix_orders_user_id", or with a number behind. */
static const char *index_name(Fix *fix, Map *taken, const TableKey *key)
{
    Text text = TEXT_EMPTY;
    text_print(&text, "ix_%s", key->table);
    for (size_t i = 0; i < key->columns.count; i++)
        text_print(&text, "_%s", key->columns.at[i]);
    const char *name = arena_string(fix->arena, text_string(&text)), *free = name;
    for (int number = 2; map_get(taken, form_fold(fix->arena, free)); number++)
        free = arena_print(fix->arena, "%s_%d", name, number);
    map_set(taken, form_fold(fix->arena, free), fix);
    text_done(&text);
    return free;
}

static const char *text_of(const Object *object)
{
    switch (object->kind) {
    case KIND_LITE_TABLE:
        return CATALOG_AS(const LiteTable, object)->sql;
    case KIND_LITE_INDEX:
        return CATALOG_AS(const LiteIndex, object)->sql;
    case KIND_LITE_VIEW:
        return CATALOG_AS(const LiteView, object)->sql;
    default:
        return CATALOG_AS(const LiteTrigger, object)->sql;
    }
}

static Code add_text(Verb *verb, SchemaFiles *files, const char *title, const char *sql,
                     Error *error)
{
    const char *text = arena_print(verb->arena, "-- rung:dialect sqlite\n%s;\n", sql);
    return files_read_text(verb->arena, title, text, strlen(text), files, error);
}

static Code add_objects(Fix *fix, Verb *verb, const FixPart *part, const Catalog *from,
                        SchemaFiles *files, Map *taken, Error *error)
{
    static const KindId kinds_in_order[] = {KIND_LITE_TABLE, KIND_LITE_INDEX, KIND_LITE_VIEW,
                                            KIND_LITE_TRIGGER};
    Object *object;
    Code code = RUNG_OK;
    for (size_t i = 0; i < COUNT(kinds_in_order); i++)
        CATALOG_EACH(from, kinds_in_order[i], object)
        {
            const char *sql = text_of(object);
            map_set(taken, form_fold(fix->arena, object->name), object);
            if (!code && object->kind == KIND_LITE_TABLE)
                code = edit_table(fix, part, object->name, &sql, error);
            if (!code)
                code = add_text(verb, files, object->name, sql, error);
        }
    return code;
}

static Code make_sqlite(Fix *fix, Verb *verb, const FixPart *part, const Catalog *from, Side *to,
                        Error *error)
{
    Map *taken = map_new(fix->arena), *told = map_new(fix->arena);
    to->type = SIDE_FILES;
    to->files = (SchemaFiles){.path = "wanted"};
    Code code = add_objects(fix, verb, part, from, &to->files, taken, error);
    for (size_t i = 0; !code && i < part->changes.count; i++) {
        const TableKey *key = part->changes.at[i].key;
        const char *plain = key_index_print(fix->arena, NULL, NULL, key->table, key->columns.at,
                                            key->columns.count);
        if (needs_index(&part->changes.at[i]) && !map_set(told, plain, fix))
            code = add_text(verb, &to->files, key->title,
                            key_index_print(fix->arena, index_name(fix, taken, key), NULL,
                                            key->table, key->columns.at, key->columns.count),
                            error);
    }
    return code ? code : side_load_files(verb, to, 0, error);
}

/* ---- both ---- */

static Code refuse(const Fix *fix, Error *error)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < fix->refused.count; i++)
        text_print(&text, "%s%s", i ? ", " : "", fix->refused.at[i]);
    error_set(error, RUNG_REFUSED, "SET NULL cannot be: a column is NOT NULL: %s",
              text_string(&text));
    text_done(&text);
    return error_hint(error, "let the column be NULL by a revision of its own, or take another "
                             "class");
}

static Code find_root(const Verb *verb, const KeyGraph *graph, const KeyTable **ret_root,
                      Error *error)
{
    KeyTable *table = NULL;
    Code code = key_graph_table(graph, verb->arguments->root, &table, error);
    *ret_root = table;
    return code;
}

static Code load(void *context, Verb *verb, Side *from, Side *to, Error *error)
{
    Fix *fix = context;
    FixPart *part = &fix->parts[from->engine];
    from->want_keys = true;
    *to = (Side){.said = "wanted",
                 .type = from->type,
                 .engine = from->engine,
                 .engine_known = true,
                 .revision = from->revision};
    Code code = sides_load(verb, from, NULL, error);
    if (!code)
        code = cascade_wishes(verb, from->keys, &part->wishes, error);
    if (code)
        return code;
    if (verb->arguments->root && verb->arguments->action &&
        strcmp(verb->arguments->action, relation_name(RELATION_CASCADE)) == 0)
        code = find_root(verb, from->keys, &part->root, error);
    if (code)
        return code;
    find_changes(fix, part);
    make_lines(fix, part);
    if (fix->refused.count)
        return refuse(fix, error);
    return from->engine == ENGINE_SQLITE ? make_sqlite(fix, verb, part, from->catalog, to, error)
                                         : make_postgresql(fix, verb, part, to, error);
}

/* Each line once, though both engines have it. */
static void tell_lines(Verb *verb, const Fix *fix)
{
    Map *told = map_new(verb->arena);
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        for (size_t k = 0; k < fix->parts[i].lines.count; k++) {
            const char *line = fix->parts[i].lines.at[k];
            if (map_set(told, line, verb))
                continue;
            if (verb->report.json)
                verb_tell(verb, RUNG_EVENT_NOTICE, "%s", line);
            else
                text_print(&verb->report.text, "%s\n", line);
        }
}

static const char *message_of(Verb *verb)
{
    if (verb->arguments->message)
        return verb->arguments->message;
    return verb->arguments->root
               ? arena_print(verb->arena, "what goes with a row of %s", verb->arguments->root)
               : "what goes with a row that is deleted";
}

Code cascade_fix(Verb *verb, Error *error)
{
    Fix fix = {.arena = verb->arena};
    Generator generator = {
        .load = load, .remark = add_remarks, .check = add_checks, .context = &fix};
    RevisionList parents = {0};
    const char *sections = NULL;
    verb->project->target.online = true;
    Code code = verb_graph(verb, error);
    if (!code)
        code = edit_only_head(verb, &parents, error);
    if (code)
        return code;
    if (!parents.count) {
        error_set(error, RUNG_REVISION, "there is no revision yet that makes the tables");
        return error_hint(error, "`rung init --from-database` writes one of the database");
    }
    code = generate_sections(verb, parents.at[0], &generator, &sections, error);
    if (code)
        return code;
    tell_lines(verb, &fix);
    if (sections)
        return edit_write_revision(verb, message_of(verb), &parents, sections, error);
    WrittenReport written = {.nothing = "nothing to do: every key does what is wanted"};
    report_written(&verb->report, &written);
    return RUNG_OK;
}
