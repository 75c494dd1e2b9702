/* A purge: claims, what may not go, and what goes; a subject that fails is told apart and left for
 * later. */
#include "lifecycle/purge.h"
#include "base/clock.h"
#include "base/text.h"
#include "lifecycle/claim.h"
#include "lifecycle/ledger.h"
#include "lifecycle/outbox.h"
#include "lifecycle/order.h"

enum {
    PASSES = 20, /* that may be undone because something came in between */
    UNINDEXED_ROWS = 10000
};

typedef struct Run {
    Life *life;
    Arena *arena;
    const PurgeOptions *options;
    PurgeReport *report;
    Batch batch;
    const Subject *subject;
    ClaimList claims;
    HoldList holds;
} Run;

static Code ask(Life *life, Arena *arena, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(life->db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

/* ---- what may not go ---- */

static void block(Purge *purge, PurgeBlocks *blocks, int64_t s, const char *reason)
{
    for (size_t i = 0; i < blocks->count; i++)
        if (blocks->at[i].s == s)
            return;
    *vec_add(purge->arena, blocks) = (PurgeBlock){s, reason};
}

/* Each s that `sql` gives is blocked. */
static Code block_all(Purge *purge, PurgeBlocks *blocks, const char *sql, const char *reason,
                      Error *error)
{
    DbRows rows;
    Code code = ask(purge->life, purge->arena, sql, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++)
        block(purge, blocks, db_number(&rows, i, 0), reason);
    return code;
}

/* "SELECT DISTINCT d.s FROM list d JOIN table t ON …" for the rows that reference listed ones. */
static const char *referencing_rows(Purge *purge, const TableKey *key)
{
    const DoomTable *to = purge->doom->of[key->to->index];
    Text sql = TEXT_EMPTY;
    text_print(&sql, "SELECT DISTINCT d.s FROM %s d JOIN %s t ON ", to->list, key->from->sql);
    for (size_t i = 0; i < key->columns.count; i++)
        text_print(&sql, "%st.%s = d.%s", i ? " AND " : "",
                   life_name(purge->arena, key->columns.at[i]),
                   doom_cell(purge->doom, to, key->targets.at[i]));
    return text_keep(&sql, purge->arena);
}

static const char *listed_rows(Purge *purge, const DoomTable *table)
{
    Text sql = TEXT_EMPTY;
    text_print(&sql, "SELECT DISTINCT d.s FROM %s d JOIN %s t ON ", table->list, table->table->sql);
    for (size_t i = 0; i < table->identity; i++)
        text_print(&sql, "%st.%s = d.c%zu", i ? " AND " : "",
                   life_name(purge->arena, table->columns.at[i]), i);
    return text_keep(&sql, purge->arena);
}

static Code find_held(Purge *purge, const Hold *hold, PurgeBlocks *blocks, Error *error)
{
    Arena *arena = purge->arena;
    const DoomTable *table = purge->doom->of[hold->table->index];
    const char *name = hold->policy ? arena_print(arena, "hold \"%s\"", hold->policy)
                                    : arena_print(arena, "hold %lld", (long long)hold->id);
    const char *reason = arena_print(arena, "%s on %s%s%s", name, hold->table->title,
                                     hold->reason ? ": " : "", hold->reason ? hold->reason : "");
    Code code = RUNG_OK;
    if (table && table->list)
        code = block_all(
            purge, blocks,
            arena_print(arena, "%s WHERE (%s)", listed_rows(purge, table), hold->condition), reason,
            error);
    for (size_t i = 0; !code && table && !table->list && i < table->in.count; i++)
        code = block_all(purge, blocks,
                         arena_print(arena, "%s WHERE (%s)",
                                     referencing_rows(purge, table->in.at[i]), hold->condition),
                         reason, error);
    for (size_t i = 0; !code && i < purge->doom->nulls.count; i++)
        if (purge->doom->nulls.at[i]->from == hold->table)
            code = block_all(purge, blocks,
                             arena_print(arena, "%s WHERE (%s)",
                                         referencing_rows(purge, purge->doom->nulls.at[i]),
                                         hold->condition),
                             reason, error);
    return code;
}

/* Rows that restrict, unless they go themselves. */
static Code find_barred(Purge *purge, const TableKey *key, PurgeBlocks *blocks, Error *error)
{
    const DoomTable *from = purge->doom->of[key->from->index];
    const char *sql = referencing_rows(purge, key);
    if (from)
        sql = arena_print(purge->arena, "%s WHERE NOT %s", sql, doom_condition(purge->doom, from));
    return block_all(purge, blocks, sql,
                     arena_print(purge->arena, "rows of %s reference it (%s: restrict)",
                                 key->from->title, key->title),
                     error);
}

Code purge_blocks(Purge *purge, PurgeBlocks *ret_blocks, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < purge->holds->count; i++)
        code = find_held(purge, &purge->holds->at[i], ret_blocks, error);
    for (size_t i = 0; !code && i < purge->doom->barring.count; i++)
        code = find_barred(purge, purge->doom->barring.at[i], ret_blocks, error);
    return code;
}

/* Below one subject another one may stand, who did not ask. */
static Code find_bystanders(Purge *purge, PurgeBlocks *blocks, Error *error)
{
    const DoomTable *root = purge->doom->root;
    if (!root->grouped)
        return RUNG_OK;
    return block_all(
        purge, blocks,
        arena_print(purge->arena,
                    "SELECT DISTINCT d.s FROM %s d WHERE NOT EXISTS (SELECT 1 FROM"
                    " rung_subjects x WHERE x.s = d.s AND x.key = CAST(d.c0 AS text)) AND"
                    " NOT EXISTS (SELECT 1 FROM rung_subjects y WHERE y.key = CAST(d.c0 AS"
                    " text))",
                    root->list),
        "others of the same table would go with it, who did not ask", error);
}

/* ---- one pass ---- */

static Code finish_requests(Purge *purge, const char *const range[2], int64_t *ret_subjects,
                            Error *error)
{
    Run *run = purge->context;
    Arena *arena = arena_new();
    DbRows rows;
    const char *params[] = {range[0], range[1], run->life->run};
    const char *condition = arena_print(
        arena,
        "state = 'purging' AND run = $3 AND id IN (SELECT x.request FROM rung_subjects x JOIN %s d"
        " ON d.s = x.s WHERE d.n BETWEEN $1 AND $2)",
        purge->doom->root->list);
    const char *sql = arena_print(
        arena,
        "UPDATE {erasure} SET state = 'purged', key = NULL, finished_at = {now}, problem = NULL,"
        " retry_at = NULL WHERE %s",
        condition);
    Code code = outbox_complete(run->life, run->subject, condition, params, COUNT(params), error);
    if (!code)
        code = life_query(run->life, arena, sql, params, COUNT(params), &rows, error);
    if (!code)
        *ret_subjects = rows.changed;
    arena_free(arena);
    return code;
}

static Code seed(Run *run, Doom *doom, Error *error)
{
    const DoomTable *root = doom->root;
    Arena *arena = arena_new();
    Text columns = TEXT_EMPTY;
    DbRows rows;
    bool sqlite = run->life->engine == ENGINE_SQLITE;
    for (size_t i = 0; i < root->columns.count; i++)
        text_print(&columns, ", c%zu", i);
    const char *key = life_name(arena, run->subject->key->name);
    const char *value =
        sqlite ? "x.key" : arena_print(arena, "CAST(x.key AS %s)", run->subject->key->type);
    Code code = ask(run->life, arena,
                    arena_print(arena,
                                "INSERT INTO %s (s%s) SELECT x.s, %s FROM rung_subjects x JOIN"
                                " %s t ON t.%s = %s",
                                root->list, text_string(&columns),
                                doom_columns(doom, root->columns.at, root->columns.count, "t"),
                                root->table->sql, key, value),
                    &rows, error);
    if (!code)
        doom->root->listed = rows.changed;
    text_done(&columns);
    arena_free(arena);
    return code;
}

/* Requests whose row is not there any more are done: somebody else removed it. */
static Code finish_absent(Run *run, const Doom *doom, Error *error)
{
    Life *life = run->life;
    Arena *arena = arena_new();
    DbRows rows;
    const char *condition =
        arena_print(arena,
                    "state = 'purging' AND run = $1 AND id IN (SELECT x.request FROM rung_subjects"
                    " x WHERE NOT EXISTS (SELECT 1 FROM %s d WHERE d.s = x.s))",
                    doom->root->list);
    Code code = life_begin(life, error);
    if (!code)
        code = outbox_complete(life, run->subject, condition, &life->run, 1, error);
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    arena_print(arena,
                                "UPDATE {erasure} SET state = 'purged', key = NULL, finished_at ="
                                " {now}, problem = 'its row was gone already' WHERE %s",
                                condition),
                    life->run);
    if (!code && rows.changed)
        code = audit_add(life,
                         &(AuditEvent){.action = "gone already",
                                       .policy = run->subject->policy->name,
                                       .table = run->subject->table->title,
                                       .subjects = rows.changed},
                         error);
    if (!code)
        run->report->subjects += rows.changed;
    if (!code)
        code = life_commit(life, error);
    arena_free(arena);
    return code ? life_rollback(life, code) : RUNG_OK;
}

