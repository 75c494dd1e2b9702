/* What the files of `rung deploy` share. */
#ifndef API_DEPLOY_H
#define API_DEPLOY_H

#include "api/rehearsing.h"
#include "prove/preflight.h"
#include "report/deploy.h"

typedef struct Deploy {
    Verb *verb;
    DeployReport report;
    RunPlan plan;
    Rehearsing rehearsing;
    Rehearsal *rehearsal; /* NULL: there was none */
    PreflightOptions preflight;
    DbRows invalid; /* PostgreSQL: indexes that were invalid before */
    RunSummary summary;
    bool changed; /* something may have been committed: what stands must be asked */
} Deploy;

/* One line of the checklist. It fills `task->detail`, and `state` when it is skipped. */
typedef Code DeployStep(Deploy *deploy, DeployTask *task, Error *error);

/* Runs it, times it, tells it and keeps it for the log. RUNG_INTERRUPTED when somebody asked to
 * stop meanwhile. */
Code deploy_task(Deploy *deploy, const char *name, DeployStep *step, Error *error);

/* The same for what must be done, whoever asked to stop. */
Code deploy_task_always(Deploy *deploy, const char *name, DeployStep *step, Error *error);

void deploy_next(Deploy *deploy, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- deploy_look.c: what changes nothing ---- */
DeployStep deploy_preflight, deploy_rehearse, deploy_locks, deploy_backup;

/* ---- deploy_change.c: what changes something ---- */

/* maintenance_on, the revisions, maintenance_off, after. */
Code deploy_change(Deploy *deploy, Error *error);

/* A command of the settings; nothing when it is not set. */
DeployStep deploy_before;

#endif
