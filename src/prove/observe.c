/* The hooks of a run, and what they ask the server between two statements. */
#include "prove/observe.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/text.h"
#include "source/source.h"
#include "sql/quote.h"

/* A relation that was committed when the transaction began. */
typedef struct Relation {
    const char *oid, *name, *base; /* "public.users", "users" */
    char kind;                     /* pg_class.relkind */
    const char *table;             /* of an index: its table's oid; NULL */
    const char *file;              /* file number before the statement; NULL: it has none */
    int64_t reads;                 /* rows read in sequence so far, in this transaction */
    unsigned held;                 /* bits of the lock modes it had before the statement */
} Relation;

struct Observer {
    Arena *arena;
    const DbUrl *url;
    Db *watcher, *blocker;
    RunObserver hooks;
    ObservedList list;
    Map *relations; /* oid → Relation */
    VEC(Relation *) all;
    const Script *script;
    const ScriptStep *step;
    VEC(const char *) messages; /* of the server, while the statement runs */
    int64_t since_us;
    int polls;
    EffectList parked; /* the locks seen while it waited */
    ObserverVisit *visit;
    void *context;
};

static const char *keep(Observer *observer, const char *text)
{
    return arena_string(observer->arena, text);
}

/* ---- what is there ---- */

static const char relations_sql[] =
    "SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relname, c.relkind, i.indrelid"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_index i ON i.indexrelid = c.oid"
    " WHERE c.oid >= 16384 AND n.nspname NOT IN ('rung', 'pg_toast')"
    " AND n.nspname NOT LIKE 'pg\\_temp%'";

/* As others see it: from the second connection. */
static Code read_relations(Observer *observer, Error *error)
{
    DbRows rows;
    observer->relations = map_new(observer->arena);
    observer->all.count = 0;
    Code code = db_query(observer->watcher, observer->arena, &(DbStatement){.sql = relations_sql},
                         &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        Relation *relation = arena_alloc(observer->arena, sizeof *relation);
        *relation = (Relation){.oid = db_cell(&rows, row, 0),
                               .name = db_cell(&rows, row, 1),
                               .base = db_cell(&rows, row, 2),
                               .kind = db_cell(&rows, row, 3)[0],
                               .table = db_cell(&rows, row, 4)};
        map_set(observer->relations, relation->oid, relation);
        *vec_add(observer->arena, &observer->all) = relation;
    }
    return code;
}

static const char state_sql[] =
    "SELECT oid, pg_relation_filenode(oid), pg_stat_get_xact_tuples_returned(oid) FROM pg_class"
    " WHERE oid >= 16384 AND relkind IN ('r', 'm', 'i', 'p', 'S')";

static Code read_state(Observer *observer, Db *db, Arena *arena, DbRows *ret_rows, Error *error)
{
    return db_query(db, arena, &(DbStatement){.sql = state_sql, .keep = true}, ret_rows, error);
}

/* `asked`: also those that it waits for. */
static Code read_locks(Observer *observer, Db *db, Arena *arena, bool asked, DbRows *ret_rows,
                       Error *error)
{
    static const char sql[] =
        "SELECT relation, mode FROM pg_locks WHERE pid = $1 AND locktype = 'relation' AND (granted"
        " OR $2) AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    const char *params[] = {arena_print(arena, "%d", db_backend_pid(db)), asked ? "t" : "f"};
    DbStatement statement = {.sql = sql, .params = params, .param_count = 2, .keep = true};
    return db_query(observer->watcher, arena, &statement, ret_rows, error);
}

/* ---- effects ---- */

static Relation *relation_of(const Observer *observer, const char *oid)
{
    return oid ? map_get(observer->relations, oid) : NULL;
}

/* An index stands for its table, except where only the index is locked. */
static bool is_shown(const Relation *relation)
{
    return strchr("rpmvfSc", relation->kind) != NULL;
}

/* Of what was held before the statement. */
static LockMode strongest(const Relation *relation)
{
    unsigned mode = LOCK_ACCESS_EXCLUSIVE;
    while (mode && !(relation->held & 1U << mode))
        mode--;
    return (LockMode)mode;
}

static void add_lock(Observer *observer, EffectList *effects, const Relation *relation,
                     LockMode mode)
{
    bool strong_index = strchr("iI", relation->kind) && mode == LOCK_ACCESS_EXCLUSIVE;
    if (!is_shown(relation) && !strong_index)
        return;
    Effect *effect = effect_of(observer->arena, effects, relation->name);
    if (effect->mode < mode)
        effect->mode = mode;
}