static void note_problem(Run *run, const Claim *claim, const char *text, bool held)
{
    *vec_add(run->arena, &run->report->problems) =
        (PurgeProblem){.subject = run->subject->policy->name,
                       .key = arena_string(run->arena, claim->key),
                       .text = arena_string(run->arena, text),
                       .held = held};
}

/* Takes out who may not go; `ret_blocked` when there was anybody. */
static Code take_out(Run *run, Purge *purge, bool *ret_blocked, Error *error)
{
    PurgeBlocks blocks = {0};
    Code code = purge_blocks(purge, &blocks, error);
    if (!code)
        code = find_bystanders(purge, &blocks, error);
    *ret_blocked = blocks.count > 0;
    for (size_t i = 0; !code && i < blocks.count; i++) {
        Claim *claim = &run->claims.at[blocks.at[i].s - 1];
        note_problem(run, claim, blocks.at[i].reason, true);
        claim->fresh = claim->fresh && !purge->touched;
        if (run->options->dry_run)
            claim->out = true;
        else
            code = claim_block(&run->batch, run->subject, claim, blocks.at[i].reason, error);
    }
    return code;
}

/* Lists everything that goes for [first, last) once nobody in it is blocked. */
static Code list_all(Run *run, Purge *purge, size_t first, size_t last, Error *error)
{
    bool blocked = true;
    Code code = RUNG_OK;
    while (!code && blocked) {
        blocked = false;
        code = run->options->dry_run ? RUNG_OK : batch_read_holds(&run->batch, error);
        run->holds = (HoldList){0};
        if (!code)
            code = hold_load(run->life, purge->arena, &run->holds, error);
        if (!code)
            code = claim_list(run->life, &run->claims, first, last, error);
        if (!code)
            code = doom_lists(purge->doom, error);
        if (!code)
            code = seed(run, purge->doom, error);
        if (!code)
            code = doom_grow(purge->doom, error);
        if (!code)
            code = take_out(run, purge, &blocked, error);
    }
    return code;
}

