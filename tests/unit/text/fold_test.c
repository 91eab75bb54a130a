#include <string.h>

#include "base/utf8.h"
#include "dedup/text.h"
#include "random_text.h"
#include "test.h"
#include "text/fold.h"

static void assert_fold(const char *text, const char *want)
{
    dedup_buffer key;
    dedup_buffer_init(&key, 4096);
    assert_int_equal(dedup_fold(text, strlen(text), &key, NULL), DEDUP_OK);
    assert_string_equal(key.data, want);
    dedup_buffer_release(&key);
}

static void test_width_case_and_script(void **state)
{
    (void)state;
    assert_fold("Ｄｅｄｕｐ ２０２６", "dedup2026");
    assert_fold("ﾊﾝｶｸ", "ハンカク");
    assert_fold("漢語與簡體", "汉语与简体");
    assert_fold("头发 頭髮", "头发头发");
    assert_fold("STRASSE straße", "strassestrasse");
    assert_fold("\xef\xa4\x80", "岂"); /* U+F900, a compatibility ideograph of 豈 */
}

static void test_only_letters_marks_and_numbers_stay(void **state)
{
    (void)state;
    assert_fold("“你好”，世界！……——『再见』。", "你好世界再见");
    assert_fold("a-b_c d\te\nf", "abcdef");
    assert_fold("（１２．５％）", "125");
    assert_fold("①⑵Ⅳ½", "12iv12");
    assert_fold("e\xcc\x81", "e\xcc\x81"); /* no composition across code points */
    assert_fold("😀👍🏽", "");
    assert_fold("零\xe2\x80\x8b宽\xef\xbb\xbf字\xc2\xad符\xef\xb8\x8f", "零宽字符");
    assert_fold("\x01\x02\x03", "");
    assert_fold("", "");
}

static void test_expansions(void **state)
{
    (void)state;
    assert_fold("㎏㍿ﬁ", "kg株式会社fi");
    struct fold_key key;
    fold_key_init(&key);
    assert_int_equal(fold_append(&key, "\xef\xb7\xba", 3, NULL), DEDUP_OK); /* U+FDFA */
    assert_int_equal(key.count, 15);
    fold_key_release(&key);
}

static void test_beyond_the_first_plane(void **state)
{
    (void)state;
    assert_fold("𝐃𝑒𝕕𝓾𝖕𝟙", "dedup1");
    assert_fold("𠮷𡃁", "𠮷𡃁");
    assert_fold("𐐀", "𐐨");                 /* Deseret */
    assert_fold("\xf0\xaf\xa0\x80", "丽"); /* U+2F800 */
    assert_fold("㑮㘔", "𫝈𫬐");       /* simplified forms above U+FFFF */
}

static void test_ill_formed_bytes_have_no_key(void **state)
{
    (void)state;
    assert_fold("中\xff文\xe4\xb8", "中文");
    assert_fold("\x80\xc0\xaf-a\xf5", "a");
    assert_fold("\xed\xa0\x80本", "本");
}

static void test_limit_is_kept(void **state)
{
    (void)state;
    dedup_buffer key;
    dedup_buffer_init(&key, 5);
    assert_int_equal(dedup_fold("中文", 6, &key, NULL), DEDUP_ERROR_LIMIT);
    assert_int_equal(key.length, 0);
    dedup_buffer_release(&key);
}

/* The key of a text is the keys of its characters, wherever it is cut. */
static void test_keys_join(void **state)
{
    (void)state;
    struct random random = random_make(5);
    struct fold_key whole, parts;
    fold_key_init(&whole);
    fold_key_init(&parts);
    for (int round = 0; round < 500; round++) {
        char text[3000];
        size_t length = random_text(&random, text, sizeof text), cut = random_below(&random, length + 1);
        while (cut < length && ((unsigned char)text[cut] & 0xc0) == 0x80)
            cut++;
        fold_key_clear(&whole);
        fold_key_clear(&parts);
        assert_int_equal(fold_append(&whole, text, length, NULL), DEDUP_OK);
        assert_int_equal(fold_append(&parts, text, cut, NULL), DEDUP_OK);
        assert_int_equal(fold_append(&parts, text + cut, length - cut, NULL), DEDUP_OK);
        assert_int_equal(whole.count, parts.count);
        if (whole.count != 0)
            assert_memory_equal(whole.points, parts.points, whole.count * sizeof *whole.points);
    }
    fold_key_release(&whole);
    fold_key_release(&parts);
}

