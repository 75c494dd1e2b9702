/* Anonymising: columns of rows that are due get values that tell nobody apart. What has such a
 * value already is left alone, so that it can be done again. */
#include "base/text.h"
#include "lifecycle/retain_parts.h"

enum { ROUND = 50000, TOO_SLOW = 4, HASHED = 69, RANDOM = 37, BLOCK = 64 };

/* Begins every hash, keyed hash and random value. */
#define MARK "anon_"

typedef enum { BY_NULL, BY_HASH, BY_HMAC, BY_RANDOM, BY_FIXED } Method;

typedef struct Change {
    const KeyColumn *column;
    Method method;
    const char *fixed;
    const char *name; /* of the column, quoted */
    const char *open; /* whether it is still to be done, over `t` */
} Change;

typedef struct Changes {
    VEC(Change) list;
    KeyNames identity;
    const char *todo;            /* rows that are due, not held, and have something to do */
    char pads[2][2 * BLOCK + 1]; /* of HMAC-SHA256, in hexadecimal digits: inner, outer */
} Changes;

static bool is_lite(const RetainRun *run)
{
    return run->life->engine == ENGINE_SQLITE;
}

/* ---- what rung.yaml says ---- */

static Code wrong_column(RetainRun *run, const RetainRule *rule, const char *column, Error *error,
                         const char *why)
{
    return retain_wrong(run->life, rule->policy, error, "the column \"%s\" %s", column, why);
}

/* Whether a row still has a value of its own there. */
static const char *open_condition(Arena *arena, const RetainRun *run, const Change *change)
{
    const char *name = arena_print(arena, "t.%s", change->name);
    if (change->method == BY_NULL)
        return arena_print(arena, "%s IS NOT NULL", name);
    if (change->method != BY_FIXED)
        return arena_print(arena, "substr(%s, 1, 5) <> '" MARK "'", name);
    const char *value = life_constant(arena, change->fixed);
    if (is_lite(run))
        return arena_print(arena, "CAST(%s AS TEXT) IS NOT %s", name, value);
    return arena_print(arena, "%s IS DISTINCT FROM CAST(%s AS %s)", name, value,
                       change->column->type);
}

static Code read_method(RetainRun *run, const RetainRule *rule, Arena *arena, const char *text,
                        Change *ret_change, Error *error)
{
    static const char *const words[] = {"null", "hash", "hmac", "random"};
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        retain_wrong(run->life, rule->policy, error, "columns: \"%s\" is not COLUMN=METHOD", text);
        return error_hint(error, "%s",
                          "email=null, email=hash, email=hmac, email=random, email=fixed:gone");
    }
    const char *name = arena_copy(arena, text, (size_t)(equals - text));
    Change change = {.column = key_table_column(rule->table, name), .name = life_name(arena, name)};
    if (!change.column)
        return retain_wrong(run->life, rule->policy, error, "the table has no column \"%.*s\"",
                            (int)(equals - text), text);
    size_t i = 0;
    while (i < COUNT(words) && strcmp(words[i], equals + 1) != 0)
        i++;
    if (strncmp(equals + 1, "fixed:", 6) == 0) {
        change.fixed = equals + 7;
    } else if (i == COUNT(words)) {
        retain_wrong(run->life, rule->policy, error, "columns: \"%s\" names no method", text);
        return error_hint(error, "null, hash, hmac, random, fixed:TEXT");
    }
    change.method = change.fixed ? BY_FIXED : (Method)i;
    change.open = open_condition(arena, run, &change);
    *ret_change = change;
    return RUNG_OK;
}

static void identify(const RetainRun *run, const RetainRule *rule, Arena *arena, Changes *changes)
{
    changes->identity = rule->table->primary;
    if (changes->identity.count || is_lite(run))
        return;
    *vec_add(arena, &changes->identity) = "tableoid";
    *vec_add(arena, &changes->identity) = "ctid";
}

/* The key of HMAC in a block, xored with the inner and the outer pad (RFC 2104): what a server
 * needs that has SHA-256 and no more. */
