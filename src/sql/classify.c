/* Statements judged by their words, by one table of commands and one of kinds of object. Tokens
 * are enough for every fact that running needs, they know no version of the grammar, and a large
 * data revision is read at the lexer's speed. */
#include "sql/classify.h"

#include "sql/reader.h"

#include <strings.h>

enum {
    ROWS = 1,        /* returns rows */
    CHANGES = 2,     /* changes rows; perhaps RETURNING */
    TRANSACTION = 4, /* controls the transaction */
    SESSION = 8,     /* outlives the transaction */
    RERUN = 16,      /* outside a transaction, and harmless when repeated */
    LITE = 32,       /* SQLite only */
    ELEPHANT = 64,   /* PostgreSQL only */
    OBJECT = 128,    /* followed by a kind of object */
};

typedef struct Command {
    const char *word, *tag;
    unsigned flags;
} Command;

/* By their first word; the rest is read by the functions below. */
static const Command commands[] = {
    {"SELECT", "SELECT", ROWS},
    {"INSERT", "INSERT", CHANGES},
    {"UPDATE", "UPDATE", CHANGES},
    {"DELETE", "DELETE", CHANGES},
    {"CREATE", "CREATE", OBJECT},
    {"ALTER", "ALTER", OBJECT},
    {"DROP", "DROP", OBJECT},
    {"WITH", "SELECT", 0},
    {"VALUES", "SELECT", ROWS},
    {"TABLE", "SELECT", ROWS | ELEPHANT},
    {"MERGE", "MERGE", CHANGES | ELEPHANT},
    {"REPLACE", "INSERT", CHANGES | LITE},
    {"BEGIN", "BEGIN", TRANSACTION},
    {"START", "START TRANSACTION", TRANSACTION | ELEPHANT},
    {"COMMIT", "COMMIT", TRANSACTION},
    {"END", "COMMIT", TRANSACTION},
    {"ROLLBACK", "ROLLBACK", TRANSACTION},
    {"ABORT", "ROLLBACK", TRANSACTION | ELEPHANT},
    {"SAVEPOINT", "SAVEPOINT", TRANSACTION},
    {"RELEASE", "RELEASE", TRANSACTION},
    {"SET", "SET", ELEPHANT},
    {"RESET", "RESET", SESSION | ELEPHANT},
    {"DISCARD", "DISCARD", SESSION | ELEPHANT},
    {"LISTEN", "LISTEN", SESSION | ELEPHANT},
    {"UNLISTEN", "UNLISTEN", SESSION | ELEPHANT},
    {"LOAD", "LOAD", SESSION | ELEPHANT},
    {"DEALLOCATE", "DEALLOCATE", SESSION | ELEPHANT},
    {"PREPARE", "PREPARE", SESSION | ELEPHANT},
    {"EXECUTE", "EXECUTE", ROWS | ELEPHANT},
    {"EXPLAIN", "EXPLAIN", ROWS},
    {"SHOW", "SHOW", ROWS | ELEPHANT},
    {"FETCH", "FETCH", ROWS | ELEPHANT},
    {"MOVE", "MOVE", ELEPHANT},
    {"DECLARE", "DECLARE CURSOR", ELEPHANT},
    {"CLOSE", "CLOSE CURSOR", ELEPHANT},
    {"CALL", "CALL", ROWS | ELEPHANT},
    {"DO", "DO", ELEPHANT},
    {"COPY", "COPY", ELEPHANT},
    {"COMMENT", "COMMENT", ELEPHANT},
    {"GRANT", "GRANT", ELEPHANT},
    {"REVOKE", "REVOKE", ELEPHANT},
    {"TRUNCATE", "TRUNCATE TABLE", ELEPHANT},
    {"LOCK", "LOCK TABLE", ELEPHANT},
    {"NOTIFY", "NOTIFY", ELEPHANT},
    {"CHECKPOINT", "CHECKPOINT", ELEPHANT},
    {"REFRESH", "REFRESH MATERIALIZED VIEW", ELEPHANT},
    {"REASSIGN", "REASSIGN OWNED", ELEPHANT},
    {"SECURITY", "SECURITY LABEL", ELEPHANT},
    {"IMPORT", "IMPORT FOREIGN SCHEMA", ELEPHANT},
    {"ANALYZE", "ANALYZE", 0},
    {"ANALYSE", "ANALYZE", ELEPHANT},
    {"VACUUM", "VACUUM", RERUN},
    {"CLUSTER", "CLUSTER", ELEPHANT},
    {"REINDEX", "REINDEX", 0},
    {"PRAGMA", "PRAGMA", LITE},
    {"ATTACH", "ATTACH", LITE},
    {"DETACH", "DETACH", LITE},
};

