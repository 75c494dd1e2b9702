/* Differences as SQL, JSON and lines for people. */
#include "report/catalog.h"
#include "base/clock.h"

/* ---- names ---- */

/* An index belongs to a table and is named beside it. */
static void add_path(Text *text, const Object *object)
{
    bool beside = kinds[object->kind].space == 'r';
    if (object->parent && beside) {
        if (object->parent->schema)
            text_print(text, "%s.", object->parent->schema);
    } else if (object->parent) {
        add_path(text, object->parent);
        text_char(text, '.');
    } else if (object->schema)
        text_print(text, "%s.", object->schema);
    text_put(text, object->name);
}

const char *report_object(Arena *arena, const Object *object)
{
    Text text = TEXT_EMPTY;
    for (const char *at = object->title; *at; at++)
        text_char(&text, *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at);
    text_char(&text, ' ');
    add_path(&text, object);
    if (object->address)
        text_print(&text, "(%s)", object->address);
    return text_keep(&text, arena);
}

const char *report_kinds(Arena *arena, KindId kind)
{
    const char *name = kinds[kind].name;
    if (kinds[kind].engine == ENGINE_SQLITE)
        name += strlen("lite_");
    size_t length = strlen(name);
    bool y = name[length - 1] == 'y';
    const char *ending = strcmp(name, "statistics") == 0  ? ""
                         : y                              ? "ies"
                         : strchr("xs", name[length - 1]) ? "es"
                                                          : "s";
    char *plural = arena_print(arena, "%.*s%s", (int)(length - y), name, ending);
    for (char *at = plural; *at; at++)
        if (*at == '_')
            *at = ' ';
    plural[0] = (char)(plural[0] - 'a' + 'A');
    return plural;
}

const char *report_refusal(Arena *arena, const Refusal *refusal)
{
    if (!refusal->object)
        return refusal->reason;
    return arena_print(arena, "%s: %s", report_object(arena, refusal->object), refusal->reason);
}

/* ---- SQL ---- */

static void add_comment(Text *text, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        text_print(text, "--   %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

/* What must be 0 before anything runs: the reader, or `rung apply`, asks it. */
void report_prechecks(const Plan *plan, Text *text)
{
    for (size_t i = 0; i < plan->prechecks.count; i++) {
        const Precheck *check = &plan->prechecks.at[i];
        text_print(text, "-- check first, must be 0: %s\n", check->title);
        add_comment(text, check->sql);
    }
    if (plan->prechecks.count)
        text_char(text, '\n');
}

static const Object *root_of(const Object *object)
{
    while (object && object->parent)
        object = object->parent;
    return object;
}

void report_steps(const Plan *plan, Text *text)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const Step *step = &plan->steps.at[i];
        if (i && root_of(step->object) != root_of(plan->steps.at[i - 1].object))
            text_char(text, '\n');
        plan_print_step(step, text);
    }
}

void report_plan_sql(const Plan *plan, Text *text)
{
    if (plan->to->engine == ENGINE_POSTGRESQL) /* SQLite's script asks them itself */
        report_prechecks(plan, text);
    plan_print(plan, text);
}

void report_dump(Report *report, const Plan *plan)
{
    Text *text = &report->text;
    const char *name = engine_name(plan->to->engine);
    report->count = plan->to->count;
    text_print(text, "-- rung:dialect %s\n", name);
    if (plan->steps.count)
        text_char(text, '\n');
    report_steps(plan, text);
}

/* ---- summary ---- */

static void add_fields(Text *text, const Change *change)
{
    const Kind *kind = &kinds[change->object->kind];
    const char *before = ": ";
    for (size_t i = 0; i < kind->field_count; i++)
        if (change->fields & UINT64_C(1) << i) {
            text_put(text, before);
            for (const char *at = kind->fields[i].name; *at; at++)
                text_char(text, *at == '_' ? ' ' : *at);
            before = ", ";
        }
}

static void add_change(Text *text, Arena *arena, const Change *change)
{
    static const char signs[] = {[CHANGE_CREATE] = '+',
                                 [CHANGE_DROP] = '-',
                                 [CHANGE_ALTER] = '~',
                                 [CHANGE_REPLACE] = '~',
                                 [CHANGE_RENAME] = '~'};
    text_print(text, "%c %s", signs[change->type], report_object(arena, change->object));
    if (change->type == CHANGE_RENAME)
        text_put(text, ": renamed");
    else if (change->type == CHANGE_ALTER || change->type == CHANGE_REPLACE)
        add_fields(text, change);
}

/* It comes or goes with what it belongs to. */
static bool is_part(const Plan *plan, const Change *change)
{
    const Object *parent = change->object->parent;
    if (!parent || kinds[change->object->kind].space == 'r')
        return false;
    if (change->type == CHANGE_CREATE)
        return !catalog_find(plan->from, parent->key);
    return change->type == CHANGE_DROP && !catalog_find(plan->to, parent->key);
}

static size_t count_created(const Plan *plan, KindId kind)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->changes.count; i++) {
        const Change *change = &plan->changes.at[i];
        count += change->object->kind == kind && change->type == CHANGE_CREATE && !change->caused;
    }
    return count;
}

