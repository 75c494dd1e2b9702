/* Each query is run as tenant A twice: with B's rows there, and with them away. Whatever it is made
 * of, it keeps tenants apart if that makes no difference, and if B's rows stay as they are. Its
 * other values are B's, so that what it does not ask for the tenant is found. */
#include "base/text.h"
#include "prove/bindings.h"
#include "prove/isolation_parts.h"
#include "sql/quote.h"

#include <strings.h>

enum { VARIANTS = 2 }; /* the other values are those of B's rows, then those of A's */
enum { STORED_ROW = 5 };

typedef struct Look {
    Proof *proof;
    const AppQuery *query;
    Bindings bindings;
    const DbRows *views;  /* all of the database, with their definitions */
    const bool *belongs;  /* tables whose rows are a tenant's, by column or by key */
    VEC(Bindings) behind; /* of the views that it reads, and that these read */
    VEC(size_t) touched;  /* indexes of tables */
    const char *after;    /* asks for the rows of A and B; NULL: it only reads */
    const char *before;   /* what that gave at first */
    const TenantRow *rows[TENANT_COUNT];
    Attempt with[VARIANTS], without[VARIANTS], again;
} Look;

static bool is_tenant_column(const Look *look, const char *name)
{
    return name && strcasecmp(name, look->proof->options->column) == 0;
}

/* ---- what it touches ---- */

static void touch(Look *look, size_t index)
{
    for (size_t i = 0; i < look->touched.count; i++)
        if (look->touched.at[i] == index)
            return;
    *vec_add(look->proof->arena, &look->touched) = index;
}

static void touch_table(void *context, const char *table, DbTouchType type UNUSED)
{
    Look *look = context;
    const FillTableList *tables = &look->proof->tenants.tables;
    for (size_t i = 0; table && i < tables->count; i++)
        if (strcasecmp(tables->at[i].plain, table) == 0)
            touch(look, i);
}

/* SQLite tells which tables a statement reads, also through views and triggers. */
static Code ask_sqlite(Look *look, Error *error)
{
    Proof *proof = look->proof;
    DbStatement statement = {.sql = proof_text(proof, "EXPLAIN %s", look->query->sql),
                             .all_null = true};
    db_watch(proof->db, touch_table, look);
    Code code = db_query(proof->db, proof->arena, &statement, NULL, error);
    db_watch(proof->db, NULL, NULL);
    return code;
}

static bool names(const Bindings *bindings, const char *name)
{
    for (size_t i = 0; i < bindings->words.count; i++)
        if (strcasecmp(bindings->words.at[i], name) == 0)
            return true;
    return false;
}

/* The views whose names stand there, and those that stand in their definitions. */
static Code read_views(Look *look, Error *error)
{
    Code code = RUNG_OK;
    Proof *proof = look->proof;
    bool *seen = arena_alloc_array(proof->arena, look->views->count + 1, sizeof *seen);
    for (size_t at = 0; !code && at <= look->behind.count; at++)
        for (size_t i = 0; !code && i < look->views->count; i++) {
            const Bindings *from = at ? &look->behind.at[at - 1] : &look->bindings;
            const char *text = db_cell(look->views, i, 1);
            if (seen[i] || !text || !names(from, db_cell(look->views, i, 0)))
                continue;
            seen[i] = true;
            code = bindings_read(proof->arena, db_engine(proof->db), text,
                                 vec_add(proof->arena, &look->behind), error);
        }
    return code;
}

/* Where the server does not tell, a table is touched if its name stands there: too many rather than
 * too few. */
static void read_names(Look *look)
{
    const FillTableList *tables = &look->proof->tenants.tables;
    for (size_t i = 0; i < tables->count; i++) {
        bool named = names(&look->bindings, tables->at[i].plain);
        for (size_t k = 0; k < look->behind.count; k++)
            named |= names(&look->behind.at[k], tables->at[i].plain);
        if (named)
            touch(look, i);
    }
}

