/* Policies of retention as conditions of SQL. */
#include "base/clock.h"
#include "base/text.h"
#include "lifecycle/retain_parts.h"

#include <ctype.h>
#include <time.h>

enum { LONGEST_PATH = 8, DAY = 86400 };

static const int64_t FIRST_YEAR = -62135596800; /* 0001-01-01: no older time can be written */

Code retain_wrong(const Life *life, const RetentionPolicy *policy, Error *error, const char *format,
                  ...)
{
    Text text = TEXT_EMPTY;
    va_list list;
    va_start(list, format);
    text_print_list(&text, format, list);
    va_end(list);
    error_at(error, RUNG_CONFIG, life->path, policy->line, "lifecycle.retention.%s: %s",
             policy->name, text_string(&text));
    text_done(&text);
    return RUNG_CONFIG;
}

/* ---- the calendar ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970 of the first of a month, counted from year 0 (proleptic Gregorian). */
static int64_t month_start(int64_t month)
{
    int64_t year = floor_div(month, 12), of_year = month - year * 12;
    /* years begin in March here, so that the leap day is their last */
    int64_t y = of_year < 2 ? year - 1 : year, m = of_year < 2 ? of_year + 10 : of_year - 2;
    return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) + (153 * m + 2) / 5 -
           719468;
}

static int64_t month_of(int64_t day)
{
    int64_t month = floor_div((day + 719468) * 100, 3043) + 2; /* about */
    while (month_start(month) > day)
        month--;
    while (month_start(month + 1) <= day)
        month++;
    return month;
}

int64_t retain_period(const char *period, int64_t now, int ahead)
{
    int64_t day = floor_div(now, DAY), month = month_of(day);
    if (strcmp(period, "day") == 0)
        return (day + ahead) * DAY;
    if (strcmp(period, "week") == 0) /* they begin on Monday; 1970 began on a Thursday */
        return (day - (day + 3) % 7 + 7 * (int64_t)ahead) * DAY;
    if (strcmp(period, "month") == 0)
        return month_start(month + ahead) * DAY;
    return month_start((floor_div(month, 12) + ahead) * 12) * DAY;
}

int64_t retain_cutoff(int64_t now, const ClockAge *keep)
{
    int64_t day = floor_div(now, DAY), second = now - day * DAY;
    int64_t month = month_of(day);
    int64_t of_month = day - month_start(month);
    month -= keep->months;
    int64_t length = month_start(month + 1) - month_start(month);
    day = month_start(month) + (of_month < length ? of_month : length - 1);
    return day * DAY + second - keep->seconds;
}

/* ---- ages ---- */

static bool is_number(const char *type)
{
    static const char *const types[] = {"integer", "bigint", "numeric", "double precision", "real"};
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return strncmp(type, "numeric(", 8) == 0;
}

static bool is_time(const Life *life, const KeyColumn *column)
{
    return life->engine == ENGINE_SQLITE || strncmp(column->type, "timestamp", 9) == 0 ||
           strcmp(column->type, "date") == 0 || is_number(column->type);
}

/* SQLite keeps what it is given: seconds since 1970, or text as datetime() writes it. What stands
 * in front of strftime() is for an index: no text that is due comes behind that day. */
static const char *lite_old(Arena *arena, const char *column, int64_t cutoff)
{
    const char *day = arena_copy(arena, clock_print_utc(arena, cutoff + 2 * DAY), 10);
    return arena_print(arena,
                       "((typeof(%s) = 'integer' AND %s <= %lld) OR (typeof(%s) = 'text' AND %s <"
                       " '%s' AND CAST(strftime('%%s', %s) AS INTEGER) + (length(%s) = 10) * 86400"
                       " <= %lld))",
                       column, column, (long long)cutoff, column, column, day, column, column,
                       (long long)cutoff);
}

/* A day counts from its end. */
static const char *old(const Life *life, Arena *arena, const char *alias, const KeyColumn *age,
                       int64_t cutoff)
{
    const char *column = arena_print(arena, "%s.%s", alias, life_name(arena, age->name));
    const char *utc = clock_print_utc(arena, cutoff);
    if (life->engine == ENGINE_SQLITE)
        return lite_old(arena, column, cutoff);
    if (is_number(age->type))
        return arena_print(arena, "%s <= %lld", column, (long long)cutoff);
    if (strcmp(age->type, "date") == 0)
        return arena_print(arena, "%s < '%.10s'::date", column, utc);
    if (strstr(age->type, "with time zone"))
        return arena_print(arena, "%s <= '%s'::timestamptz", column, utc);
    return arena_print(arena, "%s <= '%.10s %.8s'::timestamp", column, utc, utc + 11);
}

