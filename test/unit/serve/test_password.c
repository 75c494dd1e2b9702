/* Hashes of admins' passwords: known vectors of bcrypt, and what is no hash. */
#include "serve/password.h"
#include "base/arena.h"
#include "base/crypto.h"

#include "check.h"

typedef struct Vector {
    const char *password, *hash;
} Vector;

/* Of Openwall's crypt_blowfish, wrapper.c, which is in the public domain. */
static void known_vectors_are_right(void **state)
{
    static const Vector vectors[] = {
        {"U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
        {"U*U*", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
        {"U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"},
        {"", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
        {"\xff\xff\xa3", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"},
    };
    for (size_t i = 0; i < COUNT(vectors); i++) {
        assert_true(admin_password_is_right(vectors[i].hash, vectors[i].password));
        assert_false(admin_password_is_right(vectors[i].hash, "U*U*U*"));
        assert_false(admin_hash_is_valid(vectors[i].hash)); /* cheap to guess */
    }
}

#define GOOD "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu"

static void bcrypt_is_known_by_its_form(void **state)
{
    static const char *const wrong[] = {
        "",
        "$2b$",
        "$2b$10$",
        "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3X",
        "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu.",
        "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3X!",
        "$2a$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$2x$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$2b$09$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$2b$16$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$2b$31$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$2b$-1$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$2b$1 $abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
        "$1$abcdefgh$abcdefghijklmnopqrstuu",
        "$6$abcdefgh$abcdefghijklmnopqrstuu",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$x",
        "*0",
    };
    assert_true(admin_hash_is_valid(GOOD));
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (admin_hash_is_valid(wrong[i]))
            fail_msg("%s is no hash", wrong[i]);
    assert_true(admin_password_is_right(GOOD, "correct horse"));
    assert_false(admin_password_is_right(GOOD, "correct horse "));
    assert_false(admin_password_is_right(GOOD, ""));
}

static void only_the_first_72_bytes_are_not_enough(void **state)
{
    static const char hash[] = "$2b$10$abcdefghijklmnopqrstuuiYfj.JCH/8Hff5KmeyaPABzfEqwvS.a";
    char password[80];
    memset(password, 'a', sizeof password);
    password[72] = '\0';
    assert_true(admin_password_is_right(hash, password));
    password[72] = 'b';
    password[73] = '\0';
    assert_false(admin_password_is_right(hash, password));
}

static void argon2id_is_the_other_kind(void **state)
{
    const char *hash = password_hash(*state, "correct horse", 13);
    assert_non_null(hash);
    assert_true(admin_hash_is_valid(hash));
    assert_true(admin_password_is_right(hash, "correct horse"));
    assert_false(admin_password_is_right(hash, "correct"));
}

RUN_TESTS(TEST(known_vectors_are_right), TEST(bcrypt_is_known_by_its_form),
          TEST(only_the_first_72_bytes_are_not_enough), TEST(argon2id_is_the_other_kind))
