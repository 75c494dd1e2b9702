/* Requests, holds and the audit, for people and as JSON. */
#include "report/life.h"
#include "base/clock.h"
#include "report/outbox.h"

/* ---- times ---- */

/* "2025-12-15 10:00:00 UTC" */
static void put_time(Text *text, int64_t seconds)
{
    Arena *arena = arena_new();
    const char *time = clock_print_utc(arena, seconds);
    text_print(text, "%.10s %.8s UTC", time, time + 11);
    arena_free(arena);
}

static void set_time(Value *value, const char *key, int64_t seconds)
{
    Arena *arena = arena_new();
    value_set_text(value, key, seconds ? clock_print_utc(arena, seconds) : NULL);
    arena_free(arena);
}

static void put_days(Text *text, int64_t days)
{
    text_print(text, "%lld day%s", (long long)days, days == 1 ? "" : "s");
}

static void end_list(Report *report, const char *key, Value *array)
{
    Value *value = value_object();
    value_set(value, key, array);
    report_document(report, value);
}

/* ---- requests ---- */

void report_erase_init(Report *report, size_t subjects, int64_t adopted)
{
    report->count = subjects;
    if (report->json) {
        Value *value = value_object();
        value_set_int(value, "subjects", (int64_t)subjects);
        value_set_int(value, "adopted", adopted);
        report_document(report, value);
        return;
    }
    text_print(&report->text, "rung's tables are there, and %zu subject%s guarded\n", subjects,
               subjects == 1 ? " is" : "s are");
    if (adopted)
        text_print(&report->text, "%lld request%s that stood in the tables %s taken over\n",
                   (long long)adopted, adopted == 1 ? "" : "s", adopted == 1 ? "was" : "were");
}

void report_erase_unguard(Report *report, size_t subjects)
{
    report->count = subjects;
    if (report->json) {
        Value *value = value_object();
        value_set_int(value, "subjects", (int64_t)subjects);
        report_document(report, value);
        return;
    }
    text_print(&report->text,
               "%zu subject%s not guarded any more; `rung erase init` guards %s again\n", subjects,
               subjects == 1 ? " is" : "s are", subjects == 1 ? "it" : "them");
}

static bool is(const Erasure *erasure, const char *state)
{
    return strcmp(erasure->state, state) == 0;
}

static void put_message(Text *text, const Erasure *erasure)
{
    int64_t days = erasure_days(erasure);
    if (is(erasure, "cancelled"))
        text_put(text, "Account deletion cancelled. Your account is safe.");
    else if (is(erasure, "purged"))
        text_put(text, "Account deleted.");
    else if (is(erasure, "purging"))
        text_put(text, "Account deletion has begun and cannot be cancelled any more.");
    else if (!days)
        text_put(text, "Account deletion requested. It is due: the next purge carries it out.");
    else {
        text_put(text, "Account deletion requested. You have ");
        put_days(text, days);
        text_put(text, " to cancel.");
    }
}

static Value *erasure_value(const Erasure *erasure)
{
    Text message = TEXT_EMPTY;
    Value *value = value_object();
    put_message(&message, erasure);
    set_time(value, "requested_at", erasure->requested_at);
    set_time(value, "deletion_date", erasure->due_at);
    value_set_int(value, "days_remaining", is(erasure, "pending") ? erasure_days(erasure) : 0);
    value_set_text(value, "message", text_string(&message));
    value_set_text(value, "state", erasure->state);
    value_set_text(value, "subject", erasure->subject);
    value_set_text(value, "key", erasure->key);
    if (erasure->table)
        value_set_text(value, "table", erasure->table);
    value_set_text(value, "subject_hash", erasure->hash);
    set_time(value, "claimed_at", erasure->claimed_at);
    set_time(value, "finished_at", erasure->finished_at);
    value_set_text(value, "requested_by", erasure->by);
    value_set_int(value, "attempts", erasure->attempts);
    value_set_text(value, "problem", erasure->problem);
    text_done(&message);
    return value;
}

/* "users 42"; what is purged has only its hash. */
static void put_who(Text *text, const Erasure *erasure)
{
    text_print(text, "%s ", erasure->subject);
    if (erasure->key)
        text_put(text, erasure->key);
    else
        text_print(text, "%.16s...", erasure->hash);
}

