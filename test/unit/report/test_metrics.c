/* The page of figures: one sample for what is one, labels that are escaped, buckets that grow. */
#include "report/metrics.h"
#include "lifecycle/measure.h"

#include "check.h"

static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);
    for (; text && *text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
        if (strncmp(text, line, length) == 0 && text[length] == '\n')
            return true;
    return false;
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        count++;
    return count;
}

/* Rows that went with a partition count for its table, as those that were deleted do. */
static void test_totals_are_one_sample(void **state)
{
    TotalFigures totals[] = {
        {"delete", "logs", "logs", 2, 30, 0, 100},
        {"drop partition", "logs", "logs_2024", 1, 500, 0, 200},
        {"drop partition", "logs", "logs_2025", 1, 70, 0, 300},
        {"delete", "a\"\\\n", "t", 1, 1, 1, 400},
        {"set null", "logs", "x", 1, 5, 0, 500},
    };
    Metrics metrics = {.totals = {totals, COUNT(totals), COUNT(totals)}, .now = 1000};
    Lifecycle policy = {0};
    Text text = TEXT_EMPTY;
    report_metrics(&text, &metrics, &policy);
    const char *page = text_string(&text);
    assert_true(has_line(page, "lifecycle_rows_deleted_total{policy=\"logs\",table=\"logs\"} 600"));
    assert_int_equal(count_of(page, "\nlifecycle_rows_deleted_total{policy=\"logs\""), 1);
    assert_true(
        has_line(page, "lifecycle_rows_deleted_total{policy=\"a\\\"\\\\\\n\",table=\"t\"} 1"));
    assert_true(has_line(
        page, "lifecycle_rows_changed_total{action=\"set null\",policy=\"logs\",table=\"x\"} 5"));
    assert_true(
        has_line(page, "lifecycle_events_total{action=\"drop partition\",policy=\"logs\"} 2"));
    text_done(&text);
}

static void test_buckets_grow(void **state)
{
    MeasureFigures measures[] = {
        {"batch_seconds", "", "0.01", 3, 1},   {"batch_seconds", "", "0.1", 2, 1},
        {"batch_seconds", "", "+Inf", 1, 1},   {"batch_us", "", "", 12345678, 1},
        {"throttle_us", "", "wal_kept", 1, 1},
    };
    Metrics metrics = {.measures = {measures, COUNT(measures), COUNT(measures)}};
    Lifecycle policy = {0};
    Text text = TEXT_EMPTY;
    report_metrics(&text, &metrics, &policy);
    const char *page = text_string(&text);
    static const char *const lines[] = {
        "lifecycle_batch_seconds_bucket{le=\"0.005\"} 0",
        "lifecycle_batch_seconds_bucket{le=\"0.01\"} 3",
        "lifecycle_batch_seconds_bucket{le=\"0.05\"} 3",
        "lifecycle_batch_seconds_bucket{le=\"0.1\"} 5",
        "lifecycle_batch_seconds_bucket{le=\"10\"} 5",
        "lifecycle_batch_seconds_bucket{le=\"+Inf\"} 6",
        "lifecycle_batch_seconds_sum 12.345678",
        "lifecycle_batch_seconds_count 6",
        "lifecycle_throttle_seconds_total{reason=\"wal_kept\"} 0.000001",
        "lifecycle_throttle_seconds_total{reason=\"standby_lag\"} 0.000000",
    };
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_true(has_line(page, lines[i]));
    text_done(&text);
}

/* A policy that is only written down is not expected to run; one name for two things has the older
 * of both times. */
static void test_success_of_policies(void **state)
{
    SubjectPolicy subjects[] = {{.name = "users"}, {.name = "guests"}};
    RetentionPolicy retention[] = {{.name = "kept", .age = "at"},
                                   {.name = "logs", .age = "at", .keep = {"30d", 0, 2592000}},
                                   {.name = "guests", .age = "at", .keep = {"30d", 0, 2592000}}};
    TotalFigures totals[] = {
        {"purge run", "", "", 1, 0, 0, 500},
        {"purge run", "guests", "", 1, 0, 0, 900},
        {"retain run", "guests", "guests", 1, 0, 0, 700},
        {"retain stopped", "logs", "logs", 1, 0, 0, 800},
    };
    Metrics metrics = {.totals = {totals, COUNT(totals), COUNT(totals)}};
    Lifecycle policy = {.subjects = {subjects, 2}, .retention = {retention, 3}};
    Text text = TEXT_EMPTY;
    report_metrics(&text, &metrics, &policy);
    const char *page = text_string(&text);
#define SUCCESS "lifecycle_last_success_timestamp_seconds{policy="
    assert_true(has_line(page, SUCCESS "\"users\"} 500"));
    assert_true(has_line(page, SUCCESS "\"guests\"} 700"));
    assert_true(has_line(page, SUCCESS "\"logs\"} 0"));
    assert_int_equal(count_of(page, "\n" SUCCESS), 3);
    text_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_are_one_sample),
        cmocka_unit_test(test_buckets_grow),
        cmocka_unit_test(test_success_of_policies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
