/* rung.yaml: every setting is a row of one table; what no row names is refused. */
#ifndef API_CONFIG_H
#define API_CONFIG_H

#include "base/env.h"
#include "base/yaml.h"
#include "lifecycle/notify.h"
#include "lifecycle/policy.h"
#include "lifecycle/vault_policy.h"

typedef struct ConfigList {
    const char **at;
    size_t count;
} ConfigList;

typedef struct TargetConfig {
    const char *name;
    const char *url; /* as written, variables not yet expanded; NULL: none */
    int line;
    int lock_timeout_ms, statement_timeout_ms, lock_wait_ms, retries;
    bool online;
    ConfigList schemas, excluded;
} TargetConfig;

typedef struct AdminConfig {
    const char *name, *hash; /* hash: as written, variables not yet expanded */
    int line;
} AdminConfig;

typedef struct ServeConfig {
    int line; /* 0: there is no section */
    const char *listen;
    const char *metrics_listen; /* NULL: nowhere */
    const char *subject;        /* NULL: the only one of lifecycle.subjects */
    struct {
        int size, overflow, timeout_ms, recycle_ms;
    } pool;
    bool require_idempotency_key;
    ClockAge drift_check;
    struct {
        const char *hs256_secret; /* as written; NULL: none */
        const char *public_key;   /* relative to rung.yaml; NULL: none */
        const char *jwks;         /* the same */
        const char *issuer, *audience;
        const char *not_before; /* as written; NULL: whenever */
    } auth;
    struct {
        const char *certificate, *key, *client_ca; /* relative to rung.yaml; NULL: none */
    } tls;
    struct {
        int request_ms; /* for headers and body together */
        int connections;
        int address_rate, subject_rate; /* requests a second; 0: any number */
        int address_burst, subject_burst;
    } limits;
    ConfigList trusted_proxies;
    bool dashboard;
    const char *admin_secret; /* as written; NULL: none */
    struct {
        AdminConfig *at;
        size_t count;
    } admins;
} ServeConfig;

typedef struct Config {
    const char *path;   /* NULL: there is no file */
    const char *folder; /* relative paths are taken from here */
    const char *migrations;
    const char *schema; /* file or folder of the wanted schema; NULL: none */
    struct {
        const char *url; /* as written; NULL: none */
        int line;
        const char *binaries;
    } scratch;
    struct {
        ConfigList disabled; /* rules that are not asked */
        int budget_ms;       /* how long others may be blocked */
    } lint;
    struct {
        const char *directory; /* relative to rung.yaml */
    } backup;
    struct {
        const char *before, *after, *maintenance_on, *maintenance_off; /* for /bin/sh; NULL: none */
        int old_transaction_ms;
    } deploy;
    Lifecycle lifecycle;
    Vault vault;
    Notify notify;
    ServeConfig serve;
    struct {
        TargetConfig *at;
        size_t count;
    } targets;
} Config;

/* Reads one file. RUNG_CONFIG with file and line for a key that no setting has (with the nearest
 * one), a value of the wrong type, a variable that is not set. URLs stay unexpanded: only the
 * target in use needs its variables. */
Code config_read(Arena *arena, Env *env, const char *path, Config *ret_config, Error *error);

/* The same from memory; `path` stands in the errors. */
Code config_parse(Arena *arena, Env *env, const char *path, const char *data, size_t length,
                  Config *ret_config, Error *error);

/* What holds without a file. */
void config_defaults(Config *ret_config);
void target_defaults(TargetConfig *ret_target);

typedef struct Setting {
    const char *name, *type, *standard, *doc;
} Setting;
const Setting *config_setting(size_t index); /* NULL behind the last */

#endif
