/* purge: erases the subjects that are due, or those that are named. */
#include "report/purge.h"
#include "api/life.h"

typedef struct Named {
    Life *life;
    Subject subject;
    NameList keys; /* of rows that there are, each once, as the database writes them */
} Named;

static Code run_purge(Verb *verb, Life *life, const PurgeOptions *options, PurgeReport *ret_purge,
                      Error *error)
{
    Code code = purge_run(life, verb->arena, options, ret_purge, error);
    for (size_t i = 0; !code && i < ret_purge->problems.count; i++)
        if (!ret_purge->problems.at[i].held)
            return RUNG_FOUND;
    return code;
}

/* ---- those that are named ---- */

static bool is_named(const Named *named, const char *key)
{
    for (size_t i = 0; i < named->keys.count; i++)
        if (strcmp(named->keys.at[i], key) == 0)
            return true;
    return false;
}

static Code find_keys(Verb *verb, Named *named, Error *error)
{
    const rung_names *asked = &verb->arguments->row;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < asked->count; i++) {
        const char *key;
        bool present;
        code = erasure_key(named->life, verb->arena, &named->subject, asked->at[i], &key, &present,
                           error);
        if (!code && present && !is_named(named, key))
            *vec_add(verb->arena, &named->keys) = key;
    }
    return code;
}

static bool has_problem(const PurgeReport *purge, const char *key)
{
    for (size_t i = 0; i < purge->problems.count; i++)
        if (strcmp(purge->problems.at[i].key, key) == 0)
            return true;
    return false;
}

/* How many of them are erased by now. Who is not, and has no reason, failed in an earlier run and
 * is tried again later. */
static Code count_erased(Verb *verb, const Named *named, PurgeReport *purge, Error *error)
{
    Code code = RUNG_OK;
    purge->subjects = 0;
    for (size_t i = 0; !code && i < named->keys.count; i++) {
        const char *key;
        bool present;
        code = erasure_key(named->life, verb->arena, &named->subject, named->keys.at[i], &key,
                           &present, error);
        if (!code && !present)
            purge->subjects++;
        else if (!code && !has_problem(purge, key))
            *vec_add(verb->arena, &purge->problems) =
                (PurgeProblem){.subject = named->subject.policy->name,
                               .key = key,
                               .text = "it failed before: the next purge tries again"};
    }
    return code;
}

static Code request_all(Verb *verb, const Named *named, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < named->keys.count; i++) {
        Erasure erasure;
        bool repeated;
        code = erasure_request(named->life, verb->arena, &named->subject, named->keys.at[i], true,
                               &erasure, &repeated, error);
        if (code == RUNG_UNKNOWN) /* it went in between */
            code = RUNG_OK;
    }
    return code;
}

/* Problems of others, who are due too, are not those of these. */
static void keep_own_problems(const Named *named, PurgeReport *purge)
{
    size_t kept = 0;
    for (size_t i = 0; i < purge->problems.count; i++)
        if (is_named(named, purge->problems.at[i].key))
            purge->problems.at[kept++] = purge->problems.at[i];
    purge->problems.count = kept;
}

/* First it is looked whether all of them may go: if one may not, nobody is asked to. */
static Code purge_named(Verb *verb, Life *life, PurgeOptions *options, Error *error)
{
    Named named = {.life = life};
    PurgeReport purge = {0};
    const SubjectPolicy *policy = life_subject(life, options->subject);
    Code code = life_require(life, error);
    if (!code)
        code = subject_find(life, policy, &named.subject, error);
    if (!code)
        code = find_keys(verb, &named, error);
    PurgeOptions look = *options;
    look.dry_run = true;
    look.keys = named.keys.at;
    look.key_count = named.keys.count;
    if (!code && named.keys.count)
        code = run_purge(verb, life, &look, &purge, error);
    bool dry = options->dry_run || purge.problems.count || !named.keys.count;
    if (!code && !dry)
        code = request_all(verb, &named, error);
    if (!code && !dry)
        code = run_purge(verb, life, options, &purge, error);
    if (code == RUNG_FOUND)
        code = RUNG_OK;
    if (!code)
        keep_own_problems(&named, &purge);
    if (!code && !dry)
        code = count_erased(verb, &named, &purge, error);
    if (code)
        return code;
    report_purge(&verb->report, &purge, dry);
    return purge.problems.count ? RUNG_FOUND : RUNG_OK;
}

static Code verb_purge(Verb *verb, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    PurgeOptions options = {
        .subject = arguments->subject, .dry_run = arguments->dry_run, .force = arguments->force};
    PurgeReport purge;
    Life life;
    if (arguments->row.count && !options.subject)
        return error_set(error, RUNG_USAGE, "keys of which subject?");
    Code code = life_open(verb, true, &life, error); /* also a dry run: its lists are temporary */
    if (!code && options.subject && !life_subject(&life, options.subject)) {
        error_set(error, RUNG_UNKNOWN, "lifecycle.subjects has no \"%s\"", options.subject);
        return RUNG_UNKNOWN;
    }
    if (!code && arguments->row.count)
        return purge_named(verb, &life, &options, error);
    if (!code)
        code = run_purge(verb, &life, &options, &purge, error);
    if (!code || code == RUNG_FOUND)
        report_purge(&verb->report, &purge, options.dry_run);
    return code;
}
VERB(purge)
