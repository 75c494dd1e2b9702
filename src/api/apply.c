/* apply: makes a database what the schema file says, without a revision. */
#include "api/compare.h"
#include "report/catalog.h"

static Code confirm(Verb *verb, const Plan *plan, Error *error)
{
    bool asked;
    Text question = TEXT_EMPTY;
    if (verb->arguments->yes)
        return RUNG_OK;
    report_plan_sql(plan, &question);
    text_print(&question, "\nRun %s on %s?",
               plan->steps.count == 1 ? "this statement" : "these statements",
               verb->project->url.shown);
    bool yes = verb_ask(verb, text_string(&question), &asked);
    text_done(&question);
    if (yes)
        return RUNG_OK;
    if (asked)
        return error_set(error, RUNG_INTERRUPTED, "nothing was changed");
    error_set(error, RUNG_USAGE, "%zu statement%s would run, and nobody confirms it",
              plan->steps.count, plan->steps.count == 1 ? "" : "s");
    return error_hint(error, "look with --dry-run, then say --yes");
}

typedef struct Confirmed {
    Verb *verb;
    Side *to;
    const Plan *plan;
} Confirmed;

static bool same_steps(const Plan *a, const Plan *b)
{
    if (a->steps.count != b->steps.count)
        return false;
    for (size_t i = 0; i < a->steps.count; i++)
        if (strcmp(a->steps.at[i].sql, b->steps.at[i].sql) != 0)
            return false;
    return true;
}

/* Between the plan that was shown and the lock another run may have changed the database. */
static Code still_fits(void *context, Error *error)
{
    const Confirmed *confirmed = context;
    Side from = {0};
    Plan *plan;
    PlanOptions options = {0};
    Db *_Atomic *active = &confirmed->verb->project->active[0];
    Db *running = *active;
    Code code = side_target(confirmed->verb, &from, error);
    from.may_be_absent = true;
    if (!code)
        code = compare_sides(confirmed->verb, &from, confirmed->to, false, &options, &plan, error);
    if (!code && !same_steps(plan, confirmed->plan)) {
        error_set(error, RUNG_REFUSED, "%s changed after these statements were planned",
                  confirmed->verb->project->url.shown);
        code = error_hint(error, "nothing was run; run the same command again and look anew");
    }
    side_done(&from);
    *active = running;
    return code;
}

static Code run_plan_direct(Verb *verb, const Plan *plan, Side *to, Error *error)
{
    Arena *arena = verb->arena;
    int64_t elapsed;
    RunOptions options = verb_run_options(verb);
    DirectStatement *statements = arena_alloc_array(arena, plan->steps.count, sizeof *statements);
    DirectQuestion *questions =
        arena_alloc_array(arena, plan->prechecks.count + 1, sizeof *questions);
    for (size_t i = 0; i < plan->steps.count; i++) {
        const Step *step = &plan->steps.at[i];
        statements[i] = (DirectStatement){step->sql, step->outside, step->commit_before};
    }
    for (size_t i = 0; i < plan->prechecks.count; i++)
        questions[i] = (DirectQuestion){plan->prechecks.at[i].title, plan->prechecks.at[i].sql};
    DirectRun what = {.event = "apply",
                      .detail = arena_print(arena, "%s", verb->project->config.schema),
                      .statements = statements,
                      .count = plan->steps.count,
                      .questions = questions,
                      .question_count = plan->prechecks.count,
                      .still = still_fits,
                      .context = &(Confirmed){verb, to, plan},
                      .keys_off = plan->rebuilds};
    Code code = run_direct(&verb->project->url, &what, &options, arena, &elapsed, error);
    if (!code)
        report_applied(&verb->report, plan, elapsed);
    return code;
}

static Code apply_sides(Verb *verb, Side *from, Side *to, Error *error)
{
    PlanOptions options = {.refuse_loss =
                               !verb->arguments->allow_loss && !verb->arguments->dry_run};
    Plan *plan;
    Code code = compare_sides(verb, from, to, false, &options, &plan, error);
    if (!code && plan->refusals.count)
        code = compare_refuse(verb, plan,
                              "--allow-loss permits what loses data; --ignore KIND leaves "
                              "a kind of object as it is",
                              error);
    if (code)
        return code;
    if (!plan->steps.count)
        report_applied(&verb->report, plan, 0);
    else if (verb->arguments->dry_run)
        report_diff(&verb->report, plan, verb->report.json ? DIFF_JSON : DIFF_SQL);
    else {
        code = confirm(verb, plan, error);
        if (!code)
            code = run_plan_direct(verb, plan, to, error);
    }
    return code;
}

static Code verb_apply_schema(Verb *verb, Error *error)
{
    Side from = {0}, to = {0};
    Code code = side_schema(verb, &to, error);
    if (!code)
        code = side_target(verb, &from, error);
    from.may_be_absent = true;
    if (!code)
        code = apply_sides(verb, &from, &to, error);
    side_done(&from);
    side_done(&to);
    return code;
}
VERB(apply_schema)
