/* types: a schema as code of the application that uses it. */
#include "api/types.h"
#include "base/names.h"
#include "sql/form.h"

/* ---- the columns of SQLite's views ---- */

static bool is_asked(const Object *object)
{
    return object->kind == KIND_LITE_VIEW || CATALOG_AS(const LiteTable, object)->is_virtual;
}

static void ask_columns(Verb *verb, Db *db, const Object *object, Map *found)
{
    DbRows rows;
    Error ignored;
    DbStatement query = {
        .sql = "SELECT name, type FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
        .params = &object->name,
        .param_count = 1};
    LiteColumns *columns = arena_alloc(verb->arena, sizeof *columns);
    if (db_query(db, verb->arena, &query, &rows, &ignored)) {
        verb_tell(verb, RUNG_EVENT_WARNING, "%s %s: its columns are not known: %s", object->title,
                  object->name, ignored.message);
        return;
    }
    for (size_t i = 0; i < rows.count; i++) {
        *vec_add(verb->arena, &columns->names) = db_cell(&rows, i, 0);
        *vec_add(verb->arena, &columns->types) = db_cell(&rows, i, 1) ? db_cell(&rows, i, 1) : "";
    }
    map_set(found, form_fold(verb->arena, object->name), columns);
}

/* SQLite alone knows what columns a view has: it is made in memory, and asked. What cannot be made
 * there, a virtual table without its module, is left for ask_columns to tell. */
static void make_object(Verb *verb, Db *db, const Object *object)
{
    Error ignored;
    DbStatement statement = {.sql = object->kind == KIND_LITE_VIEW
                                        ? CATALOG_AS(const LiteView, object)->sql
                                        : CATALOG_AS(const LiteTable, object)->sql};
    if (statement.sql)
        db_query(db, verb->arena, &statement, NULL, &ignored);
}

static Code read_lite_columns(Verb *verb, const Catalog *catalog, bool views, Map *found,
                              Error *error)
{
    static const KindId made[] = {KIND_LITE_TABLE, KIND_LITE_VIEW};
    size_t count = views ? 2 : 1;
    DbUrl url;
    DbOptions options = {0};
    Db *db = NULL;
    const Object *object;
    Code code = db_url_read(verb->arena, "sqlite::memory:", ".", &url, error);
    if (!code)
        code = db_open(&url, &options, &db, error);
    for (size_t i = 0; !code && i < count; i++)
        CATALOG_EACH(catalog, made[i], object)
    make_object(verb, db, object);
    for (size_t i = 0; !code && i < count; i++)
        CATALOG_EACH(catalog, made[i], object)
    if (is_asked(object))
        ask_columns(verb, db, object, found);
    db_close(db);
    return code;
}

Code types_load(Verb *verb, bool views, Side *ret_side, Types **ret_types, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    Map *lite = map_new(verb->arena);
    Code code = arguments->from ? side_find(verb, arguments->from, ret_side, error)
                                : side_target(verb, ret_side, error);
    if (!code)
        code = sides_load(verb, ret_side, NULL, error);
    if (!code && ret_side->catalog->engine == ENGINE_SQLITE)
        code = read_lite_columns(verb, ret_side->catalog, views, lite, error);
    if (!code)
        *ret_types = types_read(verb->arena, ret_side->catalog, lite);
    return code;
}

/* ---- what becomes of the text ---- */

/* ---- the verb ---- */

/* "c and python": names of languages, or the styles of the one called `name`. */
static const char *known_words(Verb *verb, const char *name)
{
    Text text = TEXT_EMPTY;
    VEC(const char *) words = {0};
    for (size_t i = 0; types_language_at(i); i++) {
        const TypesLanguage *language = types_language_at(i);
        const char *word = name ? language->style : language->name;
        if (!word || (name && strcmp(language->name, name) != 0))
            continue;
        if (!words.count || strcmp(words.at[words.count - 1], word) != 0)
            *vec_add(verb->arena, &words) = word;
    }
    names_print(&text, words.at, words.count, "and");
    return text_keep(&text, verb->arena);
}

static Code find_language(Verb *verb, const TypesLanguage **ret_language, Error *error)
{
    const char *name = verb->arguments->language, *style = verb->arguments->style;
    bool known = false;
    for (size_t i = 0; name && types_language_at(i); i++) {
        const TypesLanguage *language = types_language_at(i);
        if (strcmp(language->name, name) != 0)
            continue;
        known = true;
        if (!style || (language->style && strcmp(language->style, style) == 0)) {
            *ret_language = language;
            return RUNG_OK;
        }
    }
    if (known) {
        const char *styles = known_words(verb, name);
        error_set(error, RUNG_USAGE, "--style does not know \"%s\" for %s", style, name);
        return *styles ? error_hint(error, "%s has %s", name, styles)
                       : error_hint(error, "%s has one style only", name);
    }
    if (name)
        error_set(error, RUNG_USAGE, "--lang does not know \"%s\"", name);
    else
        error_set(error, RUNG_USAGE, "which language? --lang is missing");
    return error_hint(error, "there are %s", known_words(verb, NULL));
}

static Code verb_types(Verb *verb, Error *error)
{
    const TypesLanguage *language = NULL;
    Types *types;
    Side side = {0};
    Text text = TEXT_EMPTY;
    Code code = find_language(verb, &language, error);
    if (!code)
        code = output_check_arguments(verb, error);
    if (!code)
        code = types_load(verb, true, &side, &types, error);
    if (!code) {
        language->write(types, &text);
        verb->report.count = side.catalog->count;
        code = output_give(verb, language->name, &text, error);
    }
    text_done(&text);
    side_done(&side);
    return code;
}
VERB(types)
