/* Reads a revision file: headings first, then sections. A line that begins with `-- rung:` is a
 * directive wherever it stands, in quotes too, so that a file is cut without knowing any SQL. */
#include "base/names.h"
#include "revision/revision.h"

#include "base/file.h"
#include "base/utf8.h"

#include <stdarg.h>

static const char directive_prefix[] = "-- rung:";
static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum {
    PREFIX_LENGTH = sizeof directive_prefix - 1,
    FEW = 8,
    SHOWN = 60, /* bytes of a wrong word in a message */
};

typedef struct Slice {
    const char *at;
    size_t length;
} Slice;

typedef struct Reader {
    Arena *arena;
    Error *error;
    Revision *revision;
    const char *data;
    size_t length;
    const char *at, *next; /* the beginnings of the line at hand and of the one behind it */
    int line;
    int id_line, message_line;
    int comment_line;              /* above the sections: where an open comment began, or 0 */
    int seen[2][ENGINE_COUNT + 1]; /* lines of the up and down sections by engine, or 0 */
    Section few[FEW];              /* the sections, as long as they are few */
} Reader;

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static Slice slice_trim(Slice slice)
{
    while (slice.length && is_blank(slice.at[slice.length - 1]))
        slice.length--;
    while (slice.length && is_blank(slice.at[0])) {
        slice.at++;
        slice.length--;
    }
    return slice;
}

/* The first word; `rest` is left with what stands behind it, trimmed. */
static Slice slice_word(Slice *rest)
{
    Slice word = {rest->at, 0};
    while (word.length < rest->length && !is_blank(word.at[word.length]))
        word.length++;
    *rest = slice_trim((Slice){rest->at + word.length, rest->length - word.length});
    return word;
}

static bool slice_is(Slice slice, const char *word)
{
    return slice.length == strlen(word) && memcmp(slice.at, word, slice.length) == 0;
}

/* How much of it a message shows: whole characters. */
static int shown(Slice slice)
{
    size_t length = slice.length < SHOWN ? slice.length : SHOWN;
    while (length && length < slice.length && (slice.at[length] & 0xC0) == 0x80)
        length--;
    return (int)length;
}

static Code reader_fail(Reader *reader, int line, const char *format, ...) PRINTF_LIKE(3, 4);

static Code reader_fail(Reader *reader, int line, const char *format, ...)
{
    char message[sizeof reader->error->message];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    error_at(reader->error, RUNG_REVISION, reader->revision->path, line, "%s", message);
    const char *id = reader->revision->id;
    snprintf(reader->error->revision, sizeof reader->error->revision, "%s", id ? id : "");
    return RUNG_REVISION;
}

/* What the bytes are */

static bool looks_like_utf16(const char *data, size_t length)
{
    size_t zeros[2] = {0}, window = length < 64 ? length & ~(size_t)1 : 64;
    if (length >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0))
        return true;
    for (size_t i = 0; i < window; i++)
        zeros[i % 2] += data[i] == '\0';
    return window && (zeros[0] == window / 2 || zeros[1] == window / 2);
}

static int line_at(const char *data, size_t offset)
{
    int line = 1;
    for (const char *at = data, *end = data + offset; (at = memchr(at, '\n', (size_t)(end - at)));
         at++)
        line++;
    return line;
}

static Code check_bytes(Reader *reader)
{
    const char *data = reader->data;
    const char *nul = memchr(data, '\0', reader->length);
    size_t end = nul ? (size_t)(nul - data) : reader->length;
    size_t good = utf8_check(data, end);
    if (good == reader->length)
        return RUNG_OK;
    int line = line_at(data, good);
    if (looks_like_utf16(data, reader->length)) {
        reader_fail(reader, line, "the file looks like UTF-16");
        return error_hint(reader->error, "save it as UTF-8");
    }
    if (good == end) {
        reader_fail(reader, line, "the file holds a NUL byte");
        return error_hint(reader->error, "a revision file is text in UTF-8");
    }
    reader_fail(reader, line, "the byte 0x%02X is not valid UTF-8", (unsigned char)data[good]);
    return error_hint(reader->error, "save the file as UTF-8");
}

