/* From a revision's file to steps. */
#include "apply/script.h"
#include "base/file.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/split.h"
#include "sql/translate.h"

static const char *section_name(bool undo)
{
    return undo ? "down" : "up";
}

/* ---- one statement ---- */

static bool starts_with_word(Engine engine, const char *sql, size_t length,
                             const char *const *words, size_t count)
{
    Lexer lexer;
    Token token;
    Error ignored;
    lexer_start(&lexer, engine, "", 1, sql, length < 64 ? length : 64);
    do {
        if (lexer_next(&lexer, &token, &ignored))
            return false;
    } while (token.type == TOKEN_COMMENT);
    for (size_t i = 0; i < count; i++)
        if (token_is(&token, words[i]))
            return true;
    return false;
}

/* Most of a large file is rows: they need no parser. */
static bool is_plain_change(Engine engine, const char *sql, size_t length)
{
    static const char *const words[] = {"INSERT", "UPDATE", "DELETE"};
    return starts_with_word(engine, sql, length, words, COUNT(words));
}

static Code refuse(const Script *script, const Command *command, Error *error, const char *what,
                   const char *hint)
{
    error_at(error, RUNG_REVISION, script->revision->path, command->line, "%s", what);
    error_hint(error, "%s", hint);
    script_locate(script, command, error);
    return RUNG_REVISION;
}

static Code check_facts(const Script *script, const Command *command, const SqlFacts *facts,
                        Error *error)
{
    if (facts->controls_transaction)
        return refuse(
            script, command, error,
            arena_print(script->arena, "%s would end or begin a transaction", facts->command),
            "rung runs a revision in one transaction with its history row: remove it");
    if (facts->outside && strcmp(facts->command, "DISCARD") == 0)
        return refuse(
            script, command, error, "DISCARD ALL would give up the lock of this run",
            "what a revision set ends with it anyway; DISCARD TEMP and RESET ALL may stay");
    if (facts->copies_from_client)
        return refuse(script, command, error, "COPY with the client is not possible in a revision",
                      "write INSERT statements, or load the data with psql");
    return RUNG_OK;
}

/* PRAGMAs that SQLite ignores or refuses inside a transaction (SQLite manual, "PRAGMA
 * Statements"); the others stay where they are. */
static bool pragma_stays_outside(const SqlFacts *facts)
{
    static const char *const names[] = {"journal_mode", "synchronous",        "page_size",
                                        "auto_vacuum",  "encoding",           "wal_checkpoint",
                                        "locking_mode", "incremental_vacuum", "temp_store"};
    if (!facts->name)
        return true;
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(facts->name, names[i]) == 0)
            return true;
    return false;
}

/* ---- commands ---- */

static Command *add_command(Script *script, const char *sql, size_t length, int line)
{
    Command *command = vec_add(script->arena, &script->commands);
    command->sql = sql;
    command->length = length;
    command->line = line;
    script->statements++;
    return command;
}

static void add_notice(Script *script, const char *notice, int line)
{
    Command *command = vec_add(script->arena, &script->commands);
    command->notice = notice;
    command->line = line;
}

static ScriptStep *add_step(Script *script, StepType type)
{
    ScriptStep *step = vec_add(script->arena, &script->steps);
    step->type = type;
    step->first = script->commands.count - 1;
    step->count = 1;
    return step;
}

static void extend_transaction(Script *script, bool apart)
{
    ScriptStep *last = script->steps.count ? &script->steps.at[script->steps.count - 1] : NULL;
    if (last && last->type == STEP_TRANSACTION && !apart)
        last->count++;
    else
        add_step(script, STEP_TRANSACTION)->apart = apart;
}

static Code add_backfill(Script *script, const SqlPiece *piece, const Command *command,
                         Error *error)
{
    Backfill *backfill = arena_alloc(script->arena, sizeof *backfill);
    Code code = backfill_read(script->arena, script->engine, script->revision->path,
                              piece->directive_line, piece->directive + strlen("backfill"),
                              command->sql, command->length, backfill, error);
    if (!code)
        add_step(script, STEP_BACKFILL)->backfill = backfill;
    return code;
}

