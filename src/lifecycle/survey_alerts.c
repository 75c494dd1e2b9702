/* Alerts about time: what should have been done by now, and what has become of the checks. */
#include "base/text.h"
#include "lifecycle/metrics.h"
#include "lifecycle/survey.h"

enum { DAY = 86400, WEEK_DAYS = 7, MONTH_DAYS = 30, STEPS = 5 };

/* clang-format off */
static const SurveyAlertKind kinds[] = {
    {"pending", "More requests are open than lifecycle.alerts.pending_over: unusual activity.",
     "look at `rung erase list`: did somebody ask for many at once, or is it a campaign? raise lifecycle.alerts.pending_over if it is normal by now"},
    {"cleanup", "`rung purge` has not ended well for lifecycle.alerts.cleanup_silent.",
     "run `rung purge` and read its error; then look why the scheduler or cron did not"},
    {"index", "The index of the column that shows a request is missing, or nobody uses it.",
     "create it as doc/lifecycle.md shows, or look at the queries that should use it"},
    {"guard", "A trigger that protects a subject's rows is not what rung made.",
     "`rung erase init` makes it anew; find out who changed it"},
    {"gone", "Rows whose erasure is pending went in another way.",
     "`rung purge` closes their requests; find out who removed them around the guards"},
    {"overdue", "A request is due for longer than lifecycle.alerts.overdue.",
     "run `rung purge`; `rung erase list` shows what fails and why"},
    {"silent", "A subject or a policy of retention was not carried out for lifecycle.alerts.silent.",
     "run `rung purge` or `rung retain --policy NAME` and read the error"},
    {"backlog", "More and more requests are due: purges do not keep up.",
     "look at lifecycle.purge and what it waits for: `rung purge` says what it pauses for; run it more often"},
    {"cancellations", "Far more requests were cancelled in a day than in the week before.",
     "look at `rung audit log`: an error of the application, or somebody with others' tokens?"},
    {"orphans", "Rows reference rows that are not there.",
     "`rung retain --orphans` names them; add the foreign key that is missing (`rung cascade --fix`)"},
    {"chain", "The audit is not what was written.",
     "`rung audit verify` names the record: keep a copy of the database as it is, and find out who could write to it"},
    {"outbox", "Mail or webhooks are not sent.",
     "`rung outbox list` says why; `rung outbox retry ID` sends one again"},
    {"tables", "The database was prepared by an earlier version.",
     "run `rung erase init` again"},
};
/* clang-format on */

const SurveyAlertKind *survey_alert_kind(size_t index)
{
    return index < COUNT(kinds) ? &kinds[index] : NULL;
}

void survey_alert(Arena *arena, Survey *survey, const char *kind, const char *text)
{
    size_t i = 0;
    while (i < COUNT(kinds) - 1 && strcmp(kinds[i].kind, kind) != 0)
        i++;
    *vec_add(arena, &survey->alerts) = (SurveyAlert){kind, text, kinds[i].doc, kinds[i].hint};
}

static int64_t seconds_of(const ClockAge *age)
{
    return age->seconds + (int64_t)age->months * MONTH_DAYS * DAY;
}

/* ---- by the queue ---- */

static void find_overdue(const Life *life, Arena *arena, const Metrics *metrics, Survey *survey)
{
    const ClockAge *limit = &life->policy->alerts.overdue;
    for (size_t i = 0; seconds_of(limit) && i < metrics->queues.count; i++) {
        const QueueFigures *queue = &metrics->queues.at[i];
        if (queue->overdue_for > seconds_of(limit))
            survey_alert(arena, survey, "overdue",
                         arena_print(arena,
                                     "%lld request%s of %s due and not carried out, the oldest "
                                     "for %lld h",
                                     (long long)queue->overdue, queue->overdue == 1 ? "" : "s",
                                     queue->subject, (long long)(queue->overdue_for / 3600)));
    }
}

