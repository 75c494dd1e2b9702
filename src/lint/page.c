/* The rules as documentation. */
#include "lint/rule.h"

static const char introduction[] =
    "# Rules of `rung lint`\n\n"
    "Printed by `rung lint --rules --format markdown` from the table in `src/lint/rules.c`.\n\n"
    "`rung lint` reads the revisions that are pending (all of the folder, if the database cannot "
    "be\n"
    "reached or is not named), or those that are named, or plain SQL files. Each statement is "
    "judged\n"
    "by what the revisions before it made: a table that the revision itself makes is nobody's yet, "
    "a\n"
    "column with an index has one, a CHECK that is valid proves what it says. Locks and work come\n"
    "from a model of PostgreSQL that was compared with servers of versions 13 to 18. Nothing is "
    "run.\n\n"
    "rung runs a revision in one transaction. A statement that cannot run in one (CREATE INDEX\n"
    "CONCURRENTLY), a backfill, and `-- rung:commit` end it, and a new one begins behind them; so\n"
    "locks are counted from there. rung sets lock_timeout, and tries again: no rule asks for "
    "it.\n\n"
    "An **error** makes the exit status 4; with `--strict` every finding does. A finding that is\n"
    "meant is ignored by a line in front of its statement, or, above the sections, for the whole\n"
    "file. It needs a reason, and may have a last day:\n\n"
    "```sql\n"
    "-- rung:ignore index-without-concurrently the table has 40 rows\n"
    "CREATE INDEX countries_name ON countries (name);\n"
    "-- rung:ignore drop-column until=2027-01-31 support still looks into the copy\n"
    "ALTER TABLE orders DROP COLUMN note;\n"
    "```\n\n"
    "The line is part of the file, and of its hash: write it before the revision runs. "
    "`rung.yaml`\n"
    "switches a rule off everywhere:\n\n"
    "```yaml\nlint: { disable: [prefer-text] }\n```\n\n"
    "`--fix` writes what is mechanical: CONCURRENTLY, NOT VALID with a second revision that has\n"
    "VALIDATE CONSTRAINT, `-- rung:commit` in front of a VALIDATE, and takes out what switches "
    "off\n"
    "lock_timeout. It never touches a revision that the database has.\n\n"
    "`--format` is text, json, markdown, junit, sarif or github.\n";

static void add_words(Text *text, const char *words)
{
    bool code = false;
    for (; *words; words++) {
        code ^= *words == '`';
        if (!code && strchr("*_<>|[]", *words))
            text_char(text, '\\');
        text_char(text, *words);
    }
}

static void add_sentence(Text *text, const char *label, const char *words)
{
    text_print(text, "\n%s", label);
    add_words(text, words);
    text_put(text, ".\n");
}

static const char *engines_text(RuleEngines engines)
{
    return engines == RULE_BOTH ? "both" : engines == RULE_SQLITE ? "SQLite" : "PostgreSQL";
}

static void add_row(Text *text, const Rule *rule)
{
    text_print(text, "| [`%s`](#%s) | %s | %s | ", rule->name, rule->name,
               severity_name(rule->severity), engines_text(rule->engines));
    add_words(text, rule->title);
    text_put(text, " |\n");
}

static void add_rule(Text *text, const Rule *rule)
{
    text_print(text, "\n### %s\n\n%c", rule->name, rule->title[0] & ~0x20);
    add_words(text, rule->title + 1);
    text_print(text, " (%s, %s).\n", severity_name(rule->severity), engines_text(rule->engines));
    add_sentence(text, "Why: ", rule->why);
    add_sentence(text, "Better: ", rule->fix);
    if (!rule->bad)
        return;
    text_put(text, "\n```sql\n");
    if (rule->given)
        text_print(text, "-- given\n%s\n", rule->given);
    text_print(text, "-- found\n%s\n-- not found\n%s\n```\n", rule->bad, rule->good);
}

void rules_print_page(Text *text)
{
    const Rule *rule;
    const char *group = "";
    text_put(text, introduction);
    text_put(text, "\n| rule | severity | engine | finds |\n|---|---|---|---|\n");
    for (size_t i = 0; (rule = rule_at(i)); i++)
        add_row(text, rule);
    for (size_t i = 0; (rule = rule_at(i)); i++) {
        if (strcmp(group, rule->group) != 0)
            text_print(text, "\n## %s\n", rule->group);
        group = rule->group;
        add_rule(text, rule);
    }
}

void rules_print_list(Text *text)
{
    const Rule *rule;
    for (size_t i = 0; (rule = rule_at(i)); i++)
        text_print(text, "%-32s %-8s %-10s %s\n", rule->name, severity_name(rule->severity),
                   engines_text(rule->engines), rule->title);
}

bool rule_text_at(size_t index, RuleText *ret_text)
{
    const Rule *rule = rule_at(index);
    if (rule)
        *ret_text = (RuleText){rule->name, rule->title, rule->why, rule->fix, rule->severity};
    return rule != NULL;
}
