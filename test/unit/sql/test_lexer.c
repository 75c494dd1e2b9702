/* The lexer: what is one token, where it ends, and where unterminated text began. */
#include "sql/lexer.h"

#include "base/text.h"

#include "check.h"

/* The tokens as "kind:text" separated by blanks. */
static void read_all(Engine engine, const char *sql, Text *text)
{
    static const char kinds[] = "ecwqsnp.";
    Lexer lexer;
    Token token;
    Error error;
    lexer_start(&lexer, engine, "f.sql", 1, sql, strlen(sql));
    for (;;) {
        assert_int_equal(lexer_next(&lexer, &token, &error), RUNG_OK);
        if (token.type == TOKEN_END)
            return;
        text_print(text, "%s%c:%.*s", text->length ? " " : "", kinds[token.type], (int)token.length,
                   token.text);
    }
}

static void expect_tokens(Engine engine, const char *sql, const char *expected)
{
    Text text = TEXT_EMPTY;
    read_all(engine, sql, &text);
    assert_string_equal(text_string(&text), expected);
    text_done(&text);
}

static void expect_open(Engine engine, const char *sql, int line, const char *message)
{
    Lexer lexer;
    Token token = {0};
    Error error;
    lexer_start(&lexer, engine, "f.sql", 10, sql, strlen(sql));
    Code code;
    do
        code = lexer_next(&lexer, &token, &error);
    while (code == RUNG_OK && token.type != TOKEN_END);
    assert_int_equal(code, RUNG_REVISION);
    assert_string_equal(error.message, message);
    assert_string_equal(error.file, "f.sql");
    assert_int_equal(error.line, line);
    assert_true(error.hint[0] != '\0');
}

static void postgresql_constants_are_one_token(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "'it''s' 'a\\' b", "s:'it''s' s:'a\\' w:b");
    expect_tokens(ENGINE_POSTGRESQL, "E'a\\'b' e'\\\\' x", "s:E'a\\'b' s:e'\\\\' w:x");
    expect_tokens(ENGINE_POSTGRESQL, "B'01' x'ff' N'n' u&'\\0041'",
                  "s:B'01' s:x'ff' s:N'n' s:u&'\\0041'");
    expect_tokens(ENGINE_POSTGRESQL, "U&\"d\\0061\" \"a\"\"b\"", "q:U&\"d\\0061\" q:\"a\"\"b\"");
    expect_tokens(ENGINE_POSTGRESQL, "fe'x' u & 'x'", "w:fe s:'x' w:u .:& s:'x'");
}

static void a_constant_goes_on_after_a_newline(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "E'a' -- c\n  'b\\'c' d", "s:E'a' -- c\n  'b\\'c' w:d");
    expect_tokens(ENGINE_POSTGRESQL, "'a' 'b'", "s:'a' s:'b'");
    expect_tokens(ENGINE_SQLITE, "'a'\n'b'", "s:'a' s:'b'");
}

static void dollar_quotes_need_their_own_tag(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "$$ ' ; $a$ $$ x", "s:$$ ' ; $a$ $$ w:x");
    expect_tokens(ENGINE_POSTGRESQL, "$f$ $$ $g$ $f$;", "s:$f$ $$ $g$ $f$ .:;");
    expect_tokens(ENGINE_POSTGRESQL, "$\xc3\xa9$a$\xc3\xa9$ b", "s:$\xc3\xa9$a$\xc3\xa9$ w:b");
    expect_tokens(ENGINE_POSTGRESQL, "a$b$c $1$$;$$ $x", "w:a$b$c p:$1 s:$$;$$ .:$ w:x");
    expect_tokens(ENGINE_POSTGRESQL, "$F$ $f$ $F$", "s:$F$ $f$ $F$");
}

static void postgresql_comments_nest(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "/* a /* b */ ' */ c", "c:/* a /* b */ ' */ w:c");
    expect_tokens(ENGINE_SQLITE, "/* a /* b */ c", "c:/* a /* b */ w:c");
    expect_tokens(ENGINE_POSTGRESQL, "1--x\n+/*y*/2", "n:1 c:--x .:+ c:/*y*/ n:2");
}

