/* Each rule finds what its row shows, and not what stands beside it. */
#include "judge.h"
#include "lint/rule.h"

static Engine engine_of(const Rule *rule)
{
    return rule->engines == RULE_SQLITE ? ENGINE_SQLITE : ENGINE_POSTGRESQL;
}

static void expect(Arena *arena, const Rule *rule, Engine engine, const char *sql, bool found)
{
    Judge how = {.arena = arena, .engine = engine, .given = rule->given};
    const HazardList *list = judge(&how, sql);
    if ((find_hazard(list, rule->name) != NULL) != found)
        fail_msg("%s is %s in:\n%s\nbut: %s", rule->name, found ? "not found" : "found", sql,
                 list_hazards(arena, list));
}

static void the_examples_of_every_rule_hold(void **state)
{
    const Rule *rule;
    for (size_t i = 0; (rule = rule_at(i)); i++)
        if (rule->bad) {
            expect(*state, rule, engine_of(rule), rule->bad, true);
            expect(*state, rule, engine_of(rule), rule->good, false);
        }
}

static void rules_for_both_engines_hold_on_sqlite(void **state)
{
    const Rule *rule;
    for (size_t i = 0; (rule = rule_at(i)); i++)
        if (rule->bad && rule->engines == RULE_BOTH) {
            expect(*state, rule, ENGINE_SQLITE, rule->bad, true);
            expect(*state, rule, ENGINE_SQLITE,
                   strcmp(rule->name, "transaction-control") == 0 ? "SELECT 1;" : rule->good,
                   false);
        }
}

static void texts_are_in_form(void **state)
{
    const Rule *rule;
    for (size_t i = 0; (rule = rule_at(i)); i++) {
        const char *const texts[] = {rule->title, rule->why, rule->fix};
        assert_ptr_equal(rule_find(rule->name), rule);
        for (size_t k = 0; k < COUNT(texts); k++) {
            assert_true(strlen(texts[k]) > 2);
            assert_int_not_equal(texts[k][strlen(texts[k]) - 1], '.');
        }
    }
}

RUN_TESTS(TEST(the_examples_of_every_rule_hold), TEST(rules_for_both_engines_hold_on_sqlite),
          TEST(texts_are_in_form))
