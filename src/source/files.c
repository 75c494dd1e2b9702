/* Reading schema files: which there are, and what in them is not SQL. */
#include "source/files.h"
#include "base/file.h"
#include "base/text.h"
#include "sql/reader.h"

#include <dirent.h>
#include <errno.h>
#include <strings.h>

enum { FILE_LIMIT = 256 * 1024 * 1024, DEPTH_LIMIT = 16 };

/* ---- comments and lines that are not SQL ---- */

typedef struct Mask {
    Arena *arena;
    SchemaFiles *files;
    SchemaFile *file;
    char *text; /* being blanked */
    size_t length;
    Error *error;

    Lexer lexer;
    size_t depth;
    bool inside;       /* a statement has begun */
    Token first;       /* of the statement */
    bool copies;       /* COPY … FROM */
    const char *start; /* of the statement */
} Mask;

static Code refuse(Mask *mask, int line, const char *message, const char *hint)
{
    error_at(mask->error, RUNG_REVISION, mask->file->path, line, "%s", message);
    return error_hint(mask->error, "%s", hint);
}

static void blank(Mask *mask, const char *from, size_t length)
{
    *vec_add(mask->arena, &mask->file->blanks) = (size_t)(from - mask->file->text);
    memset(mask->text + (from - mask->file->text), ' ', length);
}

/* The text behind "rung:WORD" of a line comment, without blanks around it; NULL: it is another. */
static const char *directive(Arena *arena, const Token *comment, const char *word)
{
    const char *at = comment->text, *end = at + comment->length;
    size_t length = strlen(word);
    if (at[1] != '-')
        return NULL;
    at += 2 + strspn(at + 2, " \t");
    if ((size_t)(end - at) < 5 + length || memcmp(at, "rung:", 5) != 0 ||
        memcmp(at + 5, word, length) != 0)
        return NULL;
    for (at += 5 + length; at < end && (*at == ' ' || *at == '\t'); at++)
        ;
    while (end > at && strchr(" \t\r", end[-1]))
        end--;
    return arena_copy(arena, at, (size_t)(end - at));
}

/* ---- renames ---- */

static const char *const renamed_kinds[] = {"TABLE",  "VIEW",          "SEQUENCE",         "TYPE",
                                            "DOMAIN", "FOREIGN TABLE", "MATERIALIZED VIEW"};

static bool skip_words(Reader *reader, const char *words)
{
    Reader start = *reader;
    while (*words) {
        char word[24];
        size_t length = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        if (!reader_word(reader, word)) {
            *reader = start;
            return false;
        }
        words += length + (words[length] == ' ');
    }
    return true;
}

/* CREATE … KIND [IF NOT EXISTS] name, ALTER KIND [IF EXISTS] [ONLY] name */
static bool read_subject(Reader *reader, Arena *arena, SchemaRename *rename)
{
    static const char *const modifiers[] = {"OR", "REPLACE", "UNLOGGED", "RECURSIVE"};
    bool known = false;
    if (!reader_word(reader, "CREATE") && !reader_word(reader, "ALTER"))
        return false;
    for (size_t i = 0; i < COUNT(modifiers);)
        i = reader_word(reader, modifiers[i]) ? 0 : i + 1;
    for (size_t i = 0; i < COUNT(renamed_kinds) && !known; i++)
        known = skip_words(reader, renamed_kinds[i]);
    if (!known)
        return false;
    if (!skip_words(reader, "IF NOT EXISTS"))
        skip_words(reader, "IF EXISTS");
    reader_word(reader, "ONLY");
    return reader_qualified(reader, arena, &rename->schema, &rename->name);
}

static Code no_subject(Mask *mask, int line)
{
    return refuse(
        mask, line, "\"-- rung:renamed\" stands in front of nothing that has a name",
        "it stands in a line of its own, right before a column of CREATE TABLE, or before "
        "CREATE or ALTER of a table, view, sequence or type");
}

static Code take_renamed(Mask *mask, const Token *comment, const char *rest)
{
    SchemaRename rename = {0};
    Reader reader, from;
    Engine engine = mask->file->dialect;
    const char *behind = comment->text + comment->length;
    size_t left = mask->length - (size_t)(behind - mask->file->text);
    if (strncmp(rest, "from=", 5) != 0)
        return refuse(mask, comment->line, "\"-- rung:renamed\" needs the old name",
                      "-- rung:renamed from=old_name");
    reader_start(&from, engine, rest + 5, strlen(rest + 5));
    const char *schema;
    if (!reader_qualified(&from, mask->arena, &schema, &rename.from) ||
        from.token.type != TOKEN_END)
        return refuse(mask, comment->line, "the old name of \"-- rung:renamed\" is no name",
                      "-- rung:renamed from=old_name; a name of other letters stands in quotes");
    const char *start = mask->inside ? mask->start : behind;
    reader_start(&reader, engine, start, mask->length - (size_t)(start - mask->file->text));
    if (!read_subject(&reader, mask->arena, &rename))
        return no_subject(mask, comment->line);
    if (mask->inside) {
        reader_start(&reader, engine, behind, left);
        rename.column = mask->depth == 1 ? reader_name(&reader, mask->arena) : NULL;
        if (!rename.column)
            return no_subject(mask, comment->line);
    }
    *vec_add(mask->arena, &mask->files->renames) = rename;
    return RUNG_OK;
}

