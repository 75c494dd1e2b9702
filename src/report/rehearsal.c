/* A rehearsal as text, as Markdown and as JSON. */
#include "report/rehearsal.h"
#include "base/clock.h"
#include "report/catalog.h"
#include "report/hazards.h"
#include "report/lines.h"

typedef struct Page {
    const RehearsalReport *what;
    Text *text;
    Arena *arena;
    bool markdown;
} Page;

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- statements ---- */

enum { STATEMENT_WIDTH = 72 };

/* Weak locks are of no interest: nobody waits for them. */
static bool is_told(const Effect *effect)
{
    return effect->work || effect->mode >= LOCK_SHARE_UPDATE_EXCLUSIVE;
}

/* How many others of the statement say the same of another relation; SIZE_MAX when an earlier one
 * speaks for this one. */
static size_t count_like(const EffectList *effects, size_t index)
{
    size_t count = 0;
    for (size_t i = 0; i < effects->count; i++) {
        bool same = effects->at[i].mode == effects->at[index].mode &&
                    effects->at[i].work == effects->at[index].work;
        if (same && i < index)
            return SIZE_MAX;
        count += same && i > index;
    }
    return count;
}

size_t report_effects(const EffectList *effects, const char *before, const char *between,
                      Text *text)
{
    Arena *arena = arena_new();
    size_t told = 0;
    for (size_t i = 0; i < effects->count; i++) {
        const Effect *effect = &effects->at[i];
        size_t like = is_told(effect) ? count_like(effects, i) : SIZE_MAX;
        if (like == SIZE_MAX)
            continue;
        text_print(text, "%s%s%s%s%s", told++ ? between : "", before, lock_name(effect->mode),
                   effect->mode ? " on " : "", effect->relation);
        if (like)
            text_print(text, " and %zu more", like);
        if (effect->work)
            text_print(text, ": %s", work_text(arena, effect->work));
    }
    arena_free(arena);
    return told;
}

static void put_statement(Page *page, const Observed *observed)
{
    text_print(page->text, page->markdown ? "| %d | `%s` | " : "    %4d  %s\n", observed->line,
               line_short(page->arena, observed->sql, STATEMENT_WIDTH));
    size_t told = report_effects(&observed->effects, page->markdown ? "" : "          ",
                                 page->markdown ? "<br>" : "\n", page->text);
    if (page->markdown)
        text_print(page->text, "%s |\n", told ? "" : "–");
    else if (told)
        text_char(page->text, '\n');
    if (observed->failed && !page->markdown)
        text_print(page->text, "          fails: %s\n", observed->failed);
}

