/* Every kernel, through the reader, against the definition: one code point after the other. */
#include <stdlib.h>
#include <string.h>

#include "random_text.h"
#include "test.h"
#include "text/fold_reader.h"
#include "text/fold_table.h"

enum { LONGEST = 4000 };

struct expected {
    uint32_t key[LONGEST * FOLD_LONGEST];
    size_t count;
    struct fold_line line;
};

static void take(struct expected *expected, uint32_t point)
{
    uint32_t target = 0;
    int32_t expansion = fold_look_up(point, &target);
    struct fold_content *content = &expected->line.content;
    content->points++;
    if (expansion >= 0) {
        for (size_t i = fold_expansion_start[expansion]; i < fold_expansion_start[expansion + 1]; i++)
            expected->key[expected->count++] = fold_expansion_points[i];
    } else if (target >= FOLD_KEPT) {
        expected->key[expected->count++] = target;
    }
    if (point < 0x80 && point_class(point) & POINT_PUNCTUATION && point != '#' && point != '*')
        content->symbols++;
    content->sentence = content->sentence || (point >= 0x80 && point_class(point) & POINT_SENTENCE);
    content->stop = content->stop || point == '.' || point == '!' || point == '?' || point == ';';
}

static bool is_terminator(uint32_t point)
{
    return point == '\n' || point == '\r' || point == 0x85 || point == 0x2028 || point == 0x2029;
}

/* The line of `text` that begins at `begin`. */
static void expect_line(const char *text, size_t length, size_t begin, struct expected *expected)
{
    const char *next = text + begin, *end = text + length;
    expected->count = 0;
    expected->line = (struct fold_line){.end = length, .next = length};
    while (next < end) {
        const char *here = next;
        uint32_t point = utf8_next(&next);
        if (is_terminator(point)) {
            bool pair = point == '\r' && next < end && *next == '\n';
            expected->line.end = (size_t)(here - text);
            expected->line.next = (size_t)(next - text) + pair;
            return;
        }
        take(expected, point);
    }
}

static void assert_same_lines(const char *text, size_t length, enum isa isa)
{
    static struct expected expected;
    struct fold_reader reader;
    struct fold_key key;
    struct fold_line line = {0};
    size_t begin = 0, key_begin = 0;
    fold_key_init(&key);
    fold_reader_init(&reader, text, length, isa);
    do {
        assert_int_equal(fold_reader_line(&reader, &key, &line, NULL), DEDUP_OK);
        expect_line(text, length, begin, &expected);
        assert_int_equal(line.end, expected.line.end);
        assert_int_equal(line.next, expected.line.next);
        assert_int_equal(line.content.points, expected.line.content.points);
        assert_int_equal(line.content.symbols, expected.line.content.symbols);
        assert_int_equal(line.content.sentence, expected.line.content.sentence);
        assert_int_equal(line.content.stop, expected.line.content.stop);
        assert_int_equal(line.key_end - key_begin, expected.count);
        if (expected.count != 0)
            assert_memory_equal(key.points + key_begin, expected.key, expected.count * sizeof *key.points);
        begin = line.next;
        key_begin = line.key_end;
    } while (begin < length);
    assert_int_equal(key.count, key_begin);
    fold_key_release(&key);
}

/* The text as a whole says what its lines say. */
static void assert_same_whole(const char *text, size_t length, enum isa isa)
{
    struct fold_reader reader;
    struct fold_key lines, key;
    struct fold_line line = {0};
    struct fold_whole whole;
    size_t points = 0, filled = 0, begin = 0;
    fold_key_init(&lines);
    fold_key_init(&key);
    for (const char *next = text; next < text + length; points++)
        (void)utf8_next(&next);
    fold_reader_init(&reader, text, length, isa);
    while (line.next < length) {
        assert_int_equal(fold_reader_line(&reader, &lines, &line, NULL), DEDUP_OK);
        filled += line.key_end > begin;
        begin = line.key_end;
    }
    fold_reader_init(&reader, text, length, isa);
    assert_int_equal(fold_reader_whole(&reader, &key, &whole, NULL), DEDUP_OK);
    assert_int_equal(whole.points, points);
    assert_int_equal(whole.filled, filled);
    assert_int_equal(key.count, lines.count);
    if (key.count != 0)
        assert_memory_equal(key.points, lines.points, key.count * sizeof *key.points);
    fold_key_release(&lines);
    fold_key_release(&key);
}

