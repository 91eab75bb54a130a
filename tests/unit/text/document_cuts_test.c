/* Cuts: what they leave, its key, and collapsed blank lines. */
#include <stdlib.h>
#include <string.h>

#include "random_text.h"
#include "test.h"
#include "text/document.h"

enum { TEXT = 3000 };

static struct text_document document;
static dedup_buffer kept;

static int setup(void **state)
{
    (void)state;
    document_init(&document);
    dedup_buffer_init(&kept, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    document_release(&document);
    dedup_buffer_release(&kept);
    return 0;
}

static void set(const char *text)
{
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
}

static void cut(uint32_t begin, uint32_t end, uint32_t reason)
{
    struct text_cut one = {.begin = begin, .end = end, .reason = reason};
    assert_int_equal(document_cut(&document, &one, NULL), DEDUP_OK);
}

static void take_kept(void)
{
    dedup_buffer_clear(&kept);
    assert_int_equal(document_kept_text(&document, &kept, NULL), DEDUP_OK);
}

static void assert_kept(const char *want)
{
    take_kept();
    assert_int_equal(kept.length, strlen(want));
    if (kept.length != 0)
        assert_memory_equal(kept.data, want, kept.length);
}

static void test_settle(void **state)
{
    (void)state;
    set("0123456789\nabcdefghij\n");
    cut(15, 17, CUT_RULE);
    cut(4, 6, CUT_RULE);
    cut(5, 6, CUT_RULE + 1); /* inside another */
    cut(2, 4, CUT_RULE);     /* touches another of its reason */
    cut(17, 18, CUT_RULE + 1);
    cut(8, 8, CUT_RULE); /* nothing */
    document_settle(&document);
    assert_int_equal(document.cut_count, 3);
    assert_int_equal(document.cuts[0].begin, 2);
    assert_int_equal(document.cuts[0].end, 6);
    assert_int_equal(document.cuts[1].end, 17);
    assert_int_equal(document.cuts[2].reason, CUT_RULE + 1);
    assert_kept("016789\nabcdhij\n");
}

static void test_neighbours_that_differ_stay_apart(void **state)
{
    (void)state;
    set("a\nb\nc\nd\n");
    assert_int_equal(document_cut_line(&document, 0, CUT_BLOCK, 5, 1, NULL), DEDUP_OK);
    assert_int_equal(document_cut_line(&document, 1, CUT_BLOCK, 6, 1, NULL), DEDUP_OK);
    assert_int_equal(document_cut_line(&document, 2, CUT_PARAGRAPH, 6, 1, NULL), DEDUP_OK);
    assert_int_equal(document_cut_line(&document, 3, CUT_PARAGRAPH, 6, 0.5f, NULL), DEDUP_OK);
    document_settle(&document);
    assert_int_equal(document.cut_count, 4);
    assert_kept("");
}

static void test_flags(void **state)
{
    (void)state;
    set("aaa\nbbb\nccc\nddd\n");
    cut(4, 8, CUT_RULE);
    cut(8, 10, CUT_RULE);
    cut(10, 12, CUT_RULE + 1);
    cut(12, 13, CUT_RULE);
    assert_true(document.lines[1].flags & LINE_REMOVED);
    assert_true(document.lines[3].flags & LINE_CUT);
    document_settle(&document);
    assert_false(document.lines[0].flags & (LINE_REMOVED | LINE_CUT));
    assert_true(document.lines[1].flags & LINE_REMOVED);
    assert_true(document.lines[2].flags & LINE_REMOVED); /* by two cuts */
    assert_false(document.lines[2].flags & LINE_CUT);
    assert_true(document.lines[3].flags & LINE_CUT);
    document.cut_count = 0;
    document_settle(&document);
    for (size_t i = 0; i < 4; i++)
        assert_false(document.lines[i].flags & (LINE_REMOVED | LINE_CUT));
}

static void test_replacements(void **state)
{
    (void)state;
    set("一&nbsp;二\n&lt;\n");
    assert_int_equal(dedup_buffer_append(&document.replacements, " <", 2, NULL), DEDUP_OK);
    struct text_cut space = {.begin = 3, .end = 9, .reason = CUT_RULE, .replacement = 0, .replacement_length = 1};
    struct text_cut less = {.begin = 13, .end = 17, .reason = CUT_RULE, .replacement = 1, .replacement_length = 1};
    assert_int_equal(document_cut(&document, &less, NULL), DEDUP_OK);
    assert_int_equal(document_cut(&document, &space, NULL), DEDUP_OK);
    document_settle(&document);
    assert_kept("一 二\n<\n");
    assert_false(document.lines[1].flags & LINE_REMOVED);
}

/* A boundary between code points at or behind `place`. */
static uint32_t boundary(const char *text, size_t length, size_t place)
{
    while (place < length && ((unsigned char)text[place] & 0xc0) == 0x80)
        place++;
    return (uint32_t)place;
}

static void add_random_cuts(struct random *random, const char *text, size_t length)
{
    for (size_t count = random_below(random, 12); count > 0; count--) {
        size_t longest = random_below(random, 3) == 0 ? length : 40;
        uint32_t begin = boundary(text, length, random_below(random, length + 1));
        uint32_t end = boundary(text, length, begin + random_below(random, longest + 1));
        struct text_cut one = {.begin = begin, .end = end < length ? end : (uint32_t)length};
        one.reason = (uint32_t)random_below(random, 2) * CUT_RULE + 1;
        if (random_below(random, 3) == 0) {
            one.replacement = (uint32_t)document.replacements.length;
            one.replacement_length = (uint32_t)random_below(random, 2) + 1;
            assert_int_equal(
                dedup_buffer_append(&document.replacements, "字 ", one.replacement_length == 1 ? 3 : 4, NULL),
                DEDUP_OK);
            one.replacement_length = one.replacement_length == 1 ? 3 : 4;
        }
        assert_int_equal(document_cut(&document, &one, NULL), DEDUP_OK);
    }
    for (size_t i = 0; i < document.line_count; i++)
        if (random_below(random, 8) == 0)
            assert_int_equal(document_cut_line(&document, i, CUT_PARAGRAPH, 0, 1, NULL), DEDUP_OK);
}

/* Cuts are apart and in order; kept text and cuts make the whole text. */
static void assert_tiles(const char *text, size_t length)
{
    size_t place = 0, at = 0;
    take_kept();
    for (size_t i = 0; i < document.cut_count; i++) {
        const struct text_cut *one = &document.cuts[i];
        assert_true(one->begin >= place && one->begin < one->end && one->end <= length);
        assert_memory_equal(kept.data + at, text + place, one->begin - place);
        at += one->begin - place;
        if (one->replacement_length != 0)
            assert_memory_equal(kept.data + at, document.replacements.data + one->replacement, one->replacement_length);
        at += one->replacement_length;
        place = one->end;
    }
    assert_int_equal(at + (length - place), kept.length);
    if (length > place)
        assert_memory_equal(kept.data + at, text + place, length - place);
}

static void assert_kept_key(void)
{
    struct fold_key want, got;
    fold_key_init(&want);
    fold_key_init(&got);
    assert_int_equal(document_kept_key(&document, &got, NULL), DEDUP_OK);
    assert_int_equal(fold_append(&want, kept.data, kept.length, NULL), DEDUP_OK);
    assert_int_equal(got.count, want.count);
    if (want.count != 0)
        assert_memory_equal(got.points, want.points, want.count * sizeof *want.points);
    fold_key_release(&want);
    fold_key_release(&got);
}

static void test_random_cuts(void **state)
{
    (void)state;
    static char text[TEXT];
    struct random random = random_make(31);
    for (int round = 0; round < 3000; round++) {
        size_t length = random_text(&random, text, 4 + random_below(&random, TEXT - 4));
        assert_int_equal(document_set(&document, text, (uint32_t)length, NULL), DEDUP_OK);
        add_random_cuts(&random, text, length);
        document_settle(&document);
        assert_tiles(text, length);
        assert_kept_key();
        size_t count = document.cut_count;
        document_settle(&document);
        assert_int_equal(document.cut_count, count);
    }
}

static void test_order_of_cuts_makes_no_difference(void **state)
{
    (void)state;
    struct random random = random_make(32);
    static char text[] = "零一二三四五六七八九\n十百千万亿\n\n甲乙丙丁\n";
    size_t length = sizeof text - 1;
    for (int round = 0; round < 300; round++) {
        struct text_cut saved[64];
        set(text);
        add_random_cuts(&random, text, length);
        size_t count = document.cut_count;
        memcpy(saved, document.cuts, count * sizeof *saved);
        document_settle(&document);
        take_kept();
        char *first = strdup(kept.data ? kept.data : "");
        assert_non_null(first);
        document.cut_count = 0;
        for (size_t i = count; i-- > 0;)
            assert_int_equal(document_cut(&document, &saved[i], NULL), DEDUP_OK);
        document_settle(&document);
        assert_kept(first);
        free(first);
    }
}

static void assert_collapsed(const char *text, const char *want)
{
    set(text);
    document_settle(&document);
    assert_int_equal(document_collapse_blanks(&document, NULL), DEDUP_OK);
    assert_kept(want);
}

static void test_collapse(void **state)
{
    (void)state;
    assert_collapsed("a\n\n\nb\n", "a\n\nb\n");
    assert_collapsed("\n \na\n", "a\n");
    assert_collapsed("a\n\n\n", "a\n");
    assert_collapsed("a\n　\n\nb", "a\n　\nb");
    assert_collapsed("a\r\n\r\n\r\n\r\nb\r\n", "a\r\n\r\nb\r\n");
    assert_collapsed("a\n  ", "a\n");
    assert_collapsed("a", "a");
    assert_collapsed("\n\n", "");
    assert_collapsed("", "");
}

/* Blank is what is left: lines that are partly or wholly cut count as they are in the kept text. */
static void test_collapse_after_cuts(void **state)
{
    (void)state;
    set("a\n\n广告\n\nb\n");
    cut(3, 9, CUT_RULE); /* 广告, its line break stays */
    document_settle(&document);
    assert_int_equal(document_collapse_blanks(&document, NULL), DEDUP_OK);
    assert_kept("a\n\nb\n");
    assert_int_equal(document.cuts[0].reason, CUT_RULE);
    set("a\n\n广告\n\nb\n");
    assert_int_equal(document_cut_line(&document, 2, CUT_RULE, 0, 0, NULL), DEDUP_OK);
    document_settle(&document);
    assert_int_equal(document_collapse_blanks(&document, NULL), DEDUP_OK);
    assert_kept("a\n\nb\n");
    set("a\n\nb\n");
    cut(1, 2, CUT_RULE); /* joins the first two lines */
    document_settle(&document);
    assert_int_equal(document_collapse_blanks(&document, NULL), DEDUP_OK);
    assert_kept("a\nb\n");
}

/* A text with many blank lines. */
static size_t blank_text(struct random *random, char *text, size_t size)
{
    static const char *const pieces[] = {"\n", "\n",  "\n",           "\r\n", " ",           "　",
                                         "字", "a\n", "\xe2\x80\x8b", "\r",   "\xe2\x80\xa8"};
    size_t length = 0, kinds = 7 + random_below(random, 5);
    while (length + 4 < size) {
        const char *piece = pieces[random_below(random, kinds)];
        memcpy(text + length, piece, strlen(piece));
        length += strlen(piece);
    }
    return length;
}

static void test_collapse_is_idempotent(void **state)
{
    (void)state;
    static char text[200];
    struct random random = random_make(33);
    for (int round = 0; round < 20000; round++) {
        size_t length = blank_text(&random, text, 8 + random_below(&random, sizeof text - 8));
        assert_int_equal(document_set(&document, text, (uint32_t)length, NULL), DEDUP_OK);
        add_random_cuts(&random, text, length);
        document_settle(&document);
        assert_int_equal(document_collapse_blanks(&document, NULL), DEDUP_OK);
        assert_tiles(text, length);
        char *once = strdup(kept.length ? kept.data : "");
        assert_non_null(once);
        assert_collapsed(once, once);
        free(once);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settle),
        cmocka_unit_test(test_neighbours_that_differ_stay_apart),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_replacements),
        cmocka_unit_test(test_random_cuts),
        cmocka_unit_test(test_order_of_cuts_makes_no_difference),
        cmocka_unit_test(test_collapse),
        cmocka_unit_test(test_collapse_after_cuts),
        cmocka_unit_test(test_collapse_is_idempotent),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
