/* document_set: lines, keys, kinds of line. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "random_text.h"
#include "test.h"
#include "text/document.h"
#include "text/line_kind.h"

static struct text_document document;

static int setup(void **state)
{
    (void)state;
    document_init(&document);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    document_release(&document);
    return 0;
}

static void set(const char *text)
{
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
}

/* One letter a line: B blank, P prose, C code, F fenced code, - none of these. */
static void assert_kinds(const char *text, const char *want)
{
    char got[64] = "";
    set(text);
    assert_true(document.line_count < sizeof got);
    for (size_t i = 0; i < document.line_count; i++) {
        uint32_t flags = document.lines[i].flags;
        got[i] = flags & LINE_BLANK    ? 'B'
                 : flags & LINE_FENCED ? 'F'
                 : flags & LINE_CODE   ? 'C'
                 : flags & LINE_PROSE  ? 'P'
                                       : '-';
    }
    assert_string_equal(got, want);
}

static void test_terminators(void **state)
{
    (void)state;
    set("a\nb\r\nc\rd\xc2\x85"
        "e\xe2\x80\xa8"
        "f\xe2\x80\xa9"
        "g\n\r\n\r\rh");
    static const char *const want[] = {"a", "b", "c", "d", "e", "f", "g", "", "", "", "h"};
    assert_int_equal(document.line_count, sizeof want / sizeof *want);
    for (size_t i = 0; i < document.line_count; i++) {
        const struct text_line *line = &document.lines[i];
        assert_int_equal(line->end - line->begin, strlen(want[i]));
        assert_memory_equal(document.text + line->begin, want[i], strlen(want[i]));
    }
    set("");
    assert_int_equal(document.line_count, 0);
    set("\n");
    assert_int_equal(document.line_count, 1);
    set("a\r");
    assert_int_equal(document.line_count, 1);
    set("\xe2\x80\xa7\xc2\x84\xe2\x80\xaa"); /* neighbours of terminators */
    assert_int_equal(document.line_count, 1);
}

static void test_lines_tile_and_have_their_keys(void **state)
{
    (void)state;
    static char text[20000];
    struct random random = random_make(21);
    struct fold_key key;
    fold_key_init(&key);
    for (int round = 0; round < 300; round++) {
        size_t length = random_text(&random, text, 4 + random_below(&random, sizeof text - 4));
        assert_int_equal(document_set(&document, text, (uint32_t)length, NULL), DEDUP_OK);
        assert_int_equal(document.characters, utf8_count(text, length));
        uint32_t place = 0, point = 0;
        for (size_t i = 0; i < document.line_count; i++) {
            const struct text_line *line = &document.lines[i];
            assert_int_equal(line->begin, place);
            assert_true(line->begin <= line->end && line->end <= line->next && line->begin < line->next);
            assert_int_equal(line->key, point);
            fold_key_clear(&key);
            assert_int_equal(fold_append(&key, text + line->begin, line->next - line->begin, NULL), DEDUP_OK);
            assert_int_equal(key.count, line->key_count);
            if (key.count != 0)
                assert_memory_equal(key.points, document.key.points + line->key, key.count * sizeof *key.points);
            place = line->next;
            point += line->key_count;
        }
        assert_int_equal(place, length);
        assert_int_equal(point, document.key.count);
    }
    fold_key_release(&key);
}

/* What the fold pass counts leads to the same kind as looking at the line alone. */
static void test_kind_of_a_line_is_its_own(void **state)
{
    (void)state;
    static char text[20000];
    struct random random = random_make(22);
    for (int round = 0; round < 300; round++) {
        size_t length = random_text(&random, text, sizeof text);
        assert_int_equal(document_set(&document, text, (uint32_t)length, NULL), DEDUP_OK);
        for (size_t i = 0; i < document.line_count; i++) {
            const struct text_line *line = &document.lines[i];
            if (!(line->flags & LINE_FENCED))
                assert_int_equal(line->flags, text_classify(text + line->begin, line->end - line->begin,
                                                            document.key.points + line->key, line->key_count));
        }
    }
}

#define PROSE "这是一个足够长的句子，里面有二十八个以上的汉字，而且它以句号结束。"

static void test_blank_and_prose(void **state)
{
    (void)state;
    assert_kinds(" \t　\xe2\x80\x8b\n\n。\n", "BB-");
    assert_kinds(PROSE "\n是的。\n第三章　山中访友记与它的前前后后及其他种种\n", "P--");
    assert_kinds("The full stop of this English sentence stands at its end.\n", "P");
    assert_kinds("He said that it was \"all over by now, and for good.\"\n", "P");
    assert_kinds("版本号是一点五点三的这个程序可以从网站上下载下来并且安装到电脑上去 v1.5.3\n", "-");
    assert_kinds("他说这件事情早就已经结束了!我们大家都应该回到各自的家里去好好休息\n", "P");
    assert_kinds("# " PROSE "\n", "-");
    assert_kinds("天\xef\xb8\x8f地\n", "-");
}