static Code take_comment(Mask *mask, const Token *comment)
{
    const char *rest = directive(mask->arena, comment, "renamed");
    if (directive(mask->arena, comment, "dialect")) {
        if (comment->text != mask->file->text)
            return refuse(mask, comment->line, "\"-- rung:dialect\" is not the first line",
                          "the first line of a file says what dialect all of it is");
        blank(mask, comment->text, comment->length);
        return RUNG_OK;
    }
    if (directive(mask->arena, comment, "index"))
        blank(mask, comment->text, comment->length);
    if (!rest)
        return RUNG_OK;
    blank(mask, comment->text, comment->length);
    return take_renamed(mask, comment, rest);
}

/* ---- statements ---- */

/* A psql command at the place of a statement ends with its line. */
static Code take_backslash(Mask *mask, const Token *token)
{
    const char *word = token->text + 1;
    const char *end = mask->file->text + mask->length;
    const char *newline = memchr(word, '\n', (size_t)(end - word));
    size_t length = (size_t)((newline ? newline : end) - token->text);
    if (strncmp(word, "restrict ", 9) == 0 || strncmp(word, "unrestrict ", 11) == 0) {
        blank(mask, token->text, length);
        mask->lexer.at = token->text + length;
        return RUNG_OK;
    }
    if (strncmp(word, "connect", 7) == 0)
        return refuse(
            mask, token->line, "a schema file describes one database",
            "remove \\connect; write one file for each database, with pg_dump or rung dump");
    return refuse(mask, token->line, "a psql command (\"\\\") is not SQL",
                  "remove it: rung sends the statements to the server itself");
}

static void start_statement(Mask *mask, const Token *token)
{
    mask->inside = true;
    mask->first = *token;
    mask->start = token->text;
    mask->copies = false;
}

static Code take_token(Mask *mask, const Token *token)
{
    if (!mask->inside && token_is_symbol(token, '\\'))
        return take_backslash(mask, token);
    if (token_is_symbol(token, ';') && mask->depth == 0) {
        mask->inside = false;
        return RUNG_OK;
    }
    if (!mask->inside)
        start_statement(mask, token);
    if (token_is_symbol(token, '('))
        mask->depth++;
    else if (token_is_symbol(token, ')') && mask->depth)
        mask->depth--;
    mask->copies |= token_is(&mask->first, "COPY") && token_is(token, "FROM");
    if (mask->copies && token_is(token, "STDIN"))
        return refuse(mask, token->line, "COPY … FROM stdin brings rows, and a schema has none",
                      "dump without rows: pg_dump --schema-only, or rung dump");
    return RUNG_OK;
}

/* Inside BEGIN ATOMIC and trigger bodies a semicolon ends no statement; nothing that is looked for
 * here stands there. */
static Code mask_file(Mask *mask)
{
    Code code = RUNG_OK;
    lexer_start(&mask->lexer, mask->file->dialect, mask->file->path, 1, mask->file->text,
                mask->length);
    for (Token token = {.type = TOKEN_COMMENT}; !code && token.type != TOKEN_END;) {
        code = lexer_next(&mask->lexer, &token, mask->error);
        if (!code && token.type == TOKEN_COMMENT)
            code = take_comment(mask, &token);
        else if (!code && token.type != TOKEN_END)
            code = take_token(mask, &token);
    }
    return code;
}

/* "-- rung:dialect sqlite" as the first line. */
static Code read_dialect(const SchemaFile *file, Engine *ret_dialect, Error *error)
{
    static const char prefix[] = "-- rung:dialect";
    size_t length = sizeof prefix - 1, line = strcspn(file->text, "\r\n");
    *ret_dialect = ENGINE_POSTGRESQL;
    if (line < length || memcmp(file->text, prefix, length) != 0)
        return RUNG_OK;
    const char *word = file->text + length + strspn(file->text + length, " \t");
    size_t word_length = strcspn(word, " \t\r\n");
    if (engine_read(word, word_length, ret_dialect))
        return RUNG_OK;
    error_at(error, RUNG_REVISION, file->path, 1, "unknown dialect \"%.*s\"",
             word_length < 40 ? (int)word_length : 40, word);
    return error_hint(error, "-- rung:dialect postgresql, or -- rung:dialect sqlite");
}

