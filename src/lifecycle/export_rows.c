/* Which rows belong to a subject: level by level along the keys, each row once, whatever cycles and
 * diamonds there are. The lists are temporary tables of the database, so that a million rows need
 * no memory here. */
#include "lifecycle/export_parts.h"

#include "lifecycle/export_postgresql_sql.h"
#include "lifecycle/export_sqlite_sql.h"

enum { ANALYZE_ROWS = 1000 };

static bool is_sqlite(const Export *export)
{
    return export->life->engine == ENGINE_SQLITE;
}

static Code run(Export *export, const Text *sql, const char *param, int64_t *ret_changed,
                Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    DbStatement statement = {
        .sql = text_string(sql), .params = &param, .param_count = param ? 1 : 0};
    Code code = life_check_cancelled(export->life, error);
    if (!code)
        code = db_query(export->life->db, arena, &statement, &rows, error);
    if (!code && ret_changed)
        *ret_changed = rows.changed;
    arena_free(arena);
    return code;
}

/* ---- which tables ---- */

static Code find_people(Export *export, Error *error)
{
    Life *life = export->life;
    bool *people = arena_alloc_array(export->arena, life->graph->tables.count + 1, sizeof *people);
    for (size_t i = 0; i < life->policy->subjects.count; i++) {
        Subject subject;
        Code code = subject_find(life, &life->policy->subjects.at[i], &subject, error);
        if (code)
            return code;
        people[subject.table->index] = true;
    }
    export->people = people;
    return RUNG_OK;
}

/* The row of another subject is not this one's because it references it: only what would go with
 * it is. */
static bool is_followed(const Export *export, const TableKey *key)
{
    return key->targets.count == key->columns.count &&
           (!export->people[key->from->index] || key->relation == RELATION_CASCADE);
}

static void add_once(Arena *arena, KeyNames *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->at[i], name) == 0)
            return;
    *vec_add(arena, names) = name;
}

static ExportSet *add_set(Export *export, KeyTable *table)
{
    ExportSet *set = arena_alloc(export->arena, sizeof *set);
    set->table = table;
    set->list = arena_print(export->arena, "rung_export_%zu", table->index);
    export->sets[table->index] = set;
    *vec_add(export->arena, &export->order) = set;
    return set;
}

/* `order` is the queue: what is added behind is looked at later. */
static void find_sets(Export *export)
{
    export->sets = arena_alloc_array(export->arena, export->life->graph->tables.count + 1,
                                     sizeof(ExportSet *));
    add_set(export, export->subject->table);
    for (size_t i = 0; i < export->order.count; i++) {
        ExportSet *set = export->order.at[i];
        for (size_t k = 0; k < set->table->below.count; k++) {
            const TableKey *key = set->table->below.at[k];
            if (!is_followed(export, key)) {
                add_once(export->arena, &export->left_out, key->title);
                continue;
            }
            for (size_t c = 0; c < key->targets.count; c++)
                add_once(export->arena, &set->targets, key->targets.at[c]);
            if (!export->sets[key->from->index])
                add_set(export, key->from);
        }
    }
}

/* ---- the lists ---- */

static ExportCoding coding_of(const Export *export, const char *type)
{
    if (!is_sqlite(export))
        return strcmp(type, "bytea") == 0                           ? CODING_BASE64
               : strcmp(type, "numeric") == 0                       ? CODING_TEXT
               : strncmp(type, "json", 4) == 0 && strlen(type) <= 5 ? CODING_JSON
                                                                    : CODING_PLAIN;
    return strcasestr(type, "blob")                                          ? CODING_BASE64
           : strcasecmp(type, "json") == 0 || strcasecmp(type, "jsonb") == 0 ? CODING_JSON
                                                                             : CODING_PLAIN;
}