static void test_addresses_are_no_letters(void **state)
{
    (void)state;
    assert_kinds("图片来源。https://www.example.org/a/very/long/address/with/letters\n", "-");
    assert_kinds("![图](https://img.example.org/abcdefghijklmnopqrstuvwxyz.png)。\n", "-");
    assert_kinds(PROSE "见 [这里](https://www.example.org/a/b/c)。\n", "P");
}

static void test_code(void **state)
{
    (void)state;
    assert_kinds("for (int i = 0; i < n; i++) { sum += a[i]; }\n", "C");
    assert_kinds("    return dictionary.get(key, default)\n", "C");
    assert_kinds("\tprintf(\"hello\\n\");\n", "C");
    assert_kinds("    " PROSE "\n", "P");
    assert_kinds("**小标题**\n## 文章\n", "--");
}

static void test_fences(void **state)
{
    (void)state;
    assert_kinds("```c\nint n\n```\n" PROSE "\n", "FFFP");
    assert_kinds("~~~\na b\n\n~~~~ \nc\n", "FFBF-");
    assert_kinds("````\n```\na\n```\n````\n", "FFFFF");
    assert_kinds("    ```\na\n```\n", "---");
    assert_kinds("```a`b c d e f g h i j k l\nc\n```\n", "---");
}

/* One fence too many must not turn the article into code. */
static void test_stray_fences(void **state)
{
    (void)state;
    assert_kinds("```\n" PROSE "\n" PROSE "\n", "-PP");
    assert_kinds("```\n" PROSE "\n```c\nint n\n```\n", "-PFFF");
    assert_kinds("```\n" PROSE "\n" PROSE "\nab\n```\n", "-PP--");
}

/* The flag is about the same characters as the class. */
static void test_marks_of_sentences(void **state)
{
    (void)state;
    for (uint32_t point = 0x20; point < 0x110000; point++) {
        if (point - 0xd800 < 0x800)
            continue;
        char text[16] = "字";
        size_t length = 3 + utf8_put(point, text + 3);
        text[length] = '\0';
        set(text);
        bool ends = point == '.' || point_class(point) & POINT_SENTENCE;
        if (document.lines[0].end == length && !(document.lines[0].flags & LINE_CODE))
            assert_int_equal((document.lines[0].flags & LINE_UNENDED) == 0, ends);
    }
}

static void test_all_kernels_find_han(void **state)
{
    (void)state;
    static const uint32_t others[] = {0x4dff, 0xa000, 'a', '7', 0x3042, 0x20000, 0x10ffff};
    struct random random = random_make(31);
    for (int round = 0; round < 20000; round++) {
        uint32_t points[120];
        size_t count = random_below(&random, 120), share = 1 + random_below(&random, 10), han = 0;
        for (size_t i = 0; i < count; i++) {
            bool is = random_below(&random, share) == 0;
            points[i] = is ? 0x4e00 + (uint32_t)random_below(&random, 0x5200) : others[random_below(&random, 7)];
            han += is;
        }
        for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++)
            assert_int_equal(line_has_han_by((enum isa)isa, points, count), han >= LINE_PROSE_LETTERS);
    }
}

static void test_all_kernels_find_markup(void **state)
{
    (void)state;
    static const char marks[] = "<]/", others[] = "a >[\\.\xe4\xb8\xad"
                                                  "0";
    struct random random = random_make(32);
    for (int round = 0; round < 20000; round++) {
        char text[200];
        size_t length = random_below(&random, 200), share = 1 + random_below(&random, 400);
        bool have = false;
        for (size_t i = 0; i < length; i++) {
            bool is = random_below(&random, share) == 0;
            text[i] = is ? marks[random_below(&random, 3)] : others[random_below(&random, sizeof others - 1)];
            have = have || is;
        }
        for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++)
            assert_int_equal(line_may_have_markup_by((enum isa)isa, text, length), have);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terminators),
        cmocka_unit_test(test_lines_tile_and_have_their_keys),
        cmocka_unit_test(test_kind_of_a_line_is_its_own),
        cmocka_unit_test(test_blank_and_prose),
        cmocka_unit_test(test_marks_of_sentences),
        cmocka_unit_test(test_all_kernels_find_han),
        cmocka_unit_test(test_all_kernels_find_markup),
        cmocka_unit_test(test_addresses_are_no_letters),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_fences),
        cmocka_unit_test(test_stray_fences),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
