/* The key file: made, read, added to, and refused when it is damaged. */
#include "check.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "lifecycle/vault_keys.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static char folder[] = "/tmp/rung-vault-XXXXXX";

static const char entry[] = "25b2f2bb AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

static Code parse(const char *text, Error *error)
{
    VaultKeys *keys = NULL;
    Code code = vault_keys_parse("file", text, strlen(text), &keys, error);
    if (!code)
        vault_keys_free(keys);
    return code;
}

static void a_file_is_made_once_and_grows(void **state)
{
    Error error = {0};
    char first[VAULT_ID_SIZE], second[VAULT_ID_SIZE];
    char *path = path_join(*state, folder, "keys");
    VaultKeys *keys = NULL;
    assert_int_equal(vault_keys_create(path, first, &error), RUNG_OK);
    assert_int_equal(vault_keys_create(path, second, &error), RUNG_FILE);
    assert_int_equal(vault_keys_add(path, "00000000", second, &error), RUNG_MISMATCH);
    assert_int_equal(vault_keys_add(path, first, second, &error), RUNG_OK);
    assert_int_equal(vault_keys_read(path, &keys, &error), RUNG_OK);
    assert_int_equal(keys->count, 2);
    assert_string_equal(keys->at[0].id, first);
    assert_string_equal(vault_keys_newest(keys)->id, second);
    assert_ptr_equal(vault_keys_find(keys, first), &keys->at[0]);
    assert_null(vault_keys_find(keys, "00000000"));
    assert_memory_not_equal(keys->at[0].seal, keys->at[1].seal, KEY_SIZE);
    assert_memory_not_equal(keys->at[0].seal, keys->at[0].lookup, KEY_SIZE);
    vault_keys_free(keys);
    unlink(path);
}

static void two_do_not_add_at_once(void **state)
{
    Error error = {0};
    char first[VAULT_ID_SIZE], second[VAULT_ID_SIZE];
    char *path = path_join(*state, folder, "held");
    assert_int_equal(vault_keys_create(path, first, &error), RUNG_OK);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(vault_keys_add(path, first, second, &error), RUNG_LOCKED);
    close(fd);
    assert_int_equal(vault_keys_add(path, first, second, &error), RUNG_OK);
    unlink(path);
    assert_int_equal(vault_keys_add(path, first, second, &error), RUNG_FILE);
}

static void keys_are_read_in_every_form(void **state)
{
    Error error = {0};
    assert_int_equal(parse(entry, &error), RUNG_OK);
    assert_int_equal(
        parse(arena_print(*state, "# a, b\n\n  %s 2026-01-01T00:00:00Z\r\n", entry), &error),
        RUNG_OK);
    char *joined = arena_print(*state, "%s , ", entry);
    joined[8] = ':';
    assert_int_equal(parse(joined, &error), RUNG_OK);
    char *printed = vault_key_print();
    assert_int_equal(parse(printed, &error), RUNG_OK);
    free(printed);
}

static void damaged_keys_are_refused_and_not_shown(void **state)
{
    Error error = {0};
    for (size_t i = 0; i < sizeof entry - 2; i++) { /* the last one but '=' has spare bits */
        char *damaged = arena_string(*state, entry);
        damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
        char *text = arena_print(*state, "# keys\n%s\n", damaged);
        assert_int_equal(parse(text, &error), RUNG_CONFIG);
        assert_int_equal(error.line, 2);
        assert_lacks(error.message, "AwQFBgcI");
        assert_lacks(error.hint, "AwQFBgcI");
    }
    assert_int_equal(parse("", &error), RUNG_CONFIG);
    assert_int_equal(parse("# nothing\n", &error), RUNG_CONFIG);
    assert_int_equal(parse(arena_print(*state, "%s\n%s", entry, entry), &error), RUNG_CONFIG);
    assert_contains(error.message, "twice");
    Text many = TEXT_EMPTY;
    for (int i = 0; i <= VAULT_KEYS_MOST; i++) {
        char *key = vault_key_print();
        text_print(&many, "%s,", key);
        free(key);
    }
    assert_int_equal(parse(text_string(&many), &error), RUNG_LIMIT);
    text_done(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_made_once_and_grows), TEST(two_do_not_add_at_once),
        TEST(keys_are_read_in_every_form), TEST(damaged_keys_are_refused_and_not_shown)};
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return rmdir(folder) ? 1 : failed;
}
