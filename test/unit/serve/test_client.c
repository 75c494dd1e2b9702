/* Whose request it is. */
#include "serve/client.h"

#include "check.h"

static Networks *networks(Arena *arena, const char *const *list, size_t count)
{
    rung_names names = {(const char **)(uintptr_t)list, count};
    Networks *made = NULL;
    Error error;
    assert_int_equal(networks_read(arena, &names, &made, &error), RUNG_OK);
    return made;
}

static void networks_have_their_addresses(void **state)
{
    static const char *const list[] = {"10.0.0.0/8", "192.0.2.1", "2001:db8::/33", "172.16.0.0/12"};
    static const char *const inside[] = {"10.1.2.3",        "192.0.2.1",        "2001:db8:7fff::1",
                                         "::ffff:10.0.0.1", "172.31.255.255",   "[2001:db8::1]:80",
                                         "10.0.0.1:8000",   "2001:0DB8:0::0001"};
    static const char *const outside[] = {
        "11.0.0.1", "192.0.2.2", "2001:db8:8000::1", "172.32.0.1", "",
        "x",        "10.0.0",    "unknown",          "10.0.0.1.1", "::"};
    const Networks *all = networks(*state, list, COUNT(list));
    for (size_t i = 0; i < COUNT(inside); i++)
        if (!networks_have(all, inside[i]))
            fail_msg("%s is inside", inside[i]);
    for (size_t i = 0; i < COUNT(outside); i++)
        if (networks_have(all, outside[i]))
            fail_msg("%s is outside", outside[i]);
}

static void networks_that_are_none(void **state)
{
    static const char *const wrong[] = {"",   "x",      "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/",
                                        "/8", "::/129", "10.0.0.0/8x", "10.0.0.0/ 8", "localhost"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        rung_names names = {(const char **)(uintptr_t)&wrong[i], 1};
        Networks *made = NULL;
        Error error;
        if (networks_read(*state, &names, &made, &error) != RUNG_CONFIG)
            fail_msg("%s is no network", wrong[i]);
    }
}

static void what_proxies_say_is_read_from_the_right(void **state)
{
    static const char *const list[] = {"10.0.0.0/8", "::1"};
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        {"192.0.2.9", "198.51.100.1", "192.0.2.9"},
        {"10.0.0.1", NULL, "10.0.0.1"},
        {"10.0.0.1", "198.51.100.1", "198.51.100.1"},
        {"10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
        {"10.0.0.1", "198.51.100.1 ,10.9.9.9", "198.51.100.1"},
        {"::1", " 2001:db8::1", "2001:db8::1"},
        {"10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"},
        {"10.0.0.1", "198.51.100.1:443", "198.51.100.1"},
        {"10.0.0.1", "198.51.100.1, junk", "10.0.0.1"},
        {"10.0.0.1", "198.51.100.1, junk, 10.2.2.2", "10.2.2.2"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", ",,,", "10.0.0.1"},
        {"10.0.0.1", "10.0.0.2", "10.0.0.2"},
    };
    const Networks *proxies = networks(*state, list, COUNT(list));
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(client_find(*state, proxies, cases[i].peer, cases[i].forwarded),
                            cases[i].client);
}

static void one_client_has_a_whole_network_of_ipv6(void **state)
{
    assert_string_equal(client_key(*state, "192.0.2.1"), "192.0.2.1");
    assert_string_equal(client_key(*state, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    assert_string_equal(client_key(*state, "::ffff:192.0.2.1"), "::ffff:192.0.2.1");
    assert_string_equal(client_key(*state, "unknown"), "unknown");
}

RUN_TESTS(TEST(networks_have_their_addresses), TEST(networks_that_are_none),
          TEST(what_proxies_say_is_read_from_the_right),
          TEST(one_client_has_a_whole_network_of_ipv6))
