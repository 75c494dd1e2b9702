/* The front of the translation: which statements have one, which are dropped, which are refused. */
#include "sql/translate.h"

#include "base/text.h"
#include "sql/classify.h"
#include "sql/quote.h"
#include "sql/reader.h"
#include "sql/translator.h"

/* ---- what the other files use ---- */

Code translator_refuse(Translator *translator, int location, const char *hint, const char *format,
                       ...)
{
    va_list list;
    va_start(list, format);
    const char *what = arena_print_list(translator->scratch, format, list);
    va_end(list);
    int line = translator->line;
    for (int i = 0; i < location && (size_t)i < translator->length; i++)
        line += translator->sql[i] == '\n';
    error_at(translator->error, RUNG_REVISION, translator->file, line,
             "%s cannot be translated for SQLite: %s", translator->command, what);
    return error_hint(translator->error, "%s%swrite it for SQLite under \"%s\"", hint ? hint : "",
                      hint ? "; or " : "", translator->heading);
}

void translator_drop(Translator *translator, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *what = arena_print_list(translator->scratch, format, list);
    va_end(list);
    const char *before = translator->translation->notice;
    translator->translation->notice =
        before ? arena_print(translator->arena, "%s; %s", before, what)
               : arena_print(translator->arena, "left out for SQLite: %s", what);
}

void translator_add(Translator *translator, size_t first, size_t last)
{
    *vec_add(translator->arena, &translator->translation->statements) =
        rewrite_print(&translator->rewrite, translator->arena, first, last);
}

void translator_add_all(Translator *translator)
{
    translator_add(translator, 0, translator->rewrite.tokens.count - 2);
}

const char *translator_print(Translator *translator, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *text = arena_print_list(translator->scratch, format, list);
    va_end(list);
    return text;
}

const char *translator_quote(Translator *translator, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_name(&text, name);
    const char *quoted = arena_copy(translator->scratch, text_string(&text), text.length);
    text_done(&text);
    return quoted;
}

/* ---- statements that are dropped ---- */

/* Extensions whose functions the translation knows. */
static bool is_known_extension(const char *name)
{
    return strcmp(name, "pgcrypto") == 0 || strcmp(name, "uuid-ossp") == 0;
}

static bool drops_known_extensions(const PgQuery__DropStmt *drop)
{
    bool known = drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION;
    for (size_t i = 0; i < drop->n_objects && known; i++)
        known = drop->objects[i]->node_case == PG_QUERY__NODE__NODE_STRING &&
                is_known_extension(drop->objects[i]->string->sval);
    return known;
}

static bool is_timeout(const PgQuery__VariableSetStmt *set)
{
    return set->name &&
           (strcmp(set->name, "lock_timeout") == 0 || strcmp(set->name, "statement_timeout") == 0);
}

/* Why a statement has no meaning in SQLite and does no harm when it is left out; NULL: it may. */
static const char *reason_to_drop(const PgQuery__Node *statement)
{
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        return "SQLite stores no comments";
    case PG_QUERY__NODE__NODE_GRANT_STMT:
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        return "SQLite has no users";
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
        return "SQLite has no row-level security";
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        return is_timeout(statement->variable_set_stmt) ? "SQLite has no such timeout" : NULL;
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
        return is_known_extension(statement->create_extension_stmt->extname)
                   ? "SQLite needs no extension for it"
                   : NULL;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        return statement->rename_stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY
                   ? "SQLite has no row-level security"
                   : NULL;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        if (statement->drop_stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY)
            return "SQLite has no row-level security";
        return drops_known_extensions(statement->drop_stmt) ? "SQLite needs no extension for it"
                                                            : NULL;
    default:
        return NULL;
    }
}

/* The statement's first words up to its text constants: "COMMENT ON COLUMN users.email". */
static const char *statement_title(Translator *translator)
{
    Text title = TEXT_EMPTY;
    const Rewrite *rewrite = &translator->rewrite;
    for (size_t i = 0; i + 1 < rewrite->tokens.count && title.length < 60; i++) {
        const Token *token = rewrite_token(rewrite, i);
        if (token->type == TOKEN_STRING || token_is(token, "IS") || token_is_symbol(token, '('))
            break;
        const Token *before = rewrite_token(rewrite, i > 0 ? i - 1 : 0);
        bool joined = i == 0 || token->text == before->text + before->length;
        text_print(&title, "%s%.*s", joined ? "" : " ", (int)token->length, token->text);
    }
    const char *copy = arena_copy(translator->scratch, text_string(&title), title.length);
    text_done(&title);
    return copy;
}

/* ---- statements that are translated ---- */

static Code take_query(Translator *translator, const PgQuery__Node *statement)
{
    Code code = translate_query_words(translator);
    if (code == RUNG_OK)
        code = translate_tree(translator, statement);
    if (code == RUNG_OK)
        translator_add_all(translator);
    return code;
}

/* ANALYZE of everything or of one table. */
static Code take_analyze(Translator *translator, const PgQuery__VacuumStmt *vacuum)
{
    if (vacuum->n_options > 0 || vacuum->n_rels > 1 || (vacuum->is_vacuumcmd && vacuum->n_rels > 0))
        return translator_refuse(translator, -1, NULL, "its options");
    for (size_t i = 0; i < vacuum->n_rels; i++) {
        const PgQuery__VacuumRelation *relation = vacuum->rels[i]->vacuum_relation;
        if (relation->n_va_cols > 0)
            return translator_refuse(translator, -1, NULL, "its columns");
        Code code = translate_relation(translator, relation->relation);
        if (code != RUNG_OK)
            return code;
    }
    translator_add_all(translator);
    return RUNG_OK;
}

