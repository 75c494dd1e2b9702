/* The rows that a row references come first, and give it its keys. A key that holds the tenant
 * makes what it references hold the tenant, too: users.id, where notes.user_id references it. */
#include "prove/tenants.h"
#include "base/text.h"
#include "prove/fill.h"
#include "sql/quote.h"

#include <strings.h>

enum { ROW_OF_A = 7, ROW_OF_B = 8 };

static const char *constant(Arena *arena, const char *value)
{
    Text text = TEXT_EMPTY;
    sql_add_constant(&text, value);
    return text_keep(&text, arena);
}

static FillColumn *column_named(FillTable *table, const char *name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.at[i].name, name) == 0)
            return &table->columns.at[i];
    return NULL;
}

static size_t index_of(const Tenants *tenants, const char *name)
{
    for (size_t i = 0; i < tenants->tables.count; i++)
        if (strcmp(tenants->tables.at[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

bool tenants_column(const FillTable *table, const char *column, Engine engine, size_t *ret_index)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        const char *name = table->columns.at[i].name;
        if (engine == ENGINE_SQLITE ? strcasecmp(name, column) != 0 : strcmp(name, column) != 0)
            continue;
        *ret_index = i;
        return true;
    }
    return false;
}

/* ---- whose a row is ---- */

/* One step along the keys; whether anything was new. */
static bool mark_referenced(Tenants *tenants)
{
    bool any = false;
    for (size_t i = 0; i < tenants->tables.count; i++) {
        FillTable *table = &tenants->tables.at[i];
        for (size_t k = 0; k < table->keys.count; k++) {
            const FillKey *key = &table->keys.at[k];
            size_t target = index_of(tenants, key->target);
            for (size_t p = 0; target != SIZE_MAX && p < key->columns.count; p++) {
                FillColumn *own = column_named(table, key->columns.at[p]);
                FillColumn *other =
                    column_named(&tenants->tables.at[target], key->target_columns.at[p]);
                if (!own || !other || !own->is_tenant || other->is_tenant)
                    continue;
                other->is_tenant = any = true;
            }
        }
    }
    return any;
}

static const char *short_text(Arena *arena, const FillColumn *column, TenantId tenant)
{
    static const char *const names[] = {"rung-tenant-a", "rung-tenant-b"};
    size_t length = strlen(names[tenant]);
    if (!column->length || (size_t)column->length >= length)
        return names[tenant];
    return arena_string(arena, names[tenant] + length - (column->length < 8 ? 1 : 8));
}

/* By type. What its constraints name is all that a column may take. */
static const char *value_for(Arena *arena, const FillColumn *column, TenantId tenant)
{
    if (column->form == 'e' && column->labels.count > (size_t)tenant)
        return column->labels.at[tenant];
    if (column->known.count >= TENANT_COUNT)
        return column->known.at[tenant];
    if (strcmp(column->type, "uuid") == 0)
        return tenant ? "72756e67-0000-4000-8000-00000000000b"
                      : "72756e67-0000-4000-8000-00000000000a";
    if (column->category == 'N')
        return strcmp(column->type, "int2") == 0 ? (tenant ? "32012" : "32011")
                                                 : (tenant ? "2000000012" : "2000000011");
    if (column->category == 'S')
        return short_text(arena, column, tenant);
    const char *value = fill_value(arena, column, 0, tenant ? ROW_OF_B : ROW_OF_A);
    size_t length = strlen(value);
    return length > 1 ? arena_copy(arena, value + 1, length - 2) : value;
}

Code tenants_read(Db *db, Arena *arena, const char *column, Tenants *ret_tenants, Error *error)
{
    size_t place;
    const FillColumn *first = NULL;
    *ret_tenants = (Tenants){.db = db, .arena = arena};
    Code code = fill_read(db, arena, &ret_tenants->tables, error);
    if (code)
        return code;
    FillTableList *tables = &ret_tenants->tables;
    for (size_t i = 0; i < tables->count; i++)
        if (tenants_column(&tables->at[i], column, db_engine(db), &place)) {
            FillColumn *found = &tables->at[i].columns.at[place];
            found->is_tenant = true;
            first = first ? first : found;
        }
    while (mark_referenced(ret_tenants))
        ;
    for (TenantId tenant = 0; first && tenant < TENANT_COUNT; tenant++) {
        ret_tenants->values[tenant] = value_for(arena, first, tenant);
        ret_tenants->constants[tenant] = constant(arena, ret_tenants->values[tenant]);
    }
    tenants_forget(ret_tenants);
    return RUNG_OK;
}

void tenants_forget(Tenants *tenants)
{
    for (TenantId tenant = 0; tenant < TENANT_COUNT; tenant++)
        tenants->rows[tenant] =
            arena_alloc_array(tenants->arena, tenants->tables.count + 1, sizeof(TenantRow));
}

/* ---- one row ---- */

const char *tenants_insert(Arena *arena, Engine engine, const FillTable *table,
                           const char *const *values, const bool *left_out)
{
    Text names = TEXT_EMPTY, cells = TEXT_EMPTY;
    bool overriding = false;
    for (size_t i = 0; i < table->columns.count; i++) {
        const FillColumn *column = &table->columns.at[i];
        if (column->computed || (left_out && left_out[i]))
            continue;
        overriding |= column->given && engine == ENGINE_POSTGRESQL;
        text_put(&names, names.length ? ", " : "");
        sql_add_name(&names, column->name);
        text_print(&cells, "%s%s", cells.length ? ", " : "", values[i]);
    }
    const char *sql =
        names.length
            ? arena_print(arena, "INSERT INTO %s (%s)%s VALUES (%s)", table->name,
                          text_string(&names), overriding ? " OVERRIDING SYSTEM VALUE" : "",
                          text_string(&cells))
            : arena_print(arena, "INSERT INTO %s DEFAULT VALUES", table->name);
    text_done(&names);
    text_done(&cells);
    return sql;
}

/* A sequence would keep what it gave out, so PostgreSQL's are not asked. */
static const char *number_for(const FillColumn *column, TenantId tenant)
{
    if (strcmp(column->type, "int2") == 0)
        return tenant ? "32002" : "32001";
    if (strcmp(column->type, "int8") == 0)
        return tenant ? "9007199254740002" : "9007199254740001";
    return tenant ? "2000000002" : "2000000001";
}

/* Either as a row is when it is new, with defaults and NULLs, or with a value in every column. */
static void fix_columns(Tenants *tenants, FillTable *table, TenantId tenant, bool fresh)
{
    bool sequences = db_engine(tenants->db) == ENGINE_POSTGRESQL;
    for (size_t i = 0; i < table->columns.count; i++) {
        FillColumn *column = &table->columns.at[i];
        bool plain = !column->given && !column->computed && !column->key;
        column->choice = 0;
        column->fixed = NULL;
        column->is_left_out = false;
        if (column->is_tenant)
            column->fixed = tenants->constants[tenant];
        else if (column->is_empty && !column->required && plain)
            column->fixed = "NULL";
        else if (column->given && !column->computed && sequences && column->category == 'N')
            column->fixed = number_for(column, tenant);
        else if (fresh && plain && !column->is_wanted && column->has_default)
            column->is_left_out = true;
        else if (fresh && plain && !column->is_wanted && !column->required)
            column->fixed = "NULL";
    }
}

/* What a key takes from the row that it references, or NULL where it may. */
static bool fix_key(FillTable *table, const FillKey *key, const FillTable *target,
                    const TenantRow *row)
{
    bool nullable = false;
    for (size_t p = 0; p < key->columns.count; p++) {
        FillColumn *own = column_named(table, key->columns.at[p]);
        size_t place = 0;
        while (target && place < target->columns.count &&
               strcmp(target->columns.at[place].name, key->target_columns.at[p]) != 0)
            place++;
        if (!own || own->is_tenant)
            continue;
        if (row && row->values && target && place < target->columns.count) {
            own->fixed = row->values[place];
            nullable = true;
        } else if (!own->required) {
            own->fixed = "NULL";
            nullable = true;
        }
    }
    return nullable || (row && row->values);
}

/* `ret_waits`: for a row that is being made just now, or waits itself. */
static Code fix_keys(Tenants *tenants, FillTable *table, size_t index, TenantId tenant,
                     const char **ret_reason, bool *ret_waits, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < table->keys.count; i++) {
        const FillKey *key = &table->keys.at[i];
        size_t target = index_of(tenants, key->target);
        bool known = target != SIZE_MAX;
        if (known && target != index)
            code = tenants_make(tenants, target, tenant, error);
        const TenantRow *row = known ? &tenants->rows[tenant][target] : NULL;
        if (code || fix_key(table, key, known ? &tenants->tables.at[target] : NULL, row) ||
            target == index)
            continue;
        if (row && !row->reason)
            *ret_waits = true;
        else
            *ret_reason = arena_print(tenants->arena, "%s, which it references, has no row%s%s",
                                      key->target, row ? ": " : "", row ? row->reason : "");
    }
    return code;
}

/* The row as it would be stored, and then, when everybody saw it, for good. */
static Code store(Tenants *tenants, FillTable *table, TenantId tenant, const char **values,
                  Error *error)
{
    Error ignored;
    size_t number = tenant ? ROW_OF_B : ROW_OF_A;
    if (!tenants->draft)
        return fill_one(tenants->db, tenants->arena, &tenants->tables, table, number, values,
                        error);
    Code code = db_exec(tenants->db, "SAVEPOINT rung_draft", error);
    if (code)
        return code;
    code = fill_one(tenants->db, tenants->arena, &tenants->tables, table, number, values, error);
    if (db_lost(tenants->db))
        return code;
    db_exec(tenants->db, "ROLLBACK TO rung_draft", &ignored);
    if (!code)
        code = tenants->draft(tenants->context, table, values, error);
    if (!code)
        code = db_query(tenants->db, tenants->arena,
                        &(DbStatement){.sql = tenants_insert(tenants->arena, db_engine(tenants->db),
                                                             table, values, NULL)},
                        NULL, error);
    if (code && !db_lost(tenants->db))
        db_exec(tenants->db, "ROLLBACK TO rung_draft", &ignored);
    if (!db_lost(tenants->db))
        db_exec(tenants->db, "RELEASE rung_draft", &ignored);
    return code;
}

static Code make(Tenants *tenants, size_t index, TenantId tenant, TenantRow *row, Error *error)
{
    Error failed = {0};
    bool waits = false;
    Code code = RUNG_FAILED;
    FillTable *table = &tenants->tables.at[index];
    const char **values =
        arena_alloc_array(tenants->arena, table->columns.count + 1, sizeof *values);
    for (int fresh = 1; code == RUNG_FAILED && fresh >= 0; fresh--) {
        fix_columns(tenants, table, tenant, fresh);
        code = fix_keys(tenants, table, index, tenant, &row->reason, &waits, error);
        if (code || row->reason || waits)
            return code;
        code = store(tenants, table, tenant, values, &failed);
        if (db_lost(tenants->db))
            break;
    }
    if (code == RUNG_FAILED && !db_lost(tenants->db)) {
        row->reason = arena_string(tenants->arena, failed.message);
        return RUNG_OK;
    }
    if (code) {
        *error = failed;
        return code;
    }
    row->values = values;
    return RUNG_OK;
}

Code tenants_make(Tenants *tenants, size_t index, TenantId tenant, Error *error)
{
    TenantRow *row = &tenants->rows[tenant][index];
    if (row->values || row->reason || row->busy)
        return RUNG_OK;
    row->busy = true;
    Code code = make(tenants, index, tenant, row, error);
    row->busy = false;
    return code;
}