static bool has_column(const Look *look, size_t index, size_t *ret_column)
{
    return tenants_column(&look->proof->tenants.tables.at[index], look->proof->options->column,
                          db_engine(look->proof->db), ret_column);
}

/* "note, task"; NULL: none of them holds a tenant's rows. */
static const char *touched_names(const Look *look)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < look->touched.count; i++)
        if (look->belongs[look->touched.at[i]])
            text_print(&text, "%s%s", text.length ? ", " : "",
                       look->proof->tenants.tables.at[look->touched.at[i]].plain);
    const char *names = text.length ? arena_string(look->proof->arena, text_string(&text)) : NULL;
    text_done(&text);
    return names;
}

/* ---- rows that fit ---- */

static bool is_called(const Look *look, const FillTable *table, const char *owner)
{
    if (strcasecmp(table->plain, owner) == 0)
        return true;
    for (size_t i = 0; i + 1 < look->bindings.aliases.count; i += 2)
        if (strcasecmp(look->bindings.aliases.at[i], table->plain) == 0 &&
            strcasecmp(look->bindings.aliases.at[i + 1], owner) == 0)
            return true;
    return false;
}

/* Of the table that stands in front of it; else of the first that has such a column. */
static FillColumn *column_of(const Look *look, const char *name, const char *owner,
                             size_t *ret_table)
{
    FillColumn *first = NULL;
    for (size_t i = 0; name && i < look->touched.count; i++) {
        FillTable *table = &look->proof->tenants.tables.at[look->touched.at[i]];
        for (size_t k = 0; k < table->columns.count; k++) {
            FillColumn *column = &table->columns.at[k];
            bool called = owner && is_called(look, table, owner);
            if (strcasecmp(column->name, name) != 0 || (first && !called))
                continue;
            *ret_table = look->touched.at[i];
            first = column;
            if (called)
                return column;
        }
    }
    return first;
}

/* What a LIKE asks for, without its wild cards. */
static const char *without_wild(Arena *arena, const char *pattern)
{
    Text text = TEXT_EMPTY;
    for (const char *at = pattern; *at; at++)
        if (*at != '%' && *at != '*')
            text_char(&text, *at);
    return text_keep(&text, arena);
}

/* What a query speaks of is hardly NULL, unless it asks for that. */
static void want_columns(Look *look, const Bindings *bindings)
{
    for (size_t i = 0; i < look->touched.count; i++) {
        FillTable *table = &look->proof->tenants.tables.at[look->touched.at[i]];
        for (size_t k = 0; k < table->columns.count; k++)
            if (!table->columns.at[k].has_default && names(bindings, table->columns.at[k].name))
                table->columns.at[k].is_wanted = true;
    }
}

/* A column's constants in the query are what it may be: the row would not be found otherwise. */
static void fit_columns(Look *look, const Bindings *bindings)
{
    size_t table;
    Arena *arena = look->proof->arena;
    for (size_t i = 0; i < bindings->list.count; i++) {
        const Binding *binding = &bindings->list.at[i];
        FillColumn *column = column_of(look, binding->column, binding->owner, &table);
        bool fits = binding->type == BIND_EQUAL || binding->type == BIND_LIKE;
        if (!column || !binding->constant || !fits || column->is_tenant || column->key)
            continue;
        const char *constant =
            binding->type == BIND_LIKE ? without_wild(arena, binding->constant) : binding->constant;
        if (!column->is_wanted) /* they go before those of checks */
            column->known.count = column->known.room = 0;
        *vec_add(arena, &column->known) = constant;
        column->is_wanted = true;
    }
    for (size_t i = 0; i < bindings->nulls.count; i++) {
        FillColumn *column = column_of(look, bindings->nulls.at[i], NULL, &table);
        if (column)
            column->is_empty = true;
    }
}

/* The lists of constants are as before. */
typedef VEC(FillColumn) Saved;

