/* librung: database changes as a library. The program `rung` is a client of this header.
 *
 * Open a project, call verbs, print results:
 *
 *     rung_options options = RUNG_OPTIONS_INIT;
 *     rung *project = NULL;
 *     rung_result *result = NULL;
 *     rung_error *error = NULL;
 *     options.url = "sqlite:app.db";
 *     if (rung_open(&options, &project, &error) == RUNG_OK)
 *         rung_upgrade(project, NULL, &result, &error);
 *
 * Rules that hold everywhere: strings are UTF-8; outputs are last, named ret_…, and untouched on
 * failure unless said otherwise; NULL is accepted by every …_free and rung_close; the library
 * never prints, logs or exits: what happens along the way goes to the event callback. A project
 * belongs to one thread at a time; rung_cancel alone may be called from any thread or from a
 * signal handler. */
#ifndef RUNG_RUNG_H
#define RUNG_RUNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rung/error.h"
#include "rung/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RUNG_API __attribute__((visibility("default")))
#else
#define RUNG_API
#endif

typedef struct rung rung;
typedef struct rung_error rung_error;
typedef struct rung_result rung_result;

/* "0.1.0" */
RUNG_API const char *rung_version(void);

/* ---- projects ----------------------------------------------------------------------------- */

typedef struct rung_options {
    unsigned version;       /* RUNG_OPTIONS_VERSION */
    const char *config;     /* path of a rung.yaml; NULL: rung.yaml of the current folder, if any */
    const char *target;     /* name of a target; NULL: the first */
    const char *url;        /* database URL in place of the target's; NULL: the target's, or
                               DATABASE_URL from the environment or .env when there is no rung.yaml */
    const char *migrations; /* folder in place of the configured one; NULL: as configured */
    rung_event_fn *on_event;
    void *context;
    rung_ask_fn *on_ask; /* asks the user; NULL: nobody is there to be asked */

    /* How old a database connection may become that stays open between verbs, in seconds; 0: each
     * verb has its own. One that the server ended is replaced when the next verb begins. */
    unsigned keep_seconds;
} rung_options;

#define RUNG_OPTIONS_VERSION 3
#define RUNG_OPTIONS_INIT                                                                          \
    {                                                                                              \
        .version = RUNG_OPTIONS_VERSION                                                            \
    }

/* Reads the configuration. Connects to nothing: a verb connects when it needs to. The strings of
 * `options` are copied. Errors: CONFIG, FILE, UNKNOWN (no such target). */
RUNG_API rung_code rung_open(const rung_options *options, rung **ret_project,
                             rung_error **ret_error);
RUNG_API void rung_close(rung *project);

/* Closes the connection that keep_seconds left open; the next verb makes another. NULL is
 * accepted. */
RUNG_API void rung_disconnect(rung *project);

/* Stops the statement that runs; its transaction is rolled back and the verb returns
 * RUNG_INTERRUPTED. Async-signal-safe. */
RUNG_API void rung_cancel(rung *project);

/* ---- verbs -------------------------------------------------------------------------------- */

/* Several strings. */
typedef struct rung_names {
    const char *const *at;
    size_t count;
} rung_names;

