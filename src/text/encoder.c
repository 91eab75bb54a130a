#include "text/encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"

enum { POINTS = 0x30000 };

struct encoder {
    enum encoding_family family; /* ENCODING_OTHER: by `codes` */
    uint32_t *codes;             /* of each code point, two or four bytes, the first highest; 0: none */
};

dedup_status encoder_create(enum encoding_family family, struct encoder **out, dedup_error *error)
{
    if (family != ENCODING_UTF8 && family != ENCODING_UTF16LE && family != ENCODING_UTF16BE)
        return fail(error, DEDUP_ERROR_ARGUMENT, "an encoding that needs its codes");
    struct encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder)
        return fail_memory(error, "an encoder");
    encoder->family = family;
    *out = encoder;
    return DEDUP_OK;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes the code at *codes and the blank behind it; 0 when there is none of two or four bytes. */
static uint32_t take_code(const char **codes, const char *end)
{
    uint32_t value = 0;
    const char *at = *codes;
    for (int digit; at < end && at - *codes < 8 && (digit = hex_value(*at)) >= 0; at++)
        value = value << 4 | (uint32_t)digit;
    size_t digits = (size_t)(at - *codes);
    if ((digits != 4 && digits != 8) || (at < end && *at != ' ') || (digits == 8) != (value > 0xffff))
        return 0;
    *codes = at + (at < end);
    return value;
}

static dedup_status fill_codes(struct encoder *encoder, const char *characters, size_t length, const char *codes,
                               size_t codes_length, dedup_error *error)
{
    const char *end = codes + codes_length;
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t step = utf8_sequence(characters + at, length - at, &point);
        uint32_t code = take_code(&codes, end);
        if (step == 0 || point < 0x80 || point >= POINTS || code == 0)
            return fail(error, DEDUP_ERROR_FORMAT, "the codes of an encoding are damaged");
        encoder->codes[point] = code;
        at += step;
    }
    return codes == end ? DEDUP_OK : fail(error, DEDUP_ERROR_FORMAT, "the codes of an encoding are damaged");
}

dedup_status encoder_create_from(const char *characters, size_t length, const char *codes, size_t codes_length,
                                 struct encoder **out, dedup_error *error)
{
    struct encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder)
        return fail_memory(error, "an encoder");
    encoder->family = ENCODING_OTHER;
    encoder->codes = calloc(POINTS, sizeof *encoder->codes);
    dedup_status status = encoder->codes ? fill_codes(encoder, characters, length, codes, codes_length, error)
                                         : fail_memory(error, "an encoder");
    if (status != DEDUP_OK) {
        encoder_free(encoder);
        return status;
    }
    *out = encoder;
    return DEDUP_OK;
}

void encoder_free(struct encoder *encoder)
{
    if (encoder)
        free(encoder->codes);
    free(encoder);
}

bool encoder_is_plain(const struct encoder *encoder)
{
    return encoder->family == ENCODING_UTF8;
}

static void put_unit(enum encoding_family family, uint32_t unit, char *out)
{
    bool big = family == ENCODING_UTF16BE;
    out[big ? 0 : 1] = (char)(unit >> 8);
    out[big ? 1 : 0] = (char)(unit & 0xff);
}

/* Writes the code of a point (up to 4 bytes); returns its length, 0 when it has none. */
static size_t put_point(const struct encoder *encoder, uint32_t point, char *out)
{
    if (encoder->family == ENCODING_OTHER) {
        uint32_t code = point < 0x80 ? point : point < POINTS ? encoder->codes[point] : 0;
        size_t length = point < 0x80 ? 1 : code == 0 ? 0 : code > 0xffff ? 4 : 2;
        for (size_t i = 0; i < length; i++)
            out[i] = (char)(code >> 8 * (length - 1 - i) & 0xff);
        return length;
    }
    if (point < 0x10000) {
        put_unit(encoder->family, point, out);
        return 2;
    }
    put_unit(encoder->family, 0xd800 + ((point - 0x10000) >> 10), out);
    put_unit(encoder->family, 0xdc00 + (point & 0x3ff), out + 2);
    return 4;
}

size_t encoder_encode(const struct encoder *encoder, const char *text, size_t length, char *out, size_t most,
                      size_t *used)
{
    size_t at = 0, written = 0;
    if (encoder_is_plain(encoder)) {
        *used = length < most ? length : most;
        memcpy(out, text, *used);
        return *used;
    }
    while (at < length) {
        char code[4];
        uint32_t point = 0;
        size_t step = utf8_sequence(text + at, length - at, &point);
        size_t size = step != 0 ? put_point(encoder, point, code) : 0;
        if (size == 0 || size > most - written)
            break;
        memcpy(out + written, code, size);
        written += size;
        at += step;
    }
    *used = at;
    return written;
}