/* Kinds of object, longer ones before those that are their beginning. */
static const struct {
    const char *words, *tag, *kind;
} kinds[] = {
#define KIND(words, kind)                                                                          \
    {                                                                                              \
        words, words, kind                                                                         \
    }
    KIND("TABLESPACE", "tablespace"),
    KIND("TABLE", "table"),
    {"VIRTUAL TABLE", "TABLE", "table"},
    KIND("INDEX", "index"),
    KIND("VIEW", "view"),
    KIND("MATERIALIZED VIEW", "materialized view"),
    KIND("SEQUENCE", "sequence"),
    KIND("TYPE", "type"),
    KIND("DOMAIN", "domain"),
    KIND("SCHEMA", "schema"),
    KIND("DATABASE", "database"),
    KIND("EXTENSION", "extension"),
    KIND("FUNCTION", "function"),
    KIND("PROCEDURE", "procedure"),
    KIND("ROUTINE", "routine"),
    KIND("AGGREGATE", "aggregate"),
    KIND("TRIGGER", "trigger"),
    KIND("EVENT TRIGGER", "event trigger"),
    KIND("RULE", "rule"),
    KIND("POLICY", "policy"),
    KIND("PUBLICATION", "publication"),
    KIND("SUBSCRIPTION", "subscription"),
    KIND("STATISTICS", "statistics"),
    KIND("COLLATION", "collation"),
    KIND("CONVERSION", "conversion"),
    KIND("CAST", "cast"),
    KIND("TRANSFORM", "transform"),
    KIND("OPERATOR CLASS", "operator class"),
    KIND("OPERATOR FAMILY", "operator family"),
    KIND("OPERATOR", "operator"),
    KIND("ACCESS METHOD", "access method"),
    KIND("LANGUAGE", "language"),
    KIND("SERVER", "server"),
    KIND("FOREIGN TABLE", "foreign table"),
    KIND("FOREIGN DATA WRAPPER", "foreign data wrapper"),
    KIND("USER MAPPING", "user mapping"),
    KIND("DEFAULT PRIVILEGES", "default privileges"),
    KIND("LARGE OBJECT", "large object"),
    KIND("OWNED", "owned"),
    KIND("TEXT SEARCH CONFIGURATION", "text search configuration"),
    KIND("TEXT SEARCH DICTIONARY", "text search dictionary"),
    KIND("TEXT SEARCH PARSER", "text search parser"),
    KIND("TEXT SEARCH TEMPLATE", "text search template"),
    KIND("ROLE", "role"),
    {"USER", "ROLE", "role"},
    {"GROUP", "ROLE", "role"},
    KIND("SYSTEM", "system"),
#undef KIND
};

/* Words that may stand between CREATE and the kind. */
static const char *const modifiers[] = {
    "OR",       "REPLACE", "GLOBAL",    "LOCAL",      "TEMP",    "TEMPORARY",
    "UNLOGGED", "UNIQUE",  "RECURSIVE", "CONSTRAINT", "TRUSTED", "PROCEDURAL",
};

/* Steps over the words of `words` ("USER MAPPING") if all of them stand there. */
static bool skip_words(Reader *reader, const char *words)
{
    Reader start = *reader;
    while (*words) {
        char word[24];
        size_t length = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        if (!reader_word(reader, word)) {
            *reader = start;
            return false;
        }
        words += length + (words[length] == ' ');
    }
    return true;
}