void purge_note_selected(const Purge *purge)
{
    for (size_t i = 0; i < purge->doom->order.count; i++) {
        const DoomTable *table = purge->doom->order.at[i];
        if (table->list && purge->batch)
            batch_note_selected(purge->batch, purge->policy, table->table->title, table->listed);
    }
}

void purge_add_counts(const Doom *doom, Arena *arena, PurgeTables *tables)
{
    for (size_t i = 0; i < doom->order.count + doom->nulls.count; i++) {
        bool nulls = i >= doom->order.count;
        size_t at = nulls ? i - doom->order.count : i;
        const char *title =
            nulls ? doom->nulls.at[at]->from->title : doom->order.at[at]->table->title;
        int64_t rows = nulls ? doom->nulled[at] : doom->order.at[at]->gone;
        size_t j = 0;
        while (j < tables->count && strcmp(tables->at[j].title, title) != 0)
            j++;
        if (!rows)
            continue;
        if (j == tables->count)
            vec_add(arena, tables)->title = title;
        *(nulls ? &tables->at[j].nulled : &tables->at[j].gone) += rows;
    }
}

/* The ledger knows of them before the first row goes, and the database knows that it does. */
static Code note_erasures(Run *run, Arena *arena, size_t first, size_t last, Error *error)
{
    VEC(const char *) hashes = {0};
    for (size_t i = first; i < last; i++)
        if (!run->claims.at[i].out)
            *vec_add(arena, &hashes) = run->claims.at[i].hash;
    if (!run->life->ledger || !hashes.count)
        return RUNG_OK;
    bool stale;
    Code code = batch_begin(&run->batch, false, &stale, error); /* is the lease ours still? */
    if (!code && !stale)
        code = life_commit(run->life, error);
    if (!code)
        code = ledger_append(run->life, run->subject->policy->name, hashes.at, hashes.count, error);
    for (size_t i = first; !code && i < last; i++)
        run->claims.at[i].fresh = false; /* a replay would erase it even if it were cancelled */
    if (!code)
        code = life_begin(run->life, error);
    if (!code)
        code = ledger_know(run->life, error);
    if (!code)
        code = life_commit(run->life, error);
    return code ? life_rollback(run->life, code) : RUNG_OK;
}

