/* Table after table, those that others reference first; row after row, each tried until it fits. */
#include "prove/fill.h"
#include "base/text.h"
#include "sql/quote.h"

enum { MOST_TRIES = 400 };

typedef struct Filler {
    Db *db;
    Arena *arena;
    FillTableList tables;
    size_t wanted;
    DbRows *returned; /* the row as it was stored; NULL: nobody asks */
} Filler;

static FillTable *table_of(Filler *filler, const char *name)
{
    for (size_t i = 0; i < filler->tables.count; i++)
        if (strcmp(filler->tables.at[i].name, name) == 0)
            return &filler->tables.at[i];
    return NULL;
}

/* ---- one row ---- */

static void add_names(Text *text, const ValueList *names)
{
    for (size_t i = 0; i < names->count; i++) {
        text_put(text, i ? ", " : "");
        sql_add_name(text, names->at[i]);
    }
}

static const FillColumn *column_named(const FillTable *table, const char *name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.at[i].name, name) == 0)
            return &table->columns.at[i];
    return NULL;
}

/* From a row of the referenced table; a row that references its own table is its own parent. */
static const char *key_value(Filler *filler, const FillTable *table, const FillColumn *column,
                             size_t row)
{
    const FillKey *key = &table->keys.at[column->key - 1];
    const FillTable *target = table_of(filler, key->target);
    const FillColumn *own = column_named(table, key->target_columns.at[column->key_place]);
    if (target == table && !table->rows && column->required && own && !own->given && own != column)
        return fill_value(filler->arena, own, own->choice, row);
    if (!target || !target->rows) /* a number that comes from a sequence begins with 1 */
        return column->required ? arena_print(filler->arena, "'%zu'", row) : "NULL";
    Text text = TEXT_EMPTY;
    text_put(&text, "(SELECT ");
    sql_add_name(&text, key->target_columns.at[column->key_place]);
    text_print(&text, " FROM %s ORDER BY ", key->target);
    add_names(&text, &key->target_columns);
    text_print(&text, " LIMIT 1 OFFSET %zu)", (row - 1) % target->rows);
    return text_keep(&text, filler->arena);
}

static const char *column_value(Filler *filler, const FillTable *table, const FillColumn *column,
                                size_t row)
{
    return column->fixed ? column->fixed
           : column->key ? key_value(filler, table, column, row)
                         : fill_value(filler->arena, column, column->choice, row);
}

/* Every column as an SQL constant. */
static void add_returning(Filler *filler, const FillTable *table, Text *text)
{
    bool sqlite = db_engine(filler->db) == ENGINE_SQLITE;
    for (size_t i = 0; i < table->columns.count; i++) {
        text_put(text, i ? ", " : " RETURNING ");
        text_put(text, sqlite ? "quote(" : "quote_nullable(");
        sql_add_name(text, table->columns.at[i].name);
        text_put(text, sqlite ? ")" : "::text)");
    }
}

static const char *row_statement(Filler *filler, const FillTable *table, size_t row)
{
    Text names = TEXT_EMPTY, values = TEXT_EMPTY, returning = TEXT_EMPTY;
    bool overriding = false;
    for (size_t i = 0; i < table->columns.count; i++) {
        const FillColumn *column = &table->columns.at[i];
        if ((column->given || column->is_left_out) && !column->fixed)
            continue;
        overriding |= column->given && db_engine(filler->db) == ENGINE_POSTGRESQL;
        text_put(&names, names.length ? ", " : "");
        sql_add_name(&names, column->name);
        text_print(&values, "%s%s", values.length ? ", " : "",
                   column_value(filler, table, column, row));
    }
    if (filler->returned)
        add_returning(filler, table, &returning);
    const char *sql =
        names.length
            ? arena_print(filler->arena, "INSERT INTO %s (%s)%s VALUES (%s)%s", table->name,
                          text_string(&names), overriding ? " OVERRIDING SYSTEM VALUE" : "",
                          text_string(&values), text_string(&returning))
            : arena_print(filler->arena, "INSERT INTO %s DEFAULT VALUES%s", table->name,
                          text_string(&returning));
    text_done(&names);
    text_done(&values);
    text_done(&returning);
    return sql;
}

