/* The server's own text of an expression is not always read as the same expression again. */
#include "plan/planner.h"

/* The end of a quoted text or of the bracket that `at` stands on. */
static const char *skip(const char *at)
{
    int depth = 0;
    for (; *at; at++) {
        if (*at == '\'' || *at == '"') {
            const char *end = strchr(at + 1, *at);
            if (!end)
                return at + strlen(at);
            at = end;
        } else if (*at == '[')
            depth++;
        else if (*at == ']' && --depth == 0)
            return at + 1;
    }
    return at;
}

/* `v IN ('a', 'b')` of a varchar is printed as (ARRAY['a'::character varying, …])::text[]. Read
 * again, the outer cast goes into the elements; behind a cast to what the array is it does not
 * (src/backend/parser/parse_expr.c, transformTypeCast). */
const char *expression_again(Arena *arena, const char *sql)
{
    static const char element[] = "::character varying";
    Text text = TEXT_EMPTY;
    const char *done = sql;
    for (const char *at = sql; (at = strstr(at, "(ARRAY["));) {
        const char *end = skip(at + 6);
        size_t length = strlen(element);
        if (strncmp(end, ")::text[]", 9) == 0 && end - at > (ptrdiff_t)length + 8 &&
            strncmp(end - 1 - length, element, length) == 0) {
            text_add(&text, done, (size_t)(at - done));
            text_print(&text, "((%.*s)%s[])", (int)(end - at - 1), at + 1, element);
            done = end + 1;
        }
        at++;
    }
    text_put(&text, done);
    return text_keep(&text, arena);
}
