/* Reads a live PostgreSQL database: one query a kind, whose columns are the kind's fields. */
#include "source/address.h"
#include "source/pg_bodies.h"
#include "source/pg_queries.h"
#include "source/pg_text.h"
#include "source/source.h"
#include "base/map.h"
#include "base/text.h"

typedef struct Pending {
    Object *object;
    Address address;
    bool weak; /* it is wanted only */
} Pending;

typedef struct Member {
    Address address, extension;
} Member;

typedef struct Loader {
    Db *db;
    Catalog *catalog;
    const SourceFilter *filter;
    AddressBook *book;
    AddressBook *members; /* of extensions; every entry is `member` */
    Object member;
    Arena *rows; /* of the query that is read */
    VEC(Pending) needs;
    VEC(Member) owned; /* by extensions */
    Map *texts;        /* values that repeat, by themselves */
    Map *acls;         /* lists, by owner and text */
    bool has_history;  /* the schema `rung` is rung's own */
} Loader;

/* Where the standard columns of a query stand; SIZE_MAX: it has no such column. */
typedef struct Columns {
    size_t oid, subid, schema, name, address, title, parent_class, parent, parent_sub, needs, wants,
        acl_owner;
} Columns;

/* ---- versions ---- */

static bool is_version(const char *at, int version, bool superuser, size_t *ret_length)
{
    static const char or_superuser[] = "+ or superuser\n";
    char *end;
    bool below = at[0] == '<';
    long bound = strtol(at + below, &end, 10);
    *ret_length = (size_t)(end - at) + (below ? 0 : 1);
    if (superuser && strncmp(end, or_superuser, sizeof or_superuser - 1) == 0)
        return true;
    return below ? version / 10000 < bound : version / 10000 >= bound;
}

/* A line that ends with `--14+` is for PostgreSQL 14 and later; one that begins with `--<14` is for
 * those before; one that ends with `--superuser` is left out for others, and one that ends with
 * `--14+ or superuser` only before 14. In psql a query runs as it stands, on the newest server. */
static const char *pg_query_text(Arena *arena, const char *query, int version, bool superuser)
{
    Text text = TEXT_EMPTY;
    size_t length;
    for (const char *line = query, *next; *line; line = next) {
        next = strchr(line, '\n') + 1;
        const char *mark = memmem(line, (size_t)(next - line), "--", 2);
        if (!superuser && mark && strncmp(mark, "--superuser\n", 12) == 0)
            continue;
        if (!mark || !(mark[2] == '<' || (mark[2] >= '0' && mark[2] <= '9')))
            text_add(&text, line, (size_t)(next - line));
        else if (is_version(mark + 2, version, superuser, &length)) {
            const char *rest = mark == line ? mark + 2 + length : line;
            text_add(&text, rest, mark == line ? (size_t)(next - rest) : (size_t)(mark - line));
            text_char(&text, '\n');
        }
    }
    return text_keep(&text, arena);
}

static Code ask(Loader *loader, const char *query, DbRows *ret_rows, Error *error)
{
    arena_free(loader->rows);
    loader->rows = arena_new();
    const Catalog *catalog = loader->catalog;
    DbStatement statement = {
        .sql = pg_query_text(loader->rows, query, catalog->version, catalog->superuser)};
    return db_query(loader->db, loader->rows, &statement, ret_rows, error);
}

typedef Code RowsFunction(Loader *loader, const DbRows *rows, void *context, Error *error);

/* A result that may be long is taken in parts: only one of them is in memory. */
static Code ask_in_parts(Loader *loader, const char *query, RowsFunction *part, void *context,
                         Error *error)
{
    enum { PART = 2000 };
    DbRows rows;
    Code code = ask(
        loader,
        arena_print(loader->catalog->building, "DECLARE rung_rows NO SCROLL CURSOR FOR\n%s", query),
        &rows, error);
    do {
        if (!code)
            code = ask(loader, "FETCH FORWARD 2000 FROM rung_rows\n", &rows, error);
        if (!code)
            code = part(loader, &rows, context, error);
    } while (!code && rows.count == PART);
    return code ? code : ask(loader, "CLOSE rung_rows\n", &rows, error);
}

