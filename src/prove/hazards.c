/* From what was seen to what somebody should look at. */
#include "base/clock.h"
#include "base/text.h"
#include "prove/rehearse.h"

typedef struct Judge {
    Rehearsal *rehearsal;
    const RehearsalOptions *options;
    Arena *arena;
    const RevisionRehearsal *result;
} Judge;

static Hazard *add(Judge *judge, const char *rule, Severity severity, const Observed *observed,
                   const char *what)
{
    const Revision *revision = judge->result->revision;
    Hazard *hazard = vec_add(judge->arena, &judge->rehearsal->hazards);
    *hazard = (Hazard){.rule = rule,
                       .severity = severity,
                       .file = revision->path,
                       .revision = revision->id,
                       .line = observed ? (size_t)observed->line : 0,
                       .statement = observed ? observed->sql : NULL,
                       .what = what};
    return hazard;
}

/* ---- time ---- */

static const char *duration(Arena *arena, double seconds)
{
    return seconds < 0.01 ? "under 10 ms" : clock_print_duration(arena, (int64_t)(seconds * 1e6));
}

static double effect_seconds(const Judge *judge, const Effect *effect)
{
    return work_seconds(&judge->rehearsal->rates, size_of(judge->options->sizes, effect->relation),
                        effect->work);
}

static double seconds_of(const Judge *judge, const Observed *observed)
{
    double seconds = 0;
    for (size_t i = 0; i < observed->effects.count; i++)
        seconds += effect_seconds(judge, &observed->effects.at[i]);
    return seconds;
}

/* What an earlier pending revision makes is not in the target yet. */
static bool is_in_use(const Judge *judge, const char *relation)
{
    return !judge->options->sizes_known || size_of(judge->options->sizes, relation);
}

/* A moment that nobody notices. */
static bool is_short(const Judge *judge, double seconds)
{
    return judge->options->sizes_known && seconds * 3 < 0.01;
}

static Severity severity_of(const Judge *judge, double seconds)
{
    if (!judge->options->sizes_known)
        return SEVERITY_WARNING;
    return seconds * 3e6 > (double)judge->options->budget_us ? SEVERITY_ERROR : SEVERITY_NOTE;
}

static const char *how_long(Judge *judge, double seconds)
{
    if (!judge->options->sizes_known)
        return "; how long is not known: the target gave no sizes";
    return arena_print(judge->arena, " for %s to %s at the target's size",
                       duration(judge->arena, seconds / 3), duration(judge->arena, seconds * 3));
}

/* ---- statements ---- */

static const char *who_waits(LockMode mode)
{
    return lock_blocks_reads(mode) ? "reads and writes wait" : "writes wait";
}

static const char *safe_way(const Observed *observed, unsigned work)
{
    if (strcmp(observed->command, "CREATE INDEX") == 0 || strcmp(observed->command, "REINDEX") == 0)
        return "CONCURRENTLY, which rung runs outside the transaction";
    if (work & WORK_KEYS)
        return "add the key NOT VALID, and VALIDATE CONSTRAINT in the next revision";
    if (work & WORK_REWRITE)
        return "a new column, filled in batches (-- rung:backfill), then swapped";
    if (work & WORK_SCAN)
        return "a CHECK … NOT VALID, VALIDATE CONSTRAINT in the next revision, then this";
    return work & WORK_INDEX ? "the index CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX"
                             : NULL;
}

static bool blocks(const Judge *judge, const Effect *effect)
{
    return effect->work && lock_blocks_writes(effect->mode) && is_in_use(judge, effect->relation);
}

enum { MOST_NAMES = 3 };

/* "public.a, public.b, public.c and 51 more": those with the same lock and work. */
static const char *relations_of(Judge *judge, const Observed *observed, const Effect *like,
                                double *ret_seconds)
{
    Text text = TEXT_EMPTY;
    size_t count = 0;
    *ret_seconds = 0;
    for (size_t i = 0; i < observed->effects.count; i++) {
        const Effect *effect = &observed->effects.at[i];
        if (!blocks(judge, effect) || effect->mode != like->mode || effect->work != like->work)
            continue;
        if (count++ < MOST_NAMES)
            text_print(&text, "%s%s", count > 1 ? ", " : "", effect->relation);
        *ret_seconds += effect_seconds(judge, effect);
    }
    if (count > MOST_NAMES)
        text_print(&text, " and %zu more", count - MOST_NAMES);
    return text_keep(&text, judge->arena);
}

static bool is_first_of_its_like(const Judge *judge, const Observed *observed, size_t index)
{
    const Effect *effect = &observed->effects.at[index];
    for (size_t i = 0; i < index; i++) {
        const Effect *other = &observed->effects.at[i];
        if (blocks(judge, other) && other->mode == effect->mode && other->work == effect->work)
            return false;
    }
    return true;
}

/* The strongest lock that an earlier statement took on something in use. */
static const Effect *held_before(const Judge *judge, const Observed *observed)
{
    const Effect *found = NULL;
    for (size_t i = 0; i < observed->held.count; i++)
        if (is_in_use(judge, observed->held.at[i].relation) &&
            (!found || observed->held.at[i].mode > found->mode))
            found = &observed->held.at[i];
    return found;
}

