#include "text/code_forms.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "text/decoder.h"

enum {
    POINTS = 0x30000,     /* the planes that tables reach */
    IDEOGRAPH_LEAD = 0xa4 /* Big5 has ideographs that are also symbols of lower rows, such as ten */
};

/* Writes the text of a code and returns its length; 0 when the code means nothing. */
static unsigned code_text(const struct double_byte *table, size_t code, char text[4])
{
    if (code < CODE_PAIRS) {
        const struct double_entry *entry = &table->pairs[code / DOUBLE_TRAILS][code % DOUBLE_TRAILS];
        memcpy(text, entry->text, 4);
        return entry->text[0] != '\0' ? double_entry_length(entry) : 0;
    }
    uint16_t point = table->quads ? table->quads[code - CODE_PAIRS] : 0;
    return point != 0 ? (unsigned)utf8_put(point, text) : 0;
}

static unsigned code_bytes(size_t code, unsigned char bytes[4])
{
    if (code < CODE_PAIRS) {
        bytes[0] = (unsigned char)(DOUBLE_LEAD + code / DOUBLE_TRAILS);
        bytes[1] = (unsigned char)(DOUBLE_TRAIL + code % DOUBLE_TRAILS);
        return 2;
    }
    double_byte_quad((uint32_t)(code - CODE_PAIRS), bytes);
    return 4;
}

void code_set_join(struct code_set *set, const struct code_set *other)
{
    for (size_t i = 0; i < sizeof set->bits; i++)
        set->bits[i] |= other->bits[i];
}

/* Makes codes of [first, end) regular whose characters have none yet. */
static void take_codes(const struct double_byte *table, size_t first, size_t end, unsigned char *taken,
                       struct code_set *regular)
{
    for (size_t code = first; code < end; code++) {
        char text[4];
        uint32_t point = 0;
        unsigned length = code_text(table, code, text);
        if (length == 0 || utf8_sequence(text, length, &point) != length || point >= POINTS || taken[point])
            continue;
        taken[point] = 1;
        code_set_add(regular, code);
    }
}

dedup_status code_set_regular(const struct double_byte *table, struct code_set **out, dedup_error *error)
{
    struct code_set *regular = calloc(1, sizeof *regular);
    unsigned char *taken = calloc(1, POINTS);
    if (!regular || !taken) {
        free(regular);
        free(taken);
        return fail_memory(error, "the regular codes of an encoding");
    }
    take_codes(table, (IDEOGRAPH_LEAD - DOUBLE_LEAD) * DOUBLE_TRAILS, CODE_PAIRS, taken, regular);
    take_codes(table, 0, CODE_COUNT, taken, regular);
    free(taken);
    *out = regular;
    return DEDUP_OK;
}

static dedup_status need_regular(struct decoder *decoder, enum encoding_family family, const struct code_set **out,
                                 dedup_error *error)
{
    struct code_set **place = family == ENCODING_BIG5 ? &decoder->regular_big5 : &decoder->regular_gb18030;
    TRY(decoder_need_table(decoder, family, error));
    if (!*place)
        TRY(code_set_regular(decoder_table(decoder, family), place, error));
    *out = *place;
    return DEDUP_OK;
}

/* The number of the code at `bytes`; CODE_COUNT for those that have none. */
static size_t code_at(const unsigned char *bytes, const struct unit *unit)
{
    if (unit->ill_formed)
        return CODE_COUNT;
    if (unit->raw_length == 2)
        return (size_t)(bytes[0] - DOUBLE_LEAD) * DOUBLE_TRAILS + bytes[1] - DOUBLE_TRAIL;
    uint32_t quad = double_byte_quad_index(bytes);
    return quad < QUAD_COUNT ? CODE_PAIRS + quad : CODE_COUNT;
}

static dedup_status add_place(struct decoder *decoder, size_t raw, const struct unit *unit, dedup_error *error)
{
    TRY(array_reserve(&decoder->places, &decoder->place_capacity, decoder->place_count + 1, "irregular codes", error));
    struct code_place *place = &decoder->places[decoder->place_count++];
    *place = (struct code_place){.raw = (uint32_t)raw,
                                 .length = unit->raw_length,
                                 .text_length = unit->text_length,
                                 .ill_formed = unit->ill_formed};
    memcpy(place->text, unit->text, sizeof place->text);
    return DEDUP_OK;
}

static bool is_split(const struct unit *unit)
{
    uint32_t point;
    return utf8_sequence(unit->text, unit->text_length, &point) != unit->text_length;
}

dedup_status decoder_irregular(struct decoder *decoder, const struct encoding *encoding, const void *bytes,
                               size_t length, struct code_set *used, const struct code_place **places, size_t *count,
                               bool *split, dedup_error *error)
{
    const unsigned char *raw = bytes;
    const struct code_set *regular;
    TRY(need_regular(decoder, encoding->family, &regular, error));
    const struct double_byte *table = decoder_table(decoder, encoding->family);
    decoder->place_count = 0;
    *split = false;
    for (size_t at = encoding->mark < length ? encoding->mark : length; at < length;) {
        struct unit unit;
        if (raw[at] < 0x80) {
            at++;
            continue;
        }
        double_byte_read(table, raw + at, length - at, &unit);
        size_t code = code_at(raw + at, &unit);
        if (code < CODE_COUNT && code_set_has(regular, code)) {
            code_set_add(used, code);
        } else {
            TRY(add_place(decoder, at, &unit, error));
            *split = *split || is_split(&unit);
        }
        at += unit.raw_length;
    }
    *places = decoder->places;
    *count = decoder->place_count;
    return DEDUP_OK;
}

dedup_status decoder_name_codes(struct decoder *decoder, enum encoding_family family, const struct code_set *set,
                                dedup_buffer *characters, dedup_buffer *codes, dedup_error *error)
{
    TRY(decoder_need_table(decoder, family, error));
    const struct double_byte *table = decoder_table(decoder, family);
    if (!table)
        return fail(error, DEDUP_ERROR_ARGUMENT, "an encoding without codes");
    for (size_t code = 0; code < CODE_COUNT; code++) {
        if (!code_set_has(set, code))
            continue;
        char text[4];
        unsigned char bytes[4];
        unsigned length = code_bytes(code, bytes), text_length = code_text(table, code, text);
        TRY(dedup_buffer_append(characters, text, text_length, error));
        if (length == 2)
            TRY(dedup_buffer_printf(codes, error, "%s%02x%02x", codes->length != 0 ? " " : "", bytes[0], bytes[1]));
        else
            TRY(dedup_buffer_printf(codes, error, "%s%02x%02x%02x%02x", codes->length != 0 ? " " : "", bytes[0],
                                    bytes[1], bytes[2], bytes[3]));
    }
    return DEDUP_OK;
}
