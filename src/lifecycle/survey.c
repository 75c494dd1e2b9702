/* Counts of requests, and the alerts about them. */
#include "lifecycle/survey.h"
#include "lifecycle/hold.h"

enum { MANY_ROWS = 10000 };

/* ---- counts ---- */

#define COUNTS                                                                                     \
    "count(CASE state WHEN 'pending' THEN 1 END),"                                                 \
    " count(CASE WHEN state = 'pending' AND due_at <= {now} THEN 1 END),"                          \
    " count(CASE state WHEN 'purging' THEN 1 END),"                                                \
    " count(CASE WHEN attempts > 0 THEN problem END),"                                             \
    " count(CASE WHEN attempts = 0 THEN problem END),"                                             \
    " min(CASE state WHEN 'pending' THEN {epoch due_at} END),"                                     \
    " avg(CASE state WHEN 'pending' THEN ({epoch due_at} - {epoch {now}}) / 86400.0 END)"

static SubjectSurvey read_counts(const DbRows *rows, size_t row, size_t first)
{
    const char *days = db_cell(rows, row, first + 6);
    return (SubjectSurvey){
        .pending = db_number(rows, row, first),
        .ready = db_number(rows, row, first + 1),
        .purging = db_number(rows, row, first + 2),
        .failing = db_number(rows, row, first + 3),
        .held = db_number(rows, row, first + 4),
        .next_due_at = db_number(rows, row, first + 5),
        .days = days ? strtod(days, NULL) : 0,
    };
}

static Code count_requests(Life *life, Arena *arena, Survey *survey, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT subject, " COUNTS " FROM {erasure} WHERE state IN ('pending',"
                     " 'purging') GROUP BY subject ORDER BY subject");
    for (size_t i = 0; !code && i < rows.count; i++) {
        SubjectSurvey subject = read_counts(&rows, i, 1);
        subject.name = db_cell(&rows, i, 0);
        *vec_add(arena, &survey->subjects) = subject;
    }
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    "SELECT " COUNTS " FROM {erasure} WHERE state IN ('pending', 'purging')");
    if (!code)
        survey->all = read_counts(&rows, 0, 0);
    if (!code && survey->all.pending > life->policy->alerts.pending_over)
        survey_alert(arena, survey, "pending",
                     arena_print(arena, "%lld requests are pending, more than %d",
                                 (long long)survey->all.pending,
                                 life->policy->alerts.pending_over));
    return code;
}

static Code count_holds(Life *life, Arena *arena, Survey *survey, Error *error)
{
    HoldEntryList entries = {0};
    Code code = hold_entries(life, arena, false, &entries, error);
    survey->holds = (int64_t)entries.count;
    survey->policies = (int64_t)life->policy->holds.count;
    return code;
}

/* ---- purges ---- */

/* The audit's times as rung keeps others. */
static const char *audit_time(const Life *life)
{
    return life->engine == ENGINE_SQLITE ? "CAST(strftime('%s', at) AS INTEGER)" : "at";
}

static Code find_purge(Life *life, Arena *arena, Survey *survey, Error *error)
{
    const ClockAge *silent = &life->policy->alerts.cleanup_silent;
    DbRows rows;
    const char *at = audit_time(life);
    const char *late = life_later(life, arena, "last", arena_print(arena, "%d", silent->months),
                                  arena_print(arena, "%lld", (long long)silent->seconds));
    const char *sql = arena_print(
        arena,
        "SELECT {epoch purge}, CASE WHEN %s < {now} THEN 1 ELSE 0 END FROM (SELECT purge,"
        " coalesce(purge, start) AS last FROM (SELECT (SELECT %s FROM {audit} WHERE action = 'purge"
        " run' ORDER BY seq DESC LIMIT 1) AS purge, (SELECT %s FROM {audit} ORDER BY seq LIMIT 1)"
        " AS start) a) b",
        late, at, at);
    Code code = LIFE(life, arena, &rows, error, sql);
    if (code || !rows.count)
        return code;
    survey->last_purge_at = db_number(&rows, 0, 0);
    if (db_number(&rows, 0, 1))
        survey_alert(arena, survey, "cleanup",
                     arena_print(arena, "rung purge has not ended well for %s", silent->text));
    return code;
}

/* ---- mail and webhooks ---- */

Code survey_outbox(Life *life, Arena *arena, Survey *survey, Error *error)
{
    OutboxCounts *counts = &survey->outbox;
    Code code = outbox_count(life, counts, error);
    int64_t lost = code ? 0 : counts->failed + counts->dead;
    if (code && outbox_is_missing(error)) {
        outbox_explain(code, error);
        survey_alert(arena, survey, "outbox",
                     arena_print(arena, "%s: %s", error->message, error->hint));
        return RUNG_OK;
    }
    if (lost)
        survey_alert(
            arena, survey, "outbox",
            arena_print(arena,
                        "%lld message%s not delivered (%lld refused, %lld given up): `rung "
                        "outbox list` says why",
                        (long long)lost, lost == 1 ? " was" : "s were", (long long)counts->failed,
                        (long long)counts->dead));
    return code;
}

/* ---- one subject ---- */

static Code find_guards(Life *life, Arena *arena, const Subject *subject, Survey *survey,
                        Error *error)
{
    const char *missing;
    Code code = guard_check(life, arena, subject, &missing, error);
    if (!code && missing)
        survey_alert(
            arena, survey, "guard",
            arena_print(arena,
                        "the guard %s of %s is missing, disabled or not what rung made: `rung "
                        "erase init` makes it anew",
                        missing, subject->table->title));
    return code;
}