/* The name of the rowid that no column hides. */
static const char *rowid_name(const ExportSet *set)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; i < COUNT(names); i++) {
        bool hidden = false;
        for (size_t c = 0; c < set->columns.count; c++)
            hidden |= strcasecmp(set->columns.at[c].name, names[i]) == 0;
        if (!hidden)
            return names[i];
    }
    return NULL;
}

static Code find_columns(Export *export, ExportSet *set, Error *error)
{
    DbRows rows;
    bool sqlite = is_sqlite(export);
    const char *name = sqlite ? set->table->name : set->table->sql;
    DbStatement statement = {.sql = sqlite ? export_columns_sqlite_sql : export_columns_sql,
                             .params = &name,
                             .param_count = 1};
    Code code = db_query(export->life->db, export->arena, &statement, &rows, error);
    bool without_rowid = !code && sqlite && rows.count && strcmp(db_cell(&rows, 0, 3), "1") == 0;
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(export->arena, &set->columns) = (ExportColumn){
            db_cell(&rows, i, 0), db_cell(&rows, i, 1), coding_of(export, db_cell(&rows, i, 2))};
    if (code)
        return code;
    if (!sqlite) {
        *vec_add(export->arena, &set->keys) = "tableoid";
        *vec_add(export->arena, &set->keys) = "ctid";
    } else if (!without_rowid && rowid_name(set)) {
        *vec_add(export->arena, &set->keys) = rowid_name(set);
    } else {
        for (size_t i = 0; i < set->table->primary.count; i++)
            *vec_add(export->arena, &set->keys) =
                life_name(export->arena, set->table->primary.at[i]);
    }
    return RUNG_OK;
}

/* "LEVEL, c.key…, c."target"… FROM table c", with names for them when the list is made. */
static void add_select(const Export *export, const ExportSet *set, const char *level, bool named,
                       Text *sql)
{
    Arena *arena = arena_new();
    text_print(sql, "SELECT %s%s", level, named ? " AS rung_level" : "");
    for (size_t i = 0; i < set->keys.count; i++) {
        text_print(sql, ", c.%s", set->keys.at[i]);
        if (named)
            text_print(sql, " AS rung_k%zu", i + 1);
    }
    for (size_t i = 0; i < set->targets.count; i++) {
        text_print(sql, ", c.%s", life_name(arena, set->targets.at[i]));
        if (named)
            text_print(sql, " AS rung_t%zu", i + 1);
    }
    text_print(sql, " FROM %s%s %sc", is_sqlite(export) || set->table->partitioned ? "" : "ONLY ",
               set->table->sql, is_sqlite(export) ? "AS " : "");
    arena_free(arena);
}

static Code make_list(Export *export, const ExportSet *set, Error *error)
{
    bool sqlite = is_sqlite(export);
    Text sql = TEXT_EMPTY;
    text_print(&sql, "CREATE TEMPORARY TABLE %s%s AS ", set->list, sqlite ? "" : " ON COMMIT DROP");
    add_select(export, set, "0", true, &sql);
    text_put(&sql, sqlite ? " WHERE 0" : " WITH NO DATA");
    Code code = run(export, &sql, NULL, NULL, error);
    text_clear(&sql);
    text_print(&sql, "CREATE UNIQUE INDEX %s%s_key ON %s (", sqlite ? "temp." : "", set->list,
               set->list);
    for (size_t i = 0; i < set->keys.count; i++)
        text_print(&sql, "%srung_k%zu", i ? ", " : "", i + 1);
    text_put(&sql, ")");
    if (!code)
        code = run(export, &sql, NULL, NULL, error);
    text_clear(&sql);
    text_print(&sql, "CREATE INDEX %s%s_level ON %s (rung_level)", sqlite ? "temp." : "", set->list,
               set->list);
    if (!code)
        code = run(export, &sql, NULL, NULL, error);
    text_done(&sql);
    return code;
}

/* ---- filling them ---- */

