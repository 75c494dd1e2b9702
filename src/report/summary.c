/* summary.txt of a review pack. */
#include "report/catalog.h"
#include "report/dossier.h"

typedef struct Summary {
    const Dossier *dossier;
    const Plan *plan;
    Arena *arena;
    Text *text;
} Summary;

const char *report_rough_time(Arena *arena, double seconds)
{
    double high = seconds * 3, low = seconds / 3;
    if (high < 1)
        return "under a second";
    if (high < 120)
        return arena_print(arena, "%.0f to %.0f s", low < 1 ? 1 : low, high);
    if (high < 7200)
        return arena_print(arena, "%.0f to %.0f min", low < 60 ? 1 : low / 60, high / 60);
    return arena_print(arena, "%.1f to %.1f h", low / 3600, high / 3600);
}

/* ---- tables ---- */

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static bool is_table(const Object *object)
{
    return object->kind == KIND_TABLE || object->kind == KIND_LITE_TABLE;
}

static size_t count_children(const Object *table, KindId kind)
{
    size_t count = 0;
    for (size_t i = 0; i < table->children.count; i++)
        count += table->children.at[i]->kind == kind;
    return count;
}

static size_t count_columns(const Object *table)
{
    return table->kind == KIND_LITE_TABLE ? CATALOG_AS(LiteTable, table)->columns.count
                                          : count_children(table, KIND_COLUMN);
}

static void put_policies(Summary *summary, const Object *table)
{
    size_t count = count_children(table, KIND_POLICY);
    if (!count)
        return;
    text_print(summary->text, "     - row-level security: %zu polic%s (", count,
               count == 1 ? "y" : "ies");
    const char *between = "";
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *child = table->children.at[i];
        if (child->kind != KIND_POLICY)
            continue;
        text_print(summary->text, "%s%s", between, CATALOG_AS(Policy, child)->command);
        between = ", ";
    }
    text_put(summary->text, ")\n");
}

static void put_constraints(Summary *summary, const Object *table)
{
    static const struct {
        char type;
        const char *title;
    } rows[] = {{'p', "primary key"}, {'u', "unique"}, {'f', "foreign key"}, {'x', "exclusion"}};
    for (size_t k = 0; k < COUNT(rows); k++)
        for (size_t i = 0; i < table->children.count; i++) {
            const Object *child = table->children.at[i];
            if (child->kind == KIND_CONSTRAINT &&
                CATALOG_AS(Constraint, child)->type[0] == rows[k].type)
                text_print(summary->text, "     - %s: %s\n", rows[k].title,
                           CATALOG_AS(Constraint, child)->definition);
        }
}

static void put_count(Summary *summary, const Object *table, KindId kind, const char *title)
{
    size_t count = count_children(table, kind);
    if (count)
        text_print(summary->text, "     - %s: %zu\n", title, count);
}

static void put_table(Summary *summary, const Object *table, size_t number)
{
    text_print(summary->text, "  %zu. %s (%zu columns)\n", number,
               strchr(report_object(summary->arena, table), ' ') + 1, count_columns(table));
    if (table->comment)
        text_print(summary->text, "     - %s\n", table->comment);
    put_constraints(summary, table);
    put_policies(summary, table);
    put_count(summary, table, KIND_INDEX, "indexes");
    put_count(summary, table, KIND_LITE_INDEX, "indexes");
    put_count(summary, table, KIND_TRIGGER, "triggers");
    put_count(summary, table, KIND_LITE_TRIGGER, "triggers");
}

static void put_tables(Summary *summary)
{
    size_t count = 0;
    const Plan *plan = summary->plan;
    for (size_t i = 0; i < plan->changes.count; i++)
        count += is_table(plan->changes.at[i].object) && plan->changes.at[i].type == CHANGE_CREATE;
    text_print(summary->text, "Tables created: %zu\n", count);
    count = 0;
    for (size_t i = 0; i < plan->changes.count; i++)
        if (is_table(plan->changes.at[i].object) && plan->changes.at[i].type == CHANGE_CREATE)
            put_table(summary, plan->changes.at[i].object, ++count);
}

/* ---- the rest ---- */

static const Object *table_of(const Object *object)
{
    return object->parent ? table_of(object->parent) : object;
}

static bool is_inside_new(const Summary *summary, const Object *object)
{
    const Object *table = table_of(object);
    return table != object && !catalog_find(summary->plan->from, table->key);
}

