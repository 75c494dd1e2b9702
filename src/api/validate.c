/* validate: a revision's own checks, and those that follow from what it changes. */
#include "api/evidence.h"

static Code in_savepoint(Verb *verb, const Script *script, const Check *check,
                         CheckResult *ret_result, Error *error)
{
    Error failed, ignored;
    Code code = db_exec(verb->db, "SAVEPOINT rung_check", error);
    if (code)
        return code;
    code = check_run(verb->db, verb->arena, script, check, ret_result, &failed);
    if (!code)
        return db_exec(verb->db, "RELEASE SAVEPOINT rung_check", error);
    if (code != RUNG_FAILED || db_lost(verb->db)) {
        *error = failed;
        return code;
    }
    db_exec(verb->db, "ROLLBACK TO SAVEPOINT rung_check", &ignored);
    *ret_result =
        (CheckResult){.check = check, .reason = arena_print(verb->arena, "%s", failed.message)};
    return RUNG_OK;
}

/* What the revision made must be there, as it was planned. */
static Code validate_generated(Verb *verb, const Evidence *evidence, GeneratedChecks *generated,
                               Error *error)
{
    Code code = RUNG_OK;
    generated->plan = evidence->result->change;
    for (size_t i = 0; !code && i < evidence->generated.count; i++) {
        const Check *check = &evidence->generated.at[i];
        CheckResult *result = vec_add(verb->arena, &generated->results);
        code = in_savepoint(verb, evidence->result->script, check, result, error);
        result->check = check;
    }
    return code;
}

static Code validate_revision(Verb *verb, Revision *revision, ValidationList *validation,
                              Error *error)
{
    Script *script;
    Code code = script_load_checks(revision, db_engine(verb->db), &script, error);
    if (code)
        return code;
    RevisionChecks *checks = vec_add(verb->arena, validation);
    checks->revision = revision;
    for (size_t i = 0; !code && i < script->checks.count; i++) {
        Check *kept = arena_alloc(verb->arena, sizeof *kept);
        *kept = script->checks.at[i];
        kept->title = arena_string(verb->arena, kept->title);
        code = in_savepoint(verb, script, &script->checks.at[i],
                            vec_add(verb->arena, &checks->results), error);
        checks->results.at[checks->results.count - 1].check = kept;
    }
    script_free(script);
    return code;
}

/* Which revisions: one that is named, or all that are applied. */
static Code validate_list(Verb *verb, const RunPlan *plan, RevisionList *ret_list, Error *error)
{
    RevisionList list = {0};
    const RevisionList *all = graph_revisions(verb->graph);
    if (verb->arguments->revision) {
        Revision *revision;
        Code code = graph_resolve(verb->graph, verb->arguments->revision, &revision, error);
        if (code)
            return code;
        if (!plan->applied.has[revision->order]) {
            error_set(error, RUNG_MISMATCH, "revision %s is not applied", revision->id);
            return error_hint(error, "run `rung upgrade %s` first", revision->id);
        }
        *vec_add(verb->arena, &list) = revision;
    } else
        for (size_t i = 0; i < all->count; i++)
            if (plan->applied.has[i])
                *vec_add(verb->arena, &list) = all->at[i];
    *ret_list = list;
    return RUNG_OK;
}

static Code validate_all(Verb *verb, const RevisionList *list, ValidationList *validation,
                         const Evidence *evidence, GeneratedChecks *generated, Error *error)
{
    Code code = RUNG_OK;
    if (verb->db)
        code = db_exec(verb->db, db_engine(verb->db) == ENGINE_SQLITE ? "BEGIN" : "BEGIN READ ONLY",
                       error);
    for (size_t i = 0; !code && i < list->count; i++)
        code = validate_revision(verb, list->at[i], validation, error);
    if (!code && evidence->result && verb->db)
        code = validate_generated(verb, evidence, generated, error);
    if (!code && verb->db)
        code = db_exec(verb->db, "ROLLBACK", error);
    return code;
}

Code verb_validate_list(Verb *verb, const RevisionList *list, ValidationList *ret_validation,
                        Error *error)
{
    static const Evidence nothing = {0};
    GeneratedChecks none = {0};
    return validate_all(verb, list, ret_validation, &nothing, &none, error);
}

/* Without a server for it, the generated checks are left out, and that is said. */
static void gather(Verb *verb, const char *revision, Evidence *evidence)
{
    Error error;
    if (!evidence_gather(verb, revision, true, evidence, &error))
        return;
    verb_tell(verb, RUNG_EVENT_NOTICE, "generated checks are left out: %s", error.message);
    evidence->result = NULL;
}

static Code print_sql(Verb *verb, Error *error)
{
    Evidence evidence = {0};
    Code code =
        verb->arguments->revision
            ? evidence_gather(verb, verb->arguments->revision, false, &evidence, error)
            : error_set(error, RUNG_USAGE, "--sql needs the revision whose checks it prints");
    if (code)
        return code;
    RevisionChecks own = {.revision = evidence.revision};
    for (size_t i = 0; i < evidence.result->checks.count; i++)
        *vec_add(verb->arena, &own.results) = evidence.result->checks.at[i];
    report_validation_sql(&verb->report, verb->project->url.engine, evidence.revision, &own,
                          &evidence.generated);
    evidence_done(&evidence);
    return RUNG_OK;
}

static Code verb_validate(Verb *verb, Error *error)
{
    RunPlan plan;
    NameList unknown;
    RevisionList list = {0};
    ValidationList validation = {0};
    GeneratedChecks generated = {0};
    Evidence evidence = {0};
    if (verb->arguments->sql)
        return print_sql(verb, error);
    Code code = verb_survey(verb, &plan, &unknown, error);
    if (!code)
        code = validate_list(verb, &plan, &list, error);
    if (!code && verb->arguments->revision && verb->db)
        gather(verb, verb->arguments->revision, &evidence);
    if (!code)
        code = validate_all(verb, &list, &validation, &evidence, &generated, error);
    if (!code)
        code = report_validation(&verb->report, &validation, &generated, verb->arguments->explain)
                   ? RUNG_INVALID
                   : RUNG_OK;
    evidence_done(&evidence);
    return code;
}
VERB(validate)
