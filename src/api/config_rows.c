/* The table of settings. */
#include "api/config_rows.h"

#define ROW(prefix, key, TYPE, type, struct, member, standard, doc)                                \
    {                                                                                              \
        key, TYPE, offsetof(struct, member),                                                       \
        {                                                                                          \
            prefix key, type, standard, doc                                                        \
        }                                                                                          \
    }
#define TOP(key, TYPE, type, member, standard, doc)                                                \
    ROW("", key, TYPE, type, Config, member, standard, doc)
#define TARGET(key, TYPE, type, member, standard, doc)                                             \
    ROW("targets.NAME.", key, TYPE, type, TargetConfig, member, standard, doc)

static const Row top_rows[] = {
    TOP("migrations", TYPE_TEXT, "text", migrations, "migrations",
        "folder of the revision files, relative to rung.yaml"),
    TOP("schema", TYPE_TEXT, "text", schema, "",
        "the schema as it should be: a SQL file, or a folder of them in the order of their names, "
        "relative to rung.yaml"),
    TOP("scratch", TYPE_SECTION, "map", scratch, "",
        "where SQL text is loaded to be compared; by default a private server, started from the "
        "PostgreSQL of this machine"),
    TOP("lint", TYPE_SECTION, "map", lint, "", "what rung lint looks for"),
    TOP("backup", TYPE_SECTION, "map", backup, "",
        "what rung deploy saves before it changes anything"),
    TOP("deploy", TYPE_SECTION, "map", deploy, "",
        "commands that rung deploy runs by /bin/sh in the folder of rung.yaml, with RUNG_TARGET "
        "and "
        "RUNG_REVISION in their environment"),
    TOP("lifecycle", TYPE_SECTION, "map", lifecycle, "",
        "who may be erased, what goes with them, how long rows are kept: see `rung erase --help`"),
    TOP("vault", TYPE_SECTION, "map", vault, "",
        "columns whose values are sealed, and where the keys are: see `rung vault --help`"),
    TOP("notify", TYPE_SECTION, "map", notify, "",
        "mail and webhooks about erasures, which rung serve sends: see `rung outbox --help`"),
    TOP("serve", TYPE_SECTION, "map", serve, "",
        "where the service listens, and whom it believes: see `rung serve --help`"),
    TOP("targets", TYPE_ENTRIES, "map", targets, "",
        "databases by name; the first is the default; `NAME: URL` is short for `NAME: {url: URL}`"),
};

#define SCRATCH(key, TYPE, type, member, standard, doc)                                            \
    ROW("scratch.", key, TYPE, type, Config, scratch.member, standard, doc)

static const Row scratch_rows[] = {
    SCRATCH("url", TYPE_URL, "URL", url, "",
            "a PostgreSQL server on which databases named rung_scratch_... may be created"),
    SCRATCH("binaries", TYPE_TEXT, "text", binaries, "",
            "folder of initdb and postgres, in place of those that are found"),
};

static const Row lint_rows[] = {
    ROW("lint.", "disable", TYPE_LIST, "list", Config, lint.disabled, "",
        "rules that are not asked; `rung lint --rules` lists them"),
    ROW("lint.", "budget", TYPE_DURATION, "duration", Config, lint.budget_ms, "500ms",
        "how long others may be blocked before a rehearsal calls it an error"),
};

#define BACKUP(key, TYPE, type, member, standard, doc)                                             \
    ROW("backup.", key, TYPE, type, Config, backup.member, standard, doc)

static const Row backup_rows[] = {
    BACKUP("directory", TYPE_TEXT, "text", directory, "backups",
           "folder of the backups, relative to rung.yaml; it is made when it is not there"),
};

#define DEPLOY(key, TYPE, type, member, standard, doc)                                             \
    ROW("deploy.", key, TYPE, type, Config, deploy.member, standard, doc)

static const Row deploy_rows[] = {
    DEPLOY("before", TYPE_COMMAND, "command", before, "",
           "runs before anything is changed; if it fails, nothing is"),
    DEPLOY("maintenance_on", TYPE_COMMAND, "command", maintenance_on, "",
           "keeps users out while the revisions run"),
    DEPLOY("maintenance_off", TYPE_COMMAND, "command", maintenance_off, "",
           "lets them in again; it runs whatever became of the revisions"),
    DEPLOY("after", TYPE_COMMAND, "command", after, "", "runs when everything went well"),
    DEPLOY("old_transaction", TYPE_DURATION, "duration", old_transaction_ms, "1min",
           "PostgreSQL: transactions of others that are older are told before the revisions run"),
};