/* What the verbs take. Each reads only the fields that it names below; zero is the default. */
typedef struct rung_arguments {
    unsigned version;     /* RUNG_ARGUMENTS_VERSION */
    bool json;            /* the result's text is one JSON document */
    const char *revision; /* an id, a unique prefix, head, heads, base, +N, -N, REV+N, REV-N */
    const char *const *revisions; /* several of them: merge, revision --parents; an action and what
                                     it is about: erase, hold */
    size_t revision_count;
    const char *message; /* of a new revision */
    const char *id;      /* of a new revision; NULL: the time in UTC */
    bool sql;            /* print the SQL that would run; FROM:TO prints without a database */
    bool dry_run;        /* print the plan */
    bool from_database;  /* init: a baseline of the database as it is */
    bool verbose;        /* more detail in the text */
    bool force;          /* stamp: also when the database's revisions are unknown here; deploy: in
                            spite of errors that were found; purge, retain: the clock is right */
    size_t limit;        /* history --log: the last N events; 0: all */
    bool log;            /* history: the database's event log in place of the graph */

    /* schemas: dump, diff, apply, revision with autogenerate */
    const char *from, *to;    /* diff, and from of types and erd: a URL, target:NAME, a SQL file or
                                 folder, a .json snapshot, a revision, "empty"; NULL: the target's
                                 database, the schema file */
    const char *format;       /* dump: sql, json, markdown; diff: sql, json, summary; erd: mermaid,
                                 dot, svg */
    const char *directory;    /* dump: a folder for a file for each object */
    bool down;                /* diff: the way back */
    const char *data_loss;    /* diff: "allow" (NULL), "refuse" */
    const char *column_order; /* diff: "ignore" (NULL), "report", "rebuild" */
    bool autogenerate;        /* revision: the difference between its parent and the schema file */
    bool yes;                 /* apply: do not ask */
    bool allow_loss;          /* apply: also what loses rows or values */
    bool online; /* diff, apply, revision: no long locks, at the price of several transactions */
    rung_names ignored;  /* kinds of objects that are left as they are */
    rung_names renames;  /* "old=new": tables, or columns as "table.column" */
    rung_names schemas;  /* PostgreSQL: only what stands in these */
    rung_names excluded; /* patterns with * and ? of names: "name" or "schema.name" */

    /* proof: lint, rehearse, validate, artifacts, guide, deploy, types, erd */
    const char *queries;  /* a file or folder of the application's queries */
    const char *language; /* types: "ts", "c", "python", "json-schema" */
    const char *output;   /* a file or folder to write; NULL: the result's text */
    const char *budget;   /* how long others may be blocked: "500ms" */
    bool up_to_date;      /* types, guide: RUNG_FOUND if what is written is not what would be */
    bool fix;             /* lint: writes what is mechanical */
    bool explain;         /* validate: the queries use their indexes */
    const char *style;    /* types: "dataclass" (NULL) or "sqlmodel" for python */
    bool strict;          /* lint: every finding counts, not only errors */
    bool rules;           /* lint: the rules themselves */
    bool no_backup;       /* deploy: none is made */
    bool verify_backup;   /* deploy: its schema is restored in scratch */

    /* lifecycle */
    const char *subject; /* purge: one of rung.yaml, NULL: all; export: SUBJECT:KEY */
    bool at_once;        /* erase request: without the grace period; schedule run: also when it
                            is not due */
    const char *reason;  /* hold add: why (required); outbox alert, outbox fail: in words */
    const char *expires; /* hold add: an age ("90d") or a date, NULL: never */
    bool all;            /* erase list, hold list: also what is over; erase replay: also erasures
                            of other databases */
    bool lifecycle;      /* status: requests, holds, purges and alerts */
    const char *root;    /* cascade: a table; NULL: those of lifecycle.subjects */
    rung_names tables;   /* cascade: of these tables alone; what is not there is told */
    const char *action;  /* cascade: the class that is wanted of each key of the root: "cascade",
                            "set_null", "restrict", "retain"; NULL: as lifecycle.relations says */
    bool verify;         /* cascade: PASS or FAIL for each key */
    const char *tenant_column; /* isolation: the column that says whose a row is */
    const char *role;          /* isolation: PostgreSQL, that of the application; NULL: the
                                  connection's */
    rung_names settings;       /* isolation: "NAME=VALUE", by which a session is told its tenant;
                                  {tenant} in VALUE stands for it; none: as the policies read it */
    const char *column;        /* vault decrypt: which, as in rung.yaml */
    rung_names row;            /* vault decrypt: the ids of its row; purge: the keys of `subject`
                                  that are erased now, whether they asked or not: all of them, or
                                  nobody and RUNG_FOUND when one is held; no others */
    bool list;                 /* export: the history of exports; retain: the policies, and what
                                  the last run of each did */
    bool expire;               /* export: removes the archives whose time is over */
    const char *policy;        /* retain: the table of one policy, NULL: all */
    bool orphans;              /* retain: rows without a parent, or alive below a deleted one */

    /* the service */
    const char *channel;         /* outbox take: "mail", or the name of a webhook */
    const char *lease;           /* outbox done, fail, release: the holder that take told */
    bool final;                  /* outbox fail: it is never tried again */
    size_t wait_seconds;         /* outbox fail: how long the other side wants to be left alone */
    const char *idempotency_key; /* erase request, erase cancel, purge with row, export with later:
                                    what was done with this key is not done again, but told; NULL:
                                    none */
    const char *scope;           /* whose key that is (required with one) */
    const char *payload;         /* what is asked for with it (required with one); something else
                                    with the same key is RUNG_USAGE */
    bool later;                  /* purge with row, export: it is left to rung order run */
    const char *after; /* schedule preview: slots behind this time in UTC; NULL: behind now */
    const char *actor; /* erase, hold, purge with row: who does it, for the audit, which names the
                          user of the process beside it; NULL: that user alone */
    const char *state; /* erase list: of this state alone; NULL: the open ones */
    size_t offset;     /* erase list: so many are left out first */
} rung_arguments;

