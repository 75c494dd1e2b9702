/* Signatures of webhooks. */
#include "serve/signature.h"

#include "check.h"

#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

/* The example that Standard Webhooks' own libraries are tested with. */
static void the_known_example(void **state)
{
    Arena *arena = arena_new();
    const char *found;
    assert_true(signature_make(arena, SECRET, ID, 1614265330, "{\"test\": 2432232314}", &found));
    assert_string_equal(found, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    arena_free(arena);
}

static void two_secrets(void **state)
{
    Arena *arena = arena_new();
    const char *one, *other, *both;
    assert_true(signature_make(arena, SECRET, ID, 1, "x", &one));
    assert_true(signature_make(arena, "0123456789abcdef01234567", ID, 1, "x", &other));
    assert_true(signature_make(arena, " " SECRET "  0123456789abcdef01234567 ", ID, 1, "x", &both));
    assert_string_equal(both, arena_print(arena, "%s %s", one, other));
    arena_free(arena);
}

static void secrets_of_no_use(void **state)
{
    static const char *const wrong[] = {"",
                                        " ",
                                        "0123456789abcdef0123456",
                                        "whsec_",
                                        "whsec_AAAA",
                                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa*w",
                                        SECRET " short"};
    Arena *arena = arena_new();
    const char *found = "untouched";
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(signature_make(arena, wrong[i], ID, 1, "x", &found));
    assert_string_equal(found, "untouched");
    arena_free(arena);
}

RUN_TESTS(TEST(the_known_example), TEST(two_secrets), TEST(secrets_of_no_use))
