/* The splitter: where statements end, what stands in front of them, and what it refuses. */
#include "sql/split.h"

#include "base/text.h"

#include "check.h"

#include <time.h>

/* The pieces as "[text]" or "{directive}[text]". */
static void expect_pieces(void **state, Engine engine, const char *sql, const char *expected)
{
    SqlSource source = {engine, "f.sql", 1, sql, strlen(sql)};
    SqlPieces pieces;
    Error error = {0};
    Text text = TEXT_EMPTY;
    if (sql_split(*state, &source, &pieces, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    for (size_t i = 0; i < pieces.count; i++) {
        const SqlPiece *piece = &pieces.at[i];
        if (piece->directive)
            text_print(&text, "{%s}", piece->directive);
        text_print(&text, "[%.*s]", (int)piece->length, sql + piece->offset);
    }
    assert_string_equal(text_string(&text), expected);
    text_done(&text);
}

static void expect_error(void **state, Engine engine, const char *sql, int line,
                         const char *message, const char *hint)
{
    SqlSource source = {engine, "f.sql", 5, sql, strlen(sql)};
    SqlPieces pieces;
    Error error = {0};
    assert_int_equal(sql_split(*state, &source, &pieces, &error), RUNG_REVISION);
    assert_string_equal(error.message, message);
    assert_string_equal(error.hint, hint);
    assert_string_equal(error.file, "f.sql");
    assert_int_equal(error.line, line);
}

static void semicolons_in_quotes_comments_and_parentheses_do_not_split(void **state)
{
    expect_pieces(state, ENGINE_POSTGRESQL, "a ';' \";\" $$;$$ /*;*/ (x;y) --;\n;b;",
                  "[a ';' \";\" $$;$$ /*;*/ (x;y)][b]");
    expect_pieces(state, ENGINE_SQLITE, "a [;] `;` ';' ; b", "[a [;] `;` ';'][b]");
}

static void empty_statements_are_dropped(void **state)
{
    expect_pieces(state, ENGINE_POSTGRESQL, "", "");
    expect_pieces(state, ENGINE_POSTGRESQL, ";; -- x\n ; /* y */", "");
    expect_pieces(state, ENGINE_POSTGRESQL, "-- x\n/* y */ a -- z\n", "[a]");
}

static void offsets_and_lines_point_at_the_first_token(void **state)
{
    const char *sql = "-- c\r\n\r\n  a\r\n b;\r\n/* x\n*/ c";
    SqlSource source = {ENGINE_POSTGRESQL, "f.sql", 100, sql, strlen(sql)};
    SqlPieces pieces;
    Error error;
    assert_int_equal(sql_split(*state, &source, &pieces, &error), RUNG_OK);
    assert_int_equal(pieces.count, 2);
    assert_int_equal(pieces.at[0].line, 102);
    assert_int_equal(pieces.at[0].offset, 10);
    assert_int_equal(pieces.at[0].length, 5);
    assert_int_equal(pieces.at[1].line, 105);
    assert_true(sizeof(SqlPiece) <= 32);
}

static void atomic_bodies_stay_whole(void **state)
{
    expect_pieces(state, ENGINE_POSTGRESQL,
                  "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; "
                  "SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END ELSE 3 END; END; x",
                  "[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; "
                  "SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END ELSE 3 END; END][x]");
    expect_pieces(state, ENGINE_POSTGRESQL,
                  "create or replace procedure p() begin atomic end; begin; end; y",
                  "[create or replace procedure p() begin atomic end][begin][end][y]");
    expect_pieces(state, ENGINE_POSTGRESQL,
                  "CREATE FUNCTION f(\"end\" int) BEGIN ATOMIC SELECT t.end, 1 AS end; END; z",
                  "[CREATE FUNCTION f(\"end\" int) BEGIN ATOMIC SELECT t.end, 1 AS end; END][z]");
    expect_pieces(state, ENGINE_POSTGRESQL, "CREATE TABLE begin(atomic int); SELECT 1; END; q",
                  "[CREATE TABLE begin(atomic int)][SELECT 1][END][q]");
}

static void quoted_function_bodies_stay_whole(void **state)
{
    expect_pieces(state, ENGINE_POSTGRESQL,
                  "CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN EXECUTE $q$ a; $q$; END; "
                  "$body$ LANGUAGE plpgsql; DO $$ BEGIN NULL; END $$; z",
                  "[CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN EXECUTE $q$ a; $q$; END; "
                  "$body$ LANGUAGE plpgsql][DO $$ BEGIN NULL; END $$][z]");
}

static void trigger_bodies_stay_whole_in_sqlite(void **state)
{
    expect_pieces(state, ENGINE_SQLITE,
                  "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN "
                  "2 END; DELETE FROM c; END; x",
                  "[CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 "
                  "THEN 2 END; DELETE FROM c; END][x]");
    expect_pieces(state, ENGINE_SQLITE,
                  "create trigger t after insert on a begin select 1; -- ;\n end",
                  "[create trigger t after insert on a begin select 1; -- ;\n end]");
    expect_pieces(state, ENGINE_SQLITE, "BEGIN; x; END; CREATE TABLE trigger(a); y",
                  "[BEGIN][x][END][CREATE TABLE trigger(a)][y]");
}

static void directives_stand_before_their_statement(void **state)
{
    expect_pieces(state, ENGINE_POSTGRESQL,
                  "--  rung:backfill \t table=t batch=5  \r\n-- note\nUPDATE t;\nb",
                  "{backfill table=t batch=5}[UPDATE t][b]");
    expect_pieces(state, ENGINE_POSTGRESQL, "a;\n-- rung:commit\nb", "[a]{commit}[b]");
    expect_pieces(state, ENGINE_SQLITE, "a;\n-- rung:notice one two\nb;\n  -- rung:notice x",
                  "[a]{notice one two}[][b]{notice x}[]");
    expect_pieces(state, ENGINE_POSTGRESQL, "'\n-- rung:x\n' /*\n-- rung:y\n*/; a -- rung:z",
                  "['\n-- rung:x\n'][a]");
}

static void directives_that_cannot_work_are_refused(void **state)
{
    expect_error(state, ENGINE_POSTGRESQL, "\n-- rung:backfil t\nUPDATE t", 6,
                 "unknown directive \"-- rung:backfil\"", "did you mean \"-- rung:backfill\"?");
    expect_error(state, ENGINE_POSTGRESQL, "--rung: frobnicate", 5,
                 "unknown directive \"-- rung:frobnicate\"",
                 "known are \"-- rung:backfill\", \"-- rung:commit\", \"-- rung:ignore\" and "
                 "\"-- rung:notice\"");
    expect_error(state, ENGINE_POSTGRESQL, "a;\n  -- rung:down\nb", 6,
                 "the heading \"-- rung:down\" stands inside SQL",
                 "a heading begins in the first column of its line");
    expect_error(state, ENGINE_POSTGRESQL, "a;\n-- rung:backfill t\n-- x", 6,
                 "no statement follows this directive",
                 "it stands in front of one UPDATE or DELETE");
    expect_error(state, ENGINE_POSTGRESQL, "a\n-- rung:backfill t\nUPDATE t;", 6,
                 "a directive stands inside a statement",
                 "is the semicolon of the statement before it missing?");
    expect_error(state, ENGINE_POSTGRESQL, "-- rung:backfill a\n-- rung:backfill b\nc", 6,
                 "two directives for one statement", "remove one");
    expect_error(state, ENGINE_POSTGRESQL, "-- rung:notice ", 5, "a notice without a text",
                 "write \"-- rung:notice\" and the text to show");
}

static void what_is_not_sql_is_refused(void **state)
{
    expect_error(state, ENGINE_POSTGRESQL, "a;\n\\d t", 6, "a psql command (\"\\\") is not SQL",
                 "remove it: rung sends the statements to the server itself");
    expect_error(state, ENGINE_POSTGRESQL, "a \\gexec", 5, "a psql command (\"\\\") is not SQL",
                 "remove it: rung sends the statements to the server itself");
    expect_error(state, ENGINE_SQLITE, "\n.tables", 6, "a command of the sqlite3 shell is not SQL",
                 "remove it: rung runs the statements itself");
    expect_error(state, ENGINE_POSTGRESQL, "COPY t (a) FROM stdin;\n1\n\\.\n", 5,
                 "COPY … FROM STDIN needs its data from a client", "write INSERT statements");
    expect_pieces(state, ENGINE_POSTGRESQL, "COPY t TO STDOUT; COPY t FROM '/f'",
                  "[COPY t TO STDOUT][COPY t FROM '/f']");
}

static void unclosed_text_is_refused_at_its_line(void **state)
{
    expect_error(state, ENGINE_POSTGRESQL, "a;\nb ((\n;c);", 6, "a parenthesis is never closed",
                 "it opens on this line; everything behind it is inside");
    expect_error(state, ENGINE_POSTGRESQL, "a;\n'b;\nc;", 6, "unterminated string",
                 "it begins here and has no closing '");
    expect_error(state, ENGINE_POSTGRESQL, "CREATE FUNCTION f()\nBEGIN ATOMIC SELECT 1;", 6,
                 "the body that begins here has no END", "a body ends with \"; END;\"");
    expect_error(state, ENGINE_SQLITE, "CREATE TRIGGER t\nBEGIN SELECT 1; END x;", 6,
                 "the body that begins here has no END", "a body ends with \"; END;\"");
}

static void a_nul_byte_is_refused(void **state)
{
    SqlSource source = {ENGINE_POSTGRESQL, "f.sql", 1, "a;\nb\0c", 6};
    SqlPieces pieces;
    Error error;
    assert_int_equal(sql_split(*state, &source, &pieces, &error), RUNG_REVISION);
    assert_int_equal(error.line, 2);
    assert_string_equal(error.message, "a NUL byte in the SQL text");
}

static void deep_nesting_and_long_statements_are_no_trouble(void **state)
{
    Text text = TEXT_EMPTY;
    for (int i = 0; i < 20000; i++)
        text_char(&text, '(');
    text_char(&text, ';');
    for (int i = 0; i < 20000; i++)
        text_char(&text, ')');
    text_put(&text, ";\n'");
    for (int i = 0; i < 1024 * 1024; i++)
        text_put(&text, "ten bytes,");
    text_put(&text, "';");
    SqlSource source = {ENGINE_POSTGRESQL, "f.sql", 1, text_string(&text), text.length};
    SqlPieces pieces;
    Error error;
    assert_int_equal(sql_split(*state, &source, &pieces, &error), RUNG_OK);
    assert_int_equal(pieces.count, 2);
    assert_int_equal(pieces.at[0].length, 40001);
    assert_int_equal(pieces.at[1].length, 10485762);
    text_done(&text);
}

/* 100 MB of INSERT statements, as a data revision has them. The bound is generous: it holds under
 * sanitizers on a busy machine; the figure is printed. */
static void a_hundred_megabytes_split_in_seconds(void **state)
{
    Text text = TEXT_EMPTY;
    size_t rows = 0;
    for (; text.length < 100u * 1000 * 1000; rows++)
        text_print(&text,
                   "INSERT INTO readings (id, device, taken_at, note) VALUES (%zu, 'device-%zu', "
                   "'2025-12-15 10:00:00', 'a note that is some words long');\n",
                   rows, rows % 97);
    SqlSource source = {ENGINE_POSTGRESQL, "f.sql", 1, text_string(&text), text.length};
    SqlPieces pieces;
    Error error;
    clock_t start = clock();
    assert_int_equal(sql_split(*state, &source, &pieces, &error), RUNG_OK);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    print_message("split: %.0f MB/s\n", (double)text.length / 1e6 / seconds);
    assert_int_equal(pieces.count, rows);
    assert_int_equal(pieces.at[rows - 1].line, (int)rows);
    assert_true(seconds < 30);
    text_done(&text);
}

RUN_TESTS(TEST(semicolons_in_quotes_comments_and_parentheses_do_not_split),
          TEST(empty_statements_are_dropped), TEST(offsets_and_lines_point_at_the_first_token),
          TEST(atomic_bodies_stay_whole), TEST(quoted_function_bodies_stay_whole),
          TEST(trigger_bodies_stay_whole_in_sqlite), TEST(directives_stand_before_their_statement),
          TEST(directives_that_cannot_work_are_refused), TEST(what_is_not_sql_is_refused),
          TEST(unclosed_text_is_refused_at_its_line), TEST(a_nul_byte_is_refused),
          TEST(deep_nesting_and_long_statements_are_no_trouble),
          TEST(a_hundred_megabytes_split_in_seconds))
