#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "dedup/similarity.h"

static dedup_similarity compare(const char *a, const char *b)
{
    dedup_similarity similarity;
    assert_int_equal(dedup_compare(a, strlen(a), b, strlen(b), &similarity, NULL), DEDUP_OK);
    return similarity;
}

/* Width, script, punctuation and line breaks make no difference. */
static void test_same_text(void **unused)
{
    (void)unused;
    dedup_similarity s = compare("今天的天氣很好，我們去公園散步。ABC", "今天的天气很好!\n我们去公园散步 ＡＢＣ");
    assert_true(s.jaccard == 1 && s.a_in_b == 1 && s.b_in_a == 1);
    assert_int_equal(s.a_count, 13);
    assert_int_equal(s.b_count, 13);
}

static void test_part_of_a_text(void **unused)
{
    (void)unused;
    dedup_similarity s = compare("abcdefgh", "abcdefghijkl"); /* 4 shingles of 8 */
    assert_true(s.jaccard == 0.5 && s.a_in_b == 1 && s.b_in_a == 0.5);
}

/* Sets: repeats count once. */
static void test_repeats_count_once(void **unused)
{
    (void)unused;
    dedup_similarity s = compare("abababababab", "babababab");
    assert_true(s.jaccard == 1);
    assert_int_equal(s.a_count, 2);
}

static void test_short_and_empty_texts(void **unused)
{
    (void)unused;
    dedup_similarity s = compare("是的", "是的！");
    assert_true(s.jaccard == 1 && s.a_count == 1);
    s = compare("是的", "是");
    assert_true(s.jaccard == 0);
    s = compare("", "……");
    assert_true(s.jaccard == 0 && s.a_in_b == 0 && s.b_in_a == 0 && s.a_count == 0 && s.b_count == 0);
}

static void test_ill_formed_bytes_have_no_key(void **unused)
{
    (void)unused;
    dedup_similarity s = compare("abc\xff"
                                 "defgh\xe4\xbd",
                                 "abcdefgh");
    assert_true(s.jaccard == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_text),
        cmocka_unit_test(test_part_of_a_text),
        cmocka_unit_test(test_repeats_count_once),
        cmocka_unit_test(test_short_and_empty_texts),
        cmocka_unit_test(test_ill_formed_bytes_have_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
