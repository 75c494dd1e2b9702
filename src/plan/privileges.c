/* GRANT and REVOKE: from one list of privileges to another. */
#include "plan/planner.h"
#include "sql/quote.h"

/* One entry "grantee=p*" or "grantee=p*" with "/grantor". */
typedef struct Entry {
    const char *grantee; /* "": the owner */
    char privilege;
    bool option;
    const char *grantor; /* NULL: the owner */
} Entry;

static Entry entry_read(const Planner *planner, const char *text)
{
    const char *equals = strrchr(text, '='), *slash = NULL;
    /* a grantor's name may hold `=` too: the first one that one letter and nothing else follows */
    for (const char *at = text; (at = strchr(at, '=')); at++)
        if (at[1] && (!at[2] || at[2] == '/' || (at[2] == '*' && (!at[3] || at[3] == '/')))) {
            equals = at;
            break;
        }
    Entry entry = {arena_copy(planner->arena, text, (size_t)(equals - text)), equals[1],
                   equals[2] == '*', NULL};
    slash = equals + 2 + entry.option;
    if (*slash == '/')
        entry.grantor = slash + 1;
    return entry;
}

static const char *privilege_name(char letter)
{
    static const char *const names[128] = {
        ['r'] = "SELECT",   ['a'] = "INSERT",     ['w'] = "UPDATE",  ['d'] = "DELETE",
        ['D'] = "TRUNCATE", ['x'] = "REFERENCES", ['t'] = "TRIGGER", ['m'] = "MAINTAIN",
        ['X'] = "EXECUTE",  ['U'] = "USAGE",      ['C'] = "CREATE",  ['c'] = "CONNECT",
        ['T'] = "TEMPORARY"};
    return names[(unsigned char)letter & 127];
}

/* What GRANT … ON calls it. */
static const char *grant_title(const Object *object)
{
    switch (object->kind) {
    case KIND_TABLE:
    case KIND_VIEW:
    case KIND_MATERIALIZED_VIEW:
    case KIND_COLUMN:
    case KIND_VIEW_COLUMN:
        return "TABLE";
    case KIND_AGGREGATE:
        return "FUNCTION";
    case KIND_DOMAIN:
    case KIND_ENUM:
    case KIND_COMPOSITE:
    case KIND_RANGE:
    case KIND_BASE_TYPE:
        return "TYPE";
    case KIND_SERVER:
        return "FOREIGN SERVER";
    default:
        return strcmp(object->title, "COLUMN") == 0 ? "TABLE" : object->title;
    }
}

static bool is_column(const Object *object)
{
    return strcmp(object->title, "COLUMN") == 0;
}

static const char *grant_on(const Planner *planner, const Object *object)
{
    const Object *whole = is_column(object) && object->parent ? object->parent : object;
    const char *address = address_of(planner, whole) + strlen(whole->title) + 1;
    if (object->kind == KIND_AGGREGATE && strcmp(object->address, "*") == 0)
        address = arena_print(planner->arena, "%s()", name_of(planner, object));
    return arena_print(planner->arena, "%s %s", grant_title(object), address);
}

static const char *role(const Planner *planner, const Object *object, const char *grantee)
{
    if (strcmp(grantee, "PUBLIC") == 0)
        return "PUBLIC";
    if (!*grantee && object->kind == KIND_PRIVILEGE)
        return quoted(planner, CATALOG_AS(Privilege, object)->holder);
    if (!*grantee)
        return object->owner    ? quoted(planner, object->owner)
               : object->parent ? role(planner, object->parent, grantee)
                                : "CURRENT_USER";
    return quoted(planner, grantee);
}

/* One statement for the entries of a grantee and a grantor that `wanted` marks. */
typedef struct Batch {
    bool revoke, option, all;
    const char *grantee, *grantor;
    char letters[32];
    size_t count;
} Batch;

static void write_batch(Planner *planner, const Object *object, const Batch *batch)
{
    if (batch->grantor)
        sql_print(planner, "SET SESSION AUTHORIZATION %s", quoted(planner, batch->grantor));
    Text *text = sql_start(planner, "%s ", batch->revoke ? "REVOKE" : "GRANT");
    for (size_t i = 0; i < batch->count; i++) {
        text_print(text, "%s%s", i ? ", " : "", privilege_name(batch->letters[i]));
        if (is_column(object)) {
            text_put(text, " (");
            sql_add_identifier(text, object->name);
            text_char(text, ')');
        }
    }
    text_print(text, " ON %s %s %s%s", grant_on(planner, object), batch->revoke ? "FROM" : "TO",
               role(planner, object, batch->grantee),
               !batch->revoke && batch->option ? " WITH GRANT OPTION" : "");
    sql_end(planner);
    if (batch->grantor)
        sql_print(planner, "RESET SESSION AUTHORIZATION");
}

static bool same_batch(const Batch *batch, const Entry *entry)
{
    return strcmp(batch->grantee, entry->grantee) == 0 && batch->option == entry->option &&
           same_text(batch->grantor, entry->grantor);
}

