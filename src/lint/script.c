/* From the text of a section to statements in transactions; as apply does it, but what it would
 * refuse is kept here, to be told with everything else. */
#include "lint/script.h"
#include "base/text.h"
#include "sql/translate.h"

enum { PARSE_LIMIT = 256 * 1024 }; /* bytes; what is longer is rows */

/* ---- ignore lines ---- */

typedef struct Words {
    const char *at, *end;
} Words;

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static const char *next_word(Arena *arena, Words *words)
{
    while (words->at < words->end && is_blank(*words->at))
        words->at++;
    const char *start = words->at;
    while (words->at < words->end && !is_blank(*words->at))
        words->at++;
    return words->at > start ? arena_copy(arena, start, (size_t)(words->at - start)) : NULL;
}

static void read_ignore(Arena *arena, Words words, LintIgnore *ignore)
{
    static const char until[] = "until=";
    while (words.end > words.at && is_blank(words.end[-1]))
        words.end--;
    ignore->rule = next_word(arena, &words);
    Words rest = words;
    const char *word = next_word(arena, &rest);
    if (word && strncmp(word, until, sizeof until - 1) == 0) {
        ignore->until = word + sizeof until - 1;
        words = rest;
    }
    while (words.at < words.end && is_blank(*words.at))
        words.at++;
    ignore->reason = arena_copy(arena, words.at, (size_t)(words.end - words.at));
}

void lint_script_ignores(Arena *arena, LintScript *script, const char *text, size_t length,
                         LintIgnore ignore)
{
    static const char prefix[] = "-- rung:ignore";
    const char *end = text + length;
    for (const char *at = text; at < end; ignore.line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        size_t size = sizeof prefix - 1;
        if ((size_t)(stop - at) >= size && memcmp(at, prefix, size) == 0 &&
            (at + size == stop || is_blank(at[size]))) {
            LintIgnore *added = vec_add(arena, &script->ignores);
            *added = ignore;
            read_ignore(arena, (Words){at + size, stop}, added);
        }
        at = newline ? newline + 1 : end;
    }
}

/* Between statements there are comments only: a line that looks like one is one. */
static void find_ignores(Arena *arena, LintScript *script, const SqlPieces *pieces)
{
    size_t from = 0;
    LintIgnore ignore = {.line = script->line};
    for (size_t i = 0; i <= pieces->count; i++) {
        const SqlPiece *piece = i < pieces->count ? &pieces->at[i] : NULL;
        if (piece && !piece->length)
            continue;
        ignore.offset = piece ? piece->offset : SIZE_MAX;
        lint_script_ignores(arena, script, script->text + from,
                            (piece ? piece->offset : script->length) - from, ignore);
        size_t to = piece ? piece->offset + piece->length : from;
        for (; from < to; from++)
            ignore.line += script->text[from] == '\n';
    }
}

/* ---- statements ---- */

static bool is_rows(const LintStatement *statement)
{
    return statement->length > PARSE_LIMIT && statement->facts.changes_rows;
}

static Code read_statement(Arena *arena, const LintScript *script, LintStatement *statement,
                           Error *error)
{
    Error refused;
    Code code = sql_classify(arena, script->engine, statement->sql, statement->length,
                             &statement->facts, error);
    if (code || script->engine != ENGINE_POSTGRESQL || is_rows(statement))
        return code;
    code = sql_parse(arena, statement->sql, statement->length, &statement->tree, &refused);
    if (code == RUNG_UNSUPPORTED) {
        *error = refused;
        return code;
    }
    if (code)
        statement->reason = arena_string(arena, refused.message);
    return RUNG_OK;
}

/* Whether rung gives it no transaction. An enum value may stay where no later statement uses it. */
static bool runs_outside(const LintScript *script, size_t at)
{
    const LintStatement *statement = &script->statements.at[at];
    if (statement->facts.outside != OUTSIDE_ADD_VALUE)
        return statement->facts.outside != OUTSIDE_NO &&
               (statement->facts.outside != OUTSIDE_PRAGMA ||
                strcmp(statement->facts.command, "PRAGMA") != 0);
    for (size_t i = at + 1; i < script->statements.count; i++) {
        const LintStatement *later = &script->statements.at[i];
        if (!statement->facts.value ||
            sql_mentions(script->engine, later->sql, later->length, statement->facts.value))
            return true;
    }
    return false;
}

/* `commits` says which statements begin a new transaction by a directive. */
static void number_transactions(LintScript *script, const bool *commits)
{
    size_t number = 0;
    bool fresh = true;
    for (size_t i = 0; i < script->statements.count; i++) {
        LintStatement *statement = &script->statements.at[i];
        statement->outside = statement->backfill || runs_outside(script, i);
        bool apart = statement->outside || commits[i];
        number += apart && !fresh;
        statement->transaction = number;
        fresh = statement->outside;
        number += statement->outside;
    }
}

static LintStatement *add_statement(Arena *arena, LintScript *script, const SqlPiece *piece)
{
    LintStatement *statement = vec_add(arena, &script->statements);
    statement->sql = script->text + piece->offset;
    statement->length = piece->length;
    statement->offset = piece->offset;
    statement->line = piece->line;
    statement->backfill = piece->directive && strncmp(piece->directive, "backfill", 8) == 0;
    return statement;
}

static Code add_translated(Arena *arena, LintScript *script, const SqlSource *source,
                           const SqlPiece *piece, Error *error)
{
    SqlTranslation translation = {0};
    Error refused;
    Code code = sql_translate(arena, source->file, piece->line, "-- rung:up sqlite",
                              source->text + piece->offset, piece->length, &translation, &refused);
    if (code == RUNG_REVISION) {
        LintStatement *statement = add_statement(arena, script, piece);
        statement->reason = arena_print(arena, "%s; %s", refused.message, refused.hint);
        statement->facts.command = "";
        return RUNG_OK;
    }
    if (code)
        *error = refused;
    for (size_t i = 0; !code && i < translation.statements.count; i++) {
        LintStatement *statement = add_statement(arena, script, piece);
        statement->sql = translation.statements.at[i];
        statement->length = strlen(statement->sql);
        code = read_statement(arena, script, statement, error);
    }
    return code;
}

Code lint_script_read(Arena *arena, const SqlSource *source, bool translate, LintScript *ret_script,
                      Error *error)
{
    SqlPieces pieces = {0};
    LintScript script = {.engine = translate ? ENGINE_SQLITE : source->engine,
                         .translated = translate,
                         .text = source->text,
                         .length = source->length,
                         .line = source->line};
    VEC(bool) commits = {0};
    Code code = sql_split(arena, source, &pieces, error);
    for (size_t i = 0; !code && i < pieces.count; i++) {
        const SqlPiece *piece = &pieces.at[i];
        size_t before = script.statements.count;
        if (!piece->length) {
            script.notices++;
            continue;
        }
        code = translate
                   ? add_translated(arena, &script, source, piece, error)
                   : read_statement(arena, &script, add_statement(arena, &script, piece), error);
        for (size_t k = before; k < script.statements.count; k++)
            *vec_add(arena, &commits) =
                k == before && piece->directive && strcmp(piece->directive, "commit") == 0;
    }
    if (code)
        return code;
    number_transactions(&script, commits.at);
    find_ignores(arena, &script, &pieces);
    *ret_script = script;
    return RUNG_OK;
}
