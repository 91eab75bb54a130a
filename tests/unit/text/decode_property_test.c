/* What must hold for any input in any encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "random.h"
#include "text/encoding.h"
#include "transcode.h"

enum { INPUT = 400 };

static const struct {
    const char *label, *iconv_name;
} families[] = {
    {"utf-8", "UTF-8"},       {"gb18030", "GB18030"},   {"big5", "BIG5-HKSCS"}, {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"}, {"utf-32le", "UTF-32LE"}, {"euc-tw", "EUC-TW"},   {"shift_jis", "CP932"},
    {"euc-jp", "EUC-JP"},     {"latin1", "CP1252"},
};

/* Text in which every kind of character occurs, those of Big5-HKSCS that are two code points among them. */
static size_t fill_text(struct random *random, char *text, size_t size)
{
    static const uint32_t from[] = {0x20, 0xa0, 0x3040, 0x4e00, 0x4e00, 0xac00, 0x20000, 0x1f300};
    static const uint32_t width[] = {0x5f, 0x60, 0xb0, 0x5000, 0x800, 0x2000, 0x2000, 0x200};
    size_t length = 0, kinds = sizeof from / sizeof *from;
    size_t narrow = random_below(random, 2) ? kinds : 5;
    while (size - length >= 8) {
        size_t kind = random_below(random, narrow);
        if (random_below(random, 50) == 0) {
            memcpy(text + length, "\xc3\x8a\xcc\x84", 4);
            length += 4;
            continue;
        }
        length += utf8_put(from[kind] + (uint32_t)random_below(random, width[kind]), text + length);
    }
    return length;
}

/* Replaces, removes or doubles some bytes. */
static size_t damage(struct random *random, unsigned char *bytes, size_t length)
{
    for (size_t hits = random_below(random, 6); hits > 0 && length > 1; hits--) {
        size_t at = random_below(random, length);
        if (random_below(random, 2)) {
            bytes[at] = (unsigned char)random_next(random);
        } else {
            memmove(bytes + at, bytes + at + 1, length - at - 1);
            length--;
        }
    }
    return length;
}

static void assert_repairs_are_sound(const struct decoded *decoded, size_t raw_length)
{
    uint64_t raw = 0, text = 0;
    for (uint32_t i = 0; i < decoded->repair_count; i++) {
        const struct decode_repair *repair = &decoded->repairs[i];
        assert_true(repair->raw >= raw && repair->text >= text && repair->length > 0);
        raw = (uint64_t)repair->raw + repair->length;
        text = (uint64_t)repair->text + 3;
        assert_true(raw <= raw_length && text <= decoded->length);
        assert_memory_equal(decoded->text + repair->text, "\xef\xbf\xbd", 3);
    }
}

struct fixture {
    struct decoder *decoder, *second;
    struct encoding encoding;
};

/* All code point boundaries of the text, its end too, but not those inside the two-point codes of Big5-HKSCS. */
static size_t boundaries(const struct fixture *fixture, const struct decoded *decoded, uint32_t *offsets)
{
    bool doubles = fixture->encoding.family == ENCODING_BIG5;
    size_t count = 0;
    const char *at = decoded->text, *end = at + decoded->length;
    for (; at < end; (void)utf8_next(&at)) {
        if (!doubles || (memcmp(at, "\xcc\x84", 2) != 0 && memcmp(at, "\xcc\x8c", 2) != 0))
            offsets[count++] = (uint32_t)(at - decoded->text);
    }
    offsets[count++] = decoded->length;
    return count;
}

static void assert_slice(struct fixture *fixture, const struct decoded *whole, uint32_t begin, uint32_t end,
                         const unsigned char *bytes, uint32_t raw_begin, uint32_t raw_end)
{
    struct decoded part;
    /* A copy of its own, so that sanitizers see every read behind the end. */
    unsigned char *copy = malloc(raw_end - raw_begin + 1u);
    assert_non_null(copy);
    memcpy(copy, bytes + raw_begin, raw_end - raw_begin);
    assert_int_equal(decoder_decode(fixture->second, &fixture->encoding, copy, raw_end - raw_begin, &part, NULL),
                     DEDUP_OK);
    assert_int_equal(part.length, end - begin);
    assert_memory_equal(part.text, whole->text + begin, part.length);
    free(copy);
}

