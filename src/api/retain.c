/* retain: rows that end by themselves, and rows that have lost those above them. */
#include "report/retain.h"
#include "api/life.h"
#include "lifecycle/measure.h"

static bool has_policy(const Life *life, const char *name)
{
    for (size_t i = 0; i < life->policy->retention.count; i++)
        if (strcmp(life->policy->retention.at[i].name, name) == 0)
            return true;
    return false;
}

/* For those who watch, when all keys were looked at. */
static void store_loose(Verb *verb, Life *life, const RetainLooseList *list)
{
    VEC(Measure) orphans = {0}, zombies = {0};
    for (size_t i = 0; i < list->count; i++) {
        const RetainLoose *loose = &list->at[i];
        if (loose->orphans)
            *vec_add(verb->arena, &orphans) =
                (Measure){.label = loose->key, .number = loose->orphans};
        if (loose->zombies)
            *vec_add(verb->arena, &zombies) =
                (Measure){.label = loose->key, .number = loose->zombies};
    }
    measure_store(life, "orphans", (int64_t)orphans.count, orphans.at, orphans.count);
    measure_store(life, "zombies", (int64_t)zombies.count, zombies.at, zombies.count);
}

static Code find_orphans(Verb *verb, Error *error)
{
    Life life;
    RetainLooseList list = {0};
    Code code = life_look(verb, &life, error);
    if (!code)
        code = retain_orphans(&life, verb->arena, verb->arguments->policy, &list, error);
    if (!code && !verb->arguments->policy)
        store_loose(verb, &life, &list);
    if (!code)
        report_orphans(&verb->report, &list);
    return !code && list.count ? RUNG_FOUND : code;
}

static Code list_policies(Verb *verb, Error *error)
{
    Life life;
    Code code = life_look(verb, &life, error);
    if (!code)
        code = life_require(&life, error);
    if (code)
        return code;
    const Lifecycle *policy = life.policy;
    RetainLast *last = arena_alloc_array(verb->arena, policy->retention.count + 1, sizeof *last);
    for (size_t i = 0; !code && i < policy->retention.count; i++)
        code = retain_last(&life, verb->arena, policy->retention.at[i].name, &last[i], error);
    if (!code)
        report_policies(&verb->report, policy, last);
    return code;
}

static Code verb_retain(Verb *verb, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    RetainOptions options = {
        .policy = arguments->policy, .dry_run = arguments->dry_run, .force = arguments->force};
    RetainReport retain;
    Life life;
    if (arguments->list)
        return list_policies(verb, error);
    if (arguments->orphans)
        return find_orphans(verb, error);
    Code code = life_open(verb, true, &life, error); /* also a dry run: its lists are temporary */
    if (!code && options.policy && !has_policy(&life, options.policy))
        return error_set(error, RUNG_UNKNOWN, "lifecycle.retention has no \"%s\"", options.policy);
    if (!code)
        code = retain_run(&life, verb->arena, &options, &retain, error);
    if (!code)
        report_retain(&verb->report, &retain, options.dry_run);
    for (size_t i = 0; !code && i < retain.results.count; i++)
        if (retain.results.at[i].problem)
            code = RUNG_FOUND;
    return code;
}
VERB(retain)