#define RUNG_ARGUMENTS_VERSION 5
#define RUNG_ARGUMENTS_INIT                                                                        \
    {                                                                                              \
        .version = RUNG_ARGUMENTS_VERSION                                                          \
    }

/* The shape of every verb. `arguments` NULL means all defaults. A result may come with RUNG_FOUND,
 * RUNG_HAZARD or RUNG_INVALID as well as with RUNG_OK; an error comes with any other code. Only
 * rung_deploy gives both: the log and the reason for which it ended. The caller frees both. */
typedef rung_code rung_verb(rung *project, const rung_arguments *arguments,
                            rung_result **ret_result, rung_error **ret_error);

/* clang-format off */
RUNG_API rung_verb rung_init;      /* from_database, message: writes rung.yaml and the folder */
RUNG_API rung_verb rung_revision;  /* message, id, revisions (parents), autogenerate with renames,
                                      ignored, online: writes a revision file */
RUNG_API rung_verb rung_merge;     /* revisions (default: all heads), message, id */
RUNG_API rung_verb rung_upgrade;   /* revision (default head), sql, dry_run */
RUNG_API rung_verb rung_downgrade; /* revision (required), sql, dry_run */
RUNG_API rung_verb rung_stamp;     /* revision (required: an id, head, heads, base), force, sql */
RUNG_API rung_verb rung_current;   /* what the database is at */
RUNG_API rung_verb rung_history;   /* the graph, newest first; log, limit: the event log */
RUNG_API rung_verb rung_heads;     /* revisions that nothing follows */
RUNG_API rung_verb rung_branches;  /* where the history forks and merges */
RUNG_API rung_verb rung_show;      /* revision (required): one revision with its text */
RUNG_API rung_verb rung_status;    /* target, current, pending, half-done, edited; lifecycle: RUNG_FOUND if
                                      an alert fires */
RUNG_API rung_verb rung_check;     /* RUNG_FOUND if anything is pending, unknown, edited or half-done, or rung.yaml's lifecycle
                                      does not fit the foreign keys */
RUNG_API rung_verb rung_dump;      /* format, directory, schemas, excluded: the schema as text that rebuilds it */
RUNG_API rung_verb rung_types;     /* language (required), style, from, output, up_to_date, schemas, excluded:
                                      code with a type for each table; RUNG_FOUND if up_to_date
                                      and the file is another */
RUNG_API rung_verb rung_erd;       /* from, format, output, up_to_date, schemas, excluded: a diagram */
RUNG_API rung_verb rung_diff;      /* from, to, format, down, data_loss, column_order, online, ignored,
                                      renames, schemas, excluded: SQL that leads from one to the other;
                                      RUNG_REFUSED if a difference has none */
RUNG_API rung_verb rung_apply_schema; /* dry_run, yes, allow_loss, online, ignored, renames, schemas,
                                         excluded: makes the database what the schema file says */
RUNG_API rung_verb rung_rehearse;  /* revisions (default: pending), queries, budget, format: what they do,
                                      seen on a scratch copy; RUNG_HAZARD if a hazard is over the budget */
RUNG_API rung_verb rung_artifacts; /* revision (required), directory: up, rollback and validation as SQL, a
                                      summary and the guide, as files */