static void put_erasure(Text *text, const Erasure *erasure)
{
    put_who(text, erasure);
    text_print(text, "  %s, requested ", erasure->state);
    put_time(text, erasure->requested_at);
    if (is(erasure, "pending")) {
        text_put(text, ", due ");
        put_time(text, erasure->due_at);
        if (erasure_days(erasure)) {
            text_put(text, " (");
            put_days(text, erasure_days(erasure));
            text_put(text, ")");
        }
    } else if (is(erasure, "purging") && erasure->claimed_at) {
        text_put(text, ", begun ");
        put_time(text, erasure->claimed_at);
    } else if (erasure->finished_at) {
        text_print(text, ", %s ", erasure->state);
        put_time(text, erasure->finished_at);
    }
    text_char(text, '\n');
    if (erasure->problem && !erasure->attempts)
        text_print(text, "  held: %s\n", erasure->problem);
    else if (erasure->problem)
        text_print(text, "  failed %lld time%s: %s\n", (long long)erasure->attempts,
                   erasure->attempts == 1 ? "" : "s", erasure->problem);
}

void report_erasure(Report *report, const Erasure *erasure)
{
    report->count = 1;
    if (report->json) {
        report_document(report, erasure_value(erasure));
        return;
    }
    put_erasure(&report->text, erasure);
    put_message(&report->text, erasure);
    text_char(&report->text, '\n');
}

void report_no_erasure(Report *report, const char *subject, const char *key)
{
    if (report->json) {
        Value *value = value_object();
        value_set(value, "requested_at", value_text(NULL));
        value_set(value, "deletion_date", value_text(NULL));
        value_set(value, "days_remaining", value_text(NULL));
        value_set_text(value, "message", "No account deletion is requested.");
        value_set_text(value, "state", "none");
        value_set_text(value, "subject", subject);
        value_set_text(value, "key", key);
        report_document(report, value);
    } else
        text_print(&report->text, "%s %s  nobody asked for its erasure\n", subject, key);
}

void report_erasures(Report *report, const ErasureList *list)
{
    Value *array = report->json ? value_array() : NULL;
    report->count = list->count;
    for (size_t i = 0; i < list->count; i++)
        if (array)
            value_append(array, erasure_value(&list->at[i]));
        else
            put_erasure(&report->text, &list->at[i]);
    if (array)
        end_list(report, "requests", array);
    else if (!list->count)
        text_put(&report->text, "no requests\n");
}

/* ---- holds ---- */

static const char *hold_state(const HoldEntry *entry)
{
    if (entry->released_at)
        return "released";
    return entry->expires_at && entry->expires_at <= entry->now ? "expired" : "in force";
}

static Value *hold_value(const HoldEntry *entry)
{
    Arena *arena = arena_new();
    Value *value = value_object();
    value_set_int(value, "id", entry->id);
    value_set_text(value, "state", hold_state(entry));
    value_set_text(value, "table", entry->table);
    value_set_text(value, "key", hold_key_text(entry->key, arena));
    value_set_text(value, "reason", entry->reason);
    set_time(value, "added_at", entry->added_at);
    value_set_text(value, "added_by", entry->by);
    set_time(value, "expires_at", entry->expires_at);
    set_time(value, "released_at", entry->released_at);
    value_set_text(value, "released_by", entry->released_by);
    arena_free(arena);
    return value;
}

static void put_hold(Text *text, const HoldEntry *entry)
{
    Arena *arena = arena_new();
    text_print(text, "hold %lld  %s:%s  %s", (long long)entry->id, entry->table,
               hold_key_text(entry->key, arena), hold_state(entry));
    if (entry->released_at) {
        text_put(text, " ");
        put_time(text, entry->released_at);
        text_print(text, " by %s", entry->released_by);
    } else if (entry->expires_at) {
        text_put(text, ", until ");
        put_time(text, entry->expires_at);
    }
    text_print(text, "\n  %s (%s, ", entry->reason, entry->by);
    put_time(text, entry->added_at);
    text_put(text, ")\n");
    arena_free(arena);
}

void report_hold(Report *report, const char *verb, const HoldEntry *entry)
{
    report->count = 1;
    if (report->json) {
        report_document(report, hold_value(entry));
        return;
    }
    text_print(&report->text, "%s: ", verb);
    put_hold(&report->text, entry);
}

static void put_policy(Text *text, const Hold *hold)
{
    text_print(text, "policy %s  %s where %s\n", hold->policy, hold->table->title, hold->when);
    if (hold->reason)
        text_print(text, "  %s\n", hold->reason);
}

