/* A deployment as text, as Markdown and as JSON. */
#include "report/deploy.h"
#include "base/clock.h"
#include "report/hazards.h"

static const struct {
    const char *name, *words;
} outcomes[] = {
    [DEPLOY_NOTHING] = {"nothing", "nothing to do"},
    [DEPLOY_DONE] = {"deployed", "deployed"},
    [DEPLOY_REHEARSED] = {"rehearsed", "looked at and rehearsed; nothing was changed"},
    [DEPLOY_REFUSED] = {"refused", "not deployed; nothing was changed"},
    [DEPLOY_STOPPED] = {"stopped", "stopped; what was committed stays"},
    [DEPLOY_ROLLED_BACK] = {"rolled-back", "a check failed; rolled back to where it was"},
    [DEPLOY_LEFT] = {"left", "a check failed; not rolled back, for that would lose something"},
    [DEPLOY_UNFINISHED] = {"unfinished", "the revisions are applied, and a later step failed"},
};

const char *report_outcome(DeployOutcome outcome)
{
    return outcomes[outcome].name;
}

static void put_heads(Text *text, const RevisionList *heads)
{
    for (size_t i = 0; i < heads->count; i++)
        text_print(text, "%s%s", i ? ", " : "", heads->at[i]->id);
    if (!heads->count)
        text_put(text, "base");
}

static void put_bytes(Text *text, int64_t bytes)
{
    if (bytes < 1000000)
        text_print(text, "%.1f kB", (double)bytes / 1e3);
    else
        text_print(text, "%.1f MB", (double)bytes / 1e6);
}

static void put_duration(Text *text, int64_t us)
{
    Arena *arena = arena_new();
    text_put(text, clock_print_duration(arena, us));
    arena_free(arena);
}

/* ---- text ---- */

static void put_way_back(Text *text, const DeployReport *deploy)
{
    size_t proven = 0, count = deploy->revisions.count;
    for (size_t i = 0; i < count; i++)
        proven += !deploy->revisions.at[i].unproven;
    if (proven == count)
        text_put(text, "way back: the down of every revision restores schema and rows\n");
    for (size_t i = 0; proven < count && i < count; i++)
        if (deploy->revisions.at[i].unproven)
            text_print(text, "way back: %s is not proven, %s\n",
                       deploy->revisions.at[i].revision->id, deploy->revisions.at[i].unproven);
}

static void put_end(Text *text, const DeployReport *deploy)
{
    text_print(text, "%s: %s", deploy->url->shown, outcomes[deploy->outcome].words);
    if (deploy->outcome != DEPLOY_NOTHING) {
        text_put(text, " (");
        put_duration(text, deploy->elapsed_us);
        text_char(text, ')');
    }
    text_put(text, "; at ");
    put_heads(text, &deploy->current);
    text_char(text, '\n');
    if (deploy->backup.path) {
        text_print(text, "backup: %s (", deploy->backup.path);
        put_bytes(text, deploy->backup.bytes);
        text_print(text, ", %s)\n", deploy->backup.verified);
    }
    if (deploy->outcome == DEPLOY_DONE || deploy->outcome == DEPLOY_REHEARSED)
        put_way_back(text, deploy);
    for (size_t i = 0; i < deploy->next.count; i++)
        text_print(text, "next: %s\n", deploy->next.at[i]);
}

/* ---- Markdown ---- */

static void put_facts(Text *text, const DeployReport *deploy)
{
    text_print(text, "# Deployment to %s\n\n", deploy->target);
    text_print(text, "- outcome: **%s**\n- database: `%s`, %s\n- by: %s, %s, in ",
               outcomes[deploy->outcome].words, deploy->url->shown, deploy->server, deploy->actor,
               deploy->started);
    put_duration(text, deploy->elapsed_us);
    text_put(text, "\n- before: ");
    put_heads(text, &deploy->from);
    text_put(text, "\n- now: ");
    put_heads(text, &deploy->current);
    text_char(text, '\n');
}

