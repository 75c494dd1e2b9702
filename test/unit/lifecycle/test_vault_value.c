/* The form of a sealed value, and what it is bound to. */
#include "check.h"
#include "lifecycle/vault_value.h"

static const char first_key[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="; /* 00 01 … 1f */
static const char second_key[] = "//////////////////////////////////////////8=";

static VaultKeys *read_keys(const char *text)
{
    VaultKeys *keys = NULL;
    Error error = {0};
    if (vault_keys_parse("test", text, strlen(text), &keys, &error))
        fail_msg("%s", error.message);
    return keys;
}

static VaultKeys *two_keys(Arena *arena)
{
    return read_keys(arena_print(arena, "25b2f2bb:%s, 25cdca4b:%s", first_key, second_key));
}

static Bytes bytes_of(const char *text)
{
    return (Bytes){text, strlen(text)};
}

static const char *const ids[] = {"4", "é"};

static void a_place_has_a_nul_behind_each_name(void **state)
{
    Bytes place = value_place(*state, NULL, "t", "c"), shop = value_place(*state, "shop", "t", "c");
    assert_int_equal(place.length, 5);
    assert_memory_equal(place.at, "\0t\0c\0", 5);
    assert_memory_equal(value_place(*state, "public", "t", "c").at, "\0t\0c\0", 5);
    assert_int_equal(shop.length, 9);
    assert_memory_equal(shop.at, "shop\0t\0c\0", 9);
    Bytes row = value_row(*state, place, ids, 2);
    assert_int_equal(row.length, 9);
    assert_memory_equal(row.at, "\0t\0c\0004\0é", 9);
}

static void a_sealed_value_opens_in_its_place_only(void **state)
{
    VaultKeys *keys = two_keys(*state);
    Bytes place = value_place(*state, NULL, "t", "c"), plain = {0};
    Bytes row = value_row(*state, place, ids, 2), other = value_row(*state, place, ids, 1);
    const VaultKey *key = NULL;
    char id[VAULT_ID_SIZE];
    for (size_t length = 0; length < 40; length++) {
        char text[40];
        memset(text, 'x', sizeof text);
        char *sealed = value_seal(*state, &keys->at[0], row, (Bytes){text, length});
        assert_int_equal(strlen(sealed), value_sealed_length(length));
        assert_memory_equal(sealed, "rv1:25b2f2bb:", VAULT_HEAD_LENGTH);
        assert_int_equal(value_open(*state, keys, row, bytes_of(sealed), &plain, &key, id), OPENED);
        assert_int_equal(plain.length, length);
        assert_memory_equal(plain.at, text, length);
        assert_ptr_equal(key, &keys->at[0]);
        assert_int_equal(value_open(*state, keys, other, bytes_of(sealed), &plain, &key, id),
                         OPEN_DAMAGED);
        memcpy(sealed + 4, "25cdca4b", VAULT_ID_SIZE - 1);
        assert_int_equal(value_open(*state, keys, row, bytes_of(sealed), &plain, &key, id),
                         OPEN_DAMAGED);
        memcpy(sealed + 4, "00000000", VAULT_ID_SIZE - 1);
        assert_int_equal(value_open(*state, keys, row, bytes_of(sealed), &plain, &key, id),
                         OPEN_UNKNOWN);
        assert_string_equal(id, "00000000");
    }
    vault_keys_free(keys);
}

/* Sealed once, by libsodium from Python, under the key 00 01 … 1f: what is stored must open for
 * ever. */
static void a_value_of_the_past_opens(void **state)
{
    static const char sealed[] =
        "rv1:25b2f2bb:ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7oShPuhsN93m1jkUDwYbPHkFcgfJ6";
    VaultKeys *keys = two_keys(*state);
    Bytes place = value_place(*state, NULL, "t", "c"), plain = {0};
    const VaultKey *key;
    char id[VAULT_ID_SIZE];
    assert_int_equal(value_open(*state, keys, value_row(*state, place, ids, 2), bytes_of(sealed),
                                &plain, &key, id),
                     OPENED);
    assert_int_equal(plain.length, 5);
    assert_memory_equal(plain.at, "hello", 5);
    assert_string_equal(value_lookup(*state, key, place, plain),
                        "87eac2e0dc10b867fb9f91559450f239");
    vault_keys_free(keys);
}

static void what_has_not_the_form_is_plain(void **state)
{
    static const char *const plain_values[] = {"",
                                               "hello",
                                               "rv1:",
                                               "rv1:0123456:",
                                               "rv1:0123456g:AAAA",
                                               "RV1:01234567:AAAA",
                                               "rv2:01234567:AAAA",
                                               " rv1:01234567:",
                                               "rv1:01234567",
                                               "rv1:0123ABCD:AAAA"};
    VaultKeys *keys = two_keys(*state);
    Bytes row = value_place(*state, NULL, "t", "c"), plain;
    const VaultKey *key;
    char id[VAULT_ID_SIZE];
    for (size_t i = 0; i < COUNT(plain_values); i++)
        if (value_open(*state, keys, row, bytes_of(plain_values[i]), &plain, &key, id) !=
            OPEN_PLAIN)
            fail_msg("\"%s\" is not plain", plain_values[i]);
    assert_int_equal(value_open(*state, keys, row, bytes_of("rv1:25b2f2bb:"), &plain, &key, id),
                     OPEN_DAMAGED);
    assert_int_equal(
        value_open(*state, keys, row, bytes_of("rv1:25b2f2bb:no base64"), &plain, &key, id),
        OPEN_DAMAGED);
    vault_keys_free(keys);
}

static void a_lookup_is_of_one_column_and_key(void **state)
{
    VaultKeys *keys = two_keys(*state);
    Bytes place = value_place(*state, NULL, "t", "c"), other = value_place(*state, NULL, "t", "d");
    char *found = value_lookup(*state, &keys->at[0], place, bytes_of("x"));
    assert_int_equal(strlen(found), VAULT_LOOKUP_LENGTH);
    assert_string_equal(found, value_lookup(*state, &keys->at[0], place, bytes_of("x")));
    assert_string_not_equal(found, value_lookup(*state, &keys->at[0], other, bytes_of("x")));
    assert_string_not_equal(found, value_lookup(*state, &keys->at[1], place, bytes_of("x")));
    assert_string_not_equal(found, value_lookup(*state, &keys->at[0], place, bytes_of("y")));
    vault_keys_free(keys);
}

static void names_are_read_with_their_quotes(void **state)
{
    static const struct {
        const char *text, *schema, *table, *column;
    } good[] = {{"t.c", NULL, "t", "c"},
                {"s.t.c", "s", "t", "c"},
                {"my t.ein wert", NULL, "my t", "ein wert"},
                {"\"a.b\".c", NULL, "a.b", "c"},
                {"s.\"a\"\"b\".\"c.d\"", "s", "a\"b", "c.d"},
                {"é.ß", NULL, "é", "ß"}};
    static const char *const bad[] = {"",         "t",    "t.",     ".c",        "a.b.c.d", "\"t.c",
                                      "\"t\"c.d", "t..c", "\"\".c", "\"t\".\"c", "t.\"c\"x"};
    const char *schema, *table, *column;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(value_read_name(*state, good[i].text, &schema, &table, &column));
        assert_true(!schema == !good[i].schema);
        if (schema)
            assert_string_equal(schema, good[i].schema);
        assert_string_equal(table, good[i].table);
        assert_string_equal(column, good[i].column);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (value_read_name(*state, bad[i], &schema, &table, &column))
            fail_msg("\"%s\" was read", bad[i]);
}

RUN_TESTS(TEST(a_place_has_a_nul_behind_each_name), TEST(a_sealed_value_opens_in_its_place_only),
          TEST(a_value_of_the_past_opens), TEST(what_has_not_the_form_is_plain),
          TEST(a_lookup_is_of_one_column_and_key), TEST(names_are_read_with_their_quotes))
