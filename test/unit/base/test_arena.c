/* Arenas and the vectors inside them. */
#include "check.h"
#include "base/vec.h"

static void bytes_are_zeroed_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {1, 7, 16, 100, 4095, 4096, 5000, 16384, 100000, 0, 3};
    unsigned char *given[COUNT(sizes) * 20];
    size_t count = 0;
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            unsigned char *bytes = arena_alloc(*state, sizes[i]);
            assert_int_equal((uintptr_t)bytes % _Alignof(int64_t), 0);
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(bytes[at], 0);
            memset(bytes, (int)(count % 255) + 1, sizes[i]);
            given[count++] = bytes;
        }
    for (size_t n = 0; n < count; n++)
        for (size_t at = 0; at < sizes[n % COUNT(sizes)]; at++)
            assert_int_equal(given[n][at], n % 255 + 1);
}

static void strings_are_copied(void **state)
{
    char text[] = "some text";
    char *copy = arena_string(*state, text), *part = arena_copy(*state, text, 4);
    text[0] = 'X';
    assert_string_equal(copy, "some text");
    assert_string_equal(part, "some");
    assert_string_equal(arena_copy(*state, "", 0), "");
    assert_null(arena_string(*state, NULL));
    assert_memory_equal(arena_copy(*state, "a\0b", 3), "a\0b", 4);
}

static void printing_has_no_length_limit(void **state)
{
    char *text = arena_print(*state, "%0*d|%s", 20000, 7, "end");
    assert_int_equal(strlen(text), 20004);
    assert_string_equal(text + 19999, "7|end");
}

static void vectors_grow_and_keep_their_elements(void **state)
{
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++) {
        int *added = vec_add(*state, &numbers);
        assert_int_equal(*added, 0);
        *added = i;
    }
    assert_int_equal(numbers.count, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.at[i], i);
}

static void freeing_nothing_is_allowed(void **state UNUSED)
{
    arena_free(NULL);
    arena_free(arena_new());
    assert_non_null(*state);
}

RUN_TESTS(TEST(bytes_are_zeroed_aligned_and_apart), TEST(strings_are_copied),
          TEST(printing_has_no_length_limit), TEST(vectors_grow_and_keep_their_elements),
          TEST(freeing_nothing_is_allowed))