static const Row target_rows[] = {
    TARGET("url", TYPE_URL, "URL", url, "",
           "postgresql://..., sqlite:path, sqlite:///path, sqlite::memory:"),
    TARGET("lock_timeout", TYPE_DURATION, "duration", lock_timeout_ms, "2s",
           "PostgreSQL: how long a statement, and all of a transaction, waits for locks before it "
           "gives way and is tried again; 0 waits for ever"),
    TARGET("statement_timeout", TYPE_DURATION, "duration", statement_timeout_ms, "0",
           "PostgreSQL: how long one statement may run; 0 sets no limit"),
    TARGET("lock_wait", TYPE_DURATION, "duration", lock_wait_ms, "60s",
           "how long to wait for another run of rung on the same database"),
    TARGET("retries", TYPE_NUMBER, "number", retries, "10",
           "how often a transaction is tried again after a lock timeout, a deadlock or a "
           "serialization failure"),
    TARGET(
        "online", TYPE_FLAG, "true or false", online, "false",
        "PostgreSQL: diff, apply and revision --autogenerate take no long locks, as with --online"),
    TARGET("schemas", TYPE_LIST, "list", schemas, "",
           "PostgreSQL: dump, diff, apply and check look only at what stands in these schemas"),
    TARGET("exclude", TYPE_LIST, "list", excluded, "",
           "names that they leave out; * and ? stand for any"),
};

#define LIFE(key, TYPE, type, member, standard, doc)                                               \
    ROW("lifecycle.", key, TYPE, type, Config, lifecycle.member, standard, doc)
#define SUBJECT(key, TYPE, type, member, standard, doc)                                            \
    ROW("lifecycle.subjects.NAME.", key, TYPE, type, SubjectPolicy, member, standard, doc)
#define RELATION(key, TYPE, type, member, standard, doc)                                           \
    ROW("lifecycle.relations.KEY.", key, TYPE, type, RelationPolicy, member, standard, doc)
#define RETENTION(key, TYPE, type, member, standard, doc)                                          \
    ROW("lifecycle.retention.TABLE.", key, TYPE, type, RetentionPolicy, member, standard, doc)
#define HOLD(key, TYPE, type, member, standard, doc)                                               \
    ROW("lifecycle.holds.NAME.", key, TYPE, type, HoldPolicy, member, standard, doc)
#define PURGE(key, TYPE, type, member, standard, doc)                                              \
    ROW("lifecycle.purge.", key, TYPE, type, Config, lifecycle.purge.member, standard, doc)

static const Row lifecycle_rows[] = {
    LIFE("key", TYPE_URL, "text", key, "",
         "secret of the keyed hashes that stand for subjects in the audit and the ledger, 32 or "
         "more characters: \"${RUNG_LIFECYCLE_KEY}\""),
    LIFE("key_file", TYPE_TEXT, "text", key_file, "",
         "file with that secret, relative to rung.yaml, readable by its owner alone"),
    LIFE("ledger", TYPE_TEXT, "text", ledger, "",
         "file that remembers what was erased, outside the database and its backups"),
    LIFE("anchor", TYPE_TEXT, "text", anchor, "",
         "file that gets the head of the audit's chain, outside the database"),
    LIFE("exports", TYPE_TEXT, "text", exports, "exports", "folder of the archives of rung export"),
    LIFE("exports_keep", TYPE_AGE, "age", exports_keep, "30d", "how long these are kept"),
    LIFE("exports_a_day", TYPE_NUMBER, "number", exports_a_day, "3",
         "how often a subject may ask for its own export in a day"),
    LIFE("answers_keep", TYPE_DURATION, "duration", answers_keep_ms, "24h",
         "how long the answer to an Idempotency-Key, and an order that was carried out, is kept"),
    LIFE("subjects", TYPE_ENTRIES, "map", subjects, "",
         "whose rows are erased on request, by name"),
    LIFE("relations", TYPE_ENTRIES, "map", relations, "",
         "what becomes of the rows behind each foreign key below a subject, by TABLE.COLUMN: "
         "cascade, set_null, retain or restrict"),
    LIFE("retention", TYPE_ENTRIES, "map", retention, "", "how long rows are kept, by table"),
    LIFE("holds", TYPE_ENTRIES, "map", holds, "",
         "rows that nothing removes while a condition holds, by name"),
    LIFE("purge", TYPE_SECTION, "map", purge, "", "how rows are removed"),
    LIFE("schedule", TYPE_ENTRIES, "map", schedule, "",
         "when rung serve and rung schedule run jobs, by name: purge, retain, export-expire, "
         "audit-verify, audit-anchor, alerts, orphans, vault-rotate; `NAME: CRON` is short for "
         "`NAME: {cron: CRON}`"),
    LIFE("schedule_lease", TYPE_DURATION, "duration", schedule_lease_ms, "60s",
         "how long others wait for a scheduler that says nothing any more before they take over "
         "the job that it runs; it speaks four times as often"),
    LIFE("alerts", TYPE_SECTION, "map", alerts, "", "when rung status --lifecycle ends with 3"),
};