/* Puts a statement that is in the engine's own dialect into the right step. */
static Code place_statement(Script *script, const SqlPiece *piece, const char *sql, size_t length,
                            Error *error)
{
    Command *command = add_command(script, sql, length, piece->line);
    bool apart = piece->directive && strcmp(piece->directive, "commit") == 0;
    if (piece->directive && !apart)
        return add_backfill(script, piece, command, error);
    if (is_plain_change(script->engine, sql, length)) {
        extend_transaction(script, apart);
        return RUNG_OK;
    }
    SqlFacts facts;
    Code code = sql_classify(script->arena, script->engine, sql, length, &facts, error);
    if (!code)
        code = check_facts(script, command, &facts, error);
    if (code)
        return code;
    script->sets_session |= facts.sets_session;
    command->sets_session = facts.sets_session;
    script->foreign_keys_off |= facts.drops_table;
    if (facts.outside == OUTSIDE_PRAGMA && facts.name && strcmp(facts.name, "foreign_keys") == 0) {
        script->foreign_keys_off = script->foreign_keys_named = true;
        script->commands.count--;
        script->statements--;
        return RUNG_OK;
    }
    if (facts.outside == OUTSIDE_NO ||
        (facts.outside == OUTSIDE_PRAGMA && !pragma_stays_outside(&facts))) {
        extend_transaction(script, apart);
        return RUNG_OK;
    }
    ScriptStep *step = add_step(script, STEP_OUTSIDE);
    step->facts = arena_alloc(script->arena, sizeof facts);
    *step->facts = facts;
    return RUNG_OK;
}

static Code place_translated(Script *script, const SqlPiece *piece, const char *sql, Error *error)
{
    SqlTranslation translation = {0};
    Arena *scratch = arena_new(); /* most statements of a large file stay as they are */
    const char *heading = arena_print(scratch, "-- rung:%s sqlite", section_name(script->undo));
    Code code = sql_translate(scratch, script->revision->path, piece->line, heading, sql,
                              piece->length, &translation, error);
    if (!code && translation.notice) {
        add_notice(script, arena_string(script->arena, translation.notice), piece->line);
        extend_transaction(script, false);
    }
    for (size_t i = 0; !code && i < translation.statements.count; i++) {
        const char *statement = translation.statements.at[i];
        size_t length = strlen(statement);
        bool same = length == piece->length && memcmp(statement, sql, length) == 0;
        code = place_statement(script, piece,
                               same ? sql : arena_copy(script->arena, statement, length), length,
                               error);
    }
    arena_free(scratch);
    return code;
}

/* An enum value that a later statement of the file or a check uses must be committed first
 * (PostgreSQL manual, ALTER TYPE); where none does, the statement may stay in the transaction. */
static void join_unused_values(Script *script)
{
    for (size_t i = 0; i < script->steps.count; i++) {
        ScriptStep *step = &script->steps.at[i];
        if (step->type != STEP_OUTSIDE || step->facts->outside != OUTSIDE_ADD_VALUE)
            continue;
        bool used = step->facts->value == NULL;
        for (size_t k = step->first + 1; !used && k < script->commands.count; k++) {
            const Command *later = &script->commands.at[k];
            used = later->sql &&
                   sql_mentions(script->engine, later->sql, later->length, step->facts->value);
        }
        for (size_t k = 0; !used && k < script->checks.count; k++)
            used = sql_mentions(script->engine, script->checks.at[k].sql,
                                script->checks.at[k].length, step->facts->value);
        if (!used)
            step->type = STEP_TRANSACTION;
    }
    size_t kept = 0;
    for (size_t i = 0; i < script->steps.count; i++) {
        ScriptStep *last = kept ? &script->steps.at[kept - 1] : NULL;
        if (last && last->type == STEP_TRANSACTION &&
            script->steps.at[i].type == STEP_TRANSACTION && !script->steps.at[i].apart)
            last->count += script->steps.at[i].count;
        else
            script->steps.at[kept++] = script->steps.at[i];
    }
    script->steps.count = kept;
}

static void hash_steps(Script *script)
{
    if (!script->steps.count ||
        (script->steps.count == 1 && script->steps.at[0].type == STEP_TRANSACTION))
        return; /* the journal never sees it */
    for (size_t i = 0; i < script->steps.count; i++) {
        ScriptStep *step = &script->steps.at[i];
        Hash hash;
        hash_start(&hash);
        for (size_t k = step->first; k < step->first + step->count; k++)
            if (script->commands.at[k].sql) {
                hash_add(&hash, script->commands.at[k].sql, script->commands.at[k].length);
                hash_add(&hash, ";\n", 2);
            }
        hash_finish(&hash, step->hash);
    }
}

/* ---- sections ---- */

static Code empty_section(const Script *script, const Section *section, Error *error)
{
    error_at(error, RUNG_REVISION, script->revision->path, section->line - 1,
             "the %s section has no statement", section_name(script->undo));
    return error_hint(error, "write the SQL below it, or a line `-- rung:notice TEXT` if there is "
                             "nothing to be done");
}

