/* From revision files to steps. */
#include "apply/script.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD "-- rung:revision 001\n-- rung:message test\n"

typedef struct Sheet {
    Arena *arena;
    char folder[64];
    char *path;
    Error error;
    Script *script;
} Sheet;

static int start(void **state)
{
    static Sheet sheet;
    sheet = (Sheet){.arena = arena_new(), .folder = "/tmp/rung-script-XXXXXX"};
    if (!mkdtemp(sheet.folder))
        return -1;
    sheet.path = arena_print(sheet.arena, "%s/001_test.sql", sheet.folder);
    *state = &sheet;
    return 0;
}

static int stop(void **state)
{
    Sheet *sheet = *state;
    script_free(sheet->script);
    unlink(sheet->path);
    rmdir(sheet->folder);
    arena_free(sheet->arena);
    return 0;
}

/* Loads `text`; the code of script_load. */
static Code load(Sheet *sheet, const char *text, Engine engine, bool undo)
{
    Revision *revision;
    Error error;
    script_free(sheet->script);
    sheet->script = NULL;
    unlink(sheet->path);
    assert_int_equal(file_write_new(sheet->path, text, strlen(text), &error), RUNG_OK);
    if (revision_read(sheet->arena, sheet->path, text, strlen(text), &revision, &error))
        fail_msg("%s", error.message);
    return script_load(revision, engine, undo, &sheet->script, &sheet->error);
}

static const Script *loaded(Sheet *sheet, const char *text, Engine engine)
{
    if (load(sheet, text, engine, false))
        fail_msg("%s:%d %s", sheet->error.file, sheet->error.line, sheet->error.message);
    return sheet->script;
}