static const Row subject_rows[] = {
    SUBJECT("table", TYPE_TEXT, "text", table, "", "its table; by default the one of its name"),
    SUBJECT("key", TYPE_TEXT, "text", key, "id", "column that tells its rows apart"),
    SUBJECT("email", TYPE_TEXT, "text", email, "", "column with the address of mail"),
    SUBJECT("requested_at", TYPE_TEXT, "text", requested_at, "",
            "column that says when the erasure was requested; only rung changes it then"),
    SUBJECT("grace", TYPE_AGE, "age", grace, "30d", "how long a request can be cancelled"),
};

static const Row relation_rows[] = {
    RELATION("class", TYPE_TEXT, "text", action, "",
             "cascade: the rows go too; set_null: they stay without the reference; retain: they "
             "stay as they are, without a foreign key; restrict: they keep the row"),
    RELATION("set_null", TYPE_FLAG, "true or false", set_null, "", "the same as class: set_null"),
    RELATION("pseudonym", TYPE_TEXT, "text", pseudonym, "",
             "set_null: column that gets the keyed hash of the subject"),
};

static const Row retention_rows[] = {
    RETENTION("when", TYPE_COMMAND, "SQL", when, "", "condition of the rows; by default all"),
    RETENTION("age", TYPE_TEXT, "text", age, "", "column that their age is counted from"),
    RETENTION("keep", TYPE_AGE, "age", keep, "", "how long they are kept from then on"),
    RETENTION("then", TYPE_TEXT, "text", then, "delete",
              "what is done: delete, anonymise, drop_partitions"),
    RETENTION("columns", TYPE_LIST, "list of texts", columns, "",
              "anonymise: COLUMN=null, COLUMN=hash, COLUMN=hmac, COLUMN=random or "
              "COLUMN=fixed:TEXT"),
    RETENTION("period", TYPE_TEXT, "text", period, "month",
              "drop_partitions: what one partition holds: day, week, month or year"),
    RETENTION("ahead", TYPE_NUMBER, "number", ahead, "0",
              "drop_partitions: how many partitions are made for the time to come"),
};

static const Row hold_rows[] = {
    HOLD("table", TYPE_TEXT, "text", table, "", "the table"),
    HOLD("when", TYPE_COMMAND, "SQL", when, "", "condition of the rows that are held"),
    HOLD("reason", TYPE_TEXT, "text", reason, "", "why, for people"),
};

