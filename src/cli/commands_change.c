/* Commands that begin a project, run its revisions and say where it is. */
#include "cli/commands_parts.h"

const Command change_commands[] = {
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
                       "is held, the last purge.\n\n"
                       "Exit status 3 when something there needs somebody: more requests than "
                       "lifecycle.alerts.pending_over, no purge for "
                       "lifecycle.alerts.cleanup_silent, a guard or an index that is missing or "
                       "not used, a request that is due for too long, a policy that was not "
                       "carried out, ever more that is due, many cancellations, and what the last "
                       "look found of orphans and of the audit's chain.",
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
};

const size_t change_command_count = COUNT(change_commands);