static Code place_section(Script *script, const Section *section, const char *data, Error *error)
{
    bool translated = script->engine == ENGINE_SQLITE && section->any_engine;
    SqlSource source = {translated ? ENGINE_POSTGRESQL : script->engine, script->revision->path,
                        section->line, data + section->offset, section->length};
    SqlPieces pieces = {0};
    Arena *scratch = arena_new();
    Code code = sql_split(scratch, &source, &pieces, error);
    vec_reserve(script->arena, &script->commands, pieces.count);
    for (size_t i = 0; !code && i < pieces.count; i++) {
        SqlPiece piece = pieces.at[i];
        const char *sql = source.text + piece.offset;
        piece.directive = arena_string(script->arena, piece.directive);
        if (!piece.length) {
            const char *notice = piece.directive + strlen("notice");
            add_notice(script, notice + strspn(notice, " \t"), piece.line);
            extend_transaction(script, false);
        } else if (translated)
            code = place_translated(script, &piece, sql, error);
        else
            code = place_statement(script, &piece, sql, piece.length, error);
    }
    arena_free(scratch);
    if (!code && !script->commands.count && !script->foreign_keys_named &&
        script->revision->parents.count < 2)
        code = empty_section(script, section, error);
    return code;
}

static Code no_section(const Script *script, Error *error)
{
    const char *name = section_name(script->undo);
    error_at(error, RUNG_REVISION, script->revision->path, 0,
             "revision %s has no \"%s\" section for %s", script->revision->id, name,
             engine_title(script->engine));
    return error_hint(error,
                      script->undo
                          ? "without one the revision cannot be undone; write `-- rung:%s %s`"
                          : "write `-- rung:%s %s`, or one section for both engines",
                      name, engine_name(script->engine));
}

/* ---- checks ---- */

/* "uses-index=NAME rest": the check looks at the plan of its query. */
static void read_title(Script *script, Check *check)
{
    static const char prefix[] = "uses-index=";
    if (strncmp(check->title, prefix, sizeof prefix - 1) != 0)
        return;
    const char *name = check->title + sizeof prefix - 1;
    size_t length = strcspn(name, " \t");
    const char *rest = name + length + strspn(name + length, " \t");
    check->uses_index = arena_copy(script->arena, name, length);
    check->title = *rest ? rest : arena_print(script->arena, "uses index %s", check->uses_index);
}

static Code wrong_check(const Script *script, const Check *check, Error *error, const char *what)
{
    error_at(error, RUNG_REVISION, script->revision->path, check->line, "check \"%s\" %s",
             check->title, what);
    return error_hint(error,
                      "a check is one query that changes nothing and returns one true value");
}

static Code add_check(Script *script, const Section *section, const char *data, Error *error)
{
    bool translated = script->engine == ENGINE_SQLITE && section->any_engine;
    SqlSource source = {translated ? ENGINE_POSTGRESQL : script->engine, script->revision->path,
                        section->line, data + section->offset, section->length};
    SqlPieces pieces = {0};
    Check check = {.title = section->title, .none = section->none, .line = section->line};
    Code code = sql_split(script->arena, &source, &pieces, error);
    if (code)
        return code;
    if (pieces.count != 1 || pieces.at[0].directive)
        return wrong_check(script, &check, error, "must hold exactly one query");
    check.sql = source.text + pieces.at[0].offset;
    check.length = pieces.at[0].length;
    check.line = pieces.at[0].line;
    if (translated) {
        SqlTranslation translation = {0};
        code = sql_translate(script->arena, script->revision->path, check.line,
                             "-- rung:check sqlite", check.sql, check.length, &translation, error);
        if (code)
            return code;
        if (translation.statements.count != 1)
            return wrong_check(script, &check, error, "is not a query");
        check.sql = translation.statements.at[0];
        check.length = strlen(check.sql);
    }
    SqlFacts facts;
    code = sql_classify(script->arena, script->engine, check.sql, check.length, &facts, error);
    if (!code && (facts.controls_transaction || facts.sets_session || facts.outside ||
                  facts.changes_rows || facts.copies_from_client))
        return wrong_check(script, &check, error, "is not a query");
    read_title(script, &check);
    *vec_add(script->arena, &script->checks) = check;
    return code;
}

static Code add_checks(Script *script, const char *data, Error *error)
{
    SectionList sections = {0};
    Code code = RUNG_OK;
    revision_checks(script->arena, script->revision, script->engine, &sections);
    for (size_t i = 0; !code && i < sections.count; i++)
        code = add_check(script, sections.at[i], data, error);
    return code;
}