static Code pass(Run *run, size_t first, size_t last, Error *error)
{
    Arena *arena = arena_new();
    Doom doom;
    Purge purge = {.life = run->life,
                   .arena = arena,
                   .batch = &run->batch,
                   .doom = &doom,
                   .holds = &run->holds,
                   .policy = run->subject->policy->name,
                   .finish = finish_requests,
                   .context = run};
    Code code = doom_plan(run->life, arena, run->subject->table, &doom, error);
    for (int i = 0; !code && (i == 0 || purge.again); i++) {
        purge.again = false;
        code = list_all(run, &purge, first, last, error);
        if (!code)
            code = outbox_remember(run->life, run->subject, error);
        if (!code)
            purge_note_selected(&purge);
        if (!code)
            code = note_erasures(run, arena, first, last, error);
        if (!code)
            code = finish_absent(run, &doom, error);
        if (!code)
            code = purge_delete(&purge, error);
        if (!code && purge.again && i == PASSES)
            code = error_set(error, RUNG_FAILED, "rows come in below it faster than they go");
        if (code && strncmp(error->sqlstate, "23503", 5) == 0 && i < PASSES) {
            code = RUNG_OK; /* a row came in between that references one of these */
            purge.again = true;
        }
    }
    purge_add_counts(&doom, run->arena, &run->report->tables);
    for (size_t i = first; purge.touched && i < last; i++)
        run->claims.at[i].fresh = false;
    arena_free(arena);
    return code;
}

/* ---- who fails is told apart ---- */

/* It fails for whoever comes next, too: no room, no memory, the machine (PostgreSQL's manual,
 * appendix A, classes 53 and 58; SQLite's "Result and Error Codes"). */
static bool is_of_machine(const Error *error)
{
    static const char *const codes[] = {"SQLITE_FULL",     "SQLITE_IOERR",   "SQLITE_NOMEM",
                                        "SQLITE_READONLY", "SQLITE_CORRUPT", "SQLITE_CANTOPEN"};
    for (size_t i = 0; i < COUNT(codes); i++)
        if (strncmp(error->detail, codes[i], strlen(codes[i])) == 0)
            return true;
    return strncmp(error->sqlstate, "53", 2) == 0 || strncmp(error->sqlstate, "58", 2) == 0;
}

static bool ends_everything(const Life *life, Code code, const Error *error)
{
    return code == RUNG_INTERRUPTED || code == RUNG_LOCKED || code == RUNG_REFUSED ||
           code == RUNG_CONFIG || code == RUNG_MISMATCH || db_lost(life->db) ||
           is_of_machine(error);
}