/* Deleted around the guards: by INSERT OR REPLACE, or while they were away. */
static Code find_gone(Life *life, Arena *arena, const Subject *subject, Survey *survey,
                      Error *error)
{
    DbRows rows;
    const char *sql = arena_print(
        arena,
        "SELECT count(*) FROM {erasure} e WHERE e.subject = $1 AND e.state = 'pending' AND NOT"
        " EXISTS (SELECT 1 FROM %s t WHERE %s)",
        subject->table->sql,
        life_equals(life, arena, "t", subject->table, subject->key->name, "e.key"));
    Code code = LIFE(life, arena, &rows, error, sql, subject->policy->name);
    int64_t count = code ? 0 : db_number(&rows, 0, 0);
    if (count)
        survey_alert(
            arena, survey, "gone",
            arena_print(arena,
                        "%lld row%s of %s whose erasure is pending %s gone, and rung did not "
                        "remove %s",
                        (long long)count, count == 1 ? "" : "s", subject->table->title,
                        count == 1 ? "is" : "are", count == 1 ? "it" : "them"));
    return code;
}

Code survey_subject(Life *life, Arena *arena, const Subject *subject, Survey *survey, Error *error)
{
    Code code = find_guards(life, arena, subject, survey, error);
    return code ? code : find_gone(life, arena, subject, survey, error);
}

/* ---- the index of requested_at ---- */

/* An index of PostgreSQL that begins with the column: whether there is one, and was ever used. */
static Code ask_postgresql(Life *life, Arena *arena, const Subject *subject, bool *ret_found,
                           bool *ret_used, Error *error)
{
    DbRows rows;
    Code code =
        LIFE(life, arena, &rows, error,
             "SELECT count(*), coalesce(sum(s.idx_scan), 0), max(c.reltuples) > $3::bigint"
             " FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum ="
             " i.indkey[0] JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_stat_user_indexes s"
             " ON s.indexrelid = i.indexrelid WHERE i.indrelid = to_regclass($1) AND a.attname = $2"
             " AND i.indisvalid",
             subject->table->sql, subject->requested_at->name, arena_print(arena, "%d", MANY_ROWS));
    if (code)
        return code;
    const char *many = db_cell(&rows, 0, 2);
    *ret_found = db_number(&rows, 0, 0) > 0;
    *ret_used = db_number(&rows, 0, 1) > 0 || !many || *many != 't';
    return RUNG_OK;
}

/* Whether SQLite answers the question for what is due with an index. */
static Code ask_sqlite(Life *life, Arena *arena, const Subject *subject, bool *ret_used,
                       Error *error)
{
    DbRows rows;
    const char *sql = arena_print(arena, "EXPLAIN QUERY PLAN SELECT %s FROM %s WHERE %s < 1",
                                  life_name(arena, subject->key->name), subject->table->sql,
                                  life_name(arena, subject->requested_at->name));
    Code code = LIFE(life, arena, &rows, error, sql);
    *ret_used = false;
    for (size_t i = 0; !code && i < rows.count; i++)
        *ret_used = *ret_used || strstr(db_cell(&rows, i, 3), "SEARCH");
    return code;
}

/* A request that is younger may not have been asked for yet. */
static Code has_old_request(Life *life, Arena *arena, const Subject *subject, bool *ret_old,
                            Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT 1 FROM {erasure} WHERE subject = $1 AND state = 'pending' AND {epoch"
                     " requested_at} < {epoch {now}} - 86400 LIMIT 1",
                     subject->policy->name);
    *ret_old = !code && rows.count;
    return code;
}

static Code find_index(Life *life, Arena *arena, const Subject *subject, Survey *survey,
                       Error *error)
{
    bool found = true, used = true, old = true;
    if (!subject->requested_at)
        return RUNG_OK;
    Code code = life->engine == ENGINE_SQLITE
                    ? ask_sqlite(life, arena, subject, &found, error)
                    : ask_postgresql(life, arena, subject, &found, &used, error);
    if (!code && !used)
        code = has_old_request(life, arena, subject, &old, error);
    if (code || (found && (used || !old)))
        return code;
    survey_alert(
        arena, survey, "index",
        arena_print(arena, "%s.%s %s", subject->table->title, subject->requested_at->name,
                    found ? "has an index that nobody uses: look at the queries that ask for it"
                          : "has no index that finds what is due"));
    return RUNG_OK;
}

Code survey_read(Life *life, Arena *arena, Survey *ret_survey, Error *error)
{
    Survey survey = {0};
    Code code = count_requests(life, arena, &survey, error);
    if (!code)
        code = count_holds(life, arena, &survey, error);
    if (!code)
        code = find_purge(life, arena, &survey, error);
    if (!code)
        code = survey_outbox(life, arena, &survey, error);
    if (!code)
        code = survey_over_time(life, arena, &survey, error);
    for (size_t i = 0; !code && i < life->policy->subjects.count; i++) {
        Subject subject;
        code = subject_find(life, &life->policy->subjects.at[i], &subject, error);
        if (!code)
            code = survey_subject(life, arena, &subject, &survey, error);
        if (!code)
            code = find_index(life, arena, &subject, &survey, error);
    }
    if (!code)
        *ret_survey = survey;
    return code;
}