RUNG_API rung_verb rung_guide;     /* revision (required), format, output, up_to_date: the guide */
RUNG_API rung_verb rung_lint;      /* revisions (ids or SQL files; default: the pending ones), format,
                                      strict, fix, rules: RUNG_HAZARD if a finding stands in the way */
RUNG_API rung_verb rung_validate;  /* revision (default: all applied): RUNG_INVALID if a check fails */
RUNG_API rung_verb rung_deploy;    /* revision (default head), yes, dry_run, force, no_backup, verify_backup,
                                      queries, budget, format, output: looks, rehearses, saves, runs,
                                      validates; rolls back if a check fails and nothing is lost by it */
RUNG_API rung_verb rung_purge;     /* subject, dry_run, force, row with later, actor: erases the subjects that are
                                      due; RUNG_FOUND if one failed, and is tried again later */
RUNG_API rung_verb rung_order;     /* revisions (an action: list, show, run; an id), subject (show: SUBJECT:KEY, whose
                                      it has to be), force: orders to erase or export; RUNG_FOUND if
                                      some are left */
RUNG_API rung_verb rung_erase;     /* revisions (an action: init, request, cancel, status, list, replay,
                                      unguard; SUBJECT:KEY),
                                      at_once, all, state, limit, offset, verbose (with tables),
                                      actor: requests to be erased */
RUNG_API rung_verb rung_hold;      /* revisions (an action: add, release, list; TABLE:KEY or a number), reason,
                                      expires, all, actor: rows that nothing removes */
RUNG_API rung_verb rung_audit;     /* revision (an action: verify, anchor, log), limit: RUNG_INVALID if the
                                      audit was changed */
RUNG_API rung_verb rung_export;    /* subject, output (a folder), later: all rows of a subject in one archive; list with
                                      limit, expire: RUNG_FOUND if history and folder do not agree */
RUNG_API rung_verb rung_cascade;   /* root, format: the foreign keys below a table; verify, action, tables:
                                      RUNG_INVALID if one does not do what is wanted; fix, message, id:
                                      writes a revision that sets it */
RUNG_API rung_verb rung_isolation; /* tenant_column (required), role, settings, queries, schemas, excluded:
                                      RUNG_FOUND if a tenant reaches another's rows */
RUNG_API rung_verb rung_vault;     /* revision (required: init, key, encrypt, rotate, check, decrypt), column,
                                      row: sealed columns; RUNG_FOUND if check found something */
RUNG_API rung_verb rung_metrics;   /* output: the lifecycle's figures for Prometheus */
RUNG_API rung_verb rung_ready;     /* whether requests can be carried out; RUNG_FOUND if not */
RUNG_API rung_verb rung_retain;    /* policy, dry_run, force: removes or anonymises rows that were kept long
                                      enough; list: the policies and their last run; orphans: finds rows without a parent; RUNG_FOUND if a
                                      policy stopped, or there are such rows */
RUNG_API rung_verb rung_outbox;    /* revisions (an action: list, retry, alert; for who sends: tend, take, done,
                                      fail, release; a number, or the name of an alert), all, limit, channel, lease, reason, final,
                                      wait_seconds: mail and webhooks that wait to be sent */
RUNG_API rung_verb rung_schedule;  /* revisions (an action: list, run, preview, beat; a job), at_once, after,
                                      limit: jobs that run by themselves; RUNG_FOUND if one failed */
/* clang-format on */

/* ---- results ------------------------------------------------------------------------------ */

/* The result as text for people, or as JSON when it was asked for; it ends with a newline unless
 * it is empty. It belongs to `result`. */
RUNG_API const char *rung_result_text(const rung_result *result);

/* How many revisions the verb ran, wrote or lists. */
RUNG_API size_t rung_result_count(const rung_result *result);
RUNG_API void rung_result_free(rung_result *result);

/* ---- errors ------------------------------------------------------------------------------- */

