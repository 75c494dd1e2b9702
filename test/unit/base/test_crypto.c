/* Keyed hashes, sealed values and base64, against the vectors of their specifications. */
#include "check.h"
#include "base/crypto.h"

static void read_hex(const char *hex, unsigned char *ret_bytes)
{
    for (size_t i = 0; hex[2 * i]; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        ret_bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
}

/* RFC 4231, cases 1, 2 and 6. */
static void hmac_is_that_of_the_rfc(void **state)
{
    char hex[HASH_HEX_SIZE];
    unsigned char key[131];
    memset(key, 0x0b, 20);
    hmac_hex(key, 20, "Hi There", 8, hex);
    assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_hex((const unsigned char *)"Jefe", 4, "what do ya want for nothing?", 28, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    const char *data = "Test Using Larger Than Block-Size Key - Hash Key First";
    hmac_hex(key, sizeof key, data, strlen(data), hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static const char sealed_hex[] =
    "404142434445464748494a4b4c4d4e4f5051525354555657"
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e"
    "39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3"
    "fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";

/* draft-irtf-cfrg-xchacha-03, A.3.1 */
static void a_sealed_value_is_that_of_the_draft(void **state)
{
    static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you "
                                "only one tip for the future, sunscreen would be it.";
    unsigned char key[KEY_SIZE], associated[12], sealed[sizeof sealed_hex / 2], opened[200];
    read_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", key);
    read_hex("50515253c0c1c2c3c4c5c6c7", associated);
    read_hex(sealed_hex, sealed);
    assert_int_equal(sizeof sealed, strlen(plain) + SEAL_EXTRA);
    assert_true(seal_open(key, associated, 12, sealed, sizeof sealed, opened));
    assert_memory_equal(opened, plain, strlen(plain));
    assert_false(seal_open(key, associated, 11, sealed, sizeof sealed, opened));
    key[0] ^= 1;
    assert_false(seal_open(key, associated, 12, sealed, sizeof sealed, opened));
    assert_false(seal_open(key, associated, 12, sealed, SEAL_EXTRA - 1, opened));
    assert_false(seal_open(key, associated, 12, sealed, 0, opened));
}

static void every_bit_of_a_sealed_value_counts(void **state)
{
    unsigned char key[KEY_SIZE], sealed[5 + SEAL_EXTRA], other[5 + SEAL_EXTRA], opened[5];
    key_random(key);
    seal(key, "a", 1, "hello", 5, sealed);
    seal(key, "a", 1, "hello", 5, other);
    assert_memory_not_equal(sealed, other, sizeof sealed);
    assert_true(seal_open(key, "a", 1, sealed, sizeof sealed, opened));
    assert_memory_equal(opened, "hello", 5);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(seal_open(key, "a", 1, sealed, sizeof sealed, opened));
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    seal(key, "", 0, "", 0, sealed);
    assert_true(seal_open(key, "", 0, sealed, SEAL_EXTRA, opened));
}

static void a_derived_key_stays_the_same(void **state)
{
    unsigned char key[KEY_SIZE], first[KEY_SIZE], second[KEY_SIZE];
    for (size_t i = 0; i < KEY_SIZE; i++)
        key[i] = (unsigned char)i;
    key_derive(key, "seal", first);
    key_derive(key, "lookup", second);
    assert_memory_not_equal(first, second, KEY_SIZE);
    assert_memory_not_equal(first, key, KEY_SIZE);
    key_derive(key, "seal", second);
    assert_memory_equal(first, second, KEY_SIZE);
    read_hex("f047a6d84c9a95a3720d07699e525721400a37f4643a6280193bc940af7475d7", second);
    assert_memory_equal(first, second, KEY_SIZE);
}

/* RFC 4648, section 10 */
static void base64_is_that_of_the_rfc(void **state)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        unsigned char *bytes;
        size_t length;
        const char *plain = pairs[i][0], *text = pairs[i][1];
        assert_string_equal(base64_print(*state, plain, strlen(plain)), text);
        assert_true(base64_read(*state, text, strlen(text), &bytes, &length));
        assert_int_equal(length, strlen(plain));
        assert_memory_equal(bytes, plain, length + 1);
    }
}

static void what_is_no_base64_is_refused(void **state)
{
    static const char *const bad[] = {"Zg=",  "Zg",   "Zg==Zg==", "Zm9v\n", "Zm 9v===",
                                      "Zm9_", "Zh==", "=",        "====",   "Zm9vYg==\n\n\n\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        unsigned char *bytes = NULL;
        size_t length;
        if (base64_read(*state, bad[i], strlen(bad[i]), &bytes, &length))
            fail_msg("\"%s\" was read", bad[i]);
        assert_null(bytes);
    }
}

static void a_wiped_secret_is_gone(void **state)
{
    char bytes[4] = "abc";
    secret_wipe(bytes, sizeof bytes);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
    secret_wipe(NULL, 3);
}

RUN_TESTS(TEST(hmac_is_that_of_the_rfc), TEST(a_sealed_value_is_that_of_the_draft),
          TEST(every_bit_of_a_sealed_value_counts), TEST(a_derived_key_stays_the_same),
          TEST(base64_is_that_of_the_rfc), TEST(what_is_no_base64_is_refused),
          TEST(a_wiped_secret_is_gone))