static void a_bare_carriage_return_ends_a_comment_in_postgresql_only(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "--x\rDROP", "c:--x w:DROP");
    expect_tokens(ENGINE_SQLITE, "--x\rDROP", "c:--x\rDROP");
    expect_tokens(ENGINE_POSTGRESQL, "--x\r\nDROP", "c:--x w:DROP");
}

static void sqlite_names_and_parameters(void **state)
{
    expect_tokens(ENGINE_SQLITE, "[a;'b] `c``d` \"e\" x'00'", "q:[a;'b] q:`c``d` q:\"e\" s:x'00'");
    expect_tokens(ENGINE_SQLITE, "?1 ? :a @b $c $d::e(f) #",
                  "p:?1 p:? p::a p:@b p:$c p:$d::e(f) .:#");
    expect_tokens(ENGINE_SQLITE, "e'a\\' $$;$$", "w:e s:'a\\' p:$$ .:; p:$$");
    expect_tokens(ENGINE_POSTGRESQL, "a[1] :b ?", "w:a .:[ n:1 .:] .:: w:b .:?");
}

static void numbers_and_casts(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "1.5e-3 .5 1_000 0xFF 2-1 1e+x",
                  "n:1.5e-3 n:.5 n:1_000 n:0xFF n:2 .:- n:1 n:1e .:+ w:x");
    expect_tokens(ENGINE_POSTGRESQL, "a::int :=1", "w:a .::: w:int .:: .:= n:1");
}

static void bytes_above_127_belong_to_names(void **state)
{
    expect_tokens(ENGINE_POSTGRESQL, "na\xc3\xafve;\xff", "w:na\xc3\xafve .:; w:\xff");
}

static void unterminated_text_is_reported_where_it_began(void **state)
{
    expect_open(ENGINE_POSTGRESQL, "a\n'b\n", 11, "unterminated string");
    expect_open(ENGINE_POSTGRESQL, "\n\n E'b\\'\n", 12, "unterminated string");
    expect_open(ENGINE_POSTGRESQL, "'a'\n'b", 10, "unterminated string");
    expect_open(ENGINE_POSTGRESQL, "\"b\n\n", 10, "unterminated quoted name");
    expect_open(ENGINE_POSTGRESQL, "\n$a$ $$ $A$ \n", 11, "unterminated dollar-quoted string");
    expect_open(ENGINE_POSTGRESQL, "/* /* */\n", 10, "unterminated comment");
    expect_open(ENGINE_SQLITE, "\n/* ", 11, "unterminated comment");
    expect_open(ENGINE_SQLITE, "\n[a", 11, "unterminated quoted name");
    expect_open(ENGINE_SQLITE, "`a", 10, "unterminated quoted name");
    expect_open(ENGINE_POSTGRESQL, "E'\\", 10, "unterminated string");
    expect_open(ENGINE_POSTGRESQL, "'", 10, "unterminated string");
}

static void lines_are_counted_through_every_kind_of_token(void **state)
{
    const char *sql = "'\n' \"\n\" $$\n$$ /*\n*/ --\n E'\\\n'\n x";
    Lexer lexer;
    Token token;
    Error error;
    lexer_start(&lexer, ENGINE_POSTGRESQL, "f", 1, sql, strlen(sql));
    do
        assert_int_equal(lexer_next(&lexer, &token, &error), RUNG_OK);
    while (token.type != TOKEN_WORD);
    assert_int_equal(token.line, 8);
}

static void words_compare_without_case(void **state)
{
    Token word = {.type = TOKEN_WORD, .text = "SeLecTx", .length = 6};
    assert_true(token_is(&word, "SELECT"));
    assert_false(token_is(&word, "SELECTX"));
    assert_false(token_is(&word, "SELEC"));
    word.type = TOKEN_NAME;
    assert_false(token_is(&word, "SELECT"));
}

RUN_TESTS(TEST(postgresql_constants_are_one_token), TEST(a_constant_goes_on_after_a_newline),
          TEST(dollar_quotes_need_their_own_tag), TEST(postgresql_comments_nest),
          TEST(a_bare_carriage_return_ends_a_comment_in_postgresql_only),
          TEST(sqlite_names_and_parameters), TEST(numbers_and_casts),
          TEST(bytes_above_127_belong_to_names), TEST(unterminated_text_is_reported_where_it_began),
          TEST(lines_are_counted_through_every_kind_of_token), TEST(words_compare_without_case))
