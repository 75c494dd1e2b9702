/* audit: what was done to rows, and whether that is true. */
#include "api/life.h"
#include "lifecycle/audit.h"
#include "lifecycle/measure.h"
#include "report/life.h"

static Code open_audit(Verb *verb, Life *ret_life, Error *error)
{
    Code code = life_look(verb, ret_life, error);
    return code ? code : life_require(ret_life, error);
}

static Code audit_verify_all(Verb *verb, const char *operand, Error *error)
{
    Life life;
    AuditCheck check;
    Code code = open_audit(verb, &life, error);
    if (!code)
        code = audit_verify(&life, verb->arena, &check, error);
    if (code)
        return code;
    error->code = RUNG_OK;
    measure_store(&life, "audit", check.broken, NULL, 0);
    report_audit_check(&verb->report, &check);
    return check.broken ? RUNG_INVALID : RUNG_OK;
}

/* A chain that is broken is no anchor. */
static Code audit_anchor_head(Verb *verb, const char *operand, Error *error)
{
    Life life;
    AuditCheck check;
    Code code = open_audit(verb, &life, error);
    if (!code && !life.anchor) {
        error_at(error, RUNG_CONFIG, life.path, life.policy->line,
                 "lifecycle.anchor names no file for the head of the audit");
        return error_hint(error, "a file on another machine, or one that only grows");
    }
    if (!code)
        code = audit_verify(&life, verb->arena, &check, error);
    if (!code && check.broken) {
        report_audit_check(&verb->report, &check);
        return RUNG_INVALID;
    }
    if (!code)
        code = audit_anchor(&life, error);
    if (!code)
        report_audit_anchor(&verb->report, life.anchor, &check);
    return code;
}

static Code audit_log_records(Verb *verb, const char *operand, Error *error)
{
    Life life;
    AuditRecordList list = {0};
    Code code = open_audit(verb, &life, error);
    if (!code)
        code = audit_log(&life, verb->arena, verb->arguments->limit, &list, error);
    if (!code)
        report_audit_log(&verb->report, &list);
    return code;
}

static Code verb_audit(Verb *verb, Error *error)
{
    static const LifeAction actions[] = {{"verify", 0, audit_verify_all},
                                         {"anchor", 0, audit_anchor_head},
                                         {"log", 0, audit_log_records}};
    return life_run(verb, actions, COUNT(actions), "nothing", error);
}
VERB(audit)
