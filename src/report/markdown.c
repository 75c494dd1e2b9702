/* A schema as a document for people. */
#include "report/catalog.h"

typedef struct Document {
    const Catalog *catalog;
    Arena *arena;
    Text *text;
} Document;

/* ---- words ---- */

/* One line of a table's cell or a list: what Markdown would read as its own stands behind a
 * backslash. */
static void add_words(Text *text, const char *words)
{
    for (; words && *words; words++)
        if (*words == '\n')
            text_char(text, ' ');
        else
            text_print(text, strchr("|*_`<>[]\\", *words) ? "\\%c" : "%c", *words);
}

static void add_code(Text *text, const char *code)
{
    bool ticks = strchr(code, '`') != NULL;
    text_put(text, ticks ? "`` " : "`");
    for (; *code; code++)
        text_print(text, *code == '|' ? "\\%c" : "%c", *code == '\n' ? ' ' : *code);
    text_put(text, ticks ? " ``" : "`");
}

static void add_block(Text *text, const char *sql)
{
    text_print(text, "\n```sql\n%s%s```\n", sql, *sql && sql[strlen(sql) - 1] == '\n' ? "" : "\n");
}

static void add_heading(Document *document, const char *level, const Object *object)
{
    text_print(document->text, "\n%s ", level);
    add_words(document->text, strchr(report_object(document->arena, object), ' ') + 1);
    text_char(document->text, '\n');
    if (object->comment) {
        text_char(document->text, '\n');
        add_words(document->text, object->comment);
        text_char(document->text, '\n');
    }
}

static const char *text_field(const Object *object, const char *name)
{
    const Kind *kind = &kinds[object->kind];
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].type == TEXT && strcmp(kind->fields[i].name, name) == 0)
            return *(T_TEXT const *)field_at(object, &kind->fields[i]);
    return NULL;
}

/* ---- tables ---- */

static int by_position(const void *a, const void *b)
{
    const Column *left = *(const Column *const *)a, *right = *(const Column *const *)b;
    return left->position < right->position ? -1 : left->position > right->position;
}

static const char *default_of(const Document *document, const Object *column)
{
    const Object *object;
    const Column *fields = CATALOG_AS(const Column, column);
    if (fields->generated)
        return arena_print(document->arena, "generated: %s", fields->generated);
    if (fields->identity)
        return arena_print(document->arena, "identity, %s", fields->identity);
    CATALOG_EACH(document->catalog, KIND_DEFAULT, object)
    if (object->parent == column->parent && strcmp(object->name, column->name) == 0)
        return CATALOG_AS(const Default, object)->value;
    return "";
}

static void add_column(Document *document, const Column *column)
{
    Text *text = document->text;
    const char *value = default_of(document, &column->head);
    text_put(text, "| ");
    add_words(text, column->head.name);
    text_put(text, " | ");
    add_words(text, column->type);
    text_put(text, column->not_null ? " | no | " : " | yes | ");
    if (*value)
        add_code(text, value);
    text_put(text, " | ");
    add_words(text, column->head.comment);
    text_put(text, " |\n");
}

