/* Reading and writing keys. What held one is overwritten before it is freed. */
#include "lifecycle/vault_keys.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 64 * 1024, ID_LENGTH = VAULT_ID_SIZE - 1, KEY_TEXT_LENGTH = 44 };

static const char heading[] =
    "# Keys of rung vault. Who has this file reads what they seal; without it nobody does.\n"
    "# The last one is in use. An older one may go when rung vault check says that no value uses\n"
    "# it, and when no backup needs it.\n";

static void key_id(const unsigned char key[KEY_SIZE], char ret_id[VAULT_ID_SIZE])
{
    unsigned char derived[KEY_SIZE];
    key_derive(key, "rungid", derived);
    snprintf(ret_id, VAULT_ID_SIZE, "%02x%02x%02x%02x", derived[0], derived[1], derived[2],
             derived[3]);
}

static void key_fill(const unsigned char key[KEY_SIZE], VaultKey *ret_key)
{
    key_id(key, ret_key->id);
    key_derive(key, "rungseal", ret_key->seal);
    key_derive(key, "runglook", ret_key->lookup);
}

/* ---- reading ---- */

static const char *entry_end(const char *at, const char *end)
{
    const char *stop = at;
    while (stop < end && *stop != '\n' && (*at == '#' || *stop != ','))
        stop++;
    return stop;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* "ID KEY …" or "ID:KEY". */
static bool read_entry(const char *at, const char *end, VaultKey *ret_key)
{
    Arena *arena = arena_new();
    unsigned char *key = NULL;
    size_t length = 0;
    const char *text = at + ID_LENGTH + 1;
    bool good = end - at >= ID_LENGTH + 1 + KEY_TEXT_LENGTH &&
                (is_blank(at[ID_LENGTH]) || at[ID_LENGTH] == ':') &&
                (text + KEY_TEXT_LENGTH == end || is_blank(text[KEY_TEXT_LENGTH])) &&
                base64_read(arena, text, KEY_TEXT_LENGTH, &key, &length) && length == KEY_SIZE;
    if (good) {
        key_fill(key, ret_key);
        good = memcmp(ret_key->id, at, ID_LENGTH) == 0;
    }
    secret_wipe(key, length);
    arena_free(arena);
    return good;
}

static Code add_entry(const char *name, int line, const char *at, const char *end, VaultKeys *keys,
                      Error *error)
{
    VaultKey key;
    if (!read_entry(at, end, &key)) {
        error_at(error, RUNG_CONFIG, name, line, "this is no key of a vault, or it was damaged");
        return error_hint(error, "a key is written as ID KEY: 8 hexadecimal digits that are made "
                                 "of the key, and 44 characters of base64");
    }
    if (keys->count == VAULT_KEYS_MOST)
        return error_at(error, RUNG_LIMIT, name, line, "there are more than %d keys",
                        VAULT_KEYS_MOST);
    if (vault_keys_find(keys, key.id))
        return error_at(error, RUNG_CONFIG, name, line, "key %s is there twice", key.id);
    keys->at[keys->count++] = key;
    secret_wipe(&key, sizeof key);
    return RUNG_OK;
}

Code vault_keys_parse(const char *name, const char *text, size_t length, VaultKeys **ret_keys,
                      Error *error)
{
    VaultKeys *keys = calloc(1, sizeof *keys);
    const char *at = text, *end = text + length;
    Code code = RUNG_OK;
    if (!keys)
        arena_exhausted();
    for (int line = 1; !code && at < end;) {
        while (at < end && is_blank(*at))
            at++;
        const char *stop = entry_end(at, end);
        if (at < stop && *at != '#')
            code = add_entry(name, line, at, stop, keys, error);
        line += stop < end && *stop == '\n';
        at = stop + 1;
    }
    if (!code && !keys->count) {
        code = error_set(error, RUNG_CONFIG, "%s has no key", name);
        error_hint(error, "`rung vault init` makes one");
    }
    if (code)
        vault_keys_free(keys);
    else
        *ret_keys = keys;
    return code;
}

Code vault_keys_read(const char *path, VaultKeys **ret_keys, Error *error)
{
    char *data;
    size_t length;
    Code code = secret_read(path, FILE_LIMIT, &data, &length, error);
    if (code) {
        if (access(path, F_OK) != 0 && errno == ENOENT)
            error_hint(error, "`rung vault init` makes it; it may be on another machine, or "
                              "vault.key_file names another place");
        return code;
    }
    code = vault_keys_parse(path, data, length, ret_keys, error);
    secret_free(data, length);
    return code;
}

void vault_keys_free(VaultKeys *keys)
{
    secret_wipe(keys, sizeof *keys);
    free(keys);
}

const VaultKey *vault_keys_newest(const VaultKeys *keys)
{
    return &keys->at[keys->count - 1];
}

const VaultKey *vault_keys_find(const VaultKeys *keys, const char *id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (memcmp(keys->at[i].id, id, ID_LENGTH) == 0)
            return &keys->at[i];
    return NULL;
}

/* ---- writing ---- */

/* "ID KEY", the text of a new key, in `text`. */
static void add_new_key(Text *text, char separator, char ret_id[VAULT_ID_SIZE])
{
    unsigned char key[KEY_SIZE];
    Arena *arena = arena_new();
    key_random(key);
    key_id(key, ret_id);
    char *encoded = base64_print(arena, key, KEY_SIZE);
    text_print(text, "%s%c%s", ret_id, separator, encoded);
    secret_wipe(encoded, KEY_TEXT_LENGTH);
    secret_wipe(key, sizeof key);
    arena_free(arena);
}

static void add_new_line(Text *text, char ret_id[VAULT_ID_SIZE])
{
    Arena *arena = arena_new();
    add_new_key(text, ' ', ret_id);
    text_print(text, " %s\n", clock_print_iso(arena, clock_wall_us()));
    arena_free(arena);
}

static Code write_text(const char *path, Text *text, bool replace, Error *error)
{
    Code code = text->failed ? error_set(error, RUNG_LIMIT, "there is no memory for the keys")
                             : secret_write(path, text_string(text), text->length, replace, error);
    secret_wipe(text->data, text->length);
    text_done(text);
    return code;
}

/* A text that grows by realloc would leave copies behind. */
static Text text_with_room(size_t room)
{
    Text text = {.data = calloc(1, room), .room = room};
    if (!text.data)
        arena_exhausted();
    return text;
}

Code vault_keys_create(const char *path, char ret_id[VAULT_ID_SIZE], Error *error)
{
    Text text = text_with_room(FILE_LIMIT);
    text_put(&text, heading);
    add_new_line(&text, ret_id);
    Code code = write_text(path, &text, false, error);
    if (code && access(path, F_OK) == 0)
        error_hint(error, "the keys that are in it are needed; `rung vault rotate` adds another");
    return code;
}

/* A lock on the file that the path names, also behind the lock: it may have been replaced. */
static Code lock_file(const char *path, int *ret_fd, Error *error)
{
    struct stat held, named;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(error, RUNG_FILE, "cannot read %s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &held) != 0 || stat(path, &named) != 0 ||
        held.st_ino != named.st_ino) {
        close(fd);
        return error_set(error, RUNG_LOCKED, "another run adds a key to %s", path);
    }
    *ret_fd = fd;
    return RUNG_OK;
}

/* The file as it is, with one line more; `newest` must still be its newest key. */
static Code append(const char *path, const char *newest, char ret_id[VAULT_ID_SIZE], Error *error)
{
    char *data = NULL;
    size_t length = 0;
    VaultKeys *keys = NULL;
    Text text = TEXT_EMPTY;
    Code code = secret_read(path, FILE_LIMIT - 1024, &data, &length, error);
    if (!code)
        code = vault_keys_parse(path, data, length, &keys, error);
    if (!code && keys->count == VAULT_KEYS_MOST)
        code = error_set(error, RUNG_LIMIT, "%s has %zu keys already", path, keys->count);
    if (!code && strcmp(vault_keys_newest(keys)->id, newest) != 0)
        code = error_set(error, RUNG_MISMATCH, "%s has another newest key than before: %s", path,
                         vault_keys_newest(keys)->id);
    if (!code) {
        text = text_with_room(FILE_LIMIT);
        text_add(&text, data, length);
        if (data[length - 1] != '\n')
            text_char(&text, '\n');
        add_new_line(&text, ret_id);
        code = write_text(path, &text, true, error);
    }
    vault_keys_free(keys);
    secret_free(data, length);
    return code;
}

Code vault_keys_add(const char *path, const char *newest, char ret_id[VAULT_ID_SIZE], Error *error)
{
    int fd;
    Code code = lock_file(path, &fd, error);
    if (code)
        return code;
    code = append(path, newest, ret_id, error);
    close(fd);
    return code;
}

char *vault_key_print(void)
{
    char id[VAULT_ID_SIZE];
    Text text = text_with_room(128);
    add_new_key(&text, ':', id);
    return text_take(&text);
}
