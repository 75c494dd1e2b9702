/* The guide of a revision: what a team would write by hand, with facts from its rehearsal. */
#include "report/catalog.h"
#include "report/dossier.h"
#include "report/rehearsal.h"

typedef struct Guide {
    const Dossier *dossier;
    const RevisionRehearsal *result;
    const Plan *plan;
    Arena *arena;
    Text *text;
    bool sqlite;
} Guide;

static void put(Guide *guide, const char *text)
{
    text_put(guide->text, text);
}

/* A block of code, with a newline at its end whatever it holds. */
static void put_block(Guide *guide, const char *language, const char *code, size_t length)
{
    while (length && (code[length - 1] == '\n' || code[length - 1] == ' '))
        length--;
    text_print(guide->text, "```%s\n%.*s\n```\n", language, (int)length, code);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- what ---- */

static void put_overview(Guide *guide)
{
    const Revision *revision = guide->dossier->revision;
    text_print(guide->text, "# Revision %s: %s\n\n", revision->id, revision->message);
    text_print(guide->text, "For %s. It follows ", guide->sqlite ? "SQLite" : "PostgreSQL");
    for (size_t i = 0; i < revision->parents.count; i++)
        text_print(guide->text, "%s`%s` (%s)", i ? " and " : "", revision->parents.at[i]->id,
                   revision->parents.at[i]->message);
    text_print(guide->text, "%s. It makes ", revision->parents.count ? "" : "nothing");
    report_created(guide->plan, guide->text);
    text_print(guide->text, ", in %zu statement%s.\n", guide->dossier->up->statements,
               plural(guide->dossier->up->statements));
}

static void put_comments(Guide *guide)
{
    bool any = false;
    for (size_t i = 0; i < guide->plan->changes.count; i++) {
        const Object *object = guide->plan->changes.at[i].object;
        if (!object->comment || guide->plan->changes.at[i].type == CHANGE_DROP)
            continue;
        text_print(guide->text, "%s- %s: %s\n", any ? "" : "\nWhat the schema says of it:\n\n",
                   report_object(guide->arena, object), object->comment);
        any = true;
    }
}

static void put_changes(Guide *guide)
{
    put(guide, "\n## What changes\n\n");
    put(guide, "`+` comes, `-` goes, `~` changes.\n\n```text\n");
    for (size_t i = 0; i < guide->plan->changes.count; i++) {
        Text line = TEXT_EMPTY;
        if (report_change(guide->plan, &guide->plan->changes.at[i], &line))
            text_print(guide->text, "%s\n", text_string(&line));
        text_done(&line);
    }
    put(guide, "```\n");
    put_comments(guide);
}

static void put_script(Guide *guide, const Script *script)
{
    Text sql = TEXT_EMPTY;
    for (size_t i = 0; i < script->commands.count; i++) {
        const Command *command = &script->commands.at[i];
        if (command->notice)
            text_print(&sql, "-- %s\n", command->notice);
        else
            text_print(&sql, "%.*s;\n", (int)command->length, command->sql);
    }
    put_block(guide, "sql", text_string(&sql), sql.length);
    text_done(&sql);
}

/* ---- checklists ---- */

static void put_tick(Guide *guide, bool done, const char *what)
{
    text_print(guide->text, "- [%s] %s\n", done ? "x" : " ", what);
}

static void put_before(Guide *guide)
{
    const RevisionRehearsal *result = guide->result;
    bool back = !result->down_skipped && !result->down_failed;
    bool whole = back && result->left && !result->left->changes.count;
    put(guide, "\n## Before\n\nWhat rung has done is ticked.\n\n");
    put_tick(guide, true, "the statements run, on a scratch database with this schema and rows");
    put_tick(guide, whole, "the way back restores the schema");
    put_tick(guide, whole && !result->losses.count, "the way back restores every row and value");
    put_tick(guide, result->differs && !result->differs->changes.count,
             "up, down and up again ends in the same schema");
    put_tick(guide, true, "the checks pass behind it");
    text_print(
        guide->text,
        "- [ ] rehearsed against the target itself, its sizes and its rows: `rung rehearse%s`\n"
        "- [ ] a backup that was read back: `rung deploy%s` makes one\n"
        "- [ ] tried on staging\n- [ ] reviewed and agreed\n",
        guide->dossier->options, guide->dossier->options);
}

/* ---- steps ---- */

static void put_validation(Guide *guide)
{
    text_print(guide->text, "%s  %s\n", guide->dossier->revision->id,
               guide->dossier->revision->message);
    for (size_t i = 0; i < guide->result->checks.count; i++) {
        const CheckResult *result = &guide->result->checks.at[i];
        text_print(guide->text, "  PASS  %s", result->check->title);
        if (result->found)
            text_print(guide->text, ": %s", result->found);
        if (result->found && result->expected)
            text_print(guide->text, "/%s", result->expected);
        text_char(guide->text, '\n');
    }
    if (guide->dossier->generated->count) {
        put(guide, "  PASS  all as planned: ");
        report_created(guide->plan, guide->text);
        text_print(guide->text, " (%zu generated check%s)\n", guide->dossier->generated->count,
                   plural(guide->dossier->generated->count));
    }
    text_print(guide->text, "%zu passed, 0 failed\n",
               guide->result->checks.count + guide->dossier->generated->count);
}

static void put_steps(Guide *guide)
{
    const Revision *revision = guide->dossier->revision;
    const char *options = guide->dossier->options;
    put(guide, "\n## Deployment\n\n");
    text_print(guide->text,
               "All of it in one go, with backup, rehearsal and rollback: `rung deploy "
               "%s%s`. Step by step:\n\n",
               revision->id, options);
    text_print(guide->text,
               "1. See where the database is, and what is pending:\n\n"
               "   ```sh\n   rung status%s\n   ```\n",
               options);
    text_print(guide->text,
               "2. Rehearse it against the target, which is only read:\n\n"
               "   ```sh\n   rung rehearse %s%s\n   ```\n",
               revision->id, options);
    text_print(guide->text,
               "3. Run it. What it says, but for the time:\n\n"
               "   ```console\n   $ rung upgrade %s%s\n     ✓ %s  %s\n   ```\n",
               revision->id, options, revision->id, revision->message);
    text_print(guide->text,
               "4. Validate it: `rung validate %s%s`, or `validate.sql` without rung:\n\n",
               revision->id, options);
    put(guide, "```text\n");
    put_validation(guide);
    put(guide, "```\n");
}

static void put_answer(Guide *guide, const CheckResult *result)
{
    const DbRows *rows = &result->rows;
    Text answer = TEXT_EMPTY;
    for (size_t row = 0; row < rows->count; row++) {
        for (size_t c = 0; c < rows->columns; c++) {
            const char *cell = db_cell(rows, row, c);
            text_print(&answer, "%s%s", c ? " | " : "", cell ? cell : "NULL");
        }
        text_char(&answer, '\n');
    }
    if (!rows->count)
        text_put(&answer, "(no rows)\n");
    put_block(guide, "text", text_string(&answer), answer.length);
    text_done(&answer);
}

/* What changes from run to run, costs above all, has no place in a guide. */
static void put_plan(Guide *guide, const CheckResult *result)
{
    const DbRows *rows = &result->rows;
    put(guide, "```text\n");
    for (size_t row = 0; row < rows->count; row++) {
        const char *line = db_cell(rows, row, rows->columns - 1);
        const char *costs = line ? strstr(line, "  (cost=") : NULL;
        text_print(guide->text, "%.*s\n", (int)(costs ? costs - line : (long)strlen(line)), line);
    }
    put(guide, "```\n");
}

static void put_queries(Guide *guide, bool plans)
{
    bool any = false;
    for (size_t i = 0; i < guide->result->checks.count; i++) {
        const CheckResult *result = &guide->result->checks.at[i];
        if ((result->check->uses_index != NULL) != plans)
            continue;
        if (!any)
            put(guide, plans ? "\n## Query patterns\n\nThese queries must use their index, also "
                               "when the table is large.\n"
                             : "\n## Verification queries\n\nEach with the answer that it gave in "
                               "the rehearsal.\n");
        any = true;
        text_print(guide->text, "\n### %s\n\n", result->check->title);
        put_block(guide, "sql", result->check->sql, result->check->length);
        put(guide, plans ? "\nIts plan:\n\n" : "\nExpected:\n\n");
        if (plans)
            put_plan(guide, result);
        else
            put_answer(guide, result);
    }
}

/* ---- back ---- */

static void put_rollback(Guide *guide)
{
    const RevisionRehearsal *result = guide->result;
    const Revision *revision = guide->dossier->revision;
    put(guide, "\n## Rollback\n\n");
    if (!guide->dossier->down) {
        put(guide, "There is no way back but the backup.\n");
        return;
    }
    text_print(guide->text, "```sh\nrung downgrade %s%s\n```\n\n",
               revision->parents.count ? revision->parents.at[0]->id : "base",
               guide->dossier->options);
    put(guide, "It runs:\n\n");
    put_script(guide, guide->dossier->down);
    bool whole = result->left && !result->left->changes.count;
    text_print(guide->text, "\nIn the rehearsal it %s.\n",
               result->down_failed    ? "failed: do not rely on it"
               : result->down_skipped ? "was not run"
               : whole                ? "restored the schema"
                                      : "did not restore the schema: do not rely on it");
    for (size_t i = 0; i < result->losses.count; i++) {
        const Loss *loss = &result->losses.at[i];
        text_print(guide->text, "It does not bring back %s of `%s%s%s`: %zu of %zu were lost.\n",
                   loss->column ? "the values" : "the rows", loss->table, loss->column ? "." : "",
                   loss->column ? loss->column : "", loss->lost, loss->of);
    }
    put(guide,
        "What was written into new tables and columns meanwhile goes with them: take a backup "
        "before.\n");
}

/* ---- cost ---- */

static const char *first_words(Arena *arena, const char *sql)
{
    size_t length = strcspn(sql, "\n");
    if (length > 60) {
        length = 60;
        while (length && (sql[length] & 0xC0) == 0x80)
            length--;
    }
    return arena_print(arena, "%.*s%s", (int)length, sql, sql[length] ? "…" : "");
}

static void put_locks(Guide *guide)
{
    const RevisionRehearsal *result = guide->result;
    size_t told = 0;
    if (guide->sqlite) {
        put(guide,
            "\n## Locks\n\nSQLite has one writer at a time: others wait until the revision is "
            "committed, and may read meanwhile in WAL mode.\n");
        return;
    }
    put(guide, "\n## Locks\n\nSeen in the rehearsal, on tables that were there before:\n\n");
    for (size_t i = result->up; i < result->up + result->up_count; i++) {
        const Observed *observed = &guide->dossier->rehearsal->observed.at[i];
        Text words = TEXT_EMPTY;
        if (report_effects(&observed->effects, "", "<br>", &words)) {
            if (!told++)
                put(guide, "| line | statement | lock and work |\n|---|---|---|\n");
            text_print(guide->text, "| %d | `%s` | %s |\n", observed->line,
                       first_words(guide->arena, observed->sql), text_string(&words));
        }
        text_done(&words);
    }
    if (!told)
        put(guide, "None: it touches nothing that is in use.\n");
    else
        put(guide, "\nrung waits for each lock for at most `lock_timeout` and tries again, so that "
                   "nobody queues behind it for longer.\n");
}

static void put_impact(Guide *guide)
{
    const ImpactList *impacts = &guide->result->impacts;
    if (!impacts->count)
        return;
    put(guide, "\n## Storage\n\n| new | bytes a row | in a million rows |\n|---|---|---|\n");
    for (size_t i = 0; i < impacts->count; i++) {
        const Impact *impact = &impacts->at[i];
        text_print(guide->text, "| %s | about %.0f%s | %.0f MB |\n",
                   report_object(guide->arena, impact->object), impact->bytes,
                   impact->partial ? ", for rows that its condition holds for" : "",
                   impact->bytes * 1e6 / 1e6);
    }
    put(guide,
        "\nA nullable column that is NULL takes nothing. Every index makes each write to its "
        "table a little slower.\n");
}

/* ---- afterwards ---- */

static bool is_table(const Object *object)
{
    return object->kind == KIND_TABLE || object->kind == KIND_LITE_TABLE;
}

/* 'a', 'b': the tables that the plan touches. */
static void add_table_names(Guide *guide, Text *list)
{
    Map *seen = map_new(guide->arena);
    for (size_t i = 0; i < guide->plan->changes.count; i++) {
        const Object *object = guide->plan->changes.at[i].object;
        const Object *table = object->parent ? object->parent : object;
        if (!is_table(table) || map_set(seen, table->key, guide))
            continue;
        text_print(list, "%s'%s'", list->length ? ", " : "", table->name);
    }
}

static void put_monitoring(Guide *guide)
{
    Text tables = TEXT_EMPTY;
    add_table_names(guide, &tables);
    if (tables.length && !guide->sqlite) {
        put(guide,
            "\n## Monitoring\n\nIs each index used, and do the tables grow as expected?\n\n");
        text_print(
            guide->text,
            "```sql\nSELECT relname, indexrelname, idx_scan,\n"
            "       pg_size_pretty(pg_relation_size(indexrelid)) AS size\n"
            "FROM pg_stat_user_indexes\nWHERE relname IN (%s)\nORDER BY idx_scan;\n\n"
            "SELECT relname, n_live_tup, n_dead_tup, last_autovacuum, seq_scan, idx_scan\n"
            "FROM pg_stat_user_tables\nWHERE relname IN (%s);\n```\n\n"
            "Who waits for whom, while it runs:\n\n"
            "```sql\nSELECT pid, pg_blocking_pids(pid) AS blocked_by, wait_event_type, state,"
            "\n       now() - xact_start AS open_for, left(query, 60) AS query\n"
            "FROM pg_stat_activity\nWHERE cardinality(pg_blocking_pids(pid)) > 0;\n```\n",
            text_string(&tables), text_string(&tables));
    } else if (tables.length) {
        put(guide, "\n## Monitoring\n\nHow large the tables and indexes are:\n\n");
        text_print(guide->text,
                   "```sql\nSELECT name, sum(pgsize) AS bytes FROM dbstat\n"
                   "WHERE name IN (%s) OR name IN\n"
                   "      (SELECT name FROM sqlite_schema WHERE tbl_name IN (%s))\n"
                   "GROUP BY name;\n```\n",
                   text_string(&tables), text_string(&tables));
    }
    text_done(&tables);
}

static void put_prechecks(Guide *guide)
{
    const Plan *plan = guide->plan;
    if (!plan->prechecks.count)
        return;
    put(guide, "\nRows that would make it fail; each query must count 0. `rung rehearse` and `rung "
               "deploy` ask them.\n\n```sql\n");
    for (size_t i = 0; i < plan->prechecks.count; i++)
        text_print(guide->text, "-- %s\n%s;\n", plan->prechecks.at[i].title,
                   plan->prechecks.at[i].sql);
    put(guide, "```\n");
}

static const char *const troubles_postgresql[][2] = {
    {"`retry: lock timeout, held by pid …`",
     "Another session holds the table; rung names it and tries again. End that session's "
     "transaction, or wait. Nothing was changed by the attempts."},
    {"`error: … held by pid …` after the last attempt (55P03)",
     "Nothing of the transaction is in the database. Run it again when the session is gone."},
    {"exit status 5, `another run holds the lock`",
     "A second `rung` works on this database, and it is named. One of them goes on; run it again."},
    {"the connection is lost", "rung connects again and asks the history whether the commit "
                               "arrived; it is never guessed. Run "
                               "the same command again: it goes on where it stopped."},
    {"`… was edited after it ran`",
     "The file is not the one that ran here. Restore it; write another revision for the change."},
    {"`check \"…\" failed`",
     "The revision was rolled back. Its message says what was found and what was expected."},
    {"an invalid index after CREATE INDEX CONCURRENTLY broke off",
     "Run `rung upgrade` again: it is dropped and built anew."},
};

static const char *const troubles_sqlite[][2] = {
    {"`database is locked`",
     "Another program writes. rung waits, and says for whom; stop the writer, or run it again."},
    {"exit status 5, `another run holds the lock`",
     "A second `rung` works on this file, and it is named. One of them goes on; run it again."},
    {"killed in the middle",
     "SQLite rolls back by its journal. Run the same command again: it goes on where it stopped."},
    {"`… was edited after it ran`",
     "The file is not the one that ran here. Restore it; write another revision for the change."},
    {"`check \"…\" failed`",
     "The revision was rolled back. Its message says what was found and what was expected."},
    {"`the change leaves … rows whose foreign key leads nowhere`",
     "A rebuilt table has rows without a parent; `PRAGMA foreign_key_check` lists them. The change "
     "was rolled back."},
};

static void put_troubles(Guide *guide)
{
    size_t count = guide->sqlite ? COUNT(troubles_sqlite) : COUNT(troubles_postgresql);
    put(guide,
        "\n## Troubleshooting\n\n| what you see | what it means, and what to do |\n|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        const char *const *row = guide->sqlite ? troubles_sqlite[i] : troubles_postgresql[i];
        text_print(guide->text, "| %s | %s |\n", row[0], row[1]);
    }
    put_prechecks(guide);
}

static void put_after(Guide *guide)
{
    const char *options = guide->dossier->options;
    put(guide, "\n## Afterwards\n\n");
    text_print(
        guide->text,
        "- [ ] `rung validate %s%s` passes\n- [ ] `rung check%s` finds nothing pending and "
        "nothing changed by hand\n- [ ] the application's own tests pass, and its errors stay "
        "as they were\n",
        guide->dossier->revision->id, options, options);
    if (guide->result->impacts.count)
        put(guide, "- [ ] after a week: every new index is used\n");
    if (!guide->sqlite)
        put(guide,
            "- [ ] `ANALYZE` on tables with new indexes on expressions, if autovacuum has not "
            "been there\n");
}

void report_guide(const Dossier *dossier, Text *text)
{
    Guide guide = {dossier,
                   dossier->result,
                   dossier->result->change,
                   arena_new(),
                   text,
                   dossier->engine == ENGINE_SQLITE};
    put_overview(&guide);
    put_changes(&guide);
    put(&guide, "\nThe statements:\n\n");
    put_script(&guide, dossier->up);
    put_before(&guide);
    put_steps(&guide);
    put_queries(&guide, false);
    put_rollback(&guide);
    put_locks(&guide);
    put_impact(&guide);
    put_queries(&guide, true);
    put_monitoring(&guide);
    put_troubles(&guide);
    put_after(&guide);
    arena_free(guide.arena);
}
