/* The words of lifecycle.relations. */
#include "check.h"
#include "lifecycle/policy.h"

static void each_class_is_read_by_its_name(void **state UNUSED)
{
    for (RelationClass i = RELATION_CASCADE; i < RELATION_COUNT; i++) {
        RelationPolicy policy = {.action = relation_name(i)};
        assert_int_equal(relation_read(&policy), i);
    }
}

static void other_words_are_no_class(void **state UNUSED)
{
    assert_int_equal(relation_read(&(RelationPolicy){.action = "Cascade"}), RELATION_NONE);
    assert_int_equal(relation_read(&(RelationPolicy){.action = "none"}), RELATION_NONE);
    assert_int_equal(relation_read(&(RelationPolicy){0}), RELATION_NONE);
}

static void set_null_is_said_in_two_ways(void **state UNUSED)
{
    assert_int_equal(relation_read(&(RelationPolicy){.set_null = true}), RELATION_SET_NULL);
    assert_int_equal(relation_read(&(RelationPolicy){.pseudonym = "user_ref"}), RELATION_SET_NULL);
}

RUN_TESTS(TEST(each_class_is_read_by_its_name), TEST(other_words_are_no_class),
          TEST(set_null_is_said_in_two_ways))
