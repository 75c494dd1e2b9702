/* Commands that compare schemas and prove changes. */
#include "cli/commands_parts.h"

const Command schema_commands[] = {
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
};

const size_t schema_command_count = COUNT(schema_commands);
