/* vault: sealed columns and their keys. */
#include "report/vault.h"
#include "api/vault.h"
#include "base/file.h"

typedef enum {
    ACTION_INIT,
    ACTION_KEY,
    ACTION_ENCRYPT,
    ACTION_ROTATE,
    ACTION_CHECK,
    ACTION_DECRYPT
} Action;

static const char *key_path(const Verb *verb)
{
    const Config *config = &verb->project->config;
    return path_join(verb->arena, config->folder, config->vault.key_file);
}

/* ---- keys ---- */

/* What stands in rung.yaml itself would be in every copy of it. */
static Code read_variable(Verb *verb, VaultKeys **ret_keys, Error *error)
{
    rung *project = verb->project;
    const char *written = project->config.vault.keys, *text;
    if (!strstr(written, "${")) {
        error_set(error, RUNG_CONFIG, "vault.keys: keys do not belong into %s",
                  project->config.path);
        return error_hint(error, "name a variable of the environment: \"${RUNG_VAULT_KEYS}\"");
    }
    Code code =
        env_expand(verb->arena, &project->env, written, project->config.path, 0, &text, error);
    if (code)
        return error_hint(error, "`rung vault key` prints a key for it");
    code = vault_keys_parse(written, text, strlen(text), ret_keys, error);
    secret_wipe((void *)(uintptr_t)text, strlen(text)); /* the copy of env_expand */
    return code;
}

static Code read_keys(Verb *verb, VaultKeys **ret_keys, Error *error)
{
    return verb->project->config.vault.keys ? read_variable(verb, ret_keys, error)
                                            : vault_keys_read(key_path(verb), ret_keys, error);
}

static Code make_keys(Verb *verb, Error *error)
{
    char id[VAULT_ID_SIZE];
    const char *path = key_path(verb);
    if (verb->project->config.vault.keys) {
        error_set(error, RUNG_CONFIG, "the keys are taken from the environment: vault.keys");
        return error_hint(error, "`rung vault key` prints a key for it");
    }
    Code code = vault_keys_create(path, id, error);
    if (code)
        return code;
    verb_tell(verb, RUNG_EVENT_NOTICE,
              "nobody reads a sealed value without %s: keep a copy of it, apart from the database "
              "and its backups, and keep it out of version control",
              path);
    report_vault_keys(&verb->report, path, id);
    return RUNG_OK;
}

static Code print_key(Verb *verb)
{
    char *key = vault_key_print();
    report_vault_value(&verb->report, key);
    secret_wipe(key, strlen(key));
    free(key);
    return RUNG_OK;
}

/* ---- runs ---- */

static VaultRun make_run(const Verb *verb, const VaultKeys *keys)
{
    const Config *config = &verb->project->config;
    return (VaultRun){.vault = &config->vault,
                      .config = config->path,
                      .keys = keys,
                      .options = verb_run_options(verb)};
}

static void tell_remains(Verb *verb, const VaultSummary *summary)
{
    if (summary->changed)
        verb_tell(verb, RUNG_EVENT_NOTICE,
                  db_engine(verb->db) == ENGINE_SQLITE
                      ? "what was there before is left in backups"
                      : "what was there before is left in old row versions, in the WAL and in "
                        "backups: VACUUM FULL rewrites a table");
}

static Code encrypt(Verb *verb, VaultKeys **keys, Error *error)
{
    VaultSummary summary = {0};
    VaultRun run = make_run(verb, *keys);
    Code code = vault_encrypt(verb->db, verb->arena, &run, &summary, error);
    tell_remains(verb, &summary);
    if (!code)
        report_vault_run(&verb->report, &summary, vault_keys_newest(*keys)->id, false);
    return code;
}

/* A key more, unless the last rotation did not end. */
static Code renew_keys(Verb *verb, VaultKeys **keys, bool *ret_added, Error *error)
{
    bool mixed = false;
    char id[VAULT_ID_SIZE];
    const char *path = key_path(verb), *newest = vault_keys_newest(*keys)->id;
    VaultRun run = make_run(verb, *keys);
    Code code = vault_is_mixed(verb->db, verb->arena, &run, &mixed, error);
    *ret_added = false;
    if (code)
        return code;
    if (mixed) {
        verb_tell(verb, RUNG_EVENT_NOTICE, "some values have an older key than %s: they get it now",
                  newest);
        return RUNG_OK;
    }
    if (verb->project->config.vault.keys) {
        error_set(error, RUNG_CONFIG, "every value is sealed by the newest key, %s", newest);
        return error_hint(error, "put a comma and another behind it in the variable: `rung vault "
                                 "key` prints one");
    }
    code = vault_keys_add(path, newest, id, error);
    if (code)
        return code;
    *ret_added = true;
    vault_keys_free(*keys);
    *keys = NULL;
    verb_tell(verb, RUNG_EVENT_NOTICE, "key %s is in %s: keep a copy of it", id, path);
    return read_keys(verb, keys, error);
}