static size_t count_changes(const Plan *plan, bool drops)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->changes.count; i++) {
        const Change *change = &plan->changes.at[i];
        if (!change->caused && change->type != CHANGE_CREATE)
            count += drops == (change->type == CHANGE_DROP);
    }
    return count;
}

void report_created(const Plan *plan, Text *text)
{
    const char *between = "";
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        size_t count = count_created(plan, (KindId)kind);
        if (!count)
            continue;
        const char *name = report_kinds(plan->arena, (KindId)kind);
        if (count == 1) {
            const char *one = kinds[kind].name;
            one += kinds[kind].engine == ENGINE_SQLITE ? strlen("lite_") : 0;
            text_print(text, "%s1 ", between);
            for (; *one; one++)
                text_char(text, *one == '_' ? ' ' : *one);
        } else
            text_print(text, "%s%zu %c%s", between, count, (char)(*name | 0x20), name + 1);
        between = ", ";
    }
    size_t dropped = count_changes(plan, true), changed = count_changes(plan, false);
    if (changed)
        text_print(text, "%s%zu changed", between, changed);
    if (dropped)
        text_print(text, "%s%zu dropped", changed || *between ? ", " : "", dropped);
    if (!*between && !changed && !dropped)
        text_put(text, "nothing");
}

bool report_change(const Plan *plan, const Change *change, Text *text)
{
    if (change->caused || is_part(plan, change))
        return false;
    add_change(text, plan->arena, change);
    return true;
}

static void print_summary(const Plan *plan, Text *text)
{
    for (size_t i = 0; i < plan->changes.count; i++)
        if (report_change(plan, &plan->changes.at[i], text))
            text_char(text, '\n');
}

/* ---- JSON ---- */

static void set_object(Value *value, const Plan *plan, const Object *object)
{
    if (!object)
        return;
    value_set_text(value, "kind", kinds[object->kind].name);
    value_set_text(value, "object", report_object(plan->arena, object));
}

static Value *step_values(const Plan *plan)
{
    Value *array = value_array();
    for (size_t i = 0; i < plan->steps.count; i++) {
        const Step *step = &plan->steps.at[i];
        Value *value = value_object();
        value_set_text(value, "sql", step->sql);
        set_object(value, plan, step->object);
        if (step->note)
            value_set_text(value, "note", step->note);
        value_set_bool(value, "loses_data", step->loses_data);
        value_set_bool(value, "outside_transaction", step->outside);
        value_set_bool(value, "commit_before", step->commit_before);
        value_append(array, value);
    }
    return array;
}

static Value *precheck_values(const Plan *plan)
{
    Value *array = value_array();
    for (size_t i = 0; i < plan->prechecks.count; i++) {
        const Precheck *check = &plan->prechecks.at[i];
        Value *value = value_object();
        value_set_text(value, "title", check->title);
        value_set_text(value, "sql", check->sql);
        set_object(value, plan, check->object);
        value_append(array, value);
    }
    return array;
}

static Value *change_value(const Plan *plan, const Change *change)
{
    static const char *const types[] = {[CHANGE_CREATE] = "create",
                                        [CHANGE_DROP] = "drop",
                                        [CHANGE_ALTER] = "alter",
                                        [CHANGE_REPLACE] = "replace",
                                        [CHANGE_RENAME] = "rename"};
    const Kind *kind = &kinds[change->object->kind];
    Value *value = value_object(), *fields = value_array();
    value_set_text(value, "type", types[change->type]);
    set_object(value, plan, change->object);
    for (size_t i = 0; i < kind->field_count; i++)
        if (change->fields & UINT64_C(1) << i)
            value_append(fields, value_text(kind->fields[i].name));
    value_set(value, "fields", fields);
    value_set_bool(value, "caused", change->caused);
    return value;
}

static void print_json(Report *report, const Plan *plan)
{
    Value *value = value_object(), *changes = value_array();
    for (size_t i = 0; i < plan->changes.count; i++)
        value_append(changes, change_value(plan, &plan->changes.at[i]));
    value_set_text(value, "engine", engine_name(plan->to->engine));
    value_set_text(value, "from", plan->from->name);
    value_set_text(value, "to", plan->to->name);
    value_set_bool(value, "equal", plan->steps.count == 0);
    value_set(value, "changes", changes);
    value_set(value, "prechecks", precheck_values(plan));
    value_set(value, "steps", step_values(plan));
    report_document(report, value);
}

void report_diff(Report *report, const Plan *plan, DiffFormat format)
{
    report->count = plan->steps.count;
    if (format == DIFF_JSON)
        print_json(report, plan);
    else if (format == DIFF_SUMMARY)
        print_summary(plan, &report->text);
    else
        report_plan_sql(plan, &report->text);
}

void report_applied(Report *report, const Plan *plan, int64_t elapsed_us)
{
    size_t count = plan->steps.count;
    report->count = count;
    if (report->json) {
        Value *value = value_object();
        value_set_int(value, "statements", (int64_t)count);
        value_set_int(value, "elapsed_us", elapsed_us);
        value_set(value, "steps", step_values(plan));
        report_document(report, value);
    } else if (!count)
        text_print(&report->text, "nothing to do: the database is what %s says\n", plan->to->name);
    else
        text_print(&report->text, "%zu statement%s applied in %s\n", count, count == 1 ? "" : "s",
                   clock_print_duration(plan->arena, elapsed_us));
}