/* ---- loading ---- */

static Script *script_new(Revision *revision, Engine engine, bool undo)
{
    Arena *arena = arena_new();
    Script *script = arena_alloc(arena, sizeof *script);
    script->arena = arena;
    script->revision = revision;
    script->engine = engine;
    script->undo = undo;
    return script;
}

void script_free(Script *script)
{
    if (script)
        arena_free(script->arena);
}

static Code read_again(Script *script, char **ret_data, Error *error)
{
    const Revision *revision = script->revision;
    char hex[HASH_HEX_SIZE];
    Code code = file_read(script->arena, revision->path, REVISION_SIZE_LIMIT, ret_data,
                          &script->size, error);
    if (code)
        return code;
    revision_hash(*ret_data, script->size, hex);
    if (strcmp(hex, revision->hash) != 0) {
        error_at(error, RUNG_MISMATCH, revision->path, 0,
                 "the file changed while rung was reading the folder");
        return error_hint(error, "run the same command again");
    }
    return RUNG_OK;
}

static Code script_fill(Script *script, Error *error)
{
    char *data = NULL;
    Code code = read_again(script, &data, error);
    if (code)
        return code;
    const Revision *revision = script->revision;
    const Section *section =
        revision_section(revision, script->undo ? SECTION_DOWN : SECTION_UP, script->engine);
    if (section)
        code = place_section(script, section, data, error);
    else if (revision->parents.count < 2)
        code = no_section(script, error);
    if (!code && !script->undo)
        code = add_checks(script, data, error);
    if (!code) {
        join_unused_values(script);
        hash_steps(script);
    }
    return code;
}

static Code keep_or_free(Code code, Script *script, Script **ret_script, Error *error)
{
    if (code) {
        if (!error->revision[0])
            snprintf(error->revision, sizeof error->revision, "%s", script->revision->id);
        script_free(script);
        return code;
    }
    *ret_script = script;
    return RUNG_OK;
}

Code script_load(Revision *revision, Engine engine, bool undo, Script **ret_script, Error *error)
{
    Script *script = script_new(revision, engine, undo);
    return keep_or_free(script_fill(script, error), script, ret_script, error);
}

Code script_load_checks(Revision *revision, Engine engine, Script **ret_script, Error *error)
{
    Script *script = script_new(revision, engine, false);
    char *data = NULL;
    Code code = read_again(script, &data, error);
    if (!code)
        code = add_checks(script, data, error);
    return keep_or_free(code, script, ret_script, error);
}

/* ---- words ---- */

static bool is_concurrent(Outside outside)
{
    return outside == OUTSIDE_CREATE_INDEX || outside == OUTSIDE_DROP_INDEX;
}

const char *step_title(const Script *script, const ScriptStep *step, Arena *arena)
{
    const Command *command = &script->commands.at[step->first];
    switch (step->type) {
    case STEP_OUTSIDE:
        return arena_print(arena, "%s%s%s%s (outside a transaction)", step->facts->command,
                           is_concurrent(step->facts->outside) ? " CONCURRENTLY" : "",
                           step->facts->name ? " " : "",
                           step->facts->name ? step->facts->name : "");
    case STEP_BACKFILL:
        return arena_print(arena, "backfill of %s, %lld rows a batch", step->backfill->table,
                           (long long)step->backfill->batch);
    case STEP_TRANSACTION:
        break;
    }
    return arena_print(arena, "%zu statement%s from line %d", step->count,
                       step->count == 1 ? "" : "s", command->line);
}

/* Duplicate column, table, object, function, schema (PostgreSQL manual, appendix A), and SQLite's
 * words for the first two. */
static bool is_there_already(const Error *error)
{
    static const char *const states[] = {"42701", "42P07", "42710", "42723", "42P06"};
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(error->sqlstate, states[i]) == 0)
            return true;
    return error->code == RUNG_FAILED && !error->sqlstate[0] &&
           (strstr(error->message, "duplicate column name") ||
            strstr(error->message, "already exists"));
}

void script_locate(const Script *script, const Command *command, Error *error)
{
    snprintf(error->revision, sizeof error->revision, "%s", script->revision->id);
    snprintf(error->file, sizeof error->file, "%s", script->revision->path);
    error->line =
        command->line + (error->line > 1 && error->code == RUNG_FAILED ? error->line - 1 : 0);
    if (command->sql)
        error_statement(error, command->sql, command->length);
    if (is_there_already(error) && !error->hint[0])
        error_hint(error,
                   "was the change made by hand? Take it back, or mark the revision as "
                   "applied with `rung stamp %s`",
                   script->revision->id);
}
