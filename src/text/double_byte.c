#include "text/double_byte.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"

enum { RUN = 16 }; /* codes that are asked for at once */

/* Writes the code of an index. */
typedef void code_maker(uint32_t index, unsigned char *code);

enum { PAIR_TRAILS = 190, PAIR_COUNT = DOUBLE_LEADS * PAIR_TRAILS }; /* trails without 7f */

static void pair_code(uint32_t index, unsigned char *code)
{
    uint32_t trail = index % PAIR_TRAILS + DOUBLE_TRAIL;
    code[0] = (unsigned char)(index / PAIR_TRAILS + DOUBLE_LEAD);
    code[1] = (unsigned char)(trail + (trail >= 0x7f));
}

/* Converts `length` bytes; returns the length of their UTF-8, 0 when they have none or it is longer than `size`. */
static size_t convert(iconv_t converter, const unsigned char *code, size_t length, char *out, size_t size)
{
    char *from = (char *)code, *to = out;
    size_t from_left = length, to_left = size;
    bool done = iconv(converter, &from, &from_left, &to, &to_left) != (size_t)-1 && from_left == 0;
    /* Big5-HKSCS holds back letters that may take an accent; this also forgets what a failure left behind. */
    done = iconv(converter, NULL, NULL, &to, &to_left) != (size_t)-1 && done;
    return done ? size - to_left : 0;
}

/* Splits `text` into exactly `count` characters. */
static bool split(const char *text, size_t length, size_t count, struct double_entry *entries)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t point;
        size_t step = length > 0 ? utf8_sequence(text, length, &point) : 0;
        if (step == 0)
            return false;
        memset(&entries[i], 0, sizeof entries[i]);
        memcpy(entries[i].text, text, step);
        text += step;
        length -= step;
    }
    return length == 0;
}

/* The characters of `count` (<= RUN) codes of `width` bytes from an index on. Asks for all at once, and one by one when
 * that does not give one character each. */
static void convert_run(iconv_t converter, code_maker *make, size_t width, uint32_t first, size_t count,
                        struct double_entry *entries)
{
    unsigned char codes[4 * RUN] = {0};
    char text[4 * RUN];
    for (size_t i = 0; i < count; i++)
        make(first + (uint32_t)i, codes + i * width);
    if (split(text, convert(converter, codes, count * width, text, sizeof text), count, entries))
        return;
    memset(entries, 0, count * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        size_t length = convert(converter, codes + i * width, width, text, sizeof *entries);
        memcpy(entries[i].text, text, length);
    }
}

static uint32_t point_of(const struct double_entry *entry)
{
    const char *text = entry->text;
    return utf8_next(&text);
}

static bool is_private(uint32_t point)
{
    return (point >= 0xe000 && point < 0xf900) || point >= 0xf0000;
}

/* Fills the pairs that are still empty. */
static void fill_pairs(struct double_byte *table, iconv_t converter, bool take_private)
{
    for (uint32_t first = 0; first < PAIR_COUNT; first += RUN) {
        struct double_entry entries[RUN];
        size_t count = PAIR_COUNT - first < RUN ? PAIR_COUNT - first : RUN;
        convert_run(converter, pair_code, 2, first, count, entries);
        for (size_t i = 0; i < count; i++) {
            unsigned char code[2];
            pair_code(first + (uint32_t)i, code);
            struct double_entry *place = &table->pairs[code[0] - DOUBLE_LEAD][code[1] - DOUBLE_TRAIL];
            uint32_t point = point_of(&entries[i]);
            if (place->text[0] == '\0' && point >= 0x80 && (take_private || !is_private(point)))
                *place = entries[i];
        }
    }
}

static void fill_quads(struct double_byte *table, iconv_t converter)
{
    for (uint32_t first = 0; first < QUAD_COUNT; first += RUN) {
        struct double_entry entries[RUN];
        size_t count = QUAD_COUNT - first < RUN ? QUAD_COUNT - first : RUN;
        convert_run(converter, double_byte_quad, 4, first, count, entries);
        for (size_t i = 0; i < count; i++) {
            uint32_t point = point_of(&entries[i]);
            table->quads[first + i] = (uint16_t)(point < 0x10000 ? point : 0);
        }
    }
}

