/* Events become rows of the outbox, in the transaction in which they happen. */
#include "lifecycle/outbox.h"
#include "base/text.h"
#include "base/value.h"

static const char *const event_names[OUTBOX_EVENT_COUNT] = {"requested", "reminder", "cancelled",
                                                            "completed", "alert"};

const char *outbox_event_name(OutboxEvent event)
{
    return event_names[event];
}

bool outbox_event_read(const char *name, OutboxEvent *ret_event)
{
    for (OutboxEvent i = 0; i < OUTBOX_EVENT_COUNT; i++)
        if (strcmp(event_names[i], name) == 0) {
            *ret_event = i;
            return true;
        }
    return false;
}

/* ---- who is told ---- */

static bool wants(const NotifyList *events, OutboxEvent event)
{
    for (size_t i = 0; i < events->count; i++)
        if (strcmp(events->at[i], event_names[event]) == 0)
            return true;
    return !events->count;
}

static bool mail_wants(const Notify *notify, const Subject *subject, OutboxEvent event)
{
    bool known =
        event == OUTBOX_ALERT ? notify->mail.alerts_to != NULL : subject && subject->email != NULL;
    return notify->mail.url && known && wants(&notify->mail.events, event);
}

/* "SELECT 'mail' AS channel UNION ALL SELECT 'app'"; NULL: nobody wants to know. */
static const char *channels(const Life *life, Arena *arena, const Subject *subject,
                            OutboxEvent event)
{
    const Notify *notify = life->notify;
    Text sql = TEXT_EMPTY;
    if (!notify || !notify->line)
        return NULL;
    if (mail_wants(notify, subject, event))
        text_put(&sql, "SELECT '" CHANNEL_MAIL "' AS channel");
    for (size_t i = 0; i < notify->webhooks.count; i++)
        if (wants(&notify->webhooks.at[i].events, event))
            text_print(&sql, "%sSELECT %s AS channel", sql.length ? " UNION ALL " : "",
                       life_constant(arena, notify->webhooks.at[i].name));
    const char *found = sql.length ? text_string(&sql) : NULL;
    found = arena_string(arena, found);
    text_done(&sql);
    return found;
}

/* ---- rows ---- */

#define PASSING_DAYS                                                                               \
    "CASE WHEN e.state = 'pending' AND {epoch e.due_at} > {epoch {now}} THEN ({epoch e.due_at} -"  \
    " {epoch {now}} + 86399) / 86400 ELSE 0 END"

static const char *payload_of(const Life *life)
{
    return life->engine == ENGINE_SQLITE
               ? "json_object('requested_at', strftime('%Y-%m-%dT%H:%M:%SZ', e.requested_at,"
                 " 'unixepoch'), 'deletion_date', strftime('%Y-%m-%dT%H:%M:%SZ', e.due_at,"
                 " 'unixepoch'), 'days_remaining', " PASSING_DAYS ")"
               : "json_build_object('requested_at', to_char(e.requested_at AT TIME ZONE 'UTC',"
                 " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'deletion_date', to_char(e.due_at AT TIME"
                 " ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'days_remaining', " PASSING_DAYS
                 ")::text";
}

/* Not of the row's number: a database that was restored numbers anew. */
static const char *id_of(const Life *life)
{
    return life->engine == ENGINE_SQLITE ? "lower(hex(randomblob(16)))"
                                         : "replace(gen_random_uuid()::text, '-', '')";
}

bool outbox_is_missing(const Error *error)
{
    return (strcmp(error->sqlstate, "42P01") == 0 || strstr(error->message, "no such table")) &&
           strstr(error->message, "outbox");
}

Code outbox_explain(Code code, Error *error)
{
    if (!code || !outbox_is_missing(error))
        return code;
    error_set(error, RUNG_FAILED, "this database has no table for mail and webhooks yet");
    return error_hint(error, "`rung erase init` creates it");
}

/* What an event's rows are made of: SQL about the request e. */
typedef struct Source {
    OutboxEvent event;
    const char *mark; /* NULL: the event and the request */
    const char *from; /* joins of e, with t or a of the address */
    const char *address;
    const char *condition;
} Source;