static Code rotate(Verb *verb, VaultKeys **keys, Error *error)
{
    bool added;
    VaultSummary summary = {0};
    Code code = renew_keys(verb, keys, &added, error);
    if (code)
        return code;
    VaultRun run = make_run(verb, *keys);
    code = vault_rotate(verb->db, verb->arena, &run, &summary, error);
    tell_remains(verb, &summary);
    if (!code)
        report_vault_run(&verb->report, &summary, vault_keys_newest(*keys)->id, added);
    return code;
}

static Code check(Verb *verb, VaultKeys **keys, Error *error)
{
    VaultCheck found = {0};
    VaultRun run = make_run(verb, *keys);
    Code code = vault_check(verb->db, verb->arena, &run, &found, error);
    if (code)
        return code;
    report_vault_check(&verb->report, &found);
    return found.findings.count ? RUNG_FOUND : RUNG_OK;
}

static Code decrypt(Verb *verb, VaultKeys **keys, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    const char *plain = NULL;
    VaultRun run = make_run(verb, *keys);
    if (!arguments->column || !arguments->row.count) {
        error_set(error, RUNG_USAGE, "which value? --column and --row name it");
        return error_hint(error, "rung vault decrypt --column TABLE.COLUMN --row ID");
    }
    Code code = vault_decrypt(verb->db, verb->arena, &run, arguments->column, arguments->row.at,
                              arguments->row.count, &plain, error);
    if (!code)
        report_vault_value(&verb->report, plain);
    return code;
}

Code vault_find(Verb *verb, FindingList *findings, Error *error)
{
    VaultCheck found = {0};
    VaultRun run = make_run(verb, NULL);
    if (!run.vault->columns.count)
        return RUNG_OK;
    Code code = vault_check(verb->db, verb->arena, &run, &found, error);
    if (code == RUNG_MISMATCH) {
        *vec_add(verb->arena, findings) =
            (Finding){.kind = "vault", .text = arena_string(verb->arena, error->message)};
        *error = (Error){.code = RUNG_OK};
        return RUNG_OK;
    }
    for (size_t i = 0; !code && i < found.findings.count; i++)
        *vec_add(verb->arena, findings) =
            (Finding){.kind = "vault", .text = found.findings.at[i].text};
    return code;
}

/* ---- the verb ---- */

static Code open_all(Verb *verb, VaultKeys **ret_keys, Error *error)
{
    const Config *config = &verb->project->config;
    bool absent = false;
    if (!config->vault.columns.count) {
        error_set(error, RUNG_CONFIG, "no column is covered: %s has no vault.columns",
                  config->path ? config->path : "there is no rung.yaml, so it");
        return error_hint(error, "vault: { columns: { api_keys.secret: { id: id } } }");
    }
    Code code = verb_connect(verb, &absent, error);
    if (!code && absent) {
        error_set(error, RUNG_MISMATCH, "there is no database %s", verb->project->url.shown);
        return error_hint(error, "rung upgrade makes it");
    }
    return code ? code : read_keys(verb, ret_keys, error);
}

static Code verb_vault(Verb *verb, Error *error)
{
    static const char *const words[] = {"init",  "key",     "encrypt", "rotate",
                                        "check", "decrypt", NULL};
    static Code (*const runs[])(Verb *, VaultKeys **, Error *) = {
        [ACTION_ENCRYPT] = encrypt,
        [ACTION_ROTATE] = rotate,
        [ACTION_CHECK] = check,
        [ACTION_DECRYPT] = decrypt,
    };
    const char *word = verb->arguments->revision;
    VaultKeys *keys = NULL;
    size_t action = 0;
    while (word && words[action] && strcmp(words[action], word) != 0)
        action++;
    if (!word || !words[action]) {
        error_set(error, RUNG_USAGE, "vault does not know \"%s\"", word ? word : "");
        return error_hint(error, "one of init, key, encrypt, rotate, check, decrypt");
    }
    if (action == ACTION_INIT)
        return make_keys(verb, error);
    if (action == ACTION_KEY)
        return print_key(verb);
    Code code = open_all(verb, &keys, error);
    if (!code)
        code = runs[action](verb, &keys, error);
    vault_keys_free(keys);
    return code;
}
VERB(vault)