/* Rows whose age cannot be read. */
static const char *unread(const Life *life, Arena *arena, const KeyColumn *age)
{
    const char *column = arena_print(arena, "t.%s", life_name(arena, age->name));
    if (life->engine != ENGINE_SQLITE)
        return arena_print(arena, "%s IS NULL", column);
    return arena_print(arena,
                       "(%s IS NULL OR typeof(%s) NOT IN ('integer', 'text') OR (typeof(%s) ="
                       " 'text' AND strftime('%%s', %s) IS NULL))",
                       column, column, column, column);
}

/* ---- rows that are deleted softly ---- */

static bool is_soft_name(const char *name)
{
    return strcasestr(name, "delet") != NULL;
}

static const RetentionPolicy *policy_of(const Life *life, const KeyTable *table)
{
    for (size_t i = 0; i < life->policy->retention.count; i++) {
        const RetentionPolicy *policy = &life->policy->retention.at[i];
        KeyTable *found;
        Error ignored;
        if (!key_graph_table(life->graph, policy->name, &found, &ignored) && found == table)
            return policy;
    }
    return NULL;
}

/* The column that says so, if its policy names it. */
static const KeyColumn *soft_column(const Life *life, const KeyTable *table)
{
    const RetentionPolicy *policy = policy_of(life, table);
    if (!policy)
        return NULL;
    if (policy->age && is_soft_name(policy->age))
        return key_table_column(table, policy->age);
    for (size_t i = 0; policy->when && i < table->columns.count; i++)
        if (is_soft_name(table->columns.at[i].name) &&
            strstr(policy->when, table->columns.at[i].name))
            return &table->columns.at[i];
    return NULL;
}

static bool is_flag(const KeyColumn *column)
{
    return strcasestr(column->type, "bool") || strncasecmp(column->name, "is_", 3) == 0;
}

const char *retain_soft(const Life *life, Arena *arena, const KeyTable *table, const char *alias)
{
    const KeyColumn *column = soft_column(life, table);
    if (!column)
        return NULL;
    const char *name = life_name(arena, column->name);
    return is_flag(column) ? arena_print(arena, "%s.%s IS TRUE", alias, name)
                           : arena_print(arena, "%s.%s IS NOT NULL", alias, name);
}

const char *retain_cells(Arena *arena, const char *prefix, size_t count)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s%s%zu", i ? ", " : "", prefix, i);
    return text_keep(&text, arena);
}

const char *retain_join(Arena *arena, const TableKey *key, const char *child, const char *parent)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < key->columns.count; i++)
        text_print(&text, "%s%s.%s = %s.%s", i ? " AND " : "", parent,
                   life_name(arena, key->targets.at[i]), child,
                   life_name(arena, key->columns.at[i]));
    return text_keep(&text, arena);
}

/* Who is deleted softly takes along what cascades: the earliest deletion on the path upwards
 * counts. Adds " OR EXISTS (…)" for each way up from `table`. */
static void add_path(const RetainRule *rule, const Life *life, Arena *arena, const KeyTable *table,
                     int depth, Text *sql)
{
    for (size_t i = 0; depth < LONGEST_PATH && i < table->above.count; i++) {
        const TableKey *key = table->above.at[i];
        const KeyColumn *soft = soft_column(life, key->to);
        const char *own = depth ? arena_print(arena, "a%d", depth) : "t";
        const char *above = arena_print(arena, "a%d", depth + 1);
        if (key->relation != RELATION_CASCADE || key->to == table || key->to == rule->table)
            continue;
        Text inner = TEXT_EMPTY;
        if (soft && !is_flag(soft) && is_time(life, soft))
            text_print(&inner, " OR %s", old(life, arena, above, soft, rule->cutoff));
        add_path(rule, life, arena, key->to, depth + 1, &inner);
        if (inner.length)
            text_print(sql, " OR EXISTS (SELECT 1 FROM %s %s WHERE %s AND (%s))", key->to->sql,
                       above, retain_join(arena, key, own, above), text_string(&inner) + 4);
        text_done(&inner);
    }
}

/* ---- rules ---- */

