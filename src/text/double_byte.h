/* GB18030 and Big5 by tables that iconv(3) fills once: about three times as fast as converting through it. */
#ifndef DEDUP_TEXT_DOUBLE_BYTE_H
#define DEDUP_TEXT_DOUBLE_BYTE_H

#include <stdbool.h>
#include <stdint.h>

#include "dedup/error.h"

/* A part of the input that is decoded as one: a character, a shift sequence, or an ill-formed stretch. */
struct unit {
    char text[4];              /* UTF-8; U+FFFD for an ill-formed stretch */
    unsigned char text_length; /* bytes of `text`; 0 for a shift sequence */
    unsigned char raw_length;  /* bytes of input, never 0 */
    bool ill_formed;
};

static inline void unit_set_ill_formed(struct unit *unit, size_t raw_length)
{
    *unit = (struct unit){"\xef\xbf\xbd", 3, (unsigned char)raw_length, true};
}

enum {
    DOUBLE_LEAD = 0x81,  /* first lead byte; the last is 0xfe */
    DOUBLE_TRAIL = 0x40, /* first trail byte; the last is 0xfe */
    DOUBLE_LEADS = 0x7e,
    DOUBLE_TRAILS = 0xc0,
    QUAD_COUNT = 39420, /* four-byte codes of GB18030 that lie in the BMP: 81308130 to 8431a439 */
};

/* UTF-8 padded with NULs: two to four bytes; no bytes for a code without a character. */
struct double_entry {
    char text[4];
};

struct double_byte {
    struct double_entry pairs[DOUBLE_LEADS][DOUBLE_TRAILS];
    uint16_t *quads; /* GB18030: code points of the four-byte codes, 0 for none; NULL for Big5 */
};

/* Asks iconv(3) for every code. GB18030, or Big5-HKSCS completed by the codes that only CP950 knows (a handful of
 * symbols, no private use). Errors: MEMORY, ARGUMENT (this iconv does not know the encoding). */
DEDUP_NODISCARD dedup_status double_byte_create_gb18030(struct double_byte **out, dedup_error *error);
DEDUP_NODISCARD dedup_status double_byte_create_big5(struct double_byte **out, dedup_error *error);
void double_byte_free(struct double_byte *table); /* NULL is fine */

/* The character of a lead and trail byte, NULL when there is none. */
static inline const struct double_entry *double_byte_pair(const struct double_byte *table, unsigned lead,
                                                          unsigned trail)
{
    if (lead - DOUBLE_LEAD >= DOUBLE_LEADS || trail < DOUBLE_TRAIL)
        return NULL;
    const struct double_entry *entry = &table->pairs[lead - DOUBLE_LEAD][trail - DOUBLE_TRAIL];
    return entry->text[0] != '\0' ? entry : NULL;
}

static inline unsigned char double_entry_length(const struct double_entry *entry)
{
    return (unsigned char)(2 + (entry->text[2] != '\0') + (entry->text[3] != '\0'));
}

/* Reads the unit at `bytes` (`left` > 0). Ill-formed input is cut as the decoders of the WHATWG Encoding Standard cut
 * it: an ASCII byte is not swallowed by a broken lead, except in four-byte codes that mean nothing. The one difference:
 * a four-byte code that the end truncates gives its digits back too, so that where a text is cut makes no difference.
 */
void double_byte_read(const struct double_byte *table, const unsigned char *bytes, size_t left, struct unit *unit);

/* A four-byte code (81..fe, 30..39, 81..fe, 30..39) as a number, and a number below 126 * 12600 as its code. */
static inline uint32_t double_byte_quad_index(const unsigned char *bytes)
{
    return (bytes[0] - 0x81u) * 12600 + (bytes[1] - 0x30u) * 1260 + (bytes[2] - 0x81u) * 10 + (bytes[3] - 0x30u);
}

static inline void double_byte_quad(uint32_t index, unsigned char *bytes)
{
    bytes[0] = (unsigned char)(0x81 + index / 12600);
    bytes[1] = (unsigned char)(0x30 + index / 1260 % 10);
    bytes[2] = (unsigned char)(0x81 + index / 10 % 126);
    bytes[3] = (unsigned char)(0x30 + index % 10);
}

#endif
