/* New revision files: what is written can be read back once the SQL is there. */
#include "support.h"

static void new_file_has_its_headings_and_asks_for_sql(void **state)
{
    const char *parents[] = {"001", "002"};
    Revision *revision = NULL;
    char *text = revision_print_new(arena, "003", "add a column", parents, 1);
    assert_int_equal(revision_read(arena, "003_x.sql", text, strlen(text), &revision, &error),
                     RUNG_OK);
    assert_int_equal(revision->sections.count, 2);
    text = revision_print_new(arena, "003", "join two\nbranches\x1B", parents, 2);
    assert_int_equal(revision_read(arena, "003_x.sql", text, strlen(text), &revision, &error),
                     RUNG_OK);
    assert_string_equal(revision->message, "join two branches");
    assert_int_equal(revision->parent_ids.count, 2);
    assert_string_equal(revision->parent_ids.at[1], "002");
    assert_int_equal(revision->sections.count, 2);
}

static void new_file_without_message_or_parents(void **state)
{
    char *text = revision_print_new(arena, "001", NULL, NULL, 0);
    assert_null(strstr(text, " \n"));
    assert_holds(text, "-- rung:revision 001\n-- rung:parents\n-- rung:message\n");
}

static void new_file_is_valid_once_sql_stands_below_its_sections(void **state)
{
    Revision *revision = NULL;
    char *text = revision_print_new(arena, "001", "m", NULL, 0);
    char *down = strstr(text, "-- rung:down");
    text = arena_print(arena, "%.*sSELECT 1;\n%sSELECT 2;\n", (int)(down - text), text, down);
    assert_int_equal(revision_read(arena, "001_m.sql", text, strlen(text), &revision, &error),
                     RUNG_OK);
    assert_int_equal(revision->sections.count, 2);
}

static void file_names_are_plain(void **state)
{
    assert_string_equal(revision_file_name(arena, "001", "Add Users' e-mail (again)!"),
                        "001_add_users_e_mail_again.sql");
    assert_string_equal(revision_file_name(arena, "001", "../../etc/passwd"), "001_etc_passwd.sql");
    assert_string_equal(revision_file_name(arena, "001", "  \xC3\xA9\xC3\xA9 "), "001.sql");
    assert_string_equal(revision_file_name(arena, "001", NULL), "001.sql");
    const char *name = revision_file_name(
        arena, "001", "a very long message that says more than the name of a file should hold");
    assert_in_range(strlen(name), 40, 60);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(new_file_has_its_headings_and_asks_for_sql),
        TEST(new_file_without_message_or_parents),
        TEST(new_file_is_valid_once_sql_stands_below_its_sections),
        TEST(file_names_are_plain),
    };
    return cmocka_run_group_tests_name("revision/write", tests, NULL, NULL);
}
