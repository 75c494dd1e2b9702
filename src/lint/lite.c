/* SQLite's schema, followed statement by statement. */
#include "lint/lite.h"
#include "sql/reader.h"

/* ---- one statement ---- */

static const char *take_name(Reader *reader, Arena *arena)
{
    const char *schema, *name;
    if (!reader_qualified(reader, arena, &schema, &name))
        return NULL;
    return form_fold(arena, name);
}

static void skip_exists(Reader *reader)
{
    if (reader_word(reader, "IF")) {
        reader_word(reader, "NOT");
        reader_word(reader, "EXISTS");
    }
}

static void read_create_table(Reader *reader, Arena *arena, const char *sql, size_t length,
                              LiteStatement *statement)
{
    Error ignored;
    Definition *definition = arena_alloc(arena, sizeof *definition);
    statement->act = LITE_CREATE_TABLE;
    skip_exists(reader);
    statement->name = take_name(reader, arena);
    statement->selects = token_is(&reader->token, "AS");
    if (!statement->selects &&
        !definition_read(arena, arena_copy(arena, sql, length), definition, &ignored))
        statement->definition = definition;
}

static void read_trigger(Reader *reader, Arena *arena, LiteStatement *statement)
{
    statement->act = LITE_CREATE_TRIGGER;
    skip_exists(reader);
    statement->name = take_name(reader, arena);
    while (reader->token.type != TOKEN_END && !reader_word(reader, "ON"))
        reader_step(reader);
    statement->table = take_name(reader, arena);
}

static void read_index(Reader *reader, Arena *arena, LiteStatement *statement)
{
    statement->act = LITE_CREATE_INDEX;
    skip_exists(reader);
    statement->name = take_name(reader, arena);
    if (reader_word(reader, "ON"))
        statement->table = take_name(reader, arena);
}

static void read_create(Reader *reader, Arena *arena, const char *sql, size_t length,
                        LiteStatement *statement)
{
    statement->unique = reader_word(reader, "UNIQUE");
    if (reader_word(reader, "TEMP") || reader_word(reader, "TEMPORARY"))
        return;
    bool is_virtual = reader_word(reader, "VIRTUAL");
    if (reader_word(reader, "TABLE"))
        read_create_table(reader, arena, sql, length, statement);
    else if (reader_word(reader, "INDEX"))
        read_index(reader, arena, statement);
    else if (reader_word(reader, "TRIGGER"))
        read_trigger(reader, arena, statement);
    else if (!is_virtual && reader_word(reader, "VIEW")) {
        statement->act = LITE_CREATE_VIEW;
        skip_exists(reader);
        statement->name = take_name(reader, arena);
    }
}

static void read_drop(Reader *reader, Arena *arena, LiteStatement *statement)
{
    statement->act = reader_word(reader, "TABLE")     ? LITE_DROP_TABLE
                     : reader_word(reader, "INDEX")   ? LITE_DROP_INDEX
                     : reader_word(reader, "VIEW")    ? LITE_DROP_VIEW
                     : reader_word(reader, "TRIGGER") ? LITE_DROP_TRIGGER
                                                      : LITE_OTHER;
    skip_exists(reader);
    if (statement->act != LITE_OTHER)
        statement->name = take_name(reader, arena);
}

/* The column is read as if it stood in a table of its own. */
static void read_added(Reader *reader, Arena *arena, const char *end, LiteStatement *statement)
{
    Error ignored;
    const char *from = reader->token.text;
    Definition *definition = arena_alloc(arena, sizeof *definition);
    const char *table = arena_print(arena, "CREATE TABLE t (%.*s)", (int)(end - from), from);
    statement->act = LITE_ADD_COLUMN;
    if (!definition_read(arena, table, definition, &ignored) && definition->columns.count)
        statement->added = &definition->columns.at[0];
    statement->column = take_name(reader, arena);
}

static void read_alter(Reader *reader, Arena *arena, const char *end, LiteStatement *statement)
{
    if (!reader_word(reader, "TABLE"))
        return;
    statement->name = take_name(reader, arena);
    if (reader_word(reader, "ADD")) {
        reader_word(reader, "COLUMN");
        read_added(reader, arena, end, statement);
    } else if (reader_word(reader, "DROP")) {
        reader_word(reader, "COLUMN");
        statement->act = LITE_DROP_COLUMN;
        statement->column = take_name(reader, arena);
    } else if (reader_word(reader, "RENAME")) {
        statement->act = LITE_RENAME_TABLE;
        if (!reader_word(reader, "TO")) {
            reader_word(reader, "COLUMN");
            statement->act = LITE_RENAME_COLUMN;
            statement->column = take_name(reader, arena);
            reader_word(reader, "TO");
        }
        statement->to = take_name(reader, arena);
    }
}

static void read_rows(Reader *reader, Arena *arena, LiteAct act, LiteStatement *statement)
{
    statement->act = act;
    while (reader_word(reader, "OR") || reader_word(reader, "FROM") ||
           reader_word(reader, "INTO") || reader_word(reader, "REPLACE") ||
           reader_word(reader, "IGNORE") || reader_word(reader, "ABORT"))
        ;
    statement->name = take_name(reader, arena);
    for (; reader->token.type != TOKEN_END; reader_step(reader))
        statement->where |= reader->depth == 0 && token_is(&reader->token, "WHERE");
}

