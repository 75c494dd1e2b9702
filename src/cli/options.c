/* Every option of rung: the global ones first, then those that commands name in their rows. */
#include "cli/options.h"
#include "cli/line.h"

#define PLACE(member) offsetof(CommandLine, member)

/* clang-format off */
static const Option options[] = {
    {"config", 'c', true, OPTION_TEXT, "FILE",
     "settings file in place of ./rung.yaml", PLACE(options.config)},
    {"target", 't', true, OPTION_TEXT, "NAME",
     "which target of rung.yaml; the first one by default", PLACE(options.target)},
    {"url", 0, true, OPTION_TEXT, "URL",
     "this database in place of a target: postgresql://USER@HOST/NAME or sqlite:FILE",
     PLACE(options.url)},
    {"migrations", 0, true, OPTION_TEXT, "DIR",
     "folder of the revision files", PLACE(options.migrations)},
    {"json", 0, true, OPTION_FLAG, NULL,
     "print one JSON document, errors too", PLACE(arguments.json)},
    {"quiet", 'q', true, OPTION_FLAG, NULL,
     "only warnings, errors and what was asked for", PLACE(quiet)},
    {"verbose", 'v', true, OPTION_FLAG, NULL,
     "more detail in the output", PLACE(arguments.verbose)},
    {"no-color", 0, true, OPTION_FLAG, NULL,
     "plain text, also on a terminal", PLACE(no_color)},
    {"help", 'h', true, OPTION_FLAG, NULL,
     "help, for a command if one is named", PLACE(help)},
    {"version", 'V', true, OPTION_FLAG, NULL,
     "print the version", PLACE(version)},

    {"message", 'm', false, OPTION_TEXT, "TEXT",
     "what the revision does, in a few words; they become part of the file name",
     PLACE(arguments.message)},
    {"id", 0, false, OPTION_TEXT, "ID",
     "id of the new revision; the time in UTC by default", PLACE(arguments.id)},
    {"parents", 0, false, OPTION_LIST, "REV",
     "the revision that comes before; repeat it or separate by commas for several",
     PLACE(parents)},
    {"sql", 0, false, OPTION_FLAG, NULL,
     "print the SQL that would run, and run nothing", PLACE(arguments.sql)},
    {"dry-run", 'n', false, OPTION_FLAG, NULL,
     "show what would run, and run nothing", PLACE(arguments.dry_run)},
    {"from-database", 0, false, OPTION_FLAG, NULL,
     "start from a database that has tables already: write a baseline and mark it as done",
     PLACE(arguments.from_database)},
    {"log", 0, false, OPTION_FLAG, NULL,
     "what happened in the database, in place of the files", PLACE(arguments.log)},
    {"limit", 0, false, OPTION_NUMBER, "N",
     "only the last N entries of a log, the first N of a list", PLACE(arguments.limit)},
    {"from", 0, false, OPTION_TEXT, "X",
     "the schema as it is; the target's database by default", PLACE(arguments.from)},
    {"to", 0, false, OPTION_TEXT, "Y",
     "the schema as it should be; the configured schema file by default", PLACE(arguments.to)},
    {"autogenerate", 0, false, OPTION_FLAG, NULL,
     "write the difference between the newest revision and the schema file into it",
     PLACE(arguments.autogenerate)},
    {"yes", 'y', false, OPTION_FLAG, NULL,
     "do not ask before the database is changed", PLACE(arguments.yes)},
    {"allow-loss", 0, false, OPTION_FLAG, NULL,
     "run also what loses rows or values", PLACE(arguments.allow_loss)},
    {"format", 0, false, OPTION_TEXT, "FORMAT",
     "the form of what is printed: sql, json, summary, markdown, text, tree, junit, sarif, github, mermaid, dot or svg; each "
     "command's help says which it knows",
     PLACE(arguments.format)},
    {"lang", 'l', false, OPTION_TEXT, "LANGUAGE",
     "ts, c, python or json-schema", PLACE(arguments.language)},
    {"style", 0, false, OPTION_TEXT, "STYLE",
     "of python: dataclass, the default, or sqlmodel", PLACE(arguments.style)},
    {"output", 'o', false, OPTION_TEXT, "FILE",
     "write this file, in place of the one that may be there; of a deployment its log: JSON if the "
     "name ends in .json, else Markdown",
     PLACE(arguments.output)},
    {"check", 0, false, OPTION_FLAG, NULL,
     "write nothing; exit 3 if the file that -o names is not what would be written",
     PLACE(arguments.up_to_date)},
    {"dir", 0, false, OPTION_TEXT, "DIR",
     "write a file for each object, and an index.sql that loads them, into this folder",
     PLACE(arguments.directory)},
    {"down", 0, false, OPTION_FLAG, NULL,
     "the way back: from Y to X", PLACE(arguments.down)},
    {"explain", 0, false, OPTION_FLAG, NULL,
     "show the plans of queries that must use an index", PLACE(arguments.explain)},
    {"queries", 0, false, OPTION_TEXT, "PATH",
     "a file or folder with the application's queries", PLACE(arguments.queries)},
    {"budget", 0, false, OPTION_TEXT, "TIME",
     "how long others may be blocked: 500ms by default", PLACE(arguments.budget)},
    {"data-loss", 0, false, OPTION_TEXT, "allow|refuse",
     "what to do about rows and values that a change would lose: mark it, the default, or refuse",
     PLACE(arguments.data_loss)},
    {"column-order", 0, false, OPTION_TEXT, "ignore|report|rebuild",
     "what to do about columns that only stand in another order; ignore by default",
     PLACE(arguments.column_order)},
    {"online", 0, false, OPTION_FLAG, NULL,
     "PostgreSQL: take no long locks; it needs several transactions", PLACE(arguments.online)},
    {"ignore", 0, false, OPTION_LIST, "KIND",
     "leave objects of this kind as they are: index, policy, comment ...; may be repeated",
     PLACE(ignored)},
    {"rename", 0, false, OPTION_LIST, "OLD=NEW",
     "a table, or a column as TABLE.COLUMN, that has a new name; may be repeated",
     PLACE(renames)},
    {"schemas", 0, false, OPTION_LIST, "SCHEMA",
     "PostgreSQL: only what stands in these schemas", PLACE(schemas)},
    {"exclude", 0, false, OPTION_LIST, "PATTERN",
     "leave out what has such a name; * and ? stand for any; may be repeated", PLACE(excluded)},
    {"subject", 0, false, OPTION_TEXT, "SUBJECT",
     "purge: only this one of rung.yaml; export: whose rows, as SUBJECT:KEY", PLACE(arguments.subject)},
    {"strict", 0, false, OPTION_FLAG, NULL,
     "warnings and notes count like errors", PLACE(arguments.strict)},
    {"fix", 0, false, OPTION_FLAG, NULL,
     "lint: write the safe form where it is mechanical, in files that the database does not have; cascade: write a revision",
     PLACE(arguments.fix)},
    {"rules", 0, false, OPTION_FLAG, NULL,
     "list the rules, and judge nothing", PLACE(arguments.rules)},
    {"force", 'f', false, OPTION_FLAG, NULL,
     "stamp: also when the database has revisions that no file here describes; deploy: in spite of the errors that were found; purge: the clock is right",
     PLACE(arguments.force)},
    {"no-backup", 0, false, OPTION_FLAG, NULL,
     "make no backup: there is another one", PLACE(arguments.no_backup)},
    {"verify-backup", 0, false, OPTION_FLAG, NULL,
     "PostgreSQL: restore the backup's schema in a scratch database", PLACE(arguments.verify_backup)},
    {"now", 0, false, OPTION_FLAG, NULL,
     "without the grace period: it is due at once", PLACE(arguments.at_once)},
    {"all", 'a', false, OPTION_FLAG, NULL,
     "also what is over; erase replay: also erasures of other databases", PLACE(arguments.all)},
    {"reason", 0, false, OPTION_TEXT, "TEXT",
     "why the row is held", PLACE(arguments.reason)},
    {"expires", 0, false, OPTION_TEXT, "AGE|DATE",
     "when the hold ends by itself: after 90d, 6mo, 7y, or at 2027-01-31 (UTC)", PLACE(arguments.expires)},
    {"lifecycle", 0, false, OPTION_FLAG, NULL,
     "requests to be erased, holds, purges, and alerts about them", PLACE(arguments.lifecycle)},
    {"root", 0, false, OPTION_TEXT, "TABLE",
     "whose rows go; the tables of lifecycle.subjects by default", PLACE(arguments.root)},
    {"table", 0, false, OPTION_LIST, "NAME",
     "only keys of this table; may be repeated. One that does not exist is skipped, and told",
     PLACE(tables)},
    {"action", 0, false, OPTION_TEXT, "CLASS",
     "what is wanted of every key of the root: cascade, set_null, restrict, retain",
     PLACE(arguments.action)},
    {"verify", 0, false, OPTION_FLAG, NULL,
     "list the keys, PASS or FAIL for each", PLACE(arguments.verify)},
    {"tenant-column", 0, false, OPTION_TEXT, "COLUMN",
     "the column that says whose a row is, like user_id", PLACE(arguments.tenant_column)},
    {"role", 0, false, OPTION_TEXT, "ROLE",
     "PostgreSQL: the application's role; the connection's own by default", PLACE(arguments.role)},
    {"set", 0, false, OPTION_EACH, "NAME=VALUE",
     "PostgreSQL: how a session is told its tenant, for which {tenant} stands in VALUE; as the policies read it by "
     "default; may be repeated",
     PLACE(settings)},
    {"column", 0, false, OPTION_TEXT, "TABLE.COLUMN",
     "which column of vault.columns", PLACE(arguments.column)},
    {"row", 0, false, OPTION_LIST, "ID",
     "the id of its row; repeat it or separate by commas for one of several columns", PLACE(row)},
    {"list", 0, false, OPTION_FLAG, NULL,
     "what was exported, and where it is", PLACE(arguments.list)},
    {"expire", 0, false, OPTION_FLAG, NULL,
     "remove the archives that are older than lifecycle.exports_keep", PLACE(arguments.expire)},
};
/* clang-format on */

const Option *option_at(size_t index)
{
    return index < COUNT(options) ? &options[index] : NULL;
}

const Option *option_find(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(options); i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

const Option *option_find_letter(char letter)
{
    for (size_t i = 0; letter && i < COUNT(options); i++)
        if (options[i].letter == letter)
            return &options[i];
    return NULL;
}