/* Beside those of Work: rows were read, maybe for something that is work of its own. */
enum { READS_ROWS = 16 };

static void add_work(Observer *observer, EffectList *effects, const Relation *relation,
                     unsigned work)
{
    if (relation)
        effect_of(observer->arena, effects, relation->name)->work |= work;
}

static void add_locks(Observer *observer, Observed *observed, const DbRows *rows)
{
    for (size_t row = 0; row < rows->count; row++) {
        const Relation *relation = relation_of(observer, db_cell(rows, row, 0));
        LockMode mode = lock_find(db_cell(rows, row, 1));
        if (relation && !(relation->held & 1U << mode))
            add_lock(observer, &observed->effects, relation, mode);
    }
    for (size_t i = 0; i < observer->parked.count; i++) {
        const Effect *seen = &observer->parked.at[i];
        Effect *effect = effect_of(observer->arena, &observed->effects, seen->relation);
        if (effect->mode < seen->mode)
            effect->mode = seen->mode;
    }
}

/* The relation of this name that the statement locked, or else any of this name. */
static Relation *named(const Observer *observer, const Observed *observed, const char *base)
{
    Relation *found = NULL;
    for (size_t i = 0; i < observer->all.count; i++) {
        Relation *relation = observer->all.at[i];
        if (strcmp(relation->base, base) != 0)
            continue;
        found = found ? found : relation;
        for (size_t k = 0; k < observed->effects.count; k++)
            if (strcmp(observed->effects.at[k].relation, relation->name) == 0)
                return relation;
    }
    return found;
}

/* What stands between the quotes that begin at `at`. */
static const char *between_quotes(Observer *observer, const char *at)
{
    const char *end = at ? strchr(at, '"') : NULL;
    return end ? arena_copy(observer->arena, at, (size_t)(end - at)) : NULL;
}

static const char *behind(const char *message, const char *words)
{
    const char *at = strstr(message, words);
    return at ? at + strlen(words) : NULL;
}

static const Relation *table_of_key(Observer *observer, Db *db, const char *constraint)
{
    static const char sql[] = "SELECT conrelid FROM pg_constraint WHERE conname = $1 AND contype ="
                              " 'f' ORDER BY oid DESC LIMIT 1";
    Error ignored;
    DbRows rows;
    DbStatement statement = {.sql = sql, .params = &constraint, .param_count = 1};
    if (db_query(db, observer->arena, &statement, &rows, &ignored) || !rows.count)
        return NULL;
    return relation_of(observer, db_cell(&rows, 0, 0));
}

static void read_message(Observer *observer, Observed *observed, Db *db, const char *message)
{
    const char *name;
    if ((name = between_quotes(observer, behind(message, "rewriting table \""))))
        add_work(observer, &observed->effects, named(observer, observed, name), WORK_REWRITE);
    else if ((name = between_quotes(observer, behind(message, "verifying table \""))))
        add_work(observer, &observed->effects, named(observer, observed, name), WORK_SCAN);
    else if ((name = between_quotes(observer,
                                    behind(message, "validating foreign key constraint \""))))
        add_work(observer, &observed->effects, table_of_key(observer, db, name), WORK_KEYS);
    else if (behind(message, "building index \"") &&
             (name = between_quotes(observer, behind(message, "\" on table \""))))
        add_work(observer, &observed->effects, named(observer, observed, name), WORK_INDEX);
}

/* Rows read, and files that are others now. */
static void read_changes(Observer *observer, Observed *observed, const DbRows *rows)
{
    for (size_t row = 0; row < rows->count; row++) {
        Relation *relation = relation_of(observer, db_cell(rows, row, 0));
        const char *file = db_cell(rows, row, 1);
        const char *reads = db_cell(rows, row, 2);
        if (!relation)
            continue;
        bool moved = file && relation->file && strcmp(file, relation->file) != 0;
        if (moved && strchr("rm", relation->kind))
            add_work(observer, &observed->effects, relation, WORK_REWRITE);
        if (moved && relation->kind == 'i')
            add_work(observer, &observed->effects, relation_of(observer, relation->table),
                     WORK_INDEX);
        if (reads && atoll(reads) > relation->reads && strchr("rm", relation->kind))
            add_work(observer, &observed->effects, relation, READS_ROWS);
    }
}

