/* Reading a backfill directive and cutting its statement at WHERE and RETURNING, by tokens. */
#include "sql/backfill.h"

#include "base/clock.h"
#include "base/text.h"
#include "sql/reader.h"

#include <strings.h>

enum { BATCH_DEFAULT = 1000, BATCH_LIMIT = 1000 * 1000 };

typedef struct Backfiller {
    Arena *arena;
    Engine engine;
    const char *file;
    int line;
    const char *sql;
    Backfill *backfill;
    bool batch_given, pause_given;
    Error *error;
} Backfiller;

static const char known_options[] = "known are table=…, key=…, batch=… and pause=…";

static Code fail(Backfiller *filler, const char *hint, const char *format, ...) PRINTF_LIKE(3, 4);

static Code fail(Backfiller *filler, const char *hint, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *message = arena_print_list(filler->arena, format, list);
    va_end(list);
    error_at(filler->error, RUNG_REVISION, filler->file, filler->line, "%s", message);
    return error_hint(filler->error, "%s", hint);
}

/* Whether `text` is name, or name.name with `qualified`, and nothing else, comments included. */
static bool is_name(const Backfiller *filler, const char *text, bool qualified)
{
    Lexer lexer;
    Token token;
    Error ignored;
    size_t parts = 0;
    lexer_start(&lexer, filler->engine, "", 1, text, strlen(text));
    do {
        if (lexer_next(&lexer, &token, &ignored) != RUNG_OK ||
            (token.type != TOKEN_WORD && token.type != TOKEN_NAME) ||
            lexer_next(&lexer, &token, &ignored) != RUNG_OK)
            return false;
        parts++;
    } while (token_is_symbol(&token, '.'));
    return token.type == TOKEN_END && parts <= (qualified ? 2 : 1);
}

static Code read_keys(Backfiller *filler, const char *value)
{
    const char *start = value;
    bool quoted = false;
    for (const char *at = value;; at++) {
        if (*at == '"')
            quoted = !quoted;
        if (*at && (*at != ',' || quoted))
            continue;
        const char *key = arena_copy(filler->arena, start, (size_t)(at - start));
        if (!is_name(filler, key, false))
            return fail(filler, "write key=id, or key=a,b for a key of two columns",
                        "\"%s\" is no column name in the backfill's key", key);
        *vec_add(filler->arena, &filler->backfill->keys) = key;
        if (!*at)
            return RUNG_OK;
        start = at + 1;
    }
}

static Code read_batch(Backfiller *filler, const char *value)
{
    char *end;
    long long batch = strtoll(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || batch < 1 || batch > BATCH_LIMIT)
        return fail(filler, "write a number of rows from 1 to 1000000",
                    "the backfill's batch \"%s\" is wrong", value);
    filler->backfill->batch = batch;
    filler->batch_given = true;
    return RUNG_OK;
}

static Code read_pause(Backfiller *filler, const char *value)
{
    if (!clock_read_duration_ms(value, &filler->backfill->pause_ms))
        return fail(filler, "write a duration such as 100ms or 1s",
                    "the backfill's pause \"%s\" is wrong", value);
    filler->pause_given = true;
    return RUNG_OK;
}

static Code read_option(Backfiller *filler, const char *name, const char *value)
{
    Backfill *backfill = filler->backfill;
    bool table = strcmp(name, "table") == 0, key = strcmp(name, "key") == 0;
    bool batch = strcmp(name, "batch") == 0, pause = strcmp(name, "pause") == 0;
    if (!table && !key && !batch && !pause)
        return fail(filler, known_options, "unknown backfill option \"%s\"", name);
    if ((table && backfill->table) || (key && backfill->keys.count) ||
        (batch && filler->batch_given) || (pause && filler->pause_given))
        return fail(filler, "remove one", "the backfill option \"%s\" is given twice", name);
    if (key)
        return read_keys(filler, value);
    if (batch)
        return read_batch(filler, value);
    if (pause)
        return read_pause(filler, value);
    if (!is_name(filler, value, true))
        return fail(filler, "write table=name or table=schema.name", "\"%s\" is no table name",
                    value);
    backfill->table = value;
    return RUNG_OK;
}