static void put_statements(Page *page, size_t first, size_t count)
{
    if (page->markdown && count)
        text_put(page->text, "\n| line | statement | locks and work |\n|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        put_statement(page, &page->what->rehearsal->observed.at[first + i]);
}

/* ---- revisions ---- */

static const char *bracket(Arena *arena, double seconds)
{
    int64_t low = (int64_t)(seconds / 3 * 1e6), high = (int64_t)(seconds * 3e6);
    if (high < 10000)
        return "under 10 ms";
    return arena_print(arena, "%s to %s", clock_print_duration(arena, low),
                       clock_print_duration(arena, high));
}

enum { MOST_BLOCKED = 5 };

/* The longest first; what nobody notices is left out. */
static void put_blocked(Page *page, const RevisionRehearsal *result)
{
    size_t put = 0, count = result->blocked.count;
    for (size_t i = 0; i < count && put < MOST_BLOCKED; i++) {
        const Blocked *blocked = &result->blocked.at[i];
        if (blocked->known && blocked->seconds * 3 < 0.01)
            continue;
        text_print(page->text,
                   page->markdown ? "- blocked: `%s`, %s: %s\n" : "  blocked %s: %s wait, %s\n",
                   blocked->relation,
                   lock_blocks_reads(blocked->mode) ? "reads and writes" : "writes",
                   blocked->known ? bracket(page->arena, blocked->seconds)
                                  : "how long depends on its size, which is not known");
        put++;
    }
    if (!put && count)
        text_print(page->text, "%sothers wait for less than 10 ms at the target's size\n",
                   page->markdown ? "- " : "  ");
}

static void put_changes(Page *page, const Plan *plan)
{
    for (size_t i = 0; i < plan->changes.count; i++) {
        Text line = TEXT_EMPTY;
        if (report_change(plan, &plan->changes.at[i], &line))
            text_print(page->text, "          %s\n", text_string(&line));
        text_done(&line);
    }
}

static void put_down(Page *page, const RevisionRehearsal *result)
{
    const char *bullet = page->markdown ? "- " : "  ";
    if (result->down_skipped) {
        text_print(page->text, "%sdown: not run, %s\n", bullet, result->down_skipped);
        return;
    }
    if (result->up_failed)
        return;
    text_print(page->text, "%sdown: %zu statement%s in %s", bullet, result->down_count,
               plural(result->down_count), clock_print_duration(page->arena, result->down_us));
    if (result->down_failed) {
        text_print(page->text, "; fails: %s\n", result->down_failed->message);
        return;
    }
    size_t left = result->left ? result->left->changes.count : 0;
    if (!left && !result->losses.count)
        text_put(page->text, "; restores schema and rows\n");
    else
        text_print(page->text, "; %s\n",
                   left ? "does not restore the schema:" : "restores the schema, but not all rows");
    if (left)
        put_changes(page, result->left);
    for (size_t i = 0; i < result->losses.count; i++) {
        const Loss *loss = &result->losses.at[i];
        text_print(page->text, "%s%s%s%s: %zu of %zu %s lost\n",
                   page->markdown ? "  - " : "          ", loss->table, loss->column ? "." : "",
                   loss->column ? loss->column : "", loss->lost, loss->of,
                   loss->column ? "values" : "rows");
    }
    if (result->differs)
        text_print(page->text, "%sup again: %s\n", bullet,
                   result->differs->changes.count ? "another schema" : "the same schema");
    if (result->differs)
        put_changes(page, result->differs);
}

static void put_revision(Page *page, const RevisionRehearsal *result)
{
    const Revision *revision = result->revision;
    text_print(page->text, page->markdown ? "\n## %s: %s\n\n" : "\n%s  %s\n", revision->id,
               revision->message);
    text_print(page->text, "%sup: %zu statement%s in %s\n", page->markdown ? "- " : "  ",
               result->up_count, plural(result->up_count),
               clock_print_duration(page->arena, result->up_us));
    put_blocked(page, result);
    if (!page->markdown)
        put_statements(page, result->up, result->up_count);
    put_down(page, result);
    if (page->markdown)
        put_statements(page, result->up, result->up_count);
}

/* ---- hazards ---- */

static void put_hazards(Page *page)
{
    const HazardList *hazards = &page->what->rehearsal->hazards;
    size_t errors = hazards_count(hazards, SEVERITY_ERROR);
    size_t warnings = hazards_count(hazards, SEVERITY_WARNING);
    text_put(page->text, page->markdown ? "\n## Found\n\n" : "\n");
    report_hazard_list(hazards, page->markdown, page->text);
    if (hazards->count)
        text_char(page->text, '\n');
    text_print(page->text, "%zu error%s, %zu warning%s, %zu note%s\n", errors, plural(errors),
               warnings, plural(warnings), hazards->count - errors - warnings,
               plural(hazards->count - errors - warnings));
}

static void put_unfilled(Page *page)
{
    const UnfilledList *list = &page->what->rehearsal->unfilled;
    for (size_t i = 0; i < list->count; i++)
        text_print(page->text, "%sno rows in %s: %s\n", page->markdown ? "- " : "  ",
                   list->at[i].table, list->at[i].reason);
}

static void put_page(Page *page)
{
    const Rehearsal *rehearsal = page->what->rehearsal;
    size_t count = rehearsal->revisions.count;
    if (page->markdown)
        text_put(page->text, "# Rehearsal\n\n");
    text_print(page->text,
               "%zu revision%s rehearsed in %s on %s, with the schema of %s; %zu of %zu table%s "
               "got rows\n",
               count, plural(count), clock_print_duration(page->arena, rehearsal->elapsed_us),
               page->what->scratch, page->what->target, rehearsal->filled, rehearsal->tables,
               plural(rehearsal->tables));
    put_unfilled(page);
    for (size_t i = 0; i < count; i++)
        put_revision(page, &rehearsal->revisions.at[i]);
    put_hazards(page);
}

/* ---- JSON ---- */

static Value *effect_values(const EffectList *effects)
{
    Value *array = value_array();
    Arena *arena = arena_new();
    for (size_t i = 0; i < effects->count; i++) {
        Value *value = value_object();
        value_set_text(value, "relation", effects->at[i].relation);
        value_set_text(value, "lock", lock_name(effects->at[i].mode));
        value_set_bool(value, "rewrites", effects->at[i].work & WORK_REWRITE);
        value_set_bool(value, "scans", effects->at[i].work & WORK_SCAN);
        value_set_bool(value, "validates_keys", effects->at[i].work & WORK_KEYS);
        value_set_bool(value, "builds_index", effects->at[i].work & WORK_INDEX);
        value_append(array, value);
    }
    arena_free(arena);
    return array;
}

static Value *statement_values(const Rehearsal *rehearsal, size_t first, size_t count)
{
    Value *array = value_array();
    for (size_t i = first; i < first + count; i++) {
        const Observed *observed = &rehearsal->observed.at[i];
        Value *value = value_object();
        value_set_int(value, "line", observed->line);
        value_set_text(value, "sql", observed->sql);
        value_set_text(value, "command", observed->command);
        value_set_int(value, "elapsed_us", observed->elapsed_us);
        value_set_bool(value, "outside_transaction", observed->outside);
        value_set(value, "effects", effect_values(&observed->effects));
        value_set(value, "held", effect_values(&observed->held));
        if (observed->failed)
            value_set_text(value, "failed", observed->failed);
        value_append(array, value);
    }
    return array;
}

static Value *change_values(const Plan *plan)
{
    Value *array = value_array();
    for (size_t i = 0; plan && i < plan->changes.count; i++) {
        Text line = TEXT_EMPTY;
        if (report_change(plan, &plan->changes.at[i], &line))
            value_append(array, value_text(text_string(&line)));
        text_done(&line);
    }
    return array;
}

static Value *loss_values(const LossList *losses)
{
    Value *array = value_array();
    for (size_t i = 0; i < losses->count; i++) {
        Value *value = value_object();
        value_set_text(value, "table", losses->at[i].table);
        if (losses->at[i].column)
            value_set_text(value, "column", losses->at[i].column);
        value_set_int(value, "lost", (int64_t)losses->at[i].lost);
        value_set_int(value, "of", (int64_t)losses->at[i].of);
        value_append(array, value);
    }
    return array;
}

static Value *blocked_values(const RevisionRehearsal *result)
{
    Value *array = value_array();
    for (size_t i = 0; i < result->blocked.count; i++) {
        const Blocked *blocked = &result->blocked.at[i];
        Value *value = value_object();
        value_set_text(value, "relation", blocked->relation);
        value_set_text(value, "lock", lock_name(blocked->mode));
        if (blocked->known)
            value_set_int(value, "estimated_us", (int64_t)(blocked->seconds * 1e6));
        value_append(array, value);
    }
    return array;
}

static Value *revision_value(const Rehearsal *rehearsal, const RevisionRehearsal *result)
{
    Value *value = value_object();
    value_set_text(value, "revision", result->revision->id);
    value_set_text(value, "message", result->revision->message);
    value_set_int(value, "up_us", result->up_us);
    value_set(value, "up", statement_values(rehearsal, result->up, result->up_count));
    value_set(value, "blocked", blocked_values(result));
    value_set_bool(value, "has_down", result->has_down);
    value_set_int(value, "down_us", result->down_us);
    value_set(value, "down", statement_values(rehearsal, result->down, result->down_count));
    value_set(value, "left_by_down", change_values(result->left));
    value_set(value, "lost_by_down", loss_values(&result->losses));
    value_set(value, "differs_after_up_again", change_values(result->differs));
    return value;
}

static Value *document(const RehearsalReport *what)
{
    const Rehearsal *rehearsal = what->rehearsal;
    Value *value = value_object(), *revisions = value_array();
    value_set_text(value, "target", what->target);
    for (size_t i = 0; rehearsal && i < rehearsal->revisions.count; i++)
        value_append(revisions, revision_value(rehearsal, &rehearsal->revisions.at[i]));
    value_set(value, "revisions", revisions);
    if (!rehearsal)
        return value;
    value_set_text(value, "scratch", what->scratch);
    value_set_int(value, "elapsed_us", rehearsal->elapsed_us);
    value_set_int(value, "tables", (int64_t)rehearsal->tables);
    value_set_int(value, "tables_with_rows", (int64_t)rehearsal->filled);
    value_set(value, "hazards", report_hazard_values(&rehearsal->hazards));
    return value;
}

bool report_rehearsal(Report *report, const RehearsalReport *what, bool markdown)
{
    bool over = what->rehearsal && hazards_count(&what->rehearsal->hazards, SEVERITY_ERROR) > 0;
    if (report->json) {
        report_document(report, document(what));
        return over;
    }
    if (!what->rehearsal) {
        text_put(&report->text, "nothing is pending: nothing to rehearse\n");
        return false;
    }
    Page page = {.what = what, .text = &report->text, .arena = arena_new(), .markdown = markdown};
    put_page(&page);
    arena_free(page.arena);
    return over;
}
