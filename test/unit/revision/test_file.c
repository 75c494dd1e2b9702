/* Reading one revision file: every rule of the format, and what is said when one is broken. */
#include "support.h"

#include "base/hash.h"

#define HEAD "-- rung:revision 001\n"
#define UP   "-- rung:up\nSELECT 1;\n"

static Revision *read_bytes(const char *path, const char *data, size_t length)
{
    Revision *revision = NULL;
    if (revision_read(arena, path, data, length, &revision, &error))
        fail_msg("%s:%d: %s", error.file, error.line, error.message);
    return revision;
}

static Revision *read_text(const char *text)
{
    return read_bytes("m/001_first.sql", text, strlen(text));
}

static void refuse_bytes(const char *path, const char *data, size_t length, int line,
                         const char *message, const char *hint)
{
    Revision *revision = NULL;
    assert_int_equal(revision_read(arena, path, data, length, &revision, &error), RUNG_REVISION);
    assert_null(revision);
    assert_holds(error.message, message);
    assert_holds(error.hint, hint);
    assert_int_equal(error.line, line);
    assert_string_equal(error.file, path);
}

static void refuse(const char *text, int line, const char *message, const char *hint)
{
    refuse_bytes("m/001_first.sql", text, strlen(text), line, message, hint);
}

static const char *body(const char *text, const Section *section)
{
    return arena_copy(arena, text + section->offset, section->length);
}

/* What is accepted */

static void reads_headings_and_sections(void **state)
{
    const char *text = "-- rung:revision 001\n"
                       "-- rung:parents 000 000b\n"
                       "-- rung:message the  first one  \n"
                       "\n"
                       "-- rung:up\n"
                       "CREATE TABLE a (b int);\n"
                       "-- rung:up sqlite\n"
                       "CREATE TABLE a (b);\n"
                       "\n"
                       "-- rung:down\n"
                       "DROP TABLE a;\n"
                       "-- rung:check a is there\n"
                       "SELECT true";
    const Revision *revision = read_text(text);
    assert_string_equal(revision->id, "001");
    assert_string_equal(revision->path, "m/001_first.sql");
    assert_string_equal(revision->message, "the  first one");
    assert_int_equal(revision->parent_ids.count, 2);
    assert_string_equal(revision->parent_ids.at[1], "000b");
    assert_int_equal(revision->parents_line, 2);
    assert_int_equal(revision->sections.count, 4);
    const Section *up = revision_section(revision, SECTION_UP, ENGINE_POSTGRESQL);
    assert_string_equal(body(text, up), "CREATE TABLE a (b int);\n");
    assert_true(up->any_engine);
    assert_int_equal(up->line, 6);
    up = revision_section(revision, SECTION_UP, ENGINE_SQLITE);
    assert_string_equal(body(text, up), "CREATE TABLE a (b);\n\n");
    assert_false(up->any_engine);
    const Section *down = revision_section(revision, SECTION_DOWN, ENGINE_SQLITE);
    assert_string_equal(body(text, down), "DROP TABLE a;\n");
    assert_int_equal(down->line, 11);
    assert_string_equal(body(text, &revision->sections.at[3]), "SELECT true");
    assert_string_equal(revision->sections.at[3].title, "a is there");
}

static void parents_and_message_are_optional(void **state)
{
    const Revision *revision = read_text(HEAD UP);
    assert_int_equal(revision->parent_ids.count, 0);
    assert_string_equal(revision->message, "first");
    revision = read_text(HEAD "-- rung:parents\n-- rung:message\n" UP);
    assert_int_equal(revision->parent_ids.count, 0);
    assert_string_equal(revision->message, "first");
}

static void slug_with_blanks_stands_in_for_the_message(void **state)
{
    const char *text = HEAD UP;
    assert_string_equal(read_bytes("001_add_two_columns.sql", text, strlen(text))->message,
                        "add two columns");
    assert_string_equal(read_bytes("a/b/001.sql", text, strlen(text))->message, "");
}