static Value *policy_value(const Hold *hold)
{
    Value *value = value_object();
    value_set_text(value, "policy", hold->policy);
    value_set_text(value, "table", hold->table->title);
    value_set_text(value, "condition", hold->when);
    value_set_text(value, "reason", hold->reason);
    return value;
}

void report_holds(Report *report, const HoldEntryList *entries, const HoldList *list)
{
    Value *holds = report->json ? value_array() : NULL;
    Value *policies = report->json ? value_array() : NULL;
    report->count = entries->count;
    for (size_t i = 0; i < entries->count; i++)
        if (holds)
            value_append(holds, hold_value(&entries->at[i]));
        else
            put_hold(&report->text, &entries->at[i]);
    for (size_t i = 0; i < list->count; i++) {
        if (!list->at[i].policy)
            continue;
        report->count++;
        if (policies)
            value_append(policies, policy_value(&list->at[i]));
        else
            put_policy(&report->text, &list->at[i]);
    }
    if (holds) {
        Value *value = value_object();
        value_set(value, "holds", holds);
        value_set(value, "policies", policies);
        report_document(report, value);
    } else if (!report->count)
        text_put(&report->text, "no holds\n");
}

/* ---- the audit ---- */

void report_audit_check(Report *report, const AuditCheck *check)
{
    report->count = (size_t)check->records;
    if (report->json) {
        Value *value = value_object();
        value_set_bool(value, "ok", !check->broken);
        value_set_int(value, "records", check->records);
        value_set_text(value, "head", check->head);
        value_set_int(value, "anchored", check->anchored);
        if (check->broken) {
            value_set_int(value, "broken", check->broken);
            value_set_text(value, "reason", check->reason);
        }
        report_document(report, value);
        return;
    }
    Text *text = &report->text;
    if (check->broken) {
        text_print(text, "broken     record %lld: %s\n", (long long)check->broken, check->reason);
        text_print(text, "whole      the %lld before it\n", (long long)check->records);
        return;
    }
    text_print(text, "whole      %lld record%s\n", (long long)check->records,
               check->records == 1 ? "" : "s");
    if (*check->head)
        text_print(text, "head       %s\n", check->head);
    if (check->anchored)
        text_print(text, "anchored   up to record %lld\n", (long long)check->anchored);
    else
        text_put(text, "anchored   nothing: no file outside tells whether all was written anew\n");
}

void report_audit_anchor(Report *report, const char *path, const AuditCheck *check)
{
    if (report->json) {
        Value *value = value_object();
        value_set_text(value, "path", path);
        value_set_int(value, "record", check->records);
        value_set_text(value, "head", check->head);
        report_document(report, value);
    } else if (check->records)
        text_print(&report->text, "record %lld, %s, is in %s\n", (long long)check->records,
                   check->head, path);
    else
        text_put(&report->text, "the audit has no records yet\n");
}

static Value *record_value(const AuditRecord *record)
{
    Value *value = value_object();
    value_set_int(value, "seq", record->seq);
    value_set_text(value, "at", record->at);
    value_set_text(value, "actor", record->actor);
    value_set_text(value, "action", record->action);
    value_set_text(value, "policy", record->policy);
    value_set_text(value, "table", record->table);
    value_set_int(value, "rows", record->rows);
    value_set_int(value, "subjects", record->subjects);
    value_set_text(value, "subject_hash", record->subject_hash);
    value_set_text(value, "run", record->run);
    value_set_text(value, "detail", record->detail);
    value_set_text(value, "hash", record->hash);
    return value;
}

static void put_record(Text *text, const AuditRecord *record)
{
    text_print(text, "%6lld  %.10s %.8s UTC  %s", (long long)record->seq, record->at,
               record->at + 11, record->action);
    if (record->table)
        text_print(text, " %s", record->table);
    if (record->rows)
        text_print(text, ", %lld row%s", (long long)record->rows, record->rows == 1 ? "" : "s");
    if (record->subjects > 1)
        text_print(text, ", %lld subjects", (long long)record->subjects);
    if (record->detail)
        text_print(text, ", %s", record->detail);
    if (record->subject_hash)
        text_print(text, ", subject %.16s...", record->subject_hash);
    text_print(text, "  (%s)\n", record->actor);
}

