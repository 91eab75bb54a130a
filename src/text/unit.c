/* Readers of single units: UTF-16, HZ, and the ill-formed stretches of UTF-8. */
#include <string.h>

#include "base/utf8.h"
#include "text/decoder.h"

size_t utf8_ill_formed(const unsigned char *bytes, size_t left)
{
    unsigned lead = bytes[0];
    if (lead < 0xc2 || lead > 0xf4)
        return 1;
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    size_t length = 1;
    while (length < need && length < left && bytes[length] >= low && bytes[length] <= high) {
        length++;
        low = 0x80;
        high = 0xbf;
    }
    return length;
}

static void set_point(struct unit *unit, uint32_t point, size_t raw_length)
{
    *unit = (struct unit){.raw_length = (unsigned char)raw_length};
    unit->text_length = (unsigned char)utf8_put(point, unit->text);
}

static void read_utf16(bool big, const unsigned char *bytes, size_t left, struct unit *unit)
{
    if (left < 2) {
        unit_set_ill_formed(unit, 1);
        return;
    }
    uint32_t first = big ? (uint32_t)(bytes[0] << 8 | bytes[1]) : (uint32_t)(bytes[1] << 8 | bytes[0]);
    if (first < 0xd800 || first > 0xdfff) {
        set_point(unit, first, 2);
        return;
    }
    if (first >= 0xdc00 || left < 4) {
        unit_set_ill_formed(unit, first >= 0xdc00 || left < 3 ? 2 : 3);
        return;
    }
    uint32_t second = big ? (uint32_t)(bytes[2] << 8 | bytes[3]) : (uint32_t)(bytes[3] << 8 | bytes[2]);
    if (second < 0xdc00 || second > 0xdfff)
        unit_set_ill_formed(unit, 2);
    else
        set_point(unit, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 4);
}

/* HZ (RFC 1843): ~{ and ~} switch to GB2312 and back, ~~ is a tilde, a tilde at a line's end joins lines; a line feed
 * always switches back. */
static void read_hz(const struct double_byte *table, bool *shifted, const unsigned char *bytes, size_t left,
                    struct unit *unit)
{
    unsigned first = bytes[0], second = left > 1 ? bytes[1] : 0;
    *unit = (struct unit){{(char)first}, 1, 1, false};
    if (first == '~') {
        if (second != '{' && second != '}' && second != '~' && second != '\n') {
            unit_set_ill_formed(unit, 1);
            return;
        }
        unit->raw_length = 2;
        unit->text_length = second == '~';
        *shifted = second == '{' || (second == '~' && *shifted);
    } else if (first >= 0x80) {
        unit_set_ill_formed(unit, 1);
    } else if (first == '\n') {
        *shifted = false;
    } else if (*shifted && first > 0x20 && first < 0x7f) {
        const struct double_entry *entry =
            second > 0x20 && second < 0x7f ? double_byte_pair(table, first | 0x80, second | 0x80) : NULL;
        if (entry) {
            *unit = (struct unit){.text_length = double_entry_length(entry), .raw_length = 2};
            memcpy(unit->text, entry->text, sizeof unit->text);
        } else {
            unit_set_ill_formed(unit, 1);
        }
    }
}

void unit_read(const struct decoder *decoder, enum encoding_family family, bool *shifted, const unsigned char *bytes,
               size_t left, struct unit *unit)
{
    const struct double_byte *table = decoder_table(decoder, family);
    if (family == ENCODING_HZ)
        read_hz(table, shifted, bytes, left, unit);
    else if (table)
        double_byte_read(table, bytes, left, unit);
    else
        read_utf16(family == ENCODING_UTF16BE, bytes, left, unit);
}