/* Headings */

static bool is_reserved(Slice id)
{
    return slice_is(id, "head") || slice_is(id, "heads") || slice_is(id, "base");
}

static Code check_id(Reader *reader, Slice id)
{
    if (revision_id_valid(id.at, id.length))
        return RUNG_OK;
    if (is_reserved(id)) {
        reader_fail(reader, reader->line, "\"%.*s\" is a word of rung and cannot be an id",
                    shown(id), id.at);
        return error_hint(reader->error, "a revision without parents has nothing behind "
                                         "`-- rung:parents`, or no such line");
    }
    if (id.length > REVISION_ID_LIMIT) {
        reader_fail(reader, reader->line, "an id of %zu bytes is too long; %d are the limit",
                    id.length, REVISION_ID_LIMIT);
        return error_hint(reader->error, "shorten it, in the file's name too");
    }
    reader_fail(reader, reader->line, "\"%.*s\" is not a revision id", shown(id), id.at);
    return error_hint(reader->error,
                      "ids are made of the letters A-Z and a-z, digits, `_`, `.` and `-`, begin "
                      "with a letter, a digit or `_`, and stand apart by blanks");
}

/* The file's name without folder and `.sql`. */
static Slice file_stem(const Revision *revision)
{
    const char *name = path_name(revision->path);
    size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".sql") == 0)
        length -= 4;
    return (Slice){name, length};
}

static Code check_file_name(Reader *reader)
{
    const char *id = reader->revision->id;
    size_t length = strlen(id);
    Slice stem = file_stem(reader->revision);
    if (stem.length >= length && memcmp(stem.at, id, length) == 0 &&
        (stem.length == length || stem.at[length] == '_'))
        return RUNG_OK;
    reader_fail(reader, reader->line, "the revision is called %s, but its file %s", id,
                path_name(reader->revision->path));
    return error_hint(reader->error, "the file of %s is named %s.sql or %s_WORDS.sql", id, id, id);
}

static Code read_id(Reader *reader, Slice rest)
{
    Revision *revision = reader->revision;
    if (revision->id) {
        reader_fail(reader, reader->line, "a second `-- rung:revision`; line %d has the first",
                    reader->id_line);
        return error_hint(reader->error, "a file holds one revision: move the other to its own");
    }
    Slice id = slice_word(&rest);
    Code code = check_id(reader, id);
    if (code)
        return code;
    if (rest.length) {
        reader_fail(reader, reader->line, "a revision has one id; \"%.*s\" is too much",
                    shown(rest), rest.at);
        return error_hint(reader->error, "words about it belong behind `-- rung:message`");
    }
    revision->id = arena_copy(reader->arena, id.at, id.length);
    reader->id_line = reader->line;
    return check_file_name(reader);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Code check_parents_differ(Reader *reader)
{
    size_t count = reader->revision->parent_ids.count;
    if (count < 2)
        return RUNG_OK;
    const char **sorted = arena_alloc_array(reader->arena, count, sizeof *sorted);
    memcpy(sorted, reader->revision->parent_ids.at, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_strings);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0) {
            reader_fail(reader, reader->line, "the parent %s is named twice", sorted[i]);
            return error_hint(reader->error, "name each parent once");
        }
    return RUNG_OK;
}

static Code read_parents(Reader *reader, Slice rest)
{
    Revision *revision = reader->revision;
    if (revision->parents_line) {
        reader_fail(reader, reader->line, "a second `-- rung:parents`; line %d has the first",
                    revision->parents_line);
        return error_hint(reader->error, "one line names all parents: `-- rung:parents A B`");
    }
    revision->parents_line = reader->line;
    while (rest.length) {
        Slice id = slice_word(&rest);
        Code code = check_id(reader, id);
        if (code)
            return code;
        if (!revision->parent_ids.count && !rest.length) { /* mostly there is one */
            revision->parent_ids.at = arena_alloc(reader->arena, sizeof(char *));
            revision->parent_ids.room = 1;
        }
        *vec_add(reader->arena, &revision->parent_ids) =
            arena_copy(reader->arena, id.at, id.length);
    }
    return check_parents_differ(reader);
}

