#include <stdlib.h>
#include <string.h>

#include "base/utf8_validate.h"
#include "random_text.h"
#include "test.h"
#include "text/fold.h"

static void assert_match(const char *text, const char *want)
{
    struct match_line line;
    match_line_init(&line);
    assert_int_equal(match_line_set(&line, text, strlen(text), NULL), DEDUP_OK);
    assert_string_equal(line.text, want);
    assert_int_equal(line.length, strlen(want));
    match_line_release(&line);
}

static void test_width(void **state)
{
    (void)state;
    assert_match("ＡＢＣ！？：；，．／（）［］｛｝＋＝＜＞％＃＠＆＊＾＿～￥", "abc!?:;,./()[]{}+=<>%#@&*^_~¥");
    assert_match("ｶﾞ､｡･", "カ\xe3\x82\x99、。・");
    assert_match("﹕﹏﹔", ":_;");
}

static void test_quotes_dashes_bars(void **state)
{
    (void)state;
    assert_match("“a”‘b’„c‟「d」『e』〝f〞〟«g»‹h›＂i＂｢j｣﹁k﹂",
                 "\"a\"\"b\"\"c\"\"d\"\"e\"\"f\"\"\"g\"\"h\"\"i\"\"j\"\"k\"");
    assert_match("a—b–c―d－e‐f−g──h", "a-b-c-d-e-f-g--h");
    assert_match("a｜b丨c│d|e￨f", "a|b|c|d|e|f");
    assert_match("《书名》【标签】……。、·", "《书名》【标签】……。、·");
}

static void test_letters_and_digits(void **state)
{
    (void)state;
    assert_match("Read MORE 閱讀全文", "read more 阅读全文");
    assert_match("２０２６年 ٣ 𝟗", "2026年 3 9");
    assert_match("①⑴㈠Ⅷ½㎡℃", "①⑴㈠Ⅷ½㎡℃");
    assert_match("ﬁnd", "find");
}

static void test_spaces_and_invisible_characters(void **state)
{
    (void)state;
    assert_match(" \t　展　 开\xc2\xa0 ", "展 开");
    assert_match("展\xe2\x80\x8b开\xef\xbb\xbf\xee\x80\x80", "展开");
    assert_match("a \xe2\x80\x8b b", "a b");
    assert_match(" \xe2\x80\x8b\t", "");
    assert_match("", "");
}

static void test_origins(void **state)
{
    (void)state;
    struct match_line line;
    match_line_init(&line);
    const char *text = "　展 \tＡ\xe2\x80\x8bﬁ 　";
    assert_int_equal(match_line_set(&line, text, strlen(text), NULL), DEDUP_OK);
    assert_string_equal(line.text, "展 afi");
    static const uint32_t places[] = {3, 3, 3, 6, 8, 14, 14, 17};
    assert_memory_equal(line.origin, places, sizeof places);
    match_line_release(&line);
}

/* What one code point becomes inside a line. */
static size_t match_of_point(struct match_line *scratch, uint32_t point, char *out)
{
    char text[8] = "x";
    size_t length = 1 + utf8_put(point, text + 1);
    text[length++] = 'x';
    assert_int_equal(match_line_set(scratch, text, length, NULL), DEDUP_OK);
    memcpy(out, scratch->text + 1, scratch->length - 2);
    return scratch->length - 2;
}

/* The definition on top of single characters: spaces joined and trimmed. */
static void assert_composed(struct match_line *line, struct match_line *scratch, const char *text, size_t length)
{
    const char *next = text, *end = text + length;
    size_t at = 0, last_end = 0, space = 0;
    bool pending = false;
    while (next < end) {
        char piece[128];
        size_t origin = (size_t)(next - text), size = match_of_point(scratch, utf8_next(&next), piece);
        if (size == 0)
            continue;
        if (size == 1 && piece[0] == ' ') {
            space = pending ? space : origin;
            pending = true;
            continue;
        }
        if (pending && at > 0) {
            assert_int_equal(line->text[at], ' ');
            assert_int_equal(line->origin[at++], space);
        }
        pending = false;
        assert_true(at + size <= line->length);
        assert_memory_equal(line->text + at, piece, size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(line->origin[at++], origin);
        last_end = (size_t)(next - text);
    }
    assert_int_equal(at, line->length);
    assert_int_equal(line->origin[at], last_end);
    assert_int_equal(line->text[at], '\0');
    assert_int_equal(utf8_prefix(line->text, line->length), line->length);
}

static void test_lines_are_their_characters(void **state)
{
    (void)state;
    struct random random = random_make(3);
    struct match_line line, scratch;
    match_line_init(&line);
    match_line_init(&scratch);
    for (int round = 0; round < 2000; round++) {
        char text[400];
        size_t length = random_text(&random, text, 4 + random_below(&random, sizeof text - 4));
        char *exact = malloc(length);
        assert_non_null(exact);
        memcpy(exact, text, length);
        assert_int_equal(match_line_set(&line, exact, length, NULL), DEDUP_OK);
        assert_composed(&line, &scratch, exact, length);
        free(exact);
    }
    match_line_release(&line);
    match_line_release(&scratch);
}

/* The classes decide what happens to a code point. */
static void test_all_points(void **state)
{
    (void)state;
    struct match_line scratch;
    match_line_init(&scratch);
    for (uint32_t point = 0; point < 0x110000; point++) {
        char piece[128];
        unsigned class = point_class(point);
        if (point >= 0xd800 && point < 0xe000)
            continue;
        size_t size = match_of_point(&scratch, point, piece);
        if (class & POINT_INVISIBLE)
            assert_int_equal(size, 0);
        else if (class & POINT_SPACE)
            assert_memory_equal(piece, " ", 2 - 1);
        else
            assert_true(size > 0);
    }
    match_line_release(&scratch);
}

static void test_what_keeps_its_form(void **state)
{
    (void)state;
    struct match_line line;
    match_line_init(&line);
    for (uint32_t point = 0x21; point < 0x110000; point++) {
        char text[5] = "";
        if (point >= 0xd800 && point < 0xe000)
            continue;
        size_t length = utf8_put(point, text);
        assert_int_equal(match_line_set(&line, text, length, NULL), DEDUP_OK);
        assert_int_equal(match_keeps(point), line.length == length && memcmp(line.text, text, length) == 0);
    }
    match_line_release(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_keeps_its_form),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_quotes_dashes_bars),
        cmocka_unit_test(test_letters_and_digits),
        cmocka_unit_test(test_spaces_and_invisible_characters),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_lines_are_their_characters),
        cmocka_unit_test(test_all_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