static Code take_statement(Translator *translator, const PgQuery__Node *statement)
{
    const char *reason = reason_to_drop(statement);
    if (reason) {
        translator_drop(translator, "%s (%s)", statement_title(translator), reason);
        return RUNG_OK;
    }
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        return translate_create_table(translator, statement->create_stmt);
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        return translate_index(translator, statement->index_stmt);
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        return translate_view(translator, statement->view_stmt);
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return translate_alter(translator, statement->alter_table_stmt);
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        return translate_rename(translator, statement->rename_stmt);
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return translate_drop(translator, statement->drop_stmt);
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        return translate_truncate(translator, statement->truncate_stmt);
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        return take_analyze(translator, statement->vacuum_stmt);
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        return take_query(translator, statement);
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT: /* the caller says what it thinks of it */
        translator_add_all(translator);
        return RUNG_OK;
    default:
        return translator_refuse(translator, -1, NULL, "SQLite has nothing like it");
    }
}

/* ---- the whole ---- */

static Code check_names(Translator *translator)
{
    const Rewrite *rewrite = &translator->rewrite;
    for (size_t i = 0; i + 1 < rewrite->tokens.count; i++) {
        const Token *token = rewrite_token(rewrite, i);
        if (token->type == TOKEN_NAME && *token->text != '"')
            return translator_refuse(translator, (int)(token->text - rewrite->sql), NULL,
                                     "a name written U&\"…\"");
    }
    return RUNG_OK;
}

/* A number, TRUE, FALSE, NULL, or '…' on one line. */
static bool is_plain_constant(const Token *token)
{
    if (token->type == TOKEN_STRING)
        return *token->text == '\'' && !memchr(token->text, '\n', token->length);
    if (token->type != TOKEN_NUMBER)
        return token_is(token, "NULL") || token_is(token, "TRUE") || token_is(token, "FALSE");
    for (size_t i = 0; i < token->length; i++)
        if (!strchr("0123456789.eE+-", token->text[i]))
            return false;
    return true;
}

/* Steps over (a, b) if it is there; false when anything but names stands in it. */
static bool skip_columns(Reader *reader)
{
    if (!reader_symbol(reader, '('))
        return true;
    while (reader->token.type == TOKEN_WORD || token_is_symbol(&reader->token, ','))
        reader_step(reader);
    return reader_symbol(reader, ')');
}

/* INSERT INTO t [(a, b)] VALUES (…), (…) of plain constants, without comments: nothing to
 * translate, and data revisions hold millions of them. */
static bool is_plain_insert(const char *sql, size_t length)
{
    Reader reader;
    reader_start(&reader, ENGINE_POSTGRESQL, sql, length);
    if (!reader_word(&reader, "INSERT") || !reader_word(&reader, "INTO") ||
        reader.token.type != TOKEN_WORD)
        return false;
    reader_step(&reader);
    if (!skip_columns(&reader) || !reader_word(&reader, "VALUES") || memmem(sql, length, "/*", 2) ||
        memmem(sql, length, "--", 2))
        return false;
    for (; reader.token.type != TOKEN_END; reader_step(&reader)) {
        bool separator =
            reader.token.type == TOKEN_SYMBOL && strchr("(),-", *reader.token.text) != NULL;
        if (!separator && !is_plain_constant(&reader.token))
            return false;
    }
    return true;
}

static Code parse(Translator *translator, const PgQuery__Node **ret_statement)
{
    Error *error = translator->error;
    Code code =
        sql_parse(translator->scratch, translator->sql, translator->length, ret_statement, error);
    if (code != RUNG_REVISION)
        return code;
    const char *reason = arena_string(translator->scratch, error->message);
    error_at(error, RUNG_REVISION, translator->file, translator->line,
             "%s cannot be translated for SQLite: the parser does not understand it (%s)",
             translator->command, reason);
    return error_hint(error, "write it for SQLite under \"%s\"", translator->heading);
}

static Code translate(Translator *translator)
{
    SqlFacts facts;
    Code code = sql_classify(translator->scratch, ENGINE_POSTGRESQL, translator->sql,
                             translator->length, &facts, translator->error);
    translator->command = facts.command && *facts.command ? facts.command : "this statement";
    const PgQuery__Node *statement = NULL;
    if (code == RUNG_OK)
        code = parse(translator, &statement);
    if (code == RUNG_OK)
        code = rewrite_start(&translator->rewrite, translator->scratch, translator->sql,
                             translator->length, translator->error);
    if (code == RUNG_OK)
        code = check_names(translator);
    return code == RUNG_OK ? take_statement(translator, statement) : code;
}

Code sql_translate(Arena *arena, const char *file, int line, const char *heading, const char *sql,
                   size_t length, SqlTranslation *ret_translation, Error *error)
{
    SqlTranslation translation = {.notice = NULL};
    if (is_plain_insert(sql, length)) {
        *vec_add(arena, &translation.statements) = arena_copy(arena, sql, length);
        *ret_translation = translation;
        return RUNG_OK;
    }
    Translator translator = {.scratch = arena_new(), .arena = arena, .file = file, .line = line};
    translator.heading = heading;
    translator.sql = translate_any(translator.scratch, sql, length, &translator.length);
    translator.translation = &translation;
    translator.error = error;
    Code code = translate(&translator);
    arena_free(translator.scratch);
    if (code == RUNG_OK)
        *ret_translation = translation;
    else
        error_statement(error, sql, length);
    return code;
}