static void id_may_be_the_whole_name_or_end_at_an_underscore(void **state)
{
    const char *text = "-- rung:revision 0001_initial_migration\n" UP;
    const char *path = "0001_initial_migration.sql";
    assert_string_equal(read_bytes(path, text, strlen(text))->id, "0001_initial_migration");
    text = "-- rung:revision 0001\n" UP;
    assert_string_equal(read_bytes(path, text, strlen(text))->message, "initial migration");
    text = "-- rung:revision 0001_initial\n" UP;
    assert_string_equal(read_bytes(path, text, strlen(text))->message, "migration");
}

static void headings_come_in_any_order_among_comments(void **state)
{
    const Revision *revision =
        read_text("\n/* licence\n   of the file */ -- yes\n-- rung:message m\n-- a comment\n\n"
                  "-- rung:parents 000\n/**/  /* a */\n" HEAD "--\n" UP);
    assert_string_equal(revision->message, "m");
    assert_int_equal(revision->parents_line, 7);
    assert_int_equal(revision->sections.at[0].line, 12);
}

static void byte_order_mark_crlf_and_trailing_blanks_are_tolerated(void **state)
{
    const char *text = "\xEF\xBB\xBF-- rung:revision 001 \t\r\n-- rung:parents 000\r\n"
                       "-- rung:up postgresql \r\nSELECT 1;\r\n-- rung:check a  \r\nSELECT 1\r\n";
    const Revision *revision = read_text(text);
    assert_string_equal(revision->id, "001");
    assert_string_equal(revision->parent_ids.at[0], "000");
    assert_string_equal(body(text, &revision->sections.at[0]), "SELECT 1;\r\n");
    assert_string_equal(revision->sections.at[1].title, "a");
    assert_null(revision_section(revision, SECTION_UP, ENGINE_SQLITE));
}

static void directive_counts_even_inside_quotes(void **state)
{
    const char *text = HEAD "-- rung:up\nSELECT '\n-- rung:down\n';\n";
    const Revision *revision = read_text(text);
    assert_int_equal(revision->sections.count, 2);
    assert_string_equal(body(text, &revision->sections.at[0]), "SELECT '\n");
}

static void backfill_and_notice_lines_stay_in_the_body(void **state)
{
    const char *text = HEAD "-- rung:up\n-- rung:backfill table=t key=id\nUPDATE t SET a = 1;\n"
                            "-- rung:down\n-- rung:notice nothing to undo\n";
    const Revision *revision = read_text(text);
    assert_int_equal(revision->sections.count, 2);
    assert_string_equal(body(text, &revision->sections.at[0]),
                        "-- rung:backfill table=t key=id\nUPDATE t SET a = 1;\n");
}

static void merge_needs_no_sections(void **state)
{
    assert_int_equal(read_text(HEAD "-- rung:parents a b\n")->sections.count, 0);
    const Revision *revision =
        read_text(HEAD "-- rung:parents a b\n-- rung:up\n\n-- rung:down\n-- nothing\n");
    assert_int_equal(revision->sections.count, 2);
}

static void more_sections_than_a_few_are_kept(void **state)
{
    char *text = arena_string(arena, HEAD UP);
    for (int i = 0; i < 100; i++)
        text = arena_print(arena, "%s-- rung:check number %d\nSELECT %d;\n", text, i, i);
    const Revision *revision = read_text(text);
    assert_int_equal(revision->sections.count, 101);
    assert_string_equal(revision->sections.at[100].title, "number 99");
    assert_string_equal(body(text, &revision->sections.at[57]), "SELECT 56;\n");
}

static void checks_of_an_engine_hide_those_of_the_same_title(void **state)
{
    const Revision *revision =
        read_text(HEAD UP "-- rung:check one\nSELECT 1;\n-- rung:check sqlite two\nSELECT 2;\n"
                          "-- rung:check two\nSELECT 3;\n-- rung:check pg none: three\nSELECT 4;\n"
                          "-- rung:check none: four\nSELECT 5;\n");
    SectionList checks;
    revision_checks(arena, revision, ENGINE_SQLITE, &checks);
    assert_int_equal(checks.count, 3);
    assert_string_equal(checks.at[0]->title, "one");
    assert_string_equal(checks.at[1]->title, "two");
    assert_false(checks.at[1]->any_engine);
    assert_string_equal(checks.at[2]->title, "four");
    assert_true(checks.at[2]->none);
    revision_checks(arena, revision, ENGINE_POSTGRESQL, &checks);
    assert_int_equal(checks.count, 4);
    assert_true(checks.at[1]->any_engine);
    assert_string_equal(checks.at[2]->title, "three");
    assert_true(checks.at[2]->none);
    assert_false(checks.at[1]->none);
}

