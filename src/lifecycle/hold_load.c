/* Holds as conditions, and the names of rows that people write. */
#include "base/value.h"
#include "lifecycle/hold_parts.h"

const char *hold_table_name(const KeyTable *table, Arena *arena)
{
    return table->schema ? arena_print(arena, "%s.%s", table->schema, table->name) : table->name;
}

/* ---- reading TABLE:KEY ---- */

/* A word up to `end` or the end of the text, which may stand in double quotes. */
static bool read_word(const char **at, char end, Arena *arena, const char **ret_word)
{
    Text word = TEXT_EMPTY;
    const char *text = *at;
    bool quoted = *text == '"', closed = false;
    for (text += quoted; *text && !closed; text++) {
        if (quoted ? *text == '"' && text[1] != '"' : *text == end)
            break;
        text += quoted && *text == '"';
        text_char(&word, *text);
    }
    closed = !quoted || *text == '"';
    text += quoted && closed;
    *ret_word = arena_string(arena, text_string(&word));
    text_done(&word);
    *at = text;
    return closed && (!*text || *text == end);
}

static Code wrong_row(Error *error, const char *text, const char *why)
{
    error_set(error, RUNG_USAGE, "\"%s\" names no row: %s", text, why);
    return error_hint(error, "TABLE:KEY; a key of several columns is TABLE:VALUE,VALUE, and a "
                             "value with a comma stands in double quotes");
}

static Code wrong_count(Error *error, const char *text, const KeyTable *table)
{
    Text columns = TEXT_EMPTY;
    for (size_t i = 0; i < table->primary.count; i++)
        text_print(&columns, "%s%s", i ? ", " : "", table->primary.at[i]);
    error_set(error, RUNG_USAGE, "\"%s\" names no row: the key of %s is (%s)", text, table->title,
              text_string(&columns));
    text_done(&columns);
    return error_hint(error, "TABLE:VALUE,VALUE in this order; a value with a comma stands in "
                             "double quotes");
}

Code hold_read_row(const Life *life, const char *text, Arena *arena, KeyTable **ret_table,
                   KeyNames *ret_values, Error *error)
{
    KeyNames values = {0};
    KeyTable *table;
    const char *name, *at = text;
    if (!read_word(&at, ':', arena, &name) || *at != ':' || !*name)
        return wrong_row(error, text, "there is no colon behind a table");
    Code code = key_graph_table(life->graph, name, &table, error);
    if (code)
        return code;
    if (!table->primary.count) {
        error_set(error, RUNG_REFUSED, "%s has no primary key that tells its rows apart",
                  table->title);
        return error_hint(error, "lifecycle.holds of rung.yaml holds rows by a condition");
    }
    at++;
    if (table->primary.count == 1 && *at)
        *vec_add(arena, &values) = at;
    while (table->primary.count > 1) {
        if (!read_word(&at, ',', arena, vec_add(arena, &values)))
            return wrong_row(error, text, "a double quote is not closed, or does not end a value");
        if (*at != ',')
            break;
        at++;
    }
    if (values.count != table->primary.count)
        return wrong_count(error, text, table);
    *ret_table = table;
    *ret_values = values;
    return RUNG_OK;
}

/* ---- keys ---- */

static Code read_key(const char *json, Arena *arena, KeyNames *ret_values, Error *error)
{
    Value *list;
    Code code = value_read("the key of a hold", json, strlen(json), &list, error);
    if (code)
        return code;
    for (size_t i = 0; i < value_count(list); i++) {
        const char *text = value_get_text(value_at(list, i));
        *vec_add(arena, ret_values) = arena_string(arena, text ? text : "");
    }
    value_free(list);
    return RUNG_OK;
}

const char *hold_key_text(const char *json, Arena *arena)
{
    KeyNames values = {0};
    Error ignored;
    Text text = TEXT_EMPTY;
    if (read_key(json, arena, &values, &ignored))
        return json;
    for (size_t i = 0; i < values.count; i++) {
        const char *value = values.at[i];
        bool quoted = values.count > 1 && (*value == '"' || strchr(value, ','));
        text_print(&text, "%s%s", i ? "," : "", quoted ? "\"" : "");
        for (; *value; value++)
            text_print(&text, quoted && *value == '"' ? "%c\"" : "%c", *value);
        text_put(&text, quoted ? "\"" : "");
    }
    return text_keep(&text, arena);
}

