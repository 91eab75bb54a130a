#include "text/double_byte.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"

/* Converts one code; returns the length of its UTF-8, 0 when it has none or is longer than `size`. */
static size_t convert_code(iconv_t converter, const unsigned char *code, size_t length, char *out, size_t size)
{
    char input[4];
    memcpy(input, code, length);
    char *from = input, *to = out;
    size_t from_left = length, to_left = size;
    bool done = iconv(converter, &from, &from_left, &to, &to_left) != (size_t)-1 && from_left == 0;
    /* Big5-HKSCS holds back letters that may take an accent; this also forgets what a failure left behind. */
    done = iconv(converter, NULL, NULL, &to, &to_left) != (size_t)-1 && done;
    return done ? size - to_left : 0;
}

static bool is_private(const char *text, size_t length)
{
    uint32_t point;
    return utf8_sequence(text, length, &point) != 0 && ((point >= 0xe000 && point < 0xf900) || point >= 0xf0000);
}

/* Fills the pairs that are still empty. */
static void fill_pairs(struct double_byte *table, iconv_t converter, bool take_private)
{
    for (unsigned lead = 0; lead < DOUBLE_LEADS; lead++) {
        for (unsigned trail = 0; trail < DOUBLE_TRAILS; trail++) {
            char *text = table->pairs[lead][trail].text;
            if (text[0] != '\0' || trail + DOUBLE_TRAIL == 0x7f || trail + DOUBLE_TRAIL == 0xff)
                continue;
            unsigned char code[2] = {(unsigned char)(lead + DOUBLE_LEAD), (unsigned char)(trail + DOUBLE_TRAIL)};
            char converted[4];
            size_t length = convert_code(converter, code, 2, converted, sizeof converted);
            if (length >= 2 && (take_private || !is_private(converted, length)))
                memcpy(text, converted, length);
        }
    }
}

static void quad_code(uint32_t index, unsigned char *code)
{
    code[0] = (unsigned char)(0x81 + index / 12600);
    code[1] = (unsigned char)(0x30 + index / 1260 % 10);
    code[2] = (unsigned char)(0x81 + index / 10 % 126);
    code[3] = (unsigned char)(0x30 + index % 10);
}

static void fill_quads(struct double_byte *table, iconv_t converter)
{
    for (uint32_t index = 0; index < QUAD_COUNT; index++) {
        unsigned char code[4];
        char text[4];
        uint32_t point = 0;
        quad_code(index, code);
        size_t length = convert_code(converter, code, 4, text, sizeof text);
        if (length == 0 || utf8_sequence(text, length, &point) != length || point > 0xffff)
            point = 0;
        table->quads[index] = (uint16_t)point;
    }
}

static dedup_status converter_open(const char *name, iconv_t *out, dedup_error *error)
{
    *out = iconv_open("UTF-8", name);
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

static void set_ill_formed(struct unit *unit, size_t raw_length)
{
    *unit = (struct unit){"\xef\xbf\xbd", 3, (unsigned char)raw_length, true};
}

/* The lead is followed by a digit: a four-byte code of GB18030, or nothing. */
static void read_quad(const struct double_byte *table, const unsigned char *bytes, size_t left, struct unit *unit)
{
    bool whole = left >= 4 && bytes[2] >= 0x81 && bytes[2] <= 0xfe && bytes[3] >= 0x30 && bytes[3] <= 0x39;
    if (!whole) {
        set_ill_formed(unit, 1);
        return;
    }
    uint32_t index =
        (bytes[0] - 0x81u) * 12600 + (bytes[1] - 0x30u) * 1260 + (bytes[2] - 0x81u) * 10 + (bytes[3] - 0x30u);
    uint32_t point = 0;
    if (index < QUAD_COUNT)
        point = table->quads[index];
    else if (index >= 189000 && index - 189000 < 0x100000)
        point = index - 189000 + 0x10000; /* 90308130 is U+10000 */
    if (point == 0) {
        set_ill_formed(unit, 4);
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
        set_ill_formed(unit, 1);
        return;
    }
    const struct double_entry *entry = double_byte_pair(table, lead, bytes[1]);
    if (entry) {
        *unit = (struct unit){.text_length = double_entry_length(entry), .raw_length = 2};
        memcpy(unit->text, entry->text, sizeof unit->text);
    } else if (table->quads && bytes[1] >= 0x30 && bytes[1] <= 0x39) {
        read_quad(table, bytes, left, unit);
    } else {
        set_ill_formed(unit, bytes[1] < 0x80 ? 1 : 2);
    }
}
