/* Retention as lines for people and as JSON. */
#include "report/retain.h"
#include "base/clock.h"

static const char *const actions[] = {
    [RETAIN_KEPT] = "keep",
    [RETAIN_DELETE] = "delete",
    [RETAIN_ANONYMISE] = "anonymise",
    [RETAIN_DROP_PARTITIONS] = "drop_partitions",
};

/* ---- JSON ---- */

static Value *names_value(const KeyNames *names)
{
    Value *list = value_array();
    for (size_t i = 0; i < names->count; i++)
        value_append(list, value_text(names->at[i]));
    return list;
}

static Value *loose_value(const RetainLooseList *list)
{
    Value *values = value_array();
    for (size_t i = 0; i < list->count; i++) {
        const RetainLoose *loose = &list->at[i];
        Value *value = value_object();
        value_set_text(value, "key", loose->key);
        value_set_text(value, "table", loose->table);
        value_set_text(value, "parent", loose->parent);
        value_set_int(value, "orphans", loose->orphans);
        value_set(value, "orphan_keys", names_value(&loose->orphan_keys));
        value_set_int(value, "zombies", loose->zombies);
        value_set(value, "zombie_keys", names_value(&loose->zombie_keys));
        value_set_bool(value, "retain", loose->retained);
        value_append(values, value);
    }
    return values;
}

static Value *tables_value(const RetainResult *result)
{
    Value *tables = value_array();
    for (size_t i = 0; i < result->tables.count; i++) {
        Value *table = value_object();
        value_set_text(table, "table", result->tables.at[i].title);
        value_set_int(table, "deleted", result->tables.at[i].gone);
        value_set_int(table, "set_null", result->tables.at[i].nulled);
        value_append(tables, table);
    }
    return tables;
}

static Value *held_value(const RetainResult *result)
{
    Value *list = value_array();
    for (size_t i = 0; i < result->held.count; i++) {
        Value *held = value_object();
        value_set_text(held, "reason", result->held.at[i].reason);
        value_set_int(held, "rows", result->held.at[i].rows);
        value_append(list, held);
    }
    return list;
}

static Value *partitions_value(const RetainResult *result)
{
    Value *list = value_array();
    for (size_t i = 0; i < result->partitions.count; i++) {
        const RetainPartition *partition = &result->partitions.at[i];
        Value *value = value_object();
        value_set_text(value, "partition", partition->title);
        value_set_text(value, "bounds", partition->bounds);
        value_set_text(value, "done", partition->made ? "create" : "drop");
        value_set_int(value, "rows", partition->rows);
        value_append(list, value);
    }
    return list;
}

static Value *result_value(const RetainResult *result)
{
    Value *value = value_object();
    value_set_text(value, "policy", result->policy->name);
    value_set_text(value, "then", actions[result->action]);
    if (result->cutoff)
        value_set_text(value, "cutoff", result->cutoff);
    value_set_int(value, "rows", result->rows);
    value_set_int(value, "undated", result->undated);
    value_set(value, "tables", tables_value(result));
    value_set(value, "held", held_value(result));
    value_set(value, "partitions", partitions_value(result));
    value_set(value, "zombies", loose_value(&result->zombies));
    if (result->problem)
        value_set_text(value, "problem", result->problem);
    return value;
}

static void put_json(Report *report, const RetainReport *retain, bool dry)
{
    Value *document = value_object(), *results = value_array();
    value_set_bool(document, "dry_run", dry);
    value_set_int(document, "rows", retain->rows);
    for (size_t i = 0; i < retain->results.count; i++)
        value_append(results, result_value(&retain->results.at[i]));
    value_set(document, "policies", results);
    if (!dry) {
        value_set_int(document, "batches", retain->batches);
        value_set_int(document, "longest_us", retain->longest_us);
    }
    value_set_int(document, "elapsed_us", retain->elapsed_us);
    report_document(report, document);
}

/* ---- lines ---- */

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void put_examples(Text *text, const KeyNames *keys, int64_t count)
{
    for (size_t i = 0; i < keys->count; i++)
        text_print(text, "%s%s", i ? " " : ": ", keys->at[i]);
    text_put(text, count > (int64_t)keys->count ? " …\n" : "\n");
}

static void put_rule(Text *text, const RetainResult *result)
{
    const RetentionPolicy *policy = result->policy;
    text_print(text, "%s: ", policy->name);
    if (result->action == RETAIN_KEPT)
        text_put(text, "kept");
    else if (result->cutoff)
        text_print(text, "%s after %s, which is before %s", policy->keep.text, policy->age,
                   result->cutoff);
    else
        text_put(text, policy->when ? "as soon as its condition holds" : "partitions only");
    text_char(text, '\n');
}

static void put_tables(Text *text, const RetainResult *result, bool dry)
{
    size_t width = 0;
    for (size_t i = 0; i < result->tables.count; i++)
        width =
            strlen(result->tables.at[i].title) > width ? strlen(result->tables.at[i].title) : width;
    for (size_t i = 0; i < result->tables.count; i++) {
        const PurgeTable *table = &result->tables.at[i];
        if (table->gone)
            text_print(text, "  %-*s  %10lld %s\n", (int)width, table->title,
                       (long long)table->gone, dry ? "would go" : "deleted");
        if (table->nulled)
            text_print(text, "  %-*s  %10lld %s\n", (int)width, table->title,
                       (long long)table->nulled,
                       dry ? "would lose their reference" : "lost their reference");
    }
    if (result->action == RETAIN_ANONYMISE && result->rows)
        text_print(text, "  %s  %10lld %s\n", result->title, (long long)result->rows,
                   dry ? "would be anonymised" : "anonymised");
}

