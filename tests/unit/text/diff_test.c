/* dedup_diff_make: right for any texts, shortest for small ones, readable for people, bounded for large ones. */
#include "test.h"

#include <stdlib.h>
#include <time.h>

#include "diff_check.h"
#include "random_text.h"

enum { SMALL = 12 };

static void compare(const char *a, const char *b, dedup_diff *diff)
{
    assert_int_equal(dedup_diff_make(a, strlen(a), b, strlen(b), diff, NULL), DEDUP_OK);
    assert_true(diff_check(a, strlen(a), b, strlen(b), diff, true));
}

/* Writes the differences as [old|new], those of form as (old|new), within the first text. */
static void show(const char *a, const char *b, char *out)
{
    dedup_diff diff;
    size_t at = 0;
    compare(a, b, &diff);
    for (size_t i = 0; i < diff.count; i++) {
        const dedup_change *item = &diff.items[i];
        out += sprintf(out, "%.*s%c%.*s|%.*s%c", (int)(item->a_begin - at), a + at, "[("[item->form],
                       (int)(item->a_end - item->a_begin), a + item->a_begin, (int)(item->b_end - item->b_begin),
                       b + item->b_begin, "])"[item->form]);
        at = item->a_end;
    }
    (void)sprintf(out, "%s", a + at);
    dedup_diff_release(&diff);
}

static void test_examples(void **state)
{
    static const struct {
        const char *a, *b, *shown;
    } examples[] = {
        {"", "", ""},
        {"同", "同", "同"},
        {"", "新", "[|新]"},
        {"旧", "", "[旧|]"},
        {"灯塔亮了", "灯塔又亮了", "灯塔[|又]亮了"},
        {"灯塔又亮了", "灯塔亮了", "灯塔[又|]亮了"},
        {"今天上午九点", "今天下午九点", "今天[上|下]午九点"},
        {"a\xff"
         "b",
         "a\xfe"
         "b",
         "a(\xff|\xfe)b"},
        {"\xef&", "\xef\xbc\x8c", "(\xef&|\xef\xbc\x8c)"},
        /* What the fold key does not tell is a difference of form: script, width, punctuation, spacing, case. */
        {"观察鱼群，很久", "觀察魚群,很久", "(观|觀)察(鱼|魚)群(，|,)很久"},
        {"“是的。”", "是的", "(“|)是的(。”|)"},
        {"ＡＢ c", "ab\nc", "(ＡＢ |ab\n)c"},
        {"，", "！！", "(，|！！)"},
        {"ﬁn，", "fin", "[ﬁ|fi]n(，|)"},
        /* Few characters in common between longer changes tell nothing. */
        {"我们去看海和山", "他们来听海与河", "[我们去看海和山|他们来听海与河]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char shown[256];
        show(examples[i].a, examples[i].b, shown);
        assert_string_equal(shown, examples[i].shown);
    }
}

/* Moved pieces and doubled pieces have anchors that cross or are not unique. */
static void test_moved(void **state)
{
    (void)state;
    const char *one = "清晨的渡口还没有人，老船工已经把缆绳理好。", *two = "茶馆的伙计把昨夜收起的竹椅一张张摆回门前。";
    char a[512], b[512];
    dedup_diff diff;
    (void)snprintf(a, sizeof a, "%s%s%s", one, two, one);
    (void)snprintf(b, sizeof b, "%s%s%s", two, one, two);
    compare(a, b, &diff);
    assert_in_range(diff.count, 1, 3);
    dedup_diff_release(&diff);
}

/* Length of the shortest edit, by dynamic programming. */
static size_t shortest(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[SMALL + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j], best = (above < row[j - 1] ? above : row[j - 1]) + 1;
            if (a[i - 1] == b[j - 1] && corner < best)
                best = corner;
            corner = above;
            row[j] = best;
        }
    }
    return row[b_length];
}

/* Differences that were joined for readers are longer than a shortest edit, never shorter; single ones are equal. */
static void test_shortest(void **state)
{
    struct random random = random_make(0xd1ff);
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char a[SMALL], b[SMALL];
        size_t a_length = random_below(&random, SMALL + 1), b_length = random_below(&random, SMALL + 1), edits = 0;
        dedup_diff diff;
        for (size_t i = 0; i < a_length; i++)
            a[i] = (char)('a' + random_below(&random, 3));
        for (size_t i = 0; i < b_length; i++)
            b[i] = (char)('a' + random_below(&random, 3));
        assert_int_equal(dedup_diff_make(a, a_length, b, b_length, &diff, NULL), DEDUP_OK);
        assert_true(diff_check(a, a_length, b, b_length, &diff, true));
        for (size_t i = 0; i < diff.count; i++)
            edits += diff.items[i].a_end - diff.items[i].a_begin + diff.items[i].b_end - diff.items[i].b_begin;
        size_t least = shortest(a, a_length, b, b_length);
        assert_true(edits >= least);
        assert_true(edits <= 3 * least);
        dedup_diff_release(&diff);
    }
}

static void test_random_edits(void **state)
{
    enum { SIZE = 6000 };
    struct random random = random_make(0xed17);
    static char a[SIZE], b[2 * SIZE];
    (void)state;
    for (int round = 0; round < 300; round++) {
        size_t a_length = random_text(&random, a, 40 + random_below(&random, SIZE - 40)), b_length = 0;
        size_t rate = 2 + random_below(&random, 200);
        for (size_t at = 0; at < a_length;) {
            uint32_t point;
            size_t step = utf8_sequence(a + at, a_length - at, &point);
            bool edit = random_below(&random, rate) == 0;
            if (!edit || random_below(&random, 2) == 0) {
                memcpy(b + b_length, a + at, step);
                b_length += step;
            }
            if (edit && b_length + 4 < SIZE)
                b_length += utf8_put(random_point(&random, 1), b + b_length);
            at += step;
        }
        dedup_diff diff;
        assert_int_equal(dedup_diff_make(a, a_length, b, b_length, &diff, NULL), DEDUP_OK);
        assert_true(diff_check(a, a_length, b, b_length, &diff, false));
        dedup_diff_release(&diff);
    }
}

/* Long texts without anything in common, and long ones of two letters, end soon. */
static void test_bounded(void **state)
{
    enum { SIZE = 1 << 19 };
    char *a = malloc(SIZE), *b = malloc(SIZE);
    struct random random = random_make(0xb0);
    clock_t begin = clock();
    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    for (size_t letters = 2; letters <= 60; letters += 58) {
        dedup_diff diff;
        for (size_t i = 0; i < SIZE; i++) {
            a[i] = (char)('0' + random_below(&random, letters));
            b[i] = (char)('0' + random_below(&random, letters));
        }
        assert_int_equal(dedup_diff_make(a, SIZE, b, SIZE, &diff, NULL), DEDUP_OK);
        assert_true(diff_check(a, SIZE, b, SIZE, &diff, false));
        dedup_diff_release(&diff);
    }
    assert_true((clock() - begin) / CLOCKS_PER_SEC < 20);
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),     cmocka_unit_test(test_moved),   cmocka_unit_test(test_shortest),
        cmocka_unit_test(test_random_edits), cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