static void make_pads(const char *secret, Changes *changes)
{
    static const unsigned char with[] = {0x36, 0x5c};
    unsigned char block[BLOCK] = {0};
    size_t length = strlen(secret);
    if (length <= BLOCK) {
        memcpy(block, secret, length);
    } else {
        char hex[HASH_HEX_SIZE];
        Hash hash;
        hash_start(&hash);
        hash_add(&hash, secret, length);
        hash_finish(&hash, hex);
        for (size_t i = 0; i < 32; i++) {
            char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
            block[i] = (unsigned char)strtoul(digits, NULL, 16);
        }
    }
    for (size_t pad = 0; pad < 2; pad++)
        for (size_t i = 0; i < BLOCK; i++)
            snprintf(changes->pads[pad] + 2 * i, 3, "%02x", block[i] ^ with[pad]);
    secret_wipe(block, sizeof block);
}

static Code read_changes(RetainRun *run, const RetainRule *rule, Arena *arena, Changes *ret_changes,
                         Error *error)
{
    const RetentionPolicy *policy = rule->policy;
    Changes changes = {0};
    Text todo = TEXT_EMPTY;
    Code code = RUNG_OK;
    if (!policy->columns.count)
        code = retain_wrong(run->life, policy, error, "anonymise, but no columns");
    text_print(&todo, "%s AND (", rule->due);
    for (size_t i = 0; !code && i < policy->columns.count; i++) {
        Change change = {0};
        code = read_method(run, rule, arena, policy->columns.at[i], &change, error);
        if (code)
            break;
        text_print(&todo, "%s%s", i ? " OR " : "", change.open);
        *vec_add(arena, &changes.list) = change;
    }
    text_char(&todo, ')');
    changes.todo = arena_string(arena, text_string(&todo));
    text_done(&todo);
    identify(run, rule, arena, &changes);
    if (!code)
        *ret_changes = changes;
    return code;
}

/* ---- whether it can be done ---- */

/* How many characters the column takes; 0: no limit, -1: it holds no text. */
static long room_of(const RetainRun *run, const KeyColumn *column)
{
    const char *type = column->type, *open = strchr(type, '(');
    bool text = strncasecmp(type, "character varying", 17) == 0 || strcasecmp(type, "text") == 0 ||
                strcasecmp(type, "citext") == 0;
    if (is_lite(run))
        text = text || !*type || strcasestr(type, "CHAR") || strcasestr(type, "CLOB") ||
               strcasestr(type, "TEXT");
    return !text ? -1 : open ? strtol(open + 1, NULL, 10) : 0;
}

static bool names(const KeyNames *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], name) == 0)
            return true;
    return false;
}

/* Keys tell rows apart and lead to others: only a reference that may be NULL can be given up. */
static const char *find_key(const RetainRule *rule, const Change *change)
{
    const KeyTable *table = rule->table;
    const char *name = change->column->name;
    if (names(&table->primary, name))
        return "belongs to the primary key";
    for (size_t i = 0; i < table->below.count; i++)
        if (names(&table->below.at[i]->targets, name))
            return "is referenced by a foreign key";
    for (size_t i = 0; change->method != BY_NULL && i < table->above.count; i++)
        if (names(&table->above.at[i]->columns, name) && table->above.at[i]->declared)
            return "belongs to a foreign key: it can be null at most";
    return NULL;
}

/* Unique indexes over the column that do not hold the whole primary key beside it. */
static Code find_unique(RetainRun *run, const RetainRule *rule, const char *column,
                        bool *ret_unique, Error *error)
{
    static const char *const questions[ENGINE_COUNT] = {
        [ENGINE_SQLITE] = "SELECT group_concat(c.name, char(31)) FROM pragma_index_list(?1) i,"
                          " pragma_index_info(i.name) c WHERE i.\"unique\" GROUP BY i.name",
        [ENGINE_POSTGRESQL] =
            "SELECT string_agg(a.attname, chr(31)) FROM pg_index i JOIN pg_attribute a ON"
            " a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])"
            " WHERE i.indisunique AND i.indrelid = to_regclass($1) GROUP BY i.indexrelid",
    };
    Arena *arena = arena_new();
    DbRows rows;
    const char *params[] = {is_lite(run) ? rule->table->name : rule->table->sql};
    Code code = db_query(
        run->life->db, arena,
        &(DbStatement){.sql = questions[run->life->engine], .params = params, .param_count = 1},
        &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        KeyNames columns = {0};
        bool whole = rule->table->primary.count > 0;
        const char *cell = db_cell(&rows, i, 0);
        for (const char *at = cell ? cell : ""; *at;) {
            size_t length = strcspn(at, "\x1f");
            *vec_add(arena, &columns) = arena_copy(arena, at, length);
            at += length + (at[length] != '\0');
        }
        for (size_t j = 0; j < rule->table->primary.count; j++)
            whole = whole && names(&columns, rule->table->primary.at[j]);
        *ret_unique = *ret_unique || (names(&columns, column) && !whole);
    }
    arena_free(arena);
    return code;
}

