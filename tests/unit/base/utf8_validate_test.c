#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "base/utf8_validate.h"
#include "random.h"

/* The definition, one sequence after the other. */
static size_t prefix_by_definition(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t point;
        size_t step = utf8_sequence(text + at, length - at, &point);
        if (step == 0)
            break;
        at += step;
    }
    return at;
}

static void assert_all_agree(const char *text, size_t length)
{
    size_t want = prefix_by_definition(text, length);
    assert_int_equal(utf8_prefix_scalar(text, length), want);
    assert_int_equal(utf8_prefix(text, length), want);
#ifdef ISA_X86
    if (isa_best() >= ISA_AVX2)
        assert_int_equal(utf8_prefix_avx2(text, length), want);
    if (isa_best() >= ISA_AVX512)
        assert_int_equal(utf8_prefix_avx512(text, length), want);
#endif
}

static size_t fill_valid(struct random *random, char *text, size_t size)
{
    static const uint32_t from[] = {0, 0x80, 0x800, 0x4e00, 0xe000, 0x10000};
    static const uint32_t to[] = {0x80, 0x800, 0xd800, 0xa000, 0x10000, 0x110000};
    size_t length = 0, kinds = 1 + random_below(random, 6);
    while (size - length >= 4) {
        size_t kind = random_below(random, kinds);
        length += utf8_put(from[kind] + (uint32_t)random_below(random, to[kind] - from[kind]), text + length);
    }
    return length;
}

static void test_valid_text_is_valid(void **state)
{
    (void)state;
    struct random random = random_make(1);
    char text[600];
    for (int round = 0; round < 2000; round++) {
        size_t length = fill_valid(&random, text, 4 + random_below(&random, sizeof text - 4));
        assert_int_equal(utf8_prefix(text, length), length);
        assert_all_agree(text, length);
    }
}

/* Each class of ill-formed sequence at each place of a block, before each kind of neighbour. */
static void test_ill_formed_classes_at_every_place(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80",             /* stray continuation */
        "\xc1\xbf",         /* overlong, 2 bytes */
        "\xe0\x9f\xbf",     /* overlong, 3 bytes */
        "\xf0\x8f\xbf\xbf", /* overlong, 4 bytes */
        "\xed\xa0\x80",     /* surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf8\x88\x80\x80", /* no lead */
        "\xe4\xb8",         /* truncated, 3 bytes */
        "\xf0\x9f\x98",     /* truncated, 4 bytes */
        "\xff",
    };
    static const char *const filler[] = {"a", "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80"};
    for (size_t f = 0; f < sizeof filler / sizeof *filler; f++) {
        for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
            for (size_t before = 0; before < 140; before++) {
                char text[320] = "";
                size_t length = 0, step = strlen(filler[f]);
                for (; length < before; length += step)
                    memcpy(text + length, filler[f], step);
                size_t place = length;
                memcpy(text + length, wrong[w], strlen(wrong[w]));
                length += strlen(wrong[w]);
                assert_int_equal(utf8_prefix(text, length), place);
                for (; length < sizeof text - 4; length += step)
                    memcpy(text + length, filler[f], step);
                assert_int_equal(utf8_prefix(text, length), place);
                assert_all_agree(text, length);
            }
        }
    }
}

static void test_damaged_text_is_cut_alike(void **state)
{
    (void)state;
    struct random random = random_make(2);
    char text[600];
    for (int round = 0; round < 20000; round++) {
        size_t length = fill_valid(&random, text, 8 + random_below(&random, sizeof text - 8));
        for (size_t i = random_below(&random, 4); i > 0; i--)
            text[random_below(&random, length)] = (char)random_next(&random);
        size_t start = random_below(&random, length < 8 ? length : 8);
        assert_all_agree(text + start, length - start);
    }
}

/* Every lead with every pair of followers, across a block border. */
static void test_every_pair_after_every_lead(void **state)
{
    (void)state;
    char text[128];
    static const unsigned char third[] = {'a', 0x80, 0xbf, 0xc2, 0xe4, 0xf0};
    for (unsigned lead = 0x80; lead < 0x100; lead++) {
        for (unsigned second = 0; second < 0x100; second++) {
            for (size_t t = 0; t < sizeof third; t++) {
                memset(text, 'a', sizeof text);
                size_t place = 61 + t % 3;
                text[place] = (char)lead;
                text[place + 1] = (char)second;
                text[place + 2] = (char)third[t];
                assert_all_agree(text, sizeof text);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_text_is_valid),
        cmocka_unit_test(test_ill_formed_classes_at_every_place),
        cmocka_unit_test(test_damaged_text_is_cut_alike),
        cmocka_unit_test(test_every_pair_after_every_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