/* All belong to `error`. Texts that are not known are "", the line is 0. */
RUNG_API rung_code rung_error_code(const rung_error *error);
RUNG_API const char *rung_error_message(const rung_error *error);
RUNG_API const char *rung_error_detail(const rung_error *error);
RUNG_API const char *rung_error_hint(const rung_error *error);
RUNG_API const char *rung_error_sqlstate(const rung_error *error);
RUNG_API const char *rung_error_file(const rung_error *error);
RUNG_API int rung_error_line(const rung_error *error);
RUNG_API const char *rung_error_revision(const rung_error *error);
RUNG_API const char *rung_error_statement(const rung_error *error);
RUNG_API void rung_error_free(rung_error *error);

/* One row of RUNG_CODES: its name, the exit status of the program, what it means. */
RUNG_API const char *rung_code_name(rung_code code);
RUNG_API int rung_code_exit(rung_code code);
RUNG_API const char *rung_code_doc(rung_code code);

/* ---- the service -------------------------------------------------------------------------- */

typedef struct rung_serve_admin {
    const char *name, *hash; /* of the password, argon2id or bcrypt */
} rung_serve_admin;

/* Connections to the database: `size` stay open, `overflow` more are made when all are busy. */
typedef struct rung_serve_pool {
    size_t size, overflow;
    unsigned timeout_ms;      /* how long a request waits for one */
    unsigned recycle_seconds; /* how old one may become; 0: each request makes its own */
} rung_serve_pool;

/* What the section serve of rung.yaml says, variables expanded. Secrets stand in it. */
typedef struct rung_serve_settings {
    const char *listen;         /* "127.0.0.1:8000" */
    const char *metrics_listen; /* NULL: no metrics */
    const char *subject;        /* a name of lifecycle.subjects */
    const char *secret;         /* of HS256 tokens, or NULL */
    const char *public_key;     /* path of a PEM file, or NULL */
    const char *issuer, *audience;
    const char *admin_secret; /* NULL: none is set */
    const rung_serve_admin *admins;
    size_t admin_count;
    rung_serve_pool pool;

    const char *jwks;   /* path of a JWK set, in place of secret and public_key, or NULL */
    int64_t not_before; /* tokens of users that were issued earlier are refused; 0: none */
    const char *tls_certificate, *tls_key, *tls_client_ca; /* paths of PEM files, or NULL */
    int request_ms, connections;                           /* serve.limits */
    int address_rate, address_burst, subject_rate, subject_burst;
    rung_names trusted_proxies;

    bool require_idempotency_key; /* for what admins erase */
    bool dashboard;               /* the pages for admins */
    int64_t drift_check_seconds;  /* how often /readyz may have `rung check` run; 0: never */
} rung_serve_settings;

/* It belongs to `project`. CONFIG with file and line when something is missing. */
RUNG_API rung_code rung_serve_settings_read(rung *project, rung_serve_settings *ret_settings,
                                            rung_error **ret_error);

typedef struct rung_notify_webhook {
    const char *name, *url, *secret;
    int timeout_ms;
} rung_notify_webhook;

/* What the section notify of rung.yaml says, variables expanded. Secrets stand in it. */
typedef struct rung_notify_settings {
    const char *app;
    const char *ca;       /* path; NULL: the machine's */
    const char *mail_url; /* NULL: there is no mail */
    const char *username, *password;
    const char *from, *reply_to;
    const char *templates; /* path of a folder; NULL: none */
    bool tls_required;
    int mail_timeout_ms, poll_ms;
    const rung_notify_webhook *webhooks;
    size_t webhook_count;
} rung_notify_settings;

/* It belongs to `project`; all NULL and 0 without such a section. CONFIG with file and line when
 * something is wrong. */
RUNG_API rung_code rung_notify_settings_read(rung *project, rung_notify_settings *ret_settings,
                                             rung_error **ret_error);

/* ---- settings ----------------------------------------------------------------------------- */

/* Every setting of rung.yaml, for the reference: row `index`, or false behind the last. */
typedef struct rung_setting {
    const char *name;     /* "targets.NAME.lock_timeout" */
    const char *type;     /* "duration", "text", "list" */
    const char *standard; /* the default, "" if none */
    const char *doc;
} rung_setting;
RUNG_API bool rung_setting_at(size_t index, rung_setting *ret_setting);

#ifdef __cplusplus
}
#endif
#endif
