/* Addresses and headers, as far as they can be wrong. */
#include "serve/mail_text.h"

#include "check.h"

static void addresses(void **state)
{
    static const char *const right[] = {"a@x.org",     "a+b@x.org",   "o'neil@x.org", "a.b@x-y.org",
                                        "ü@ö.example", "a@localhost", "a=b_c%d@x.org"};
    static const char *const wrong[] = {
        "",          "a",           "@x.org",      "a@",          "a@b@c",       "a b@x.org",
        "a@x.org\r", "a@x.org\nb",  "<a@x.org>",   "a@x.org,b@c", ".a@x.org",    "a.@x.org",
        "a..b@c.d",  "a@x..org",    "a@.x.org",    "a@x.org.",    "\"a\"@x.org", "a@[127.0.0.1]",
        "a@-x.org",  "a\x7f@x.org", "a\xff@x.org", "a;b@x.org",   "(c)a@x.org",  "a\\@x.org"};
    for (size_t i = 0; i < COUNT(right); i++)
        assert_true(address_is_usable(right[i]));
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(address_is_usable(wrong[i]));
}

static void mailboxes(void **state)
{
    Arena *arena = arena_new();
    Mailbox box;
    assert_true(mailbox_read(arena, "a@x.org", &box));
    assert_null(box.name);
    assert_string_equal(mailbox_print(arena, &box), "a@x.org");
    assert_true(mailbox_read(arena, "My \"own\" Ledger <a@x.org>", &box));
    assert_string_equal(box.domain, "x.org");
    assert_string_equal(mailbox_print(arena, &box), "\"My \\\"own\\\" Ledger\" <a@x.org>");
    assert_true(mailbox_read(arena, "\"Ledger, Inc.\" <a@x.org>", &box));
    assert_string_equal(mailbox_print(arena, &box), "\"Ledger, Inc.\" <a@x.org>");
    assert_true(mailbox_read(arena, "Käse <a@x.org>", &box));
    assert_string_equal(mailbox_print(arena, &box), "=?UTF-8?B?S8Okc2U=?= <a@x.org>");
    assert_false(mailbox_read(arena, "x <a@x.org> y", &box));
    assert_false(mailbox_read(arena, "x\r\nBcc: b@x.org <a@x.org>", &box));
    assert_false(mailbox_read(arena, "<>", &box));
    arena_free(arena);
}

static void headers(void **state)
{
    Arena *arena = arena_new();
    assert_string_equal(header_text(arena, "plain text"), "plain text");
    assert_null(header_text(arena, "a\r\nBcc: b@x.org"));
    assert_null(header_text(arena, "a\nb"));
    assert_null(header_text(arena, "a\x01"));
    assert_null(header_text(arena, "\xff"));
    assert_string_equal(header_text(arena, "=?x"), "=?UTF-8?B?PT94?=");
    /* 41 bytes and a character of two: it stays whole */
    assert_string_equal(header_text(arena, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaä"),
                        "=?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?=\r\n "
                        "=?UTF-8?B?w6Q=?=");
    assert_string_equal(header_date(arena, 0), "Thu, 01 Jan 1970 00:00:00 +0000");
    assert_string_equal(header_date(arena, 1795744332), "Fri, 27 Nov 2026 01:52:12 +0000");
    arena_free(arena);
}

RUN_TESTS(TEST(addresses), TEST(mailboxes), TEST(headers))
