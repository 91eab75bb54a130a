#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/utf8_validate.h"
#include "corpus/json_escape.h"
#include "corpus/json_string.h"
#include "random.h"

enum { LONGEST = 200 };

static bool is_hex(char c)
{
    return c != '\0' && strchr("0123456789abcdefABCDEF", c) != NULL;
}

/* What json_string_length shall give, by its definition. */
static size_t expected_length(const char *text, size_t length, bool *escaped)
{
    size_t at = 0;
    *escaped = false;
    while (at < length && text[at] != '"' && (unsigned char)text[at] >= 0x20) {
        size_t step = 1;
        if (text[at] == '\\') {
            if (at + 1 == length || text[at + 1] == '\0' || !strchr("\"\\/bfnrtu", text[at + 1]))
                return at;
            step = text[at + 1] == 'u' ? 6 : 2;
            for (size_t i = at + 2; i < at + step; i++)
                if (i >= length || !is_hex(text[i]))
                    return at;
            *escaped = true;
        }
        at += step;
    }
    return at;
}

/* The text of a string that json_string_length accepts, by its definition; *repairs: lone surrogates. */
static size_t expected_text(const char *raw, size_t length, char *out, size_t *repairs)
{
    size_t put = 0;
    *repairs = 0;
    for (size_t at = 0; at < length;) {
        uint32_t point;
        if (raw[at] != '\\') {
            out[put++] = raw[at++];
            continue;
        }
        bool lone = false;
        if (raw[at + 1] == 'u')
            lone = json_hex4(raw + at + 2) - 0xd800 < 0x800;
        at += json_escape_decode(raw + at, raw + length, &point);
        *repairs += lone && point == 0xfffd;
        put += utf8_put(point, out + put);
    }
    return put;
}

static void check_take(enum isa isa, const char *raw, size_t length)
{
    struct json_taken taken;
    bool escaped;
    char text[LONGEST + 16];
    size_t repairs, end = expected_length(raw, length, &escaped), put = expected_text(raw, end, text, &repairs);
    char *out = malloc(length + 1);
    assert_non_null(out);
    json_string_take_by(isa, raw, length, out + 1, &taken);
    assert_int_equal(taken.length, end);
    assert_int_equal(taken.escaped, escaped);
    assert_int_equal(taken.repairs, repairs);
    assert_int_equal(taken.text_length, put);
    assert_memory_equal(out + 1, text, put);
    assert_int_equal(taken.sound, utf8_valid(raw, end));
    assert_int_equal(taken.sound, utf8_valid(text, put));
    free(out);
}

static void check(const char *text, size_t length)
{
    /* A copy that ends where the text does, so that a checker sees reads behind it. */
    char *copy = malloc(length + 1);
    bool escaped, expected_escaped;
    size_t expected = expected_length(text, length, &expected_escaped);
    assert_non_null(copy);
    memcpy(copy + 1, text, length);
    for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
        assert_int_equal(json_string_length_by(isa, copy + 1, length, &escaped), expected);
        assert_int_equal(escaped, expected_escaped);
        check_take(isa, copy + 1, length);
    }
    assert_int_equal(json_string_length(copy + 1, length, &escaped), expected);
    free(copy);
}

static void test_every_byte_at_every_place(void **unused)
{
    (void)unused;
    char text[LONGEST];
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 140; place += 1 + place / 70 * 3) {
            memset(text, 0xe4, sizeof text);
            text[place] = (char)byte;
            check(text, 140);
            check(text, place + 1);
            check(text, place);
            for (size_t i = 0; i < sizeof text; i++)
                text[i] = "\xe4\xb8\xad"[(i + byte) % 3];
            text[place] = (char)byte;
            check(text, 140);
            check(text, place);
        }
    }
}

static void test_every_escape_at_every_place(void **unused)
{
    (void)unused;
    static const char *const escapes[] = {"\\n",     "\\\"", "\\\\", "\\/", "\\u4e2D",
                                          "\\u12g4", "\\u",  "\\x",  "\\",  "\\\\\\\"\""};
    char text[LONGEST];
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        for (size_t place = 0; place < 140; place++) {
            size_t length = strlen(escapes[i]);
            memset(text, 'a', sizeof text);
            memcpy(text + place, escapes[i], length);
            for (size_t end = place; end <= place + length; end++)
                check(text, end);
            check(text, 160);
        }
}

static void test_random_strings(void **unused)
{
    (void)unused;
    static const char *const pieces[] = {
        "\"",      "\\\\",           "\n",   "\xe4\xb8\xad",   "\\n",   "\xe4\xb8", "\\ud83d", "\xf0\x9f\x98\x80",
        "\\u4e2d", "\\ud83d\\ude00", "\\\"", "\\ud83d\\u00g0", "\\u00", "\\",       "\\u0041", "\xed\xa0\x80"};
    static const char *const plain[] = {"a", "\xe4\xb8\xad"};
    char text[LONGEST + 16];
    struct random random = random_make(9);
    for (int round = 0; round < 20000; round++) {
        size_t length = 0, most = (size_t)random_below(&random, LONGEST + 1);
        unsigned usual = (unsigned)random_below(&random, 40);
        while (length < most) {
            bool special = random_below(&random, usual + 1) == 0;
            const char *piece =
                special ? pieces[random_below(&random, sizeof pieces / sizeof *pieces)] : plain[round % 2];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        check(text, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_at_every_place),
        cmocka_unit_test(test_every_escape_at_every_place),
        cmocka_unit_test(test_random_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