/* name=value pairs between blanks; blanks inside double quotes belong to the value. */
static Code read_options(Backfiller *filler, const char *directive)
{
    Code code = RUNG_OK;
    for (const char *at = directive; code == RUNG_OK;) {
        at += strspn(at, " \t");
        if (!*at)
            break;
        const char *start = at;
        bool quoted = false;
        for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++)
            quoted ^= *at == '"';
        const char *option = arena_copy(filler->arena, start, (size_t)(at - start));
        const char *equals = strchr(option, '=');
        if (!equals)
            return fail(filler, known_options, "\"%s\" is no backfill option", option);
        code = read_option(filler, arena_copy(filler->arena, option, (size_t)(equals - option)),
                           equals + 1);
    }
    return code;
}

static Code check_options(Backfiller *filler)
{
    if (!filler->backfill->table)
        return fail(filler, "add table=… with the table that the statement changes",
                    "the backfill names no table");
    if (!filler->backfill->keys.count)
        return fail(filler, "add key=… with the primary key's columns",
                    "the backfill names no key");
    return RUNG_OK;
}

static bool same_name(Engine engine, const char *one, const char *other)
{
    return (engine == ENGINE_SQLITE ? strcasecmp(one, other) : strcmp(one, other)) == 0;
}

/* The statement's table against the directive's; a schema counts when both name one. */
static Code check_table(Backfiller *filler, const char *schema, const char *name)
{
    Reader reader;
    const char *given_schema, *given;
    reader_start(&reader, filler->engine, filler->backfill->table, strlen(filler->backfill->table));
    reader_qualified(&reader, filler->arena, &given_schema, &given);
    if (same_name(filler->engine, given, name) &&
        (!schema || !given_schema || same_name(filler->engine, given_schema, schema)))
        return RUNG_OK;
    return fail(filler, "name the same table in both",
                "the backfill is for table \"%s\", but its statement changes \"%s\"",
                filler->backfill->table, name);
}

/* [AS] alias, up to SET of an UPDATE or the clauses of a DELETE. */
static Code read_alias(Backfiller *filler, Reader *reader)
{
    static const char *const clauses[] = {"SET", "USING", "WHERE", "RETURNING", "ORDER", "LIMIT"};
    reader_symbol(reader, '*');
    bool announced = reader_word(reader, "AS");
    const Token *token = &reader->token;
    bool alias = token->type == TOKEN_WORD || token->type == TOKEN_NAME;
    for (size_t i = 0; i < COUNT(clauses); i++)
        alias = alias && !token_is(token, clauses[i]);
    if (announced && !alias)
        return fail(filler, "write a name behind AS", "the alias of the table cannot be read");
    if (alias) {
        filler->backfill->alias = arena_copy(filler->arena, token->text, token->length);
        reader_step(reader);
    }
    return RUNG_OK;
}

/* From UPDATE or DELETE to behind the alias. */
static Code read_target(Backfiller *filler, Reader *reader)
{
    static const char hint[] = "a backfill stands in front of one UPDATE or DELETE";
    if (token_is(&reader->token, "WITH"))
        return fail(filler, "put the query into FROM or into a subquery",
                    "a backfill's statement cannot begin with WITH");
    bool update = reader_word(reader, "UPDATE");
    if (!update && !(reader_word(reader, "DELETE") && reader_word(reader, "FROM")))
        return fail(filler, hint, "this statement is no UPDATE or DELETE");
    reader_word(reader, "ONLY");
    Reader name_start = *reader;
    const char *schema, *name;
    if (!reader_qualified(reader, filler->arena, &schema, &name))
        return fail(filler, hint, "the table of this statement cannot be read");
    Token last = name_start.token; /* the name's last part, as written */
    while (name_start.token.text < reader->token.text && name_start.token.type != TOKEN_END) {
        last = name_start.token;
        reader_step(&name_start);
    }
    filler->backfill->alias = arena_copy(filler->arena, last.text, last.length);
    Code code = check_table(filler, schema, name);
    if (code == RUNG_OK)
        code = read_alias(filler, reader);
    if (code == RUNG_OK && update && !token_is(&reader->token, "SET"))
        return fail(filler, hint, "the UPDATE has no SET");
    return code;
}