LiteStatement lite_read(Arena *arena, const char *sql, size_t length)
{
    Reader reader;
    LiteStatement statement = {.act = LITE_OTHER};
    reader_start(&reader, ENGINE_SQLITE, sql, length);
    if (reader_word(&reader, "CREATE"))
        read_create(&reader, arena, sql, length, &statement);
    else if (reader_word(&reader, "DROP"))
        read_drop(&reader, arena, &statement);
    else if (reader_word(&reader, "ALTER"))
        read_alter(&reader, arena, sql + length, &statement);
    else if (reader_word(&reader, "UPDATE"))
        read_rows(&reader, arena, LITE_UPDATE, &statement);
    else if (reader_word(&reader, "DELETE"))
        read_rows(&reader, arena, LITE_DELETE, &statement);
    else if (reader_word(&reader, "INSERT") || reader_word(&reader, "REPLACE"))
        read_rows(&reader, arena, LITE_INSERT, &statement);
    else if (reader_word(&reader, "PRAGMA")) {
        statement.act = LITE_PRAGMA;
        statement.name = take_name(&reader, arena);
        if (reader_symbol(&reader, '=') || reader_symbol(&reader, '('))
            statement.value = arena_copy(arena, reader.token.text, reader.token.length);
    }
    return statement;
}

/* ---- the schema ---- */

static LiteObject *find(const Lite *lite, LiteAct made, const char *name)
{
    for (size_t i = lite->objects.count; name && i > 0; i--) {
        LiteObject *object = &lite->objects.at[i - 1];
        if (!object->gone && object->made == made && strcmp(object->name, name) == 0)
            return object;
    }
    return NULL;
}

const LiteObject *lite_find_table(const Lite *lite, const char *name)
{
    return find(lite, LITE_CREATE_TABLE, name);
}

bool lite_in_use(const Lite *lite, const char *table)
{
    const LiteObject *object = lite_find_table(lite, table);
    return !object || object->file != lite->file;
}

bool lite_names(const LiteObject *object, const char *name)
{
    Reader reader;
    Arena *arena = arena_new();
    bool found = false;
    reader_start(&reader, ENGINE_SQLITE, object->sql, strlen(object->sql));
    for (; !found && reader.token.type != TOKEN_END; reader_step(&reader)) {
        const char *word = form_name(arena, &reader.token);
        found = word && form_same_name(word, name);
    }
    arena_free(arena);
    return found;
}

bool lite_index_covers(const LiteObject *index, const Names *columns)
{
    Reader reader;
    Arena *arena = arena_new();
    size_t found = 0, at = 0;
    reader_start(&reader, ENGINE_SQLITE, index->sql, strlen(index->sql));
    while (reader.token.type != TOKEN_END && !reader_symbol(&reader, '('))
        reader_step(&reader);
    for (; at < columns->count; at++) {
        const char *name = form_name(arena, &reader.token);
        found += name && names_have(columns, form_fold(arena, name));
        while (reader.token.type != TOKEN_END && !token_is_symbol(&reader.token, ','))
            reader_step(&reader);
        reader_symbol(&reader, ',');
    }
    arena_free(arena);
    return found == columns->count;
}

static void add(Lite *lite, const LiteStatement *statement, const char *sql, size_t length)
{
    LiteObject *object = vec_add(lite->arena, &lite->objects);
    *object = (LiteObject){.made = statement->act,
                           .file = lite->file,
                           .name = arena_string(lite->arena, statement->name),
                           .table = arena_string(lite->arena, statement->table),
                           .sql = arena_copy(lite->arena, sql, length)};
    Error ignored;
    if (statement->definition) {
        Definition *definition = arena_alloc(lite->arena, sizeof *definition);
        if (!definition_read(lite->arena, object->sql, definition, &ignored))
            object->definition = definition;
    }
}

/* Its indexes and triggers go with it; views stay, and are broken. */
static void drop(Lite *lite, LiteAct made, const char *name)
{
    LiteObject *object = find(lite, made, name);
    if (object)
        object->gone = true;
    for (size_t i = 0; made == LITE_CREATE_TABLE && i < lite->objects.count; i++) {
        LiteObject *part = &lite->objects.at[i];
        if (part->table && strcmp(part->table, name) == 0)
            part->gone = true;
    }
}

static void rename_table(Lite *lite, const char *from, const char *to)
{
    LiteObject *object = find(lite, LITE_CREATE_TABLE, from);
    to = arena_string(lite->arena, to);
    if (object)
        object->name = to;
    for (size_t i = 0; i < lite->objects.count; i++) {
        LiteObject *part = &lite->objects.at[i];
        if (part->table && strcmp(part->table, from) == 0)
            part->table = to;
    }
}

void lite_apply(Lite *lite, const LiteStatement *statement, const char *sql, size_t length)
{
    LiteObject *table;
    if (!statement->name)
        return;
    switch (statement->act) {
    case LITE_CREATE_TABLE:
    case LITE_CREATE_INDEX:
    case LITE_CREATE_VIEW:
    case LITE_CREATE_TRIGGER:
        if (!find(lite, statement->act, statement->name))
            add(lite, statement, sql, length);
        break;
    case LITE_DROP_TABLE:
    case LITE_DROP_INDEX:
    case LITE_DROP_VIEW:
    case LITE_DROP_TRIGGER:
        drop(lite, LITE_CREATE_TABLE + (statement->act - LITE_DROP_TABLE), statement->name);
        break;
    case LITE_RENAME_TABLE:
        if (statement->to)
            rename_table(lite, statement->name, statement->to);
        break;
    case LITE_ADD_COLUMN:
        table = find(lite, LITE_CREATE_TABLE, statement->name);
        if (table && statement->column)
            names_add(lite->arena, &table->added, arena_string(lite->arena, statement->column));
        break;
    default:
        break;
    }
}