static void add_columns(Document *document, const Object *table)
{
    VEC(const Column *) columns = {0};
    const Object *object;
    CATALOG_EACH(document->catalog, KIND_COLUMN, object)
    if (object->parent == table)
        *vec_add(document->arena, &columns) = CATALOG_AS(const Column, object);
    if (!columns.count)
        return;
    qsort(columns.at, columns.count, sizeof columns.at[0], by_position);
    text_put(document->text,
             "\n| column | type | null | default | comment |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < columns.count; i++)
        add_column(document, columns.at[i]);
}

/* "- `users_pkey`: `PRIMARY KEY (id)`" for each of a kind that belongs to the table. */
static void add_parts(Document *document, const Object *table, KindId kind, const char *title,
                      const char *field)
{
    const Object *object;
    bool any = false;
    CATALOG_EACH(document->catalog, kind, object)
    {
        if (object->parent != table)
            continue;
        if (!any)
            text_print(document->text, "\n%s:\n\n", title);
        any = true;
        const char *definition = text_field(object, field);
        text_put(document->text, "- ");
        add_code(document->text, object->name);
        if (definition) {
            text_put(document->text, ": ");
            add_code(document->text, definition);
        }
        if (object->comment) {
            text_put(document->text, " ");
            add_words(document->text, object->comment);
        }
        text_char(document->text, '\n');
    }
}

static void add_table(Document *document, const Object *table)
{
    add_heading(document, "###", table);
    add_columns(document, table);
    add_parts(document, table, KIND_PARTITION, "Partition of", "bound");
    add_parts(document, table, KIND_INHERITANCE, "Inherits from", "none");
    add_parts(document, table, KIND_CONSTRAINT, "Constraints", "definition");
    add_parts(document, table, KIND_INDEX, "Indexes", "definition");
    add_parts(document, table, KIND_TRIGGER, "Triggers", "definition");
    add_parts(document, table, KIND_RULE, "Rules", "definition");
    add_parts(document, table, KIND_POLICY, "Policies", "visible");
}

static void add_lite_table(Document *document, const Object *table)
{
    const LiteTable *fields = CATALOG_AS(const LiteTable, table);
    add_heading(document, "###", table);
    if (fields->sql)
        add_block(document->text, fields->sql);
    add_parts(document, table, KIND_LITE_INDEX, "Indexes", "sql");
    add_parts(document, table, KIND_LITE_TRIGGER, "Triggers", "sql");
}

/* ---- everything else ---- */

static void add_field(Document *document, const Object *object, const Field *field)
{
    const void *at = field_at(object, field);
    Text value = TEXT_EMPTY;
    if (field->type == TEXT && *(T_TEXT const *)at)
        text_put(&value, *(T_TEXT const *)at);
    for (size_t i = 0; field->type == LIST && i < ((const T_LIST *)at)->count; i++)
        text_print(&value, "%s%s", i ? ", " : "", ((const T_LIST *)at)->at[i]);
    if (field->type == INT && *(const T_INT *)at)
        text_print(&value, "%lld", (long long)*(const T_INT *)at);
    if (field->type == BOOL && *(const T_BOOL *)at)
        text_put(&value, "yes");
    if (value.length) {
        text_put(document->text, "- ");
        for (const char *letter = field->name; *letter; letter++)
            text_char(document->text, *letter == '_' ? ' ' : *letter);
        text_put(document->text, ": ");
        add_code(document->text, text_string(&value));
        text_char(document->text, '\n');
    }
    text_done(&value);
}

/* Its text as a block if it has one, else its fields. */
static void add_object(Document *document, const Object *object)
{
    static const char *const texts[] = {"definition", "query", "sql"};
    const Kind *kind = &kinds[object->kind];
    add_heading(document, "###", object);
    for (size_t i = 0; i < COUNT(texts); i++)
        if (text_field(object, texts[i])) {
            add_block(document->text, text_field(object, texts[i]));
            return;
        }
    size_t before = document->text->length;
    text_char(document->text, '\n');
    size_t start = document->text->length;
    for (size_t i = OBJECT_FIELD_COUNT; i < kind->field_count; i++)
        if (kind->fields[i].change != QUIET)
            add_field(document, object, &kind->fields[i]);
    if (document->text->length == start) { /* none is set */
        document->text->length = before;
        document->text->data[before] = '\0';
    }
}

static void add_kind(Document *document, KindId kind)
{
    const Object *object;
    bool any = false;
    CATALOG_EACH(document->catalog, kind, object)
    {
        if (object->parent)
            continue;
        if (!any)
            text_print(document->text, "\n## %s\n", report_kinds(document->arena, kind));
        any = true;
        if (kind == KIND_TABLE)
            add_table(document, object);
        else if (kind == KIND_LITE_TABLE)
            add_lite_table(document, object);
        else
            add_object(document, object);
    }
}

void report_markdown(Report *report, const Catalog *catalog)
{
    Document document = {catalog, catalog->arena, &report->text};
    text_put(&report->text, "# Schema of ");
    add_words(&report->text, catalog->name);
    text_char(&report->text, '\n');
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        add_kind(&document, (KindId)kind);
}
