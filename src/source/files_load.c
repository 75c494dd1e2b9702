/* Running schema files in a scratch database. */
#include "source/files.h"
#include "base/text.h"
#include "sql/classify.h"
#include "source/enums.h"
#include "sql/split.h"
#include "sql/translate.h"

typedef struct Loading {
    const SchemaFiles *files;
    const SchemaFile *file;
    Db *db;
    const FilesOptions *options;
    Arena *arena;    /* of one file */
    Arena *whole;    /* of all files */
    EnumTypes enums; /* PostgreSQL's, for SQLite; in `whole` */
    Error *error;
} Loading;

/* ---- what may not run ---- */

static Code beyond(Loading *loading, const SqlPiece *piece, const char *what, const char *hint)
{
    error_at(loading->error, RUNG_REVISION, loading->file->path, piece->line, "%s", what);
    error_statement(loading->error, loading->file->text + piece->offset, piece->length);
    return error_hint(loading->error, "%s", hint);
}

static bool is_kind(const SqlFacts *facts, const char *kind)
{
    return facts->kind && strcmp(facts->kind, kind) == 0;
}

/* Whether a subscription says that it is not to connect. */
static bool stays_alone(const char *sql, size_t length)
{
    const char *at = memmem(sql, length, "connect", 7);
    return at && memmem(at, length - (size_t)(at - sql), "false", 5);
}

static Code check_statement(Loading *loading, const SqlPiece *piece, const SqlFacts *facts)
{
    const char *sql = loading->file->text + piece->offset;
    bool creates = strncmp(facts->command, "CREATE", 6) == 0;
    if (is_kind(facts, "database") || is_kind(facts, "tablespace") || is_kind(facts, "system"))
        return beyond(loading, piece, "a schema file describes what is inside one database",
                      "remove the statement: it reaches beyond the database");
    if (is_kind(facts, "role") && !scratch_private(loading->options->scratch))
        return beyond(loading, piece,
                      "roles belong to the server, and the scratch server has other users",
                      "create the role by hand, and remove the statement");
    if (creates && is_kind(facts, "subscription") && !stays_alone(sql, piece->length))
        return beyond(loading, piece, "this subscription would connect to its publisher",
                      "add WITH (connect = false), as pg_dump does");
    if (strcmp(facts->command, "ATTACH") == 0 || strcmp(facts->command, "DETACH") == 0)
        return beyond(loading, piece, "a schema file describes one database",
                      "remove the statement");
    return RUNG_OK;
}

/* ---- running ---- */

static Code locate(Loading *loading, const SqlPiece *piece, const char *sql, size_t length)
{
    Error *error = loading->error;
    if (error->code != RUNG_FAILED)
        return error->code;
    snprintf(error->file, sizeof error->file, "%s", loading->file->path);
    error->line = piece->line + (error->line > 1 ? error->line - 1 : 0);
    error_statement(error, sql, length);
    if (strcmp(error->sqlstate, "42704") == 0 && strncmp(error->message, "role ", 5) == 0)
        return error_hint(error,
                          "create the role on the scratch server, which has other users, or let "
                          "rung start a private server");
    return error->code;
}

static Code run(Loading *loading, const SqlPiece *piece, const char *sql, size_t length)
{
    Code code;
    do
        code = db_query(loading->db, NULL, &(DbStatement){.sql = sql, .length = length}, NULL,
                        loading->error);
    while (code && scratch_add_role(loading->options->scratch, loading->error));
    return code ? locate(loading, piece, sql, length) : RUNG_OK;
}

/* ---- one statement ---- */

static void tell(const Loading *loading, bool refused, int line, const char *text)
{
    if (loading->options->tell)
        loading->options->tell(loading->options->context, refused, loading->file->path, line, text);
}

