/* Commands for the life of rows: erasure, holds, retention, the audit. */
#include "cli/commands_parts.h"

const Command life_commands[] = {
    {
        .name = "erase",
        .elsewhere = {"forget", "delete", "gdpr", "deletion"},
        .group = GROUP_LIFE,
        .operands = "init|request|cancel|status|list|replay|unguard [SUBJECT:KEY]",
        .summary = "requests to be erased, with a grace period",
        .description =
            "A subject is a row whose owner may ask to be erased: an entry of lifecycle.subjects "
            "in rung.yaml. rung purge removes it, and what goes with it, when the request is "
            "due.\n\n"
            "init creates rung's tables and the triggers that guard the subjects' tables, and "
            "takes over what stands in their columns requested_at already. Run it again after a "
            "change of lifecycle.subjects, and after a revision that made such a table anew. "
            "unguard "
            "removes these triggers, for a revision that drops what they are on.\n\n"
            "request asks for the erasure after the grace period; asked again it changes nothing. "
            "With --now it is due at once. cancel takes it back until the purge has begun: exit "
            "status 2 if nobody asked, 1 if it is too late. status shows what became of one "
            "request, list those that are open, the next one first; a subject's name behind it "
            "shows its own.\n\n"
            "The time is the database's, in UTC. The guards hold for everybody, whatever program "
            "it is: no row of the subject is deleted before its request is due, and nobody but "
            "rung changes the column requested_at.\n\n"
            "replay is for a database that was restored from a backup: it looks for the rows that "
            "the ledger (lifecycle.ledger) knows to be erased, and makes their requests due, so "
            "that rung purge removes them again. rung check and rung purge refuse a database for "
            "which that was not done.",
        .options = {"now", "all", "limit"},
        .examples = {{"rung erase init", "once, and after a change of the subjects"},
                     {"rung erase request users:42", "start the grace period"},
                     {"rung erase cancel users:42", "take it back"},
                     {"rung erase list --json", "what is open, for a script"}},
        .verb = rung_erase,
    },
    {
        .name = "export",
        .elsewhere = {"takeout", "portability", "sar"},
        .group = GROUP_LIFE,
        .operands = "",
        .summary = "all rows of a subject in one archive",
        .description =
            "Writes the subject's row, and every row that references it directly or through "
            "others, as one moment of the database, into one tar archive that only its owner can "
            "read: a file of JSON lines for each table, manifest.json and SHA256SUMS. What is held "
            "or waits to be erased is exported too.\n\n"
            "Rows of other subjects are left out, unless they would be erased with this one; the "
            "keys that lead to them are named.\n\n"
            "The archive goes into the folder lifecycle.exports, or into --output. A history row "
            "says who exported what, when, and why it failed. --list shows these, --expire removes "
            "the archives whose time (lifecycle.exports_keep) is over. Exit status 3 when history "
            "and folder do not agree: an archive is missing, or nobody knows it.",
        .options = {"subject", "output", "list", "expire", "limit"},
        .examples = {{"rung export --subject users:42", "everything about one user"},
                     {"rung export --list", "what was exported?"},
                     {"rung export --expire", "once a day, for cron or a timer"}},
        .exits = {3},
        .verb = rung_export,
    },
    {
        .name = "hold",
        .elsewhere = {"legal-hold", "keep", "freeze"},
        .group = GROUP_LIFE,
        .operands = "add|release|list [TABLE:KEY|ID]",
        .summary = "rows that nothing may remove",
        .description =
            "A row that is held is not purged, nor is anything above it whose purge would take it "
            "along. add holds one row, for ever or until --expires: an age like 90d or 7y, or the "
            "day on which it ends (UTC). release ends a hold; both are kept in the audit.\n\n"
            "The key is written TABLE:KEY; one of several columns is TABLE:VALUE,VALUE in the "
            "order of the primary key. There a value with a comma stands in double quotes, doubled "
            "inside.\n\n"
            "list shows the holds in force and the conditions of lifecycle.holds in rung.yaml; "
            "with --all also what was released or has expired.",
        .options = {"reason", "expires", "all"},
        .examples = {{"rung hold add users:42 --reason \"case 7/2026\"", "keep it"},
                     {"rung hold add orders:7,2 --reason audit --expires 90d",
                      "a key of two columns, for 90 days"},
                     {"rung hold release 3", "the number is in the list"},
                     {"rung hold list", "what is held, and why?"}},
        .verb = rung_hold,
    },
    {
        .name = "audit",
        .elsewhere = {"trail", "ledger"},
        .group = GROUP_LIFE,
        .operands = "verify|anchor|log",
        .summary = "what was done to rows, and whether that is true",
        .description =
            "Every request, cancellation, hold and batch of a purge commits together with a record "
            "that is sealed with the hash of the one before it. Subjects stand there as keyed "
            "hashes.\n\n"
            "verify computes the chain anew: exit status 6 and the number of the first record that "
            "was changed, removed or moved. Only a head that is kept elsewhere tells whether all "
            "of it was written anew: anchor adds it to the file that lifecycle.anchor names, and "
            "verify compares it with that.\n\n"
            "log prints the records, the last --limit of them.",
        .options = {"limit"},
        .examples = {{"rung audit verify", "was anything changed?"},
                     {"rung audit anchor", "keep the head outside of the database"},
                     {"rung audit log --limit 20", "the last 20 records"}},
        .exits = {6},
        .verb = rung_audit,
    },
    {
        .name = "purge",
        .elsewhere = {"cleanup", "delete", "ttl"},
        .group = GROUP_LIFE,
        .operands = "",
        .summary = "erase the subjects whose request is due",
        .description =
            "Claims the requests that are due, which cannot be cancelled from then on, and removes "
            "their rows and everything below them as lifecycle.relations says: children first, in "
            "transactions of about lifecycle.purge.batch_time, each with its record in the "
            "audit.\n\n"
            "Nothing that is held goes, nor what has a row below it that is held or restricts it. "
            "A "
            "subject that fails is told, is tried again later, and holds nobody else up. On "
            "PostgreSQL it pauses while standbys are behind, sessions wait for locks, or slots "
            "keep "
            "too much WAL.\n\n"
            "When it is stopped or killed, run it again: it goes on. One worker at a time has the "
            "lease; what another one that was asleep still tries is refused. With --dry-run it "
            "counts "
            "the rows of each table in one snapshot and changes nothing.",
        .options = {"dry-run", "subject", "force"},
        .examples = {{"rung purge --dry-run", "what would go, table by table?"},
                     {"rung purge", "erase who is due; for cron or a timer"}},
        .exits = {3, 5},
        .verb = rung_purge,
    },
    {
        .name = "order",
        .elsewhere = {"orders", "job", "jobs"},
        .group = GROUP_LIFE,
        .operands = "list|show|run [ID]",
        .summary = "what the service was told to erase or export",
        .description =
            "An order is written down in one transaction, and carried out behind that: an erasure "
            "of several subjects at once, which an admin asked the service for, or an export that "
            "a user did. rung serve carries it out; what a process that died left behind is taken "
            "up by the next one, and an erasure also by rung purge.\n\n"
            "list shows the orders that are open, show one of them. run carries them out, or the "
            "one that is named, and lists what is open still: exit status 3 if there is any. With "
            "--subject, show only finds an export of this subject.",
        .options = {"subject", "force"},
        .examples = {{"rung order list", "what is open?"},
                     {"rung order run", "carry it out, where no service runs"}},
        .exits = {3, 5},
        .verb = rung_order,
    },
    {
        .name = "retain",
        .elsewhere = {"retention", "expire", "archive"},
        .group = GROUP_LIFE,
        .operands = "",
        .summary = "end rows that were kept long enough",
        .description =
            "Carries out lifecycle.retention of rung.yaml, table by table: rows whose age is over "
            "keep, or whose condition holds, are deleted with what is below them as "
            "lifecycle.relations says, or anonymised, or go with their partition.\n\n"
            "Ages are counted by the database's clock in UTC, in calendar months where keep has "
            "months or years, and never end early. Rows whose age is NULL stay, and are counted. "
            "What is held stays, and so does what a held row, or one of class restrict, is "
            "below.\n\n"
            "It works in transactions of about lifecycle.purge.batch_time, each with its record in "
            "the audit, and shares the lease of rung purge: one worker at a time. When it is "
            "stopped or killed, run it again. A policy that fails is told, and holds no other up. "
            "With --dry-run it counts the rows of each table in one snapshot and changes "
            "nothing.\n\n"
            "With --list it says what each policy is and what its last run did.\n\n"
            "With --orphans it looks at each foreign key instead, also at those that are not "
            "enforced: for rows whose parent is missing, and for rows that live while their parent "
            "is deleted softly. Exit status 3 if there are any.",
        .options = {"dry-run", "policy", "list", "orphans", "force"},
        .examples = {{"rung retain --dry-run", "what would go, table by table?"},
                     {"rung retain", "everything that is over; for cron or a timer"},
                     {"rung retain --list", "what did the last run of each policy do?"},
                     {"rung retain --orphans", "do all references lead somewhere?"}},
        .exits = {3, 5},
        .verb = rung_retain,
    },
    {
        .name = "outbox",
        .elsewhere = {"mail", "notify", "webhook", "queue"},
        .group = GROUP_LIFE,
        .operands = "list|retry|alert|tend|take|done|fail|release [ID|NAME]",
        .summary = "mail and webhooks that wait to be sent",
        .description =
            "With a section notify in rung.yaml each request, cancellation and erasure writes into "
            "the outbox who is to be told of it, in its own transaction. rung serve sends that, "
            "and tries again what was not taken. doc/notify.md says what is promised.\n\n"
            "list shows what waits, what the other side refused for good, and what was given up; "
            "with --all also what was sent. It shows no addresses. retry sends one of these "
            "again.\n\n"
            "tend writes the reminders that are due, each once, and forgets what ended longer ago "
            "than notify.keep; rung serve does so each minute. alert tells the --reason to "
            "webhooks "
            "and to notify.mail.alerts_to; the same NAME is told once. take, done, fail and "
            "release are "
            "for who sends: see rung.h.",
        .options = {"all", "limit", "reason"},
        .examples = {{"rung outbox list", "what waits, what failed, and why?"},
                     {"rung outbox retry 17", "the mail server is right again"},
                     {"rung outbox tend", "write the reminders that are due"}},
        .verb = rung_outbox,
    },
    {
        .name = "schedule",
        .elsewhere = {"cron", "jobs", "timer", "scheduler"},
        .group = GROUP_LIFE,
        .operands = "list|run|preview|beat [JOB]",
        .summary = "jobs that run by themselves, and what became of them",
        .description =
            "lifecycle.schedule in rung.yaml says which jobs run and when: purge, retain, "
            "export-expire, audit-verify, audit-anchor, alerts, orphans, vault-rotate. purge runs "
            "at 02:00 UTC each day unless it says something else; the others run when they are "
            "named.\n\n"
            "rung serve runs what is due. run does the same once and ends, for cron or a systemd "
            "timer; run JOB --now runs one that is not due. Several may do so at once: each slot, "
            "a job at a moment of its expression, is run by one of them. Who dies while it runs a "
            "job loses it to another after lifecycle.schedule_lease.\n\n"
            "Slots that passed while nobody was there are missed: the job runs once for the latest "
            "of them, the others are counted. Slots that come while the job still runs are "
            "skipped, and counted. A clock that is set back runs nothing again.\n\n"
            "list shows each job with its next slot, its last run and the counts. preview shows "
            "the next --limit slots, 5 by default, without a database. beat says that a scheduler "
            "lives, runs nothing, and prints the list: for a scheduler of your own.",
        .options = {"now", "limit", "after"},
        .examples = {{"rung schedule list", "what runs when, and what became of it?"},
                     {"rung schedule run", "what is due, once: for cron or a timer"},
                     {"rung schedule run purge --now", "do not wait for its time"},
                     {"rung schedule preview --limit 10", "the next ten times of each job"}},
        .exits = {3, 5},
        .verb = rung_schedule,
    },
    {
        .name = "ready",
        .elsewhere = {"health", "readyz", "probe"},
        .group = GROUP_LIFE,
        .operands = "",
        .summary = "whether requests to be erased can be carried out",
        .description =
            "Looks at what the service's /readyz looks at, check by check: the database answers "
            "and is at head, nothing is half-done, edited or unknown, rung's tables and the guards "
            "of the subjects are there, the clock is right, a scheduler that ran lives, the "
            "erasures of the ledger are carried out.\n\n"
            "With a schema file it also says whether the schema drifted, by the verdict of the "
            "last rung check: it holds until the schema changes. Exit status 3 when something is "
            "not ready, with what to do.",
        .options = {0},
        .examples = {{"rung ready", "what does /readyz say, and why?"},
                     {"rung ready --json", "the same for a script"}},
        .exits = {3},
        .verb = rung_ready,
    },
    {
        .name = "metrics",
        .elsewhere = {"prometheus", "stats"},
        .group = GROUP_LIFE,
        .operands = "",
        .summary = "figures of the lifecycle for Prometheus",
        .description =
            "Prints what is open, what the audit adds up to, how long batches took, and what the "
            "last look of each check found, in Prometheus' text format. It reads with one "
            "statement: what is expensive to know is not looked at again, and has the time of its "
            "last look beside it.\n\n"
            "The service answers /metrics with it. Where no service runs, -o writes a file for the "
            "textfile collector of node_exporter.",
        .options = {"output"},
        .examples = {{"rung metrics", "all of it"},
                     {"rung metrics -o /var/lib/node_exporter/rung.prom", "from cron"}},
        .verb = rung_metrics,
    },
    {
        .name = "serve",
        .elsewhere = {"server", "daemon", "http", "api"},
        .group = GROUP_LIFE,
        .operands = "",
        .summary = "the HTTP service that applications call",
        .description =
            "Listens on serve.listen, by default on this machine alone, until it gets SIGTERM or "
            "SIGINT; then it answers what it has and ends. Users ask for the erasure of their "
            "account, take it back, or look: DELETE /api/v1/users/me, POST "
            "/api/v1/users/me/cancel-deletion, GET /api/v1/users/me/deletion.\n\n"
            "Admins sign in at POST /api/v1/auth/admin/login, and erase accounts at once with POST "
            "/api/v1/admin/users/delete-permanently. GET /livez, /readyz and /openapi.json are for "
            "everybody. It also runs what lifecycle.schedule says: see rung schedule.\n\n"
            "A user's token is a JWT whose sub is the key of the row; serve.auth says how it is "
            "signed, by whom and for whom. Errors are RFC 9457 problems. doc/serve.md begins with "
            "a section serve for rung.yaml.",
        .examples = {{"rung serve", "with what rung.yaml says"},
                     {"rung-serve --hash-password < FILE", "a hash for serve.admins"}},
        .program = "rung-serve",
    },
    {
        .name = "vault",
        .elsewhere = {"encrypt", "decrypt", "secrets", "seal"},
        .group = GROUP_LIFE,
        .operands = "init|key|encrypt|rotate|check|decrypt",
        .summary = "encrypt columns, renew their keys, prove it",
        .description =
            "Seals the columns that vault.columns names, API keys for example, so that a copy of "
            "the database is worth nothing without the key file. A value is bound to its table, "
            "column and row: one that was copied elsewhere does not open.\n\n"
            "init makes the key file; key prints a key for the environment. encrypt seals what is "
            "not sealed, and fills the lookup columns. rotate adds a key and seals all values "
            "anew. Both work in short transactions, read every value back before they commit it, "
            "and go on where they stopped when they are run again.\n\n"
            "check opens every value: exit 3 for values that are not sealed, that were changed or "
            "moved, whose key is gone or whose lookup is wrong. It says which keys no value uses "
            "any more. decrypt prints one value.",
        .options = {"column", "row"},
        .examples = {{"rung vault init", "make the key file; keep a copy of it elsewhere"},
                     {"rung vault encrypt", "seal what is not sealed yet"},
                     {"rung vault rotate", "a new key for all values"},
                     {"rung vault decrypt --column api_keys.secret --row 42", "one value"}},
        .exits = {3, 5},
        .verb = rung_vault,
    },
};

const size_t life_command_count = COUNT(life_commands);