/* In memory of its exact size, so that a sanitizer sees what is read behind it. */
static void assert_all_kernels(const char *text, size_t length)
{
    char *exact = malloc(length + (length == 0));
    assert_non_null(exact);
    memcpy(exact, text, length);
    for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++)
        assert_same_lines(exact, length, (enum isa)isa);
    for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++)
        assert_same_whole(exact, length, (enum isa)isa);
    free(exact);
}

static void test_random_texts(void **state)
{
    (void)state;
    static char text[LONGEST];
    struct random random = random_make(11);
    for (int round = 0; round < 3000; round++) {
        size_t size = random_below(&random, 4) == 0 ? sizeof text : 300;
        assert_all_kernels(text, random_text(&random, text, 4 + random_below(&random, size - 4)));
    }
}

/* A sequence of each length, and each terminator, at all places around the end of a block and of a vector. */
static void test_block_borders(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "a",    "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80", "\xf0\xa0\x80\x80", "\n",
        "\r\n", "\r",       "\xc2\x85",     "\xe2\x80\xa8",     "\xef\xb7\xba",     "\r\r\n\n"};
    static char text[LONGEST];
    for (size_t piece = 0; piece < sizeof pieces / sizeof *pieces; piece++)
        for (size_t at = 900; at < 1100; at++) {
            size_t length = strlen(pieces[piece]);
            memset(text, 'x', at);
            memcpy(text + at, pieces[piece], length);
            assert_all_kernels(text, at + length);
            memset(text + at + length, 'y', 100);
            assert_all_kernels(text, at + length + 100);
        }
}

/* A sequence of each length at every place of a run of Chinese, which kernels take eight characters at a time. */
static void test_runs_of_three_bytes(void **state)
{
    (void)state;
    static const char *const pieces[] = {"",
                                         "a",
                                         "12",
                                         "\xc3\xa9",
                                         "\xf0\xa0\x80\x80",
                                         "\n",
                                         "\xe8\xaa\x9e",
                                         "\xef\xbc\x8c",
                                         "a\xc3\xa9\xf0\x9f\x98\x80"};
    char text[LONGEST];
    for (size_t piece = 0; piece < sizeof pieces / sizeof *pieces; piece++)
        for (size_t place = 0; place <= 60; place++) {
            size_t length = 0;
            for (size_t i = 0; i <= 60; i++) {
                if (i == place) {
                    memcpy(text + length, pieces[piece], strlen(pieces[piece]));
                    length += strlen(pieces[piece]);
                }
                memcpy(text + length, "\xe4\xb8\xad", 3);
                length += 3;
            }
            assert_all_kernels(text, length);
        }
}

/* A terminator at every place of a run of sequences of four bytes, of which some are kept: 16 of them fill a vector. */
static void test_runs_of_four_bytes(void **state)
{
    (void)state;
    static const char *const points[] = {"\xf0\xa0\xae\xb7", "\xf0\x9f\x98\x80"};
    char text[LONGEST];
    for (size_t before = 0; before <= 3; before++)
        for (size_t place = 0; place <= 80; place++) {
            size_t length = before;
            memset(text, 'x', before);
            for (size_t i = 0; i <= 80; i++) {
                if (i == place)
                    text[length++] = '\n';
                memcpy(text + length, points[i % 3 == 0], 4);
                length += 4;
            }
            assert_all_kernels(text, length);
        }
}

static void test_all_kernels_know_the_plain_points(void **state)
{
    (void)state;
    char text[LONGEST];
    for (uint32_t first = 0; first < 0x110000; first += 256) {
        size_t length = 0;
        for (uint32_t point = first; point < first + 256; point++)
            if (point < 0xd800 || point >= 0xe000)
                length += utf8_put(point, text + length);
        assert_all_kernels(text, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_runs_of_three_bytes),
        cmocka_unit_test(test_runs_of_four_bytes),
        cmocka_unit_test(test_all_kernels_know_the_plain_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
