/* What is decoded can be encoded again: the text, and the places where it does not lead back, are the input. */
#include <string.h>

#include "text/code_forms.h"
#include "text/encoder.h"

#include "random.h"
#include "test.h"

static struct decoder *decoder;

static int make_decoder(void **state)
{
    (void)state;
    return decoder_create(&decoder, NULL) == DEDUP_OK ? 0 : -1;
}

static int free_decoder(void **state)
{
    (void)state;
    decoder_free(decoder);
    return 0;
}

/* The encoder that a run over `used` leaves. */
static struct encoder *encoder_of(enum encoding_family family, const struct code_set *used)
{
    struct encoder *encoder;
    dedup_buffer characters, codes;
    dedup_buffer_init(&characters, SIZE_MAX);
    dedup_buffer_init(&codes, SIZE_MAX);
    assert_int_equal(decoder_name_codes(decoder, family, used, &characters, &codes, NULL), DEDUP_OK);
    assert_int_equal(encoder_create_from(characters.data ? characters.data : "", characters.length,
                                         codes.data ? codes.data : "", codes.length, &encoder, NULL),
                     DEDUP_OK);
    dedup_buffer_release(&characters);
    dedup_buffer_release(&codes);
    return encoder;
}

/* Encodes text up to byte `end` of the input. */
static void encode_to(const struct encoder *encoder, const struct decoded *decoded, size_t *at, dedup_buffer *out,
                      size_t end)
{
    while (out->length < end) {
        char code[4];
        size_t used, most = end - out->length < 4 ? end - out->length : 4;
        size_t made = encoder_encode(encoder, decoded->text + *at, decoded->length - *at, code, most, &used);
        assert_true(made > 0);
        assert_int_equal(dedup_buffer_append(out, code, made, NULL), DEDUP_OK);
        *at += used;
    }
    assert_int_equal(out->length, end);
}

static void assert_way_back(const struct encoding *encoding, const unsigned char *bytes, size_t length)
{
    struct decoded decoded;
    struct code_set used = {{0}};
    const struct code_place *places;
    size_t count, at = 0;
    bool split;
    dedup_buffer out;
    dedup_buffer_init(&out, SIZE_MAX);
    assert_int_equal(decoder_decode(decoder, encoding, bytes, length, &decoded, NULL), DEDUP_OK);
    assert_int_equal(decoder_irregular(decoder, encoding, bytes, length, &used, &places, &count, &split, NULL),
                     DEDUP_OK);
    struct encoder *encoder = encoder_of(encoding->family, &used);
    for (size_t i = 0; i < count; i++) {
        encode_to(encoder, &decoded, &at, &out, places[i].raw);
        assert_memory_equal(decoded.text + at, places[i].text, places[i].text_length);
        assert_int_equal(dedup_buffer_append(&out, bytes + places[i].raw, places[i].length, NULL), DEDUP_OK);
        at += places[i].text_length;
    }
    encode_to(encoder, &decoded, &at, &out, length);
    assert_int_equal(at, decoded.length);
    if (length != 0)
        assert_memory_equal(out.data, bytes, length);
    encoder_free(encoder);
    dedup_buffer_release(&out);
}

static void every_pair_has_a_way_back(void **state)
{
    (void)state;
    static const char *const labels[] = {"gb18030", "big5"};
    for (size_t i = 0; i < 2; i++) {
        struct encoding encoding;
        unsigned char row[0x100 * 3];
        assert_int_equal(encoding_named(labels[i], &encoding, NULL), DEDUP_OK);
        for (unsigned lead = 0x80; lead < 0x100; lead++) {
            for (unsigned trail = 0; trail < 0x100; trail++) {
                row[3 * trail] = (unsigned char)lead;
                row[3 * trail + 1] = (unsigned char)trail;
                row[3 * trail + 2] = '\n';
            }
            assert_way_back(&encoding, row, sizeof row);
        }
    }
}

static void every_four_bytes_have_a_way_back(void **state)
{
    (void)state;
    struct encoding encoding;
    unsigned char row[1260 * 4];
    assert_int_equal(encoding_named("gb18030", &encoding, NULL), DEDUP_OK);
    for (uint32_t first = 0; first + 1260 <= 126 * 12600; first += first < 50400 || first >= 189000 ? 1260 * 7 : 1260) {
        for (uint32_t i = 0; i < 1260; i++)
            double_byte_quad(first + i, row + 4 * i);
        assert_way_back(&encoding, row, sizeof row);
    }
}

