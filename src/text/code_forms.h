/* Can a text be encoded again? The codes of GB18030 and Big5 that encoding it gives back, and the places where it would
 * give other bytes.
 *
 * Of the codes of one character one is regular: the first from the rows of ideographs on, else the first. Codes of
 * several characters, and those of GB18030 beyond the Basic Multilingual Plane, never are. What is regular and was used
 * is written down with a run, so that its input can be rebuilt where iconv(3) knows other tables. */
#ifndef DEDUP_TEXT_CODE_FORMS_H
#define DEDUP_TEXT_CODE_FORMS_H

#include "text/double_byte.h"
#include "text/encoding.h"

/* Codes by number: pairs by lead and trail, then the four-byte codes. */
enum { CODE_PAIRS = DOUBLE_LEADS * DOUBLE_TRAILS, CODE_COUNT = CODE_PAIRS + QUAD_COUNT };

struct code_set {
    unsigned char bits[(CODE_COUNT + 7) / 8];
};

static inline bool code_set_has(const struct code_set *set, size_t code)
{
    return (set->bits[code / 8] >> code % 8 & 1) != 0;
}

static inline void code_set_add(struct code_set *set, size_t code)
{
    set->bits[code / 8] |= (unsigned char)(1u << code % 8);
}

void code_set_join(struct code_set *set, const struct code_set *other);

/* The regular codes of a table. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status code_set_regular(const struct double_byte *table, struct code_set **out,
                                              dedup_error *error);

/* A stretch of input that encoding its text again would not give. */
struct code_place {
    uint32_t raw, length; /* bytes of the input */
    unsigned char text_length;
    char text[4]; /* what it was decoded to */
    bool ill_formed;
};

/* The irregular places of input in GB18030 or Big5, ascending; they belong to the decoder until the next call. Its
 * regular codes are added to `used`. *split: some code gave several characters, so that a cut may lie inside of it.
 * Other results of the decoder stay as they are. Errors: MEMORY, ARGUMENT (iconv(3) lacks the encoding). */
DEDUP_NODISCARD dedup_status decoder_irregular(struct decoder *decoder, const struct encoding *encoding,
                                               const void *bytes, size_t length, struct code_set *used,
                                               const struct code_place **places, size_t *count, bool *split,
                                               dedup_error *error);

/* True when decoder_irregular knows the family. */
static inline bool encoding_has_codes(const struct encoding *encoding)
{
    return encoding->family == ENCODING_GB18030 || encoding->family == ENCODING_BIG5;
}

/* Appends the characters of the codes of `set`, and the codes in hexadecimal with blanks between. Errors: MEMORY,
 * ARGUMENT. */
DEDUP_NODISCARD dedup_status decoder_name_codes(struct decoder *decoder, enum encoding_family family,
                                                const struct code_set *set, dedup_buffer *characters,
                                                dedup_buffer *codes, dedup_error *error);

#endif
