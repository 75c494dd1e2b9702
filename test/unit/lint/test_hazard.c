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

static void work_is_said_in_words(void **state)
{
    Arena *arena = arena_new();
    assert_string_equal(work_text(arena, WORK_INDEX | WORK_REWRITE),
                        "rewrites it, builds an index");
    assert_string_equal(work_text(arena, 0), "");
    arena_free(arena);
}

RUN_TESTS(TEST(modes_have_both_names), TEST(what_waits), TEST(work_is_said_in_words))
