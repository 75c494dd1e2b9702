/* Plans of both engines: what they consist of, and their text. */
#include "plan/plan.h"
#include "plan/sqlite.h"

Code plan_make(Arena *arena, Catalog *from, Catalog *to, const PlanOptions *options,
               Plan **ret_plan, Error *error)
{
    static const PlanOptions standard = {0};
    if (from->engine != to->engine)
        return error_set(error, RUNG_UNSUPPORTED, "%s is %s, %s is %s: they cannot be compared",
                         from->name, engine_title(from->engine), to->name,
                         engine_title(to->engine));
    Plan *plan = arena_alloc(arena, sizeof *plan);
    *plan = (Plan){.arena = arena, .from = from, .to = to};
    Code code = (from->engine == ENGINE_SQLITE ? plan_sqlite : plan_postgresql)(
        plan, from, to, options ? options : &standard, error);
    if (!code)
        *ret_plan = plan;
    return code;
}

Step *plan_step(Plan *plan, const Object *object, const char *format, ...)
{
    va_list list;
    Step *step = vec_add(plan->arena, &plan->steps);
    va_start(list, format);
    step->sql = arena_print_list(plan->arena, format, list);
    va_end(list);
    step->object = object;
    return step;
}

void plan_precheck(Plan *plan, const Object *object, const char *title, const char *sql)
{
    *vec_add(plan->arena, &plan->prechecks) =
        (Precheck){arena_string(plan->arena, title), arena_string(plan->arena, sql), object};
}

void plan_refuse(Plan *plan, const Object *object, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    *vec_add(plan->arena, &plan->refusals) =
        (Refusal){object, arena_print_list(plan->arena, format, list)};
    va_end(list);
}

void plan_print_step(const Step *step, Text *text)
{
    if (step->commit_before)
        text_put(text, "-- rung:commit\n");
    if (step->note)
        text_print(text, "-- %s%s\n", step->loses_data ? "loses data: " : "", step->note);
    text_print(text, "%s;\n", step->sql);
}

void plan_print(const Plan *plan, Text *text)
{
    if (!plan->steps.count)
        return;
    if (plan->from->engine == ENGINE_SQLITE) {
        lite_print(plan, text);
        return;
    }
    for (size_t i = 0; i < plan->steps.count; i++)
        plan_print_step(&plan->steps.at[i], text);
}