/* How many were due at some moments of the time that is over. */
static Code find_backlog(Life *life, Arena *arena, Survey *survey, Error *error)
{
    int64_t all = seconds_of(&life->policy->alerts.backlog);
    DbRows rows;
    Text sql = TEXT_EMPTY;
    if (!all)
        return RUNG_OK;
    text_put(&sql, "SELECT ");
    for (int i = 0; i < STEPS; i++) {
        long long before = (long long)all * i / (STEPS - 1);
        text_print(&sql,
                   "%scoalesce(sum(CASE WHEN {epoch due_at} <= {epoch {now}} - %lld AND"
                   " (finished_at IS NULL OR {epoch finished_at} > {epoch {now}} - %lld) THEN 1"
                   " END), 0)",
                   i ? ", " : "", before, before);
    }
    text_print(&sql,
               " FROM {erasure} WHERE due_at <= {now} AND (finished_at IS NULL OR {epoch"
               " finished_at} > {epoch {now}} - %lld) AND (state IN ('purged', 'cancelled') OR"
               " problem IS NULL OR attempts > 0)",
               (long long)all);
    Code code = LIFE(life, arena, &rows, error, text_string(&sql));
    text_done(&sql);
    bool grows = !code;
    for (size_t i = 1; grows && i < STEPS; i++)
        grows = db_number(&rows, 0, i) < db_number(&rows, 0, i - 1);
    if (grows)
        survey_alert(arena, survey, "backlog",
                     arena_print(arena, "%lld requests are due, and %lld were %s ago: ever more",
                                 (long long)db_number(&rows, 0, 0),
                                 (long long)db_number(&rows, 0, STEPS - 1),
                                 life->policy->alerts.backlog.text));
    return code;
}

static Code find_cancellations(Life *life, Arena *arena, Survey *survey, Error *error)
{
    int over = life->policy->alerts.cancel_over, times = life->policy->alerts.cancel_times;
    DbRows rows;
    if (!times)
        return RUNG_OK;
    Code code =
        LIFE(life, arena, &rows, error,
             arena_print(arena,
                         "SELECT count(CASE WHEN {epoch finished_at} > {epoch {now}} - %d THEN 1"
                         " END), count(*) FROM {erasure} WHERE state = 'cancelled' AND {epoch"
                         " finished_at} > {epoch {now}} - %d",
                         DAY, (WEEK_DAYS + 1) * DAY));
    int64_t today = code ? 0 : db_number(&rows, 0, 0);
    int64_t week = code ? 0 : db_number(&rows, 0, 1) - today;
    if (today > over && today * WEEK_DAYS > week * times)
        survey_alert(arena, survey, "cancellations",
                     arena_print(arena,
                                 "%lld requests were cancelled in the last 24 hours, and %lld in "
                                 "the week before",
                                 (long long)today, (long long)week));
    return code;
}

/* ---- by what was done ---- */

static void find_silent(const Life *life, Arena *arena, const Metrics *metrics, int64_t start,
                        Survey *survey)
{
    const Lifecycle *policy = life->policy;
    int64_t limit = seconds_of(&policy->alerts.silent);
    size_t subjects = policy->subjects.count;
    for (size_t i = 0; limit && i < subjects + policy->retention.count; i++) {
        const RetentionPolicy *kept = i < subjects ? NULL : &policy->retention.at[i - subjects];
        const char *name = kept ? kept->name : policy->subjects.at[i].name;
        int64_t at = kept ? metrics_retained_at(metrics, name) : metrics_purged_at(metrics, name);
        if ((kept && !policy_acts(kept)) || !start || metrics->now - (at ? at : start) <= limit)
            continue;
        survey_alert(arena, survey, "silent",
                     arena_print(arena, "%s of %s has not ended well for %s",
                                 kept ? "the retention" : "the purge", name,
                                 policy->alerts.silent.text));
    }
}

static void find_stored(Arena *arena, const Metrics *metrics, Survey *survey)
{
    int64_t at, keys = metrics_measure(metrics, "orphans", "", &at);
    if (keys)
        survey_alert(arena, survey, "orphans",
                     arena_print(arena, "%lld key%s rows without the row they reference",
                                 (long long)keys, keys == 1 ? " has" : "s have"));
    if (metrics_measure(metrics, "audit", "", &at))
        survey_alert(arena, survey, "chain", "the audit is not what was written");
}

Code survey_over_time(Life *life, Arena *arena, Survey *survey, Error *error)
{
    Metrics metrics;
    DbRows rows;
    Code code = metrics_read(life, arena, &metrics, error);
    if (code == RUNG_UNKNOWN) {
        survey_alert(arena, survey, "tables", "this database has not all of rung's tables");
        return RUNG_OK;
    }
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    life->engine == ENGINE_SQLITE
                        ? "SELECT strftime('%s', at) FROM {audit} ORDER BY seq LIMIT 1"
                        : "SELECT {epoch at} FROM {audit} ORDER BY seq LIMIT 1");
    if (code)
        return code;
    find_overdue(life, arena, &metrics, survey);
    find_silent(life, arena, &metrics, rows.count ? db_number(&rows, 0, 0) : 0, survey);
    find_stored(arena, &metrics, survey);
    code = find_backlog(life, arena, survey, error);
    return code ? code : find_cancellations(life, arena, survey, error);
}
