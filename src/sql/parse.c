/* libpg_query by dlopen: only a PostgreSQL statement that must become SQLite's needs it. */
#include "sql/parse.h"

#include "base/utf8.h"
#include "sql/reader.h"

#include <dlfcn.h>
#include <pg_query.h>
#include <pthread.h>

#define PARSE_SYMBOLS(S)                                                                           \
    S(pg_query_parse_protobuf)                                                                     \
    S(pg_query_free_protobuf_parse_result)                                                         \
    S(pg_query__parse_result__unpack)

static struct {
    pthread_once_t once;
    bool loaded;
    char reason[256];
#define PARSE_POINTER(name) __typeof__(name) *name;
    PARSE_SYMBOLS(PARSE_POINTER)
#undef PARSE_POINTER
} library = {.once = PTHREAD_ONCE_INIT};

static void *open_library(void)
{
    void *handle = dlopen("libpg_query.so.1504.0", RTLD_NOW | RTLD_LOCAL);
    return handle ? handle : dlopen("libpg_query.so", RTLD_NOW | RTLD_LOCAL);
}

static void load_library(void)
{
    void *handle = open_library(), *symbol;
    const char *reason = handle ? NULL : dlerror();
    /* memcpy: ISO C has no conversion from void * to a function pointer */
#define PARSE_RESOLVE(name)                                                                        \
    if (!reason) {                                                                                 \
        symbol = dlsym(handle, #name);                                                             \
        reason = symbol ? NULL : "it has no function " #name;                                      \
        memcpy(&library.name, &symbol, sizeof symbol);                                             \
    }
    PARSE_SYMBOLS(PARSE_RESOLVE)
#undef PARSE_RESOLVE
    library.loaded = reason == NULL;
    if (reason)
        snprintf(library.reason, sizeof library.reason, "%s", reason);
}

/* The tree's depth has this bound. libpg_query builds chains (1 + 1 + …, UNION) of any length and
 * then walks them by recursion: about 5,000 links exhaust a stack of 8 MB. */
enum { DEPTH_LIMIT = 800, LEVEL_LIMIT = 800 };

/* One level of parentheses or CASE: links of a chain that a comma ends, and of one it does not. */
typedef struct Level {
    size_t operators, lasting;
} Level;

static bool is_link(const Token *token)
{
    static const char *const words[] = {"AND",    "OR",      "NOT",  "IS",
                                        "UNION",  "EXCEPT",  "JOIN", "INTERSECT",
                                        "ISNULL", "NOTNULL", "AT",   "COLLATE"};
    if (token->type == TOKEN_SYMBOL)
        return !strchr("(),;.", *token->text);
    for (size_t i = 0; i < COUNT(words); i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

static bool is_lasting(const Token *token)
{
    return token_is(token, "UNION") || token_is(token, "EXCEPT") || token_is(token, "INTERSECT") ||
           token_is(token, "JOIN");
}

/* Whether open levels and the links in them may make a tree deeper than the limit. */
static bool is_too_deep(const char *sql, size_t length)
{
    Level levels[LEVEL_LIMIT];
    size_t level = 0, depth = 0;
    levels[0] = (Level){0, 0};
    Reader reader;
    for (reader_start(&reader, ENGINE_POSTGRESQL, sql, length); reader.token.type != TOKEN_END;
         reader_step(&reader)) {
        const Token *token = &reader.token;
        if (token_is_symbol(token, '(') || token_is_symbol(token, '[') || token_is(token, "CASE")) {
            if (++level == LEVEL_LIMIT)
                return true;
            levels[level] = (Level){0, 0};
            depth++;
        } else if (level > 0 && (token_is_symbol(token, ')') || token_is_symbol(token, ']') ||
                                 token_is(token, "END"))) {
            depth -= levels[level].operators + levels[level].lasting + 1;
            level--;
        } else if (token_is_symbol(token, ',')) {
            depth -= levels[level].operators;
            levels[level].operators = 0;
        } else if (is_link(token)) {
            depth++;
            if (is_lasting(token))
                levels[level].lasting++;
            else
                levels[level].operators++;
        }
        if (depth > DEPTH_LIMIT)
            return true;
    }
    return false;
}

static void *tree_alloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void tree_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory; /* it goes with the arena */
}

static Code check_text(const char *sql, size_t length, Error *error)
{
    if (utf8_check(sql, length) != length || memchr(sql, '\0', length))
        return error_set(error, RUNG_REVISION, "the statement is not UTF-8 text");
    if (is_too_deep(sql, length))
        return error_set(error, RUNG_REVISION, "the statement is nested too deeply");
    return RUNG_OK;
}

static Code unpack(Arena *arena, const PgQueryProtobufParseResult *parsed,
                   const PgQuery__Node **ret_statement, Error *error)
{
    if (parsed->error)
        return error_set(error, RUNG_REVISION, "%s", parsed->error->message);
    ProtobufCAllocator allocator = {
        .alloc = tree_alloc, .free = tree_free, .allocator_data = arena};
    const PgQuery__ParseResult *result = library.pg_query__parse_result__unpack(
        &allocator, parsed->parse_tree.len, (const uint8_t *)parsed->parse_tree.data);
    if (!result || result->n_stmts != 1 || !result->stmts[0]->stmt)
        return error_set(error, RUNG_REVISION, "the text is not one statement");
    *ret_statement = result->stmts[0]->stmt;
    return RUNG_OK;
}

Code sql_parse(Arena *arena, const char *sql, size_t length, const PgQuery__Node **ret_statement,
               Error *error)
{
    pthread_once(&library.once, load_library);
    if (!library.loaded) {
        error_set(error, RUNG_UNSUPPORTED, "libpg_query cannot be loaded: %s", library.reason);
        return error_hint(error, "install libpg-query-dev, or give every section a dialect");
    }
    Code code = check_text(sql, length, error);
    if (code != RUNG_OK)
        return code;
    PgQueryProtobufParseResult parsed =
        library.pg_query_parse_protobuf(arena_copy(arena, sql, length));
    code = unpack(arena, &parsed, ret_statement, error);
    library.pg_query_free_protobuf_parse_result(parsed);
    return code;
}