static void put_block(Text *text, const char *name, const char *lines)
{
    size_t length = strlen(lines);
    text_print(text, "\n````%s\n%s%s````\n", name, lines,
               length && lines[length - 1] == '\n' ? "" : "\n");
}

static void put_tasks(Text *text, const DeployReport *deploy)
{
    text_put(text, "\n## Checklist\n\n");
    for (size_t i = 0; i < deploy->tasks.count; i++) {
        const DeployTask *task = &deploy->tasks.at[i];
        text_print(text, "- [%c] %s", task->state == TASK_DONE ? 'x' : ' ', task->name);
        if (task->state != TASK_DONE)
            text_print(text, " **%s**", task->state == TASK_FAILED ? "failed" : "skipped");
        if (task->detail)
            text_print(text, ": %s", task->detail);
        if (task->state != TASK_SKIPPED) {
            text_put(text, " (");
            put_duration(text, task->elapsed_us);
            text_char(text, ')');
        }
        text_char(text, '\n');
    }
    for (size_t i = 0; i < deploy->tasks.count; i++) {
        const DeployTask *task = &deploy->tasks.at[i];
        if (!task->output)
            continue;
        text_print(text, "\nOutput of %s:\n", task->name);
        put_block(text, "", task->output);
    }
}

static void put_revisions(Text *text, const DeployReport *deploy)
{
    if (!deploy->revisions.count)
        return;
    text_put(text, "\n## Revisions\n\n| revision | | state | way back |\n|---|---|---|---|\n");
    for (size_t i = 0; i < deploy->revisions.count; i++) {
        const DeployRevision *row = &deploy->revisions.at[i];
        text_print(text, "| %s | %s | %s | %s |\n", row->revision->id, row->revision->message,
                   row->undone    ? "applied and undone"
                   : row->applied ? "applied"
                                  : "pending",
                   row->unproven ? row->unproven : "proven: restores schema and rows");
    }
}

static void put_checks(Text *text, const ValidationList *validation)
{
    size_t count = 0;
    for (size_t i = 0; i < validation->count; i++)
        for (size_t k = 0; k < validation->at[i].results.count; k++) {
            const CheckResult *result = &validation->at[i].results.at[k];
            text_print(text, "%s- %s  %s, %s%s%s\n", count++ ? "" : "\n## Checks\n\n",
                       result->passed ? "PASS" : "**FAIL**", validation->at[i].revision->id,
                       result->check->title, result->passed ? "" : ": ",
                       result->passed || !result->reason ? "" : result->reason);
        }
}

static void put_backup(Text *text, const Backup *backup)
{
    if (!backup->path)
        return;
    text_print(text, "\n## Backup\n\n`%s`, ", backup->path);
    put_bytes(text, backup->bytes);
    text_print(text, ", %zu table%s, by %s; %s. To go back to it:\n", backup->tables,
               backup->tables == 1 ? "" : "s", backup->tool, backup->verified);
    put_block(text, "sh", backup->restore);
    if (backup->note)
        text_print(text, "\n(%s)\n", backup->note);
}

static void put_failure(Text *text, const DeployReport *deploy)
{
    const Error *error = &deploy->error;
    if (error->code) {
        text_print(text, "\n## What went wrong\n\n%s", error->message);
        if (error->revision[0])
            text_print(text, " (revision %s)", error->revision);
        text_char(text, '\n');
        if (error->detail[0])
            put_block(text, "", error->detail);
        if (error->hint[0])
            text_print(text, "\n%s\n", error->hint);
    }
    if (deploy->next.count)
        text_put(text, "\n## What to do now\n\n");
    for (size_t i = 0; i < deploy->next.count; i++)
        text_print(text, "%zu. %s\n", i + 1, deploy->next.at[i]);
}

static void put_markdown(Text *text, const DeployReport *deploy)
{
    put_facts(text, deploy);
    put_tasks(text, deploy);
    if (deploy->found.count) {
        text_put(text, "\n## Found\n\n");
        report_hazard_list(&deploy->found, true, text);
    }
    put_revisions(text, deploy);
    put_checks(text, &deploy->validation);
    put_backup(text, &deploy->backup);
    put_failure(text, deploy);
}