static Code check_room(RetainRun *run, const RetainRule *rule, const Change *change, Error *error)
{
    const char *name = change->column->name;
    long room = room_of(run, change->column), least = change->method == BY_RANDOM ? RANDOM : HASHED;
    if (change->method == BY_NULL || change->method == BY_FIXED) {
        long length = change->fixed ? (long)strlen(change->fixed) : 0;
        return room > 0 && length > room && !is_lite(run)
                   ? wrong_column(run, rule, name, error, "is too short for its fixed text")
                   : RUNG_OK;
    }
    if (room < 0) {
        wrong_column(run, rule, name, error, "holds no text, which hash, hmac and random make");
        return error_hint(error, "null, or fixed:VALUE with a value of its type (%s)",
                          change->column->type);
    }
    if (room > 0 && room < least) {
        wrong_column(run, rule, name, error, "is too short");
        return error_hint(error, "hash and hmac need %d characters, random %d; it has room for %ld",
                          HASHED, RANDOM, room);
    }
    return RUNG_OK;
}

static Code check_change(RetainRun *run, const RetainRule *rule, const Change *change, Error *error)
{
    const char *name = change->column->name, *key = find_key(rule, change);
    bool unique = false;
    if (key)
        return wrong_column(run, rule, name, error, key);
    if (change->column == rule->age)
        return wrong_column(run, rule, name, error, "is what the age is counted from");
    if (change->method == BY_NULL && change->column->not_null) {
        wrong_column(run, rule, name, error, "is NOT NULL");
        return error_hint(error, "fixed:TEXT, or random; or drop the NOT NULL");
    }
    if (change->method == BY_FIXED) {
        Code code = find_unique(run, rule, name, &unique, error);
        if (code)
            return code;
    }
    if (unique) {
        wrong_column(run, rule, name, error, "is unique: two rows cannot have the same fixed text");
        return error_hint(error, "hmac or random");
    }
    return check_room(run, rule, change, error);
}

static Code check_statement(RetainRun *run, const RetainRule *rule, const Changes *changes,
                            Error *error);

Code retain_check_columns(RetainRun *run, const RetainRule *rule, Error *error)
{
    Arena *arena = arena_new();
    Changes changes;
    Code code = read_changes(run, rule, arena, &changes, error);
    for (size_t i = 0; !code && i < changes.list.count; i++) {
        code = check_change(run, rule, &changes.list.at[i], error);
        for (size_t j = 0; !code && j < i; j++)
            if (changes.list.at[j].column == changes.list.at[i].column)
                code = wrong_column(run, rule, changes.list.at[i].column->name, error,
                                    "is named twice");
    }
    if (!code)
        code = check_statement(run, rule, &changes, error);
    arena_free(arena);
    return code;
}

/* ---- statements ---- */

static const char *list_of(Arena *arena, const KeyNames *identity, const char *alias)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < identity->count; i++)
        text_print(&text, "%s%s%s", i ? ", " : "", alias, life_name(arena, identity->at[i]));
    return text_keep(&text, arena);
}

/* "t.id AS k0, t.b AS k1" */
static const char *named(Arena *arena, const KeyNames *identity)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < identity->count; i++)
        text_print(&text, "%st.%s AS k%zu", i ? ", " : "", life_name(arena, identity->at[i]), i);
    return text_keep(&text, arena);
}

/* What the column gets, as SQL; on SQLite hashes are parameters from ?4 on, made here. */
static const char *new_value(const RetainRun *run, Arena *arena, const Change *change,
                             size_t *parameters)
{
    const char *old = arena_print(arena, "%s%s", is_lite(run) ? "" : "t.", change->name);
    switch (change->method) {
    case BY_NULL:
        return "NULL";
    case BY_FIXED:
        return is_lite(run)
                   ? life_constant(arena, change->fixed)
                   : arena_print(arena, "CAST(%s AS %s)", life_constant(arena, change->fixed),
                                 change->column->type);
    case BY_RANDOM:
        return is_lite(run) ? "'" MARK "' || lower(hex(randomblob(16)))"
                            : "'" MARK "' || replace(CAST(gen_random_uuid() AS text), '-', '')";
    case BY_HASH:
        return is_lite(run) ? arena_print(arena, "?%zu", 4 + (*parameters)++)
                            : arena_print(arena,
                                          "'" MARK "' || encode(sha256(convert_to(CAST(%s AS"
                                          " text), 'UTF8')), 'hex')",
                                          old);
    default:
        return is_lite(run)
                   ? arena_print(arena, "?%zu", 4 + (*parameters)++)
                   : arena_print(arena,
                                 "'" MARK "' || encode(sha256(decode($4, 'hex') ||"
                                 " sha256(decode($3, 'hex') || convert_to(CAST(%s AS text),"
                                 " 'UTF8'))), 'hex')",
                                 old);
    }
}

