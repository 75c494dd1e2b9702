/* The log of a deployment: the checklist as it went. */
#ifndef REPORT_DEPLOY_H
#define REPORT_DEPLOY_H

#include "prove/backup.h"
#include "prove/rehearse.h"
#include "report/report.h"

typedef enum { TASK_DONE, TASK_FAILED, TASK_SKIPPED } TaskState;

typedef struct DeployTask {
    const char *name; /* "backup" */
    TaskState state;
    const char *detail; /* what came of it, in words; why it failed or was skipped */
    int64_t elapsed_us;
    const char *output; /* of a command; NULL: it is none, or it printed nothing */
} DeployTask;

typedef enum {
    DEPLOY_NOTHING,     /* nothing is pending */
    DEPLOY_DONE,        /* everything went well */
    DEPLOY_REHEARSED,   /* --dry-run: no more was wanted */
    DEPLOY_REFUSED,     /* nothing was changed */
    DEPLOY_STOPPED,     /* what was committed stays */
    DEPLOY_ROLLED_BACK, /* a check failed: it is where it was */
    DEPLOY_LEFT,        /* a check failed, and somebody has to decide */
    DEPLOY_UNFINISHED,  /* the revisions are in, and something behind them failed */
} DeployOutcome;

/* One revision and its way back. */
typedef struct DeployRevision {
    const Revision *revision;
    bool applied, undone;
    const char *unproven; /* why its down is not proven; NULL: it is */
} DeployRevision;

typedef struct DeployReport {
    DeployOutcome outcome;
    const char *target, *server, *actor, *started;
    const DbUrl *url;
    int64_t elapsed_us;
    RevisionList from, current; /* heads; `current` as far as it is known */
    VEC(DeployRevision) revisions;
    VEC(DeployTask) tasks;
    HazardList found; /* before, by the rehearsal and behind it */
    Backup backup;    /* path NULL: none */
    ValidationList validation;
    Error error;            /* code OK: none */
    VEC(const char *) next; /* what somebody should do now, one command or sentence each */
} DeployReport;

typedef enum { DEPLOY_TEXT, DEPLOY_JSON, DEPLOY_MARKDOWN } DeployFormat;

/* DEPLOY_TEXT is the end alone: the steps were told while they ran. */
void report_deploy(Text *text, const DeployReport *deploy, DeployFormat format);

/* "deployed", "rolled-back" */
const char *report_outcome(DeployOutcome outcome);

#endif