static Code purge_range(Run *run, size_t first, size_t last, Error *error)
{
    Code code = pass(run, first, last, error);
    bool one = last - first == 1; /* more of them are tried again by halves */
    for (int i = 0; code && one && i < 3 && life_is_passing(error); i++) {
        clock_sleep_ms(200 << i);
        code = pass(run, first, last, error);
    }
    if (!code || ends_everything(run->life, code, error))
        return code;
    while (first < last && run->claims.at[first].out)
        first++;
    while (first < last && run->claims.at[last - 1].out)
        last--;
    if (last - first <= 1) {
        if (first == last)
            return code;
        note_problem(run, &run->claims.at[first], error->message, false);
        char problem[sizeof error->message];
        snprintf(problem, sizeof problem, "%s", error->message);
        return claim_fail(&run->batch, run->subject, &run->claims.at[first], problem, error);
    }
    size_t middle = first + (last - first) / 2;
    code = purge_range(run, first, middle, error);
    return code ? code : purge_range(run, middle, last, error);
}

/* ---- dry run ---- */

static Code count_table(Purge *purge, DoomTable *table, Error *error)
{
    DbRows rows;
    Code code = ask(purge->life, purge->arena,
                    arena_print(purge->arena, "SELECT count(*) FROM %s AS t WHERE %s",
                                table->table->sql, doom_condition(purge->doom, table)),
                    &rows, error);
    if (!code)
        table->gone = db_number(&rows, 0, 0);
    return code;
}

static Code count_nulls(Purge *purge, size_t index, Error *error)
{
    const TableKey *key = purge->doom->nulls.at[index];
    const DoomTable *from = purge->doom->of[key->from->index];
    DbRows rows;
    const char *stays =
        from ? arena_print(purge->arena, " AND NOT %s", doom_condition(purge->doom, from)) : "";
    Code code = ask(purge->life, purge->arena,
                    arena_print(purge->arena, "SELECT count(*) FROM %s AS t WHERE %s%s",
                                key->from->sql, doom_referencing(purge->doom, key, true), stays),
                    &rows, error);
    if (!code)
        purge->doom->nulled[index] = db_number(&rows, 0, 0);
    return code;
}

Code purge_count(Purge *purge, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < purge->doom->order.count; i++)
        code = count_table(purge, purge->doom->order.at[i], error);
    for (size_t i = 0; !code && i < purge->doom->nulls.count; i++)
        code = count_nulls(purge, i, error);
    return code;
}

static Code count_all(Run *run, Error *error)
{
    Doom doom;
    Purge purge = {.life = run->life, .arena = run->arena, .doom = &doom, .holds = &run->holds};
    Code code = doom_plan(run->life, run->arena, run->subject->table, &doom, error);
    if (!code)
        code = list_all(run, &purge, 0, run->claims.count, error);
    if (!code)
        code = purge_count(&purge, error);
    if (!code) {
        run->report->subjects += doom.root->gone;
        purge_add_counts(&doom, run->arena, &run->report->tables);
    }
    return code;
}

/* What would be claimed. */
static Code read_due(Run *run, Error *error)
{
    DbRows rows;
    Code code =
        LIFE(run->life, run->arena, &rows, error,
             "SELECT id, key, subject_hash FROM {erasure} WHERE subject = $1 AND ((state ="
             " 'pending' AND due_at <= {now}) OR state = 'purging') AND (retry_at IS NULL OR"
             " retry_at <= {now}) ORDER BY due_at, id",
             run->subject->policy->name);
    run->claims = (ClaimList){0};
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(run->arena, &run->claims) = (Claim){.id = db_number(&rows, i, 0),
                                                     .key = db_cell(&rows, i, 1),
                                                     .hash = db_cell(&rows, i, 2)};
    return code;
}

/* What would be claimed if these had asked. */
static void read_named(Run *run)
{
    run->claims = (ClaimList){0};
    for (size_t i = 0; i < run->options->key_count; i++)
        *vec_add(run->arena, &run->claims) = (Claim){.key = run->options->keys[i]};
}

