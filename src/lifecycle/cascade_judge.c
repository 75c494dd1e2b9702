/* What is wrong below a root: why a DELETE there would fail, be slow, leave rows or remove what is
 * to be kept. */
#include "lifecycle/cascade_judge.h"
#include "base/text.h"

typedef struct Judge {
    Cascade *cascade;
    const size_t *places;
    const Lifecycle *lifecycle;
    Arena *arena;
} Judge;

static const char *const type_names[CASCADE_TYPE_COUNT] = {
    "blocked",   "diamond",   "diamond-fails", "cycle",       "deep",
    "no-index",  "not-valid", "not-enforced",  "swallowed",   "not-null",
    "inherited", "broken",    "no-class",      "other-class", "kept"};

const char *cascade_type_name(CascadeType type)
{
    return type_names[type];
}

static void find_table(Judge *judge, CascadeType type, bool fails, const KeyTable *table,
                       const char *text)
{
    *vec_add(judge->arena, &judge->cascade->findings) =
        (CascadeFinding){type, fails, table, NULL, text};
}

static void find_key(Judge *judge, CascadeType type, bool fails, const TableKey *key,
                     const char *text)
{
    *vec_add(judge->arena, &judge->cascade->findings) =
        (CascadeFinding){type, fails, key->from, key, text};
}

static const CascadeTable *reached(const Judge *judge, const KeyTable *table)
{
    size_t place = judge->places[table->index];
    return place ? &judge->cascade->tables.at[place - 1] : NULL;
}

/* ---- words ---- */

/* "users > orders > items", the shortest way down to a key's table. */
static const char *way_to(const Judge *judge, const TableKey *key)
{
    const char *way = key->from->title;
    for (const TableKey *at = key; at; at = reached(judge, at->to)->via)
        way = arena_print(judge->arena, "%s > %s", at->to->title, way);
    return way;
}

static const char *print_count(Arena *arena, int64_t count)
{
    char digits[24];
    Text text = TEXT_EMPTY;
    int length = snprintf(digits, sizeof digits, "%lld", (long long)count);
    for (int i = 0; i < length; i++)
        text_print(&text, "%s%c", i && (length - i) % 3 == 0 ? "," : "", digits[i]);
    return text_keep(&text, arena);
}

