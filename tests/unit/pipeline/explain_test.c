/* What became of every line: the account agrees with cleaning itself, and names what kept a rule away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/clean.h"

enum { LINES = 32 };

/* Copies of what was told. */
struct told {
    size_t count;
    struct told_line {
        char text[256], kept[256], rules[128], near_by[64];
        bool removed;
        dedup_obstacle obstacle;
    } lines[LINES];
};

static void copy(char *out, size_t size, const char *text, size_t length)
{
    assert_true(length < size);
    memcpy(out, text, length);
    out[length] = '\0';
}

static void take(void *context, const dedup_line *line)
{
    struct told *told = context;
    assert_true(told->count < LINES);
    struct told_line *copied = &told->lines[told->count++];
    assert_int_equal(line->number, told->count);
    copy(copied->text, sizeof copied->text, line->text, line->length);
    copy(copied->kept, sizeof copied->kept, line->kept, line->kept_length);
    copy(copied->rules, sizeof copied->rules, line->rules, strlen(line->rules));
    copied->removed = line->removed;
    copied->obstacle = line->obstacle;
    assert_true((line->near_by.id != NULL) == (line->obstacle != DEDUP_OBSTACLE_NONE));
    if (line->near_by.id)
        copy(copied->near_by, sizeof copied->near_by, line->near_by.id, strlen(line->near_by.id));
}

static const char pack[] = "rule test.bell\n"
                           "class: A\n"
                           "line: 摇铃开饭\n"
                           "match: 摇铃开饭\n"
                           "rule test.lamp\n"
                           "class: Z\n"
                           "line: 点灯收网\n"
                           "match: 点灯收网\n"
                           "rule test.oar\n"
                           "class: A\n"
                           "limit: 12\n"
                           "pattern: 借我一把船桨.*\n"
                           "match: 借我一把船桨吧\n"
                           "rule test.tide\n"
                           "class: A\n"
                           "level: aggressive\n"
                           "line: 今日潮汐表\n"
                           "match: 今日潮汐表\n"
                           "rule test.tea\n"
                           "class: A\n"
                           "pattern: 对岸的茶馆.*门前\n"
                           "match: 对岸的茶馆借了张凳子放在门前\n";

#define PROSE_1 "清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。"
#define PROSE_2 "对岸的茶馆刚刚开门，炉上的水壶冒着白气，伙计把昨夜收起的竹椅一张张摆回门前。"

static void explain(dedup_clean_level level, const char *off, const char *text, struct told *told)
{
    dedup_cleaner *cleaner;
    dedup_buffer kept;
    dedup_error error = {0};
    told->count = 0;
    assert_int_equal(dedup_cleaner_create(level, &cleaner, &error), DEDUP_OK);
    assert_int_equal(dedup_cleaner_add_pack(cleaner, "test.rules", pack, sizeof pack - 1, &error), DEDUP_OK);
    if (off)
        assert_int_equal(dedup_cleaner_switch(cleaner, off, false, &error), DEDUP_OK);
    assert_int_equal(dedup_cleaner_explain(cleaner, text, strlen(text), take, told, &error), DEDUP_OK);

    /* The lines that stay are the cleaned text. */
    char joined[4096] = "";
    for (size_t i = 0; i < told->count; i++)
        if (!told->lines[i].removed) {
            strcat(joined, told->lines[i].kept);
            strcat(joined, "\n");
        }
    dedup_buffer_init(&kept, 1 << 16);
    assert_int_equal(dedup_cleaner_clean(cleaner, text, strlen(text), &kept, NULL, NULL, &error), DEDUP_OK);
    assert_string_equal(joined, kept.length != 0 ? kept.data : "");
    dedup_buffer_release(&kept);
    dedup_cleaner_free(cleaner);
}

static const char text[] =
    PROSE_1 "\n摇铃开饭\n点灯收网\n借我一把船桨\n借我一把船桨，明天一早就划回来还给你\n今日潮汐表\n"
            "# 摇铃开饭\n\n\n船过桥洞要低头，" PROSE_2 "&hellip;\n点灯收网\n";