static Code dry_run(Run *run, Error *error)
{
    Code code = RUNG_OK;
    if (run->options->keys)
        read_named(run);
    else
        code = read_due(run, error);
    return code || !run->claims.count ? code : count_all(run, error);
}

Code purge_look(Life *life, Arena *arena, const Subject *subject, const KeyNames *keys,
                PurgeReport *ret_report, Error *error)
{
    PurgeOptions options = {.dry_run = true, .keys = keys->at, .key_count = keys->count};
    Run run = {.life = life,
               .arena = arena,
               .options = &options,
               .report = ret_report,
               .subject = subject};
    Doom doom;
    Purge purge = {.life = life, .arena = arena, .doom = &doom, .holds = &run.holds};
    read_named(&run);
    Code code = doom_plan(life, arena, subject->table, &doom, error);
    return code ? code : list_all(&run, &purge, 0, run.claims.count, error);
}

/* ---- the whole ---- */

static Code run_subject(Run *run, Error *error)
{
    Code code = RUNG_OK;
    for (bool more = true; !code && more;) {
        Arena *arena = arena_new();
        int64_t limit = run->life->policy->purge.subjects;
        run->claims = (ClaimList){0};
        code = claim_due(&run->batch, arena, run->subject, run->options->order,
                         limit > 0 ? limit : 1, &run->claims, error);
        more = !code && run->claims.count > 0;
        if (more)
            code = purge_range(run, 0, run->claims.count, error);
        arena_free(arena);
    }
    return code;
}

/* Without an index each row that goes reads the whole table below it: that is worth a word. */
static void tell_unindexed(const Life *life, const Doom *doom)
{
    for (size_t i = 0; life->tell && i < doom->order.count; i++)
        for (size_t j = 0; j < doom->order.at[i]->table->below.count; j++) {
            const TableKey *key = doom->order.at[i]->table->below.at[j];
            if (key->index || !key->declared || key->from->rows < UNINDEXED_ROWS)
                continue;
            life->tell(
                life->context, RUNG_EVENT_WARNING,
                arena_print(doom->arena,
                            "%s has no index: each row of %s that goes reads %s whole, about "
                            "%lld rows; `rung cascade --fix` writes the revision for it",
                            key->title, key->to->title, key->from->title,
                            (long long)key->from->rows),
                0, 0, 0);
        }
}

/* Every plan is made before anything is claimed: what is refused is refused for all. */
static Code plan_all(Run *run, Error *error)
{
    Life *life = run->life;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < life->policy->subjects.count; i++) {
        Subject subject;
        Doom doom;
        const SubjectPolicy *policy = &life->policy->subjects.at[i];
        if (run->options->subject && strcmp(run->options->subject, policy->name) != 0)
            continue;
        code = subject_find(life, policy, &subject, error);
        if (!code)
            code = doom_plan(life, run->arena, subject.table, &doom, error);
        if (!code)
            tell_unindexed(life, &doom);
    }
    return code;
}

static Code each_subject(Run *run, Error *error)
{
    Life *life = run->life;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < life->policy->subjects.count; i++) {
        Subject subject;
        const SubjectPolicy *policy = &life->policy->subjects.at[i];
        if (run->options->subject && strcmp(run->options->subject, policy->name) != 0)
            continue;
        run->subject = &subject;
        code = subject_find(life, policy, &subject, error);
        if (!code)
            code = run->options->dry_run ? dry_run(run, error) : run_subject(run, error);
        run->subject = NULL;
    }
    return code;
}

static Code count_erased(Run *run, Error *error)
{
    DbRows rows;
    Code code =
        LIFE(run->life, run->arena, &rows, error,
             "SELECT count(*) FROM {erasure} WHERE run = $1 AND state = 'purged'", run->life->run);
    if (!code)
        run->report->subjects = db_number(&rows, 0, 0);
    return code;
}

/* Orders that are done by what was erased, and what nobody needs to know any more. */
static Code end_orders(Life *life, Error *error)
{
    bool present;
    Code code = order_present(life, &present, error);
    if (code || !present)
        return code;
    code = order_settle(life, error);
    if (!code)
        code = order_expire(life, error);
    return code ? code : idempotency_expire(life, error);
}

