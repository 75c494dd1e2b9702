/* The matrix first, then why, then what to do. */
#include "report/isolation.h"
#include "base/utf8.h"
#include "report/lines.h"

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static bool is_asked(const IsolationCell *cell)
{
    return cell->state != CELL_NONE;
}

static bool stands(const IsolationCell *cell)
{
    return cell->state == CELL_LEAK || cell->state == CELL_NO_POLICY ||
           cell->state == CELL_UNPROVEN;
}

typedef struct Count {
    size_t asked, good, leaks;
} Count;

static void count_cell(Count *count, const IsolationCell *cell)
{
    count->asked += cell->state != CELL_NONE && cell->state != CELL_NO_RIGHT;
    count->good += cell->state == CELL_OK;
    count->leaks += cell->state == CELL_LEAK;
}

static Count count_cells(const Isolation *isolation)
{
    Count count = {0};
    for (size_t i = 0; i < isolation->tables.count; i++)
        for (Reach reach = 0; reach < REACH_COUNT; reach++)
            count_cell(&count, &isolation->tables.at[i].cells[reach]);
    for (size_t i = 0; i < isolation->queries.count; i++)
        count_cell(&count, &isolation->queries.at[i].cell);
    return count;
}

/* ---- text ---- */

static void pad(Text *text, const char *string, size_t width)
{
    text_put(text, string);
    for (size_t have = utf8_width(string); have < width; have++)
        text_char(text, ' ');
}

static size_t widest(const Isolation *isolation)
{
    size_t width = strlen("table");
    for (size_t i = 0; i < isolation->tables.count; i++) {
        size_t have = utf8_width(isolation->tables.at[i].name);
        width = have > width ? have : width;
    }
    return width;
}

enum { CELL_WIDTH = 12, STATEMENT_WIDTH = 60 };

static void put_matrix(Text *text, const Isolation *isolation)
{
    size_t width = widest(isolation) + 2;
    pad(text, "table", width);
    for (Reach reach = 0; reach < REACH_COUNT; reach++)
        pad(text, reach_word(reach), reach + 1 < REACH_COUNT ? CELL_WIDTH : 0);
    text_char(text, '\n');
    for (size_t i = 0; i < isolation->tables.count; i++) {
        const IsolationTable *table = &isolation->tables.at[i];
        pad(text, table->name, width);
        for (Reach reach = 0; reach < REACH_COUNT; reach++)
            pad(text, cell_word(table->cells[reach].state),
                reach + 1 < REACH_COUNT ? CELL_WIDTH : 0);
        text_char(text, '\n');
    }
}

static void put_queries(Text *text, const Isolation *isolation, const char *column)
{
    size_t leaks = 0;
    Arena *arena = arena_new();
    for (size_t i = 0; i < isolation->queries.count; i++) {
        const IsolationQuery *query = &isolation->queries.at[i];
        pad(text, cell_word(query->cell.state), CELL_WIDTH);
        text_print(text, "%s:%d  %s\n", query->query->file, query->query->line,
                   line_short(arena, query->query->sql, STATEMENT_WIDTH));
        if (query->cell.why)
            text_print(text, "%*s%s\n", CELL_WIDTH, "", query->cell.why);
        leaks += query->cell.state == CELL_LEAK;
    }
    arena_free(arena);
    if (isolation->apart)
        text_print(text, "%zu other quer%s no table that has %s\n", isolation->apart,
                   isolation->apart == 1 ? "y touches" : "ies touch", column);
    if (leaks)
        text_print(text, "\n  do: compare %s with the tenant in each query that leaks\n", column);
}

static bool same_reason(const IsolationCell *a, const IsolationCell *b)
{
    return a->state == b->state && strcmp(a->why, b->why) == 0;
}

/* One line for the verbs of a table that have the same reason. */
static void put_reason(Text *text, const IsolationTable *table, Reach first)
{
    const IsolationCell *cell = &table->cells[first];
    for (Reach reach = 0; reach < first; reach++)
        if (stands(&table->cells[reach]) && same_reason(&table->cells[reach], cell))
            return;
    text_print(text, "%s: %s", cell_word(cell->state), table->name);
    for (Reach reach = first; reach < REACH_COUNT; reach++)
        if (stands(&table->cells[reach]) && same_reason(&table->cells[reach], cell))
            text_print(text, ", %s", reach_word(reach));
    text_print(text, ": %s\n", cell->why);
}

static void put_reasons(Text *text, const Isolation *isolation, CellState state)
{
    for (size_t i = 0; i < isolation->tables.count; i++)
        for (Reach reach = 0; reach < REACH_COUNT; reach++)
            if (isolation->tables.at[i].cells[reach].state == state)
                put_reason(text, &isolation->tables.at[i], reach);
}