static void save_columns(Look *look, Saved *saved)
{
    const FillTableList *tables = &look->proof->tenants.tables;
    for (size_t i = 0; i < tables->count; i++)
        for (size_t k = 0; k < tables->at[i].columns.count; k++) {
            FillColumn *column = &tables->at[i].columns.at[k];
            *vec_add(look->proof->arena, saved) = *column;
            column->known.room = column->known.count; /* what is added stands apart */
        }
}

static void restore_columns(Look *look, const Saved *saved)
{
    size_t next = 0;
    const FillTableList *tables = &look->proof->tenants.tables;
    for (size_t i = 0; i < tables->count; i++)
        for (size_t k = 0; k < tables->at[i].columns.count; k++)
            tables->at[i].columns.at[k] = saved->at[next++];
}

/* ---- its parameters ---- */

/* A constant as the text that a parameter is. */
static const char *text_of(Arena *arena, const char *constant)
{
    Text text = TEXT_EMPTY;
    if (!constant || strcasecmp(constant, "NULL") == 0 || constant[0] == 'X')
        return NULL;
    const char *at = constant + (constant[0] == 'E' || constant[0] == ' ');
    at += *at == 'E';
    if (*at != '\'')
        return constant;
    for (at++; *at && (*at != '\'' || at[1] == '\''); at++) {
        at += *at == '\'' || (*at == '\\' && at[1] == '\\' && constant[0] != '\'');
        text_char(&text, *at);
    }
    return text_keep(&text, arena);
}

static const char *row_value(const Look *look, TenantId tenant, size_t table,
                             const FillColumn *column)
{
    const FillTable *owner = &look->proof->tenants.tables.at[table];
    const char **values = look->rows[tenant][table].values;
    return values ? text_of(look->proof->arena, values[column - owner->columns.at]) : NULL;
}

static const char *end_value(const FillColumn *column, bool large)
{
    if (column->category == 'N')
        return large ? "2147483647" : "-2147483648";
    if (column->category == 'D' || strstr(column->type, "time") || strstr(column->type, "date"))
        return large ? "9999-12-31 23:59:59" : "0001-01-01 00:00:00";
    return large ? "~~~~" : "";
}

static const char *other_value(const Look *look, const Binding *binding, size_t variant)
{
    size_t table;
    Arena *arena = look->proof->arena;
    const FillColumn *column = column_of(look, binding->column, binding->owner, &table);
    if (binding->type == BIND_LIMIT || binding->type == BIND_OFFSET)
        return binding->type == BIND_LIMIT ? "1000" : "0";
    if (binding->type == BIND_LIKE)
        return "%";
    if (!column)
        return NULL;
    if (binding->type == BIND_LESS || binding->type == BIND_MORE)
        return end_value(column, binding->type == BIND_LESS);
    if (binding->type == BIND_STORED && !column->key)
        return text_of(arena,
                       column->given ? "2000000005" : fill_value(arena, column, 0, STORED_ROW));
    bool of_a = binding->type == BIND_STORED || variant;
    return row_value(look, of_a ? TENANT_A : TENANT_B, table, column);
}

/* It is compared with the tenant column, or with the key that this references, or called so. */
static bool is_the_tenant(const Look *look, const Binding *binding)
{
    size_t table;
    const FillColumn *column = column_of(look, binding->column, binding->owner, &table);
    bool compared = binding->type == BIND_EQUAL || binding->type == BIND_STORED;
    if (is_tenant_column(look, binding->column) || (column && column->is_tenant))
        return compared;
    return is_tenant_column(look, binding->name);
}

static const char **values_for(const Look *look, size_t variant)
{
    const Bindings *bindings = &look->bindings;
    Arena *arena = look->proof->arena;
    const char **values = arena_alloc_array(arena, bindings->params + 1, sizeof *values);
    for (size_t i = 0; i < bindings->list.count; i++) {
        const Binding *binding = &bindings->list.at[i];
        if (binding->param && !values[binding->param - 1])
            values[binding->param - 1] = other_value(look, binding, variant);
    }
    for (size_t i = 0; i < bindings->list.count; i++) /* a parameter may be used twice */
        if (bindings->list.at[i].param && is_the_tenant(look, &bindings->list.at[i]))
            values[bindings->list.at[i].param - 1] = look->proof->tenants.values[TENANT_A];
    return values;
}