static const char *print_bytes(Arena *arena, int64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1000 && unit + 1 < COUNT(units); unit++)
        size /= 1000;
    return arena_print(arena, unit && size < 10 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

const char *key_table_size(Arena *arena, const KeyTable *table)
{
    if (table->rows < 0 && table->bytes < 0)
        return NULL;
    if (table->rows < 0)
        return print_bytes(arena, table->bytes);
    return arena_print(arena, "%s rows, %s", print_count(arena, table->rows),
                       print_bytes(arena, table->bytes < 0 ? 0 : table->bytes));
}

/* ---- one key ---- */

static const char *not_null_column(const TableKey *key)
{
    const KeyNames *set = key->set_columns.count ? &key->set_columns : &key->columns;
    for (size_t i = 0; i < set->count; i++) {
        const KeyColumn *column = key_table_column(key->from, set->at[i]);
        if (column && column->not_null)
            return column->name;
    }
    return NULL;
}

/* Another key by which the same table's rows are removed. */
static bool has_cascade_beside(const Judge *judge, const TableKey *key)
{
    for (size_t i = 0; i < key->from->above.count; i++) {
        const TableKey *other = key->from->above.at[i];
        if (other != key && other->declared && other->enforced && other->action == 'c' &&
            reached(judge, other->to))
            return true;
    }
    return false;
}

static bool blocks(const TableKey *key)
{
    return key->declared && key->enforced && (key->action == 'a' || key->action == 'r');
}

/* The server checks the key when the statement that removed the parent ends, and for a cascade that
 * is one inside the DELETE: the other way to the rows may come later. SQLite counts to the end of
 * the whole statement, but for RESTRICT. */
static bool fails_by_order(const Judge *judge, const TableKey *key)
{
    bool early =
        judge->cascade->graph->engine == ENGINE_SQLITE ? key->action == 'r' : !key->deferred;
    return blocks(key) && early && key->from != key->to && has_cascade_beside(judge, key);
}

static void judge_block(Judge *judge, const TableKey *key)
{
    if (!blocks(key))
        return;
    const char *action = key_action_name(key->action);
    if (fails_by_order(judge, key))
        find_key(judge, CASCADE_DIAMOND_FAILS, true, key,
                 arena_print(judge->arena,
                             "%s: %s, while another key removes rows of %s in the same DELETE: it "
                             "fails if this one is checked first (%s)",
                             key->title, action, key->from->title, way_to(judge, key)));
    else {
        bool beside = has_cascade_beside(judge, key);
        find_key(judge, CASCADE_BLOCKED, key->relation != RELATION_RESTRICT && !beside, key,
                 arena_print(judge->arena,
                             "%s: %s: rows of %s that it references cannot go%s%s (%s)", key->title,
                             action, key->to->title,
                             beside ? ", unless another key removes its rows" : "",
                             key->deferred ? ", told at COMMIT" : "", way_to(judge, key)));
    }
}

static void judge_state(Judge *judge, const TableKey *key)
{
    const char *column = not_null_column(key);
    bool sets = key->declared && key->action == 'n';
    if (column && (sets || key->relation == RELATION_SET_NULL))
        find_key(judge, CASCADE_NOT_NULL, true, key,
                 arena_print(judge->arena, "%s: SET NULL, but %s.%s is NOT NULL: the DELETE fails",
                             key->title, key->from->title, column));
    if (!key->declared)
        return;
    if (!key->enforced)
        find_key(judge, CASCADE_NOT_ENFORCED, true, key,
                 arena_print(judge->arena, "%s: NOT ENFORCED: nothing happens, and orphans stay",
                             key->title));
    else if (!key->validated)
        find_key(judge, CASCADE_NOT_VALID, false, key,
                 arena_print(judge->arena,
                             "%s: NOT VALID: there may be orphans from before the key",
                             key->title));
    const char *size = key_table_size(judge->arena, key->from);
    if (key->enforced && !key->index)
        find_key(judge, CASCADE_NO_INDEX, false, key,
                 arena_print(judge->arena,
                             "%s: no index: each row deleted from %s reads all of %s%s%s%s",
                             key->title, key->to->title,
                             key->from_partition ? key->from_partition : key->from->title,
                             size ? " (" : "", size ? size : "", size ? ")" : ""));
}

static void judge_class(Judge *judge, const TableKey *key)
{
    if (!judge->lifecycle || !judge->lifecycle->line)
        return;
    if (!key->relation)
        find_key(judge, CASCADE_NO_CLASS, true, key,
                 arena_print(judge->arena,
                             "%s: no class in lifecycle.relations (the database: ON DELETE %s)",
                             key->title, key_action_name(key->action)));
    else if (!key_does(key, key->relation))
        find_key(judge, CASCADE_OTHER_CLASS, true, key,
                 key->relation == RELATION_RETAIN
                     ? arena_print(judge->arena,
                                   "%s: its class is retain, but there is a foreign key (ON "
                                   "DELETE %s)",
                                   key->title, key_action_name(key->action))
                     : arena_print(judge->arena, "%s: its class is %s, the database has %s",
                                   key->title, relation_name(key->relation),
                                   key_action_name(key->action)));
}

/* ---- one table ---- */

static void judge_ways(Judge *judge, const CascadeTable *at)
{
    Text text = TEXT_EMPTY;
    if (at->ways < 2 || at->table == judge->cascade->root)
        return;
    text_print(&text, "%s is reached by %zu keys:", at->table->title, at->ways);
    for (size_t i = 0, said = 0; i < at->table->above.count; i++) {
        const TableKey *key = at->table->above.at[i];
        if (reached(judge, key->to) && !key_stops(key))
            text_print(&text, "%s %s", said++ ? "," : "", way_to(judge, key));
    }
    find_table(judge, CASCADE_DIAMOND, false, at->table,
               arena_string(judge->arena, text_string(&text)));
    text_done(&text);
}

/* Told at the first table of the component. */
static void judge_cycle(Judge *judge, const CascadeTable *at)
{
    Text text = TEXT_EMPTY;
    const Cascade *cascade = judge->cascade;
    size_t count = 0;
    for (size_t i = 0; i < cascade->tables.count; i++) {
        const CascadeTable *other = &cascade->tables.at[i];
        if (other->table->component != at->table->component)
            continue;
        if (other < at) {
            text_done(&text);
            return;
        }
        text_print(&text, "%s%s", count++ ? ", " : "", other->table->title);
    }
    const char *names = arena_string(judge->arena, text_string(&text));
    find_table(judge, CASCADE_CYCLE, false, at->table,
               count > 1 ? arena_print(judge->arena, "%s reference each other in a circle", names)
                         : arena_print(judge->arena, "%s references itself", names));
    if (cascade->graph->engine == ENGINE_SQLITE)
        find_table(judge, CASCADE_DEEP, false, at->table,
                   arena_print(judge->arena,
                               "%s: SQLite follows a cascade through 1000 rows, and refuses a "
                               "longer chain",
                               names));
    text_done(&text);
}

static void judge_table(Judge *judge, const CascadeTable *at)
{
    const KeyTable *table = at->table;
    judge_ways(judge, at);
    if (table->cyclic)
        judge_cycle(judge, at);
    for (size_t i = 0; i < table->swallowing.count; i++)
        find_table(judge, CASCADE_SWALLOWED, false, table,
                   arena_print(judge->arena,
                               "%s: %s can leave a row out without an error, and orphans with it",
                               table->title, table->swallowing.at[i]));
    for (size_t i = 0; i < table->below.count; i++) {
        judge_block(judge, table->below.at[i]);
        judge_state(judge, table->below.at[i]);
        judge_class(judge, table->below.at[i]);
    }
}

static void judge_others(Judge *judge)
{
    const KeyGraph *graph = judge->cascade->graph;
    for (size_t i = 0; i < graph->tables.count; i++) {
        const KeyTable *table = graph->tables.at[i];
        for (size_t k = 0; k < table->parents.count; k++)
            if (reached(judge, table->parents.at[k]))
                find_table(judge, CASCADE_INHERITED, true, table,
                           arena_print(judge->arena,
                                       "%s inherits %s: no key reaches its rows, nor those that "
                                       "reference them",
                                       table->title, table->parents.at[k]->title));
    }
    for (size_t i = 0; i < graph->broken.count; i++)
        find_table(judge, CASCADE_BROKEN, true, graph->broken.at[i].from,
                   arena_print(judge->arena, "%s: %s: changes of %s fail",
                               graph->broken.at[i].title, graph->broken.at[i].reason,
                               graph->broken.at[i].from->title));
}

/* ---- what is to be kept ---- */

/* Roughly, to compare: a month of the calendar has 30.44 days in the mean. */
static double age_seconds(const ClockAge *age)
{
    return (double)age->months * 2629746 + (double)age->seconds;
}

static const RetentionPolicy *kept_longer(const Judge *judge, const KeyTable *table,
                                          const SubjectPolicy *subject)
{
    for (size_t i = 0; i < judge->lifecycle->retention.count; i++) {
        const RetentionPolicy *policy = &judge->lifecycle->retention.at[i];
        KeyTable *found;
        Error ignored;
        if (policy->keep.text &&
            !key_graph_table(judge->cascade->graph, policy->name, &found, &ignored) &&
            found == table && age_seconds(&policy->keep) > age_seconds(&subject->grace))
            return policy;
    }
    return NULL;
}

/* By keys that cascade, whatever their class says. */
static void judge_kept(Judge *judge, const SubjectPolicy *subject)
{
    const KeyGraph *graph = judge->cascade->graph;
    Arena *scratch = arena_new();
    bool *seen = arena_alloc_array(scratch, graph->tables.count + 1, sizeof *seen);
    VEC(const KeyTable *) queue = {0};
    *vec_add(scratch, &queue) = judge->cascade->root;
    seen[judge->cascade->root->index] = true;
    for (size_t i = 0; i < queue.count; i++) {
        const RetentionPolicy *policy = i ? kept_longer(judge, queue.at[i], subject) : NULL;
        if (policy)
            find_table(judge, CASCADE_KEPT, true, queue.at[i],
                       arena_print(judge->arena,
                                   "%s is to be kept for %s, but goes with %s after %s, by CASCADE",
                                   queue.at[i]->title, policy->keep.text,
                                   judge->cascade->root->title,
                                   subject->grace.text ? subject->grace.text : "no time"));
        for (size_t k = 0; k < queue.at[i]->below.count; k++) {
            const TableKey *key = queue.at[i]->below.at[k];
            if (key->declared && key->enforced && key->action == 'c' && !seen[key->from->index]) {
                seen[key->from->index] = true;
                *vec_add(scratch, &queue) = key->from;
            }
        }
    }
    arena_free(scratch);
}

static void judge_retention(Judge *judge)
{
    KeyTable *table;
    Error ignored;
    for (size_t i = 0; judge->lifecycle && i < judge->lifecycle->subjects.count; i++) {
        const SubjectPolicy *subject = &judge->lifecycle->subjects.at[i];
        if (!key_graph_table(judge->cascade->graph, subject->table, &table, &ignored) &&
            table == judge->cascade->root)
            judge_kept(judge, subject);
    }
}

/* ---- all of it ---- */

static void sort_findings(Cascade *cascade)
{
    CascadeFindings sorted = {0};
    for (CascadeType type = 0; type < CASCADE_TYPE_COUNT; type++)
        for (size_t i = 0; i < cascade->findings.count; i++)
            if (cascade->findings.at[i].type == type)
                *vec_add(cascade->graph->arena, &sorted) = cascade->findings.at[i];
    cascade->findings = sorted;
}

void cascade_judge(Cascade *cascade, const size_t *places, const Lifecycle *lifecycle)
{
    Judge judge = {cascade, places, lifecycle, cascade->graph->arena};
    for (size_t i = 0; i < cascade->tables.count; i++)
        judge_table(&judge, &cascade->tables.at[i]);
    judge_others(&judge);
    judge_retention(&judge);
    sort_findings(cascade);
}

static bool is_told(const CascadeFindings *findings, const char *text)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->at[i].text, text) == 0)
            return true;
    return false;
}

void cascade_check(KeyGraph *graph, const Lifecycle *lifecycle, CascadeFindings *findings)
{
    for (size_t i = 0; i < lifecycle->subjects.count; i++) {
        KeyTable *table;
        Error unknown;
        if (key_graph_table(graph, lifecycle->subjects.at[i].table, &table, &unknown)) {
            *vec_add(graph->arena, findings) = (CascadeFinding){
                .type = CASCADE_BROKEN,
                .fails = true,
                .text = arena_print(graph->arena, "lifecycle.subjects.%s: %s",
                                    lifecycle->subjects.at[i].name, unknown.message)};
            continue;
        }
        const Cascade *cascade = cascade_draw(graph, table, lifecycle);
        for (size_t k = 0; k < cascade->findings.count; k++) {
            const CascadeFinding *finding = &cascade->findings.at[k];
            if ((finding->type == CASCADE_NOT_NULL || finding->type == CASCADE_NO_CLASS ||
                 finding->type == CASCADE_OTHER_CLASS || finding->type == CASCADE_KEPT) &&
                !is_told(findings, finding->text))
                *vec_add(graph->arena, findings) = *finding;
        }
    }
}