static void test_keys_hold_letters_marks_and_numbers(void **state)
{
    (void)state;
    struct fold_key key;
    fold_key_init(&key);
    for (uint32_t point = 0; point < 0x110000; point++) {
        char text[4];
        if (point >= 0xd800 && point < 0xe000)
            continue;
        fold_key_clear(&key);
        assert_int_equal(fold_append(&key, text, utf8_put(point, text), NULL), DEDUP_OK);
        for (size_t i = 0; i < key.count; i++)
            assert_true(point_class(key.points[i]) & (POINT_LETTER | POINT_MARK | POINT_NUMBER));
        if (point_class(point) & (POINT_LETTER | POINT_MARK | POINT_NUMBER))
            assert_true(key.count > 0);
        if (point_class(point) & (POINT_SPACE | POINT_INVISIBLE))
            assert_int_equal(key.count, 0);
    }
    fold_key_release(&key);
}

static void test_classes(void **state)
{
    (void)state;
    static const struct {
        uint32_t point;
        unsigned class;
    } cases[] = {
        {'a', POINT_LETTER},
        {0x4e2d, POINT_LETTER | POINT_HAN},
        {0x3007, POINT_NUMBER | POINT_HAN},
        {0x323af, POINT_LETTER | POINT_HAN},
        {0x3042, POINT_LETTER},
        {0x301, POINT_MARK},
        {0x2460, POINT_NUMBER},
        {'7', POINT_NUMBER},
        {' ', POINT_SPACE},
        {'\t', POINT_SPACE},
        {0x3000, POINT_SPACE},
        {0xa0, POINT_SPACE},
        {0x2028, POINT_SPACE},
        {0x200b, POINT_INVISIBLE},
        {0xfeff, POINT_INVISIBLE},
        {0xfe0f, POINT_INVISIBLE},
        {0x3164, POINT_INVISIBLE},
        {0xe000, POINT_INVISIBLE},
        {0x10fffd, POINT_INVISIBLE},
        {0, POINT_INVISIBLE},
        {0x3002, POINT_PUNCTUATION | POINT_SENTENCE},
        {0xff01, POINT_PUNCTUATION | POINT_SENTENCE},
        {'?', POINT_PUNCTUATION | POINT_SENTENCE},
        {0x2026, POINT_PUNCTUATION | POINT_SENTENCE},
        {'.', POINT_PUNCTUATION},
        {0xff0c, POINT_PUNCTUATION},
        {'+', POINT_PUNCTUATION},
        {0x1f600, POINT_PUNCTUATION},
        {0x378, 0},    /* not assigned */
        {0xd800, 0},   /* a surrogate */
        {0x110000, 0}, /* no code point */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(point_class(cases[i].point), cases[i].class);
}

static void test_points_alone(void **state)
{
    (void)state;
    struct fold_key key;
    fold_key_init(&key);
    for (uint32_t point = 0; point < 0x110000; point++) {
        char text[4];
        if (point >= 0xd800 && point < 0xe000)
            continue;
        fold_key_clear(&key);
        assert_int_equal(fold_append(&key, text, utf8_put(point, text), NULL), DEDUP_OK);
        assert_int_equal(fold_point(point), key.count == 1 ? key.points[0] : 0);
    }
    fold_key_release(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_alone),
        cmocka_unit_test(test_width_case_and_script),
        cmocka_unit_test(test_only_letters_marks_and_numbers_stay),
        cmocka_unit_test(test_expansions),
        cmocka_unit_test(test_beyond_the_first_plane),
        cmocka_unit_test(test_ill_formed_bytes_have_no_key),
        cmocka_unit_test(test_limit_is_kept),
        cmocka_unit_test(test_keys_join),
        cmocka_unit_test(test_keys_hold_letters_marks_and_numbers),
        cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
