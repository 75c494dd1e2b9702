/* One row for each metric: its name, its type, what it means, and what puts its samples. */
#include "report/metrics.h"
#include "base/clock.h"
#include "lifecycle/measure.h"

typedef struct Page {
    Text *text;
    const Metrics *metrics;
    const Lifecycle *policy;
    const char *name; /* of the metric that is put */
} Page;

typedef void PutSamples(const Page *page);

typedef struct MetricRow {
    const char *name, *type, *help;
    PutSamples *put;
} MetricRow;

/* ---- samples ---- */

/* In the value of a label, what has to be escaped is. */
static void put_label(Text *text, const char *value)
{
    for (; *value; value++)
        if (*value == '\n')
            text_put(text, "\\n");
        else
            text_print(text, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
}

typedef struct Label {
    const char *name, *value;
} Label;

/* `suffix` of the name: "_bucket"; `labels` ends with a name that is NULL. */
static void put_labels(const Page *page, const char *suffix, const Label *labels)
{
    text_print(page->text, "%s%s", page->name, suffix);
    for (size_t i = 0; labels[i].name; i++) {
        text_print(page->text, "%c%s=\"", i ? ',' : '{', labels[i].name);
        put_label(page->text, labels[i].value);
        text_char(page->text, '"');
    }
    text_put(page->text, labels[0].name ? "} " : " ");
}

static void put_number(const Page *page, const Label *labels, int64_t number)
{
    put_labels(page, "", labels);
    text_print(page->text, "%lld\n", (long long)number);
}

static void put_plain(const Page *page, int64_t number)
{
    put_number(page, (Label[]){{0}}, number);
}

/* Microseconds as seconds. */
static void put_seconds(Text *text, int64_t us)
{
    text_print(text, "%lld.%06lld\n", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void put_up(const Page *page)
{
    put_plain(page, 1);
}

/* ---- the queue ---- */

static const QueueFigures *queue_of(const Page *page, const char *subject)
{
    static const QueueFigures empty;
    for (size_t i = 0; i < page->metrics->queues.count; i++)
        if (strcmp(page->metrics->queues.at[i].subject, subject) == 0)
            return &page->metrics->queues.at[i];
    return &empty;
}

/* A number of each subject, at this place in QueueFigures. */
static void put_queues(const Page *page, size_t offset)
{
    for (size_t i = 0; i < page->policy->subjects.count; i++) {
        const char *subject = page->policy->subjects.at[i].name;
        const char *queue = (const char *)queue_of(page, subject);
        int64_t number;
        memcpy(&number, queue + offset, sizeof number);
        put_number(page, (Label[]){{"subject", subject}, {0}}, number);
    }
}

static void put_pending(const Page *page)
{
    put_queues(page, offsetof(QueueFigures, pending));
}

static void put_overdue(const Page *page)
{
    put_queues(page, offsetof(QueueFigures, overdue));
}

static void put_purging(const Page *page)
{
    put_queues(page, offsetof(QueueFigures, purging));
}

static void put_failing(const Page *page)
{
    put_queues(page, offsetof(QueueFigures, failing));
}

static void put_held(const Page *page)
{
    put_queues(page, offsetof(QueueFigures, held));
}

static void put_oldest(const Page *page)
{
    int64_t oldest = 0;
    for (size_t i = 0; i < page->metrics->queues.count; i++) {
        int64_t seconds = page->metrics->queues.at[i].overdue_for;
        oldest = seconds > oldest ? seconds : oldest;
    }
    put_plain(page, oldest);
}

/* ---- what the audit adds up to ---- */

static bool removes(const char *action)
{
    return strcmp(action, "delete") == 0 || strcmp(action, "drop partition") == 0;
}

static bool changes(const char *action)
{
    return strcmp(action, "set null") == 0 || strcmp(action, "unlink") == 0 ||
           strcmp(action, "anonymise") == 0;
}

/* Partitions count for the table that they were of, which the policy is called after. */
static const char *table_of(const TotalFigures *total)
{
    return strcmp(total->action, "drop partition") == 0 ? total->policy : total->table;
}

static void put_deleted(const Page *page)
{
    for (size_t i = 0; i < page->metrics->totals.count; i++) {
        const TotalFigures *total = &page->metrics->totals.at[i];
        int64_t rows = total->rows;
        if (!removes(total->action))
            continue;
        bool first = true; /* one sample for a policy and table, whatever removed the rows */
        for (size_t k = 0; k < page->metrics->totals.count; k++) {
            const TotalFigures *other = &page->metrics->totals.at[k];
            if (k == i || !removes(other->action) || strcmp(other->policy, total->policy) != 0 ||
                strcmp(table_of(other), table_of(total)) != 0)
                continue;
            first = first && k > i;
            rows += other->rows;
        }
        if (first)
            put_number(page, (Label[]){{"policy", total->policy}, {"table", table_of(total)}, {0}},
                       rows);
    }
}

static void put_changed(const Page *page)
{
    for (size_t i = 0; i < page->metrics->totals.count; i++) {
        const TotalFigures *total = &page->metrics->totals.at[i];
        if (changes(total->action))
            put_number(page,
                       (Label[]){{"action", total->action},
                                 {"policy", total->policy},
                                 {"table", total->table},
                                 {0}},
                       total->rows);
    }
}

/* One sample for an action and policy. */
static void put_events(const Page *page)
{
    const TotalFigures *totals = page->metrics->totals.at;
    for (size_t i = 0; i < page->metrics->totals.count; i++) {
        int64_t events = 0;
        bool first = true;
        for (size_t k = 0; k < page->metrics->totals.count; k++)
            if (strcmp(totals[k].action, totals[i].action) == 0 &&
                strcmp(totals[k].policy, totals[i].policy) == 0) {
                first = first && k >= i;
                events += totals[k].events;
            }
        if (first)
            put_number(page,
                       (Label[]){{"action", totals[i].action}, {"policy", totals[i].policy}, {0}},
                       events);
    }
}

static void put_erased(const Page *page)
{
    for (size_t i = 0; i < page->policy->subjects.count; i++) {
        const char *name = page->policy->subjects.at[i].name;
        int64_t subjects = 0;
        for (size_t k = 0; k < page->metrics->totals.count; k++) {
            const TotalFigures *total = &page->metrics->totals.at[k];
            if (strcmp(total->policy, name) == 0 &&
                (removes(total->action) || strcmp(total->action, "gone already") == 0))
                subjects += total->subjects;
        }
        put_number(page, (Label[]){{"subject", name}, {0}}, subjects);
    }
}

/* A subject and a policy of retention may have one name: the older of both counts. */
static void put_success(const Page *page)
{
    const Lifecycle *policy = page->policy;
    for (size_t i = 0; i < policy->subjects.count; i++) {
        const char *name = policy->subjects.at[i].name;
        int64_t at = metrics_purged_at(page->metrics, name);
        for (size_t k = 0; k < policy->retention.count; k++)
            if (strcmp(policy->retention.at[k].name, name) == 0 &&
                policy_acts(&policy->retention.at[k]) &&
                metrics_retained_at(page->metrics, name) < at)
                at = metrics_retained_at(page->metrics, name);
        put_number(page, (Label[]){{"policy", name}, {0}}, at);
    }
    for (size_t i = 0; i < policy->retention.count; i++) {
        const RetentionPolicy *kept = &policy->retention.at[i];
        bool shared = !policy_acts(kept);
        for (size_t k = 0; !shared && k < policy->subjects.count; k++)
            shared = strcmp(policy->subjects.at[k].name, kept->name) == 0;
        if (!shared)
            put_number(page, (Label[]){{"policy", kept->name}, {0}},
                       metrics_retained_at(page->metrics, kept->name));
    }
}

/* ---- measures ---- */

static int64_t number_of(const Page *page, const char *name, const char *label)
{
    int64_t at;
    return metrics_measure(page->metrics, name, label, &at);
}

static void put_selected(const Page *page)
{
    for (size_t i = 0; i < page->metrics->measures.count; i++) {
        const MeasureFigures *measure = &page->metrics->measures.at[i];
        if (strcmp(measure->name, "rows_selected") == 0)
            put_number(page, (Label[]){{"policy", measure->policy}, {"table", measure->label}, {0}},
                       measure->number);
    }
}

static void put_batches(const Page *page)
{
    int64_t count = 0;
    for (size_t i = 0; i < MEASURE_BUCKETS; i++) {
        count += number_of(page, "batch_seconds", measure_buckets[i]);
        put_labels(page, "_bucket", (Label[]){{"le", measure_buckets[i]}, {0}});
        text_print(page->text, "%lld\n", (long long)count);
    }
    put_labels(page, "_sum", (Label[]){{0}});
    put_seconds(page->text, number_of(page, "batch_us", ""));
    put_labels(page, "_count", (Label[]){{0}});
    text_print(page->text, "%lld\n", (long long)count);
}

static void put_throttle(const Page *page)
{
    static const char *const reasons[] = {"lock_waiters", "standby_lag", "wal_kept"};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        put_labels(page, "", (Label[]){{"reason", reasons[i]}, {0}});
        put_seconds(page->text, number_of(page, "throttle_us", reasons[i]));
    }
}

static void put_wal(const Page *page)
{
    put_plain(page, number_of(page, "wal_bytes", ""));
}

static void put_missed(const Page *page)
{
    int64_t missed = 0;
    for (size_t i = 0; i < page->metrics->measures.count; i++)
        if (strcmp(page->metrics->measures.at[i].name, "runs_missed") == 0)
            missed += page->metrics->measures.at[i].number;
    put_plain(page, missed);
}

/* ---- what a look found ---- */

/* Each that `name` has a label of. */
static void put_found(const Page *page, const char *name, const char *label)
{
    for (size_t i = 0; i < page->metrics->measures.count; i++) {
        const MeasureFigures *measure = &page->metrics->measures.at[i];
        if (strcmp(measure->name, name) == 0 && *measure->label)
            put_number(page, (Label[]){{label, measure->label}, {0}}, measure->number);
    }
}

static void put_looked(const Page *page, const char *name)
{
    int64_t at;
    metrics_measure(page->metrics, name, "", &at);
    put_plain(page, at);
}

static void put_orphans(const Page *page)
{
    put_found(page, "orphans", "fk");
}

static void put_zombies(const Page *page)
{
    put_found(page, "zombies", "fk");
}

static void put_orphans_time(const Page *page)
{
    put_looked(page, "orphans");
}

static void put_alert(const Page *page)
{
    put_found(page, "alert", "alert");
}

static void put_alerts(const Page *page)
{
    put_plain(page, number_of(page, "alert", ""));
}

static void put_alerts_time(const Page *page)
{
    put_looked(page, "alert");
}

/* No sample before the first look: nobody knows. */
static void put_verdict(const Page *page, const char *name, bool good)
{
    int64_t at, found = metrics_measure(page->metrics, name, "", &at);
    if (at)
        put_plain(page, (found == 0) == good);
}

static void put_chain(const Page *page)
{
    put_verdict(page, "audit", true);
}

static void put_chain_time(const Page *page)
{
    put_looked(page, "audit");
}

static void put_drift(const Page *page)
{
    put_verdict(page, "drift", false);
}

static void put_drift_time(const Page *page)
{
    put_looked(page, "drift");
}

/* ---- the rest ---- */

static void put_holds(const Page *page)
{
    put_plain(page, page->metrics->holds);
}

static void put_records(const Page *page)
{
    put_plain(page, page->metrics->audit_records);
}

static void put_heartbeat(const Page *page)
{
    put_plain(page, page->metrics->heartbeat);
}

static void put_clock(const Page *page)
{
    put_plain(page, page->metrics->now - clock_wall_us() / 1000000);
}

/* clang-format off */
static const MetricRow rows[] = {
    {"lifecycle_up", "gauge", "Whether the database could be asked.", put_up},
    {"lifecycle_pending", "gauge", "Requests to be erased that have not begun.", put_pending},
    {"lifecycle_overdue", "gauge", "Requests that are due, not erased and not held.", put_overdue},
    {"lifecycle_oldest_overdue_seconds", "gauge", "How long the oldest of these is due.", put_oldest},
    {"lifecycle_purging", "gauge", "Requests whose erasure has begun.", put_purging},
    {"lifecycle_failing", "gauge", "Requests whose erasure failed and is tried again.", put_failing},
    {"lifecycle_held", "gauge", "Requests that are due, and kept by a hold or by rows that restrict.", put_held},
    {"lifecycle_holds", "gauge", "Holds in force; the conditions of rung.yaml are not counted.", put_holds},
    {"lifecycle_rows_selected_total", "counter", "Rows that were chosen for removal.", put_selected},
    {"lifecycle_rows_deleted_total", "counter", "Rows that were removed, by the audit.", put_deleted},
    {"lifecycle_rows_changed_total", "counter", "Rows that were anonymised or lost a reference, by the audit.", put_changed},
    {"lifecycle_subjects_erased_total", "counter", "Subjects that were erased, by the audit.", put_erased},
    {"lifecycle_events_total", "counter", "Records of the audit.", put_events},
    {"lifecycle_batch_seconds", "histogram", "How long one transaction that removes rows took.", put_batches},
    {"lifecycle_throttle_seconds_total", "counter", "Time that the removing of rows paused for others.", put_throttle},
    {"lifecycle_wal_bytes_total", "counter", "WAL that the server wrote while rows were removed, also for others; PostgreSQL.", put_wal},
    {"lifecycle_last_success_timestamp_seconds", "gauge", "When the policy was carried out to its end; 0: never.", put_success},
    {"lifecycle_runs_missed_total", "counter", "Slots of the scheduler in which nothing ran.", put_missed},
    {"lifecycle_scheduler_heartbeat_timestamp_seconds", "gauge", "When the scheduler said that it lives; 0: never.", put_heartbeat},
    {"lifecycle_orphans", "gauge", "Rows without the row they reference, of keys that have any, by the last `rung retain --orphans`.", put_orphans},
    {"lifecycle_zombies", "gauge", "Live rows below one that is deleted softly, by the same.", put_zombies},
    {"lifecycle_orphans_checked_timestamp_seconds", "gauge", "When that was; 0: never.", put_orphans_time},
    {"lifecycle_audit_chain_ok", "gauge", "Whether the audit's chain is whole, by the last `rung audit verify`.", put_chain},
    {"lifecycle_audit_checked_timestamp_seconds", "gauge", "When that was; 0: never.", put_chain_time},
    {"lifecycle_audit_records_total", "counter", "Records that the audit's chain has.", put_records},
    {"lifecycle_schema_drift", "gauge", "Whether the schema differs from the revisions, by the last `rung check`.", put_drift},
    {"lifecycle_schema_checked_timestamp_seconds", "gauge", "When that was; 0: never.", put_drift_time},
    {"lifecycle_alert", "gauge", "Alerts that fire, by the last `rung status --lifecycle`.", put_alert},
    {"lifecycle_alerts", "gauge", "How many of them.", put_alerts},
    {"lifecycle_alerts_checked_timestamp_seconds", "gauge", "When that was; 0: never.", put_alerts_time},
    {"lifecycle_clock_offset_seconds", "gauge", "The database's clock less that of this machine.", put_clock},
};
/* clang-format on */

static void put_row(const Page *page, const MetricRow *row)
{
    Page own = *page;
    own.name = row->name;
    text_print(page->text, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
               row->type);
    row->put(&own);
}

void report_metrics(Text *text, const Metrics *metrics, const Lifecycle *policy)
{
    Page page = {.text = text, .metrics = metrics, .policy = policy};
    for (size_t i = 0; i < COUNT(rows); i++)
        put_row(&page, &rows[i]);
}
