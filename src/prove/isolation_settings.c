/* How the policies know the tenant: by a setting of the session that they read, themselves or in
 * the functions that they call; as a text of its own or as a claim of a JSON document. When that is
 * not one thing for sure, the user is asked. */
#include "base/text.h"
#include "prove/isolation_parts.h"
#include "sql/lexer.h"

#include <strings.h>

#define CLAIMS "request.jwt.claims"

/* The texts of policies and views of the tables with the column, and of the functions behind
 * them; $1 is the column. */
static const char texts_sql[] =
    "WITH RECURSIVE owned AS (SELECT a.attrelid AS oid FROM pg_attribute a JOIN pg_class c ON c.oid"
    " = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attname = $1 AND NOT"
    " a.attisdropped AND c.relkind IN ('r', 'p', 'v') AND n.nspname NOT IN ('pg_catalog',"
    " 'information_schema', 'rung')),"
    " policy AS (SELECT p.oid, concat_ws(' ', pg_get_expr(p.polqual, p.polrelid),"
    " pg_get_expr(p.polwithcheck, p.polrelid)) AS text FROM pg_policy p JOIN owned o ON o.oid ="
    " p.polrelid),"
    " view AS (SELECT r.oid, pg_get_viewdef(o.oid) AS text FROM owned o JOIN pg_rewrite r ON"
    " r.ev_class = o.oid JOIN pg_class c ON c.oid = o.oid WHERE c.relkind = 'v'),"
    " body(oid) AS (SELECT d.refobjid FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND"
    " d.refobjid >= 16384 AND d.objid IN (SELECT oid FROM policy UNION SELECT oid FROM view)"
    " UNION SELECT f.oid FROM body b JOIN pg_proc g ON g.oid = b.oid JOIN pg_proc f ON f.oid >="
    " 16384 AND f.oid <> g.oid AND position(f.proname || '(' IN g.prosrc) > 0)"
    " SELECT text, true FROM policy UNION ALL SELECT text, false FROM view UNION ALL"
    " SELECT CASE WHEN p.prokind = 'f' THEN pg_get_functiondef(p.oid) ELSE p.prosrc END, true"
    " FROM body b JOIN pg_proc p ON p.oid = b.oid";

typedef VEC(const char *) Words;

typedef struct Reading {
    Proof *proof;
    Words settings, claims; /* a claim inside another: "app_metadata.tenant" */
    bool policies, other;   /* other: something that is no constant is read */
} Reading;

static void add_once(Proof *proof, Words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->at[i], word) == 0)
            return;
    *vec_add(proof->arena, words) = word;
}

/* The text of a plain 'constant'. */
static const char *unquoted(Arena *arena, const Token *token)
{
    return token->length >= 2 && token->text[0] == '\''
               ? arena_copy(arena, token->text + 1, token->length - 2)
               : NULL;
}

typedef VEC(Token) Tokens;

static Code read_tokens(Proof *proof, const char *text, Tokens *tokens, Error *error)
{
    Lexer lexer;
    Token token;
    lexer_start(&lexer, ENGINE_POSTGRESQL, "a policy", 1, text, strlen(text));
    Code code;
    while (!(code = lexer_next(&lexer, &token, error)) && token.type != TOKEN_END)
        if (token.type != TOKEN_COMMENT)
            *vec_add(proof->arena, tokens) = token;
    return code;
}

static bool is_symbol(const Tokens *tokens, size_t at, char symbol)
{
    return at < tokens->count && token_is_symbol(&tokens->at[at], symbol);
}

/* -> 'a' ->> 'b' is the claim a.b; behind a constant there may be ::text. */
static void read_claim(Reading *reading, const Tokens *tokens, size_t at)
{
    Arena *arena = reading->proof->arena;
    const char *path = NULL;
    while (is_symbol(tokens, at, '-') && is_symbol(tokens, at + 1, '>')) {
        bool last = is_symbol(tokens, at + 2, '>');
        at += last ? 3 : 2;
        const char *word = at < tokens->count && tokens->at[at].type == TOKEN_STRING
                               ? unquoted(arena, &tokens->at[at])
                               : NULL;
        if (!word)
            return;
        path = path ? arena_print(arena, "%s.%s", path, word) : word;
        if (last) {
            add_once(reading->proof, &reading->claims, path);
            return;
        }
        at++;
        if (at + 1 < tokens->count && tokens->at[at].length == 2 &&
            memcmp(tokens->at[at].text, "::", 2) == 0)
            at += 2;
        while (is_symbol(tokens, at, ')'))
            at++;
    }
}

/* Only where a chain begins: the others are its inside. */
static bool begins_claim(const Tokens *tokens, size_t at)
{
    if (!is_symbol(tokens, at, '-') || !is_symbol(tokens, at + 1, '>'))
        return false;
    size_t back = at;
    while (back && is_symbol(tokens, back - 1, ')'))
        back--;
    if (back >= 2 && tokens->at[back - 2].length == 2 &&
        memcmp(tokens->at[back - 2].text, "::", 2) == 0 && token_is(&tokens->at[back - 1], "TEXT"))
        back -= 2;
    return !back || tokens->at[back - 1].type != TOKEN_STRING ||
           !(back >= 2 && is_symbol(tokens, back - 2, '>'));
}