/* What is refused: headings */

static void file_without_a_heading_is_refused(void **state)
{
    refuse("CREATE TABLE a (b int);\n", 1, "no `-- rung:revision` line",
           "begins with `-- rung:revision 001_first`");
    refuse("", 1, "no `-- rung:revision` line", "another folder");
    refuse("-- only a comment\n", 1, "no `-- rung:revision` line", "another folder");
    refuse("-- rung:up\nSELECT 1;\n", 1, "above the `-- rung:revision` line", "headings");
}

static void id_must_fit_the_file_name(void **state)
{
    refuse("-- rung:revision 002\n" UP, 1, "called 002, but its file 001_first.sql",
           "002.sql or 002_WORDS.sql");
    refuse("-- rung:revision 00\n" UP, 1, "called 00,", "00_WORDS.sql");
    refuse("-- rung:revision 001_first_of_all\n" UP, 1, "called 001_first_of_all", "named");
}

static void bad_ids_are_refused(void **state)
{
    refuse("-- rung:revision 00/1\n" UP, 1, "\"00/1\" is not a revision id", "letters");
    refuse("-- rung:revision\n" UP, 1, "\"\" is not a revision id", "letters");
    refuse("-- rung:revision -1\n" UP, 1, "\"-1\" is not", "begin with a letter");
    refuse("-- rung:revision 001 002\n" UP, 1, "\"002\" is too much", "");
    refuse(HEAD "-- rung:parents a, b\n" UP, 2, "\"a,\" is not a revision id", "apart by blanks");
    refuse(HEAD "-- rung:parents base\n" UP, 2, "\"base\" is a word of rung", "without parents");
    refuse("-- rung:revision head\n" UP, 1, "\"head\" is a word", "");
    refuse(HEAD "-- rung:parents a b a\n" UP, 2, "the parent a is named twice", "");
    char *longest = arena_alloc(arena, 200);
    memset(longest, 'x', 128);
    refuse(arena_print(arena, HEAD "-- rung:parents %s\n" UP, longest), 2, "128 bytes is too long",
           "");
    assert_false(revision_id_valid(longest, 128));
    assert_true(revision_id_valid(longest, 127));
    assert_true(revision_id_valid("a.B-9_", 6));
    assert_false(revision_id_valid("", 0));
    assert_false(revision_id_valid(".a", 2));
    assert_false(revision_id_valid("heads", 5));
    assert_true(revision_id_valid("header", 6));
}

static void headings_stand_once_and_above_the_sections(void **state)
{
    refuse(HEAD "-- rung:revision 001\n" UP, 2, "line 1 has the first", "");
    refuse(HEAD "-- rung:parents a\n\n-- rung:parents b\n" UP, 4, "line 2 has the first",
           "one line names all");
    refuse(HEAD "-- rung:message a\n-- rung:message b\n" UP, 3, "line 2 has the first", "");
    refuse(HEAD UP "-- rung:message late\n", 4, "below the first section", "line 2");
    refuse(HEAD UP "-- rung:parents late\n", 4, "`-- rung:parents` stands below", "line 2");
}

static void text_outside_a_section_is_refused(void **state)
{
    refuse(HEAD "\nSELECT 1;\n" UP, 3, "text stands outside a section", "`-- rung:up`");
    refuse(HEAD "/* a */ SELECT 1;\n" UP, 2, "outside a section", "");
    refuse(HEAD "\xEF\xBB\xBF\n" UP, 2, "outside a section", "");
    refuse(HEAD "/* open\n" UP, 2, "not closed before the `-- rung:up` of line 3", "");
    refuse(HEAD "-- rung:parents a b\n/* open\n", 3, "not closed", "");
}

/* What is refused: directives */