/* The rows with n from $1 to $2; on SQLite by hand, the row with n ?1: its planner would look
 * through the table. */
static const char *which(const RetainRun *run, Arena *arena, const Changes *changes, bool each)
{
    Text sql = TEXT_EMPTY;
    if (!each)
        text_print(&sql, "(%s) IN (SELECT %s FROM rung_due WHERE n BETWEEN %s AND %s)",
                   list_of(arena, &changes->identity, "t."),
                   retain_cells(arena, "k", changes->identity.count),
                   is_lite(run) ? "CAST(?1 AS INTEGER)" : "$1::bigint",
                   is_lite(run) ? "CAST(?2 AS INTEGER)" : "$2::bigint");
    for (size_t i = 0; each && i < changes->identity.count; i++)
        text_print(&sql, "%st.%s = (SELECT k%zu FROM rung_due WHERE n = CAST(?1 AS INTEGER))",
                   i ? " AND " : "", life_name(arena, changes->identity.at[i]), i);
    return text_keep(&sql, arena);
}

static bool computed(const Change *change)
{
    return change->method == BY_HASH || change->method == BY_HMAC;
}

/* SQLite has no hashes: the rows come here one after the other. */
static bool by_hand(const RetainRun *run, const Changes *changes)
{
    bool each = false;
    for (size_t i = 0; i < changes->list.count; i++)
        each = each || (is_lite(run) && computed(&changes->list.at[i]));
    return each;
}

static const char *update(const RetainRun *run, const RetainRule *rule, Arena *arena,
                          const Changes *changes)
{
    Text sql = TEXT_EMPTY;
    size_t parameters = 0;
    text_print(&sql, "UPDATE %s AS t SET ", rule->table->sql);
    for (size_t i = 0; i < changes->list.count; i++) {
        const Change *change = &changes->list.at[i];
        text_print(&sql, "%s%s = CASE WHEN %s THEN %s ELSE t.%s END", i ? ", " : "", change->name,
                   change->open, new_value(run, arena, change, &parameters), change->name);
    }
    text_print(&sql, " WHERE %s AND %s", which(run, arena, changes, by_hand(run, changes)),
               retain_free(run, arena, rule->table, changes->todo));
    return text_keep(&sql, arena);
}

static Code drop_list(const RetainRun *run, Error *error)
{
    return db_exec(run->life->db,
                   is_lite(run) ? "DROP TABLE IF EXISTS temp.rung_due"
                                : "DROP TABLE IF EXISTS pg_temp.rung_due",
                   error);
}

/* SQLite looks a row up by n only if the table says that it is an integer. */
static Code create_list(const RetainRun *run, const RetainRule *rule, Arena *arena,
                        const Changes *changes, Error *error)
{
    Text sql = TEXT_EMPTY;
    text_put(&sql, is_lite(run) ? "CREATE TEMPORARY TABLE rung_due (n INTEGER PRIMARY KEY"
                                : "CREATE TEMPORARY TABLE rung_due (n bigint PRIMARY KEY");
    for (size_t i = 0; i < changes->identity.count; i++) {
        const KeyColumn *column = key_table_column(rule->table, changes->identity.at[i]);
        const char *internal = strcmp(changes->identity.at[i], "ctid") == 0 ? "tid" : "oid";
        text_print(&sql, ", k%zu %s", i, is_lite(run) ? "" : column ? column->type : internal);
    }
    text_char(&sql, ')');
    Code code = drop_list(run, error);
    if (!code)
        code = db_exec(run->life->db, arena_string(arena, text_string(&sql)), error);
    text_done(&sql);
    return code;
}

