/* What the text itself tells, or hides. */
#include "lint/rules.h"
#include "sql/lexer.h"

enum { NAME_BYTES = 63 }; /* NAMEDATALEN - 1 */

/* The bytes of a name without its quotes. */
static size_t name_length(const Token *token)
{
    if (token->type == TOKEN_WORD)
        return token->length;
    return token->type == TOKEN_NAME && token->length > 2 ? token->length - 2 : 0;
}

RULE(name_too_long)
{
    Lexer lexer;
    Token token;
    Error ignored;
    if (check->statement->facts.changes_rows)
        return;
    lexer_start(&lexer, ENGINE_POSTGRESQL, "", 1, check->statement->sql, check->statement->length);
    while (!lexer_next(&lexer, &token, &ignored) && token.type != TOKEN_END)
        if (name_length(&token) > NAME_BYTES) {
            rule_hit(check, NULL, "%.*s has %zu bytes; PostgreSQL keeps %d", (int)token.length,
                     token.text, name_length(&token), NAME_BYTES);
            return;
        }
}

RULE(opaque)
{
    if (check->statement->effects.opaque)
        rule_hit(check, NULL, "what %s does is not in its text", check->statement->facts.command);
}

RULE(not_parsed)
{
    if (check->statement->reason)
        rule_hit(check, NULL, "judged by rehearsal only: %s (grammar of PostgreSQL 15)",
                 check->statement->reason);
}

RULE(not_translated)
{
    if (check->statement->reason)
        rule_hit(check, NULL, "%s", check->statement->reason);
}