static void refused(Sheet *sheet, const char *text, Engine engine, bool undo, int line,
                    const char *part)
{
    assert_int_equal(load(sheet, text, engine, undo), RUNG_REVISION);
    assert_int_equal(sheet->error.line, line);
    if (!strstr(sheet->error.message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, sheet->error.message);
    assert_string_not_equal(sheet->error.hint, "");
}

static void plain_statements_are_one_transaction(void **state)
{
    const Script *script = loaded(*state,
                                  HEAD "-- rung:up\nCREATE TABLE t (a int);\nINSERT INTO t VALUES "
                                       "(1);\n-- rung:notice done\n",
                                  ENGINE_POSTGRESQL);
    assert_int_equal(script->steps.count, 1);
    assert_int_equal(script->steps.at[0].type, STEP_TRANSACTION);
    assert_int_equal(script->steps.at[0].count, 3);
    assert_int_equal(script->statements, 2);
    assert_string_equal(script->commands.at[2].notice, "done");
}

static void concurrent_indexes_cut_the_transaction(void **state)
{
    const Script *script = loaded(*state,
                                  HEAD "-- rung:up\nCREATE TABLE t (a int);\nCREATE INDEX "
                                       "CONCURRENTLY i ON t (a);\nINSERT INTO t VALUES (1);\n",
                                  ENGINE_POSTGRESQL);
    assert_int_equal(script->steps.count, 3);
    assert_int_equal(script->steps.at[1].type, STEP_OUTSIDE);
    assert_int_equal(script->steps.at[1].facts->outside, OUTSIDE_CREATE_INDEX);
    assert_string_equal(script->steps.at[1].facts->name, "i");
    assert_string_not_equal(script->steps.at[0].hash, script->steps.at[2].hash);
}

static void an_enum_value_is_committed_first_only_where_it_is_used(void **state)
{
    const char *unused = HEAD "-- rung:up\nALTER TYPE mood ADD VALUE 'calm';\nSELECT 'other';\n";
    const char *used = HEAD "-- rung:up\nALTER TYPE mood ADD VALUE 'calm';\nINSERT INTO p VALUES "
                            "('calm');\n";
    assert_int_equal(loaded(*state, unused, ENGINE_POSTGRESQL)->steps.count, 1);
    assert_int_equal(loaded(*state, used, ENGINE_POSTGRESQL)->steps.count, 2);
}

static void a_backfill_is_a_step_of_its_own(void **state)
{
    const Script *script =
        loaded(*state,
               HEAD "-- rung:up\nALTER TABLE t ADD COLUMN b int;\n-- rung:backfill table=t key=a "
                    "batch=10\nUPDATE t SET b = a;\nCREATE INDEX i ON t (b);\n",
               ENGINE_POSTGRESQL);
    assert_int_equal(script->steps.count, 3);
    assert_int_equal(script->steps.at[1].type, STEP_BACKFILL);
    assert_int_equal(script->steps.at[1].backfill->batch, 10);
}

static void sqlite_turns_foreign_keys_off_for_a_dropped_table(void **state)
{
    assert_true(
        loaded(*state, HEAD "-- rung:up sqlite\nDROP TABLE t;\n", ENGINE_SQLITE)->foreign_keys_off);
    assert_false(loaded(*state, HEAD "-- rung:up sqlite\nDELETE FROM t;\n", ENGINE_SQLITE)
                     ->foreign_keys_off);
    const Script *script =
        loaded(*state, HEAD "-- rung:up sqlite\nPRAGMA foreign_keys=OFF;\nDELETE FROM t;\n",
               ENGINE_SQLITE);
    assert_true(script->foreign_keys_off);
    assert_int_equal(script->steps.count, 1);
    assert_int_equal(script->statements, 1);
}

static void transaction_commands_are_refused_with_their_line(void **state)
{
    refused(*state, HEAD "-- rung:up\nSELECT 1;\nCOMMIT;\n", ENGINE_POSTGRESQL, false, 5, "COMMIT");
    refused(*state, HEAD "-- rung:up sqlite\nBEGIN;\nSELECT 1;\n", ENGINE_SQLITE, false, 4,
            "BEGIN");
}

static void a_missing_section_is_refused(void **state)
{
    const char *text = HEAD "-- rung:up postgresql\nSELECT 1;\n";
    refused(*state, text, ENGINE_SQLITE, false, 0, "no \"up\" section for SQLite");
    refused(*state, text, ENGINE_POSTGRESQL, true, 0, "no \"down\" section");
}

static void an_empty_section_is_refused(void **state)
{
    refused(*state, HEAD "-- rung:up\n-- later\n", ENGINE_POSTGRESQL, false, 3, "no statement");
    loaded(*state, HEAD "-- rung:up\n-- rung:notice nothing\n", ENGINE_POSTGRESQL);
}

static void a_check_is_one_query(void **state)
{
    const char *up = HEAD "-- rung:up\nSELECT 1;\n-- rung:check c\n";
    Arena *arena = ((Sheet *)*state)->arena;
    refused(*state, arena_print(arena, "%sSELECT 1;\nSELECT 2;\n", up), ENGINE_POSTGRESQL, false, 6,
            "exactly one query");
    refused(*state, arena_print(arena, "%sCOMMIT;\n", up), ENGINE_POSTGRESQL, false, 6,
            "not a query");
    const Script *script = loaded(
        *state, HEAD "-- rung:up\nSELECT 1;\n-- rung:check uses-index=ix by name\nSELECT 1;\n",
        ENGINE_POSTGRESQL);
    assert_string_equal(script->checks.at[0].uses_index, "ix");
    assert_string_equal(script->checks.at[0].title, "by name");
}

static void a_file_that_changes_under_the_run_is_refused(void **state)
{
    Sheet *sheet = *state;
    Revision *revision;
    Error error;
    const char *text = HEAD "-- rung:up\nSELECT 1;\n";
    assert_int_equal(file_write_new(sheet->path, text, strlen(text), &error), RUNG_OK);
    assert_int_equal(revision_read(sheet->arena, sheet->path, HEAD "-- rung:up\nSELECT 2;\n",
                                   strlen(HEAD "-- rung:up\nSELECT 2;\n"), &revision, &error),
                     RUNG_OK);
    assert_int_equal(script_load(revision, ENGINE_POSTGRESQL, false, &sheet->script, &sheet->error),
                     RUNG_MISMATCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_statements_are_one_transaction),
        TEST(concurrent_indexes_cut_the_transaction),
        TEST(an_enum_value_is_committed_first_only_where_it_is_used),
        TEST(a_backfill_is_a_step_of_its_own),
        TEST(sqlite_turns_foreign_keys_off_for_a_dropped_table),
        TEST(transaction_commands_are_refused_with_their_line),
        TEST(a_missing_section_is_refused),
        TEST(an_empty_section_is_refused),
        TEST(a_check_is_one_query),
        TEST(a_file_that_changes_under_the_run_is_refused),
    };
    return cmocka_run_group_tests_name("apply/script", tests, NULL, NULL);
}
