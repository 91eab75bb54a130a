/* Rule packs as text: what is read, what is refused and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/clean.h"

#define HEAD "rule my.rule\nclass: A\n"

static dedup_cleaner *make(void)
{
    dedup_cleaner *cleaner;
    assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_SAFE, &cleaner, NULL), DEDUP_OK);
    return cleaner;
}

static void broken_packs_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *pack, *message;
    } cases[] = {
        {"line: 甲乙\n", "my.rules:1: a field stands before the first rule"},
        {"rule MY\n", "my.rules:1: a rule id"},
        {HEAD "line: 甲乙\n", "my.rules:1: rule my.rule has no example"},
        {HEAD "match: 甲乙\n", "my.rules:1: rule my.rule has neither"},
        {"rule my.rule\nline: 甲乙\nmatch: 甲乙\n", "my.rules:1: rule my.rule has no class"},
        {HEAD "pattern: 甲乙(\nmatch: 甲乙\n", "my.rules:3: the pattern is not valid"},
        {HEAD "pattern: 甲乙{nosuch}\nmatch: 甲乙\n", "my.rules:3: there is no slot {nosuch}"},
        {HEAD "limit: 50\npattern: 甲\nmatch: 甲\n", "my.rules:4: the pattern requires neither"},
        {HEAD "limit: none\n", "my.rules:3: the limit"},
        {HEAD "colour: red\n", "my.rules:3: there is no field colour"},
        {HEAD "line:\n", "my.rules:3: the field line is empty"},
        {HEAD "line: 。\nmatch: 。\n", "my.rules:3: a form needs letters"},
        {"rule my.rule\nclass: F\nline: 甲乙\nmatch: 甲乙\n", "my.rules:1: rule my.rule: fragments"},
        {"rule app.unfold\nclass: A\nline: 甲乙\nmatch: 甲乙\n", "my.rules:1: there is a rule app.unfold already"},
        {"hello\n", "my.rules:1: expected"},
        {HEAD "need: \xe5level\n", "my.rules:3: the line is not UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dedup_cleaner *cleaner = make();
        dedup_error error = {0};
        assert_int_equal(dedup_cleaner_add_pack(cleaner, "my.rules", cases[i].pack, strlen(cases[i].pack), &error),
                         DEDUP_ERROR_FORMAT);
        if (strncmp(error.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("case %zu: %s", i, error.message);
        dedup_cleaner_free(cleaner);
    }
}

/* What the cleaner leaves of a text. */
static void assert_cleans(const dedup_cleaner *cleaner, const char *text, const char *expected)
{
    dedup_buffer kept;
    dedup_buffer_init(&kept, 1 << 20);
    assert_int_equal(dedup_cleaner_clean(cleaner, text, strlen(text), &kept, NULL, NULL, NULL), DEDUP_OK);
    assert_string_equal(kept.data ? kept.data : "", expected);
    dedup_buffer_release(&kept);
}

static void packs_add_rules_and_switches_silence_them(void **state)
{
    static const char pack[] =
        "# mine\nslot fruit: (?:苹果|橘子)\n\nrule my.fruit\nclass: A\nlimit: 30\n"
        "pattern: 每天一个 {fruit}（{num}）\nline: 果园早报 | 果园晚报\nmatch: 每天一个橘子（3）\n";
    dedup_cleaner *cleaner = make();
    size_t tried, failed;
    (void)state;
    assert_int_equal(dedup_cleaner_add_pack(cleaner, "my.rules", pack, sizeof pack - 1, NULL), DEDUP_OK);
    assert_int_equal(dedup_cleaner_test(cleaner, &tried, &failed, NULL, NULL, NULL), DEDUP_OK);
    assert_int_equal(failed, 0);
    assert_cleans(cleaner, "甲\n每天一個，蘋果(12)\n乙\n【果園晚報】\n丙\n", "甲\n乙\n丙\n");
    assert_int_equal(dedup_cleaner_switch(cleaner, "my", false, NULL), DEDUP_OK);
    assert_cleans(cleaner, "甲\n果园早报\n乙\n", "甲\n果园早报\n乙\n");
    assert_int_equal(dedup_cleaner_switch(cleaner, "my.fruit", true, NULL), DEDUP_OK);
    assert_cleans(cleaner, "甲\n果园早报\n乙\n", "甲\n乙\n");
    assert_int_equal(dedup_cleaner_switch(cleaner, "A", false, NULL), DEDUP_OK);
    assert_cleans(cleaner, "甲\n果园早报\n展开全文\n乙\n", "甲\n果园早报\n展开全文\n乙\n");
    assert_int_equal(dedup_cleaner_switch(cleaner, "nosuch", false, NULL), DEDUP_ERROR_ARGUMENT);
    assert_int_equal(dedup_cleaner_switch(cleaner, "", false, NULL), DEDUP_ERROR_ARGUMENT);
    dedup_cleaner_free(cleaner);
}

static void rules_are_listed(void **state)
{
    dedup_cleaner *cleaner = make();
    dedup_rule rule;
    (void)state;
    assert_true(dedup_cleaner_rule_count(cleaner) > 50);
    for (size_t i = 0; i < dedup_cleaner_rule_count(cleaner); i++) {
        dedup_cleaner_rule(cleaner, i, &rule);
        assert_non_null(strchr(rule.id, '.'));
        assert_non_null(strchr("AZMBFOS", rule.kind));
        assert_true(rule.on);
        assert_int_equal(rule.kind == 'S', *rule.pack == '\0');
    }
    dedup_cleaner_free(cleaner);
}

/* A user's rule that misreads the text must not empty it. */
static void the_governor_takes_rules_back(void **state)
{
    static const char pack[] = "rule my.greedy\nclass: A\nlimit: 100\npattern: .*渡口.*\nmatch: 渡口\n";
    static const char text[] =
        "清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。\n"
        "对岸的茶馆刚刚开门，炉上的水壶冒着白气，伙计把昨夜收起的竹椅一张张摆回门前。\n"
        "傍晚起了风，渡口的灯火一盏接一盏亮起来，渡船靠岸的时候，茶馆里已经坐满了人。\n展开全文\n";
    dedup_cleaner *cleaner = make();
    (void)state;
    assert_int_equal(dedup_cleaner_add_pack(cleaner, "my.rules", pack, sizeof pack - 1, NULL), DEDUP_OK);
    char expected[sizeof text];
    memcpy(expected, text, sizeof text);
    *strstr(expected, "展开全文") = '\0';
    assert_cleans(cleaner, text, expected);
    dedup_cleaner_free(cleaner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_packs_are_refused_with_their_line),
        cmocka_unit_test(packs_add_rules_and_switches_silence_them),
        cmocka_unit_test(rules_are_listed),
        cmocka_unit_test(the_governor_takes_rules_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
