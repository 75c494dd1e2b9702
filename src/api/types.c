/* types: a schema as code of the application that uses it. */
#include "api/types.h"
#include "base/file.h"
#include "base/names.h"
#include "report/lines.h"
#include "sql/form.h"

enum { FILE_LIMIT = 256 * 1024 * 1024, LINES_SHOWN = 40 };

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

static Code compare_file(Verb *verb, const Text *text, Error *error)
{
    const char *path = verb->arguments->output;
    Report *report = &verb->report;
    Text said = TEXT_EMPTY;
    char *data = NULL;
    size_t length = 0;
    bool exists = file_exists(path);
    Code code = exists ? file_read(verb->arena, path, FILE_LIMIT, &data, &length, error) : RUNG_OK;
    if (code)
        return code;
    bool same = exists && length == text->length && memcmp(data, text->data, length) == 0;
    if (same)
        text_print(&said, "%s is current\n", path);
    else if (!exists)
        text_print(&said, "%s is missing\n", path);
    else {
        text_print(&said, "%s is not current\n", path);
        lines_compare(verb->arena, data, text_string(text), LINES_SHOWN, &said);
    }
    if (report->json) {
        Value *value = value_object();
        value_set_text(value, "path", path);
        value_set_bool(value, "current", same);
        value_set_text(value, "text", text_string(&said));
        report_document(report, value);
    } else
        text_put(&report->text, text_string(&said));
    text_done(&said);
    return same ? RUNG_OK : RUNG_FOUND;
}

Code types_check_arguments(Verb *verb, Error *error)
{
    if (!verb->arguments->up_to_date || verb->arguments->output)
        return RUNG_OK;
    error_set(error, RUNG_USAGE, "--check needs the file to look at");
    return error_hint(error, "-o FILE names it");
}

Code types_give(Verb *verb, const char *kind, const Text *text, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    WrittenReport written = {0};
    Report *report = &verb->report;
    if (text->failed)
        return error_set(error, RUNG_LIMIT, "there is no memory for the text");
    if (arguments->up_to_date)
        return compare_file(verb, text, error);
    if (arguments->output) {
        Code code = file_write(arguments->output, text_string(text), text->length, error);
        *vec_add(verb->arena, &written.paths) = arguments->output;
        if (!code)
            report_written(report, &written);
        return code;
    }
    if (report->json && strcmp(kind, "json-schema") != 0) {
        Value *value = value_object();
        value_set_text(value, "kind", kind);
        value_set_text(value, "text", text_string(text));
        report_document(report, value);
    } else
        text_put(&report->text, text_string(text));
    return RUNG_OK;
}

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
    const char *known = arena_string(verb->arena, text_string(&text));
    text_done(&text);
    return known;
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
        code = types_check_arguments(verb, error);
    if (!code)
        code = types_load(verb, true, &side, &types, error);
    if (!code) {
        language->write(types, &text);
        verb->report.count = side.catalog->count;
        code = types_give(verb, language->name, &text, error);
    }
    text_done(&text);
    side_done(&side);
    return code;
}
VERB(types)