static void skip_modifiers(Reader *reader)
{
    bool found = true;
    while (found) {
        found = false;
        for (size_t i = 0; i < COUNT(modifiers) && !found; i++)
            found = reader_word(reader, modifiers[i]);
    }
}

static bool skip_if_exists(Reader *reader)
{
    return skip_words(reader, "IF NOT EXISTS") || skip_words(reader, "IF EXISTS");
}

/* Goes on to a word outside parentheses; false at the end. */
static bool find_word(Reader *reader, const char *keyword)
{
    while (reader->token.type != TOKEN_END &&
           !(reader->depth == 0 && token_is(&reader->token, keyword)))
        reader_step(reader);
    return reader->token.type != TOKEN_END;
}

/* (VERBOSE, CONCURRENTLY off): whether an option of REINDEX or CLUSTER is on. */
static bool read_option(Reader *reader, const char *option)
{
    bool on = false;
    size_t depth = reader->depth;
    if (!reader_symbol(reader, '('))
        return false;
    while (reader->depth > depth && reader->token.type != TOKEN_END) {
        if (!reader_word(reader, option)) {
            reader_step(reader);
            continue;
        }
        const Token *value = &reader->token;
        on = !(token_is(value, "FALSE") || token_is(value, "OFF") ||
               (value->type == TOKEN_NUMBER && *value->text == '0') ||
               (value->type == TOKEN_STRING && value->length > 2 &&
                strchr("fFoO0", value->text[1]) && strncasecmp(value->text, "'on", 3) != 0));
    }
    return on;
}

static void read_index(Reader *reader, Arena *arena, SqlFacts *facts, bool concurrently)
{
    facts->outside = concurrently ? OUTSIDE_CREATE_INDEX : OUTSIDE_NO;
    if (!token_is(&reader->token, "ON"))
        reader_qualified(reader, arena, &facts->schema, &facts->name);
    if (reader_word(reader, "ON")) {
        reader_word(reader, "ONLY");
        reader_qualified(reader, arena, &facts->relation_schema, &facts->relation);
        if (!facts->schema)
            facts->schema = facts->relation_schema; /* an index lives beside its table */
    }
}

/* Behind ALTER TABLE: DETACH PARTITION name CONCURRENTLY. */
static void read_alter_table(Reader *reader, Arena *arena, SqlFacts *facts)
{
    Reader rest = *reader;
    if (!find_word(&rest, "DETACH") || !skip_words(&rest, "DETACH PARTITION"))
        return;
    const char *schema, *name;
    if (!reader_qualified(&rest, arena, &schema, &name) || !reader_word(&rest, "CONCURRENTLY"))
        return;
    facts->outside = OUTSIDE_DETACH_PARTITION;
    facts->relation = facts->name;
    facts->relation_schema = facts->schema;
    facts->name = name;
    facts->schema = schema;
}

static void read_alter_type(Reader *reader, Arena *arena, SqlFacts *facts)
{
    if (!skip_words(reader, "ADD VALUE"))
        return;
    facts->outside = OUTSIDE_ADD_VALUE;
    facts->if_exists = skip_if_exists(reader);
    if (reader->token.type == TOKEN_STRING)
        facts->value = token_value(arena, &reader->token);
}

/* REFRESH, and SET, ADD or DROP PUBLICATION, which refresh; SET of what the publisher must hear. */
static bool subscription_stays_outside(Reader *reader)
{
    if (reader_word(reader, "REFRESH"))
        return true;
    if (!reader_word(reader, "SET") && !reader_word(reader, "ADD") && !reader_word(reader, "DROP"))
        return false;
    Reader options = *reader;
    return token_is(&reader->token, "PUBLICATION") || read_option(reader, "FAILOVER") ||
           read_option(&options, "TWO_PHASE");
}