static void put_partitions(Text *text, const RetainResult *result, bool dry)
{
    for (size_t i = 0; i < result->partitions.count; i++) {
        const RetainPartition *partition = &result->partitions.at[i];
        if (partition->made)
            text_print(text, "  partition %s %s\n", partition->title,
                       dry ? "would be made" : "made");
        else
            text_print(text, "  partition %s with %lld row%s %s\n", partition->title,
                       (long long)partition->rows, plural(partition->rows),
                       dry ? "would go" : "dropped");
    }
}

static void put_result(Text *text, const RetainResult *result, bool dry)
{
    put_rule(text, result);
    put_tables(text, result, dry);
    put_partitions(text, result, dry);
    for (size_t i = 0; i < result->held.count; i++)
        text_print(text, "  %lld row%s due and kept: %s\n", (long long)result->held.at[i].rows,
                   result->held.at[i].rows == 1 ? " is" : "s are", result->held.at[i].reason);
    if (result->undated)
        text_print(text, "  %lld row%s no %s that can be read, and stay%s\n",
                   (long long)result->undated, result->undated == 1 ? " has" : "s have",
                   result->policy->age, result->undated == 1 ? "s" : "");
    for (size_t i = 0; i < result->zombies.count; i++) {
        const RetainLoose *loose = &result->zombies.at[i];
        text_print(text, "  %lld row%s of %s live%s below deleted ones (%s)",
                   (long long)loose->zombies, plural(loose->zombies), loose->table,
                   loose->zombies == 1 ? "s" : "", loose->key);
        put_examples(text, &loose->zombie_keys, loose->zombies);
    }
    if (result->problem)
        text_print(text, "  stopped: %s\n", result->problem);
}

void report_retain(Report *report, const RetainReport *retain, bool dry)
{
    Text *text = &report->text;
    Arena *arena = arena_new();
    report->count = retain->results.count;
    if (report->json) {
        put_json(report, retain, dry);
        goto done;
    }
    if (!retain->results.count)
        text_put(text, "lifecycle.retention has no policies\n");
    for (size_t i = 0; i < retain->results.count; i++)
        put_result(text, &retain->results.at[i], dry);
    if (!dry && retain->batches)
        text_print(text, "%lld transaction%s, the longest %s, in %s\n", (long long)retain->batches,
                   plural(retain->batches), clock_print_duration(arena, retain->longest_us),
                   clock_print_duration(arena, retain->elapsed_us));
done:
    arena_free(arena);
}

/* ---- the policies themselves ---- */

static Value *policy_value(const RetentionPolicy *policy, const RetainLast *last)
{
    Value *value = value_object();
    value_set_text(value, "policy", policy->name);
    value_set_text(value, "then", policy->then);
    value_set_text(value, "keep", policy->keep.text);
    value_set_text(value, "age", policy->age);
    value_set_text(value, "when", policy->when);
    value_set_text(value, "last_run_at", last->at);
    value_set_text(value, "last_run", last->detail);
    return value;
}

static void put_policy(Text *text, const RetentionPolicy *policy, const RetainLast *last)
{
    text_print(text, "%s: ", policy->name);
    if (!policy->age && !policy->when)
        text_put(text, "kept");
    else
        text_put(text, policy->then);
    if (policy->age && policy->keep.text)
        text_print(text, " %s after %s", policy->keep.text, policy->age);
    if (policy->when)
        text_print(text, " where %s", policy->when);
    text_char(text, '\n');
    if (last->at)
        text_print(text, "  last run %.10s %.8s UTC: %s\n", last->at, last->at + 11,
                   last->detail ? last->detail : "");
    else
        text_put(text, "  it never ran\n");
}

void report_policies(Report *report, const Lifecycle *policy, const RetainLast *last)
{
    Value *list = report->json ? value_array() : NULL;
    report->count = policy->retention.count;
    for (size_t i = 0; i < policy->retention.count; i++)
        if (list)
            value_append(list, policy_value(&policy->retention.at[i], &last[i]));
        else
            put_policy(&report->text, &policy->retention.at[i], &last[i]);
    if (list) {
        Value *document = value_object();
        value_set(document, "policies", list);
        report_document(report, document);
    } else if (!report->count)
        text_put(&report->text, "lifecycle.retention has no policies\n");
}

void report_orphans(Report *report, const RetainLooseList *list)
{
    Text *text = &report->text;
    report->count = list->count;
    if (report->json) {
        Value *document = value_object();
        value_set(document, "keys", loose_value(list));
        report_document(report, document);
        return;
    }
    if (!list->count)
        text_put(text, "no orphans, and nothing lives below deleted rows\n");
    for (size_t i = 0; i < list->count; i++) {
        const RetainLoose *loose = &list->at[i];
        if (loose->orphans) {
            text_print(text, "%s: %lld row%s without %s%s", loose->key, (long long)loose->orphans,
                       plural(loose->orphans), loose->parent,
                       loose->retained ? " (class retain)" : "");
            put_examples(text, &loose->orphan_keys, loose->orphans);
        }
        if (loose->zombies) {
            text_print(text, "%s: %lld row%s live%s below deleted rows of %s", loose->key,
                       (long long)loose->zombies, plural(loose->zombies),
                       loose->zombies == 1 ? "s" : "", loose->parent);
            put_examples(text, &loose->zombie_keys, loose->zombies);
        }
    }
}