static Code end_run(Run *run, Error *error)
{
    Life *life = run->life;
    Code code = count_erased(run, error);
    if (!code)
        code = life_begin(life, error);
    if (!code)
        code = end_orders(life, error);
    if (!code)
        code = audit_add(life,
                         &(AuditEvent){.action = "purge run",
                                       .policy = run->options->subject,
                                       .subjects = run->report->subjects},
                         error);
    if (!code)
        code = life_commit(life, error);
    if (!code)
        code = audit_anchor(life, error);
    return code ? life_rollback(life, code) : RUNG_OK;
}

/* Row-level security would hide rows in silence: with it off, what it hides is an error. */
Code purge_prepare(Life *life, Error *error)
{
    if (life->engine == ENGINE_SQLITE) {
        Code code = db_exec(life->db, "PRAGMA foreign_keys = on", error);
        return code ? code : db_exec(life->db, "PRAGMA secure_delete = on", error);
    }
    Code code = db_exec(life->db, "SET row_security = off", error);
    DbRows rows;
    if (!code) /* a worker that stands still in a transaction keeps what it locked no longer */
        code = db_exec(life->db,
                       arena_print(life->arena, "SET idle_in_transaction_session_timeout = %d",
                                   life->policy->purge.lease_ms),
                       error);
    if (!code)
        code = ask(life, life->arena, "SHOW track_counts", &rows, error);
    if (!code && strcmp(db_cell(&rows, 0, 0), "on") != 0) {
        error_set(error, RUNG_UNSUPPORTED,
                  "track_counts is off: rows that cascades remove could not "
                  "be counted");
        return error_hint(error, "turn it on in postgresql.conf; it is on by default");
    }
    return code;
}

static Code wal_position(Life *life, Arena *arena, int64_t *ret_bytes)
{
    DbRows rows;
    Error ignored;
    *ret_bytes = 0;
    if (life->engine == ENGINE_SQLITE)
        return RUNG_OK;
    Code code =
        ask(life, arena, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint",
            &rows, &ignored);
    if (!code)
        *ret_bytes = db_number(&rows, 0, 0);
    return RUNG_OK;
}

static Code dry(Run *run, Error *error)
{
    Life *life = run->life;
    Code code = db_exec(
        life->db, life->engine == ENGINE_SQLITE ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ",
        error);
    if (!code)
        code = each_subject(run, error);
    return life_rollback(life, code);
}

static Code wet(Run *run, Error *error)
{
    Life *life = run->life;
    Code code = run->options->force ? RUNG_OK : clock_check(life, error);
    if (!code)
        code = batch_start(life, &run->batch, error);
    if (code)
        return code;
    code = ledger_require(life, error); /* under the lease: no other worker writes it meanwhile */
    if (!code && run->options->force)
        code = clock_note(life, true, error);
    if (!code)
        code = each_subject(run, error);
    Error ignored;
    if (!code)
        code = end_run(run, error);
    batch_end(&run->batch);
    if (!code && life->engine == ENGINE_SQLITE)
        db_exec(life->db, "PRAGMA wal_checkpoint(TRUNCATE)", &ignored);
    return code;
}

Code purge_run(Life *life, Arena *arena, const PurgeOptions *options, PurgeReport *ret_report,
               Error *error)
{
    Run run = {.life = life, .arena = arena, .options = options, .report = ret_report};
    int64_t since = clock_monotonic_us(), wal, wal_now;
    *ret_report = (PurgeReport){0};
    wal_position(life, arena, &wal);
    Code code = life_require(life, error);
    if (!code)
        code = purge_prepare(life, error);
    if (!code)
        code = plan_all(&run, error);
    if (!code)
        code = options->dry_run ? dry(&run, error) : wet(&run, error);
    wal_position(life, arena, &wal_now);
    ret_report->wal_bytes = wal_now - wal;
    ret_report->elapsed_us = clock_monotonic_us() - since;
    ret_report->batches = run.batch.count;
    ret_report->longest_us = run.batch.longest_us;
    return code;
}