/* Where an earlier statement took a stronger lock, that one holds while this one works. */
static void add_old_locks(Observer *observer, Observed *observed)
{
    for (size_t i = 0; i < observed->effects.count; i++) {
        Effect *effect = &observed->effects.at[i];
        for (size_t k = 0; k < observer->all.count && (effect->work || !effect->mode); k++) {
            const Relation *relation = observer->all.at[k];
            if (strcmp(relation->name, effect->relation) == 0 && effect->mode < strongest(relation))
                effect->mode = strongest(relation);
        }
    }
}

/* A table that is rewritten is read for it, and its indexes are built anew: one word says it. */
static void simplify(Observed *observed)
{
    bool empties = strncmp(observed->command, "TRUNCATE", 8) == 0;
    bool keys = false;
    for (size_t i = 0; i < observed->effects.count; i++)
        keys |= observed->effects.at[i].work & WORK_KEYS;
    for (size_t i = 0; i < observed->effects.count; i++) {
        Effect *effect = &observed->effects.at[i];
        bool reads = effect->work & READS_ROWS;
        bool referenced =
            keys && (effect->mode == LOCK_SHARE_ROW_EXCLUSIVE || effect->mode == LOCK_ROW_SHARE);
        effect->work &= ~(unsigned)READS_ROWS;
        if (reads && !effect->work && !referenced)
            effect->work = WORK_SCAN;
        if (effect->work & WORK_REWRITE)
            effect->work &= WORK_REWRITE | WORK_KEYS;
        if (empties)
            effect->work = 0;
    }
}

/* ---- parking: CONCURRENTLY ---- */

static bool waits_for_others(const ScriptStep *step)
{
    if (!step || step->type != STEP_OUTSIDE)
        return false;
    switch (step->facts->outside) {
    case OUTSIDE_CREATE_INDEX:
    case OUTSIDE_DROP_INDEX:
    case OUTSIDE_REINDEX:
    case OUTSIDE_DETACH_PARTITION:
    case OUTSIDE_REPEATABLE: /* VACUUM FULL, CLUSTER: for their lock */
        return true;
    default:
        return false;
    }
}

/* A snapshot, and the weakest lock on every table: what such a statement waits for. */
static void park(Observer *observer)
{
    static const char lock_all[] =
        "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT c.oid FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND n.nspname"
        " NOT IN ('rung', 'pg_toast') LOOP EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', t);"
        " END LOOP; END $$";
    Error ignored;
    DbOptions options = {.application = "rung (a long transaction)"};
    if (db_open(observer->url, &options, &observer->blocker, &ignored))
        return;
    if (db_exec(observer->blocker, "BEGIN ISOLATION LEVEL REPEATABLE READ", &ignored) == RUNG_OK)
        db_exec(observer->blocker, lock_all, &ignored);
}

static void unpark(Observer *observer)
{
    db_close(observer->blocker);
    observer->blocker = NULL;
}

static bool is_waiting(Observer *observer, Db *db, Arena *arena)
{
    Error ignored;
    DbRows rows;
    const char *pid = arena_print(arena, "%d", db_backend_pid(db));
    DbStatement statement = {.sql = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND"
                                    " wait_event_type = 'Lock'",
                             .params = &pid,
                             .param_count = 1};
    return !db_query(observer->watcher, arena, &statement, &rows, &ignored) && rows.count;
}

enum { MOST_POLLS = 50 };

static void while_waiting(void *context, Db *db)
{
    Observer *observer = context;
    Error ignored;
    DbRows rows;
    if (!observer->blocker)
        return;
    Arena *arena = arena_new();
    bool waits = is_waiting(observer, db, arena) || ++observer->polls > MOST_POLLS;
    if (!read_locks(observer, db, arena, true, &rows, &ignored))
        for (size_t row = 0; row < rows.count; row++) {
            const Relation *relation = relation_of(observer, db_cell(&rows, row, 0));
            if (relation)
                add_lock(observer, &observer->parked, relation, lock_find(db_cell(&rows, row, 1)));
        }
    if (waits)
        unpark(observer);
    arena_free(arena);
}

/* ---- SQLite ---- */