static void expect(const struct told *told, size_t number, bool removed, const char *rules, const char *near_by,
                   dedup_obstacle obstacle)
{
    const struct told_line *line = &told->lines[number - 1];
    assert_int_equal(line->removed, removed);
    assert_string_equal(line->rules, rules);
    assert_string_equal(line->near_by, near_by);
    assert_int_equal(line->obstacle, obstacle);
}

static void test_obstacles(void **state)
{
    (void)state;
    static struct told told;
    memset(&told, 0, sizeof told);
    explain(DEDUP_CLEAN_SAFE, NULL, text, &told);
    assert_int_equal(told.count, 11);
    expect(&told, 1, false, "", "", DEDUP_OBSTACLE_NONE);
    expect(&told, 2, true, "test.bell", "", DEDUP_OBSTACLE_NONE);
    expect(&told, 3, false, "", "test.lamp", DEDUP_OBSTACLE_ZONE);
    expect(&told, 4, true, "test.oar", "", DEDUP_OBSTACLE_NONE);
    expect(&told, 5, false, "", "test.oar", DEDUP_OBSTACLE_LENGTH);
    expect(&told, 6, false, "", "test.tide", DEDUP_OBSTACLE_LEVEL);
    expect(&told, 7, false, "", "test.bell", DEDUP_OBSTACLE_CONTENT);
    expect(&told, 9, true, "blank", "", DEDUP_OBSTACLE_NONE);
    expect(&told, 10, false, "repair.entity", "", DEDUP_OBSTACLE_NONE);
    assert_string_equal(told.lines[9].kept, "船过桥洞要低头，" PROSE_2 "…");
    expect(&told, 11, true, "test.lamp", "", DEDUP_OBSTACLE_NONE);

    memset(&told, 0, sizeof told);
    explain(DEDUP_CLEAN_AGGRESSIVE, "test.bell", text, &told);
    expect(&told, 2, false, "", "test.bell", DEDUP_OBSTACLE_OFF);
    expect(&told, 6, true, "test.tide", "", DEDUP_OBSTACLE_NONE);

    memset(&told, 0, sizeof told);
    explain(DEDUP_CLEAN_OFF, NULL, text, &told);
    expect(&told, 2, false, "", "test.bell", DEDUP_OBSTACLE_LEVEL);
}

/* Rules that would take more than a fifth of the prose leave all of it. */
static void test_restored(void **state)
{
    (void)state;
    static struct told told;
    memset(&told, 0, sizeof told);
    explain(DEDUP_CLEAN_SAFE, NULL, PROSE_1 "\n" PROSE_2 "\n", &told);
    expect(&told, 1, false, "", "", DEDUP_OBSTACLE_NONE);
    expect(&told, 2, false, "", "test.tea", DEDUP_OBSTACLE_RESTORED);
}

/* Texts without lines, line ends or letters are no trouble. */
static void test_odd_texts(void **state)
{
    (void)state;
    static struct told told;
    static const char *const odd[] = {"", "\n", "\n\n\n", "a", "\r\n\xe2\x80\xa8x", "…\n…", "展开", "展开\n展开\n"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        dedup_cleaner *cleaner;
        dedup_error error = {0};
        told.count = 0;
        assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_STANDARD, &cleaner, &error), DEDUP_OK);
        assert_int_equal(dedup_cleaner_explain(cleaner, odd[i], strlen(odd[i]), take, &told, &error), DEDUP_OK);
        assert_int_equal(dedup_cleaner_explain(cleaner, "\xff", 1, take, &told, &error), DEDUP_ERROR_FORMAT);
        dedup_cleaner_free(cleaner);
    }
}

static void test_missing_file(void **state)
{
    (void)state;
    dedup_cleaner *cleaner;
    dedup_error error = {0};
    assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_SAFE, &cleaner, &error), DEDUP_OK);
    assert_int_equal(dedup_cleaner_add_file(cleaner, "/nowhere/x.rules", &error), DEDUP_ERROR_READ);
    dedup_cleaner_free(cleaner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_obstacles), cmocka_unit_test(test_restored),
                                       cmocka_unit_test(test_odd_texts), cmocka_unit_test(test_missing_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
