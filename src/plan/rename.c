/* New names for objects that stay: the first steps of a plan. Whatever the server then shows under
 * the new name is changed in the catalog too, where that is certain; the rest is compared as it
 * was, and written anew if it differs. */
#include "plan/planner.h"
#include "sql/quote.h"

/* ---- finding ---- */

static size_t last_part(const char *key)
{
    size_t place = 0;
    for (size_t i = 0; key[i]; i++) {
        if (key[i] == '\\' && key[i + 1])
            i++;
        else if (key[i] == '/')
            place = i + 1;
    }
    return place;
}

static const char *old_key(const Planner *planner, const Rename *rename)
{
    size_t place = last_part(rename->to);
    if (last_part(rename->from))
        return rename->from;
    return arena_print(planner->arena, "%.*s%s", (int)place, rename->to, rename->from);
}

static Object *find(const Planner *planner, const Catalog *catalog, unsigned kind, const char *key)
{
    return catalog_find(catalog, arena_print(planner->arena, "%s/%s", kinds[kind].name, key));
}

/* ---- the statement ---- */

static void write_rename(Planner *planner, const Object *old, const char *name)
{
    const char *what = quoted(planner, old->name), *to = quoted(planner, name);
    const char *part = old->kind == KIND_COLUMN || old->kind == KIND_VIEW_COLUMN ? "COLUMN"
                       : old->kind == KIND_ATTRIBUTE                             ? "ATTRIBUTE"
                       : old->kind == KIND_CONSTRAINT || old->kind == KIND_DOMAIN_CONSTRAINT
                           ? "CONSTRAINT"
                           : NULL;
    if (part)
        plan_step(planner->plan, old, "ALTER %s %s RENAME %s %s TO %s%s", old->parent->title,
                  name_of(planner, old->parent), part, what, to,
                  old->kind == KIND_ATTRIBUTE ? " CASCADE" : "");
    else
        plan_step(planner->plan, old, "ALTER %s RENAME TO %s", address_of(planner, old), to);
    *vec_add(planner->arena, &planner->plan->changes) =
        (Change){.type = CHANGE_RENAME, .object = old};
}

/* ---- what shows the name ---- */

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' ||
           (unsigned char)byte >= 0x80;
}

/* `old` where it stands as a whole name, outside of string constants. */
static const char *replace(const Planner *planner, const char *text, const char *old,
                           const char *new)
{
    Text result = TEXT_EMPTY;
    size_t length = strlen(old);
    bool quote = false;
    for (const char *at = text; *at;) {
        bool begins = !quote && strncmp(at, old, length) == 0 && !is_word(at[length]) &&
                      (at == text || (!is_word(at[-1]) && at[-1] != '"'));
        quote ^= *at == '\'';
        if (begins) {
            text_put(&result, new);
            at += length;
        } else
            text_char(&result, *at++);
    }
    return text_keep(&result, planner->arena);
}

/* Kinds whose text the server makes from names as they are now. Views keep aliases of their own. */
static bool shows_names(const Object *object)
{
    switch (object->kind) {
    case KIND_COLUMN:
    case KIND_DEFAULT:
    case KIND_CONSTRAINT:
    case KIND_INDEX:
    case KIND_TRIGGER:
    case KIND_STATISTICS:
    case KIND_SEQUENCE_OWNER:
    case KIND_INDEX_PARTITION:
    case KIND_TABLE:
        return true;
    default:
        return false;
    }
}

static void replace_fields(const Planner *planner, Object *object, const char *old, const char *new)
{
    const Kind *kind = &kinds[object->kind];
    for (size_t i = OBJECT_FIELD_COUNT; i < kind->field_count && shows_names(object); i++) {
        void *at = field_at(object, &kind->fields[i]);
        if (kind->fields[i].type == TEXT && *(T_TEXT *)at)
            *(T_TEXT *)at = replace(planner, *(T_TEXT *)at, old, new);
    }
}