static void unknown_directives_name_the_nearest_word(void **state)
{
    refuse(HEAD "-- rung:parnets a\n" UP, 2, "`-- rung:parnets`", "did you mean `-- rung:parents`");
    refuse(HEAD "-- rung:upp\nSELECT 1;\n", 2, "`-- rung:upp`", "`-- rung:up`?");
    refuse(HEAD "-- rung:UP\nSELECT 1;\n", 2, "`-- rung:UP`", "`-- rung:up`?");
    refuse(HEAD UP "-- rung:chekc a\n", 4, "`-- rung:chekc`", "`-- rung:check`?");
    refuse(HEAD UP "-- rung: down\n", 4, "`-- rung:` is no line", "the words are");
    refuse(HEAD UP "-- rung:wholly-different\n", 4, "wholly-different", "the words are");
}

static void lines_that_are_nearly_directives_are_refused(void **state)
{
    refuse(HEAD "--rung:parents a\n" UP, 2, "almost a directive: \"--rung:parents a\"",
           "first column");
    refuse(HEAD " -- rung:up\nSELECT 1;\n", 2, "almost a directive", "");
    refuse(HEAD UP "\t--  Rung : down\nSELECT 1;\n", 4, "almost a directive", "");
    assert_non_null(read_text(HEAD UP "-- a rung: of a ladder\n-- rungs: three\n--\n--rung\n"));
}

static void engines_are_checked(void **state)
{
    refuse(HEAD "-- rung:up sqlit\nSELECT 1;\n", 2, "\"sqlit\" is not an engine", "mean sqlite?");
    refuse(HEAD "-- rung:up SQLite\nSELECT 1;\n", 2, "\"SQLite\" is not", "mean sqlite?");
    refuse(HEAD "-- rung:down mysql 8\n" UP, 2, "\"mysql\" is not an engine", "`postgresql`");
    refuse(HEAD "-- rung:up sqlite 3\nSELECT 1;\n", 2, "\"3\" is too much", "");
}

static void sections_are_not_repeated(void **state)
{
    refuse(HEAD UP "-- rung:down\nSELECT 1;\n" UP, 6, "a second up section; line 2", "");
    refuse(HEAD UP "-- rung:down pg\nSELECT 1;\n-- rung:down postgresql\nSELECT 2;\n", 6,
           "a second down section for PostgreSQL; line 4", "");
    refuse(HEAD UP "-- rung:check a b\nSELECT 1;\n-- rung:check c\nSELECT 1;\n"
                   "-- rung:check none: a b\nSELECT 2;\n",
           8, "a second check \"a b\"; line 4", "");
}

/* They are refused when they would run: a file that is being written breaks no other command. */
static void empty_sections_are_read(void **state)
{
    assert_non_null(read_text(HEAD "-- rung:up\n\n  -- nothing\n-- rung:down\n"));
    assert_non_null(read_text(HEAD UP "-- rung:check a\n-- later\n"));
}

static void a_revision_needs_an_up_section(void **state)
{
    refuse(HEAD "-- rung:parents 000\n", 1, "001 has no up section", "`-- rung:up`");
    refuse(HEAD "-- rung:down\nSELECT 1;\n", 1, "no up section", "");
    assert_non_null(read_text(HEAD "-- rung:up postgresql\nSELECT 1;\n"));
}

static void checks_need_a_title(void **state)
{
    refuse(HEAD UP "-- rung:check\nSELECT 1;\n", 4, "a check without a title", "what must be true");
    refuse(HEAD UP "-- rung:check sqlite\nSELECT 1;\n", 4, "without a title", "");
    refuse(HEAD UP "-- rung:check pg none:  \nSELECT 1;\n", 4, "without a title", "");
}

static void statement_directives_belong_to_up_and_down(void **state)
{
    refuse(HEAD "-- rung:notice a\n" UP, 2, "`-- rung:notice` stands outside",
           "below `-- rung:up`");
    refuse(HEAD UP "-- rung:check a\n-- rung:backfill table=t\nSELECT 1;\n", 5,
           "`-- rung:backfill` stands outside", "");
}

/* What is refused: bytes */

static void bad_bytes_are_named_with_their_line(void **state)
{
    static const char nul[] = HEAD UP "a\0b";
    refuse_bytes("m/001.sql", nul, sizeof nul - 1, 4, "a NUL byte", "UTF-8");
    refuse(HEAD "-- rung:up\nSELECT 'caf\xE9';\n", 3, "0xE9 is not valid UTF-8", "save the file");
    refuse(HEAD "-- rung:up\n\n\nSELECT '\xC0\x80';\n", 5, "0xC0", "UTF-8");
    refuse(HEAD "-- rung:message a\x1B[2J\n" UP, 2, "control character 0x1B", "take it out");
    refuse("-- rung:revision 001\r-- rung:up\rSELECT 1;\r", 1, "0x0D", "newlines");
}