/* ---- what is there ---- */

/* Of A's rows what the query names: numbers and times that the database gives by itself differ
 * from run to run. */
static bool is_shown(const Look *look, const FillTable *table, size_t column, TenantId tenant)
{
    size_t named = 0;
    if (tenant == TENANT_B)
        return true;
    for (size_t i = 0; i < table->columns.count; i++)
        named += names(&look->bindings, table->columns.at[i].name);
    return !table->columns.at[column].given &&
           (!named || names(&look->bindings, table->columns.at[column].name));
}

static void add_rows(const Look *look, const FillTable *table, size_t column, TenantId tenant,
                     Text *text)
{
    bool sqlite = db_engine(look->proof->db) == ENGINE_SQLITE;
    text_put(text, sqlite ? "coalesce((SELECT group_concat(r, char(10)) FROM (SELECT ''"
                          : "coalesce((SELECT string_agg(r, E'\\n' ORDER BY r) FROM (SELECT ''");
    for (size_t i = 0; i < table->columns.count; i++) {
        if (!is_shown(look, table, i, tenant))
            continue;
        text_put(text, sqlite ? " || ',' || quote(" : " || ',' || quote_nullable(");
        sql_add_name(text, table->columns.at[i].name);
        text_put(text, sqlite ? ")" : "::text)");
    }
    text_print(text, " AS r FROM %s WHERE %s ORDER BY 1) y), '')", table->name,
               proof_where(look->proof, table, column, tenant));
}

/* A's rows, a mark, B's rows. */
static const char *rows_statement(const Look *look)
{
    Text text = TEXT_EMPTY;
    size_t column;
    const FillTableList *tables = &look->proof->tenants.tables;
    text_put(&text, "SELECT ");
    for (TenantId tenant = 0; tenant < TENANT_COUNT; tenant++) {
        text_put(&text, tenant ? " || '\x1e'" : "''");
        for (size_t i = 0; i < tables->count; i++)
            if (has_column(look, i, &column)) {
                text_put(&text, " || '\x1f' || ");
                add_rows(look, &tables->at[i], column, tenant, &text);
            }
    }
    return text_keep(&text, look->proof->arena);
}

static const char *rows_of_b(const char *both)
{
    const char *mark = both ? strchr(both, '\x1e') : NULL;
    return mark ? mark : "";
}

/* ---- running it ---- */

static Code run_once(Look *look, size_t variant, Attempt *ret_attempt, Error *error)
{
    Try try = {.sql = look->query->sql,
               .params = values_for(look, variant),
               .param_count = look->bindings.params,
               .tenant = TENANT_A,
               .after = look->after};
    return proof_try(look->proof, &try, ret_attempt, error);
}

static Code make_touched(Look *look, TenantId tenant, const char **ret_reason, Error *error)
{
    Tenants *tenants = &look->proof->tenants;
    Code code = proof_tell(look->proof, tenant, error);
    for (size_t i = 0; !code && i < look->touched.count; i++) {
        size_t index = look->touched.at[i];
        code = tenants_make(tenants, index, tenant, error);
        const TenantRow *row = &tenants->rows[tenant][index];
        if (!row->values && look->belongs[index])
            *ret_reason = proof_text(look->proof, "no row could be made in %s: %s",
                                     tenants->tables.at[index].plain,
                                     row->reason ? row->reason : "its keys lead back to it");
    }
    look->rows[tenant] = tenants->rows[tenant];
    return code;
}