static Code read_tables(Observer *observer, Db *db, Error *error)
{
    static const char sql[] =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
        " 'sqlite\\_%' ESCAPE '\\'";
    DbRows rows;
    observer->relations = map_new(observer->arena);
    Code code = db_query(db, observer->arena, &(DbStatement){.sql = sql}, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        if (source_is_history(db_cell(&rows, row, 0)))
            continue;
        Relation *relation = arena_alloc(observer->arena, sizeof *relation);
        Text name = TEXT_EMPTY;
        sql_add_identifier(&name, db_cell(&rows, row, 0));
        *relation = (Relation){.name = keep(observer, text_string(&name)), .kind = 'r'};
        text_done(&name);
        map_set(observer->relations, db_cell(&rows, row, 0), relation);
    }
    return code;
}

/* SQLite writes a table anew to drop a column (manual, "ALTER TABLE DROP COLUMN"). */
static unsigned work_of_touch(const Observed *observed, DbTouchType type)
{
    switch (type) {
    case DB_TOUCH_INDEX:
        return WORK_INDEX;
    case DB_TOUCH_ALTER:
        return strcasestr(observed->sql, "drop column") ? WORK_REWRITE : 0;
    case DB_TOUCH_READ:
        return strcmp(observed->command, "CREATE VIEW") == 0 ? 0 : READS_ROWS;
    case DB_TOUCH_WRITE:
    case DB_TOUCH_DROP:
        break;
    }
    return 0;
}

static void touched(void *context, const char *table, DbTouchType type)
{
    Observer *observer = context;
    const Relation *relation = relation_of(observer, table);
    Observed *observed = &observer->list.at[observer->list.count - 1];
    if (relation)
        add_work(observer, &observed->effects, relation, work_of_touch(observed, type));
}

static Code start_sqlite(Observer *observer, Db *db, const Script *script, Error *error)
{
    Code code = observer->script == script ? RUNG_OK : read_tables(observer, db, error);
    if (!code)
        db_watch(db, touched, observer);
    return code;
}

/* ---- hooks ---- */

static const char *own_words(Observer *observer, Command const *command)
{
    return arena_copy(observer->arena, command->sql, command->length);
}

static Code remember_state(Observer *observer, Db *db, Error *error)
{
    DbRows rows;
    Arena *arena = arena_new();
    for (size_t i = 0; i < observer->all.count; i++) {
        observer->all.at[i]->held = 0;
        observer->all.at[i]->reads = 0;
    }
    Code code = read_locks(observer, db, arena, false, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        Relation *relation = relation_of(observer, db_cell(&rows, row, 0));
        if (relation)
            relation->held |= 1U << lock_find(db_cell(&rows, row, 1));
    }
    if (!code)
        code = read_state(observer, db, arena, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        Relation *relation = relation_of(observer, db_cell(&rows, row, 0));
        if (!relation)
            continue;
        relation->file = keep(observer, db_cell(&rows, row, 1));
        relation->reads = db_cell(&rows, row, 2) ? atoll(db_cell(&rows, row, 2)) : 0;
    }
    arena_free(arena);
    return code;
}

static void add_held(Observer *observer, Observed *observed)
{
    for (size_t i = 0; i < observer->all.count; i++) {
        const Relation *relation = observer->all.at[i];
        LockMode mode = strongest(relation);
        if (is_shown(relation) && lock_blocks_writes(mode))
            effect_of(observer->arena, &observed->held, relation->name)->mode = mode;
    }
}

static Code start_postgresql(Observer *observer, Db *db, Observed *observed, const ScriptStep *step,
                             Error *error)
{
    Code code = RUNG_OK;
    if (observer->step != step || observed->outside)
        code = read_relations(observer, error);
    if (!code)
        code = db_exec(db,
                       "SELECT set_config('client_min_messages', 'debug1', false),"
                       " set_config('lc_messages', 'C', false)",
                       error);
    if (!code)
        code = remember_state(observer, db, error);
    if (code)
        return code;
    add_held(observer, observed);
    observer->parked = (EffectList){0};
    observer->polls = 0;
    if (waits_for_others(step))
        park(observer);
    return RUNG_OK;
}

/* What would reach beyond the scratch database: other databases of its server, or its machine. */
static Code refuse_far(const SqlFacts *facts, const Command *command, Arena *arena, Error *error)
{
    const char *text = arena_copy(arena, command->sql, command->length);
    bool whole_server = facts->kind && (strcmp(facts->kind, "database") == 0 ||
                                        strcmp(facts->kind, "tablespace") == 0);
    bool program = strcmp(facts->command, "COPY") == 0 && strcasestr(text, "program");
    bool settings = strncasecmp(text, "alter system", 12) == 0;
    if (!whole_server && !program && !settings)
        return RUNG_OK;
    error_set(error, RUNG_REFUSED, "a rehearsal does not run it: it reaches beyond the database");
    return error_hint(error, "look at this statement yourself; nothing behind it was rehearsed");
}

