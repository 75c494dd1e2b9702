/* The file of the ledger: reading, checking and writing its lines. */
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/value.h"
#include "lifecycle/ledger_parts.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_LIMIT = 64 * 1024, CHECK_CANCELLED_EVERY = 4096 };

/* ---- one line ---- */

static void seal_field(Text *text, const char *field)
{
    text_print(text, "%zu:%s,", strlen(field), field);
}

static void seal_line(const Life *life, const LedgerLine *line, char ret_hex[HASH_HEX_SIZE])
{
    const char *fields[] = {line->at,           line->database, line->subject,
                            line->subject_hash, line->run,      line->before};
    Text text = TEXT_EMPTY;
    text_print(&text, "ledger,%lld,", (long long)line->seq);
    for (size_t i = 0; i < COUNT(fields); i++)
        seal_field(&text, fields[i]);
    hmac_hex((const unsigned char *)life->secret, strlen(life->secret), text.data, text.length,
             ret_hex);
    text_done(&text);
}

static void print_line(const LedgerLine *line, Text *text)
{
    Value *object = value_object();
    value_set_int(object, "seq", line->seq);
    value_set_text(object, "at", line->at);
    value_set_text(object, "database", line->database);
    value_set_text(object, "subject", line->subject);
    value_set_text(object, "subject_hash", line->subject_hash);
    value_set_text(object, "run", line->run);
    value_set_text(object, "before", line->before);
    value_set_text(object, "hash", line->hash);
    value_write(object, false, text);
    text_char(text, '\n');
    value_free(object);
}

static bool read_line(const Value *object, LedgerLine *ret_line)
{
    LedgerLine line = {.seq = value_get_int(value_get(object, "seq"))};
    struct {
        const char *name, **text;
    } fields[] = {{"at", &line.at},           {"database", &line.database},
                  {"subject", &line.subject}, {"subject_hash", &line.subject_hash},
                  {"run", &line.run},         {"before", &line.before},
                  {"hash", &line.hash}};
    for (size_t i = 0; i < COUNT(fields); i++) {
        *fields[i].text = value_get_text(value_get(object, fields[i].name));
        if (!*fields[i].text)
            return false;
    }
    *ret_line = line;
    return true;
}

/* ---- reading ---- */

typedef struct Walk {
    Life *life;
    LedgerPlace *place;
    void (*visit)(void *context, const LedgerLine *line, const LedgerPlace *behind);
    void *context;
} Walk;

static Code broken(const Walk *walk, const char *why, Error *error)
{
    error_at(error, RUNG_MISMATCH, walk->life->ledger, (int)(walk->place->seq + 1),
             "the erasure ledger is not what was written: %s", why);
    return error_hint(error, "bring back the file from a copy; if lifecycle.key was changed, the "
                             "lines before can be read with the former key alone");
}

/* Why it is no line that follows; NULL: it does. */
static const char *judge(const Walk *walk, const LedgerLine *line, bool read,
                         char ret_hash[HASH_HEX_SIZE])
{
    if (!read)
        return "this is no entry";
    seal_line(walk->life, line, ret_hash);
    if (strcmp(ret_hash, line->hash) != 0)
        return "this line was changed, or written with another key";
    if (line->seq != walk->place->seq + 1 || strcmp(line->before, walk->place->hash) != 0)
        return "lines in front of this one were removed or moved";
    return NULL;
}

static Code take_line(Walk *walk, const char *data, size_t length, Error *error)
{
    Value *value = NULL;
    LedgerLine line = {0};
    char hash[HASH_HEX_SIZE];
    Error ignored;
    bool read = !value_read("ledger", data, length, &value, &ignored) && read_line(value, &line);
    const char *why = judge(walk, &line, read, hash);
    Code code = why ? broken(walk, why, error) : RUNG_OK;
    if (!code) {
        walk->place->seq = line.seq;
        walk->place->offset += (int64_t)length + 1;
        memcpy(walk->place->hash, hash, sizeof hash);
        if (walk->visit)
            walk->visit(walk->context, &line, walk->place);
        if (line.seq % CHECK_CANCELLED_EVERY == 0)
            code = life_check_cancelled(walk->life, error);
    }
    value_free(value);
    return code;
}

static Code open_file(const Life *life, FILE **ret_file, Error *error)
{
    *ret_file = fopen(life->ledger, "re");
    if (!*ret_file && errno != ENOENT)
        return error_set(error, RUNG_FILE, "cannot read %s: %s", life->ledger, strerror(errno));
    return RUNG_OK;
}

Code ledger_walk(Life *life, LedgerPlace *place,
                 void (*visit)(void *context, const LedgerLine *line, const LedgerPlace *behind),
                 void *context, int64_t *ret_torn, Error *error)
{
    Walk walk = {life, place, visit, context};
    FILE *file;
    char *data = NULL;
    size_t room = 0;
    ssize_t length;
    Code code = open_file(life, &file, error);
    *ret_torn = 0;
    if (code || !file)
        return code;
    if (fseeko(file, (off_t)place->offset, SEEK_SET) != 0)
        code = error_set(error, RUNG_FILE, "cannot read %s: %s", life->ledger, strerror(errno));
    while (!code && (length = getline(&data, &room, file)) > 0) {
        if (data[length - 1] != '\n')
            *ret_torn = length;
        else if (length > LINE_LIMIT)
            code = broken(&walk, "this is no entry", error);
        else
            code = take_line(&walk, data, (size_t)length - 1, error);
    }
    if (!code && ferror(file))
        code = error_set(error, RUNG_FILE, "cannot read %s: %s", life->ledger, strerror(errno));
    free(data);
    fclose(file);
    return code;
}