static void read_alter(Reader *reader, Arena *arena, SqlFacts *facts)
{
    if (strcmp(facts->kind, "table") == 0)
        read_alter_table(reader, arena, facts);
    else if (strcmp(facts->kind, "type") == 0)
        read_alter_type(reader, arena, facts);
    else if (strcmp(facts->kind, "system") == 0 ||
             (strcmp(facts->kind, "database") == 0 && skip_words(reader, "SET TABLESPACE")) ||
             (strcmp(facts->kind, "subscription") == 0 && subscription_stays_outside(reader)))
        facts->outside = OUTSIDE_REPEATABLE;
}

/* Databases, tablespaces and subscriptions are made and dropped outside transactions. */
static bool is_global(const char *kind)
{
    return strcmp(kind, "database") == 0 || strcmp(kind, "tablespace") == 0 ||
           strcmp(kind, "subscription") == 0;
}

/* What follows CREATE, ALTER, DROP and the kind. */
static void read_object(Reader *reader, Arena *arena, SqlFacts *facts, const char *verb)
{
    bool index = strcmp(facts->kind, "index") == 0;
    bool concurrently = index && reader_word(reader, "CONCURRENTLY");
    facts->if_exists = skip_if_exists(reader);
    reader_word(reader, "ONLY");
    if (strcmp(verb, "CREATE") == 0 && index) {
        read_index(reader, arena, facts, concurrently);
        return;
    }
    if (strcmp(facts->kind, "system") != 0)
        reader_qualified(reader, arena, &facts->schema, &facts->name);
    if (strcmp(verb, "ALTER") == 0) {
        read_alter(reader, arena, facts);
        return;
    }
    bool drop = strcmp(verb, "DROP") == 0;
    facts->drops_table = drop && strcmp(facts->kind, "table") == 0;
    if (drop && concurrently)
        facts->outside = OUTSIDE_DROP_INDEX;
    else if (is_global(facts->kind))
        facts->outside = drop ? OUTSIDE_DROP : OUTSIDE_CREATE;
}

static void read_kind(Reader *reader, Arena *arena, SqlFacts *facts, const char *verb)
{
    skip_modifiers(reader);
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (skip_words(reader, kinds[i].words)) {
            facts->command = arena_print(arena, "%s %s", verb, kinds[i].tag);
            facts->kind = kinds[i].kind;
            read_object(reader, arena, facts, verb);
            return;
        }
    facts->parsed = false;
}

static void read_reindex(Reader *reader, Arena *arena, SqlFacts *facts)
{
    bool outside = read_option(reader, "CONCURRENTLY");
    static const struct {
        const char *word, *kind;
        bool many;
    } targets[] = {{"INDEX", "index", false},
                   {"TABLE", "table", false},
                   {"SCHEMA", "schema", true},
                   {"DATABASE", "database", true},
                   {"SYSTEM", "database", true}};
    for (size_t i = 0; i < COUNT(targets) && !facts->kind; i++)
        if (reader_word(reader, targets[i].word)) {
            facts->kind = targets[i].kind;
            outside = outside || targets[i].many;
        }
    if (reader_word(reader, "CONCURRENTLY"))
        outside = true;
    reader_qualified(reader, arena, &facts->schema, &facts->name);
    if (outside && reader->lexer.engine == ENGINE_POSTGRESQL)
        facts->outside = OUTSIDE_REINDEX;
}

/* Without a table it clusters all of them, each in a transaction. */
static void read_cluster(Reader *reader, SqlFacts *facts)
{
    reader_parentheses(reader);
    reader_word(reader, "VERBOSE");
    if (reader->token.type == TOKEN_END)
        facts->outside = OUTSIDE_REPEATABLE;
}

static void read_set(Reader *reader, SqlFacts *facts)
{
    if (token_is(&reader->token, "CONSTRAINTS"))
        facts->command = "SET CONSTRAINTS";
    else
        facts->sets_session =
            !token_is(&reader->token, "LOCAL") && !token_is(&reader->token, "TRANSACTION");
}