static Code run_all(Look *look, const char **ret_reason, Error *error)
{
    Proof *proof = look->proof;
    Code code = make_touched(look, TENANT_A, ret_reason, error);
    if (!code)
        code = db_exec(proof->db, "SAVEPOINT rung_other", error);
    if (!code)
        code = make_touched(look, TENANT_B, ret_reason, error);
    if (!code && look->after)
        code = proof_ask(proof, look->after, NULL, 0, &look->before, error);
    if (code || *ret_reason)
        return code;
    for (size_t i = 0; !code && i < VARIANTS; i++)
        code = run_once(look, i, &look->with[i], error);
    if (!code)
        code = run_once(look, 0, &look->again, error);
    if (!code)
        code = db_exec(proof->db, "ROLLBACK TO rung_other", error);
    for (size_t i = 0; !code && i < VARIANTS; i++)
        code = run_once(look, i, &look->without[i], error);
    return code;
}

/* ---- what came of it ---- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All rows as one text; their order does not matter. */
static const char *rows_text(Arena *arena, const DbRows *rows)
{
    Text text = TEXT_EMPTY;
    const char **lines = arena_alloc_array(arena, rows->count + 1, sizeof *lines);
    for (size_t i = 0; i < rows->count; i++) {
        text_clear(&text);
        for (size_t k = 0; k < rows->columns; k++)
            text_print(&text, "%s\x1f", db_cell(rows, i, k) ? db_cell(rows, i, k) : "\x1d");
        lines[i] = arena_string(arena, text_string(&text));
    }
    qsort(lines, rows->count, sizeof *lines, compare_texts);
    text_clear(&text);
    for (size_t i = 0; i < rows->count; i++)
        text_print(&text, "%s\n", lines[i]);
    return text_keep(&text, arena);
}

static bool is_same(const Look *look, const Attempt *a, const Attempt *b, bool whole)
{
    Arena *arena = look->proof->arena;
    if (a->rows.count != b->rows.count || a->changed != b->changed)
        return false;
    return !whole || strcmp(rows_text(arena, &a->rows), rows_text(arena, &b->rows)) == 0;
}

static bool same_rows_of_a(const Attempt *a, const Attempt *b)
{
    const char *left = a->after ? a->after : "", *right = b->after ? b->after : "";
    size_t length = strcspn(left, "\x1e");
    return length == strcspn(right, "\x1e") && memcmp(left, right, length) == 0;
}

static const char *leak_of(Look *look, size_t variant, bool stable)
{
    const Attempt *with = &look->with[variant], *without = &look->without[variant];
    if (with->failed || without->failed)
        return NULL;
    if (look->after && strcmp(rows_of_b(with->after), rows_of_b(look->before)) != 0)
        return "it changes rows of another tenant";
    if (!is_same(look, with, without, stable))
        return with->rows.count > without->rows.count
                   ? "it gives rows of another tenant"
                   : "what it gives or changes depends on rows of another tenant";
    if (look->after && same_rows_of_a(&look->with[0], &look->again) &&
        !same_rows_of_a(with, without))
        return "what it stores depends on rows of another tenant";
    return NULL;
}

static bool is_filtered(const Look *look)
{
    for (size_t i = 0; i < look->bindings.list.count; i++)
        if (is_the_tenant(look, &look->bindings.list.at[i]))
            return true;
    return false;
}

static IsolationCell verdict(Look *look)
{
    bool reached = false;
    const char *failure = NULL;
    bool stable = !look->bindings.inserts && /* it may give the row's new number */
                  is_same(look, &look->with[0], &look->again, true);
    for (size_t i = 0; i < VARIANTS; i++) {
        const Attempt *with = &look->with[i];
        const char *leak = leak_of(look, i, stable);
        if (leak)
            return (IsolationCell){CELL_LEAK, leak};
        if (with->failed || look->without[i].failed)
            failure =
                arena_string(look->proof->arena,
                             with->failed ? with->error.message : look->without[i].error.message);
        else
            reached |= with->rows.count || with->changed;
    }
    if (!reached)
        return (IsolationCell){CELL_UNPROVEN,
                               failure ? failure : "it gives nothing for the rows that were made"};
    if (!is_filtered(look))
        return (IsolationCell){CELL_UNPROVEN,
                               proof_text(look->proof, "nothing in it is compared with %s",
                                          look->proof->options->column)};
    return (IsolationCell){CELL_OK, NULL};
}

