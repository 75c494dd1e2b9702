/* Sealing and opening one value. */
#include "lifecycle/vault_value.h"
#include "base/text.h"

static const char mark[] = "rv1:";

enum { MARK_LENGTH = sizeof mark - 1, ID_LENGTH = VAULT_ID_SIZE - 1 };

static char *put(char *at, const char *string)
{
    size_t length = strlen(string) + 1;
    memcpy(at, string, length);
    return at + length;
}

Bytes value_place(Arena *arena, const char *schema, const char *table, const char *column)
{
    const char *where = schema && strcmp(schema, "public") != 0 ? schema : "";
    size_t length = strlen(where) + strlen(table) + strlen(column) + 3;
    char *bytes = arena_alloc(arena, length);
    put(put(put(bytes, where), table), column);
    return (Bytes){bytes, length};
}

Bytes value_row(Arena *arena, Bytes place, const char *const *ids, size_t count)
{
    size_t length = place.length;
    for (size_t i = 0; i < count; i++)
        length += strlen(ids[i]) + 1;
    char *bytes = arena_alloc(arena, length + 1), *at = bytes + place.length;
    memcpy(bytes, place.at, place.length);
    for (size_t i = 0; i < count; i++)
        at = put(at, ids[i]);
    return (Bytes){bytes, length - 1}; /* none behind the last */
}

size_t value_sealed_length(size_t length)
{
    return VAULT_HEAD_LENGTH + (length + SEAL_EXTRA + 2) / 3 * 4;
}

char *value_seal(Arena *arena, const VaultKey *key, Bytes row, Bytes plain)
{
    size_t length = plain.length + SEAL_EXTRA;
    unsigned char *sealed = arena_alloc(arena, length);
    seal(key->seal, row.at, row.length, plain.at, plain.length, sealed);
    return arena_print(arena, "%s%s:%s", mark, key->id, base64_print(arena, sealed, length));
}

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr("0123456789abcdef", text[i]) || !text[i])
            return false;
    return true;
}

/* Mark, key id and base64: what begins so was sealed, or wants to look like it. The conditions of
 * vault_table.c say the same in SQL. */
static bool read_form(Arena *arena, Bytes sealed, char ret_id[VAULT_ID_SIZE],
                      unsigned char **ret_bytes, size_t *ret_length)
{
    const char *text = sealed.at;
    if (sealed.length < VAULT_HEAD_LENGTH || memcmp(text, mark, MARK_LENGTH) != 0 ||
        !is_hex(text + MARK_LENGTH, ID_LENGTH) || text[VAULT_HEAD_LENGTH - 1] != ':')
        return false;
    memcpy(ret_id, text + MARK_LENGTH, ID_LENGTH);
    ret_id[ID_LENGTH] = '\0';
    if (!base64_read(arena, text + VAULT_HEAD_LENGTH, sealed.length - VAULT_HEAD_LENGTH, ret_bytes,
                     ret_length))
        *ret_length = 0; /* damaged, not plain */
    return true;
}

Opening value_open(Arena *arena, const VaultKeys *keys, Bytes row, Bytes sealed, Bytes *ret_plain,
                   const VaultKey **ret_key, char ret_id[VAULT_ID_SIZE])
{
    unsigned char *bytes = NULL;
    size_t length = 0;
    ret_id[0] = '\0';
    if (!read_form(arena, sealed, ret_id, &bytes, &length))
        return OPEN_PLAIN;
    const VaultKey *key = vault_keys_find(keys, ret_id);
    if (!key)
        return OPEN_UNKNOWN;
    if (length < SEAL_EXTRA)
        return OPEN_DAMAGED;
    unsigned char *plain = arena_alloc(arena, length - SEAL_EXTRA + 1);
    if (!seal_open(key->seal, row.at, row.length, bytes, length, plain))
        return OPEN_DAMAGED;
    *ret_plain = (Bytes){plain, length - SEAL_EXTRA};
    *ret_key = key;
    return OPENED;
}

char *value_lookup(Arena *arena, const VaultKey *key, Bytes place, Bytes plain)
{
    char hex[HASH_HEX_SIZE];
    size_t length = place.length + plain.length;
    char *bytes = malloc(length);
    if (!bytes)
        arena_exhausted();
    memcpy(bytes, place.at, place.length);
    if (plain.length)
        memcpy(bytes + place.length, plain.at, plain.length);
    hmac_hex(key->lookup, KEY_SIZE, bytes, length, hex);
    secret_wipe(bytes, length);
    free(bytes);
    return arena_copy(arena, hex, VAULT_LOOKUP_LENGTH);
}

/* ---- names ---- */

/* One part, up to a dot or the end; NULL if there is none or it is badly quoted. */
static const char *read_part(Arena *arena, const char **at)
{
    Text part = TEXT_EMPTY;
    const char *s = *at, *name = NULL;
    bool quoted = *s == '"', closed = !quoted;
    for (s += quoted; *s && !(closed && quoted) && (quoted || *s != '.'); s++) {
        if (quoted && *s == '"' && s[1] != '"') {
            closed = true;
            continue;
        }
        s += quoted && *s == '"';
        text_char(&part, *s);
    }
    if (closed && part.length && (!*s || *s == '.'))
        name = arena_string(arena, text_string(&part));
    text_done(&part);
    *at = s;
    return name;
}

bool value_read_name(Arena *arena, const char *text, const char **ret_schema,
                     const char **ret_table, const char **ret_column)
{
    const char *parts[3], *at = text;
    size_t count = 0;
    for (;;) {
        const char *part = count < COUNT(parts) ? read_part(arena, &at) : NULL;
        if (!part)
            return false;
        parts[count++] = part;
        if (!*at)
            break;
        at++;
    }
    if (count < 2)
        return false;
    *ret_schema = count == 3 ? parts[0] : NULL;
    *ret_table = parts[count - 2];
    *ret_column = parts[count - 1];
    return true;
}