static void assert_input_holds(struct fixture *fixture, struct random *random, const unsigned char *bytes,
                               size_t length)
{
    static uint32_t offsets[INPUT * 8], raw[INPUT * 8];
    struct decoded decoded;
    assert_int_equal(decoder_decode(fixture->decoder, &fixture->encoding, bytes, length, &decoded, NULL), DEDUP_OK);
    assert_true(utf8_valid(decoded.text, decoded.length));
    assert_repairs_are_sound(&decoded, length);
    size_t count = boundaries(fixture, &decoded, offsets);
    assert_int_equal(decoder_map(fixture->second, &fixture->encoding, bytes, length, offsets, count, raw, NULL),
                     DEDUP_OK);
    assert_int_equal(raw[0], 0);
    assert_int_equal(raw[count - 1], length);
    for (size_t i = 1; i < count; i++)
        assert_true(raw[i] > raw[i - 1]);
    for (size_t i = 0, r = 0; i < count && r < decoded.repair_count; i++) {
        if (offsets[i] == decoded.repairs[r].text) {
            assert_int_equal(raw[i], decoded.repairs[r].raw);
            assert_int_equal(raw[i + 1], decoded.repairs[r].raw + decoded.repairs[r].length);
            r++;
        }
    }
    for (size_t begin = 0; begin + 1 < count;) {
        size_t end = begin + 1 + random_below(random, count - begin - 1);
        assert_slice(fixture, &decoded, offsets[begin], offsets[end], bytes, raw[begin], raw[end]);
        begin = end;
    }
}

static void test_cuts_of_text_are_cuts_of_input(void **state)
{
    (void)state;
    struct random random = random_make(3);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        struct fixture fixture;
        assert_int_equal(decoder_create(&fixture.decoder, NULL), DEDUP_OK);
        assert_int_equal(decoder_create(&fixture.second, NULL), DEDUP_OK);
        assert_int_equal(encoding_named(families[f].label, &fixture.encoding, NULL), DEDUP_OK);
        print_message("%s\n", families[f].label);
        for (int round = 0; round < 400; round++) {
            char text[INPUT];
            size_t length = fill_text(&random, text, 8 + random_below(&random, sizeof text - 8)), raw_length = 0;
            unsigned char *bytes = transcode(families[f].iconv_name, text, length, &raw_length);
            assert_non_null(bytes);
            raw_length = damage(&random, bytes, raw_length);
            if (raw_length > 0)
                assert_input_holds(&fixture, &random, bytes, raw_length);
            free(bytes);
        }
        decoder_free(fixture.decoder);
        decoder_free(fixture.second);
    }
}

static void test_noise_holds_too(void **state)
{
    (void)state;
    struct random random = random_make(4);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        struct fixture fixture;
        assert_int_equal(decoder_create(&fixture.decoder, NULL), DEDUP_OK);
        assert_int_equal(decoder_create(&fixture.second, NULL), DEDUP_OK);
        assert_int_equal(encoding_named(families[f].label, &fixture.encoding, NULL), DEDUP_OK);
        print_message("%s\n", families[f].label);
        for (int round = 0; round < 300; round++) {
            unsigned char bytes[INPUT];
            size_t length = 1 + random_below(&random, sizeof bytes - 1);
            for (size_t i = 0; i < length; i++) {
                uint64_t pick = random_next(&random);
                /* Often what leads, trails and digits look like. */
                bytes[i] = (unsigned char)((pick >> 8) % 3 == 0 ? 0x30 + pick % 10 : pick % 256);
            }
            assert_input_holds(&fixture, &random, bytes, length);
        }
        decoder_free(fixture.decoder);
        decoder_free(fixture.second);
    }
}

/* Undamaged text comes back whole, from every encoding that can hold it. */
static void test_round_trip(void **state)
{
    (void)state;
    struct random random = random_make(5);
    struct decoder *decoder;
    assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        struct encoding encoding;
        assert_int_equal(encoding_named(families[f].label, &encoding, NULL), DEDUP_OK);
        for (int round = 0; round < 100; round++) {
            char text[INPUT];
            size_t length = fill_text(&random, text, sizeof text), raw_length = 0, back_length = 0;
            unsigned char *bytes = transcode(families[f].iconv_name, text, length, &raw_length);
            struct decoded decoded;
            assert_int_equal(decoder_decode(decoder, &encoding, bytes, raw_length, &decoded, NULL), DEDUP_OK);
            assert_int_equal(decoded.repair_count, 0);
            unsigned char *back = transcode(families[f].iconv_name, decoded.text, decoded.length, &back_length);
            assert_int_equal(back_length, raw_length);
            assert_memory_equal(back, bytes, raw_length);
            free(back);
            free(bytes);
        }
    }
    decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts_of_text_are_cuts_of_input),
        cmocka_unit_test(test_noise_holds_too),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
