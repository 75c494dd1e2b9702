/* Every command of rung, in the order of the help. */
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/reference.h"
#include "base/names.h"

static const char *const group_titles[GROUP_COUNT] = {
    [GROUP_START] = "start",
    [GROUP_RUN] = "change the database",
    [GROUP_LOOK] = "see where it is",
    [GROUP_SCHEMA] = "compare schemas",
    [GROUP_PROVE] = "prove that it is right",
    [GROUP_LIFE] = "the life of rows",
    [GROUP_MEND] = "mend the history",
    [GROUP_SELF] = "about rung",
};

static const Command commands[] = {
    {
        .name = "init",
        .group = GROUP_START,
        .operands = "",
        .summary = "write rung.yaml and the folder for revisions",
        .description =
            "Writes a rung.yaml with comments and an empty migrations folder here. Files that are "
            "already there are left alone.\n\n"
            "With --from-database the database has tables already: the first revision is a "
            "baseline that makes them on a new database, schema.sql describes them, and the "
            "database is marked as being there. Nothing in it is changed but rung's own history, "
            "and undoing the baseline drops nothing.",
        .options = {"from-database", "message"},
        .examples = {{"rung init --url sqlite:app.db", "a new project on SQLite"},
                     {"rung init --from-database --url postgresql://app@db/app",
                      "take over a database that is in use"}},
        .exits = {5},
        .remarks = true,
        .verb = rung_init,
    },
    {
        .name = "revision",
        .aliases = {"new"},
        .elsewhere = {"create", "add", "generate", "make"},
        .group = GROUP_START,
        .operands = "",
        .summary = "write a new revision file",
        .description =
            "Writes migrations/ID_MESSAGE.sql with empty sections for up, down and a check, and "
            "prints its path. It follows the newest revision, or those that --parents names. "
            "Edit the file, then run rung upgrade.\n\n"
            "With --autogenerate the sections are filled with the difference between what the "
            "revisions make (they are replayed in a scratch database) and the schema file: up, "
            "down and checks, for the engines of the targets. When there is none, nothing is "
            "written. What loses rows or values is marked by a comment. Read the file before you "
            "run it.\n\n"
            "A column or table with a new name is renamed if you say so: by --rename, by a line -- "
            "rung:renamed from=OLD in "
            "front of it in the schema file, or when you are asked at a terminal; otherwise it is "
            "dropped and created.",
        .options = {"message", "id", "parents", "autogenerate", "rename", "ignore", "online"},
        .examples = {{"rung revision -m \"add deletion_requested_at to users\"", "the next change"},
                     {"rung revision -m \"fix totals\" --parents 20251201T090000",
                      "a change that follows an older revision"},
                     {"rung revision -m \"grace period\" --autogenerate",
                      "what schema.sql has and the revisions do not"}},
        .verb = rung_revision,
    },
    {
        .name = "upgrade",
        .aliases = {"up"},
        .elsewhere = {"migrate", "update", "run"},
        .group = GROUP_RUN,
        .operands = "[REV]",
        .summary = "run the revisions that are pending",
        .description =
            "Brings the database to REV, by default to head. Each revision runs in one "
            "transaction together with its checks and its history entry; statements that cannot "
            "run in a transaction are journalled one by one.\n\n"
            "If it fails or is killed, the revision under way is rolled back and those before it "
            "stay. Run the same command again: it goes on where it stopped. Only one run works on "
            "a database at a time; a second one waits.\n\n"
            "With --sql it prints a script for psql or sqlite3 instead. FROM:TO as the REV prints "
            "the script without asking a database.",
        .options = {"sql", "dry-run"},
        .examples = {{"rung upgrade --dry-run", "what would run?"},
                     {"rung upgrade", "everything that is pending"},
                     {"rung upgrade +1", "one revision only"},
                     {"rung upgrade --sql > change.sql", "a script for someone else to run"}},
        .exits = {5, 6},
        .remarks = true,
        .verb = rung_upgrade,
    },
    {
        .name = "downgrade",
        .aliases = {"down"},
        .elsewhere = {"rollback", "revert", "undo", "redo"},
        .group = GROUP_RUN,
        .operands = "REV",
        .summary = "undo revisions, newest first",
        .description =
            "Takes the database back to REV: every revision behind it is undone by its down "
            "section. REV itself stays; base undoes everything. Rows that the down section drops "
            "are gone: look at rung downgrade --sql first.",
        .options = {"sql", "dry-run"},
        .examples = {{"rung downgrade -1 --sql", "what would undoing the last revision do?"},
                     {"rung downgrade -1", "undo the last revision"},
                     {"rung downgrade 20251201T090000", "go back to that revision"}},
        .exits = {5},
        .remarks = true,
        .verb = rung_downgrade,
    },
    {
        .name = "deploy",
        .elsewhere = {"release", "rollout", "ship"},
        .group = GROUP_RUN,
        .operands = "[REV]",
        .summary = "look, rehearse, back up, upgrade and validate, as one run",
        .description =
            "Brings the database to REV, by default to head, as a checklist would have it, and "
            "keeps a log.\n\n"
            "First it only looks: old transactions, replication, room, another run; then a "
            "rehearsal (rung rehearse), and with it the sessions whose locks are in the way and "
            "the "
            "rights that are missing. Then it makes a backup and reads it back, asks, runs the "
            "commands of the settings deploy.before and deploy.maintenance_on, upgrades, runs the "
            "checks of these revisions, and looks whether all is well. deploy.maintenance_off runs "
            "whatever happened, deploy.after when everything went well.\n\n"
            "If a check fails, what this run applied is undone, provided that the rehearsal proved "
            "that the way back restores schema and rows. Otherwise it stays, and the command is "
            "printed that restores the backup. After any other failure and after an interrupt what "
            "is committed stays; run it again to go on.\n\n"
            "With --dry-run it ends behind the rehearsal: nothing is saved or changed. Exit status "
            "3 "
            "if something stands in the way, 4 if the rehearsal found a hazard over the budget, 6 "
            "if "
            "a check failed.",
        .options = {"yes", "dry-run", "force", "no-backup", "verify-backup", "queries", "budget",
                    "format", "output"},
        .examples = {{"rung deploy --target prod --dry-run", "is anything in the way?"},
                     {"rung deploy --target prod -o deploy.md", "look, ask, run it, keep the log"},
                     {"rung deploy --target prod --yes --json", "in a pipeline"}},
        .exits = {3, 4, 5, 6},
        .verb = rung_deploy,
    },
    {
        .name = "status",
        .elsewhere = {"info", "st"},
        .group = GROUP_LOOK,
        .operands = "",
        .summary = "what is applied, what is pending, what is wrong",
        .description = "Shows the target, where the database is, which revisions are pending, and "
                       "whether one is half-done, was edited after it ran, or is unknown here. It "
                       "changes nothing and takes no lock. rung check answers by exit "
                       "status.\n\n"
                       "With --lifecycle it shows the requests to be erased instead: how many are "
                       "pending and ready, the average of the days that remain, what failed, what "
                       "is held, the last purge. Exit status 3 when something there needs "
                       "somebody: more requests than lifecycle.alerts.pending_over, no purge for "
                       "lifecycle.alerts.cleanup_silent, a guard or an index that is missing or "
                       "not used.",
        .options = {"lifecycle"},
        .examples = {{"rung status", "before a release"},
                     {"rung status --json", "the same for a script"},
                     {"rung status --lifecycle", "every hour: exit 3 if something is wrong"}},
        .exits = {3},
        .verb = rung_status,
    },
    {
        .name = "current",
        .elsewhere = {"version-db", "where"},
        .group = GROUP_LOOK,
        .operands = "",
        .summary = "the revision that the database is at",
        .description = "Prints the newest applied revision; several if the history has branches. "
                       "Prints nothing for a database that no revision has run on.",
        .examples = {{"rung current", "where is the default target?"},
                     {"rung current --target prod", "where is production?"}},
        .verb = rung_current,
    },
    {
        .name = "history",
        .elsewhere = {"log", "list"},
        .group = GROUP_LOOK,
        .operands = "",
        .summary = "all revisions, newest first",
        .description =
            "Lists the revision files as a history, newest first. With --log it lists what "
            "happened in the database instead: who ran what, when, for how long, failures too.",
        .options = {"log", "limit"},
        .examples = {{"rung history", "the revisions of this folder"},
                     {"rung history --log --limit 20", "what happened lately, and who did it"}},
        .verb = rung_history,
    },
    {
        .name = "show",
        .elsewhere = {"cat", "describe"},
        .group = GROUP_LOOK,
        .operands = "REV",
        .summary = "one revision with its text",
        .description = "Prints the revision's id, parents, message, hash and file, then the file.",
        .examples = {{"rung show head", "the newest revision"},
                     {"rung show 2025121", "a unique beginning of an id is enough"}},
        .verb = rung_show,
    },
    {
        .name = "heads",
        .group = GROUP_LOOK,
        .operands = "",
        .summary = "the revisions that nothing follows",
        .description = "There should be one. Several mean that two people wrote a revision at the "
                       "same time; rung merge joins them.",
        .examples = {{"rung heads", "is there more than one?"}},
        .verb = rung_heads,
    },
    {
        .name = "branches",
        .group = GROUP_LOOK,
        .operands = "",
        .summary = "where the history forks and merges",
        .description = "Lists the revisions that more than one revision follows, and those that "
                       "have more than one parent.",
        .examples = {{"rung branches", "who forked from where?"}},
        .verb = rung_branches,
    },
    {
        .name = "diff",
        .elsewhere = {"compare", "delta", "schema-diff"},
        .group = GROUP_SCHEMA,
        .operands = "",
        .summary = "the SQL that leads from one schema to another",
        .description =
            "Compares two schemas and prints the statements that turn --from into --to, in the "
            "order in which they run; nothing when they are equal. Nothing is changed. --format is "
            "sql, json or summary.\n\n"
            "Each is a URL, target:NAME, a SQL file or a folder of them, a snapshot (a .json file "
            "that rung dump --format json wrote), a revision (what the revisions up to it make), "
            "or empty. SQL text and revisions are loaded into a scratch database: SQLite in "
            "memory; for PostgreSQL a private server, started from the PostgreSQL of this "
            "machine, or the one that the setting scratch names.\n\n"
            "A step that loses rows or values is marked as such. A query that must find 0 rows "
            "before the first step stands as a comment at the top. A difference that has no "
            "statement is named with the reason on stderr, and then nothing is printed. When "
            "PostgreSQL stands against SQLite, it is translated first; what has no translation is "
            "named on stderr.",
        .options = {"from", "to", "format", "down", "data-loss", "column-order", "online", "ignore",
                    "rename", "schemas", "exclude"},
        .examples = {{"rung diff", "what makes the target's database what schema.sql says"},
                     {"rung diff --from sqlite:old.db --to sqlite:new.db --down", "and back"},
                     {"rung diff --from head --to schema.sql --format summary",
                      "one line a difference"},
                     {"rung diff --from target:prod --to target:dev", "two databases"}},
        .verb = rung_diff,
    },
    {
        .name = "apply",
        .elsewhere = {"push", "sync", "create-tables"},
        .group = GROUP_SCHEMA,
        .operands = "",
        .summary = "make a database what the schema file says",
        .description =
            "For development: shows the difference between the database and the schema file, asks, "
            "and runs it in one transaction, under the same lock and with an entry in the same log "
            "as a revision. No revision is written and no mark is moved; in production use "
            "revisions. An SQLite file that is not there yet is created.\n\n"
            "First the queries are asked that count rows in the way of a new constraint. What "
            "loses rows or values is refused unless --allow-loss is given. Without a terminal, "
            "--yes takes the place of the question.",
        .options = {"dry-run", "yes", "allow-loss", "online", "ignore", "rename", "schemas",
                    "exclude"},
        .examples = {{"rung apply --dry-run", "what would run?"},
                     {"rung apply", "show it, ask, run it"},
                     {"rung apply --yes --allow-loss", "in a script, on a database without value"}},
        .exits = {5},
        .remarks = true,
        .verb = rung_apply_schema,
    },
    {
        .name = "dump",
        .elsewhere = {"export-schema", "inspect", "schema"},
        .group = GROUP_SCHEMA,
        .operands = "",
        .summary = "the schema of a database as SQL that rebuilds it",
        .description =
            "Prints every object of the database, in the order in which they can be created. The "
            "same schema gives the same text.\n\n"
            "With --dir it is a folder: each object has a file with all that belongs to it, and "
            "index.sql names them in the order in which they load, for psql, for sqlite3 and for "
            "rung diff. A dump into the same folder replaces the files of the one before.\n\n"
            "With --format json it is a snapshot, which rung diff reads and which loses nothing; "
            "with --format markdown, a document for people.",
        .options = {"format", "dir", "schemas", "exclude"},
        .examples = {{"rung dump > schema.sql", "the default target's schema"},
                     {"rung dump --dir schema", "a file for each object"},
                     {"rung dump --url sqlite:app.db --format markdown", "to be read"}},
        .verb = rung_dump,
    },
    {
        .name = "types",
        .elsewhere = {"gen", "codegen", "typegen", "generate-types", "models"},
        .group = GROUP_SCHEMA,
        .operands = "",
        .summary = "types for TypeScript, C, Python and JSON Schema",
        .description =
            "Prints the tables, views, enums, composite types and functions of a schema as code of "
            "an application. The schema is the target's database, or what --from names, as in rung "
            "diff. The same schema gives the same bytes; comments on tables and columns go "
            "along.\n\n"
            "ts has the shape of Supabase's generated types. c is a header for C and C++. python "
            "is "
            "dataclasses, or models of SQLModel with --style sqlmodel. json-schema is draft "
            "2020-12.\n\n"
            "With --check nothing is written: exit status 3 and the lines that differ if the file "
            "is not what would be written.",
        .options = {"lang", "style", "from", "output", "check", "schemas", "exclude"},
        .examples = {{"rung types --lang ts -o src/database.ts", "the default target's types"},
                     {"rung types --lang ts -o src/database.ts --check",
                      "in CI: are they current?"},
                     {"rung types --lang python --style sqlmodel --from head",
                      "what the revisions make, without a database"},
                     {"rung types --lang c --from schema.sql > schema.h", "from the schema file"}},
        .exits = {3},
        .verb = rung_types,
    },
    {
        .name = "erd",
        .elsewhere = {"diagram", "graph", "er", "visualize"},
        .group = GROUP_SCHEMA,
        .operands = "",
        .summary = "a diagram of tables and foreign keys",
        .description =
            "Prints the tables, their columns and their foreign keys as an entity-relationship "
            "diagram: for Mermaid, which GitHub and GitLab draw in Markdown, or for Graphviz. With "
            "--format svg Graphviz draws it: its program dot must be installed. The schema is the "
            "target's database, or what --from names, as in rung diff.",
        .options = {"from", "format", "output", "check", "schemas", "exclude"},
        .examples = {{"rung erd", "the default target's tables, for Mermaid"},
                     {"rung erd --format svg -o schema.svg", "a picture"},
                     {"rung erd --from head --format dot", "what the revisions make"}},
        .exits = {3},
        .verb = rung_erd,
    },
    {
        .name = "cascade",
        .elsewhere = {"foreign-keys", "on-delete", "fk"},
        .group = GROUP_SCHEMA,
        .operands = "",
        .summary = "what goes with a row that is deleted, and what stops it",
        .description =
            "Draws the foreign keys below a table: what each does on DELETE, the class that "
            "lifecycle.relations wants, its index or what a DELETE reads without one. It names "
            "cycles, tables that are reached in several ways, keys that stand in the way, and what "
            "would leave orphans. --format is tree, json, dot or mermaid.\n\n"
            "--verify lists every key with PASS or FAIL: exit status 6 if one does not do what is "
            "wanted. --fix writes a revision, up and down, that sets it, for every engine of the "
            "targets; on PostgreSQL without long locks. It starts from what the revisions make, as "
            "rung revision --autogenerate does. What is wanted is the class of each key in "
            "lifecycle.relations, or with --action one for all keys that reference the root.",
        .options = {"root", "format", "verify", "fix", "action", "table", "message", "id"},
        .examples = {{"rung cascade --root users", "the tree"},
                     {"rung cascade --root users --verify --action cascade",
                      "does each key to users cascade?"},
                     {"rung cascade --fix", "a revision that sets what rung.yaml says"}},
        .exits = {6},
        .verb = rung_cascade,
    },
    {
        .name = "check",
        .elsewhere = {"verify-all", "pending"},
        .group = GROUP_PROVE,
        .operands = "",
        .summary = "exit 3 if anything is pending, unknown or edited",
        .description =
            "For pipelines: exit status 0 if the database is exactly at head, 3 if a revision is "
            "pending or half-done, was edited after it ran, or is unknown here. It changes "
            "nothing.\n\n"
            "Where rung.yaml names a schema file, the newest revision is replayed in a scratch "
            "database, too: each difference between what the revisions make and the schema file "
            "(rung revision --autogenerate would write it), or the database (somebody changed it "
            "by hand), is one line, and the exit status is 3.",
        .examples = {{"rung check --quiet || exit 1", "stop a release in a shell script"}},
        .exits = {3},
        .remarks = true,
        .verb = rung_check,
    },
    {
        .name = "rehearse",
        .elsewhere = {"simulate", "try", "dry"},
        .group = GROUP_PROVE,
        .operands = "[REV...]",
        .summary = "run revisions on a scratch copy and watch what they do",
        .description =
            "Restores the target's schema, not its data, in a scratch database, puts a few rows "
            "into every table, and runs what is pending up, down and up again. The target is only "
            "read.\n\n"
            "For each statement it tells what the server did: which locks it took, whether it "
            "rewrote a table, read every row, validated keys or built an index, and whether a "
            "strong lock was held meanwhile. From the target's sizes it estimates how long others "
            "would be blocked. It names what the way back does not restore, and the rows of the "
            "target that would make a statement fail.\n\n"
            "With --queries the application's queries are prepared after each statement: those "
            "that break are named with the statement that breaks them. With --from a snapshot that "
            "rung "
            "dump wrote stands for a target that cannot be reached. Exit status 4 if work "
            "blocks others for longer than --budget, 500ms by default, or something fails. "
            "--format is text, json, markdown, junit, sarif or github.",
        .options = {"from", "queries", "budget", "format"},
        .examples = {{"rung rehearse", "what is pending"},
                     {"rung rehearse 002 --from prod.json", "on a snapshot by rung dump"},
                     {"rung rehearse head --queries queries/", "with the application's queries"},
                     {"rung rehearse --format markdown", "for a review"}},
        .exits = {4},
        .verb = rung_rehearse,
    },
    {
        .name = "artifacts",
        .elsewhere = {"pack", "review"},
        .group = GROUP_PROVE,
        .operands = "REV",
        .summary = "write the files of a review: SQL, validation, guide",
        .description =
            "Runs REV in a scratch database, behind all that it stands on, and writes what a "
            "review "
            "needs into artifacts/REV, or the folder that --dir names: up.sql and rollback.sql, "
            "validate.sql, which psql or sqlite3 run without rung, summary.txt with the tables and "
            "their columns, policies, indexes and triggers, and guide.md. Files that are there are "
            "replaced. The target is asked for the sizes of its tables, if it can be reached.",
        .options = {"dir"},
        .examples = {{"rung artifacts head", "the newest revision"},
                     {"rung artifacts 001 --dir review", "into a folder of one's own"}},
        .verb = rung_artifacts,
    },
    {
        .name = "guide",
        .elsewhere = {"runbook", "docs"},
        .group = GROUP_PROVE,
        .operands = "REV",
        .summary = "print the guide of a revision",
        .description =
            "Runs REV in a scratch database and prints the guide that somebody needs who deploys "
            "it: "
            "what changes and why, steps with commands, verification queries with the answers that "
            "they gave, the way back and what it does not restore, locks, storage, query plans, "
            "monitoring, troubleshooting and checklists in which what rung did is ticked. --format "
            "is markdown or html. The same revision gives the same text: with --check and -o, exit "
            "status 3 says that the file is not current.",
        .options = {"format", "output", "check"},
        .examples = {{"rung guide head -o guide.md", "for the newest revision"},
                     {"rung guide 001 --format html -o guide.html", "as a page"},
                     {"rung guide 001 -o guide.md --check", "in CI"}},
        .exits = {3},
        .verb = rung_guide,
    },
    {
        .name = "lint",
        .elsewhere = {"review", "analyze", "squawk", "audit-sql"},
        .group = GROUP_PROVE,
        .operands = "[REV|FILE...]",
        .summary = "what would go wrong, from the text of the revisions",
        .description =
            "Judges the pending revisions (all of the folder if the database cannot be reached), "
            "or those that are named, or plain SQL files: locks that others wait for, tables that "
            "are read or written whole, what is lost, what breaks the running application, and the "
            "traps of SQLite. Nothing is run. What the revisions before made is known: a table "
            "that the revision itself makes raises no alarm, nor does a CHECK that proves NOT "
            "NULL.\n\n"
            "A line -- rung:ignore RULE REASON in front of a statement ignores a finding there, "
            "above the sections in the whole file; RULE until=2027-01-31 REASON, up to that day. "
            "Exit status 4 if an error stands; with --strict, if anything does.\n\n"
            "doc/lint.md has every rule with an example. --format is text, json, markdown, junit, "
            "sarif or github.",
        .options = {"format", "strict", "fix", "rules"},
        .examples = {{"rung lint", "what is pending"},
                     {"rung lint head --strict", "the newest revision, notes too"},
                     {"rung lint --format github", "annotations in a pull request"},
                     {"rung lint change.sql --fix", "a plain file, made safe"}},
        .exits = {4},
        .verb = rung_lint,
    },
    {
        .name = "validate",
        .elsewhere = {"verify", "test"},
        .group = GROUP_PROVE,
        .operands = "[REV]",
        .summary = "run the checks of what is applied: PASS or FAIL",
        .description =
            "Runs the rung:check queries of every applied revision, or of REV alone, against the "
            "database as it is now, and prints a line for each and the counts. Exit status 6 if "
            "one fails.\n\n"
            "For one revision there are more: it is run in a scratch database, and every object "
            "that it made there must be in the database as well. With --sql all of them are "
            "printed as a script that psql or sqlite3 runs without rung. With --explain the plans "
            "of the queries that must use an index are shown.",
        .options = {"sql", "explain"},
        .examples = {{"rung validate", "does the database still keep what was promised?"},
                     {"rung validate head", "the newest revision, and what it made"},
                     {"rung validate head --sql > validate.sql", "for those who have no rung"}},
        .exits = {6},
        .remarks = true,
        .verb = rung_validate,
    },
    {
        .name = "isolation",
        .elsewhere = {"tenants", "rls", "tenancy"},
        .group = GROUP_PROVE,
        .operands = "",
        .summary = "prove that no tenant reaches another's rows",
        .description =
            "Makes rows of two tenants in every table that has the column --tenant-column, in a "
            "transaction that is rolled back, and tries as one of them to reach those of the "
            "other. Nothing stays in the database. Exit status 3 if anything is found.\n\n"
            "On PostgreSQL each table is tried with SELECT, INSERT, UPDATE and DELETE, as the "
            "application's role, which --role names. How the session is told its tenant is read "
            "from the policies (current_setting, a claim of request.jwt.claims, functions like "
            "auth.uid()); where that is not clear, --set says it. A cell is ok, LEAK, no policy "
            "(the role may, but no policy lets it), no right, or not proven.\n\n"
            "Then the catalog is searched for ways around the policies: tables without them, an "
            "owner, superuser or BYPASSRLS, keys that cascade from one tenant to another, "
            "functions with their owner's rights and no search_path, views that run as their "
            "owner, partitions that can be used by their own name.\n\n"
            "With --queries, on SQLite and PostgreSQL, the application's queries are proven in "
            "place of the tables: each that touches a table with the column is run as one tenant, "
            "with the rows of the other there and away. What it gives and leaves must be the "
            "same, and the other's rows untouched.",
        .options = {"tenant-column", "role", "set", "queries", "schemas", "exclude"},
        .examples = {{"rung isolation --tenant-column user_id --role app",
                      "every table and verb, as app"},
                     {"rung isolation --tenant-column org --set app.org={tenant}",
                      "the session is told by a setting of its own"},
                     {"rung isolation --tenant-column user_id --queries queries/",
                      "the application's queries"}},
        .exits = {3},
        .verb = rung_isolation,
    },
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
    {
        .name = "merge",
        .elsewhere = {"join"},
        .group = GROUP_MEND,
        .operands = "[REV...]",
        .summary = "write a revision that joins several heads",
        .description = "Writes an empty revision file whose parents are the revisions named, by "
                       "default all heads. After it there is one head again.",
        .options = {"message", "id"},
        .examples = {{"rung merge -m \"join billing and search\"", "join all heads"}},
        .verb = rung_merge,
    },
    {
        .name = "stamp",
        .elsewhere = {"mark", "baseline", "set", "resolve"},
        .group = GROUP_MEND,
        .operands = "REV",
        .summary = "set the mark in the database, run nothing",
        .description =
            "Says that the database is at REV without running anything: for a schema that was "
            "changed by hand or by another tool. Make sure that it is true; rung validate helps. "
            "The history keeps who stamped what.",
        .options = {"force", "sql"},
        .examples = {{"rung stamp head", "the schema is already what head describes"},
                     {"rung stamp base", "nothing is applied"}},
        .exits = {5},
        .remarks = true,
        .verb = rung_stamp,
    },
    {
        .name = "help",
        .elsewhere = {"man", "usage"},
        .group = GROUP_SELF,
        .operands = "[COMMAND]",
        .summary = "this overview, or all about one command",
        .description = "Prints the list of commands and options, or everything about one command.",
        .examples = {{"rung help upgrade", "the same as rung upgrade --help"}},
        .print = help_print,
    },
    {
        .name = "version",
        .group = GROUP_SELF,
        .operands = "",
        .summary = "print the version",
        .description = "Prints the version of rung.",
        .examples = {{"rung version", "which one is installed?"}},
        .print = version_print,
    },
    {
        .name = "completion",
        .elsewhere = {"completions"},
        .group = GROUP_SELF,
        .operands = "SHELL",
        .summary = "print a completion script for bash, zsh or fish",
        .description = "Prints a script that lets the shell complete commands and options. make "
                       "install puts it where the shells look for it.",
        .examples = {{"eval \"$(rung completion bash)\"", "in ~/.bashrc"},
                     {"rung completion zsh > ~/.zfunc/_rung", "a folder of $fpath"},
                     {"rung completion fish > ~/.config/fish/completions/rung.fish", "once"}},
        .print = completion_print,
    },
    {
        .name = "manual",
        .group = GROUP_SELF,
        .operands = "",
        .summary = "print the manual page in roff",
        .description = "Prints rung(1) for man. make install installs it.",
        .examples = {{"rung manual | man -l -", "read it without installing it"}},
        .print = manual_print,
    },
    {
        .name = "reference",
        .group = GROUP_SELF,
        .operands = "",
        .summary = "print the reference in Markdown",
        .description = "Prints every command, option, setting and exit status as Markdown.",
        .examples = {{"rung reference > doc/reference.md", "the page in the source tree"}},
        .print = reference_print,
    },
};