static Code read_message(Reader *reader, Slice rest)
{
    if (reader->message_line) {
        reader_fail(reader, reader->line, "a second `-- rung:message`; line %d has the first",
                    reader->message_line);
        return error_hint(reader->error, "the message is one line; more words fit into a comment");
    }
    reader->message_line = reader->line;
    if (rest.length)
        reader->revision->message = arena_copy(reader->arena, rest.at, rest.length);
    return RUNG_OK;
}

/* The words of the file's name that follow the id. */
static const char *slug_message(Arena *arena, const Revision *revision)
{
    Slice stem = file_stem(revision);
    size_t id_length = strlen(revision->id);
    if (stem.length <= id_length)
        return "";
    char *message = arena_copy(arena, stem.at + id_length + 1, stem.length - id_length - 1);
    for (char *at = message; *at; at++)
        if (*at == '_')
            *at = ' ';
    return message;
}

/* Sections */

static const char *section_name(const Section *section)
{
    static const char *const names[] = {"up", "down", "check"};
    return names[section->type];
}

static size_t engine_slot(const Section *section)
{
    return section->any_engine ? (size_t)ENGINE_COUNT : (size_t)section->engine;
}

/* Ends the section at hand, whose body reaches to `end`. */
static void section_close(Reader *reader, const char *end)
{
    Revision *revision = reader->revision;
    if (!revision->sections.count)
        return;
    Section *section = &revision->sections.at[revision->sections.count - 1];
    section->length = (size_t)(end - reader->data) - section->offset;
}

static Code section_open(Reader *reader, const Section *heading)
{
    Revision *revision = reader->revision;
    if (!revision->id) {
        reader_fail(reader, reader->line, "a section stands above the `-- rung:revision` line");
        return error_hint(reader->error, "the file begins with its headings");
    }
    section_close(reader, reader->at);
    Section *section = vec_add(reader->arena, &revision->sections);
    *section = *heading;
    section->offset = (size_t)(reader->next - reader->data);
    section->line = reader->line + 1;
    return RUNG_OK;
}

/* Takes an engine's name off the front of `rest`, if one stands there. */
static void read_engine(Slice *rest, Section *section)
{
    Slice left = *rest;
    Slice word = slice_word(&left);
    section->any_engine = !engine_read(word.at, word.length, &section->engine);
    if (section->any_engine)
        section->engine = ENGINE_POSTGRESQL;
    else
        *rest = left;
}

static Code bad_engine(Reader *reader, Slice word)
{
    Near near;
    near_start(&near, word.at, word.length);
    for (int engine = 0; engine < ENGINE_COUNT; engine++)
        near_offer(&near, engine_name((Engine)engine));
    reader_fail(reader, reader->line, "\"%.*s\" is not an engine", shown(word), word.at);
    if (near.count)
        return error_hint(reader->error, "did you mean %s?", near.names[0]);
    return error_hint(reader->error, "a section is for `postgresql`, for `sqlite`, or, with no "
                                     "word behind it, for both");
}

static Code read_script(Reader *reader, SectionType type, Slice rest)
{
    Section section = {.type = type};
    read_engine(&rest, &section);
    if (rest.length && section.any_engine)
        return bad_engine(reader, slice_word(&rest));
    if (rest.length) {
        reader_fail(reader, reader->line, "\"%.*s\" is too much behind the engine", shown(rest),
                    rest.at);
        return error_hint(reader->error, "a section is for one engine; write one for each");
    }
    int *seen = &reader->seen[type][engine_slot(&section)];
    if (*seen) {
        reader_fail(reader, reader->line, "a second %s section%s%s; line %d has the first",
                    section_name(&section), section.any_engine ? "" : " for ",
                    section.any_engine ? "" : engine_title(section.engine), *seen);
        return error_hint(reader->error, "move its statements into the first");
    }
    *seen = reader->line;
    return section_open(reader, &section);
}