/* ---- JSON ---- */

static Value *head_values(const RevisionList *heads)
{
    Value *array = value_array();
    for (size_t i = 0; i < heads->count; i++)
        value_append(array, value_text(heads->at[i]->id));
    return array;
}

static Value *task_values(const DeployReport *deploy)
{
    static const char *const states[] = {"done", "failed", "skipped"};
    Value *array = value_array();
    for (size_t i = 0; i < deploy->tasks.count; i++) {
        const DeployTask *task = &deploy->tasks.at[i];
        Value *value = value_object();
        value_set_text(value, "step", task->name);
        value_set_text(value, "state", states[task->state]);
        value_set_text(value, "detail", task->detail);
        value_set_int(value, "elapsed_us", task->elapsed_us);
        if (task->output)
            value_set_text(value, "output", task->output);
        value_append(array, value);
    }
    return array;
}

static Value *revision_values(const DeployReport *deploy)
{
    Value *array = value_array();
    for (size_t i = 0; i < deploy->revisions.count; i++) {
        const DeployRevision *row = &deploy->revisions.at[i];
        Value *value = value_object();
        value_set_text(value, "revision", row->revision->id);
        value_set_text(value, "message", row->revision->message);
        value_set_bool(value, "applied", row->applied);
        value_set_bool(value, "undone", row->undone);
        value_set_bool(value, "down_proven", !row->unproven);
        if (row->unproven)
            value_set_text(value, "unproven", row->unproven);
        value_append(array, value);
    }
    return array;
}

static Value *backup_value(const Backup *backup)
{
    Value *value = value_object();
    value_set_text(value, "path", backup->path);
    value_set_int(value, "bytes", backup->bytes);
    value_set_int(value, "tables", (int64_t)backup->tables);
    value_set_text(value, "tool", backup->tool);
    value_set_text(value, "verified", backup->verified);
    value_set_text(value, "restore", backup->restore);
    value_set_text(value, "note", backup->note);
    return value;
}

static Value *error_value(const Error *error)
{
    Value *value = value_object();
    value_set_text(value, "code", error_code_name(error->code));
    value_set_text(value, "message", error->message);
    if (error->detail[0])
        value_set_text(value, "detail", error->detail);
    if (error->hint[0])
        value_set_text(value, "hint", error->hint);
    if (error->revision[0])
        value_set_text(value, "revision", error->revision);
    value_set_int(value, "exit", error_code_exit(error->code));
    return value;
}

static void put_json(Text *text, const DeployReport *deploy)
{
    Value *value = value_object(), *next = value_array();
    for (size_t i = 0; i < deploy->next.count; i++)
        value_append(next, value_text(deploy->next.at[i]));
    value_set_text(value, "outcome", outcomes[deploy->outcome].name);
    value_set_text(value, "target", deploy->target);
    value_set_text(value, "url", deploy->url->shown);
    value_set_text(value, "server", deploy->server);
    value_set_text(value, "by", deploy->actor);
    value_set_text(value, "started", deploy->started);
    value_set_int(value, "elapsed_us", deploy->elapsed_us);
    value_set(value, "before", head_values(&deploy->from));
    value_set(value, "current", head_values(&deploy->current));
    value_set(value, "steps", task_values(deploy));
    value_set(value, "found", report_hazard_values(&deploy->found));
    value_set(value, "revisions", revision_values(deploy));
    value_set(value, "checks", report_check_values(&deploy->validation));
    value_set(value, "backup",
              deploy->backup.path ? backup_value(&deploy->backup) : value_text(NULL));
    if (deploy->error.code)
        value_set(value, "error", error_value(&deploy->error));
    value_set(value, "next", next);
    value_write(value, true, text);
    text_char(text, '\n');
    value_free(value);
}

void report_deploy(Text *text, const DeployReport *deploy, DeployFormat format)
{
    if (format == DEPLOY_JSON)
        put_json(text, deploy);
    else if (format == DEPLOY_MARKDOWN)
        put_markdown(text, deploy);
    else
        put_end(text, deploy);
}