/* ---- one query, all queries ---- */

static Code try_query(Look *look, IsolationCell *ret_cell, Error *error)
{
    Saved saved = {0};
    const char *reason = NULL;
    Proof *proof = look->proof;
    if (look->bindings.writes)
        look->after = rows_statement(look);
    Code code = db_exec(proof->db, "SAVEPOINT rung_query", error);
    if (code)
        return code;
    save_columns(look, &saved);
    fit_columns(look, &look->bindings);
    for (size_t i = 0; i < look->behind.count; i++)
        fit_columns(look, &look->behind.at[i]);
    want_columns(look, &look->bindings);
    for (size_t i = 0; i < look->behind.count; i++)
        want_columns(look, &look->behind.at[i]);
    tenants_forget(&proof->tenants);
    code = run_all(look, &reason, error);
    restore_columns(look, &saved);
    if (code)
        return code;
    *ret_cell = reason ? (IsolationCell){CELL_UNPROVEN, reason} : verdict(look);
    code = db_exec(proof->db, "ROLLBACK TO rung_query", error);
    return code ? code : db_exec(proof->db, "RELEASE rung_query", error);
}

static Code prove_query(Look *look, Error *error)
{
    Error failed = {0};
    Proof *proof = look->proof;
    Code broken = RUNG_OK;
    Code code =
        bindings_read(proof->arena, db_engine(proof->db), look->query->sql, &look->bindings, error);
    if (!code)
        code = read_views(look, error);
    if (!code && db_engine(proof->db) == ENGINE_SQLITE)
        broken = ask_sqlite(look, &failed);
    else if (!code)
        read_names(look);
    const char *names = code || broken ? NULL : touched_names(look);
    if (!code && !broken && !names)
        proof->result->apart++;
    if (code || (!broken && !names))
        return code;
    IsolationQuery *query = vec_add(proof->arena, &proof->result->queries);
    *query = (IsolationQuery){.query = look->query, .touches = names ? names : ""};
    if (!broken)
        return try_query(look, &query->cell, error);
    query->cell = (IsolationCell){CELL_UNPROVEN, arena_string(proof->arena, failed.message)};
    return RUNG_OK;
}

/* Those with the column, and those whose keys lead to one of them. */
static const bool *find_belonging(Proof *proof)
{
    const FillTableList *tables = &proof->tenants.tables;
    bool *belongs = arena_alloc_array(proof->arena, tables->count + 1, sizeof *belongs);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < tables->count; i++) {
            size_t column;
            bool found = tenants_column(&tables->at[i], proof->options->column,
                                        db_engine(proof->db), &column);
            for (size_t k = 0; k < tables->at[i].keys.count; k++)
                for (size_t t = 0; t < tables->count; t++)
                    found |= belongs[t] &&
                             strcasecmp(tables->at[t].name, tables->at[i].keys.at[k].target) == 0;
            more |= found && !belongs[i];
            belongs[i] |= found;
        }
    }
    return belongs;
}

Code app_queries_prove(Proof *proof, Error *error)
{
    DbRows views;
    bool sqlite = db_engine(proof->db) == ENGINE_SQLITE;
    DbStatement statement = {
        .sql = sqlite ? "SELECT name, sql FROM sqlite_schema WHERE type = 'view'"
                      : "SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' AND"
                        " oid >= 16384"};
    const bool *belongs = find_belonging(proof);
    Code code = db_query(proof->db, proof->arena, &statement, &views, error);
    for (size_t i = 0; !code && i < proof->options->queries->count; i++) {
        Look look = {.proof = proof,
                     .query = &proof->options->queries->at[i],
                     .views = &views,
                     .belongs = belongs};
        code = prove_query(&look, error);
    }
    return code;
}