static Code read_up(Reader *reader, Slice rest)
{
    return read_script(reader, SECTION_UP, rest);
}

static Code read_down(Reader *reader, Slice rest)
{
    return read_script(reader, SECTION_DOWN, rest);
}

static Code read_check(Reader *reader, Slice rest)
{
    static const char none[] = "none:";
    Section section = {.type = SECTION_CHECK};
    read_engine(&rest, &section);
    section.none = rest.length >= sizeof none - 1 && memcmp(rest.at, none, sizeof none - 1) == 0;
    if (section.none)
        rest = slice_trim((Slice){rest.at + sizeof none - 1, rest.length - (sizeof none - 1)});
    if (!rest.length) {
        reader_fail(reader, reader->line, "a check without a title");
        return error_hint(reader->error,
                          "say what must be true: `-- rung:check every user has an email`");
    }
    section.title = arena_copy(reader->arena, rest.at, rest.length);
    return section_open(reader, &section);
}

/* Lines that belong to a statement; the splitter reads what they say. */
static Code read_inner(Reader *reader, const char *word)
{
    const Revision *revision = reader->revision;
    size_t count = revision->sections.count;
    if (count && revision->sections.at[count - 1].type != SECTION_CHECK)
        return RUNG_OK;
    reader_fail(reader, reader->line, "`-- rung:%s` stands outside an up or down section", word);
    return error_hint(reader->error, "it belongs below `-- rung:up` or `-- rung:down`");
}

static Code read_backfill(Reader *reader, Slice rest)
{
    return read_inner(reader, "backfill");
}

static Code read_commit(Reader *reader, Slice rest)
{
    return read_inner(reader, "commit");
}

static Code read_notice(Reader *reader, Slice rest)
{
    return read_inner(reader, "notice");
}

/* What lint shall not report; above the sections it is said of the whole file. */
static Code read_ignore(Reader *reader, Slice rest)
{
    return reader->revision->sections.count ? read_inner(reader, "ignore") : RUNG_OK;
}

/* Lines */

static const struct {
    const char *word;
    bool heading; /* stands above the sections */
    Code (*read)(Reader *reader, Slice rest);
} directives[] = {
    {"revision", true, read_id},        {"parents", true, read_parents},
    {"message", true, read_message},    {"up", false, read_up},
    {"down", false, read_down},         {"check", false, read_check},
    {"backfill", false, read_backfill}, {"commit", false, read_commit},
    {"notice", false, read_notice},     {"ignore", false, read_ignore},
};

static Code unknown_directive(Reader *reader, Slice word)
{
    Near near;
    near_start(&near, word.at, word.length);
    for (size_t i = 0; i < COUNT(directives); i++)
        near_offer(&near, directives[i].word);
    reader_fail(reader, reader->line, "`-- rung:%.*s` is no line that rung knows", shown(word),
                word.at);
    if (near.count)
        return error_hint(reader->error, "did you mean `-- rung:%s`?", near.names[0]);
    return error_hint(reader->error, "the words are revision, parents, message, up, down, check, "
                                     "backfill, commit, notice and ignore");
}

static Code check_controls(Reader *reader, Slice line)
{
    for (size_t i = 0; i < line.length; i++) {
        unsigned char byte = (unsigned char)line.at[i];
        if ((byte >= 0x20 || byte == '\t') && byte != 0x7F)
            continue;
        reader_fail(reader, reader->line, "a `-- rung:` line holds the control character 0x%02X",
                    byte);
        return error_hint(reader->error,
                          byte == '\r' ? "end the lines with newlines" : "take it out");
    }
    return RUNG_OK;
}