static const Row purge_rows[] = {
    PURGE("batch_time", TYPE_DURATION, "duration", batch_time_ms, "100ms",
          "how long one transaction should take"),
    PURGE("rest", TYPE_NUMBER, "percent", rest, "0",
          "how long it rests after a transaction, of the time that one took: with 100 others have "
          "half of the time for themselves"),
    PURGE("subjects", TYPE_NUMBER, "number", subjects, "10000", "how many are worked on at once"),
    PURGE("lease", TYPE_DURATION, "duration", lease_ms, "60s",
          "how long another worker waits for one that says nothing any more"),
    PURGE("retries", TYPE_NUMBER, "number", retries, "5",
          "how often a subject that fails is tried again, each time after a longer while"),
    PURGE("max_lag", TYPE_DURATION, "duration", max_lag_ms, "10s",
          "PostgreSQL: it pauses while a standby is further behind; 0: never"),
    PURGE("max_waiters", TYPE_NUMBER, "number", max_waiters, "10",
          "PostgreSQL: it pauses while more sessions wait for locks; 0: never"),
    PURGE("max_wal", TYPE_NUMBER, "number of MB", max_wal_mb, "4096",
          "PostgreSQL: it pauses while replication slots keep more WAL; 0: never"),
};

#define SCHEDULE(key, TYPE, type, member, standard, doc)                                           \
    ROW("lifecycle.schedule.JOB.", key, TYPE, type, SchedulePolicy, member, standard, doc)

static const Row schedule_rows[] = {
    SCHEDULE("cron", TYPE_TEXT, "five fields", cron, "",
             "minute, hour, day of the month, month, day of the week; @hourly, @daily, @weekly, "
             "@monthly, @yearly; off: it does not run. Of purge by default `0 2 * * *`"),
    SCHEDULE("zone", TYPE_TEXT, "text", zone, "UTC",
             "whose clocks the expression means: UTC, Europe/Berlin, America/New_York"),
    SCHEDULE("catch_up", TYPE_TEXT, "once or never", catch_up, "once",
             "when nobody was there at its times: it runs once for the latest of them, or waits "
             "for the next one"),
};

static const Row alert_rows[] = {
    ROW("lifecycle.alerts.", "pending_over", TYPE_NUMBER, "number", Config,
        lifecycle.alerts.pending_over, "100", "more requests than these are unusual"),
    ROW("lifecycle.alerts.", "cleanup_silent", TYPE_AGE, "age", Config,
        lifecycle.alerts.cleanup_silent, "48h", "rung purge must have ended well since then"),
    ROW("lifecycle.alerts.", "silent", TYPE_AGE, "age", Config, lifecycle.alerts.silent, "26h",
        "each subject and each policy of retention must have been carried out since then"),
    ROW("lifecycle.alerts.", "overdue", TYPE_AGE, "age", Config, lifecycle.alerts.overdue, "26h",
        "no request may be due for longer, unless it is held"),
    ROW("lifecycle.alerts.", "backlog", TYPE_AGE, "age", Config, lifecycle.alerts.backlog, "24h",
        "the requests that are due must not grow in number all this time"),
    ROW("lifecycle.alerts.", "cancel_over", TYPE_NUMBER, "number", Config,
        lifecycle.alerts.cancel_over, "10", "more cancellations than these in a day are unusual"),
    ROW("lifecycle.alerts.", "cancel_times", TYPE_NUMBER, "number", Config,
        lifecycle.alerts.cancel_times, "3",
        "when they are more than so many times those of a day in the week before"),
};

#define VAULT(key, TYPE, type, member, standard, doc)                                              \
    ROW("vault.", key, TYPE, type, Config, vault.member, standard, doc)
#define COLUMN(key, TYPE, type, member, standard, doc)                                             \
    ROW("vault.columns.COLUMN.", key, TYPE, type, VaultColumn, member, standard, doc)

static const Row vault_rows[] = {
    VAULT("key_file", TYPE_TEXT, "text", key_file, "vault.keys",
          "file with the keys, relative to rung.yaml, readable by its owner alone; `rung vault "
          "init` makes it"),
    VAULT("keys", TYPE_URL, "text", keys, "",
          "the keys themselves in place of the file, from the environment: \"${RUNG_VAULT_KEYS}\""),
    VAULT("columns", TYPE_ENTRIES, "map", columns, "",
          "columns whose values are sealed, by TABLE.COLUMN or SCHEMA.TABLE.COLUMN; a name with a "
          "dot stands in double quotes"),
};

