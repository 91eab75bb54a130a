#include "text/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "base/utf8_validate.h"

/* Input that is decoded between two looks at the room for output. */
enum { CHUNK = 1 << 15 };

dedup_status decoder_create(struct decoder **out, dedup_error *error)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return fail_memory(error, "a decoder");
    dedup_buffer_init(&decoder->text, UINT32_MAX);
    *out = decoder;
    return DEDUP_OK;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    double_byte_free(decoder->gb18030);
    double_byte_free(decoder->big5);
    free(decoder->costs);
    if (decoder->foreign_name[0] != '\0')
        (void)iconv_close(decoder->foreign);
    dedup_buffer_release(&decoder->text);
    free(decoder->repairs);
    free(decoder->regular_gb18030);
    free(decoder->regular_big5);
    free(decoder->places);
    free(decoder);
}

dedup_status decoder_need_table(struct decoder *decoder, enum encoding_family family, dedup_error *error)
{
    if (family == ENCODING_BIG5 && !decoder->big5)
        return double_byte_create_big5(&decoder->big5, error);
    if ((family == ENCODING_GB18030 || family == ENCODING_HZ) && !decoder->gb18030)
        return double_byte_create_gb18030(&decoder->gb18030, error);
    return DEDUP_OK;
}

dedup_status decoder_repair(struct decoder *decoder, size_t raw, size_t length, dedup_error *error)
{
    TRY(array_reserve(&decoder->repairs, &decoder->repair_capacity, decoder->repair_count + 1, "a list of repairs",
                      error));
    decoder->repairs[decoder->repair_count++] = (struct decode_repair){
        .text = (uint32_t)decoder->text.length, .raw = (uint32_t)raw, .length = (uint32_t)length};
    return DEDUP_OK;
}

/* From `at`, which begins with `prefix` well-formed bytes, to the end. */
static dedup_status decode_utf8(struct decoder *decoder, const unsigned char *bytes, size_t length, size_t at,
                                size_t prefix, dedup_error *error)
{
    TRY(dedup_buffer_reserve(&decoder->text, length - at, error));
    while (at < length) {
        TRY(dedup_buffer_append(&decoder->text, bytes + at, prefix, error));
        at += prefix;
        if (at < length) {
            size_t bad = utf8_ill_formed(bytes + at, length - at);
            TRY(decoder_repair(decoder, at, bad, error));
            TRY(dedup_buffer_append(&decoder->text, "\xef\xbf\xbd", 3, error));
            at += bad;
        }
        prefix = utf8_prefix((const char *)bytes + at, length - at);
    }
    return DEDUP_OK;
}

/* Copies the ASCII and two-byte characters at `*at` (up to `end`) to `out` and returns the end of the output. Writes up
 * to 4 bytes behind it. */
static char *decode_pairs(const struct double_byte *table, const unsigned char *bytes, size_t *at, size_t end,
                          char *out)
{
    size_t i = *at;
    while (end - i >= 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        if ((word & 0x8080808080808080) == 0) {
            memcpy(out, &word, 8);
            out += 8;
            i += 8;
            continue;
        }
        size_t stop = i + 6; /* a pair that begins below ends inside the word */
        while (i <= stop) {
            if (bytes[i] < 0x80) {
                *out++ = (char)bytes[i++];
                continue;
            }
            const struct double_entry *entry = double_byte_pair(table, bytes[i], bytes[i + 1]);
            if (!entry) {
                *at = i;
                return out;
            }
            memcpy(out, entry->text, 4);
            out += double_entry_length(entry);
            i += 2;
        }
    }
    *at = i;
    return out;
}

/* The same for the characters of UTF-16 that are one unit. */
static char *decode_plain_utf16(bool big, const unsigned char *bytes, size_t *at, size_t end, char *out)
{
    size_t i = *at, high = big ? 0 : 1;
    for (; end - i >= 2; i += 2) {
        unsigned point = (unsigned)bytes[i + high] << 8 | bytes[i + 1 - high];
        if (point >= 0x800) {
            if (point >= 0xd800 && point < 0xe000)
                break;
            out[0] = (char)(0xe0 | point >> 12);
            out[1] = (char)(0x80 | (point >> 6 & 0x3f));
            out[2] = (char)(0x80 | (point & 0x3f));
            out += 3;
        } else {
            out += utf8_put(point, out);
        }
    }
    *at = i;
    return out;
}

/* Decodes what is common and easy at `*at`, possibly nothing, and returns the end of the output. */
static char *decode_easy(const struct decoder *decoder, enum encoding_family family, const unsigned char *bytes,
                         size_t *at, size_t end, char *out)
{
    if (family == ENCODING_GB18030 || family == ENCODING_BIG5)
        return decode_pairs(decoder_table(decoder, family), bytes, at, end, out);
    if (family == ENCODING_UTF16LE || family == ENCODING_UTF16BE)
        return decode_plain_utf16(family == ENCODING_UTF16BE, bytes, at, end, out);
    return out;
}

/* The families with a reader of units. */
static dedup_status decode_units(struct decoder *decoder, enum encoding_family family, const unsigned char *bytes,
                                 size_t length, size_t at, dedup_error *error)
{
    dedup_buffer *text = &decoder->text;
    bool shifted = false;
    while (at < length) {
        size_t end = length - at > CHUNK ? at + CHUNK : length;
        /* No byte of input gives more than 3 of output. */
        TRY(dedup_buffer_reserve(text, (end - at) * 3 + 16, error));
        while (at < end) {
            char *out = text->data + text->length;
            text->length += (size_t)(decode_easy(decoder, family, bytes, &at, end, out) - out);
            if (at == end)
                break;
            struct unit unit;
            unit_read(decoder, family, &shifted, bytes + at, length - at, &unit);
            if (unit.ill_formed)
                TRY(decoder_repair(decoder, at, unit.raw_length, error));
            memcpy(text->data + text->length, unit.text, sizeof unit.text);
            text->length += unit.text_length;
            at += unit.raw_length;
        }
    }
    return DEDUP_OK;
}

dedup_status decoder_decode(struct decoder *decoder, const struct encoding *encoding, const void *bytes, size_t length,
                            struct decoded *out, dedup_error *error)
{
    if (length > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a document of %zu bytes passes the bound of 4 GiB", length);
    const unsigned char *raw = bytes;
    size_t at = encoding->mark < length ? encoding->mark : length;
    decoder->repair_count = 0;
    dedup_buffer_clear(&decoder->text);
    *out = (struct decoded){.text = ""};
    if (encoding->family == ENCODING_UTF8) {
        size_t prefix = length > at ? utf8_prefix((const char *)raw + at, length - at) : 0;
        if (prefix == length - at) {
            if (prefix > 0)
                *out = (struct decoded){.text = (const char *)raw + at, .length = (uint32_t)prefix};
            return DEDUP_OK;
        }
        TRY(decode_utf8(decoder, raw, length, at, prefix, error));
    } else if (encoding->family == ENCODING_OTHER) {
        TRY(foreign_decode(decoder, encoding, raw, length, error));
    } else {
        TRY(decoder_need_table(decoder, encoding->family, error));
        TRY(decode_units(decoder, encoding->family, raw, length, at, error));
    }
    if (decoder->text.data) {
        decoder->text.data[decoder->text.length] = '\0';
        out->text = decoder->text.data;
    }
    out->length = (uint32_t)decoder->text.length;
    out->repairs = decoder->repairs;
    out->repair_count = (uint32_t)decoder->repair_count;
    return DEDUP_OK;
}