/* Finds WHERE and RETURNING outside parentheses. */
static Code read_clauses(Backfiller *filler, Reader *reader, size_t length)
{
    Backfill *backfill = filler->backfill;
    bool where = false, first = false;
    for (; reader->token.type != TOKEN_END; reader_step(reader)) {
        const Token *token = &reader->token;
        if (reader->depth == 0 && token_is(token, "RETURNING"))
            break;
        if (first)
            backfill->where = (size_t)(token->text - filler->sql);
        first = false;
        if (reader->depth == 0 && (token_is(token, "LIMIT") || token_is(token, "ORDER")))
            return fail(filler, "remove it: rung chooses the rows of each batch itself",
                        "a backfill's statement cannot have %.*s", (int)token->length, token->text);
        if (where && token_is(token, "CURRENT"))
            return fail(filler, "write a condition on columns",
                        "a backfill's statement cannot use a cursor");
        if (reader->depth == 0 && !where && token_is(token, "WHERE")) {
            where = first = true;
            backfill->head = (size_t)(reader->behind - filler->sql);
        }
    }
    size_t behind = (size_t)(reader->behind - filler->sql);
    if (!where)
        backfill->head = backfill->where = behind;
    else if (first)
        return fail(filler, "write the condition behind WHERE", "the WHERE is empty");
    backfill->where_length = where ? behind - backfill->where : 0;
    backfill->tail =
        reader->token.type == TOKEN_END ? length : (size_t)(reader->token.text - filler->sql);
    return RUNG_OK;
}

Code backfill_read(Arena *arena, Engine engine, const char *file, int line, const char *directive,
                   const char *sql, size_t length, Backfill *ret_backfill, Error *error)
{
    Backfill backfill = {.batch = BATCH_DEFAULT};
    Backfiller filler = {.arena = arena, .engine = engine, .file = file, .line = line, .sql = sql};
    filler.backfill = &backfill;
    filler.error = error;
    Code code = read_options(&filler, directive);
    if (code == RUNG_OK)
        code = check_options(&filler);
    Reader reader;
    reader_start(&reader, engine, sql, length);
    if (code == RUNG_OK)
        code = read_target(&filler, &reader);
    if (code == RUNG_OK)
        code = read_clauses(&filler, &reader, length);
    if (code == RUNG_OK)
        *ret_backfill = backfill;
    else
        error_statement(error, sql, length);
    return code;
}

/* alias.a > low, or (alias.a, alias.b) > (low, low). */
static void add_comparison(Text *text, const Backfill *backfill, const char *operator,
                           const char * const * values)
{
    size_t count = backfill->keys.count;
    const char *open = count > 1 ? "(" : "", *close = count > 1 ? ")" : "";
    text_put(text, open);
    for (size_t i = 0; i < count; i++)
        text_print(text, "%s%s.%s", i ? ", " : "", backfill->alias, backfill->keys.at[i]);
    text_print(text, "%s %s %s", close, operator, open);
    for (size_t i = 0; i < count; i++)
        text_print(text, "%s%s", i ? ", " : "", values[i]);
    text_put(text, close);
}

char *backfill_print(Arena *arena, const Backfill *backfill, const char *sql, size_t length,
                     const char *const *low, const char *const *high)
{
    Text text = TEXT_EMPTY;
    text_add(&text, sql, backfill->head);
    text_put(&text, "\nWHERE ");
    if (backfill->where_length > 0) { /* a newline ends a comment in the condition's last line */
        text_char(&text, '(');
        text_add(&text, sql + backfill->where, backfill->where_length);
        text_put(&text, "\n) AND ");
    }
    text_char(&text, '(');
    if (low) {
        add_comparison(&text, backfill, ">", low);
        text_put(&text, " AND ");
    }
    add_comparison(&text, backfill, "<=", high);
    text_char(&text, ')');
    if (backfill->tail < length) {
        text_char(&text, '\n');
        text_add(&text, sql + backfill->tail, length - backfill->tail);
    }
    char *statement = arena_copy(arena, text_string(&text), text.length);
    text_done(&text);
    return statement;
}