static Code before(void *context, Db *db, const Script *script, const ScriptStep *step,
                   const Command *command, Error *error)
{
    Observer *observer = context;
    SqlFacts facts;
    Code code =
        sql_classify(observer->arena, script->engine, command->sql, command->length, &facts, error);
    if (code)
        return code;
    Observed *observed = vec_add(observer->arena, &observer->list);
    *observed = (Observed){.revision = script->revision,
                           .undo = script->undo,
                           .step = step ? (size_t)(step - script->steps.at) : 0,
                           .outside = step && step->type == STEP_OUTSIDE,
                           .line = command->line,
                           .sql = own_words(observer, command),
                           .command = facts.command,
                           .changes_rows = facts.changes_rows};
    code = script->engine == ENGINE_POSTGRESQL
               ? start_postgresql(observer, db, observed, step, error)
               : start_sqlite(observer, db, script, error);
    if (!code)
        code = refuse_far(&facts, command, observer->arena, error);
    observer->script = script;
    observer->step = step;
    observer->messages.count = 0;
    observer->since_us = clock_monotonic_us();
    return code;
}

/* The server lists its locks in no order. */
static int by_relation(const void *a, const void *b)
{
    return strcmp(((const Effect *)a)->relation, ((const Effect *)b)->relation);
}

static void finish_postgresql(Observer *observer, Db *db, Observed *observed)
{
    Error ignored;
    DbRows rows;
    Arena *arena = arena_new();
    if (!read_locks(observer, db, arena, false, &rows, &ignored))
        add_locks(observer, observed, &rows);
    if (!observed->failed) {
        for (size_t i = 0; i < observer->messages.count; i++)
            read_message(observer, observed, db, observer->messages.at[i]);
        if (!read_state(observer, db, arena, &rows, &ignored))
            read_changes(observer, observed, &rows);
    }
    add_old_locks(observer, observed);
    simplify(observed);
    if (observed->effects.count > 1)
        qsort(observed->effects.at, observed->effects.count, sizeof(Effect), by_relation);
    arena_free(arena);
}

static void after(void *context, Db *db, const Script *script, const ScriptStep *step,
                  const Command *command, const Error *failed)
{
    Observer *observer = context;
    Observed *observed = &observer->list.at[observer->list.count - 1];
    observed->elapsed_us = clock_monotonic_us() - observer->since_us;
    observed->failed = failed ? keep(observer, failed->message) : NULL;
    unpark(observer);
    db_watch(db, NULL, NULL);
    if (script->engine == ENGINE_SQLITE)
        simplify(observed);
    else if (!db_lost(db))
        finish_postgresql(observer, db, observed);
    if (!failed && observer->visit)
        observer->visit(observer->context, db, observed);
}

static void notice(void *context, const char *severity, const char *message)
{
    Observer *observer = context;
    *vec_add(observer->arena, &observer->messages) = keep(observer, message);
}

/* ---- open and close ---- */

Code observer_open(Arena *arena, const DbUrl *url, Observer **ret_observer, Error *error)
{
    Observer *observer = arena_alloc(arena, sizeof *observer);
    DbOptions options = {.application = "rung (watching)"};
    observer->arena = arena;
    observer->url = url;
    observer->hooks = (RunObserver){.before = before,
                                    .after = after,
                                    .waiting = while_waiting,
                                    .notice = notice,
                                    .context = observer};
    *ret_observer = observer;
    if (url->engine == ENGINE_SQLITE)
        return RUNG_OK;
    return db_open(url, &options, &observer->watcher, error);
}

void observer_close(Observer *observer)
{
    if (!observer)
        return;
    db_close(observer->watcher);
    db_close(observer->blocker);
}

const RunObserver *observer_hooks(Observer *observer)
{
    return &observer->hooks;
}

const ObservedList *observer_list(const Observer *observer)
{
    return &observer->list;
}

void observer_visit(Observer *observer, ObserverVisit *visit, void *context)
{
    observer->visit = visit;
    observer->context = context;
}