/* Lists up to ROUND rows that have something to do. */
static Code list_rows(RetainRun *run, const RetainRule *rule, Arena *arena, const Changes *changes,
                      Error *error)
{
    DbRows rows;
    Code code = create_list(run, rule, arena, changes, error);
    if (!code)
        code = retain_ask(
            run, arena,
            arena_print(arena,
                        "INSERT INTO rung_due SELECT row_number() OVER (ORDER BY %s), x.* FROM"
                        " (SELECT %s FROM %s AS t WHERE %s LIMIT %d) x",
                        retain_cells(arena, "k", changes->identity.count),
                        named(arena, &changes->identity), rule->table->sql,
                        retain_free(run, arena, rule->table, changes->todo), ROUND),
            &rows, error);
    if (!code)
        run->round = rows.changed;
    if (!code && !is_lite(run))
        code = db_exec(run->life->db, "ANALYZE rung_due", error);
    return code;
}

static Code check_statement(RetainRun *run, const RetainRule *rule, const Changes *changes,
                            Error *error)
{
    Arena *arena = arena_new();
    Error failed;
    const char *params[] = {"0", "0", "00", "00"};
    size_t count = 2;
    for (size_t i = 0; i < changes->list.count; i++)
        if (changes->list.at[i].method == BY_HMAC)
            count = 4;
    Code code = db_exec(run->life->db, "BEGIN", &failed);
    if (!code)
        code = create_list(run, rule, arena, changes, &failed);
    if (!code)
        code = db_query(run->life->db, arena,
                        &(DbStatement){.sql = arena_print(arena, "EXPLAIN %s",
                                                          update(run, rule, arena, changes)),
                                       .params = params,
                                       .param_count = is_lite(run) ? 0 : count,
                                       .all_null = is_lite(run)},
                        NULL, &failed);
    life_rollback(run->life, code);
    if (code == RUNG_FAILED)
        retain_wrong(run->life, rule->policy, error, "its columns are refused: %s", failed.message);
    else if (code)
        *error = failed;
    arena_free(arena);
    return code == RUNG_FAILED ? RUNG_CONFIG : code;
}

/* ---- one batch ---- */

static const char *hashed(const RetainRun *run, Arena *arena, const Change *change,
                          const char *value)
{
    char hex[HASH_HEX_SIZE];
    const char *secret = run->life->secret;
    if (!value)
        return NULL;
    if (change->method == BY_HMAC) {
        hmac_hex((const unsigned char *)secret, strlen(secret), value, strlen(value), hex);
    } else {
        Hash hash;
        hash_start(&hash);
        hash_add(&hash, value, strlen(value));
        hash_finish(&hash, hex);
    }
    return arena_print(arena, MARK "%s", hex);
}

static Code change_each(RetainRun *run, const RetainRule *rule, Arena *arena,
                        const Changes *changes, const char *sql, const char *const range[2],
                        int64_t *ret_rows, Error *error)
{
    Text text = TEXT_EMPTY;
    DbRows rows;
    text_put(&text, "SELECT d.n"); /* CROSS JOIN: SQLite keeps this order of the tables */
    for (size_t i = 0; i < changes->list.count; i++)
        if (computed(&changes->list.at[i]))
            text_print(&text, ", CAST(t.%s AS TEXT)", changes->list.at[i].name);
    text_print(&text, " FROM rung_due d CROSS JOIN %s AS t ON ", rule->table->sql);
    for (size_t i = 0; i < changes->identity.count; i++)
        text_print(&text, "%st.%s = d.k%zu", i ? " AND " : "",
                   life_name(arena, changes->identity.at[i]), i);
    text_put(&text, " WHERE d.n BETWEEN CAST(?1 AS INTEGER) AND CAST(?2 AS INTEGER)");
    Code code = db_query(
        run->life->db, arena,
        &(DbStatement){.sql = text_string(&text), .params = range, .param_count = 2}, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        DbRows done;
        VEC(const char *) params = {0};
        const char *n = db_cell(&rows, row, 0);
        *vec_add(arena, &params) = n;
        *vec_add(arena, &params) = n;
        *vec_add(arena, &params) = NULL; /* ?3 is not used */
        for (size_t i = 0, cell = 1; i < changes->list.count; i++)
            if (computed(&changes->list.at[i]))
                *vec_add(arena, &params) =
                    hashed(run, arena, &changes->list.at[i], db_cell(&rows, row, cell++));
        code = db_query(
            run->life->db, arena,
            &(DbStatement){
                .sql = sql, .params = params.at, .param_count = params.count, .keep = true},
            &done, error);
        *ret_rows += code ? 0 : done.changed;
    }
    text_done(&text);
    return code;
}

