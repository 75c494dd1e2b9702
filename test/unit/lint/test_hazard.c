/* Names that the server and people use for one thing. */
#include "check.h"
#include "lint/hazard.h"

static void modes_have_both_names(void **state)
{
    assert_int_equal(lock_find("AccessExclusiveLock"), LOCK_ACCESS_EXCLUSIVE);
    assert_int_equal(lock_find("ShareUpdateExclusiveLock"), LOCK_SHARE_UPDATE_EXCLUSIVE);
    assert_int_equal(lock_find("SIReadLock"), LOCK_NONE);
    assert_string_equal(lock_name(LOCK_SHARE_ROW_EXCLUSIVE), "SHARE ROW EXCLUSIVE");
}

static void what_waits(void **state)
{
    assert_true(lock_blocks_writes(LOCK_SHARE));
    assert_false(lock_blocks_writes(LOCK_SHARE_UPDATE_EXCLUSIVE));
    assert_false(lock_blocks_reads(LOCK_EXCLUSIVE));
    assert_true(lock_blocks_reads(LOCK_ACCESS_EXCLUSIVE));
}

/* PostgreSQL manual, "Explicit Locking", table 13.2, row by row. */
static void what_cannot_be_held_together(void **state)
{
    static const char *const table[LOCK_MODE_COUNT] = {
        "",         ".......x", "......xx", "....xxxx", "...xxxxx",
        "..xx.xxx", "..xxxxxx", ".xxxxxxx", "xxxxxxxx",
    };
    for (unsigned a = 1; a < LOCK_MODE_COUNT; a++)
        for (unsigned b = 1; b < LOCK_MODE_COUNT; b++)
            assert_int_equal(lock_conflicts((LockMode)a, (LockMode)b), table[a][b - 1] == 'x');
    assert_false(lock_conflicts(LOCK_ACCESS_EXCLUSIVE, LOCK_NONE));
}

static void work_is_said_in_words(void **state)
{
    Arena *arena = arena_new();
    assert_string_equal(work_text(arena, WORK_INDEX | WORK_REWRITE),
                        "rewrites it, builds an index");
    assert_string_equal(work_text(arena, 0), "");
    arena_free(arena);
}

RUN_TESTS(TEST(modes_have_both_names), TEST(what_waits), TEST(what_cannot_be_held_together),
          TEST(work_is_said_in_words))