static Code read_directive(Reader *reader, Slice line)
{
    Code code = check_controls(reader, line);
    if (code)
        return code;
    Slice rest = {line.at + PREFIX_LENGTH, line.length - PREFIX_LENGTH};
    Slice word = slice_word(&rest);
    size_t i = 0;
    while (i < COUNT(directives) && !slice_is(word, directives[i].word))
        i++;
    if (i == COUNT(directives))
        return unknown_directive(reader, word);
    if (reader->comment_line) {
        reader_fail(reader, reader->comment_line,
                    "a comment begins here and is not closed before the `-- rung:%s` of line %d",
                    directives[i].word, reader->line);
        return error_hint(reader->error, "close it with */");
    }
    if (directives[i].heading && reader->revision->sections.count) {
        reader_fail(reader, reader->line, "`-- rung:%s` stands below the first section",
                    directives[i].word);
        return error_hint(reader->error, "headings stand above the section of line %d",
                          reader->revision->sections.at[0].line - 1);
    }
    return directives[i].read(reader, rest);
}

/* `--rung:up`, ` -- rung:up`, `-- Rung: up`: meant as a directive, and a comment without effect. */
static bool looks_like_directive(Slice line)
{
    static const char word[] = "rung";
    line = slice_trim(line);
    if (line.length < 2 || line.at[0] != '-' || line.at[1] != '-')
        return false;
    line = slice_trim((Slice){line.at + 2, line.length - 2});
    if (line.length < sizeof word || name_distance(line.at, sizeof word - 1, word, sizeof word - 1))
        return false;
    line = slice_trim((Slice){line.at + sizeof word - 1, line.length - (sizeof word - 1)});
    return line.length && line.at[0] == ':';
}

/* A line above the sections may hold comments and nothing else. */
static Code read_between(Reader *reader, Slice line)
{
    const char *at = line.at, *end = line.at + line.length;
    for (; at < end; at++) {
        bool pair = end - at >= 2;
        if (reader->comment_line) {
            if (pair && at[0] == '*' && at[1] == '/') {
                reader->comment_line = 0;
                at++;
            }
        } else if (pair && at[0] == '/' && at[1] == '*') {
            reader->comment_line = reader->line;
            at++;
        } else if (pair && at[0] == '-' && at[1] == '-') {
            return RUNG_OK;
        } else if (!is_blank(*at)) {
            break;
        }
    }
    if (at == end)
        return RUNG_OK;
    if (!reader->revision->id) {
        Slice stem = file_stem(reader->revision);
        reader_fail(reader, reader->line,
                    "SQL stands here, but no `-- rung:revision` line above it");
        return error_hint(reader->error,
                          "a revision file begins with `-- rung:revision %.*s`; keep other SQL "
                          "files in another folder",
                          shown(stem), stem.at);
    }
    reader_fail(reader, reader->line, "text stands outside a section");
    return error_hint(reader->error, "write `-- rung:up` above the SQL");
}

static Code read_line(Reader *reader, Slice line)
{
    if (line.length >= PREFIX_LENGTH && memcmp(line.at, directive_prefix, PREFIX_LENGTH) == 0)
        return read_directive(reader, line);
    if (looks_like_directive(line)) {
        reader_fail(reader, reader->line, "this line is almost a directive: \"%.*s\"", shown(line),
                    line.at);
        return error_hint(reader->error, "a directive begins in the first column, exactly so: "
                                         "`-- rung:`");
    }
    return reader->revision->sections.count ? RUNG_OK : read_between(reader, line);
}

/* Most lines of a large file are SQL: only those that begin like a comment are looked at. */
static bool line_matters(const Reader *reader, const char *at, const char *end)
{
    if (!reader->revision->sections.count)
        return true;
    while (at < end && is_blank(*at))
        at++;
    return end - at >= 2 && at[0] == '-' && at[1] == '-';
}

static Code read_lines(Reader *reader)
{
    const char *end = reader->data + reader->length;
    for (reader->at = reader->next; reader->at < end; reader->at = reader->next) {
        const char *at = reader->at;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        reader->next = newline ? newline + 1 : end;
        reader->line++;
        if (line_matters(reader, at, stop)) {
            while (stop > at && is_blank(stop[-1]))
                stop--;
            Code code = read_line(reader, (Slice){at, (size_t)(stop - at)});
            if (code)
                return code;
        }
    }
    section_close(reader, end);
    return RUNG_OK;
}