/* Two columns of one name, of which one has another now: the text does not say which is which. */
static bool is_ambiguous(const Object *user, const Object *column)
{
    for (size_t i = 0; i < user->needs.count; i++)
        if (user->needs.at[i] != column && user->needs.at[i]->kind == column->kind &&
            strcmp(user->needs.at[i]->name, column->name) == 0)
            return true;
    return false;
}

static void rename_column(Planner *planner, Object *column, const char *name);

static Object *column_of(const Object *table, const char *name)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_COLUMN &&
            strcmp(table->children.at[i]->name, name) == 0)
            return table->children.at[i];
    return NULL;
}

/* The server renames it in the tables that inherit it, too. */
static void follow_inherited(Planner *planner, const Object *column, const char *name)
{
    for (size_t i = 0; i < column->parent->users.count; i++) {
        const Object *tie = column->parent->users.at[i];
        Object *heir = tie->kind == KIND_PARTITION || tie->kind == KIND_INHERITANCE
                           ? column_of(tie->parent, column->name)
                           : NULL;
        if (heir)
            rename_column(planner, heir, name);
    }
}

static void follow_column(Planner *planner, Object *column, const char *name)
{
    const char *old = quoted(planner, column->name), *new = quoted(planner, name);
    for (size_t i = 0; i < column->parent->children.count; i++) {
        Object *child = column->parent->children.at[i];
        if ((child->kind == KIND_DEFAULT || child->kind == KIND_VIEW_COLUMN) &&
            strcmp(child->name, column->name) == 0)
            catalog_rename(planner->from, child, name);
    }
    for (size_t i = 0; i < column->users.count; i++)
        if (!is_ambiguous(column->users.at[i], column))
            replace_fields(planner, column->users.at[i], old, new);
}

static void rename_column(Planner *planner, Object *column, const char *name)
{
    follow_inherited(planner, column, name);
    follow_column(planner, column, name);
    catalog_rename(planner->from, column, name);
}

/* Ties have the names of what they tie. */
static void follow_whole(Planner *planner, Object *object, const char *old, const char *new,
                         const char *name)
{
    for (size_t i = 0; i < object->users.count; i++) {
        Object *user = object->users.at[i];
        if (user->kind == KIND_PARTITION || user->kind == KIND_INHERITANCE ||
            user->kind == KIND_INDEX_PARTITION || user->kind == KIND_PUBLICATION_TABLE)
            catalog_rename(planner->from, user, name);
        replace_fields(planner, user, old, new);
    }
    for (size_t i = 0; i < object->children.count; i++) {
        Object *child = object->children.at[i];
        replace_fields(planner, child, old, new);
        for (size_t k = 0; k < child->users.count; k++)
            replace_fields(planner, child->users.at[k], old, new);
    }
}

static void rename_object(Planner *planner, Object *old, const char *name)
{
    const char *before = name_of(planner, old);
    write_rename(planner, old, name);
    if (old->kind == KIND_COLUMN) {
        rename_column(planner, old, name);
        return;
    }
    catalog_rename(planner->from, old, name);
    const char *after = name_of(planner, old);
    if (old->kind == KIND_INDEX)
        replace_fields(planner, old,
                       arena_print(planner->arena, "INDEX %s", strrchr(before, '.') + 1),
                       arena_print(planner->arena, "INDEX %s", quoted(planner, name)));
    follow_whole(planner, old, before, after, name);
}

void rename_objects(Planner *planner)
{
    const PlanOptions *options = planner->options;
    for (size_t i = 0; i < options->rename_count; i++) {
        const Rename *rename = &options->renames[i];
        const char *from = old_key(planner, rename);
        for (unsigned kind = 0; kind < KIND_LITE_TABLE; kind++) {
            Object *old = find(planner, planner->from, kind, from);
            const Object *new = find(planner, planner->to, kind, rename->to);
            if (!old || !new || find(planner, planner->from, kind, rename->to))
                continue;
            rename_object(planner, old, new->name);
            catalog_sort(planner->from);
            break;
        }
    }
}