/* Those of `list` that `other` does not have, a statement for each grantee. A privilege that only
 * loses its grant option is revoked and granted again. */
static void write_missing(Planner *planner, const Object *object, const List *list,
                          const List *other, bool revoke)
{
    Batch batch = {.count = 0};
    for (size_t i = 0; i < list->count; i++) {
        if (list_has(other, list->at[i]))
            continue;
        Entry entry = entry_read(planner, list->at[i]);
        if (!privilege_name(entry.privilege))
            continue;
        if (batch.count && (!same_batch(&batch, &entry) || batch.count == sizeof batch.letters)) {
            write_batch(planner, object, &batch);
            batch.count = 0;
        }
        if (!batch.count)
            batch = (Batch){.revoke = revoke,
                            .option = entry.option,
                            .grantee = entry.grantee,
                            .grantor = entry.grantor};
        batch.letters[batch.count++] = entry.privilege;
    }
    if (batch.count)
        write_batch(planner, object, &batch);
}

static bool has_entry(const Planner *planner, const List *list, const Entry *wanted)
{
    for (size_t i = 0; i < list->count; i++) {
        Entry entry = entry_read(planner, list->at[i]);
        if (strcmp(entry.grantee, wanted->grantee) == 0 && entry.privilege == wanted->privilege)
            return true;
    }
    return false;
}

/* REVOKE on a table takes the privileges on its columns too: those that stay are granted again. */
static void write_columns_again(Planner *planner, const Object *table, const List *old,
                                const List *new)
{
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *column = table->children.at[i];
        VEC(const char *) kept = {0};
        if (!is_column(column) || pair_of(column)->create)
            continue;
        for (size_t k = 0; k < column->acl.count; k++) {
            Entry entry = entry_read(planner, column->acl.at[k]);
            if (has_entry(planner, old, &entry) && !has_entry(planner, new, &entry))
                *vec_add(planner->arena, &kept) = column->acl.at[k];
        }
        List again = {kept.at, kept.count};
        write_missing(planner, column, &again, &(List){0}, false);
    }
}

void write_acl(Planner *planner, const Object *object, const List *old, const List *new)
{
    write_missing(planner, object, old, new, true);
    write_missing(planner, object, new, old, false);
    if (object->kind == KIND_TABLE || object->kind == KIND_VIEW ||
        object->kind == KIND_MATERIALIZED_VIEW)
        write_columns_again(planner, object, old, new);
}

static const char *entry_text(const Planner *planner, const Entry *entry, bool option)
{
    return arena_print(planner->arena, "%s=%c%s%s%s", entry->grantee, entry->privilege,
                       option ? "*" : "", entry->grantor ? "/" : "",
                       entry->grantor ? entry->grantor : "");
}

List acl_of_owner(const Planner *planner, const List *acl, const char *owner)
{
    VEC(const char *) list = {0};
    if (!owner)
        return *acl;
    for (size_t i = 0; i < acl->count; i++) {
        Entry entry = entry_read(planner, acl->at[i]);
        if (strcmp(entry.grantee, owner) == 0)
            entry.grantee = "";
        if (same_text(entry.grantor, owner))
            entry.grantor = NULL;
        const char *plain = entry_text(planner, &entry, false);
        const char *full = entry_text(planner, &entry, true);
        size_t at = 0;
        while (at < list.count && strcmp(list.at[at], plain) != 0 && strcmp(list.at[at], full) != 0)
            at++;
        if (at == list.count)
            *vec_add(planner->arena, &list) = plain;
        if (entry.option)
            list.at[at] = full;
    }
    return (List){list.at, list.count};
}

/* ---- what an object has right after CREATE ---- */

static const char *builtin_letters(const Planner *planner, const Object *object, bool *ret_public)
{
    *ret_public = false;
    switch (object->kind) {
    case KIND_TABLE:
    case KIND_VIEW:
    case KIND_MATERIALIZED_VIEW:
        return planner->from->version >= 170000 ? "Dadmrtwx" : "Dadrtwx";
    case KIND_SEQUENCE:
    case KIND_IDENTITY_SEQUENCE:
        return "Urw";
    case KIND_SCHEMA:
        return "CU";
    case KIND_FUNCTION:
    case KIND_AGGREGATE:
        *ret_public = true;
        return "X";
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_COMPOSITE:
    case KIND_RANGE:
    case KIND_BASE_TYPE:
    case KIND_LANGUAGE:
        *ret_public = true;
        return "U";
    case KIND_FOREIGN_DATA_WRAPPER:
    case KIND_SERVER:
        return "U";
    default:
        return "";
    }
}

static const char *default_objects(const Object *object)
{
    switch (object->kind) {
    case KIND_TABLE:
    case KIND_VIEW:
    case KIND_MATERIALIZED_VIEW:
        return "TABLES";
    case KIND_SEQUENCE:
    case KIND_IDENTITY_SEQUENCE:
        return "SEQUENCES";
    case KIND_FUNCTION:
    case KIND_AGGREGATE:
        return "FUNCTIONS";
    case KIND_SCHEMA:
        return "SCHEMAS";
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_COMPOSITE:
    case KIND_RANGE:
    case KIND_BASE_TYPE:
        return "TYPES";
    default:
        return NULL;
    }
}