static Code change(RetainRun *run, const RetainRule *rule, Arena *arena, const Changes *changes,
                   int64_t low, int64_t high, int64_t *ret_rows, Error *error)
{
    const char *params[] = {arena_print(arena, "%lld", (long long)low),
                            arena_print(arena, "%lld", (long long)high), changes->pads[0],
                            changes->pads[1]};
    const char *sql = update(run, rule, arena, changes);
    bool keyed = false;
    DbRows rows;
    for (size_t i = 0; i < changes->list.count; i++)
        keyed = keyed || changes->list.at[i].method == BY_HMAC;
    if (by_hand(run, changes))
        return change_each(run, rule, arena, changes, sql, params, ret_rows, error);
    Code code = db_query(
        run->life->db, arena,
        &(DbStatement){.sql = sql, .params = params, .param_count = keyed && !is_lite(run) ? 4 : 2},
        &rows, error);
    *ret_rows = code ? 0 : rows.changed;
    return code;
}

static Code one_batch(RetainRun *run, const RetainRule *rule, const Changes *changes, int64_t low,
                      int64_t high, bool *ret_stale, Error *error)
{
    Arena *arena = arena_new();
    int64_t rows = 0;
    Code code = batch_begin(&run->batch, high > low, ret_stale, error);
    if (code || *ret_stale)
        goto done;
    code = change(run, rule, arena, changes, low, high, &rows, error);
    if (!code && rows)
        code = batch_commit(&run->batch,
                            &(AuditEvent){.action = "anonymise",
                                          .policy = rule->policy->name,
                                          .table = rule->table->title,
                                          .rows = rows},
                            error);
    if (code || !rows)
        life_rollback(run->life, code);
    if (!code)
        run->result->rows += rows;
done:
    arena_free(arena);
    return code;
}

/* The rows of a list; `ret_stale`: the holds have changed, and it must be made anew. */
static Code all_batches(RetainRun *run, const RetainRule *rule, const Changes *changes,
                        bool *ret_stale, Error *error)
{
    Batch *batch = &run->batch;
    Code code = RUNG_OK;
    for (int64_t low = 1; !code && low <= run->round;) {
        int64_t high = low + batch->size - 1;
        high = high > run->round ? run->round : high;
        code = batch_yield(batch, error);
        if (!code)
            code = one_batch(run, rule, changes, low, high, ret_stale, error);
        if (code && batch_took_too_long(error) && high > low) {
            batch->size = (high - low + 1) / TOO_SLOW > 0 ? (high - low + 1) / TOO_SLOW : 1;
            code = RUNG_OK;
            continue;
        }
        if (code || *ret_stale)
            break;
        batch_adapt(batch, high - low + 1);
        low = high + 1;
        if (run->life->tell)
            run->life->tell(run->life->context, RUNG_EVENT_PROGRESS, rule->table->title, low - 1,
                            run->round, 0);
    }
    return code;
}

/* Rows that another one changed meanwhile are listed again in the next round; when a round changes
 * nothing, nothing is left that can be. */
static Code all_rounds(RetainRun *run, const RetainRule *rule, Arena *arena, const Changes *changes,
                       Error *error)
{
    Code code = RUNG_OK;
    int64_t before = -1;
    bool stale = false;
    while (!code && (stale || run->result->rows > before)) {
        Arena *round = arena_new();
        before = run->result->rows;
        stale = false;
        run->done = before;
        code = retain_load_holds(run, arena, error);
        if (!code)
            code = list_rows(run, rule, round, changes, error);
        if (!code && run->round)
            code = all_batches(run, rule, changes, &stale, error);
        arena_free(round);
    }
    return code;
}

Code retain_anonymise(RetainRun *run, const RetainRule *rule, Error *error)
{
    Arena *arena = arena_new();
    Changes changes = {0};
    Code code = read_changes(run, rule, arena, &changes, error);
    if (!code)
        code = retain_load_holds(run, arena, error);
    if (!code)
        code = retain_count_held(run, rule->table->sql, changes.todo, error);
    if (!code)
        code = retain_count(run, arena, rule->table->sql,
                            retain_free(run, arena, rule->table, changes.todo), &run->total, error);
    if (!code && run->options->dry_run) {
        run->result->rows = run->total;
    } else if (!code) {
        make_pads(run->life->secret, &changes);
        code = all_rounds(run, rule, arena, &changes, error);
        secret_wipe(changes.pads, sizeof changes.pads);
    }
    run->holds = (HoldList){0};
    arena_free(arena);
    return code;
}