Code files_read_text(Arena *arena, const char *path, const char *text, size_t length,
                     SchemaFiles *files, Error *error)
{
    SchemaFile file = {.path = path, .text = arena_copy(arena, text, length), .length = length};
    Mask mask = {.arena = arena,
                 .files = files,
                 .file = &file,
                 .text = arena_copy(arena, text, length),
                 .length = length,
                 .error = error};
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        mask.file->text += 3;
        mask.text += 3;
        mask.length = file.length -= 3;
    }
    if (memchr(text, '\0', length))
        return error_at(error, RUNG_REVISION, path, 0, "a NUL byte in the SQL text");
    Code code = read_dialect(&file, &file.dialect, error);
    if (!code)
        code = mask_file(&mask);
    if (code)
        return code;
    file.text = mask.text;
    *vec_add(arena, &files->files) = file;
    return RUNG_OK;
}

/* ---- folders ---- */

static Code find_files(Arena *arena, const char *path, int depth, SchemaPaths *paths, Error *error)
{
    if (depth > DEPTH_LIMIT)
        return error_set(error, RUNG_LIMIT, "%s: folders are nested too deeply", path);
    DIR *folder = opendir(path);
    if (!folder)
        return error_set(error, RUNG_FILE, "%s: %s", path, strerror(errno));
    Code code = RUNG_OK;
    for (struct dirent *entry; !code && (entry = readdir(folder));) {
        const char *name = entry->d_name, *inner = arena_print(arena, "%s/%s", path, name);
        size_t length = strlen(name);
        if (name[0] == '.')
            continue;
        if (folder_exists(inner))
            code = find_files(arena, inner, depth + 1, paths, error);
        else if (length > 4 && strcmp(name + length - 4, ".sql") == 0)
            *vec_add(arena, paths) = inner;
    }
    closedir(folder);
    return code;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Code read_file(Arena *arena, const char *path, SchemaFiles *files, Error *error)
{
    char *data;
    size_t length;
    Code code = file_read(arena, path, FILE_LIMIT, &data, &length, error);
    return code ? code : files_read_text(arena, path, data, length, files, error);
}

/* ---- an index ---- */

/* The path of a line that includes a file, and its length; NULL: it is another line. */
static const char *included(const char *line, size_t *ret_length)
{
    static const char *const words[] = {"\\ir ", "\\include_relative ", ".read "};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0) {
            line += strlen(words[i]);
            line += strspn(line, " \t");
            *ret_length = strcspn(line, "\r\n");
            return line;
        }
    return NULL;
}

void files_index(Arena *arena, const char *text, SchemaPaths *ret_paths)
{
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length;
        const char *path = included(line, &length);
        if (path)
            *vec_add(arena, ret_paths) = arena_copy(arena, path, length);
    }
}

/* What stands in the folder and not in its index would be left out without a word. */
static Code check_index(const char *index, const SchemaPaths *named, const SchemaPaths *found,
                        Error *error)
{
    for (size_t i = 0; i < found->count; i++) {
        bool known = strcmp(found->at[i], index) == 0;
        for (size_t k = 0; !known && k < named->count; k++)
            known = strcmp(found->at[i], named->at[k]) == 0;
        if (!known) {
            error_at(error, RUNG_REVISION, index, 0, "it does not name %s", found->at[i]);
            return error_hint(error, "the index of a folder names every file: \\ir PATH");
        }
    }
    return RUNG_OK;
}

static Code read_index(Arena *arena, const char *folder, const char *index,
                       const SchemaPaths *found, SchemaFiles *files, Error *error)
{
    char *data;
    size_t length;
    SchemaPaths relative = {0}, paths = {0};
    Code code = file_read(arena, index, FILE_LIMIT, &data, &length, error);
    if (code)
        return code;
    files_index(arena, data, &relative);
    for (size_t i = 0; i < relative.count; i++)
        *vec_add(arena, &paths) = arena_print(arena, "%s/%s", folder, relative.at[i]);
    for (char *line = data; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t rest;
        if (included(line, &rest))
            memset(line, ' ', strcspn(line, "\r\n"));
    }
    code = check_index(index, &paths, found, error);
    if (!code)
        code = files_read_text(arena, index, data, length, files, error);
    for (size_t i = 0; !code && i < paths.count; i++)
        code = read_file(arena, paths.at[i], files, error);
    return code;
}

static Code read_folder(Arena *arena, const char *path, SchemaFiles *files, Error *error)
{
    SchemaPaths paths = {0};
    const char *index = arena_print(arena, "%s/index.sql", path);
    Code code = find_files(arena, path, 0, &paths, error);
    if (!code && !paths.count)
        code = error_set(error, RUNG_FILE, "there is no .sql file in the folder %s", path);
    if (code)
        return code;
    if (file_exists(index))
        return read_index(arena, path, index, &paths, files, error);
    qsort(paths.at, paths.count, sizeof paths.at[0], by_path);
    for (size_t i = 0; !code && i < paths.count; i++)
        code = read_file(arena, paths.at[i], files, error);
    return code;
}

Code files_read(Arena *arena, const char *path, SchemaFiles *ret_files, Error *error)
{
    SchemaFiles files = {.path = arena_string(arena, path)};
    Code code = folder_exists(path) ? read_folder(arena, path, &files, error)
                                    : read_file(arena, files.path, &files, error);
    if (!code)
        *ret_files = files;
    return code;
}
