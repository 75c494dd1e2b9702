/* Maps from strings. */
#include "check.h"
#include "base/map.h"

static void a_key_is_found_again(void **state)
{
    Map *map = map_new(*state);
    int one = 1, two = 2;
    assert_null(map_get(map, "a"));
    assert_null(map_set(map, "a", &one));
    assert_ptr_equal(map_get(map, "a"), &one);
    assert_null(map_get(map, ""));
    assert_null(map_set(map, "", &two));
    assert_ptr_equal(map_get(map, ""), &two);
    assert_int_equal(map_count(map), 2);
}

static void setting_again_replaces_and_tells(void **state)
{
    Map *map = map_new(*state);
    int one = 1, two = 2;
    map_set(map, "a", &one);
    assert_ptr_equal(map_set(map, "a", &two), &one);
    assert_ptr_equal(map_get(map, "a"), &two);
    assert_int_equal(map_count(map), 1);
}

static void keys_are_copied(void **state)
{
    Map *map = map_new(*state);
    char key[] = "key";
    int one = 1;
    map_set(map, key, &one);
    key[0] = 'K';
    assert_ptr_equal(map_get(map, "key"), &one);
    assert_null(map_get(map, "Key"));
}

static void many_keys_stay_apart(void **state)
{
    enum { MANY = 20000 };
    static int values[MANY];
    Map *map = map_new(*state);
    for (int i = 0; i < MANY; i++)
        assert_null(map_set(map, arena_print(*state, "key %d", i), &values[i]));
    assert_int_equal(map_count(map), MANY);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(map_get(map, arena_print(*state, "key %d", i)), &values[i]);
    assert_null(map_get(map, "key 20000"));
}

RUN_TESTS(TEST(a_key_is_found_again), TEST(setting_again_replaces_and_tells), TEST(keys_are_copied),
          TEST(many_keys_stay_apart))