static void judge_work(Judge *judge, const Observed *observed, size_t index)
{
    const Effect *effect = &observed->effects.at[index];
    const Effect *held = held_before(judge, observed);
    double seconds;
    if (!blocks(judge, effect) || !is_first_of_its_like(judge, observed, index))
        return;
    if (held && held->mode >= effect->mode)
        return; /* said of the earlier lock */
    const char *names = relations_of(judge, observed, effect, &seconds);
    if (is_short(judge, seconds))
        return;
    Hazard *hazard =
        add(judge, "work-under-own-lock", severity_of(judge, seconds), observed,
            arena_print(judge->arena, "%s %s under %s: %s", observed->command,
                        work_text(judge->arena, effect->work), lock_name(effect->mode), names));
    hazard->why =
        arena_print(judge->arena, "%s%s", who_waits(effect->mode), how_long(judge, seconds));
    hazard->fix = safe_way(observed, effect->work);
}

static unsigned work_of(const Observed *observed)
{
    unsigned work = 0;
    for (size_t i = 0; i < observed->effects.count; i++)
        work |= observed->effects.at[i].work;
    return work;
}

static void judge_held(Judge *judge, const Observed *observed)
{
    const Effect *held = held_before(judge, observed);
    double seconds = seconds_of(judge, observed);
    for (size_t i = 0; held && i < observed->effects.count; i++)
        if (blocks(judge, &observed->effects.at[i]) && observed->effects.at[i].mode > held->mode)
            return; /* said of its own lock */
    if (!held || (!work_of(observed) && !observed->changes_rows) || is_short(judge, seconds))
        return;
    Hazard *hazard =
        add(judge, "work-under-earlier-lock", severity_of(judge, seconds), observed,
            arena_print(judge->arena, "%s works while %s on %s is held since an earlier statement",
                        observed->command, lock_name(held->mode), held->relation));
    hazard->why =
        arena_print(judge->arena, "%s%s", who_waits(held->mode), how_long(judge, seconds));
    hazard->fix = "-- rung:commit between the two, or a revision of its own";
}

static void judge_statement(Judge *judge, const Observed *observed)
{
    for (size_t i = 0; i < observed->effects.count; i++)
        judge_work(judge, observed, i);
    judge_held(judge, observed);
}

/* ---- revisions ---- */

static Blocked *blocked_of(Arena *arena, RevisionRehearsal *result, const char *relation)
{
    for (size_t i = 0; i < result->blocked.count; i++)
        if (strcmp(result->blocked.at[i].relation, relation) == 0)
            return &result->blocked.at[i];
    Blocked *blocked = vec_add(arena, &result->blocked);
    *blocked = (Blocked){.relation = relation};
    return blocked;
}

/* From the statement `first` to the end of its transaction. */
static double seconds_to_commit(const Judge *judge, const RevisionRehearsal *result, size_t first)
{
    const ObservedList *all = &judge->rehearsal->observed;
    double seconds = 0;
    for (size_t i = first; i < result->up + result->up_count; i++)
        if (all->at[i].step == all->at[first].step)
            seconds += seconds_of(judge, &all->at[i]);
    return seconds;
}

static void sum_blocked(Judge *judge, RevisionRehearsal *result)
{
    const ObservedList *all = &judge->rehearsal->observed;
    for (size_t i = result->up; i < result->up + result->up_count; i++)
        for (size_t k = 0; k < all->at[i].effects.count; k++) {
            const Effect *effect = &all->at[i].effects.at[k];
            if (!lock_blocks_writes(effect->mode) || !is_in_use(judge, effect->relation))
                continue;
            Blocked *blocked = blocked_of(judge->arena, result, effect->relation);
            double seconds = seconds_to_commit(judge, result, i);
            blocked->known = judge->options->sizes_known;
            if (blocked->mode < effect->mode)
                blocked->mode = effect->mode;
            if (blocked->seconds < seconds)
                blocked->seconds = seconds;
        }
}

static int by_seconds(const void *a, const void *b)
{
    double left = ((const Blocked *)a)->seconds, right = ((const Blocked *)b)->seconds;
    return left > right ? -1 : left < right;
}

static void judge_rows(Judge *judge)
{
    if (judge->result->without_rows)
        add(judge, "rows-not-tried", SEVERITY_NOTE, NULL,
            arena_print(judge->arena,
                        "made-up rows do not satisfy it (%s): it was rehearsed on empty "
                        "tables",
                        judge->result->without_rows))
            ->why = "what the way back does to rows was not seen";
}

static void judge_failure(Judge *judge, const Error *failed, const char *rule, const char *when)
{
    if (!failed)
        return;
    Hazard *hazard = add(judge, rule, SEVERITY_ERROR, NULL,
                         arena_print(judge->arena, "%s fails: %s", when, failed->message));
    hazard->line = failed->line > 0 ? (size_t)failed->line : 0;
    hazard->statement = failed->statement[0] ? failed->statement : NULL;
    hazard->why = failed->detail[0] ? failed->detail : NULL;
    hazard->fix = failed->hint[0] ? failed->hint : NULL;
}