static void put_others(Summary *summary)
{
    bool any = false;
    for (size_t i = 0; i < summary->plan->changes.count; i++) {
        const Change *change = &summary->plan->changes.at[i];
        Text line = TEXT_EMPTY;
        if ((is_table(change->object) && change->type == CHANGE_CREATE) ||
            is_inside_new(summary, change->object)) {
            text_done(&line);
            continue;
        }
        if (report_change(summary->plan, change, &line)) {
            text_print(summary->text, "%s  %s\n", any ? "" : "\nBeside these:\n",
                       text_string(&line));
            any = true;
        }
        text_done(&line);
    }
}

static double seconds_of(const RevisionRehearsal *result)
{
    double seconds = 0;
    for (size_t i = 0; i < result->blocked.count; i++)
        if (result->blocked.at[i].seconds > seconds)
            seconds = result->blocked.at[i].seconds;
    return seconds;
}

static void put_times(Summary *summary)
{
    const RevisionRehearsal *result = summary->dossier->result;
    text_put(summary->text, "\nTime:\n");
    text_print(summary->text, "  - migration: %s\n",
               report_rough_time(summary->arena, seconds_of(result) + (double)result->up_us / 1e6));
    if (!result->down_skipped)
        text_print(summary->text, "  - rollback: %s\n",
                   report_rough_time(summary->arena, (double)result->down_us / 1e6));
    text_print(summary->text, "  - others are blocked: %s%s\n",
               report_rough_time(summary->arena, seconds_of(result)),
               summary->dossier->sizes->count ? "" : " (on tables that are empty)");
}

static void put_rehearsal(Summary *summary)
{
    const RevisionRehearsal *result = summary->dossier->result;
    text_put(summary->text, "\nRehearsal:\n");
    text_print(summary->text, "  - up: %zu statement%s ran\n", result->up_count,
               plural(result->up_count));
    if (result->down_skipped) {
        text_print(summary->text, "  - down: not run, %s\n", result->down_skipped);
        return;
    }
    size_t left = result->left ? result->left->changes.count : 0;
    if (result->down_failed)
        text_print(summary->text, "  - down: FAILS, %s\n", result->down_failed->message);
    else if (left)
        text_print(summary->text, "  - down: leaves %zu difference%s of schema\n", left,
                   plural(left));
    else
        text_put(summary->text, "  - down: restores the schema\n");
    for (size_t i = 0; i < result->losses.count; i++) {
        const Loss *loss = &result->losses.at[i];
        text_print(summary->text, "  - down: loses %zu of %zu %s of %s%s%s\n", loss->lost, loss->of,
                   loss->column ? "values" : "rows", loss->table, loss->column ? "." : "",
                   loss->column ? loss->column : "");
    }
    if (result->differs)
        text_print(summary->text, "  - up again: %s\n",
                   result->differs->changes.count ? "ANOTHER SCHEMA" : "the same schema");
}

static void put_checks(Summary *summary)
{
    const RevisionRehearsal *result = summary->dossier->result;
    text_put(summary->text, "\nChecks:\n");
    for (size_t i = 0; i < result->checks.count; i++)
        text_print(summary->text, "  [%s] %s\n", result->checks.at[i].passed ? "x" : " ",
                   result->checks.at[i].check->title);
    text_print(summary->text, "  and %zu generated ones, in validate.sql\n",
               summary->dossier->generated->count);
}

static void put_files(Summary *summary)
{
    const Dossier *dossier = summary->dossier;
    text_print(summary->text, "\nFiles:\n  1. up.sql: %zu statement%s\n", dossier->up->statements,
               plural(dossier->up->statements));
    if (dossier->down)
        text_print(summary->text, "  2. rollback.sql: %zu statement%s\n", dossier->down->statements,
                   plural(dossier->down->statements));
    text_print(summary->text, "  %d. validate.sql: %zu checks\n  %d. guide.md\n",
               dossier->down ? 3 : 2, dossier->result->checks.count + dossier->generated->count,
               dossier->down ? 4 : 3);
}

void report_summary(const Dossier *dossier, Text *text)
{
    Summary summary = {dossier, dossier->result->change, arena_new(), text};
    const char *rule = "================================================================";
    text_print(text, "%s\nREVISION %s: %s\n%s\n", rule, dossier->revision->id,
               dossier->revision->message, rule);
    put_files(&summary);
    text_put(text, "\nIn all: ");
    report_created(summary.plan, text);
    text_put(text, "\n\n");
    put_tables(&summary);
    put_others(&summary);
    put_times(&summary);
    put_rehearsal(&summary);
    put_checks(&summary);
    arena_free(summary.arena);
}