static void put_findings(Text *text, const Isolation *isolation, bool counts)
{
    for (size_t i = 0; i < isolation->findings.count; i++) {
        const IsolationFinding *finding = &isolation->findings.at[i];
        if (finding->counts != counts)
            continue;
        text_print(text, "%s: %s: %s\n", counts ? "found" : "note", finding->object, finding->what);
        text_print(text, "  do: %s\n", finding->fix);
    }
}

static void put_head(Text *text, const Isolation *isolation, const char *column)
{
    text_print(text, "tenants by %s", column);
    if (isolation->role)
        text_print(text, ", tried as %s", isolation->role);
    for (size_t i = 0; i < isolation->settings.count; i++)
        text_print(text, "%s %s = %s", i ? "," : ", told by", isolation->settings.at[i].name,
                   isolation->settings.at[i].value);
    text_put(text, "\n\n");
}

static void put_summary(Text *text, const Isolation *isolation)
{
    Count count = count_cells(isolation);
    size_t found = 0, notes = 0;
    for (size_t i = 0; i < isolation->findings.count; i++)
        *(isolation->findings.at[i].counts ? &found : &notes) += 1;
    text_print(text, "\n%zu of %zu proven", count.good, count.asked);
    text_print(text, ", %zu leak%s", count.leaks, plural(count.leaks));
    if (isolation->tables.count)
        text_print(text, "; %zu found, %zu note%s", found, notes, plural(notes));
    text_put(text, "; nothing was kept\n");
}

static void put_text(Text *text, const Isolation *isolation, const char *column)
{
    put_head(text, isolation, column);
    if (isolation->tables.count)
        put_matrix(text, isolation);
    put_queries(text, isolation, column);
    Text more = TEXT_EMPTY;
    static const CellState states[] = {CELL_LEAK, CELL_UNPROVEN, CELL_NO_POLICY};
    for (size_t i = 0; i < COUNT(states); i++)
        put_reasons(&more, isolation, states[i]);
    put_findings(&more, isolation, true);
    put_findings(&more, isolation, false);
    if (more.length)
        text_print(text, "\n%s", text_string(&more));
    text_done(&more);
    put_summary(text, isolation);
}

/* ---- JSON ---- */

static Value *cell_value(const IsolationCell *cell)
{
    Value *value = value_object();
    value_set_text(value, "state", cell_word(cell->state));
    if (cell->why)
        value_set_text(value, "why", cell->why);
    return value;
}

static Value *table_values(const Isolation *isolation)
{
    Value *array = value_array();
    for (size_t i = 0; i < isolation->tables.count; i++) {
        const IsolationTable *table = &isolation->tables.at[i];
        Value *value = value_object();
        value_set_text(value, "table", table->name);
        for (Reach reach = 0; reach < REACH_COUNT; reach++)
            if (is_asked(&table->cells[reach]))
                value_set(value, reach_word(reach), cell_value(&table->cells[reach]));
        value_append(array, value);
    }
    return array;
}

static Value *query_values(const Isolation *isolation)
{
    Value *array = value_array();
    for (size_t i = 0; i < isolation->queries.count; i++) {
        const IsolationQuery *query = &isolation->queries.at[i];
        Value *value = cell_value(&query->cell);
        value_set_text(value, "file", query->query->file);
        value_set_int(value, "line", query->query->line);
        value_set_text(value, "sql", query->query->sql);
        value_set_text(value, "touches", query->touches);
        value_append(array, value);
    }
    return array;
}

static Value *finding_values(const Isolation *isolation)
{
    Value *array = value_array();
    for (size_t i = 0; i < isolation->findings.count; i++) {
        const IsolationFinding *finding = &isolation->findings.at[i];
        Value *value = value_object();
        value_set_text(value, "kind", finding->kind);
        value_set_bool(value, "counts", finding->counts);
        value_set_text(value, "object", finding->object);
        value_set_text(value, "what", finding->what);
        value_set_text(value, "fix", finding->fix);
        value_append(array, value);
    }
    return array;
}

static Value *document(const Isolation *isolation, const char *column)
{
    Count count = count_cells(isolation);
    Value *value = value_object(), *settings = value_object();
    for (size_t i = 0; i < isolation->settings.count; i++)
        value_set_text(settings, isolation->settings.at[i].name, isolation->settings.at[i].value);
    value_set_text(value, "tenant_column", column);
    value_set_text(value, "role", isolation->role);
    value_set(value, "settings", settings);
    value_set_bool(value, "proven", isolation_count(isolation) == 0);
    value_set_int(value, "leaks", (int64_t)count.leaks);
    value_set(value, "tables", table_values(isolation));
    value_set(value, "queries", query_values(isolation));
    value_set(value, "findings", finding_values(isolation));
    return value;
}

bool report_isolation(Report *report, const Isolation *isolation, const char *column)
{
    report->count = isolation->tables.count + isolation->queries.count;
    if (report->json)
        report_document(report, document(isolation, column));
    else
        put_text(&report->text, isolation, column);
    return isolation_count(isolation) > 0;
}
