/* A URL as PostgreSQL's own programs take it, its secrets apart: a process title is public. */
#include "base/text.h"
#include "db/pg.h"

/* As it is where that is clear, else in quotes (libpq manual, "Connection Strings"). */
static void add_value(Text *text, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-.,/:@%+~";
    if (*value && !value[strspn(value, plain)]) {
        text_put(text, value);
        return;
    }
    text_char(text, '\'');
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            text_char(text, '\\');
        text_char(text, *value);
    }
    text_char(text, '\'');
}

static void add_part(Text *text, const char *keyword, const char *value)
{
    text_print(text, "%s%s=", text->length ? " " : "", keyword);
    add_value(text, value);
}

Code db_client(const DbUrl *url, const char *database, Arena *arena, DbClient *ret_client,
               Error *error)
{
    const PgApi *pq;
    DbClient client = {.database = database ? database : url->database};
    Text text = TEXT_EMPTY;
    Code code = pg_api_load(&pq, error);
    PQconninfoOption *parts = code ? NULL : pq->conninfoParse(url->conninfo, NULL);
    if (code)
        return code;
    if (!parts)
        return error_set(error, RUNG_CONFIG, "the database URL %s is wrong", url->shown);
    for (const PQconninfoOption *part = parts; part->keyword; part++) {
        if (!part->val || !*part->val)
            continue;
        if (strcmp(part->keyword, "password") == 0)
            client.password = arena_string(arena, part->val);
        else if (strcmp(part->keyword, "dbname") == 0)
            client.database = client.database ? client.database : arena_string(arena, part->val);
        else if (part->dispchar[0] != '*')
            add_part(&text, part->keyword, part->val);
    }
    if (client.database)
        add_part(&text, "dbname", client.database);
    client.conninfo = arena_string(arena, text_string(&text));
    text_done(&text);
    pq->conninfoFree(parts);
    *ret_client = client;
    return RUNG_OK;
}