static void random_bytes_have_a_way_back(void **state)
{
    (void)state;
    static const char *const labels[] = {"gb18030", "big5"};
    struct random random = random_make(20261122);
    for (int round = 0; round < 4000; round++) {
        struct encoding encoding;
        unsigned char bytes[200];
        size_t length = random_below(&random, sizeof bytes);
        unsigned kind = (unsigned)random_below(&random, 3);
        assert_int_equal(encoding_named(labels[round % 2], &encoding, NULL), DEDUP_OK);
        for (size_t i = 0; i < length; i++) {
            unsigned char any = (unsigned char)random_next(&random);
            bytes[i] = kind == 0 ? any : kind == 1 ? any | 0x80 : (unsigned char)(i % 2 ? 0x30 + any % 10 : any | 0x81);
        }
        assert_way_back(&encoding, bytes, length);
    }
}

static void common_characters_are_regular(void **state)
{
    (void)state;
    /* Ten is both an ideograph and a numeral of the symbols of Big5. */
    static const unsigned char ten[] = {0xa4, 0x51, 0xa4, 0x40}, numeral[] = {0xa2, 0xcc};
    struct encoding encoding;
    struct code_set used = {{0}};
    const struct code_place *places;
    size_t count;
    bool split;
    assert_int_equal(encoding_named("big5", &encoding, NULL), DEDUP_OK);
    assert_int_equal(decoder_irregular(decoder, &encoding, ten, sizeof ten, &used, &places, &count, &split, NULL),
                     DEDUP_OK);
    assert_int_equal(count, 0);
    assert_int_equal(
        decoder_irregular(decoder, &encoding, numeral, sizeof numeral, &used, &places, &count, &split, NULL), DEDUP_OK);
    assert_int_equal(count, 1);
    assert_false(places[0].ill_formed);
    assert_false(split);
    /* One code, two characters. */
    static const unsigned char accented[] = {0x88, 0x62};
    assert_int_equal(
        decoder_irregular(decoder, &encoding, accented, sizeof accented, &used, &places, &count, &split, NULL),
        DEDUP_OK);
    assert_int_equal(count, 1);
    assert_true(split);
}

static void utf16_goes_both_ways(void **state)
{
    (void)state;
    static const char text[] = "a\xe4\xb8\xad\xf0\x9f\x9a\xa2";
    static const char little[] = "a\0\x2d\x4e\x3d\xd8\xa2\xde", big[] = "\0a\x4e\x2d\xd8\x3d\xde\xa2";
    for (int i = 0; i < 2; i++) {
        struct encoder *encoder;
        char out[16];
        size_t used;
        assert_int_equal(encoder_create(i == 0 ? ENCODING_UTF16LE : ENCODING_UTF16BE, &encoder, NULL), DEDUP_OK);
        assert_int_equal(encoder_encode(encoder, text, sizeof text - 1, out, sizeof out, &used), 8);
        assert_int_equal(used, sizeof text - 1);
        assert_memory_equal(out, i == 0 ? little : big, 8);
        /* A pair of surrogates is not cut, and neither is a character at the end of the text. */
        assert_int_equal(encoder_encode(encoder, text, sizeof text - 1, out, 7, &used), 4);
        assert_int_equal(used, 4);
        assert_int_equal(encoder_encode(encoder, text, 3, out, sizeof out, &used), 2);
        assert_int_equal(used, 1);
        encoder_free(encoder);
    }
}

static void damaged_codes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *characters, *codes;
    } cases[] = {
        {"\xe4\xb8\xad", ""},         {"\xe4\xb8\xad", "d6"},       {"\xe4\xb8\xad", "d6d0 d6d0"}, {"", "d6d0"},
        {"\xe4\xb8\xad", "d6d0d0"},   {"\xe4\xb8\xad", "D6D0"},     {"\xe4\xb8", "d6d0"},          {"a", "d6d0"},
        {"\xe4\xb8\xad", "0000"},     {"\xe4\xb8\xad", "0000d6d0"}, {"\xe4\xb8\xad", "d6d0,"},     {"\xff", "d6d0"},
        {"\xf3\xb0\x80\x80", "d6d0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoder *encoder;
        dedup_error error;
        assert_int_equal(encoder_create_from(cases[i].characters, strlen(cases[i].characters), cases[i].codes,
                                             strlen(cases[i].codes), &encoder, &error),
                         DEDUP_ERROR_FORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_has_a_way_back),    cmocka_unit_test(every_four_bytes_have_a_way_back),
        cmocka_unit_test(random_bytes_have_a_way_back), cmocka_unit_test(common_characters_are_regular),
        cmocka_unit_test(utf16_goes_both_ways),         cmocka_unit_test(damaged_codes_are_refused),
    };
    return cmocka_run_group_tests(tests, make_decoder, free_decoder);
}
