#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "base/escape.h"
#include "base/escape_kernel.h"
#include "base/utf8.h"
#include "random.h"

static void assert_shown(const char *text, size_t length, const char *want)
{
    char out[256];
    escape_show(text, length, out, sizeof out);
    assert_string_equal(out, want);
}

static void test_show(void **unused)
{
    (void)unused;
    assert_shown("", 0, "");
    assert_shown("名字 a\\b", strlen("名字 a\\b"), "名字 a\\b");
    assert_shown("\0\n\x1b[31m\x7f", 8, "\\x00\\x0A\\x1B[31m\\x7F");
    assert_shown("\xc2\x9b", 2, "\\u{009B}");
    assert_shown("\xff\xe4\xb8", 3, "\\xFF\\xE4\\xB8");
    assert_shown("\xed\xa0\x80", 3, "\\xED\\xA0\\x80");
    assert_shown("a\u202eb\u2066\u061c\u200b\ufeff\U000e0041", strlen("a\u202eb\u2066\u061c\u200b\ufeff\U000e0041"),
                 "a\\u{202E}b\\u{2066}\\u{061C}\\u{200B}\\u{FEFF}\\u{E0041}");
}

/* Cut at a whole escape or character, whatever the size. */
static void test_show_is_cut_whole(void **unused)
{
    (void)unused;
    const char text[] = "a中\n\u202e!";
    const char whole[] = "a中\\x0A\\u{202E}!";
    const size_t ends[] = {0, 1, 4, 8, 16, 17};
    for (size_t size = 1; size <= sizeof whole; size++) {
        char out[sizeof whole];
        escape_show(text, strlen(text), out, size);
        size_t want = 0;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            if (ends[i] < size)
                want = ends[i];
        }
        assert_int_equal(strlen(out), want);
        assert_memory_equal(out, whole, want);
    }
}

static bool is_quiet(const char *text)
{
    while (*text) {
        uint32_t point = 0;
        size_t step = utf8_sequence(text, strlen(text), &point);
        if (step == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0))
            return false;
        text += step;
    }
    return true;
}

/* Any bytes at all come out as valid text without controls, and showing that again changes nothing. */
static void test_show_of_noise(void **unused)
{
    (void)unused;
    struct random random = random_make(3);
    for (int round = 0; round < 20000; round++) {
        char noise[24], once[sizeof noise * 8 + 1], twice[sizeof once];
        size_t length = random_below(&random, sizeof noise);
        for (size_t i = 0; i < length; i++)
            noise[i] = (char)random_next(&random);
        escape_show(noise, length, once, sizeof once);
        assert_true(is_quiet(once));
        escape_show(once, strlen(once), twice, sizeof twice);
        assert_string_equal(once, twice);
    }
}

static void assert_json(const char *text, size_t length, const char *want)
{
    dedup_buffer out;
    dedup_buffer_init(&out, 1000);
    assert_int_equal(escape_json(text, length, &out, NULL), DEDUP_OK);
    assert_string_equal(out.data, want);
    dedup_buffer_release(&out);
}

static void test_json(void **unused)
{
    (void)unused;
    assert_json("", 0, "\"\"");
    assert_json("展开 \"a\\b\"/", strlen("展开 \"a\\b\"/"), "\"展开 \\\"a\\\\b\\\"/\"");
    assert_json("\n\r\t\0\x1f\x7f", 6, "\"\\n\\r\\t\\u0000\\u001f\\u007f\"");
    assert_json("\u2028\u2029\U0001f600", strlen("\u2028\u2029\U0001f600"), "\"\\u2028\\u2029\U0001f600\"");
    assert_json("a\xff\xe4\xb8z\xc0\x80", 7, "\"a\ufffd\ufffd\ufffdz\ufffd\ufffd\"");
}

/* Character by character; false when bytes were replaced. */
static bool escape_naively(const char *text, size_t length, dedup_buffer *out)
{
    bool exact = true;
    for (size_t at = 0, step; at < length; at += step) {
        uint32_t point = 0;
        char piece[16];
        step = utf8_sequence(text + at, length - at, &point);
        exact = exact && step != 0;
        if (step == 0)
            (void)snprintf(piece, sizeof piece, "\ufffd");
        else if (point == '\n')
            (void)snprintf(piece, sizeof piece, "\\n");
        else if (point == '"' || point == '\\')
            (void)snprintf(piece, sizeof piece, "\\%c", (int)point);
        else if (point < 0x20 || point == 0x7f || point == 0x2028 || point == 0x2029)
            (void)snprintf(piece, sizeof piece, "\\u%04x", (unsigned)point);
        else
            (void)snprintf(piece, sizeof piece, "%.*s", (int)step, text + at);
        assert_int_equal(dedup_buffer_append(out, piece, strlen(piece), NULL), DEDUP_OK);
        step = step != 0 ? step : 1;
    }
    return exact;
}

static void assert_like_naive(const char *text, size_t length)
{
    dedup_buffer got, want;
    bool exact;
    dedup_buffer_init(&got, SIZE_MAX);
    dedup_buffer_init(&want, SIZE_MAX);
    bool whole = escape_naively(text, length, &want);
    assert_int_equal(escape_json_exact(text, length, &exact, &got, NULL), DEDUP_OK);
    assert_int_equal(exact, whole);
    assert_int_equal(got.length, want.length + 2);
    if (want.length != 0)
        assert_memory_equal(got.data + 1, want.data, want.length);
    dedup_buffer_release(&got);
    dedup_buffer_release(&want);
#ifdef ISA_X86
    const unsigned char *bytes = (const unsigned char *)text;
    if (isa_best() >= ISA_AVX2)
        assert_int_equal(escape_run_avx2(bytes, length), escape_run_scalar(bytes, length));
#endif
}

/* Noise that is more or less full of what needs an escape. */
static void test_json_of_noise(void **unused)
{
    static const char *const parts[] = {"a",      "\"",     "\\",     "\n", "\x7f",     "\x01", "\u2028",
                                        "\u2029", "\u2027", "\u202a", "展", "\xe2\x80", "\xff", "\U0001f600"};
    struct random random = random_make(4);
    (void)unused;
    for (int i = 0; i < 5000; i++) {
        char text[400] = "";
        size_t plain = random_below(&random, 80);
        for (size_t j = random_below(&random, 60); j > 0; j--)
            (void)strcat(text, random_below(&random, 80) < plain
                                   ? "好"
                                   : parts[random_below(&random, sizeof parts / sizeof *parts)]);
        assert_like_naive(text, strlen(text));
    }
}

static void test_json_minds_the_bound(void **unused)
{
    (void)unused;
    for (size_t limit = 0; limit < 6; limit++) {
        dedup_buffer out;
        dedup_buffer_init(&out, limit);
        assert_int_equal(escape_json("a\n", 2, &out, NULL), limit < 5 ? DEDUP_ERROR_LIMIT : DEDUP_OK);
        dedup_buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_show),          cmocka_unit_test(test_show_is_cut_whole),
        cmocka_unit_test(test_show_of_noise), cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_of_noise), cmocka_unit_test(test_json_minds_the_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