static const DefaultPrivilege *default_of(const Planner *planner, const Object *object,
                                          const char *role_name, bool global)
{
    const Object *found;
    const char *objects = default_objects(object);
    CATALOG_EACH(planner->from, KIND_DEFAULT_PRIVILEGE, found)
    if (objects && strcmp(CATALOG_AS(DefaultPrivilege, found)->objects, objects) == 0 &&
        same_text(found->name, role_name) &&
        (global ? !found->schema : same_text(found->schema, object->schema)))
        return CATALOG_AS(DefaultPrivilege, found);
    return NULL;
}

typedef VEC(const char *) Texts;

static void add_missing(const Planner *planner, const List *list, Texts *all)
{
    for (size_t i = 0; i < list->count; i++) {
        List so_far = {all->at, all->count};
        if (!list_has(&so_far, list->at[i]))
            *vec_add(planner->arena, all) = list->at[i];
    }
}

/* The sequence of an identity is the table's owner's from the start. */
static const char *creator_of(const Planner *planner, const Object *object)
{
    const Object *table = object->kind == KIND_IDENTITY_SEQUENCE ? object->parent->parent : NULL;
    return table && pair_of(table)->old ? table->owner : planner->from->user;
}

List initial_acl(Planner *planner, const Object *object)
{
    bool public;
    Texts list = {0};
    const char *creator = creator_of(planner, object);
    const DefaultPrivilege *global = default_of(planner, object, creator, true);
    const DefaultPrivilege *local =
        object->schema ? default_of(planner, object, creator, false) : NULL;
    const char *letters = builtin_letters(planner, object, &public);
    if (global)
        add_missing(planner, &global->privileges, &list);
    else
        for (; *letters; letters++) {
            *vec_add(planner->arena, &list) = arena_print(planner->arena, "=%c", *letters);
            if (public)
                *vec_add(planner->arena, &list) =
                    arena_print(planner->arena, "PUBLIC=%c", *letters);
        }
    if (local)
        add_missing(planner, &local->privileges, &list);
    return (List){list.at, list.count};
}

/* ---- ALTER DEFAULT PRIVILEGES ---- */

static void write_default(Planner *planner, const DefaultPrivilege *row, const List *list,
                          const List *other, bool revoke)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list_has(other, list->at[i]))
            continue;
        Entry entry = entry_read(planner, list->at[i]);
        const char *name = *entry.grantee ? entry.grantee : row->head.name;
        Text *text = sql_start(planner, "ALTER DEFAULT PRIVILEGES FOR ROLE %s ",
                               quoted(planner, row->head.name));
        if (row->head.schema)
            text_print(text, "IN SCHEMA %s ", quoted(planner, row->head.schema));
        text_print(text, "%s %s ON %s %s %s%s", revoke ? "REVOKE" : "GRANT",
                   privilege_name(entry.privilege), row->objects, revoke ? "FROM" : "TO",
                   strcmp(name, "PUBLIC") == 0 ? name : quoted(planner, name),
                   !revoke && entry.option ? " WITH GRANT OPTION" : "");
        sql_end(planner);
    }
}

static void write_defaults(Planner *planner, const DefaultPrivilege *row, const List *old,
                           const List *new)
{
    write_default(planner, row, old, new, true);
    write_default(planner, row, new, old, false);
}

void create_default_privilege(Planner *planner, const Object *object)
{
    const DefaultPrivilege *row = CATALOG_AS(DefaultPrivilege, object);
    write_defaults(planner, row, &row->builtin, &row->privileges);
}

void alter_default_privilege(Planner *planner, const Pair *pair)
{
    write_defaults(planner, CATALOG_AS(DefaultPrivilege, pair->new),
                   &CATALOG_AS(DefaultPrivilege, pair->old)->privileges,
                   &CATALOG_AS(DefaultPrivilege, pair->new)->privileges);
}

void drop_default_privilege(Planner *planner, const Object *object)
{
    const DefaultPrivilege *row = CATALOG_AS(DefaultPrivilege, object);
    write_defaults(planner, row, &row->privileges, &row->builtin);
}

/* ---- on what the server or an extension made ---- */

void create_privilege(Planner *planner, const Object *object)
{
    const Privilege *row = CATALOG_AS(Privilege, object);
    write_acl(planner, object, &row->initial, &row->privileges);
}

void alter_privilege(Planner *planner, const Pair *pair)
{
    write_acl(planner, pair->new, &CATALOG_AS(Privilege, pair->old)->privileges,
              &CATALOG_AS(Privilege, pair->new)->privileges);
}

void drop_privilege(Planner *planner, const Object *object)
{
    const Privilege *row = CATALOG_AS(Privilege, object);
    write_acl(planner, object, &row->privileges, &row->initial);
}
