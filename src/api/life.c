/* Opening the lifecycle of a target: connection, secret, files, graph. */
#include "api/life.h"
#include "api/notify.h"
#include "apply/history.h"
#include "apply/runner.h"
#include "base/file.h"
#include "base/names.h"
#include "base/secret.h"

#include <ctype.h>

enum { SECRET_LEAST = 32, SECRET_LIMIT = 4096 };

static void tell(void *context, rung_event_type type, const char *text, int64_t done, int64_t total,
                 int64_t elapsed_us)
{
    const rung *project = context;
    rung_event event = {
        .type = type, .text = text, .done = done, .total = total, .elapsed_us = elapsed_us};
    if (project->on_event)
        project->on_event(project->context, &event);
}

/* ---- the secret ---- */

static Code wrong_secret(const Config *config, Error *error, const char *message)
{
    error_at(error, RUNG_CONFIG, config->path, config->lifecycle.line, "%s", message);
    return error_hint(error,
                      "`openssl rand -hex 32` makes one; put it into a file with mode 600 that "
                      "lifecycle.key_file names, or into a variable: key: \"${NAME}\"");
}

static Code read_key_file(Verb *verb, const char **ret_secret, Error *error)
{
    const Config *config = &verb->project->config;
    const char *path = path_join(verb->arena, config->folder, config->lifecycle.key_file);
    char *data;
    size_t length;
    Code code = secret_read(path, SECRET_LIMIT, &data, &length, error);
    if (code == RUNG_FILE && !file_exists(path))
        error_hint(error,
                   "`(umask 077; openssl rand -hex 32 > %s)` makes one; keep it: what it "
                   "sealed is told apart by nothing else",
                   path);
    if (code)
        return code;
    bool text = strlen(data) == length;
    while (length && isspace((unsigned char)data[length - 1]))
        length--;
    *ret_secret = arena_copy(verb->arena, data, length);
    secret_free(data, length);
    return text ? RUNG_OK
                : wrong_secret(config, error, "the file of lifecycle.key_file is no text");
}

static Code read_secret(Verb *verb, const char **ret_secret, Error *error)
{
    const Config *config = &verb->project->config;
    const Lifecycle *policy = &config->lifecycle;
    const char *secret = NULL;
    Code code = RUNG_OK;
    if (policy->key && policy->key_file)
        return error_at(error, RUNG_CONFIG, config->path, policy->line,
                        "lifecycle has key and key_file: which of them?");
    if (!policy->key && !policy->key_file)
        return wrong_secret(
            config, error,
            "lifecycle has neither key nor key_file, the secret of its keyed hashes");
    if (policy->key)
        code = env_expand(verb->arena, &verb->project->env, policy->key, config->path, policy->line,
                          &secret, error);
    else
        code = read_key_file(verb, &secret, error);
    if (code)
        return code;
    if (strlen(secret) < SECRET_LEAST)
        return wrong_secret(
            config, error,
            "the secret of lifecycle has less than 32 characters: it could be guessed");
    *ret_secret = secret;
    return RUNG_OK;
}

/* ---- the database ---- */

static Code connect_database(Verb *verb, bool writes, Error *error)
{
    bool absent;
    Code code = verb_connect_as(verb, writes ? SESSION_WRITES : SESSION_READS, &absent, error);
    if (code || !absent)
        return code;
    error_set(error, RUNG_CONNECT, "there is no database %s yet", verb->project->url.shown);
    return error_hint(error, "`rung upgrade` creates it");
}

static Code no_section(const Config *config, Error *error)
{
    error_set(error, RUNG_CONFIG, "%s has no section lifecycle",
              config->path ? config->path : "no rung.yaml: this project");
    return error_hint(error,
                      "doc/lifecycle.md begins with one; it says whose rows are erased, what "
                      "goes with them and how long rows are kept");
}

static const char *file_of(Verb *verb, const char *name)
{
    return name ? path_join(verb->arena, verb->project->config.folder, name) : NULL;
}

static const char *actor_of(Verb *verb)
{
    rung *project = verb->project;
    const char *actor = verb->arguments->actor;
    if (!project->actor)
        project->actor = history_actor(project->arena);
    return actor ? arena_print(verb->arena, "%s by %s", actor, project->actor) : project->actor;
}