/* The whole */

static int compare_checks(const void *a, const void *b)
{
    const Section *one = *(const Section *const *)a, *other = *(const Section *const *)b;
    int order = strcmp(one->title, other->title);
    if (!order)
        order = (int)engine_slot(one) - (int)engine_slot(other);
    return order ? order : (one->line > other->line) - (one->line < other->line);
}

static Code check_titles_differ(Reader *reader)
{
    const Revision *revision = reader->revision;
    VEC(const Section *) checks = {0};
    for (size_t i = 0; i < revision->sections.count; i++)
        if (revision->sections.at[i].type == SECTION_CHECK)
            *vec_add(reader->arena, &checks) = &revision->sections.at[i];
    if (checks.count > 1)
        qsort(checks.at, checks.count, sizeof *checks.at, compare_checks);
    for (size_t i = 1; i < checks.count; i++) {
        const Section *one = checks.at[i - 1], *other = checks.at[i];
        if (engine_slot(one) != engine_slot(other) || strcmp(one->title, other->title) != 0)
            continue;
        reader_fail(reader, other->line - 1, "a second check \"%s\"; line %d has the first",
                    other->title, one->line - 1);
        return error_hint(reader->error, "give one of them another title");
    }
    return RUNG_OK;
}

static Code check_whole(Reader *reader)
{
    Revision *revision = reader->revision;
    if (!revision->id) {
        Slice stem = file_stem(revision);
        reader_fail(reader, 1, "the file has no `-- rung:revision` line");
        return error_hint(reader->error,
                          "a revision file begins with `-- rung:revision %.*s`; keep other SQL "
                          "files in another folder",
                          shown(stem), stem.at);
    }
    if (reader->comment_line) {
        reader_fail(reader, reader->comment_line, "a comment begins here and is not closed");
        return error_hint(reader->error, "close it with */");
    }
    bool has_up = false, is_merge = revision->parent_ids.count > 1;
    for (size_t engine = 0; engine <= ENGINE_COUNT; engine++)
        has_up = has_up || reader->seen[SECTION_UP][engine];
    if (!has_up && !is_merge) {
        reader_fail(reader, reader->id_line, "the revision %s has no up section", revision->id);
        return error_hint(reader->error, "write `-- rung:up` and the SQL below it");
    }
    return check_titles_differ(reader);
}

/* Sections move out of the reader once their number is known. */
static void keep_sections(Reader *reader)
{
    Revision *revision = reader->revision;
    size_t count = revision->sections.count;
    if (revision->sections.at != reader->few)
        return;
    revision->sections.at = arena_alloc_array(reader->arena, count, sizeof(Section));
    memcpy(revision->sections.at, reader->few, count * sizeof(Section));
    revision->sections.room = count;
}

Code revision_read(Arena *arena, const char *path, const char *data, size_t length,
                   Revision **ret_revision, Error *error)
{
    Revision *revision = arena_alloc(arena, sizeof *revision);
    data = length ? data : "";
    Reader reader = {.arena = arena,
                     .error = error,
                     .revision = revision,
                     .data = data,
                     .length = length,
                     .next = data};
    revision->path = arena_string(arena, path);
    revision->sections.at = reader.few;
    revision->sections.room = FEW;
    Code code = RUNG_OK;
    if (length > REVISION_SIZE_LIMIT)
        return error_at(error, RUNG_LIMIT, path, 0, "the file has %zu bytes; %d are the limit",
                        length, REVISION_SIZE_LIMIT);
    code = check_bytes(&reader);
    if (code)
        return code;
    if (length >= 3 && memcmp(data, byte_order_mark, 3) == 0)
        reader.next += 3;
    code = read_lines(&reader);
    if (!code)
        code = check_whole(&reader);
    if (code)
        return code;
    if (!revision->message)
        revision->message = slug_message(arena, revision);
    keep_sections(&reader);
    revision_hash(data, length, revision->hash);
    *ret_revision = revision;
    return RUNG_OK;
}
