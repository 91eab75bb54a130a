/* Texts made to be slow: four times as many lines may take about four times as long, whatever repeats in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "match/repeats.h"

enum { LINES = 5000, GROWTH = 4, TIMES_LONGER = 10, LINE_MAXIMUM = 200 };

typedef int make_line(char *out, size_t line);

/* A number in Chinese digits, which are letters. */
static void spell(char *out, size_t number)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    *out = '\0';
    for (int i = 0; i < 7; i++, number /= 10)
        strcat(out, digits[number % 10]);
}

static int prose_of(char *out, size_t number)
{
    char name[40];
    spell(name, number);
    return sprintf(out, "渡口的船夫第%s次等到黄昏，如果没有客人，他就把船拴好，慢慢走回家。\n", name);
}

static int item_of(char *out, size_t number)
{
    char name[40];
    spell(name, number);
    return sprintf(out, "| 编号%s | 苹果 | 三箱 |\n", name);
}

static int same_prose(char *out, size_t line)
{
    (void)line;
    return prose_of(out, 0);
}

static int same_item(char *out, size_t line)
{
    (void)line;
    return item_of(out, 0);
}

static int two_items(char *out, size_t line)
{
    return item_of(out, line % 2);
}

static int three_items(char *out, size_t line)
{
    return item_of(out, line % 3);
}

static int thousand_items(char *out, size_t line)
{
    return item_of(out, line % 1000);
}

static int two_proses(char *out, size_t line)
{
    return prose_of(out, line % 2);
}

static int thousand_proses(char *out, size_t line)
{
    return prose_of(out, line % 1000);
}

/* One prose line among a thousand others: too little for a block, however long the run. */
static int sparse_prose(char *out, size_t line)
{
    return line % 1000 == 0 ? prose_of(out, 0) : item_of(out, line % 1000);
}

/* All lines are alike, and none enough to be cut. */
static int template_prose(char *out, size_t line)
{
    char name[40];
    spell(name, line);
    return sprintf(out, "%s年，%s公司在%s市开办了分店，店员都穿着%s色的工作服。\n", name, name + 9, name + 3, name + 6);
}

/* All lines are alike, and differ in a number. */
static int numbered_prose(char *out, size_t line)
{
    return sprintf(out, "渡口的船夫在第%zu天等到黄昏，如果没有客人，他就把船拴好，慢慢走回家去。\n", line);
}

static int growing_runs(char *out, size_t line)
{
    size_t run = 1;
    for (; line >= run; run++)
        line -= run;
    return line == 0 ? prose_of(out, run) : item_of(out, line);
}

static double seconds_of(struct repeats *repeats, make_line *make, size_t lines)
{
    struct text_document document;
    struct repeat_counts counts;
    struct timespec begin, end;
    char *text = malloc(lines * LINE_MAXIMUM + 1);
    assert_non_null(text);
    size_t used = 0;
    for (size_t i = 0; i < lines; i++)
        used += (size_t)make(text + used, i);
    document_init(&document);
    assert_int_equal(document_set(&document, text, (uint32_t)used, NULL), DEDUP_OK);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    assert_int_equal(repeats_find(repeats, &document, PARAGRAPH_LINE, NULL, true, &counts, NULL), DEDUP_OK);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    document_release(&document);
    free(text);
    return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

static void test_time_is_linear(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        make_line *make;
    } texts[] = {
        {"one prose line", same_prose},
        {"one item", same_item},
        {"two items", two_items},
        {"three items", three_items},
        {"a thousand items", thousand_items},
        {"two prose lines", two_proses},
        {"a thousand prose lines", thousand_proses},
        {"one prose line in a thousand", sparse_prose},
        {"template", template_prose},
        {"numbers", numbered_prose},
        {"growing runs", growing_runs},
    };
    struct repeats *repeats;
    assert_int_equal(repeats_create(0.8, &repeats, NULL), DEDUP_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double few = seconds_of(repeats, texts[i].make, LINES), again = seconds_of(repeats, texts[i].make, LINES);
        double many = seconds_of(repeats, texts[i].make, (size_t)LINES * GROWTH);
        few = again < few ? again : few;
        printf("%s: %.0f and %.0f ns a line\n", texts[i].name, few / LINES * 1e9, many / LINES / GROWTH * 1e9);
        assert_true(many < few * TIMES_LONGER + 0.05);
    }
    repeats_free(repeats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_time_is_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