static dedup_status converter_open(const char *name, iconv_t *out, dedup_error *error)
{
    *out = iconv_open("UTF-8", name);
    if (*out == (iconv_t)-1 && errno == ENOMEM)
        return fail_memory(error, "a converter");
    if (*out == (iconv_t)-1)
        return fail(error, DEDUP_ERROR_ARGUMENT, "the iconv(3) of this system does not know %s", name);
    return DEDUP_OK;
}

dedup_status double_byte_create_gb18030(struct double_byte **out, dedup_error *error)
{
    iconv_t converter;
    TRY(converter_open("GB18030", &converter, error));
    struct double_byte *table = calloc(1, sizeof *table);
    uint16_t *quads = calloc(QUAD_COUNT, sizeof *quads);
    if (!table || !quads) {
        free(table);
        free(quads);
        (void)iconv_close(converter);
        return fail_memory(error, "the table of GB18030");
    }
    table->quads = quads;
    fill_pairs(table, converter, true);
    fill_quads(table, converter);
    (void)iconv_close(converter);
    *out = table;
    return DEDUP_OK;
}

dedup_status double_byte_create_big5(struct double_byte **out, dedup_error *error)
{
    iconv_t hkscs, cp950;
    TRY(converter_open("BIG5-HKSCS", &hkscs, error));
    dedup_status status = converter_open("CP950", &cp950, error);
    if (status != DEDUP_OK) {
        (void)iconv_close(hkscs);
        return status;
    }
    struct double_byte *table = calloc(1, sizeof *table);
    if (table) {
        fill_pairs(table, hkscs, true);
        fill_pairs(table, cp950, false);
    }
    (void)iconv_close(hkscs);
    (void)iconv_close(cp950);
    if (!table)
        return fail_memory(error, "the table of Big5");
    *out = table;
    return DEDUP_OK;
}

void double_byte_free(struct double_byte *table)
{
    if (table)
        free(table->quads);
    free(table);
}

/* The lead is followed by a digit: a four-byte code of GB18030, or nothing. */
static void read_quad(const struct double_byte *table, const unsigned char *bytes, size_t left, struct unit *unit)
{
    bool whole = left >= 4 && bytes[2] >= 0x81 && bytes[2] <= 0xfe && bytes[3] >= 0x30 && bytes[3] <= 0x39;
    if (!whole) {
        unit_set_ill_formed(unit, 1);
        return;
    }
    uint32_t index = double_byte_quad_index(bytes);
    uint32_t point = 0;
    if (index < QUAD_COUNT)
        point = table->quads[index];
    else if (index >= 189000 && index - 189000 < 0x100000)
        point = index - 189000 + 0x10000; /* 90308130 is U+10000 */
    if (point == 0) {
        unit_set_ill_formed(unit, 4);
        return;
    }
    *unit = (struct unit){.raw_length = 4};
    unit->text_length = (unsigned char)utf8_put(point, unit->text);
}

void double_byte_read(const struct double_byte *table, const unsigned char *bytes, size_t left, struct unit *unit)
{
    unsigned lead = bytes[0];
    if (lead < 0x80) {
        *unit = (struct unit){{(char)lead}, 1, 1, false};
        return;
    }
    if (left < 2 || lead == 0x80 || lead == 0xff) {
        unit_set_ill_formed(unit, 1);
        return;
    }
    const struct double_entry *entry = double_byte_pair(table, lead, bytes[1]);
    if (entry) {
        *unit = (struct unit){.text_length = double_entry_length(entry), .raw_length = 2};
        memcpy(unit->text, entry->text, sizeof unit->text);
    } else if (table->quads && bytes[1] >= 0x30 && bytes[1] <= 0x39) {
        read_quad(table, bytes, left, unit);
    } else {
        unit_set_ill_formed(unit, bytes[1] < 0x80 ? 1 : 2);
    }
}