static Code insert(Life *life, Arena *arena, const Subject *subject, const Source *source,
                   const char *const *params, size_t count, int64_t *ret_rows, Error *error)
{
    const char *list = channels(life, arena, subject, source->event);
    const char *name = event_names[source->event];
    DbRows rows;
    if (ret_rows)
        *ret_rows = 0;
    if (!list)
        return RUNG_OK;
    const char *sql = arena_print(
        arena,
        "INSERT INTO {outbox} (event, mark, channel, request, subject, subject_hash, key, address,"
        " payload, message_id, created_at, due_at, next_attempt_at) SELECT '%s', '%s:' || %s,"
        " c.channel, e.id, e.subject, e.subject_hash, e.key, CASE c.channel WHEN '" CHANNEL_MAIL
        "' THEN %s END, %s, %s, {now}, e.due_at, {now} FROM {erasure} e %s CROSS JOIN (%s) c WHERE"
        " (c.channel <> '" CHANNEL_MAIL
        "' OR coalesce(%s, '') <> '') AND %s ON CONFLICT DO NOTHING",
        name, name, source->mark ? source->mark : "e.id", source->address, payload_of(life),
        id_of(life), source->from, list, source->address, source->condition);
    Code code = life_query(life, arena, sql, params, count, &rows, error);
    if (!code && ret_rows)
        *ret_rows = rows.changed;
    return outbox_explain(code, error);
}

/* From the subject's own row, which need not be there. */
static void set_address(Life *life, Arena *arena, const Subject *subject, Source *source)
{
    source->from = "";
    source->address = "CAST(NULL AS text)";
    if (!life->notify || !mail_wants(life->notify, subject, source->event))
        return;
    source->from =
        arena_print(arena, "LEFT JOIN %s t ON %s", subject->table->sql,
                    life_equals(life, arena, "t", subject->table, subject->key->name, "e.key"));
    source->address =
        arena_print(arena, "CAST(t.%s AS text)", life_name(arena, subject->email->name));
}

/* Nobody is told any more that the end is near. */
static Code drop_reminders(Life *life, const char *condition, const char *const *params,
                           size_t count, Error *error)
{
    Arena *arena = arena_new();
    Code code = life_query(
        life, NULL,
        arena_print(arena,
                    "DELETE FROM {outbox} WHERE event = 'reminder' AND state = 'pending' AND"
                    " request IN (SELECT e.id FROM {erasure} e WHERE %s)",
                    condition),
        params, count, NULL, error);
    arena_free(arena);
    return outbox_explain(code, error);
}

static bool tells_anybody(const Life *life)
{
    return life->notify && life->notify->line &&
           (life->notify->mail.url || life->notify->webhooks.count);
}

Code outbox_add(Life *life, const Subject *subject, OutboxEvent event, int64_t request,
                Error *error)
{
    if (!tells_anybody(life))
        return RUNG_OK;
    Arena *arena = arena_new();
    Source source = {.event = event, .condition = "e.id = CAST($1 AS bigint)"};
    const char *params[] = {arena_print(arena, "%lld", (long long)request)};
    set_address(life, arena, subject, &source);
    Code code = RUNG_OK;
    if (event == OUTBOX_CANCELLED)
        code = drop_reminders(life, source.condition, params, 1, error);
    if (!code)
        code = insert(life, arena, subject, &source, params, 1, NULL, error);
    arena_free(arena);
    return code;
}

/* ---- completed ---- */

static bool remembers(const Life *life, const Subject *subject)
{
    return tells_anybody(life) && mail_wants(life->notify, subject, OUTBOX_COMPLETED);
}

Code outbox_remember(Life *life, const Subject *subject, Error *error)
{
    if (!remembers(life, subject))
        return RUNG_OK;
    Arena *arena = arena_new();
    Code code =
        db_exec(life->db,
                life->engine == ENGINE_SQLITE ? "DROP TABLE IF EXISTS temp.rung_addresses"
                                              : "DROP TABLE IF EXISTS pg_temp.rung_addresses",
                error);
    const char *sql = arena_print(
        arena,
        "CREATE TEMPORARY TABLE rung_addresses AS SELECT x.request, CAST(t.%s AS text) AS address"
        " FROM rung_subjects x JOIN %s t ON %s",
        life_name(arena, subject->email->name), subject->table->sql,
        life_equals(life, arena, "t", subject->table, subject->key->name, "x.key"));
    if (!code)
        code = db_exec(life->db, sql, error);
    if (!code)
        code = db_exec(life->db, "CREATE INDEX rung_addresses_request ON rung_addresses (request)",
                       error);
    arena_free(arena);
    return code;
}

