/* PostgreSQL: from two catalogs to ordered statements. */
#include "plan/planner.h"

static void tell_change(Planner *planner, const Pair *pair)
{
    static const ChangeType types[] = {[FATE_ALTER] = CHANGE_ALTER,
                                       [FATE_CREATE] = CHANGE_CREATE,
                                       [FATE_DROP] = CHANGE_DROP,
                                       [FATE_REPLACE] = CHANGE_REPLACE,
                                       [FATE_ASIDE] = CHANGE_REPLACE};
    bool follows = pair_object(pair)->kind == KIND_IDENTITY_SEQUENCE && pair->fate != FATE_ALTER;
    if (pair->fate != FATE_KEEP && !follows)
        *vec_add(planner->arena, &planner->plan->changes) =
            (Change){types[pair->fate], pair_object(pair), pair->changed, pair->caused};
}

/* Bodies are not looked into while functions are made: what they name may come later. */
static void write_settings(Planner *planner)
{
    for (size_t i = 0; i < planner->order.count; i++) {
        const Pair *pair = planner->order.at[i]->pair;
        if (planner->order.at[i]->type == ACTION_DROP || !pair->new ||
            pair->new->kind != KIND_FUNCTION || !CATALOG_AS(Function, pair->new)->body)
            continue;
        plan_step(planner->plan, NULL, "SET check_function_bodies = off");
        return;
    }
}

static void write_steps(Planner *planner)
{
    write_settings(planner);
    for (size_t i = 0; i < planner->order.count; i++) {
        Action *action = planner->order.at[i];
        action_write(planner, action);
        for (size_t k = 0; k < action->steps.count; k++) {
            const Step *step = &action->steps.at[k];
            *vec_add(planner->arena, &planner->plan->steps) = *step;
            if (step->loses_data && planner->options->refuse_loss)
                plan_refuse(planner->plan, step->object, "it would lose %s", step->note);
        }
    }
}

/* Nothing is to be committed where nothing is open. */
static void forget_commits(Plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++)
        if (i == 0 || plan->steps.at[i - 1].outside)
            plan->steps.at[i].commit_before = false;
}

Code plan_postgresql(Plan *plan, Catalog *from, Catalog *to, const PlanOptions *options,
                     Error *error)
{
    Planner planner = {.plan = plan,
                       .arena = plan->arena,
                       .from = from,
                       .to = to,
                       .options = options,
                       .owned = from->owned && to->owned,
                       .error = error};
    rename_objects(&planner);
    decide(&planner);
    bool again;
    Code code;
    do {
        actions_build(&planner);
        code = actions_order(&planner, &again);
    } while (again);
    if (!code) {
        for (size_t i = 0; i < planner.pairs.count; i++)
            tell_change(&planner, planner.pairs.at[i]);
        write_steps(&planner);
        forget_commits(plan);
    }
    text_done(&planner.text);
    return code;
}