/* ---- loading ---- */

static KeyTable *find_table(const Life *life, const char *name, Arena *arena)
{
    for (size_t i = 0; i < life->graph->tables.count; i++)
        if (strcmp(hold_table_name(life->graph->tables.at[i], arena), name) == 0)
            return life->graph->tables.at[i];
    return NULL;
}

static Code add_entry(Life *life, Arena *arena, const HoldEntry *entry, HoldList *list,
                      Error *error)
{
    KeyNames values = {0};
    KeyTable *table = find_table(life, entry->table, arena);
    if (!table) {
        error_set(error, RUNG_MISMATCH, "hold %lld is on a row of %s, and there is no such table",
                  (long long)entry->id, entry->table);
        return error_hint(error,
                          "if it was renamed, add the hold to its new name; then `rung hold "
                          "release %lld`",
                          (long long)entry->id);
    }
    Code code = read_key(entry->key, arena, &values, error);
    if (!code && values.count != table->primary.count) {
        error_set(error, RUNG_MISMATCH, "hold %lld has the key %s, and %s has another key by now",
                  (long long)entry->id, entry->key, table->title);
        code =
            error_hint(error, "add it again, then `rung hold release %lld`", (long long)entry->id);
    }
    if (!code)
        *vec_add(arena, list) = (Hold){.id = entry->id,
                                       .table = table,
                                       .condition = hold_condition(life, arena, table, &values),
                                       .reason = entry->reason};
    return code;
}

static Code add_policy(const Life *life, Arena *arena, const HoldPolicy *policy, HoldList *list,
                       Error *error)
{
    KeyTable *table;
    const char *name = policy->table ? policy->table : policy->name;
    Code code = key_graph_table(life->graph, name, &table, error);
    if (code) {
        Error found = *error;
        error_at(error, RUNG_CONFIG, life->path, policy->line, "lifecycle.holds.%s: %s",
                 policy->name, found.message);
        return *found.hint ? error_hint(error, "%s", found.hint) : error->code;
    }
    if (!policy->when) {
        error_at(error, RUNG_CONFIG, life->path, policy->line,
                 "lifecycle.holds.%s has no condition: it would hold every row", policy->name);
        return error_hint(error, "when: \"true\" says so");
    }
    *vec_add(arena, list) = (Hold){.policy = policy->name,
                                   .when = policy->when,
                                   .table = table,
                                   .condition = arena_print(arena, "(%s\n)", policy->when),
                                   .reason = policy->reason};
    return RUNG_OK;
}

Code hold_load(Life *life, Arena *arena, HoldList *ret_list, Error *error)
{
    HoldEntryList entries = {0};
    HoldList list = {0};
    Code code = hold_entries(life, arena, false, &entries, error);
    for (size_t i = 0; !code && i < entries.count; i++)
        code = add_entry(life, arena, &entries.at[i], &list, error);
    for (size_t i = 0; !code && i < life->policy->holds.count; i++)
        code = add_policy(life, arena, &life->policy->holds.at[i], &list, error);
    if (!code)
        *ret_list = list;
    return code;
}

static int line_of(const Life *life, const char *policy)
{
    for (size_t i = 0; i < life->policy->holds.count; i++)
        if (strcmp(life->policy->holds.at[i].name, policy) == 0)
            return life->policy->holds.at[i].line;
    return 0;
}

Code hold_check(Life *life, const HoldList *list, Error *error)
{
    Code code = RUNG_OK;
    Arena *arena = arena_new();
    for (size_t i = 0; !code && i < list->count; i++) {
        const Hold *hold = &list->at[i];
        DbStatement statement = {.sql = arena_print(arena, "EXPLAIN SELECT 1 FROM %s t WHERE %s",
                                                    hold->table->sql, hold->condition)};
        Error failed;
        code = hold->policy ? db_query(life->db, arena, &statement, NULL, &failed) : RUNG_OK;
        if (code == RUNG_FAILED)
            code = error_at(error, RUNG_CONFIG, life->path, line_of(life, hold->policy),
                            "lifecycle.holds.%s: its condition is refused: %s", hold->policy,
                            failed.message);
        else if (code)
            *error = failed;
    }
    arena_free(arena);
    return code;
}