static void read_copy(Reader *reader, SqlFacts *facts)
{
    for (; reader->token.type != TOKEN_END; reader_step(reader)) {
        if (reader->depth > 0)
            continue;
        if (skip_words(reader, "FROM STDIN") || skip_words(reader, "TO STDOUT")) {
            facts->copies_from_client = true;
            return;
        }
    }
}

/* set_config(name, value, is_local): true unless the third argument is plainly true. */
static bool config_outlives(Reader reader)
{
    size_t depth = reader.depth, arguments = 0;
    if (!reader_symbol(&reader, '('))
        return false;
    while (reader.depth > depth && reader.token.type != TOKEN_END && arguments < 2) {
        bool comma = reader.depth == depth + 1 && token_is_symbol(&reader.token, ',');
        arguments += comma;
        reader_step(&reader);
    }
    return !token_is(&reader.token, "TRUE");
}

/* The rest of a query or a change of rows: what it returns, and what is hidden in it. */
static void read_query(Reader *reader, SqlFacts *facts)
{
    bool opened = false; /* the token before was "(" */
    for (; reader->token.type != TOKEN_END;) {
        const Token token = reader->token;
        bool outer = reader->depth == 0;
        reader_step(reader);
        if (token.type == TOKEN_WORD) {
            if (outer && token_is(&token, "RETURNING"))
                facts->returns_rows = true;
            else if (outer && token_is(&token, "INTO") && strcmp(facts->command, "SELECT") == 0) {
                facts->command = "SELECT INTO";
                facts->returns_rows = false;
            } else if (opened && (token_is(&token, "INSERT") || token_is(&token, "UPDATE") ||
                                  token_is(&token, "DELETE") || token_is(&token, "MERGE")))
                facts->changes_rows = true;
            else if (token_is(&token, "SET_CONFIG") && config_outlives(*reader))
                facts->sets_session = true;
        }
        opened = token_is_symbol(&token, '(');
    }
}

static const Command *find_command(const Reader *reader)
{
    unsigned other = reader->lexer.engine == ENGINE_SQLITE ? ELEPHANT : LITE;
    for (size_t i = 0; i < COUNT(commands); i++)
        if (!(commands[i].flags & other) && token_is(&reader->token, commands[i].word))
            return &commands[i];
    return NULL;
}

static void take_command(SqlFacts *facts, const Command *command)
{
    facts->parsed = true;
    facts->command = command->tag;
    facts->returns_rows = command->flags & ROWS;
    facts->changes_rows = command->flags & CHANGES;
    facts->sets_session = command->flags & SESSION;
    facts->controls_transaction = command->flags & TRANSACTION;
    if (command->flags & RERUN)
        facts->outside = OUTSIDE_REPEATABLE;
}

/* WITH a AS (…), b AS (…) and then the statement itself, at the first of its words that is no
 * name of a WITH query. */
static void read_with(Reader *reader, SqlFacts *facts)
{
    Reader whole = *reader;
    bool name_place = true;
    for (; reader->token.type != TOKEN_END; reader_step(reader)) {
        const Token *token = &reader->token;
        const Command *command = reader->depth > 0 || name_place ? NULL : find_command(reader);
        if (command && (command->flags & (ROWS | CHANGES))) {
            take_command(facts, command);
            break;
        }
        name_place =
            token_is(token, "RECURSIVE") || (reader->depth == 0 && token_is_symbol(token, ','));
    }
    read_query(&whole, facts);
}

static void read_transaction(Reader *reader, SqlFacts *facts)
{
    bool prepared = reader_word(reader, "PREPARED");
    if (prepared && strcmp(facts->command, "COMMIT") == 0)
        facts->command = "COMMIT PREPARED";
    else if (prepared && strcmp(facts->command, "ROLLBACK") == 0)
        facts->command = "ROLLBACK PREPARED";
}

static void read_prepare(Reader *reader, SqlFacts *facts)
{
    if (!reader_word(reader, "TRANSACTION"))
        return;
    facts->command = "PREPARE TRANSACTION";
    facts->controls_transaction = true;
    facts->sets_session = false;
}