/* ---- values ---- */

static const char *keep_text(Loader *loader, const char *text)
{
    if (!text)
        return NULL;
    const char *kept = map_get(loader->texts, text);
    if (kept)
        return kept;
    char *copy = arena_string(loader->catalog->arena, text);
    if (strlen(copy) < 32)
        map_set(loader->texts, copy, copy);
    return copy;
}

static List keep_acl(Loader *loader, const char *text, const char *owner)
{
    Arena *arena = loader->catalog->arena;
    if (!text)
        return (List){0};
    const char *key = arena_print(loader->rows, "%s %s", owner ? owner : "", text);
    List *kept = map_get(loader->acls, key);
    if (!kept) {
        kept = arena_alloc(arena, sizeof *kept);
        *kept = pg_read_acl(arena, text, owner);
        map_set(loader->acls, key, kept);
    }
    return *kept;
}

static void set_field(Loader *loader, Object *object, const Field *field, const char *cell)
{
    void *at = field_at(object, field);
    switch (field->type) {
    case TEXT:
        *(T_TEXT *)at = cell && *cell ? keep_text(loader, cell) : NULL;
        break;
    case BOOL:
        *(T_BOOL *)at = cell && cell[0] == 't';
        break;
    case INT:
        *(T_INT *)at = cell ? strtoll(cell, NULL, 10) : 0;
        break;
    case LIST:
        *(T_LIST *)at = pg_read_array(loader->catalog->arena, cell);
        break;
    default:
        break;
    }
}

/* ---- rows ---- */

