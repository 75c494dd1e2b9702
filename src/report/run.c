/* Runs, plans and validations. */
#include "base/clock.h"
#include "report/catalog.h"

static void put_ids(Text *text, const RevisionList *list)
{
    for (size_t i = 0; i < list->count; i++)
        text_print(text, "%s%s%s", i ? ", " : "", list->at[i]->id,
                   list->at[i]->children.count ? "" : " (head)");
    if (!list->count)
        text_put(text, "base");
}

static Value *id_values(Revision *const *list, size_t count)
{
    Value *array = value_array();
    for (size_t i = 0; i < count; i++)
        value_append(array, value_text(list[i]->id));
    return array;
}

void report_run(Report *report, const RunSummary *summary, const char *verb,
                const RevisionList *now)
{
    report->count = summary->done.count;
    if (report->json) {
        Value *value = value_object(), *done = value_array();
        for (size_t i = 0; i < summary->done.count; i++)
            value_append(done, value_text(summary->done.at[i]->id));
        value_set(value, verb, done);
        value_set(value, "current", id_values(now->at, now->count));
        value_set_bool(value, "resumed", summary->resumed);
        value_set_int(value, "elapsed_us", summary->elapsed_us);
        report_document(report, value);
        return;
    }
    Arena *arena = arena_new();
    if (!summary->done.count)
        text_put(&report->text, "nothing to do: at ");
    else {
        text_print(&report->text, "%zu revision%s %s", summary->done.count,
                   summary->done.count == 1 ? "" : "s", verb);
        if (summary->elapsed_us) /* a stamp is not timed */
            text_print(&report->text, " in %s", clock_print_duration(arena, summary->elapsed_us));
        text_put(&report->text, ": now at ");
    }
    put_ids(&report->text, now);
    text_char(&report->text, '\n');
    arena_free(arena);
}

/* ---- plans ---- */

void report_plan_start(Report *report, Value **ret_list)
{
    *ret_list = report->json ? value_array() : NULL;
}

static int shown_length(const Command *command)
{
    size_t length = 0;
    while (length < command->length && length < 100 && command->sql[length] != '\n')
        length++;
    return (int)length;
}

static void put_step(Report *report, const Script *script, const ScriptStep *step, bool several)
{
    Arena *arena = arena_new();
    if (several || step->type != STEP_TRANSACTION)
        text_print(&report->text, "    %s\n", step_title(script, step, arena));
    for (size_t i = step->first; i < step->first + step->count; i++) {
        const Command *command = &script->commands.at[i];
        int length = command->sql ? shown_length(command) : 0;
        if (command->notice)
            text_print(&report->text, "    %5d  -- %s\n", command->line, command->notice);
        else
            text_print(&report->text, "    %5d  %.*s%s\n", command->line, length, command->sql,
                       (size_t)length < command->length ? " ..." : "");
    }
    arena_free(arena);
}

static Value *step_value(const Script *script, const ScriptStep *step)
{
    static const char *const types[] = {"transaction", "outside", "backfill"};
    Value *value = value_object(), *statements = value_array();
    value_set_text(value, "type", types[step->type]);
    for (size_t i = step->first; i < step->first + step->count; i++) {
        const Command *command = &script->commands.at[i];
        if (command->notice)
            continue;
        Value *statement = value_object();
        char *sql = strndup(command->sql, command->length);
        value_set_int(statement, "line", command->line);
        value_set_text(statement, "sql", sql);
        free(sql);
        value_append(statements, statement);
    }
    value_set(value, "statements", statements);
    return value;
}

void report_plan_revision(Report *report, Value *list, const Script *script)
{
    if (list) {
        Value *value = value_object(), *steps = value_array();
        value_set_text(value, "id", script->revision->id);
        value_set_text(value, "direction", script->undo ? "down" : "up");
        for (size_t i = 0; i < script->steps.count; i++)
            value_append(steps, step_value(script, &script->steps.at[i]));
        value_set(value, "steps", steps);
        value_set_int(value, "checks", (int64_t)script->checks.count);
        value_append(list, value);
        return;
    }
    text_print(&report->text, "%s %s  %s\n", script->undo ? "undo" : "run ", script->revision->id,
               script->revision->message);
    for (size_t i = 0; i < script->steps.count; i++)
        put_step(report, script, &script->steps.at[i], script->steps.count > 1);
    if (script->checks.count)
        text_print(&report->text, "    then %zu check%s\n", script->checks.count,
                   script->checks.count == 1 ? "" : "s");
}

