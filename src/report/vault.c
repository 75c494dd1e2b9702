/* Sealed columns as text and as JSON. */
#include "report/vault.h"
#include "base/clock.h"

static const char *many(int64_t count)
{
    return count == 1 ? "" : "s";
}

void report_vault_keys(Report *report, const char *path, const char *id)
{
    report->count = 1;
    if (!report->json) {
        text_print(&report->text, "wrote %s: key %s\n", path, id);
        return;
    }
    Value *value = value_object();
    value_set_text(value, "path", path);
    value_set_text(value, "key", id);
    report_document(report, value);
}

static void run_document(Report *report, const VaultSummary *summary, const char *key, bool added)
{
    Value *value = value_object(), *columns = value_array();
    value_set_text(value, "key", key);
    value_set_bool(value, "key_added", added);
    value_set_int(value, "sealed", summary->changed);
    for (size_t i = 0; i < summary->columns.count; i++) {
        Value *column = value_object();
        value_set_text(column, "column", summary->columns.at[i].column);
        value_set_int(column, "sealed", summary->columns.at[i].changed);
        value_append(columns, column);
    }
    value_set(value, "columns", columns);
    value_set_int(value, "elapsed_us", summary->elapsed_us);
    report_document(report, value);
}

void report_vault_run(Report *report, const VaultSummary *summary, const char *key, bool added)
{
    report->count = (size_t)summary->changed;
    if (report->json) {
        run_document(report, summary, key, added);
        return;
    }
    Arena *arena = arena_new();
    for (size_t i = 0; i < summary->columns.count; i++)
        text_print(&report->text, "  %s: %lld value%s sealed\n", summary->columns.at[i].column,
                   (long long)summary->columns.at[i].changed, many(summary->columns.at[i].changed));
    text_print(&report->text, "ok: %lld value%s sealed by %skey %s in %s\n",
               (long long)summary->changed, many(summary->changed), added ? "the new " : "", key,
               clock_print_duration(arena, summary->elapsed_us));
    arena_free(arena);
}

/* ---- check ---- */

static Value *finding_value(const VaultFinding *finding)
{
    Value *value = value_object();
    value_set_text(value, "kind", finding->word);
    value_set_text(value, "column", finding->column);
    if (finding->problem == VAULT_UNKNOWN)
        value_set_text(value, "key", finding->key);
    value_set_int(value, "count", finding->count);
    value_set_text(value, "rows", finding->rows);
    value_set_text(value, "text", finding->text);
    return value;
}

static void check_document(Report *report, const VaultCheck *check)
{
    Value *value = value_object(), *columns = value_array(), *keys = value_array(),
          *findings = value_array();
    for (size_t i = 0; i < check->columns.count; i++) {
        const VaultUse *use = &check->columns.at[i];
        Value *column = value_object();
        value_set_text(column, "column", use->column);
        value_set_int(column, "values", use->values);
        value_set_int(column, "nulls", use->nulls);
        value_append(columns, column);
    }
    for (size_t i = 0; i < check->keys.count; i++) {
        const VaultKeyUse *use = &check->keys.at[i];
        Value *key = value_object();
        value_set_text(key, "id", use->id);
        value_set_int(key, "values", use->values);
        value_set_bool(key, "newest", use->newest);
        value_append(keys, key);
    }
    for (size_t i = 0; i < check->findings.count; i++)
        value_append(findings, finding_value(&check->findings.at[i]));
    value_set(value, "columns", columns);
    value_set(value, "keys", keys);
    value_set(value, "findings", findings);
    report_document(report, value);
}

void report_vault_check(Report *report, const VaultCheck *check)
{
    Text *text = &report->text;
    report->count = check->findings.count;
    if (report->json) {
        check_document(report, check);
        return;
    }
    for (size_t i = 0; i < check->columns.count; i++) {
        const VaultUse *use = &check->columns.at[i];
        text_print(text, "  %s: %lld value%s, %lld NULL\n", use->column, (long long)use->values,
                   many(use->values), (long long)use->nulls);
    }
    for (size_t i = 0; i < check->keys.count; i++) {
        const VaultKeyUse *use = &check->keys.at[i];
        text_print(text, "  key %s: %lld value%s%s\n", use->id, (long long)use->values,
                   many(use->values),
                   use->newest    ? ", in use"
                   : !use->values ? ": it may go when no backup needs it"
                                  : ", of an older key: `rung vault rotate` goes on");
    }
    for (size_t i = 0; i < check->findings.count; i++)
        text_print(text, "%s: %s\n", check->findings.at[i].word, check->findings.at[i].text);
    if (!check->findings.count)
        text_print(text, "ok: every value is sealed, and opens in its place\n");
}

void report_vault_value(Report *report, const char *plain)
{
    report->count = 1;
    if (report->json) {
        Value *value = value_object();
        value_set_text(value, "value", plain);
        report_document(report, value);
        return;
    }
    text_print(&report->text, "%s\n", plain);
}