static void utf16_is_recognised(void **state)
{
    static const char with_mark[] = "\xFF\xFE-\0-\0 \0r\0u\0n\0g\0";
    static const char plain[] = "\0-\0-\0 \0r\0u\0n\0g\0:\0r";
    refuse_bytes("m/001.sql", with_mark, sizeof with_mark - 1, 1, "looks like UTF-16", "as UTF-8");
    refuse_bytes("m/001.sql", plain, sizeof plain - 1, 1, "looks like UTF-16", "as UTF-8");
}

static void long_words_are_cut_at_whole_characters(void **state)
{
    char *word = arena_alloc(arena, 401);
    for (size_t i = 0; i < 200; i++)
        memcpy(word + 2 * i, "\xC3\xA9", 2);
    refuse(arena_print(arena, HEAD "-- rung:x%s\n", word), 2, "\xC3\xA9` is no line", "");
}

/* The hash */

static const char *hash_of(const char *text)
{
    char *hex = arena_alloc(arena, HASH_HEX_SIZE);
    revision_hash(text, strlen(text), hex);
    return hex;
}

static void hash_is_over_the_normalised_text(void **state)
{
    Hash hash;
    char hex[HASH_HEX_SIZE];
    hash_start(&hash);
    hash_add(&hash, "a\n\n b\nc\n", 8);
    hash_finish(&hash, hex);
    assert_string_equal(hash_of("a\n\n b\nc\n"), hex);
    assert_string_equal(hash_of("a\n\n b\nc"), hex);
    assert_string_equal(hash_of("\xEF\xBB\xBF"
                                "a \r\n \t\r\n b\t\r\nc\r\n\r\n  \n"),
                        hex);
    assert_string_equal(read_text(HEAD UP)->hash, hash_of(HEAD UP "\r\n\n"));
}

static void hash_sees_every_other_change(void **state)
{
    const char *hex = hash_of("a\nb\n");
    assert_string_not_equal(hash_of("a\n\nb\n"), hex);
    assert_string_not_equal(hash_of("\na\nb\n"), hex);
    assert_string_not_equal(hash_of("a\n b\n"), hex);
    assert_string_not_equal(hash_of("a b\n"), hex);
    assert_string_not_equal(hash_of("a\rx\nb\n"), hash_of("ax\nb\n"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(reads_headings_and_sections),
        TEST(parents_and_message_are_optional),
        TEST(slug_with_blanks_stands_in_for_the_message),
        TEST(id_may_be_the_whole_name_or_end_at_an_underscore),
        TEST(headings_come_in_any_order_among_comments),
        TEST(byte_order_mark_crlf_and_trailing_blanks_are_tolerated),
        TEST(directive_counts_even_inside_quotes),
        TEST(backfill_and_notice_lines_stay_in_the_body),
        TEST(merge_needs_no_sections),
        TEST(more_sections_than_a_few_are_kept),
        TEST(checks_of_an_engine_hide_those_of_the_same_title),
        TEST(file_without_a_heading_is_refused),
        TEST(id_must_fit_the_file_name),
        TEST(bad_ids_are_refused),
        TEST(headings_stand_once_and_above_the_sections),
        TEST(text_outside_a_section_is_refused),
        TEST(unknown_directives_name_the_nearest_word),
        TEST(lines_that_are_nearly_directives_are_refused),
        TEST(engines_are_checked),
        TEST(sections_are_not_repeated),
        TEST(empty_sections_are_read),
        TEST(a_revision_needs_an_up_section),
        TEST(checks_need_a_title),
        TEST(statement_directives_belong_to_up_and_down),
        TEST(bad_bytes_are_named_with_their_line),
        TEST(utf16_is_recognised),
        TEST(long_words_are_cut_at_whole_characters),
        TEST(hash_is_over_the_normalised_text),
        TEST(hash_sees_every_other_change),
    };
    return cmocka_run_group_tests_name("revision/file", tests, NULL, NULL);
}