/* ---- writing ---- */

Code ledger_seen(Life *life, Error *error)
{
    DbRows rows;
    if (life->ledger_seen)
        return RUNG_OK;
    if (!life->secret)
        return error_set(error, RUNG_CONFIG, "the ledger cannot be read without lifecycle.key");
    Code code = LIFE(life, life->arena, &rows, error,
                     "SELECT value FROM {mark} WHERE name = 'database' AND value IS NOT NULL");
    if (!code && !rows.count) {
        error_set(error, RUNG_MISMATCH, "rung's tables in this database have no id for the ledger");
        code = error_hint(error, "`rung erase init` creates what is missing");
    }
    if (code)
        return code;
    life->ledger_seen = arena_alloc(life->arena, sizeof *life->ledger_seen);
    life->ledger_seen->database = db_cell(&rows, 0, 0);
    life->ledger_seen->mine = map_new(life->arena);
    return RUNG_OK;
}

static void note_own(void *context, const LedgerLine *line, const LedgerPlace *behind UNUSED)
{
    Life *life = context;
    if (strcmp(line->run, life->run) == 0)
        map_set(life->ledger_seen->mine, line->subject_hash, life);
}

/* What was not written to its end was followed by no deletion: it is cut off. */
static Code cut_torn(Life *life, int64_t torn, Error *error)
{
    Code code = file_cut(life->ledger, life->ledger_seen->end.offset, error);
    Text text = TEXT_EMPTY;
    text_print(&text, "%s: the last line was not written to its end (%lld bytes): it is cut off",
               life->ledger, (long long)torn);
    if (!code && life->tell)
        life->tell(life->context, RUNG_EVENT_WARNING, text_string(&text), 0, 0, 0);
    text_done(&text);
    return code;
}

/* Reads what others wrote since; from the beginning when it is another file. */
static Code catch_up(Life *life, int fd, Error *error)
{
    LedgerSeen *seen = life->ledger_seen;
    struct stat about;
    int64_t torn;
    if (fstat(fd, &about) != 0)
        return error_set(error, RUNG_FILE, "cannot read %s: %s", life->ledger, strerror(errno));
    if (seen->device != (uint64_t)about.st_dev || seen->inode != (uint64_t)about.st_ino) {
        if (seen->inode && about.st_size < seen->end.offset)
            return error_set(error, RUNG_MISMATCH, "%s was replaced by a shorter file",
                             life->ledger);
        seen->device = (uint64_t)about.st_dev;
        seen->inode = (uint64_t)about.st_ino;
        seen->end = (LedgerPlace){0};
    }
    if (about.st_size < seen->end.offset)
        return error_set(error, RUNG_MISMATCH, "%s became shorter", life->ledger);
    Code code = ledger_walk(life, &seen->end, note_own, life, &torn, error);
    if (!code && torn)
        code = cut_torn(life, torn, error);
    return code;
}

/* Adds the lines to `text`; `place` ends behind them. */
static void add_lines(Life *life, const char *subject, const char *const *hashes, size_t count,
                      LedgerPlace *place, Text *text)
{
    Arena *arena = arena_new();
    const char *at = clock_print_iso(arena, clock_wall_us());
    for (size_t i = 0; i < count; i++) {
        char hash[HASH_HEX_SIZE];
        if (map_set(life->ledger_seen->mine, hashes[i], life))
            continue;
        LedgerLine line = {.seq = place->seq + 1,
                           .at = at,
                           .database = life->ledger_seen->database,
                           .subject = subject,
                           .subject_hash = hashes[i],
                           .run = life->run,
                           .before = place->hash,
                           .hash = hash};
        seal_line(life, &line, hash);
        print_line(&line, text);
        place->seq = line.seq;
        memcpy(place->hash, hash, sizeof hash);
    }
    arena_free(arena);
}

/* A line that was found may have been written, but not synced, by a process that ended. */
static Code put_lines(Life *life, int fd, const Text *text, Error *error)
{
    if (text->length)
        return file_append(life->ledger, text_string(text), text->length, error);
    if (fsync(fd) != 0)
        return error_set(error, RUNG_FILE, "cannot write %s: %s", life->ledger, strerror(errno));
    return RUNG_OK;
}

Code ledger_append(Life *life, const char *subject, const char *const *hashes, size_t count,
                   Error *error)
{
    int fd = -1;
    Text text = TEXT_EMPTY;
    LedgerPlace place;
    if (!life->ledger || !count)
        return RUNG_OK;
    Arena *arena = arena_new();
    bool new = !file_exists(life->ledger);
    Code code = ledger_seen(life, error);
    if (!code)
        code = file_lock(life->ledger, true, &fd, error);
    if (!code && new)
        code = folder_sync(path_folder(arena, life->ledger), error);
    if (!code)
        code = catch_up(life, fd, error);
    if (!code) {
        place = life->ledger_seen->end;
        add_lines(life, subject, hashes, count, &place, &text);
        code = put_lines(life, fd, &text, error);
    }
    if (!code) {
        place.offset += (int64_t)text.length;
        life->ledger_seen->end = place;
    } else if (life->ledger_seen) {
        /* what was written of it is found when it is read again */
        life->ledger_seen->mine = map_new(life->arena);
        life->ledger_seen->end = (LedgerPlace){0};
    }
    if (fd >= 0)
        close(fd);
    text_done(&text);
    arena_free(arena);
    return code;
}
