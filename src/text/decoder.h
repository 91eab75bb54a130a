/* What the files of the decoder share. */
#ifndef DEDUP_TEXT_DECODER_H
#define DEDUP_TEXT_DECODER_H

#include <iconv.h>

#include "text/code_forms.h"
#include "text/double_byte.h"
#include "text/encoding.h"

enum { POINT_COSTS = 0x10000 };

struct decoder {
    struct double_byte *gb18030; /* NULL until needed */
    struct double_byte *big5;    /* NULL until needed */
    unsigned char *costs;        /* POINT_COSTS bits of surprise, for detection; NULL until needed */
    iconv_t foreign;             /* of `foreign_name`, when that is not empty */
    char foreign_name[32];
    dedup_buffer text;
    struct decode_repair *repairs;
    size_t repair_count, repair_capacity;
    struct code_set *regular_gb18030, *regular_big5; /* NULL until needed */
    struct code_place *places;
    size_t place_count, place_capacity;
};

/* Fills the POINT_COSTS bits of surprise, in eighths; what a code point of any plane costs. */
void point_costs_fill(unsigned char *costs);
unsigned point_cost(const unsigned char *costs, uint32_t point);

/* Makes the table of a family. Errors: MEMORY, ARGUMENT. */
DEDUP_NODISCARD dedup_status decoder_need_table(struct decoder *decoder, enum encoding_family family,
                                                dedup_error *error);

/* The table of a family, NULL for those without. */
static inline const struct double_byte *decoder_table(const struct decoder *decoder, enum encoding_family family)
{
    return family == ENCODING_BIG5                               ? decoder->big5
           : family == ENCODING_GB18030 || family == ENCODING_HZ ? decoder->gb18030
                                                                 : NULL;
}

/* Notes that `length` bytes at `raw` become a U+FFFD at the end of the text so far. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status decoder_repair(struct decoder *decoder, size_t raw, size_t length, dedup_error *error);

/* Length of the ill-formed stretch that opens `bytes`: the maximal part of a well-formed sequence, or one byte. */
size_t utf8_ill_formed(const unsigned char *bytes, size_t left);

/* Reads one unit of an encoding that has its own reader: all but UTF-8 and ENCODING_OTHER. `shifted` is the state of
 * HZ, false at the start of the input. */
void unit_read(const struct decoder *decoder, enum encoding_family family, bool *shifted, const unsigned char *bytes,
               size_t left, struct unit *unit);

/* ENCODING_OTHER by iconv(3): appends to decoder->text; and the inverse of positions as decoder_map has it.
 * Errors: MEMORY, LIMIT, ARGUMENT (unknown, or its output is no Unicode text). */
DEDUP_NODISCARD dedup_status foreign_decode(struct decoder *decoder, const struct encoding *encoding,
                                            const unsigned char *bytes, size_t length, dedup_error *error);
DEDUP_NODISCARD dedup_status foreign_map(struct decoder *decoder, const struct encoding *encoding,
                                         const unsigned char *bytes, size_t length, const uint32_t *offsets,
                                         size_t count, uint32_t *raw, dedup_error *error);

#endif