static const Row column_rows[] = {
    COLUMN("id", TYPE_LIST, "list", id, "",
           "columns that tell the rows apart, which a value is bound to; by default the primary "
           "key"),
    COLUMN("lookup", TYPE_TEXT, "text", lookup, "",
           "column that gets the keyed hash of the value, to find it by"),
    COLUMN("bound_to", TYPE_TEXT, "text", bound_to, "",
           "TABLE.COLUMN as it was called when its values were sealed, if it has a new name"),
};

#define NOTIFY(key, TYPE, type, member, standard, doc)                                             \
    ROW("notify.", key, TYPE, type, Config, notify.member, standard, doc)
#define MAIL(key, TYPE, type, member, standard, doc)                                               \
    ROW("notify.mail.", key, TYPE, type, Config, notify.mail.member, standard, doc)
#define WEBHOOK(key, TYPE, type, member, standard, doc)                                            \
    ROW("notify.webhooks.NAME.", key, TYPE, type, WebhookPolicy, member, standard, doc)

static const Row notify_rows[] = {
    NOTIFY("app", TYPE_TEXT, "text", app, "our service", "what mail calls the application"),
    NOTIFY("mail", TYPE_SECTION, "map", mail, "",
           "mail to lifecycle.subjects.NAME.email; none without notify.mail.url"),
    NOTIFY("webhooks", TYPE_ENTRIES, "map", webhooks, "",
           "URLs that are told of events, by name; each is a channel of its own"),
    NOTIFY("reminder", TYPE_LIST, "list of ages", reminder, "",
           "how long before an erasure is due it is said again: [7d, 1d]; by default never"),
    NOTIFY("attempts", TYPE_NUMBER, "number", attempts, "16",
           "how often a message is tried before it is given up"),
    NOTIFY("backoff", TYPE_DURATION, "duration", backoff_ms, "30s",
           "how long it waits after the first attempt; twice as long after each further one, at "
           "most 6 h"),
    NOTIFY("lease", TYPE_DURATION, "duration", lease_ms, "2min",
           "how long others leave a message to the service that took it"),
    NOTIFY("poll", TYPE_DURATION, "duration", poll_ms, "5s",
           "how often the service looks for what other processes wrote"),
    NOTIFY("keep", TYPE_AGE, "age", keep, "30d", "how long it is known what was sent, or failed"),
    NOTIFY("ca", TYPE_TEXT, "text", ca, "",
           "PEM file of the authorities that are believed, relative to rung.yaml; by default those "
           "of the machine"),
};

static const Row mail_rows[] = {
    MAIL("url", TYPE_URL, "URL", url, "",
         "smtp://HOST:PORT, or smtps:// for TLS from the beginning"),
    MAIL("username", TYPE_URL, "text", username, "", "name for the mail server"),
    MAIL("password", TYPE_URL, "text", password, "", "its password: \"${SMTP_PASSWORD}\""),
    MAIL("from", TYPE_TEXT, "address", from, "", "\"Ledger <no-reply@example.org>\""),
    MAIL("reply_to", TYPE_TEXT, "address", reply_to, "", "where answers go"),
    MAIL("alerts_to", TYPE_TEXT, "address", alerts_to, "",
         "who gets alerts by mail; by default nobody"),
    MAIL("tls", TYPE_TEXT, "text", tls, "required",
         "smtp://: required, or allowed, when the server is on this machine"),
    MAIL("templates", TYPE_TEXT, "text", templates, "",
         "folder with texts in place of rung's own, relative to rung.yaml: requested.txt, "
         "requested.html ..."),
    MAIL("events", TYPE_LIST, "list", events, "",
         "requested, reminder, cancelled, completed, alert; by default all"),
    MAIL("timeout", TYPE_DURATION, "duration", timeout_ms, "30s",
         "how long one mail may take; at most 60s"),
};

static const Row webhook_rows[] = {
    WEBHOOK("url", TYPE_URL, "URL", url, "", "https://..., or http://"),
    WEBHOOK("secret", TYPE_URL, "text", secret, "",
            "secret of the signature, 24 or more characters, or whsec_ and base64; two with a "
            "blank between while one replaces the other"),
    WEBHOOK("events", TYPE_LIST, "list", events, "", "as in notify.mail.events"),
    WEBHOOK("timeout", TYPE_DURATION, "duration", timeout_ms, "10s",
            "how long it may take to answer; at most 60s"),
};