static void judge_losses(Judge *judge)
{
    for (size_t i = 0; i < judge->result->losses.count; i++) {
        const Loss *loss = &judge->result->losses.at[i];
        Hazard *hazard =
            add(judge, "down-loses-rows", SEVERITY_WARNING, NULL,
                loss->column
                    ? arena_print(judge->arena,
                                  "down does not restore %s.%s: %zu of %zu "
                                  "values lost",
                                  loss->table, loss->column, loss->lost, loss->of)
                    : arena_print(judge->arena, "down does not restore %s: %zu of %zu rows lost",
                                  loss->table, loss->lost, loss->of));
        hazard->why = "after a rollback these are gone, unless a backup has them";
    }
}

static void judge_way_back(Judge *judge)
{
    const RevisionRehearsal *result = judge->result;
    if (result->down_skipped && !result->has_down)
        add(judge, "down-missing", SEVERITY_WARNING, NULL,
            "there is no down section: nothing can be rolled back");
    if (result->left && result->left->changes.count)
        add(judge, "down-incomplete", SEVERITY_ERROR, NULL,
            arena_print(judge->arena, "down leaves %zu difference%s of schema",
                        result->left->changes.count, result->left->changes.count == 1 ? "" : "s"))
            ->why = "a rollback would end in a schema that no revision describes";
    if (result->differs && result->differs->changes.count)
        add(judge, "up-not-repeatable", SEVERITY_ERROR, NULL,
            "up, down and up again ends in another schema than up alone");
    judge_losses(judge);
}

static void judge_queries(Judge *judge)
{
    AppQueryList *queries = judge->options->queries;
    for (size_t i = 0; i < queries->count; i++) {
        const AppQuery *query = &queries->at[i];
        if (!query->trouble)
            continue;
        Hazard *hazard = vec_add(judge->arena, &judge->rehearsal->hazards);
        *hazard =
            (Hazard){.rule = !query->cause   ? "query-unusable"
                             : query->broken ? "query-broken"
                                             : "query-changed",
                     .severity = query->cause && query->broken ? SEVERITY_ERROR : SEVERITY_WARNING,
                     .file = query->file,
                     .line = (size_t)query->line,
                     .statement = query->sql,
                     .what = query->trouble,
                     .why = query->cause ? arena_print(judge->arena, "by revision %s", query->cause)
                                         : "before the first revision"};
    }
}

/* INSERTs that name their columns fail without a value for it. */
static void judge_required(Judge *judge)
{
    const Plan *plan = judge->result->change;
    for (size_t i = 0; plan && i < plan->changes.count; i++) {
        const Change *change = &plan->changes.at[i];
        if (change->object->kind != KIND_COLUMN || !change->object->parent)
            continue;
        const Column *column = CATALOG_AS(Column, change->object);
        bool is_new = change->type == CHANGE_CREATE;
        bool tightened = change->type == CHANGE_ALTER && column->not_null &&
                         (change->fields & field_bit(KIND_COLUMN, "not_null"));
        bool has_default = column->generated || column->identity;
        for (size_t k = 0; k < change->object->parent->children.count; k++) {
            const Object *child = change->object->parent->children.at[k];
            has_default |=
                child->kind == KIND_DEFAULT && strcmp(child->name, change->object->name) == 0;
        }
        if (!tightened && !(is_new && column->not_null && !has_default))
            continue;
        const Object *table = change->object->parent;
        if (!catalog_find(plan->from, table->key)) /* a new table has no INSERTs yet */
            continue;
        add(judge, tightened ? "column-tightened" : "column-required", SEVERITY_WARNING, NULL,
            arena_print(judge->arena, "%s.%s.%s %s", table->schema ? table->schema : "main",
                        table->name, change->object->name,
                        tightened ? "refuses NULL now" : "is new and needs a value"))
            ->why = "an INSERT of the running application that does not give it one fails";
    }
}

void rehearsal_judge(Rehearsal *rehearsal, const RehearsalOptions *options, Arena *arena)
{
    Judge judge = {.rehearsal = rehearsal, .options = options, .arena = arena};
    for (size_t i = 0; i < rehearsal->revisions.count; i++) {
        RevisionRehearsal *result = &rehearsal->revisions.at[i];
        judge.result = result;
        judge_rows(&judge);
        judge_failure(&judge, result->up_failed, "up-fails", "up");
        for (size_t k = result->up; k < result->up + result->up_count; k++)
            judge_statement(&judge, &rehearsal->observed.at[k]);
        sum_blocked(&judge, result);
        if (result->blocked.count > 1)
            qsort(result->blocked.at, result->blocked.count, sizeof(Blocked), by_seconds);
        judge_required(&judge);
        judge_failure(&judge, result->down_failed, "down-fails", "down");
        judge_failure(&judge, result->again_failed, "up-not-repeatable", "up after down");
        judge_way_back(&judge);
    }
    judge_queries(&judge);
}