static Code try_row(Filler *filler, const FillTable *table, size_t row, Error *error)
{
    Error ignored;
    const char *sql = row_statement(filler, table, row);
    Code code = db_exec(filler->db, "SAVEPOINT rung_fill", error);
    if (code)
        return code;
    code = db_query(filler->db, filler->arena, &(DbStatement){.sql = sql}, filler->returned, error);
    if (code && !db_lost(filler->db))
        db_exec(filler->db, "ROLLBACK TO rung_fill", &ignored);
    if (!db_lost(filler->db))
        db_exec(filler->db, "RELEASE rung_fill", &ignored);
    return code;
}

/* ---- what to change when it does not fit ---- */

static bool is_check_failure(const Error *error)
{
    return strcmp(error->sqlstate, "23514") == 0 ||
           strstr(error->message, "CHECK constraint failed");
}

/* The check that the error names; NULL: not known. */
static const FillCheck *failed_check(const FillTable *table, const Error *error)
{
    bool partition = strstr(error->message, "no partition") != NULL;
    for (size_t i = 0; i < table->checks.count; i++) {
        const FillCheck *check = &table->checks.at[i];
        const char *words = check->name[0] ? check->name : check->text;
        if (partition ? strcmp(check->name, "(partition)") == 0
                      : !check->domain && strstr(error->message, words) != NULL)
            return check;
    }
    return NULL;
}

static bool is_concerned(const FillCheck *check, const FillColumn *column)
{
    return check ? fill_mentions(check->text, column->name) ||
                       (check->domain && strcmp(check->name, column->name) == 0)
                 : column->known.count > 0;
}

/* Like the wheels of a counter, over these columns. */
static bool turn(FillTable *table, const FillCheck *check, bool concerned)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        FillColumn *column = &table->columns.at[i];
        if (column->given || column->key || column->fixed ||
            is_concerned(check, column) != concerned || (!concerned && !column->known.count))
            continue;
        if (++column->choice < fill_choices(column))
            return true;
        column->choice = 0;
    }
    return false;
}

/* Those that the check speaks of first; when they have been round, the others of other checks. */
static bool next_choice(FillTable *table, const FillCheck *check)
{
    return turn(table, check, true) || turn(table, check, false);
}

/* Not a check: another plain value for what the server could not read or found too long. */
static bool next_plain(FillTable *table, size_t tries)
{
    size_t wheel = tries % (table->columns.count ? table->columns.count : 1);
    FillColumn *column = &table->columns.at[wheel];
    if (!table->columns.count || tries > table->columns.count * 12)
        return false;
    column->choice = (column->choice + 1) % fill_choices(column);
    return true;
}

static Code fill_row(Filler *filler, FillTable *table, size_t row, Error *error)
{
    Code code = RUNG_OK;
    const FillCheck *turned = NULL;
    for (size_t tries = 0; tries < MOST_TRIES; tries++) {
        code = try_row(filler, table, row, error);
        if (!code || db_lost(filler->db))
            return code;
        bool fails_check = is_check_failure(error);
        if (fails_check)
            turned = failed_check(table, error);
        /* what a turn of the wheels made too large is turned on */
        bool more = fails_check || turned ? next_choice(table, turned) : next_plain(table, tries);
        if (!more)
            break;
    }
    return code;
}

/* ---- tables ---- */

static bool is_ready(Filler *filler, const FillTable *table)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        const FillColumn *column = &table->columns.at[i];
        if (!column->key)
            continue;
        const FillTable *target = table_of(filler, table->keys.at[column->key - 1].target);
        if (target && target != table && !target->rows)
            return false;
    }
    return true;
}