#define SERVE(key, TYPE, type, member, standard, doc)                                              \
    ROW("serve.", key, TYPE, type, Config, serve.member, standard, doc)
#define LIMITS(key, TYPE, type, member, standard, doc)                                             \
    ROW("serve.limits.", key, TYPE, type, Config, serve.limits.member, standard, doc)
#define TLS(key, TYPE, type, member, standard, doc)                                                \
    ROW("serve.tls.", key, TYPE, type, Config, serve.tls.member, standard, doc)
#define AUTH(key, TYPE, type, member, standard, doc)                                               \
    ROW("serve.auth.", key, TYPE, type, Config, serve.auth.member, standard, doc)

static const Row serve_rows[] = {
    SERVE("listen", TYPE_TEXT, "ADDRESS:PORT", listen, "127.0.0.1:8000",
          "where it listens; [::1]:8000 is IPv6, port 0 any that is free"),
    SERVE("metrics_listen", TYPE_TEXT, "ADDRESS:PORT", metrics_listen, "",
          "where it answers /metrics; by default nowhere"),
    SERVE("subject", TYPE_TEXT, "text", subject, "",
          "whose rows users may have erased; by default the only one of lifecycle.subjects"),
    SERVE("pool", TYPE_SECTION, "map", pool, "", "how many connections to the database it has"),
    SERVE("require_idempotency_key", TYPE_FLAG, "true or false", require_idempotency_key, "false",
          "whether POST /api/v1/admin/users/delete-permanently needs an Idempotency-Key"),
    SERVE("dashboard", TYPE_FLAG, "true or false", dashboard, "true",
          "pages for admins at /, where they sign in with a form"),
    SERVE("drift_check", TYPE_AGE, "age", drift_check, "15min",
          "how often it runs rung check, in a scratch database, when a schema file is set and the "
          "schema has changed; 0s: never"),
    SERVE("auth", TYPE_SECTION, "map", auth, "", "which tokens of users are believed"),
    SERVE("tls", TYPE_SECTION, "map", tls, "", "its certificate; by default it speaks plain HTTP"),
    SERVE("limits", TYPE_SECTION, "map", limits, "", "how much a client may ask for"),
    SERVE("trusted_proxies", TYPE_LIST, "list", trusted_proxies, "",
          "addresses and networks (10.0.0.0/8) whose X-Forwarded-For is believed"),
    SERVE("admin_secret", TYPE_URL, "text", admin_secret, "",
          "secret of the tokens of admins, 32 or more characters, for several services that share "
          "them; by default one that ends with the process"),
    SERVE("admins", TYPE_ENTRIES, "map", admins, "",
          "who may sign in as admin, by name: `NAME: HASH` with what `rung-serve --hash-password` "
          "prints"),
};

#define POOL(key, TYPE, type, member, standard, doc)                                               \
    ROW("serve.pool.", key, TYPE, type, Config, serve.pool.member, standard, doc)

static const Row pool_rows[] = {
    POOL("size", TYPE_NUMBER, "number", size, "20",
         "how many stay open; each is made when it is needed first"),
    POOL("overflow", TYPE_NUMBER, "number", overflow, "10",
         "how many more are made while all of them are busy"),
    POOL("timeout", TYPE_DURATION, "duration", timeout_ms, "30s",
         "how long a request waits for one; then it is answered 503"),
    POOL("recycle", TYPE_DURATION, "duration", recycle_ms, "1h",
         "how old one may become before it is replaced"),
};

static const Row auth_rows[] = {
    AUTH("hs256_secret", TYPE_URL, "text", hs256_secret, "",
         "secret of HS256 tokens, 32 or more characters: \"${JWT_SECRET_KEY}\""),
    AUTH(
        "public_key", TYPE_TEXT, "text", public_key, "",
        "PEM file in its place, relative to rung.yaml: an RSA key means RS256, one on P-256 ES256"),
    AUTH("jwks", TYPE_TEXT, "text", jwks, "",
         "file with several keys in their place (RFC 7517), relative to rung.yaml; a token names "
         "its key by kid"),
    AUTH("issuer", TYPE_TEXT, "text", issuer, "", "what the tokens must have as iss"),
    AUTH("audience", TYPE_TEXT, "text", audience, "", "what they must have as aud"),
    AUTH("not_before", TYPE_TEXT, "time", not_before, "",
         "tokens that were issued before it are refused, and those that do not say when: "
         "2026-01-31T12:00:00Z"),
};