/* A function's text is inside of a dollar quote: its inside is read, too. */
static Code read_text(Reading *reading, const char *text, Error *error)
{
    Tokens tokens = {0};
    Arena *arena = reading->proof->arena;
    Code code = read_tokens(reading->proof, text, &tokens, error);
    for (size_t i = 0; !code && i < tokens.count; i++) {
        const Token *token = &tokens.at[i];
        if (token->type == TOKEN_STRING && token->text[0] == '$') {
            size_t tag = (size_t)((const char *)memchr(token->text + 1, '$', token->length - 1) -
                                  token->text) +
                         1;
            code = read_text(reading, arena_copy(arena, token->text + tag, token->length - 2 * tag),
                             error);
        } else if (token->type == TOKEN_WORD && token_is(token, "CURRENT_SETTING") &&
                   is_symbol(&tokens, i + 1, '(') && i + 2 < tokens.count) {
            const char *name = unquoted(arena, &tokens.at[i + 2]);
            if (name && strchr(name, '.'))
                add_once(reading->proof, &reading->settings, name);
            reading->other |= !name;
        } else if (begins_claim(&tokens, i))
            read_claim(reading, &tokens, i);
    }
    return code;
}

/* {"app_metadata": {"tenant": "{tenant}"}} */
static const char *claim_document(Proof *proof, const char *path)
{
    Text text = TEXT_EMPTY;
    size_t depth = 0;
    for (const char *at = path; *at; depth++) {
        size_t length = strcspn(at, ".");
        text_print(&text, "{\"%.*s\": ", (int)length, at);
        at += length + (at[length] == '.');
    }
    text_put(&text, "\"{tenant}\"");
    while (depth--)
        text_char(&text, '}');
    return text_keep(&text, proof->arena);
}

static bool is_document(const Reading *reading, const char *name)
{
    return strcmp(name, CLAIMS) == 0 || (reading->claims.count && reading->settings.count == 1);
}

/* Whether what was read is one thing: one setting, or a claim and its setting of the same name. */
static bool is_clear(const Reading *reading, const char **ret_document, const char **ret_plain)
{
    size_t documents = 0, plain = 0;
    for (size_t i = 0; i < reading->settings.count; i++) {
        const char *name = reading->settings.at[i];
        bool document = is_document(reading, name);
        documents += document;
        plain += !document;
        *(document ? ret_document : ret_plain) = name;
    }
    if (documents > 1 || plain > 1 || !(documents + plain) || reading->other)
        return false;
    if (documents && reading->claims.count != 1)
        return false;
    return !documents || !plain ||
           (strncmp(*ret_plain, "request.jwt.claim.", 18) == 0 &&
            strcmp(*ret_plain + 18, reading->claims.at[0]) == 0);
}

static Code ask(const Reading *reading, Error *error)
{
    Text names = TEXT_EMPTY;
    for (size_t i = 0; i < reading->settings.count; i++)
        text_print(&names, "%s%s", i ? ", " : "", reading->settings.at[i]);
    for (size_t i = 0; i < reading->claims.count; i++)
        text_print(&names, ", claim %s", reading->claims.at[i]);
    if (names.length)
        error_set(error, RUNG_USAGE,
                  "the policies read more than one setting: which of them says "
                  "who the tenant is? %s",
                  text_string(&names));
    else
        error_set(error, RUNG_USAGE,
                  "the policies read no setting of the session that would say "
                  "who the tenant is");
    text_done(&names);
    return error_hint(error, "say it: --set NAME=VALUE, with {tenant} in VALUE, like "
                             "--set app.tenant={tenant} or --set "
                             "'request.jwt.claims={\"sub\":\"{tenant}\"}'");
}

static void add_setting(Proof *proof, const char *name, const char *value)
{
    *vec_add(proof->arena, &proof->result->settings) = (TenantSetting){name, value};
}

Code settings_find(Proof *proof, Error *error)
{
    DbRows rows;
    Reading reading = {.proof = proof};
    const char *document = NULL, *plain = NULL;
    if (proof->options->settings.count) {
        proof->result->settings = proof->options->settings;
        return RUNG_OK;
    }
    DbStatement statement = {.sql = texts_sql, .params = &proof->options->column, .param_count = 1};
    Code code = db_query(proof->db, proof->arena, &statement, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        reading.policies |= db_cell(&rows, i, 1)[0] == 't';
        code = read_text(&reading, db_cell(&rows, i, 0), error);
    }
    if (code || (!reading.policies && !reading.settings.count))
        return code; /* nothing asks who it is: everybody sees everything, or nobody anything */
    if (!is_clear(&reading, &document, &plain))
        return ask(&reading, error);
    if (document)
        add_setting(proof, document, claim_document(proof, reading.claims.at[0]));
    if (plain)
        add_setting(proof, plain, "{tenant}");
    return RUNG_OK;
}
