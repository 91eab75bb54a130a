/* Positions in decoded text back to positions in the input. */
#include "base/failure.h"
#include "base/utf8_validate.h"
#include "text/decoder.h"

/* A place that is known on both sides. */
struct place {
    size_t raw, text;
};

static void map_utf8(const unsigned char *bytes, size_t length, size_t mark, const uint32_t *offsets, size_t count,
                     uint32_t *raw)
{
    struct place place = {.raw = mark};
    size_t prefix = utf8_prefix((const char *)bytes + mark, length - mark);
    for (size_t i = 0; i < count; i++) {
        while (offsets[i] > place.text + prefix && place.raw + prefix < length) {
            place.raw += prefix;
            place.text += prefix + 3;
            place.raw += utf8_ill_formed(bytes + place.raw, length - place.raw);
            prefix = utf8_prefix((const char *)bytes + place.raw, length - place.raw);
        }
        /* Inside the U+FFFD just passed. */
        size_t ahead = offsets[i] > place.text ? offsets[i] - place.text : 0;
        raw[i] = (uint32_t)(place.raw + (ahead < prefix ? ahead : prefix));
    }
}

static void map_units(const struct decoder *decoder, enum encoding_family family, const unsigned char *bytes,
                      size_t length, size_t mark, const uint32_t *offsets, size_t count, uint32_t *raw)
{
    bool ascii = family == ENCODING_GB18030 || family == ENCODING_BIG5, shifted = false;
    struct place place = {.raw = mark};
    for (size_t i = 0; i < count; i++) {
        while (place.text < offsets[i] && place.raw < length) {
            size_t near = offsets[i] - place.text < length - place.raw ? offsets[i] - place.text : length - place.raw;
            size_t run = ascii ? utf8_ascii_run(bytes + place.raw, near) : 0;
            if (run > 0) {
                place.raw += run;
                place.text += run;
                continue;
            }
            struct unit unit;
            unit_read(decoder, family, &shifted, bytes + place.raw, length - place.raw, &unit);
            place.raw += unit.raw_length;
            place.text += unit.text_length;
        }
        raw[i] = (uint32_t)place.raw;
    }
}

dedup_status decoder_map(struct decoder *decoder, const struct encoding *encoding, const void *bytes, size_t length,
                         const uint32_t *offsets, size_t count, uint32_t *raw, dedup_error *error)
{
    if (length > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a document of %zu bytes passes the bound of 4 GiB", length);
    size_t mark = encoding->mark < length ? encoding->mark : length;
    if (encoding->family == ENCODING_UTF8) {
        map_utf8(bytes, length, mark, offsets, count, raw);
    } else if (encoding->family == ENCODING_OTHER) {
        TRY(foreign_map(decoder, encoding, bytes, length, offsets, count, raw, error));
    } else {
        TRY(decoder_need_table(decoder, encoding->family, error));
        map_units(decoder, encoding->family, bytes, length, mark, offsets, count, raw);
    }
    return DEDUP_OK;
}