static void make_conditions(const Life *life, Arena *arena, RetainRule *rule)
{
    const RetentionPolicy *policy = rule->policy;
    Text sql = TEXT_EMPTY;
    if (policy->when)
        text_print(&sql, "(%s\n)", policy->when);
    if (rule->age && policy->keep.text) {
        text_print(&sql, "%s%s", policy->when ? " AND " : "",
                   old(life, arena, "t", rule->age, rule->cutoff));
        if (policy->when || !rule->soft)
            rule->undated =
                arena_print(arena, "%s%s%s", policy->when ? "(" : "",
                            policy->when ? arena_print(arena, "%s\n) AND ", policy->when) : "",
                            unread(life, arena, rule->age));
    }
    if (rule->soft && rule->action == RETAIN_DELETE)
        add_path(rule, life, arena, rule->table, 0, &sql);
    if (sql.length)
        rule->due = arena_print(arena, "(%s)", text_string(&sql));
    text_done(&sql);
}

/* Without keep an age only names the column; then the rows are kept. */
static bool is_kept(const RetentionPolicy *policy, RetainAction action)
{
    if (action == RETAIN_DROP_PARTITIONS && policy->age && policy->ahead > 0)
        return false;
    return !policy->keep.text && (policy->age || !policy->when);
}

static Code read_action(const Life *life, RetainRule *rule, Error *error)
{
    static const char *const words[] = {"delete", "anonymise", "drop_partitions"};
    const RetentionPolicy *policy = rule->policy;
    size_t i = 0;
    while (i < COUNT(words) && strcmp(policy->then, words[i]) != 0)
        i++;
    if (i == COUNT(words)) {
        retain_wrong(life, policy, error, "\"%s\" is nothing that rung does", policy->then);
        return error_hint(error, "then: delete, anonymise or drop_partitions");
    }
    if (policy->keep.text && !policy->age) {
        retain_wrong(life, policy, error, "it says how long (keep), but not from when on (age)");
        return error_hint(error, "age: the column that says when, as created_at");
    }
    rule->action = RETAIN_DELETE + (RetainAction)i;
    if (is_kept(policy, rule->action))
        rule->action = RETAIN_KEPT;
    return RUNG_OK;
}

static bool is_subject(const Life *life, const KeyTable *table)
{
    for (size_t i = 0; i < life->policy->subjects.count; i++) {
        const SubjectPolicy *subject = &life->policy->subjects.at[i];
        KeyTable *found;
        Error ignored;
        if (!key_graph_table(life->graph, subject->table ? subject->table : subject->name, &found,
                             &ignored) &&
            found == table)
            return true;
    }
    return false;
}

Code retain_rule(Life *life, Arena *arena, const RetentionPolicy *policy, int64_t now,
                 RetainRule *ret_rule, Error *error)
{
    RetainRule rule = {.policy = policy, .now = now};
    Code code = key_graph_table(life->graph, policy->name, &rule.table, error);
    if (code) {
        char hint[sizeof error->hint];
        snprintf(hint, sizeof hint, "%s", error->hint);
        retain_wrong(life, policy, error, "there is no such table, or several of this name");
        return error_hint(error, "%s",
                          *hint ? hint
                                : "the name as the database has it, with its schema if it "
                                  "is not public");
    }
    code = read_action(life, &rule, error);
    if (code)
        return code;
    if (rule.action != RETAIN_KEPT && is_subject(life, rule.table)) {
        retain_wrong(life, policy, error, "its rows are subjects, which are erased on request");
        return error_hint(error, "rung erase request and rung purge remove them, with their grace "
                                 "period; without keep and when the policy only says that they are "
                                 "kept");
    }
    if (policy->age) {
        rule.age = key_table_column(rule.table, policy->age);
        if (!rule.age)
            return retain_wrong(life, policy, error, "the table has no column \"%s\"", policy->age);
        if (!is_time(life, rule.age) && rule.action != RETAIN_KEPT)
            return retain_wrong(life, policy, error, "the column \"%s\" (%s) holds no times",
                                policy->age, rule.age->type);
        rule.soft = is_soft_name(policy->age);
    }
    rule.cutoff = retain_cutoff(now, &policy->keep);
    rule.cutoff = rule.cutoff < FIRST_YEAR ? FIRST_YEAR : rule.cutoff;
    if (rule.action != RETAIN_KEPT)
        make_conditions(life, arena, &rule);
    *ret_rule = rule;
    return RUNG_OK;
}