/* What could not be sent keeps no address of somebody who is erased. */
static Code wipe(Life *life, const char *condition, const char *const *params, size_t count,
                 Error *error)
{
    Arena *arena = arena_new();
    Code code = life_query(
        life, NULL,
        arena_print(arena,
                    "UPDATE {outbox} SET address = NULL, key = NULL, last_error = NULL WHERE state"
                    " IN ('failed', 'dead') AND request IN (SELECT e.id FROM {erasure} e WHERE %s)",
                    condition),
        params, count, NULL, error);
    arena_free(arena);
    return outbox_explain(code, error);
}

Code outbox_complete(Life *life, const Subject *subject, const char *condition,
                     const char *const *params, size_t count, Error *error)
{
    if (!tells_anybody(life))
        return RUNG_OK;
    Arena *arena = arena_new();
    bool mail = remembers(life, subject);
    Source source = {.event = OUTBOX_COMPLETED,
                     .from = mail ? "LEFT JOIN rung_addresses a ON a.request = e.id" : "",
                     .address = mail ? "a.address" : "CAST(NULL AS text)",
                     .condition = condition};
    Code code = drop_reminders(life, condition, params, count, error);
    if (!code)
        code = wipe(life, condition, params, count, error);
    if (!code)
        code = insert(life, arena, subject, &source, params, count, NULL, error);
    arena_free(arena);
    return code;
}

/* ---- alerts ---- */

Code outbox_alert(Life *life, const char *mark, const char *text, Error *error)
{
    Arena *arena = arena_new();
    const char *list = channels(life, arena, NULL, OUTBOX_ALERT);
    Code code = RUNG_OK;
    if (list) {
        Text json = TEXT_EMPTY;
        Value *payload = value_object();
        value_set_text(payload, "alert", mark);
        value_set_text(payload, "text", text);
        value_write(payload, false, &json);
        const char *sql = arena_print(
            arena,
            "INSERT INTO {outbox} (event, mark, channel, address, payload, message_id, created_at,"
            " next_attempt_at) SELECT 'alert', 'alert:' || CAST($1 AS text), c.channel, CASE"
            " c.channel WHEN '" CHANNEL_MAIL "' THEN CAST($2 AS text) END, CAST($3 AS text), %s,"
            " {now}, {now} FROM (%s) c WHERE 1 = 1 ON CONFLICT DO NOTHING",
            id_of(life), list);
        code = LIFE(life, NULL, NULL, error, sql, mark, life->notify->mail.alerts_to,
                    text_string(&json));
        value_free(payload);
        text_done(&json);
    }
    arena_free(arena);
    return outbox_explain(code, error);
}

/* A mark stands for each alert that fires. */
static Code begin_alert(Life *life, Arena *arena, const OutboxAlert *alert, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "INSERT INTO {mark} (name, at) VALUES ('alert:' || CAST($1 AS text), {now})"
                     " ON CONFLICT DO NOTHING RETURNING name",
                     alert->kind);
    if (code || !rows.count)
        return code;
    const char *mark = arena_print(arena, "%s/%s", alert->kind, life->run);
    return outbox_alert(life, mark, alert->text, error);
}

static Code end_alerts(Life *life, Arena *arena, const OutboxAlertList *list, Error *error)
{
    VEC(const char *) kinds = {0};
    Text sql = TEXT_EMPTY;
    text_put(&sql, "DELETE FROM {mark} WHERE name LIKE 'alert:%' AND name NOT IN (''");
    for (size_t i = 0; i < list->count; i++) {
        *vec_add(arena, &kinds) = list->at[i].kind;
        text_print(&sql, ", 'alert:' || CAST($%zu AS text)", kinds.count);
    }
    text_put(&sql, ")");
    return life_query(life, arena, text_keep(&sql, arena), kinds.at, kinds.count, NULL, error);
}

static Code tell_alerts(Life *life, void *context, Error *error)
{
    const OutboxAlertList *list = context;
    Arena *arena = arena_new();
    Code code = end_alerts(life, arena, list, error);
    for (size_t i = 0; !code && i < list->count; i++)
        code = begin_alert(life, arena, &list->at[i], error);
    arena_free(arena);
    return code;
}