/* NULL: what is asked for is done, however often. */
static Code read_once(Verb *verb, const LifeOnce **ret_once, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    *ret_once = NULL;
    if (!arguments->idempotency_key)
        return RUNG_OK;
    if (!arguments->scope || !arguments->payload)
        return error_set(error, RUNG_USAGE, "a key of idempotency needs a scope and a payload");
    LifeOnce *once = arena_alloc(verb->arena, sizeof *once);
    *once = (LifeOnce){arguments->idempotency_key, arguments->scope, arguments->payload};
    *ret_once = once;
    return RUNG_OK;
}

static Code open_life(Verb *verb, bool secret, bool writes, Life *ret_life, Error *error)
{
    const Config *config = &verb->project->config;
    Life life = {.arena = verb->arena,
                 .policy = &config->lifecycle,
                 .notify = &config->notify,
                 .path = config->path,
                 .ledger = file_of(verb, config->lifecycle.ledger),
                 .anchor = file_of(verb, config->lifecycle.anchor),
                 .cancelled = &verb->project->cancelled,
                 .tell = tell,
                 .context = verb->project};
    if (!config->lifecycle.line)
        return no_section(config, error);
    Code code = notify_check(config, error);
    if (!code && secret)
        code = read_secret(verb, &life.secret, error);
    if (!code && secret)
        code = read_once(verb, &life.once, error);
    if (!code && !verb->db)
        code = connect_database(verb, writes, error);
    if (code)
        return code;
    life.db = verb->db;
    life.engine = db_engine(verb->db);
    life.actor = actor_of(verb);
    life.run = runner_new_id(verb->arena);
    *ret_life = life;
    return RUNG_OK;
}

Code life_connect(Verb *verb, bool writes, Life *ret_life, Error *error)
{
    return open_life(verb, false, writes, ret_life, error);
}

Code life_open(Verb *verb, bool writes, Life *ret_life, Error *error)
{
    Code code = open_life(verb, true, writes, ret_life, error);
    return code ? code : life_graph(ret_life, error);
}

Code life_open_requests(Verb *verb, bool writes, Life *ret_life, Error *error)
{
    Code code = open_life(verb, true, writes, ret_life, error);
    verb->tidy = true;
    return code;
}

Code life_look(Verb *verb, Life *ret_life, Error *error)
{
    Code code = open_life(verb, false, false, ret_life, error);
    return code ? code : life_graph(ret_life, error);
}

Code life_peek(Verb *verb, bool secret, Life *ret_life, Error *error)
{
    return open_life(verb, secret, false, ret_life, error);
}

/* ---- verbs with actions ---- */

static Code unknown_action(const LifeAction *actions, size_t count, const char *name, Error *error)
{
    Text words = TEXT_EMPTY;
    const char *names[16] = {0};
    for (size_t i = 0; i < count; i++)
        names[i] = actions[i].name;
    names_print(&words, names, count, "and");
    if (name)
        error_set(error, RUNG_USAGE, "there is no action \"%s\"", name);
    else
        error_set(error, RUNG_USAGE, "which action?");
    error_hint(error, "there are %s", text_string(&words));
    text_done(&words);
    return RUNG_USAGE;
}

Code life_run(Verb *verb, const LifeAction *actions, size_t count, const char *what, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    const char *name = arguments->revision_count ? arguments->revisions[0] : arguments->revision;
    const char *operand = arguments->revision_count > 1 ? arguments->revisions[1] : NULL;
    const LifeAction *action = NULL;
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(actions[i].name, name) == 0)
            action = &actions[i];
    if (!action)
        return unknown_action(actions, count, name, error);
    if (!operand && action->operands == 1)
        return error_set(error, RUNG_USAGE, "%s needs %s", name, what);
    if ((operand && !action->operands) || arguments->revision_count > 2)
        return error_set(error, RUNG_USAGE, "%s takes no \"%s\"", name,
                         arguments->revisions[arguments->revision_count - 1]);
    return action->run(verb, operand, error);
}
