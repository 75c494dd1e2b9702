/* Bytes as a script: split, judged, translated, and as a backfill. The first byte picks the engine.
 * What comes out must be one statement again, by SQLite's own lexical rules. */
#include "sql/backfill.h"
#include "sql/classify.h"
#include "sql/split.h"
#include "sql/translate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_one_statement(Arena *arena, Engine engine, const char *sql)
{
    SqlSource source = {engine, "out.sql", 1, sql, strlen(sql)};
    SqlPieces pieces = {0};
    Error error = {0};
    Code code = sql_split(arena, &source, &pieces, &error);
    if (code == RUNG_OK && pieces.count == 1)
        return;
    /* a directive in a comment, or a shell command, is no matter of the lexer */
    if (code != RUNG_OK &&
        (strstr(error.message, "directive") || strstr(error.message, "heading") ||
         strstr(error.message, "is not SQL")))
        return;
    fprintf(stderr, "%zu statements (%s): %s\n", pieces.count, error.message, sql);
    abort();
}

static void expect_error(Code code, Code expected, const Error *error)
{
    if (code == expected && error->code == code && error->message[0] && error->hint[0] &&
        strcmp(error->file, "in.sql") == 0 && error->line >= 1)
        return;
    fprintf(stderr, "%d %s:%d %s (%s)\n", code, error->file, error->line, error->message,
            error->hint);
    abort();
}

static void touch_backfill(Arena *arena, Engine engine, const char *directive, const char *sql,
                           size_t length)
{
    static const char *const low[] = {"1", "2", "3"}, *const high[] = {"4", "5", "6"};
    Backfill backfill = {0};
    Error error = {0};
    Code code =
        backfill_read(arena, engine, "in.sql", 1, directive, sql, length, &backfill, &error);
    if (code != RUNG_OK) {
        expect_error(code, RUNG_REVISION, &error);
        return;
    }
    if (backfill.head > backfill.where || backfill.where + backfill.where_length > backfill.tail ||
        backfill.tail > length || !backfill.keys.count || backfill.batch < 1)
        abort();
    if (backfill.keys.count > COUNT(low))
        return;
    expect_one_statement(arena, engine, backfill_print(arena, &backfill, sql, length, low, high));
}

static void touch_translation(Arena *arena, const char *sql, size_t length)
{
    SqlTranslation translation = {0};
    Error error = {0};
    Code code =
        sql_translate(arena, "in.sql", 1, "-- rung:up sqlite", sql, length, &translation, &error);
    if (code != RUNG_OK) {
        expect_error(code, RUNG_REVISION, &error);
        return;
    }
    if (translation.statements.count == 0 && !translation.notice)
        abort();
    for (size_t i = 0; i < translation.statements.count; i++)
        expect_one_statement(arena, ENGINE_SQLITE, translation.statements.at[i]);
}

static void touch_piece(Arena *arena, const SqlSource *source, const SqlPiece *piece)
{
    const char *sql = source->text + piece->offset;
    if (piece->length == 0) {
        if (!piece->directive || strncmp(piece->directive, "notice ", 7) != 0)
            abort();
        return;
    }
    SqlFacts facts;
    Error error;
    if (sql_classify(arena, source->engine, sql, piece->length, &facts, &error) != RUNG_OK ||
        !facts.command)
        abort();
    sql_mentions(source->engine, sql, piece->length, facts.value ? facts.value : "a");
    if (source->engine == ENGINE_POSTGRESQL)
        touch_translation(arena, sql, piece->length);
    const char *directive =
        piece->directive ? piece->directive + strlen("backfill") : "table=a key=b,c";
    touch_backfill(arena, source->engine, directive, sql, piece->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Arena *arena = arena_new();
    SqlSource source = {.engine = data[0] & 1 ? ENGINE_SQLITE : ENGINE_POSTGRESQL,
                        .file = "in.sql",
                        .line = 1,
                        .text = (const char *)data + 1,
                        .length = size - 1};
    SqlPieces pieces = {0};
    Error error = {0};
    Code code = sql_split(arena, &source, &pieces, &error);
    if (code != RUNG_OK)
        expect_error(code, RUNG_REVISION, &error);
    size_t end = 0;
    for (size_t i = 0; code == RUNG_OK && i < pieces.count; i++) {
        const SqlPiece *piece = &pieces.at[i];
        if (piece->offset < end || piece->offset + piece->length > source.length)
            abort();
        end = piece->offset + piece->length;
        touch_piece(arena, &source, piece);
    }
    arena_free(arena);
    return 0;
}
