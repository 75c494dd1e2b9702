/* Holds. The row "holds" of rung's marks orders them against purges: whoever adds or releases one
 * changes it, and each batch holds it shared. */
#include "lifecycle/hold.h"
#include "base/value.h"
#include "lifecycle/audit.h"
#include "lifecycle/hold_parts.h"

#define COLUMNS                                                                                    \
    "id, table_name, key, reason, added_by, released_by, {epoch added_at}, {epoch expires_at},"    \
    " {epoch released_at}, {epoch {now}}"
#define IN_FORCE "released_at IS NULL AND (expires_at IS NULL OR expires_at > {now})"

static HoldEntry read_entry(const DbRows *rows, size_t row)
{
    return (HoldEntry){
        .id = db_number(rows, row, 0),
        .table = db_cell(rows, row, 1),
        .key = db_cell(rows, row, 2),
        .reason = db_cell(rows, row, 3),
        .by = db_cell(rows, row, 4),
        .released_by = db_cell(rows, row, 5),
        .added_at = db_number(rows, row, 6),
        .expires_at = db_number(rows, row, 7),
        .released_at = db_number(rows, row, 8),
        .now = db_number(rows, row, 9),
    };
}

/* ---- one row ---- */

const char *hold_condition(const Life *life, Arena *arena, const KeyTable *table,
                           const KeyNames *values)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < values->count; i++)
        text_print(&text, "%s%s", i ? " AND " : "",
                   life_equals(life, arena, "t", table, table->primary.at[i],
                               life_constant(arena, values->at[i])));
    return text_keep(&text, arena);
}

static Code no_row(const KeyTable *table, const KeyNames *values, Error *error)
{
    error_set(error, RUNG_UNKNOWN, "%s has no row with the key %s", table->title, values->at[0]);
    for (size_t i = 1; i < values->count; i++) {
        size_t length = strlen(error->message);
        snprintf(error->message + length, sizeof error->message - length, ",%s", values->at[i]);
    }
    return RUNG_UNKNOWN;
}

/* Locks the row against being deleted, and gives its key as the database writes it. */
static Code lock_row(Life *life, Arena *arena, const KeyTable *table, const KeyNames *values,
                     KeyNames *ret_values, Error *error)
{
    DbRows rows;
    Text sql = TEXT_EMPTY;
    KeyNames found = {0};
    text_put(&sql, "SELECT ");
    for (size_t i = 0; i < table->primary.count; i++)
        text_print(&sql, "%sCAST(t.%s AS text)", i ? ", " : "",
                   life_name(arena, table->primary.at[i]));
    text_print(&sql, " FROM %s t WHERE %s%s", table->sql,
               hold_condition(life, arena, table, values),
               life->engine == ENGINE_SQLITE ? "" : " FOR KEY SHARE");
    Code code = db_query(life->db, arena, &(DbStatement){.sql = text_string(&sql)}, &rows, error);
    text_done(&sql);
    if ((code && strncmp(error->sqlstate, "22", 2) == 0) || (!code && !rows.count))
        return no_row(table, values, error);
    for (size_t i = 0; !code && i < rows.columns; i++)
        *vec_add(arena, &found) = db_cell(&rows, 0, i);
    if (!code)
        *ret_values = found;
    return code;
}

/* The subject whose row this is, or NULL. */
static const SubjectPolicy *subject_of(const Life *life, const KeyTable *table)
{
    for (size_t i = 0; i < life->policy->subjects.count; i++) {
        const SubjectPolicy *policy = &life->policy->subjects.at[i];
        KeyTable *found;
        Error ignored;
        if (!key_graph_table(life->graph, policy->table ? policy->table : policy->name, &found,
                             &ignored) &&
            found == table)
            return policy;
    }
    return NULL;
}

static Code check_not_purging(Life *life, Arena *arena, const SubjectPolicy *subject,
                              const char *key, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT 1 FROM {erasure} WHERE subject = $1 AND key = $2 AND state ="
                     " 'purging'",
                     subject->name, key);
    if (code || !rows.count)
        return code;
    error_set(error, RUNG_REFUSED, "%s %s is being erased already", subject->name, key);
    return error_hint(error, "the purge has claimed it: what is gone does not come back");
}

static const char *key_json(Arena *arena, const KeyNames *values)
{
    Text text = TEXT_EMPTY;
    Value *list = value_array();
    for (size_t i = 0; i < values->count; i++)
        value_append(list, value_text(values->at[i]));
    value_write(list, false, &text);
    const char *json = arena_string(arena, text_string(&text));
    value_free(list);
    text_done(&text);
    return json;
}

/* ---- adding ---- */

