/* Bytes as a `.env`, a line "%%", and a `rung.yaml`: read both, expand every URL. */
#include "api/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char divider[] = "%%\n";

/* An error names its file and says something. */
static void touch_error(Code code, const Error *error, const char *file)
{
    if (code != RUNG_CONFIG || error->code != code || strcmp(error->file, file) != 0 ||
        error->line < 0 || !error->message[0])
        abort();
}

static void touch_env(Env *env)
{
    for (size_t i = 0; i < env->entries.count; i++) {
        const EnvEntry *entry = &env->entries.at[i];
        if (!entry->name[0] || !entry->value || entry->line < 1 || !env_get(env, entry->name))
            abort();
    }
}

static void touch_target(Arena *arena, Env *env, const TargetConfig *target)
{
    const char *url = NULL;
    Error error;
    if (!target->name || target->line < 1 || target->lock_timeout_ms < 0 ||
        target->statement_timeout_ms < 0 || target->lock_wait_ms < 0 || target->retries < 0)
        abort();
    if (!target->url)
        return;
    Code code = env_expand(arena, env, target->url, "rung.yaml", target->line, &url, &error);
    if (code)
        touch_error(code, &error, "rung.yaml");
    else if (!url)
        abort();
}

static void touch_config(Arena *arena, Env *env, const char *data, size_t size)
{
    Error error;
    Config config = {0};
    Code code = config_parse(arena, env, "rung.yaml", data, size, &config, &error);
    if (code) {
        touch_error(code, &error, "rung.yaml");
        if (config.path)
            abort();
        return;
    }
    if (!config.migrations || !config.migrations[0] || strcmp(config.folder, ".") != 0)
        abort();
    for (size_t i = 0; i < config.targets.count; i++)
        touch_target(arena, env, &config.targets.at[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error error;
    Env env = {0};
    Arena *arena = arena_new();
    const char *text = (const char *)data, *yaml = text;
    const char *found = memmem(text, size, divider, sizeof divider - 1);
    if (found) {
        Code code = env_parse(arena, ".env", text, (size_t)(found - text), &env, &error);
        if (code)
            touch_error(code, &error, ".env");
        touch_env(&env);
        yaml = found + sizeof divider - 1;
    }
    touch_config(arena, &env, yaml, size - (size_t)(yaml - text));
    arena_free(arena);
    return 0;
}
