/* A purge as lines for people and as JSON. */
#include "report/purge.h"
#include "base/clock.h"

static void put_json(Report *report, const PurgeReport *purge, bool dry)
{
    Value *document = value_object(), *tables = value_array(), *problems = value_array();
    value_set_bool(document, "dry_run", dry);
    value_set_int(document, "subjects", purge->subjects);
    for (size_t i = 0; i < purge->tables.count; i++) {
        Value *table = value_object();
        value_set_text(table, "table", purge->tables.at[i].title);
        value_set_int(table, "deleted", purge->tables.at[i].gone);
        value_set_int(table, "set_null", purge->tables.at[i].nulled);
        value_append(tables, table);
    }
    value_set(document, "tables", tables);
    for (size_t i = 0; i < purge->problems.count; i++) {
        Value *problem = value_object();
        value_set_text(problem, "subject", purge->problems.at[i].subject);
        value_set_text(problem, "key", purge->problems.at[i].key);
        value_set_text(problem, "kind", purge->problems.at[i].held ? "held" : "failed");
        value_set_text(problem, "reason", purge->problems.at[i].text);
        value_append(problems, problem);
    }
    value_set(document, "problems", problems);
    if (!dry) {
        value_set_int(document, "batches", purge->batches);
        value_set_int(document, "longest_us", purge->longest_us);
        value_set_int(document, "wal_bytes", purge->wal_bytes);
    }
    value_set_int(document, "elapsed_us", purge->elapsed_us);
    report_document(report, document);
}

static void put_table(Text *text, const PurgeTable *table, size_t width, bool dry)
{
    if (table->gone)
        text_print(text, "  %-*s  %10lld %s\n", (int)width, table->title, (long long)table->gone,
                   dry ? "would go" : "deleted");
    if (table->nulled)
        text_print(text, "  %-*s  %10lld %s\n", (int)width, table->title, (long long)table->nulled,
                   dry ? "would lose their reference" : "lost their reference");
}

static void put_end(Text *text, const PurgeReport *purge)
{
    Arena *arena = arena_new();
    text_print(text, "%lld transaction%s, the longest %s, in %s", (long long)purge->batches,
               purge->batches == 1 ? "" : "s", clock_print_duration(arena, purge->longest_us),
               clock_print_duration(arena, purge->elapsed_us));
    if (purge->wal_bytes > 0)
        text_print(text, "; %.1f MB of WAL", (double)purge->wal_bytes / 1048576);
    text_char(text, '\n');
    arena_free(arena);
}

void report_purge(Report *report, const PurgeReport *purge, bool dry)
{
    Text *text = &report->text;
    size_t width = 0;
    report->count = (size_t)purge->subjects;
    if (report->json) {
        put_json(report, purge, dry);
        return;
    }
    if (!purge->subjects && !purge->problems.count && !purge->tables.count) {
        text_put(text, "nobody is due\n");
        return;
    }
    text_print(text, "%lld subject%s %serased\n", (long long)purge->subjects,
               purge->subjects == 1 ? "" : "s", dry ? "would be " : "");
    for (size_t i = 0; i < purge->tables.count; i++)
        width =
            strlen(purge->tables.at[i].title) > width ? strlen(purge->tables.at[i].title) : width;
    for (size_t i = 0; i < purge->tables.count; i++)
        put_table(text, &purge->tables.at[i], width, dry);
    for (size_t i = 0; i < purge->problems.count; i++) {
        const PurgeProblem *problem = &purge->problems.at[i];
        text_print(text, "  %s %s %s: %s\n", problem->subject, problem->key,
                   problem->held ? "is kept" : "failed, and is tried again later", problem->text);
    }
    if (!dry)
        put_end(text, purge);
}