void report_plan_end(Report *report, Value *list, size_t count)
{
    report->count = count;
    if (list) {
        Value *value = value_object();
        value_set(value, "plan", list);
        report_document(report, value);
    } else if (!count)
        text_put(&report->text, "nothing to do\n");
    else
        text_print(&report->text, "%zu revision%s would run; nothing was changed\n", count,
                   count == 1 ? "" : "s");
}

/* ---- validation ---- */

static void put_result(Text *text, const CheckResult *result)
{
    text_print(text, "  %s  %s", result->passed ? "PASS" : "FAIL", result->check->title);
    if (result->found && result->expected)
        text_print(text, ": %s/%s", result->found, result->expected);
    else if (result->found)
        text_print(text, ": %s", result->found);
    if (!result->passed && result->reason)
        text_print(text, " (%s)", result->reason);
    text_char(text, '\n');
}

static Value *result_value(const Revision *revision, const CheckResult *result)
{
    Value *value = value_object();
    value_set_text(value, "revision", revision->id);
    value_set_text(value, "title", result->check->title);
    value_set_bool(value, "passed", result->passed);
    if (result->found)
        value_set_text(value, "found", result->found);
    if (result->expected)
        value_set_text(value, "expected", result->expected);
    if (!result->passed)
        value_set_text(value, "reason", result->reason);
    value_set_int(value, "line", result->check->line);
    return value;
}

Value *report_check_values(const ValidationList *validation)
{
    Value *array = value_array();
    for (size_t i = 0; i < validation->count; i++)
        for (size_t k = 0; k < validation->at[i].results.count; k++)
            value_append(
                array, result_value(validation->at[i].revision, &validation->at[i].results.at[k]));
    return array;
}

static void put_plan(Text *text, const CheckResult *result)
{
    for (size_t i = 0; i < result->rows.count; i++)
        text_print(text, "          %s\n", db_cell(&result->rows, i, result->rows.columns - 1));
}

static void put_generated(Report *report, const GeneratedChecks *generated, size_t failed)
{
    Text *text = &report->text;
    for (size_t i = 0; i < generated->results.count; i++)
        if (!generated->results.at[i].passed)
            put_result(text, &generated->results.at[i]);
    if (failed)
        return;
    text_print(text, "  PASS  all as planned: ");
    report_created(generated->plan, text);
    text_print(text, " (%zu generated check%s)\n", generated->results.count,
               generated->results.count == 1 ? "" : "s");
}

static void add_results(Report *report, Value *array, const RevisionChecks *checks, bool plans)
{
    if (!array && checks->results.count)
        text_print(&report->text, "%s  %s\n", checks->revision->id, checks->revision->message);
    for (size_t i = 0; i < checks->results.count; i++) {
        const CheckResult *result = &checks->results.at[i];
        if (array)
            value_append(array, result_value(checks->revision, result));
        else
            put_result(&report->text, result);
        if (!array && plans && result->check->uses_index)
            put_plan(&report->text, result);
    }
}

static size_t count_failed(const CheckResult *results, size_t count)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        failed += !results[i].passed;
    return failed;
}

static void put_counts(Report *report, Value *array, size_t count, size_t failed)
{
    report->count = count;
    if (!array) {
        text_print(&report->text, "%zu passed, %zu failed\n", count - failed, failed);
        return;
    }
    Value *value = value_object();
    value_set_int(value, "passed", (int64_t)(count - failed));
    value_set_int(value, "failed", (int64_t)failed);
    value_set(value, "checks", array);
    report_document(report, value);
}

size_t report_validation(Report *report, const ValidationList *validation,
                         const GeneratedChecks *generated, bool plans)
{
    size_t count = 0, failed = 0;
    Value *array = report->json ? value_array() : NULL;
    for (size_t i = 0; i < validation->count; i++) {
        const RevisionChecks *checks = &validation->at[i];
        add_results(report, array, checks, plans);
        count += checks->results.count;
        failed += count_failed(checks->results.at, checks->results.count);
    }
    if (generated && generated->results.count) {
        size_t wrong = count_failed(generated->results.at, generated->results.count);
        const Revision *revision = validation->at[0].revision;
        for (size_t i = 0; array && i < generated->results.count; i++)
            value_append(array, result_value(revision, &generated->results.at[i]));
        if (!array && !validation->at[0].results.count)
            text_print(&report->text, "%s  %s\n", revision->id, revision->message);
        if (!array)
            put_generated(report, generated, wrong);
        count += generated->results.count;
        failed += wrong;
    }
    put_counts(report, array, count, failed);
    return failed;
}