Code outbox_alerts(Life *life, const OutboxAlertList *list, Error *error)
{
    Arena *arena = arena_new();
    bool told = channels(life, arena, NULL, OUTBOX_ALERT) != NULL;
    arena_free(arena);
    return told ? life_transaction(life, tell_alerts, (void *)(uintptr_t)list, error) : RUNG_OK;
}

/* ---- reminders ---- */

typedef struct Ages {
    ClockAge *at;
    size_t count;
} Ages;

static int64_t length_of(const ClockAge *age)
{
    return (int64_t)age->months * 30 * 86400 + age->seconds;
}

static int compare_ages(const void *a, const void *b)
{
    int64_t left = length_of(a), right = length_of(b);
    return (left > right) - (left < right);
}

/* The shortest first. */
static Ages read_ages(const Life *life, Arena *arena)
{
    const NotifyList *list = &life->notify->reminder;
    Ages ages = {arena_alloc_array(arena, list->count + 1, sizeof(ClockAge)), 0};
    for (size_t i = 0; i < list->count; i++)
        ages.count += clock_read_age(list->at[i], &ages.at[ages.count]);
    qsort(ages.at, ages.count, sizeof ages.at[0], compare_ages);
    return ages;
}

static const char *later(const Life *life, Arena *arena, const char *from, const ClockAge *age)
{
    return life_later(life, arena, from, arena_print(arena, "%d", age->months),
                      arena_print(arena, "%lld", (long long)age->seconds));
}

/* Between this age and the next shorter one, so that one that was missed is not made up for beside
 * it; and not for those whose grace period was not longer than that. */
static Code remind(Life *life, Arena *arena, const Subject *subject, const Ages *ages, size_t i,
                   int64_t *reminders, Error *error)
{
    const char *now = life_text(life, arena, "{now}");
    Source source = {.event = OUTBOX_REMINDER,
                     .mark =
                         arena_print(arena, "e.id || ':%lld'", (long long)length_of(&ages->at[i]))};
    int64_t rows;
    set_address(life, arena, subject, &source);
    source.condition = arena_print(
        arena,
        "e.subject = $1 AND e.state = 'pending' AND e.due_at <= %s AND e.due_at > %s AND"
        " e.due_at > %s AND NOT EXISTS (SELECT 1 FROM {outbox} x WHERE x.request = e.id AND"
        " x.channel = c.channel AND x.mark = 'reminder:' || %s)",
        later(life, arena, now, &ages->at[i]), i ? later(life, arena, now, &ages->at[i - 1]) : now,
        later(life, arena, "e.requested_at", &ages->at[i]), source.mark);
    const char *params[] = {subject->policy->name};
    Code code = insert(life, arena, subject, &source, params, 1, &rows, error);
    *reminders += rows;
    return code;
}

static Code forget(Life *life, Arena *arena, Error *error)
{
    const char *sql = arena_print(
        arena,
        "DELETE FROM {outbox} WHERE ended_at IS NOT NULL AND %s < {now} AND NOT EXISTS (SELECT 1"
        " FROM {erasure} e WHERE e.id = request AND e.state IN ('pending', 'purging'))",
        later(life, arena, "ended_at", &life->notify->keep));
    return outbox_explain(LIFE(life, NULL, NULL, error, sql), error);
}

static Code tend(Life *life, void *context, Error *error)
{
    int64_t *reminders = context;
    Arena *arena = arena_new();
    Ages ages = read_ages(life, arena);
    Code code = RUNG_OK;
    *reminders = 0;
    for (size_t s = 0; !code && s < life->policy->subjects.count; s++) {
        Subject subject;
        code = subject_find(life, &life->policy->subjects.at[s], &subject, error);
        for (size_t i = 0; !code && i < ages.count; i++)
            code = remind(life, arena, &subject, &ages, i, reminders, error);
    }
    if (!code)
        code = forget(life, arena, error);
    arena_free(arena);
    return code;
}

Code outbox_tend(Life *life, int64_t *ret_reminders, Error *error)
{
    int64_t reminders = 0;
    Code code = tells_anybody(life) ? life_transaction(life, tend, &reminders, error) : RUNG_OK;
    if (!code)
        *ret_reminders = reminders;
    return code;
}