void report_audit_log(Report *report, const AuditRecordList *list)
{
    Value *array = report->json ? value_array() : NULL;
    report->count = list->count;
    for (size_t i = 0; i < list->count; i++)
        if (array)
            value_append(array, record_value(&list->at[i]));
        else
            put_record(&report->text, &list->at[i]);
    if (array)
        end_list(report, "records", array);
    else if (!list->count)
        text_put(&report->text, "the audit has no records yet\n");
}

/* ---- status --lifecycle ---- */

/* Two digits are enough, and the sign of what is over stays. */
static double rounded(double days)
{
    return (double)(int64_t)(days * 100 + (days < 0 ? -0.5 : 0.5)) / 100;
}

static void set_counts(Value *value, const SubjectSurvey *counts)
{
    value_set_int(value, "pending_deletions", counts->pending);
    value_set_int(value, "ready_to_delete", counts->ready);
    if (counts->pending)
        value_set_real(value, "avg_days_remaining", rounded(counts->days));
    else
        value_set(value, "avg_days_remaining", value_text(NULL));
    value_set_int(value, "purging", counts->purging);
    value_set_int(value, "failing", counts->failing);
    value_set_int(value, "held", counts->held);
    set_time(value, "next_due_at", counts->next_due_at);
}

static void survey_document(Report *report, const Survey *survey)
{
    Value *value = value_object(), *subjects = value_array(), *alerts = value_array();
    set_counts(value, &survey->all);
    for (size_t i = 0; i < survey->subjects.count; i++) {
        Value *subject = value_object();
        value_set_text(subject, "subject", survey->subjects.at[i].name);
        set_counts(subject, &survey->subjects.at[i]);
        value_append(subjects, subject);
    }
    for (size_t i = 0; i < survey->alerts.count; i++) {
        Value *alert = value_object();
        value_set_text(alert, "kind", survey->alerts.at[i].kind);
        value_set_text(alert, "text", survey->alerts.at[i].text);
        value_set_text(alert, "description", survey->alerts.at[i].doc);
        value_set_text(alert, "hint", survey->alerts.at[i].hint);
        value_append(alerts, alert);
    }
    value_set(value, "subjects", subjects);
    value_set_int(value, "holds", survey->holds);
    value_set_int(value, "hold_policies", survey->policies);
    set_time(value, "last_purge_at", survey->last_purge_at);
    value_set(value, "outbox", outbox_counts_value(&survey->outbox, false));
    value_set(value, "alerts", alerts);
    report_document(report, value);
}

static void put_counts(Text *text, const char *name, const SubjectSurvey *counts)
{
    text_print(text, "%-10s %lld pending, %lld ready", name, (long long)counts->pending,
               (long long)counts->ready);
    if (counts->pending)
        text_print(text, ", %.1f days remain on average", rounded(counts->days));
    if (counts->purging)
        text_print(text, ", %lld purging", (long long)counts->purging);
    if (counts->failing)
        text_print(text, ", %lld failed and tried again", (long long)counts->failing);
    if (counts->held)
        text_print(text, ", %lld held", (long long)counts->held);
    text_char(text, '\n');
}

void report_survey(Report *report, const Survey *survey)
{
    Text *text = &report->text;
    report->count = survey->alerts.count;
    if (report->json) {
        survey_document(report, survey);
        return;
    }
    put_counts(text, "requests", &survey->all);
    for (size_t i = 0; survey->subjects.count > 1 && i < survey->subjects.count; i++)
        put_counts(text, survey->subjects.at[i].name, &survey->subjects.at[i]);
    if (survey->all.next_due_at) {
        text_put(text, "next       ");
        put_time(text, survey->all.next_due_at);
        text_char(text, '\n');
    }
    text_print(text, "holds      %lld, and %lld condition%s of rung.yaml\n",
               (long long)survey->holds, (long long)survey->policies,
               survey->policies == 1 ? "" : "s");
    text_put(text, "last purge ");
    if (survey->last_purge_at)
        put_time(text, survey->last_purge_at);
    else
        text_put(text, "never");
    text_char(text, '\n');
    int64_t waiting = survey->outbox.pending + survey->outbox.sending;
    if (waiting)
        text_print(text, "messages   %lld wait%s to be sent\n", (long long)waiting,
                   waiting == 1 ? "s" : "");
    for (size_t i = 0; i < survey->alerts.count; i++)
        text_print(text, "alert      %s\n           hint: %s\n", survey->alerts.at[i].text,
                   survey->alerts.at[i].hint);
}