static const Row tls_rows[] = {
    TLS("certificate", TYPE_TEXT, "text", certificate, "",
        "PEM file with the certificate and those between it and its root, relative to rung.yaml"),
    TLS("key", TYPE_TEXT, "text", key, "", "PEM file with its private key, without a password"),
    TLS("client_ca", TYPE_TEXT, "text", client_ca, "",
        "PEM file with the roots of the clients' certificates; with it every client needs one"),
};

static const Row limits_rows[] = {
    LIMITS("request_time", TYPE_DURATION, "duration", request_ms, "30s",
           "how long the headers and the body of one request may take"),
    LIMITS("connections", TYPE_NUMBER, "number", connections, "10000",
           "how many connections there may be; the one that waits longest makes room for a new "
           "one"),
    LIMITS("address_rate", TYPE_NUMBER, "number", address_rate, "0",
           "requests a second from one address, for IPv6 from one /64; 0: any number"),
    LIMITS("address_burst", TYPE_NUMBER, "number", address_burst, "100",
           "how many of these at once after a rest"),
    LIMITS("subject_rate", TYPE_NUMBER, "number", subject_rate, "0",
           "requests a second with tokens of one subject; 0: any number"),
    LIMITS("subject_burst", TYPE_NUMBER, "number", subject_burst, "20",
           "how many of these at once after a rest"),
};

static const Row admin_rows[] = {
    ROW("serve.admins.NAME.", "hash", TYPE_URL, "text", AdminConfig, hash, "",
        "argon2id or bcrypt ($2b$, $2y$) hash of the password"),
};

#define ENTRIES(key, list, T, shorthand, what)                                                     \
    {                                                                                              \
        key, list, COUNT(list), sizeof(T), offsetof(T, name), offsetof(T, line), shorthand, what   \
    }
#define PLAIN(key, list)                                                                           \
    {                                                                                              \
        .name = key, .rows = list, .count = COUNT(list)                                            \
    }

static const Section sections[] = {
    PLAIN("", top_rows),
    PLAIN("scratch", scratch_rows),
    PLAIN("lint", lint_rows),
    PLAIN("backup", backup_rows),
    PLAIN("deploy", deploy_rows),
    PLAIN("lifecycle", lifecycle_rows),
    ENTRIES("lifecycle.subjects", subject_rows, SubjectPolicy, "table", "a subject"),
    ENTRIES("lifecycle.relations", relation_rows, RelationPolicy, "class", "a class"),
    ENTRIES("lifecycle.retention", retention_rows, RetentionPolicy, NULL, "a policy"),
    ENTRIES("lifecycle.holds", hold_rows, HoldPolicy, NULL, "a hold"),
    PLAIN("lifecycle.purge", purge_rows),
    ENTRIES("lifecycle.schedule", schedule_rows, SchedulePolicy, "cron", "a cron expression"),
    PLAIN("lifecycle.alerts", alert_rows),
    PLAIN("vault", vault_rows),
    ENTRIES("vault.columns", column_rows, VaultColumn, "id", "an id"),
    PLAIN("notify", notify_rows),
    PLAIN("notify.mail", mail_rows),
    ENTRIES("notify.webhooks", webhook_rows, WebhookPolicy, NULL, "a webhook"),
    PLAIN("serve", serve_rows),
    PLAIN("serve.pool", pool_rows),
    PLAIN("serve.auth", auth_rows),
    PLAIN("serve.tls", tls_rows),
    PLAIN("serve.limits", limits_rows),
    ENTRIES("serve.admins", admin_rows, AdminConfig, "hash", "a hash"),
    ENTRIES("targets", target_rows, TargetConfig, "url", "a URL"),
};

const Section *config_section_at(size_t index)
{
    return index < COUNT(sections) ? &sections[index] : NULL;
}

const Section *config_section(const char *name)
{
    size_t i = 0;
    while (i < COUNT(sections) && strcmp(sections[i].name, name) != 0)
        i++;
    return config_section_at(i);
}