const Command *command_at(size_t index)
{
    return index < COUNT(commands) ? &commands[index] : NULL;
}

static bool holds(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count && list[i]; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

const Command *command_find(const char *name)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0 ||
            holds(commands[i].aliases, COUNT(commands[i].aliases), name))
            return &commands[i];
    return NULL;
}

static const char *nearest(const char *name)
{
    Near near;
    near_start(&near, name, strlen(name));
    for (size_t i = 0; i < COUNT(commands); i++)
        if (holds(commands[i].elsewhere, COUNT(commands[i].elsewhere), name))
            return commands[i].name;
    for (size_t i = 0; i < COUNT(commands); i++) {
        near_offer(&near, commands[i].name);
        for (size_t k = 0; k < COUNT(commands[i].aliases) && commands[i].aliases[k]; k++)
            near_offer(&near, commands[i].aliases[k]);
    }
    return near.count ? near.names[0] : NULL;
}

Code command_unknown(const char *name, Error *error)
{
    const char *meant = nearest(name);
    error_set(error, RUNG_UNKNOWN, "no such command: %s", name);
    if (meant)
        return error_hint(error, "did you mean rung %s? rung help lists the commands", meant);
    return error_hint(error, "rung help lists the commands");
}

bool command_takes(const Command *command, const Option *option)
{
    return option->global || holds(command->options, COUNT(command->options), option->name);
}

void command_operands(const Command *command, size_t *ret_least, size_t *ret_most)
{
    const char *operands = command->operands;
    *ret_least = *ret_most = 0;
    while (*operands) {
        *ret_least += *operands != '[';
        (*ret_most)++;
        operands += strcspn(operands, " ");
        operands += strspn(operands, " ");
    }
    if (strstr(command->operands, "..."))
        *ret_most = SIZE_MAX;
}

bool command_has_operand(const Command *command, const char *name)
{
    return strstr(command->operands, name);
}

const char *command_group_title(CommandGroup group)
{
    return group_titles[group];
}