static Code run_translated(Loading *loading, const SqlPiece *piece, const char *sql, size_t length)
{
    SqlTranslation translation = {0};
    const char *heading = "-- rung:dialect sqlite";
    if (!loading->options->alone && enums_take(&loading->enums, loading->whole, sql, length))
        return RUNG_OK;
    sql = enums_replace(&loading->enums, loading->arena, sql, length, &length);
    Code code = sql_translate(loading->arena, loading->file->path, piece->line, heading, sql,
                              length, &translation, loading->error);
    if (code == RUNG_REVISION && loading->options->skip_refused) {
        tell(loading, true, piece->line, loading->error->message);
        return RUNG_OK;
    }
    if (code)
        return error_hint(loading->error,
                          "SQLite is compared, too; a file whose first line is \"-- rung:dialect "
                          "sqlite\" holds SQLite's own text");
    if (translation.notice)
        tell(loading, false, piece->line, translation.notice);
    for (size_t i = 0; !code && i < translation.statements.count; i++)
        code =
            run(loading, piece, translation.statements.at[i], strlen(translation.statements.at[i]));
    return code;
}

/* The statement without the lines that were blanked in it: SQLite keeps its text as it is. */
static const char *clean_text(Loading *loading, const SqlPiece *piece, size_t *ret_length)
{
    const SchemaFile *file = loading->file;
    const char *start = file->text + piece->offset, *at = start, *end = at + piece->length;
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < file->blanks.count; i++) {
        const char *hole = file->text + file->blanks.at[i];
        if (hole < at || hole >= end)
            continue;
        const char *next = memchr(hole, '\n', (size_t)(end - hole));
        while (hole > at && (hole[-1] == ' ' || hole[-1] == '\t'))
            hole--;
        text_add(&text, at, (size_t)(hole - at));
        at = next ? next + 1 : end;
    }
    text_add(&text, at, (size_t)(end - at));
    *ret_length = text.length;
    const char *clean = at == start ? start : arena_string(loading->arena, text_string(&text));
    text_done(&text);
    return clean;
}

static Code run_piece(Loading *loading, const SqlPiece *piece)
{
    SqlFacts facts;
    size_t length;
    if (!piece->length)
        return RUNG_OK; /* a notice */
    const char *sql = clean_text(loading, piece, &length);
    Code code =
        sql_classify(loading->arena, loading->file->dialect, sql, length, &facts, loading->error);
    if (!code)
        code = check_statement(loading, piece, &facts);
    if (code || facts.controls_transaction)
        return code;
    if (db_engine(loading->db) == ENGINE_SQLITE && loading->file->dialect == ENGINE_POSTGRESQL)
        return run_translated(loading, piece, sql, length);
    return run(loading, piece, sql, length);
}

static Code run_file(Loading *loading)
{
    const SchemaFile *file = loading->file;
    SqlSource source = {file->dialect, file->path, 1, file->text, file->length};
    SqlPieces pieces = {0};
    if (file->dialect == ENGINE_SQLITE && db_engine(loading->db) == ENGINE_POSTGRESQL) {
        error_at(loading->error, RUNG_REVISION, file->path, 1,
                 "the file is in SQLite's dialect, and PostgreSQL is compared");
        return error_hint(loading->error,
                          "PostgreSQL's dialect serves both engines; SQLite's serves SQLite alone");
    }
    Code code = sql_split(loading->arena, &source, &pieces, loading->error);
    for (size_t i = 0; !code && i < pieces.count; i++)
        code = run_piece(loading, &pieces.at[i]);
    return code;
}

Code files_load(const SchemaFiles *files, Db *db, const FilesOptions *options, Error *error)
{
    Loading loading = {
        .files = files, .db = db, .options = options, .error = error, .whole = arena_new()};
    Code code = RUNG_OK;
    if (db_engine(db) == ENGINE_POSTGRESQL)
        code = db_exec(db, "SET check_function_bodies = off", error);
    for (size_t i = 0; !code && i < files->files.count; i++) {
        loading.file = &files->files.at[i];
        loading.arena = arena_new();
        code = run_file(&loading);
        arena_free(loading.arena);
    }
    arena_free(loading.whole);
    return code;
}