static Code record(Life *life, Arena *arena, const char *action, const HoldEntry *entry,
                   const char *hash, Error *error)
{
    return audit_add(life,
                     &(AuditEvent){.action = action,
                                   .table = entry->table,
                                   .rows = 1,
                                   .subjects = hash ? 1 : 0,
                                   .subject_hash = hash,
                                   .detail = arena_print(arena, "hold %lld", (long long)entry->id)},
                     error);
}

static Code change_mark(Life *life, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                "UPDATE {mark} SET number = number + 1 WHERE name = 'holds'");
}

static const char *end_sql(const Life *life, Arena *arena, const HoldEnd *end)
{
    if (end->at)
        return arena_print(arena, "{time %lld}", (long long)end->at);
    if (!end->age.months && !end->age.seconds)
        return "NULL";
    return life_later(life, arena, "{now}", arena_print(arena, "%d", end->age.months),
                      arena_print(arena, "%lld", (long long)end->age.seconds));
}

typedef struct Adding {
    Arena *arena;
    const KeyTable *table;
    const KeyNames *values;
    const char *reason;
    const HoldEnd *end;
    HoldEntry *entry;
} Adding;

static Code insert(Life *life, const Adding *adding, const KeyNames *values, Error *error)
{
    DbRows rows;
    Arena *arena = adding->arena;
    const char *sql = arena_print(
        arena,
        "INSERT INTO {hold} (table_name, key, reason, added_at, added_by, expires_at) VALUES ($1,"
        " $2, $3, {now}, $4, %s) RETURNING " COLUMNS,
        end_sql(life, arena, adding->end));
    Code code = LIFE(life, arena, &rows, error, sql, hold_table_name(adding->table, arena),
                     key_json(arena, values), adding->reason, life->actor);
    if (!code)
        *adding->entry = read_entry(&rows, 0);
    return code;
}

static Code add(Life *life, void *context, Error *error)
{
    const Adding *adding = context;
    Arena *arena = adding->arena;
    const KeyTable *table = adding->table;
    char hash[HASH_HEX_SIZE];
    KeyNames found;
    const SubjectPolicy *subject = subject_of(life, table);
    Code code = change_mark(life, error);
    if (!code)
        code = lock_row(life, arena, table, adding->values, &found, error);
    if (!code && subject)
        code = check_not_purging(life, arena, subject, found.at[0], error);
    if (!code)
        code = insert(life, adding, &found, error);
    if (!code && subject)
        life_hash(life, subject->name, found.at[0], hash);
    return code ? code
                : record(life, arena, "hold add", adding->entry, subject ? hash : NULL, error);
}

Code hold_add(Life *life, Arena *arena, const KeyTable *table, const KeyNames *values,
              const char *reason, const HoldEnd *end, HoldEntry *ret_entry, Error *error)
{
    Adding adding = {arena, table, values, reason, end, ret_entry};
    return life_transaction(life, add, &adding, error);
}

/* ---- releasing ---- */

static Code not_released(Life *life, Arena *arena, const char *id, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT released_by FROM {hold} WHERE id = CAST($1 AS bigint)", id);
    if (code)
        return code;
    if (rows.count)
        return error_set(error, RUNG_REFUSED, "hold %s was released already, by %s", id,
                         db_cell(&rows, 0, 0));
    error_set(error, RUNG_UNKNOWN, "there is no hold %s", id);
    return error_hint(error, "`rung hold list` has their numbers; a policy of rung.yaml ends when "
                             "its condition does");
}

typedef struct Releasing {
    Arena *arena;
    const char *id;
    HoldEntry *entry;
} Releasing;

static Code release(Life *life, void *context, Error *error)
{
    const Releasing *releasing = context;
    Arena *arena = releasing->arena;
    DbRows rows;
    Code code = change_mark(life, error);
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    "UPDATE {hold} SET released_at = {now}, released_by = $1 WHERE id = CAST($2 AS"
                    " bigint) AND released_at IS NULL RETURNING " COLUMNS,
                    life->actor, releasing->id);
    if (!code && !rows.count)
        return not_released(life, arena, releasing->id, error);
    if (code)
        return code;
    *releasing->entry = read_entry(&rows, 0);
    return record(life, arena, "hold release", releasing->entry, NULL, error);
}

Code hold_release(Life *life, Arena *arena, int64_t id, HoldEntry *ret_entry, Error *error)
{
    Releasing releasing = {arena, arena_print(arena, "%lld", (long long)id), ret_entry};
    return life_transaction(life, release, &releasing, error);
}

/* ---- listing ---- */

Code hold_entries(Life *life, Arena *arena, bool all, HoldEntryList *ret_list, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     all ? "SELECT " COLUMNS " FROM {hold} ORDER BY id"
                         : "SELECT " COLUMNS " FROM {hold} WHERE " IN_FORCE " ORDER BY id");
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, ret_list) = read_entry(&rows, i);
    return code;
}