static void read_pragma(Reader *reader, Arena *arena, SqlFacts *facts)
{
    facts->outside = OUTSIDE_PRAGMA;
    if (strcmp(facts->command, "PRAGMA") != 0 ||
        !reader_qualified(reader, arena, &facts->schema, &facts->name))
        return;
    facts->kind = "pragma";
    char *name = arena_string(arena, facts->name);
    for (char *at = name; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + 32);
    facts->name = name;
}

static void read_rest(Reader *reader, Arena *arena, SqlFacts *facts, const Command *command)
{
    const char *word = command->word;
    if (command->flags & OBJECT)
        read_kind(reader, arena, facts, command->tag);
    else if (strcmp(word, "WITH") == 0)
        read_with(reader, facts);
    else if (command->flags & TRANSACTION)
        read_transaction(reader, facts);
    else if (strcmp(word, "SET") == 0)
        read_set(reader, facts);
    else if (strcmp(word, "COPY") == 0)
        read_copy(reader, facts);
    else if (strcmp(word, "REINDEX") == 0)
        read_reindex(reader, arena, facts);
    else if (strcmp(word, "CLUSTER") == 0)
        read_cluster(reader, facts);
    else if (strcmp(word, "PREPARE") == 0)
        read_prepare(reader, facts);
    else if (strcmp(word, "DISCARD") == 0 && token_is(&reader->token, "ALL"))
        facts->outside = OUTSIDE_REPEATABLE;
    else if (command->flags & LITE && !(command->flags & CHANGES))
        read_pragma(reader, arena, facts);
    else if (command->flags & (ROWS | CHANGES))
        read_query(reader, facts);
}

Code sql_classify(Arena *arena, Engine engine, const char *sql, size_t length, SqlFacts *ret_facts,
                  Error *error)
{
    (void)error;
    SqlFacts facts = {.command = "", .outside = OUTSIDE_NO};
    Reader reader;
    reader_start(&reader, engine, sql, length);
    while (reader_symbol(&reader, '(')) /* (SELECT …) UNION (SELECT …) */
        ;
    reader.depth = 0;
    const Command *command = find_command(&reader);
    if (command) {
        take_command(&facts, command);
        reader_step(&reader);
        read_rest(&reader, arena, &facts, command);
    } else if (reader.token.type == TOKEN_WORD) {
        facts.command = arena_copy(arena, reader.token.text, reader.token.length);
    }
    *ret_facts = facts;
    return RUNG_OK;
}

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || (unsigned char)byte > 127;
}

/* Whole words only: the label "new" is not in 'newer'. */
static bool holds_label(const Token *token, const char *label, size_t length)
{
    const char *end = token->text + token->length;
    if (length == 0)
        return true;
    for (const char *at = token->text; (at = memmem(at, (size_t)(end - at), label, length)) != NULL;
         at++) {
        if (at == token->text || at + length == end)
            continue;
        bool begins = !is_name_byte(*label) || !is_name_byte(at[-1]);
        bool ends = !is_name_byte(label[length - 1]) || !is_name_byte(at[length]);
        if (begins && ends)
            return true;
    }
    return false;
}

bool sql_mentions(Engine engine, const char *sql, size_t length, const char *label)
{
    size_t label_length = strlen(label), doubled_length = 0;
    char doubled[2 * 64 + 1]; /* a label has at most 63 bytes */
    for (const char *at = label; *at && doubled_length < sizeof doubled - 2; at++) {
        if (*at == '\'')
            doubled[doubled_length++] = '\'';
        doubled[doubled_length++] = *at;
    }
    Reader reader;
    for (reader_start(&reader, engine, sql, length); reader.token.type != TOKEN_END;
         reader_step(&reader))
        if (reader.token.type == TOKEN_STRING &&
            (holds_label(&reader.token, label, label_length) ||
             holds_label(&reader.token, doubled, doubled_length)))
            return true;
    return false;
}