static Code count_rows(Filler *filler, FillTable *table, Error *error)
{
    DbRows rows;
    const char *sql = arena_print(filler->arena, "SELECT count(*) FROM %s", table->name);
    Code code = db_query(filler->db, filler->arena, &(DbStatement){.sql = sql}, &rows, error);
    table->rows = code ? 0 : (size_t)atoll(db_cell(&rows, 0, 0));
    return code;
}

static Code fill_table(Filler *filler, FillTable *table, Error *error)
{
    Error reason;
    Code code = count_rows(filler, table, error);
    if (code || table->rows)
        return code;
    for (size_t row = 1; row <= filler->wanted; row++) {
        if (fill_row(filler, table, row, &reason) == RUNG_OK)
            table->rows++;
        else if (db_lost(filler->db)) {
            *error = reason;
            return reason.code;
        } else
            break;
    }
    if (!table->rows)
        table->reason = arena_string(filler->arena, reason.message);
    /* triggers may have added rows, or kept ours away */
    return count_rows(filler, table, error);
}

/* `all`: also those that wait for each other. */
static Code fill_round(Filler *filler, bool all, bool *ret_progress, Error *error)
{
    Code code = RUNG_OK;
    *ret_progress = false;
    for (size_t i = 0; !code && i < filler->tables.count; i++) {
        FillTable *table = &filler->tables.at[i];
        if (table->rows || table->reason || (!all && !is_ready(filler, table)))
            continue;
        code = fill_table(filler, table, error);
        *ret_progress |= table->rows > 0;
        if (all && table->rows)
            break; /* others may be ready now */
    }
    return code;
}

static Code fill_all(Filler *filler, Error *error)
{
    bool progress = true;
    Code code = RUNG_OK;
    while (!code && progress) {
        code = fill_round(filler, false, &progress, error);
        if (!code && !progress)
            code = fill_round(filler, true, &progress, error);
    }
    return code;
}

Code fill_one(Db *db, Arena *arena, const FillTableList *tables, FillTable *table, size_t row,
              const char **ret_values, Error *error)
{
    DbRows returned = {0};
    Filler filler = {.db = db, .arena = arena, .tables = *tables, .returned = &returned};
    Code code = fill_row(&filler, table, row, error);
    if (!code && !returned.count)
        code = error_set(error, RUNG_FAILED, "a trigger or a rule keeps rows away");
    for (size_t i = 0; !code && i < table->columns.count; i++)
        ret_values[i] = db_cell(&returned, 0, i);
    return code;
}

/* Materialized views show the rows, too; one that fails stays as it is. */
static void refresh_views(Db *db, Arena *arena)
{
    static const char sql[] =
        "SELECT format('REFRESH MATERIALIZED VIEW %I.%I', n.nspname, c.relname) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.relispopulated"
        " ORDER BY c.oid";
    Error ignored;
    DbRows rows;
    if (db_engine(db) == ENGINE_SQLITE ||
        db_query(db, arena, &(DbStatement){.sql = sql}, &rows, &ignored))
        return;
    for (size_t i = 0; i < rows.count && !db_lost(db); i++)
        db_exec(db, db_cell(&rows, i, 0), &ignored);
}

Code fill_tables(Db *db, Arena *arena, size_t wanted, UnfilledList *ret_unfilled, Error *error)
{
    Error ignored;
    Filler filler = {.db = db, .arena = arena, .wanted = wanted};
    Code code = fill_read(db, arena, &filler.tables, error);
    if (!code)
        code = db_exec(db, "BEGIN", error);
    if (code)
        return code;
    code = fill_all(&filler, error);
    if (!code)
        code = db_exec(db, "COMMIT", error);
    else if (!db_lost(db))
        db_exec(db, "ROLLBACK", &ignored);
    if (!code)
        refresh_views(db, arena);
    for (size_t i = 0; i < filler.tables.count; i++)
        if (!filler.tables.at[i].rows)
            *vec_add(arena, ret_unfilled) =
                (Unfilled){filler.tables.at[i].name,
                           filler.tables.at[i].reason ? filler.tables.at[i].reason
                                                      : "a table that it references has no rows"};
    return code;
}