static Code add_subject(Export *export, Error *error)
{
    ExportSet *set = export->sets[export->subject->table->index];
    const Subject *subject = export->subject;
    Text sql = TEXT_EMPTY;
    text_print(&sql, "INSERT INTO %s ", set->list);
    add_select(export, set, "0", false, &sql);
    text_print(&sql, " WHERE %s",
               life_equals(export->life, export->arena, "c", subject->table, subject->key->name,
                           is_sqlite(export) ? "?1" : "$1"));
    Code code = run(export, &sql, export->key, &set->fresh, error);
    if (!code && !set->fresh)
        code = error_set(error, RUNG_UNKNOWN, "%s has no row with the %s \"%s\" any more",
                         subject->table->title, subject->key->name, export->key);
    set->rows = set->fresh;
    text_done(&sql);
    return code;
}

static size_t target_index(const ExportSet *set, const char *name)
{
    for (size_t i = 0; i < set->targets.count; i++)
        if (strcmp(set->targets.at[i], name) == 0)
            return i + 1;
    return 0;
}

/* Rows of key->from that reference what `level` added to key->to. */
static Code follow(Export *export, const TableKey *key, size_t level, Error *error)
{
    ExportSet *from = export->sets[key->from->index], *to = export->sets[key->to->index];
    Arena *arena = arena_new();
    Text sql = TEXT_EMPTY;
    int64_t added = 0;
    text_print(&sql, "INSERT INTO %s ", from->list);
    add_select(export, from, arena_print(arena, "%zu", level + 1), false, &sql);
    text_put(&sql, " WHERE (");
    for (size_t i = 0; i < key->columns.count; i++)
        text_print(&sql, "%sc.%s", i ? ", " : "", life_name(arena, key->columns.at[i]));
    text_put(&sql, ") IN (SELECT ");
    for (size_t i = 0; i < key->targets.count; i++)
        text_print(&sql, "%sp.rung_t%zu", i ? ", " : "", target_index(to, key->targets.at[i]));
    text_print(&sql, " FROM %s AS p WHERE p.rung_level = %zu) ON CONFLICT DO NOTHING", to->list,
               level);
    Code code = run(export, &sql, NULL, &added, error);
    from->next += code ? 0 : added;
    if (!code && added >= ANALYZE_ROWS && !is_sqlite(export)) {
        text_clear(&sql);
        text_print(&sql, "ANALYZE %s", from->list);
        code = run(export, &sql, NULL, NULL, error);
    }
    text_done(&sql);
    arena_free(arena);
    return code;
}

static Code follow_level(Export *export, size_t level, bool *ret_more, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < export->order.count; i++) {
        ExportSet *set = export->order.at[i];
        for (size_t k = 0; !code && set->fresh && k < set->table->below.count; k++)
            if (is_followed(export, set->table->below.at[k]))
                code = follow(export, set->table->below.at[k], level, error);
    }
    *ret_more = false;
    for (size_t i = 0; i < export->order.count; i++) {
        ExportSet *set = export->order.at[i];
        set->fresh = set->next;
        set->next = 0;
        set->rows += set->fresh;
        *ret_more |= set->fresh > 0;
    }
    return code;
}

static int by_title(const void *a, const void *b)
{
    return strcmp((*(ExportSet *const *)a)->table->title, (*(ExportSet *const *)b)->table->title);
}

Code export_collect(Export *export, Error *error)
{
    bool more = true;
    Code code = find_people(export, error);
    if (code)
        return code;
    find_sets(export);
    for (size_t i = 0; !code && i < export->order.count; i++)
        code = find_columns(export, export->order.at[i], error);
    for (size_t i = 0; !code && i < export->order.count; i++)
        code = make_list(export, export->order.at[i], error);
    if (!code)
        code = add_subject(export, error);
    for (size_t level = 0; !code && more; level++)
        code = follow_level(export, level, &more, error);
    qsort(export->order.at, export->order.count, sizeof(ExportSet *), by_title);
    return code;
}