static size_t column_of(const DbRows *rows, const char *name)
{
    for (size_t i = 0; i < rows->columns; i++)
        if (strcmp(rows->names[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static Columns columns_of(const DbRows *rows)
{
    return (Columns){
        column_of(rows, "oid"),          column_of(rows, "subid"),   column_of(rows, "schema"),
        column_of(rows, "name"),         column_of(rows, "address"), column_of(rows, "title"),
        column_of(rows, "parent_class"), column_of(rows, "parent"),  column_of(rows, "parent_sub"),
        column_of(rows, "needs"),        column_of(rows, "wants"),   column_of(rows, "acl_owner")};
}

static const char *cell_of(const DbRows *rows, size_t row, size_t column)
{
    return column == SIZE_MAX ? NULL : db_cell(rows, row, column);
}

static uint32_t number_of(const DbRows *rows, size_t row, size_t column)
{
    const char *cell = cell_of(rows, row, column);
    return cell ? (uint32_t)strtoul(cell, NULL, 10) : 0;
}

static bool is_wanted(Loader *loader, KindId kind, const char *schema, const char *name)
{
    const SourceFilter *filter = loader->filter;
    const char *within = kind == KIND_SCHEMA ? name : schema;
    if (within && loader->has_history && strcmp(within, "rung") == 0)
        return false;
    if (!filter)
        return true;
    const char *full = schema ? arena_print(loader->rows, "%s.%s", schema, name) : name;
    return source_filter_takes(filter, within, full, name);
}

static void keep_needs(Loader *loader, Object *object, const char *cell, bool weak)
{
    List needs = pg_read_array(loader->rows, cell);
    for (size_t i = 0; i < needs.count; i++) {
        char *at;
        Address address = {.class = (uint32_t)strtoul(needs.at[i], &at, 10)};
        address.oid = (uint32_t)strtoul(at + 1, &at, 10);
        address.sub = *at ? (int32_t)strtol(at + 1, NULL, 10) : 0;
        *vec_add(loader->catalog->building, &loader->needs) = (Pending){object, address, weak};
    }
}

static void fill(Loader *loader, Object *object, const DbRows *rows, size_t row,
                 const size_t *places, const Columns *columns)
{
    const Kind *kind = &kinds[object->kind];
    const char *owner = cell_of(rows, row, columns->acl_owner);
    const char *title = cell_of(rows, row, columns->title);
    for (size_t i = 0; i < kind->field_count; i++) {
        const Field *field = &kind->fields[i];
        const char *cell = cell_of(rows, row, places[i]);
        bool acl = field->type == LIST &&
                   (strcmp(field->name, "acl") == 0 || object->kind == KIND_DEFAULT_PRIVILEGE ||
                    object->kind == KIND_PRIVILEGE);
        if (acl)
            *(T_LIST *)field_at(object, field) =
                keep_acl(loader, cell, object->owner ? object->owner : owner);
        else
            set_field(loader, object, field, cell);
    }
    if (title)
        object->title = keep_text(loader, title);
    keep_needs(loader, object, cell_of(rows, row, columns->needs), false);
    keep_needs(loader, object, cell_of(rows, row, columns->wants), true);
}

static Code read_row(Loader *loader, const PgQuery *query, const DbRows *rows, size_t row,
                     const size_t *places, const Columns *columns, Error *error)
{
    Object *parent = NULL, *object;
    Address address = {query->class, number_of(rows, row, columns->oid),
                       (int32_t)number_of(rows, row, columns->subid)};
    const char *schema = cell_of(rows, row, columns->schema);
    const char *name = cell_of(rows, row, columns->name);
    if (address.oid && address_exact(loader->members, (Address){address.class, address.oid, 0}))
        return RUNG_OK;
    if (columns->parent != SIZE_MAX) {
        parent = address_get(loader->book,
                             (Address){number_of(rows, row, columns->parent_class),
                                       number_of(rows, row, columns->parent),
                                       (int32_t)number_of(rows, row, columns->parent_sub)});
        if (!parent)
            return RUNG_OK;
    } else if (!is_wanted(loader, query->kind, schema, name))
        return RUNG_OK;
    Code code = catalog_add(loader->catalog, query->kind, schema, name,
                            cell_of(rows, row, columns->address), parent, &object, error);
    if (code)
        return code;
    if (address.oid)
        address_set(loader->book, address, object);
    fill(loader, object, rows, row, places, columns);
    return RUNG_OK;
}

/* What read_kind and its parts share. */
typedef struct KindReading {
    const PgQuery *query;
    bool started;
    Columns columns;
    size_t places[64];
} KindReading;

static Code read_rows(Loader *loader, const DbRows *rows, void *context, Error *error)
{
    KindReading *reading = context;
    const Kind *kind = &kinds[reading->query->kind];
    Code code = RUNG_OK;
    if (!reading->started) {
        reading->started = true;
        reading->columns = columns_of(rows);
        for (size_t i = 0; i < kind->field_count; i++)
            reading->places[i] = column_of(rows, kind->fields[i].name);
    }
    for (size_t row = 0; !code && row < rows->count; row++)
        code =
            read_row(loader, reading->query, rows, row, reading->places, &reading->columns, error);
    return code;
}

static Code read_kind(Loader *loader, const PgQuery *query, Error *error)
{
    DbRows rows;
    KindReading reading = {.query = query};
    if (loader->catalog->version / 10000 < query->since)
        return RUNG_OK;
    if (query->is_long)
        return ask_in_parts(loader, query->text, read_rows, &reading, error);
    Code code = ask(loader, query->text, &rows, error);
    return code ? code : read_rows(loader, &rows, &reading, error);
}

/* ---- what is kept in catalogs of its own ---- */

static Code read_members(Loader *loader, Error *error)
{
    DbRows rows;
    Code code = ask(loader, pg_extension_members, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        Address address = {number_of(&rows, row, 0), number_of(&rows, row, 1), 0};
        address_set(loader->members, address, &loader->member);
        *vec_add(loader->catalog->building, &loader->owned) =
            (Member){address, {3079, number_of(&rows, row, 2), 0}};
    }
    return code;
}

/* What needs a member of an extension needs the extension. */
static void alias_members(Loader *loader)
{
    for (size_t i = 0; i < loader->owned.count; i++) {
        Object *extension = address_exact(loader->book, loader->owned.at[i].extension);
        if (extension)
            address_set(loader->book, loader->owned.at[i].address, extension);
    }
}

static Code read_comments(Loader *loader, Error *error)
{
    DbRows rows;
    Code code = ask(loader, pg_comments, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        Object *object = address_exact(loader->book,
                                       (Address){number_of(&rows, row, 0), number_of(&rows, row, 1),
                                                 (int32_t)number_of(&rows, row, 2)});
        if (object)
            object->comment = arena_string(loader->catalog->arena, db_cell(&rows, row, 3));
    }
    return code;
}

static Code read_labels(Loader *loader, Error *error)
{
    DbRows rows;
    Arena *arena = loader->catalog->arena;
    Code code = ask(loader, pg_labels, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        Object *object = address_exact(loader->book,
                                       (Address){number_of(&rows, row, 0), number_of(&rows, row, 1),
                                                 (int32_t)number_of(&rows, row, 2)});
        if (!object)
            continue;
        const char **at = arena_alloc_array(arena, object->labels.count + 1, sizeof *at);
        if (object->labels.count)
            memcpy(at, object->labels.at, object->labels.count * sizeof *at);
        at[object->labels.count] = arena_string(arena, db_cell(&rows, row, 3));
        object->labels = (List){at, object->labels.count + 1};
    }
    return code;
}

static Code read_casts(Loader *loader, Error *error)
{
    DbRows rows;
    Catalog *catalog = loader->catalog;
    Code code = ask(loader, pg_casts, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++)
        *vec_add(catalog->arena, &catalog->casts) =
            (TypeCast){keep_text(loader, db_cell(&rows, row, 0)),
                       keep_text(loader, db_cell(&rows, row, 1)), db_cell(&rows, row, 2)[0]};
    return code;
}

/* ---- dependencies ---- */

typedef struct Depend {
    Address user, needed;
} Depend;

typedef struct DependList {
    Arena *arena;
    VEC(Depend) rows;
} DependList;

static Depend depend_of(const DbRows *rows, size_t row)
{
    return (Depend){
        {number_of(rows, row, 0), number_of(rows, row, 1), (int32_t)number_of(rows, row, 2)},
        {number_of(rows, row, 3), number_of(rows, row, 4), (int32_t)number_of(rows, row, 5)}};
}

/* What ties two whole objects together has an object of its own: partition, inheritance,
 * sequence_owner, index_partition. */
static bool is_tie(const Object *user, const Object *needed)
{
    return (user->kind == KIND_SEQUENCE && needed->kind == KIND_COLUMN) ||
           (user->kind == KIND_TABLE && needed->kind == KIND_TABLE) || user->parent == needed;
}

static void set_need(Loader *loader, const Depend *depend)
{
    Object *user = address_get(loader->book, depend->user);
    Object *needed = address_get(loader->book, depend->needed);
    if (user && needed && !is_tie(user, needed) && needed->parent != user)
        catalog_need(loader->catalog, user, needed);
}

static Code read_internal(Loader *loader, const DbRows *rows, void *context, Error *error)
{
    DependList *list = context;
    for (size_t row = 0; row < rows->count; row++)
        *vec_add(list->arena, &list->rows) = depend_of(rows, row);
    return RUNG_OK;
}

/* Row types, array types, the index of a constraint, a view's rule: what is made with an object of
 * ours stands for that object. A few rounds, for an array of a row type of a table. */
static void alias_internal(Loader *loader, const DependList *depends)
{
    for (int round = 0; round < 4; round++)
        for (size_t i = 0; i < depends->rows.count; i++) {
            const Depend *depend = &depends->rows.at[i];
            Address user = {depend->user.class, depend->user.oid, 0};
            Object *needed;
            if (!address_exact(loader->book, user) &&
                (needed = address_get(loader->book, depend->needed)))
                address_set(loader->book, user, needed);
        }
    for (size_t i = 0; i < depends->rows.count; i++)
        set_need(loader, &depends->rows.at[i]);
}

static Code read_depends(Loader *loader, const DbRows *rows, void *context, Error *error)
{
    for (size_t row = 0; row < rows->count; row++) {
        Depend depend = depend_of(rows, row);
        set_need(loader, &depend);
    }
    return RUNG_OK;
}

static void set_pending(Loader *loader)
{
    for (size_t i = 0; i < loader->needs.count; i++) {
        const Pending *pending = &loader->needs.at[i];
        Object *needed = address_get(loader->book, pending->address);
        if (needed)
            (pending->weak ? catalog_want : catalog_need)(loader->catalog, pending->object, needed);
    }
}

static Code read_needs(Loader *loader, Error *error)
{
    DependList internal = {.arena = arena_new()};
    Code code = ask_in_parts(loader, pg_internal_dependencies, read_internal, &internal, error);
    if (!code) {
        alias_members(loader);
        alias_internal(loader, &internal);
    }
    arena_free(internal.arena);
    if (code)
        return code;
    code = ask_in_parts(loader, pg_dependencies, read_depends, NULL, error);
    if (code)
        return code;
    set_pending(loader);
    pg_read_bodies(loader->catalog);
    return RUNG_OK;
}

/* ---- all of it ---- */

static Code read_session(Loader *loader, Error *error)
{
    DbRows rows;
    Code code = ask(loader,
                    "SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = "
                    "current_user)\n",
                    &rows, error);
    if (code)
        return code;
    loader->catalog->user = arena_string(loader->catalog->arena, db_cell(&rows, 0, 0));
    loader->catalog->superuser = db_cell(&rows, 0, 1)[0] == 't';
    return RUNG_OK;
}

/* Recognised by the comment that history_postgresql.sql gives it. */
static Code find_history(Loader *loader, Error *error)
{
    DbRows rows;
    Code code = ask(loader,
                    "SELECT 1 FROM pg_namespace WHERE nspname = 'rung' AND obj_description(oid, "
                    "'pg_namespace') LIKE '%kept by rung'\n",
                    &rows, error);
    loader->has_history = !code && rows.count;
    return code;
}

static Code load(Loader *loader, Error *error)
{
    Code code = read_session(loader, error);
    if (!code)
        code = find_history(loader, error);
    if (!code)
        code = read_members(loader, error);
    for (size_t i = 0; !code && i < pg_query_count; i++)
        code = read_kind(loader, &pg_queries[i], error);
    if (!code)
        code = read_comments(loader, error);
    if (!code)
        code = read_labels(loader, error);
    if (!code)
        code = read_casts(loader, error);
    if (!code)
        code = read_needs(loader, error);
    return code;
}

/* Names are printed whole when nothing is in the search path, and the same way on every server. */
static Code begin(Db *db, Error *error)
{
    static const char *const settings[] = {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SELECT set_config('search_path', '', true), set_config('datestyle', 'ISO, YMD', true), "
        "set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '3', "
        "true), set_config('quote_all_identifiers', 'off', true), set_config('bytea_output', "
        "'hex', true), set_config('timezone', 'UTC', true), set_config('xmlbinary', 'base64', "
        "true), set_config('cursor_tuple_fraction', '1', true), set_config('jit', 'off', true), "
        "set_config('max_parallel_workers_per_gather', '0', true)"};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < COUNT(settings); i++)
        code = db_exec(db, settings[i], error);
    return code;
}

Code source_postgresql(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                       Catalog **ret_catalog, Error *error)
{
    Error unused;
    Catalog *catalog = catalog_new(arena, ENGINE_POSTGRESQL, name);
    Loader loader = {.db = db,
                     .catalog = catalog,
                     .filter = filter,
                     .book = address_book_new(),
                     .members = address_book_new(),
                     .texts = map_new(catalog->building),
                     .acls = map_new(arena)};
    catalog->version = db_version(db);
    catalog->owned = true;
    Code code = begin(db, error);
    if (!code)
        code = load(&loader, error);
    if (!db_lost(db) && db_in_transaction(db) && db_exec(db, "ROLLBACK", code ? &unused : error) &&
        !code)
        code = error->code;
    address_book_free(loader.book);
    address_book_free(loader.members);
    if (!code) {
        catalog_finish(catalog);
        *ret_catalog = catalog;
    } else
        catalog_drop(catalog);
    arena_free(loader.rows);
    return code;
}
