/* Where a text has characters that cleaning looks at one by one: what a repair or a link may begin with, and the marks
 * that some patterns require. Running text has few of them, so one fast pass over a document tells most of its lines
 * apart. */
#ifndef DEDUP_CLEAN_SIGNS_H
#define DEDUP_CLEAN_SIGNS_H

#include "base/isa.h"
#include "clean/place_map.h"

/* A sign begins where a byte with the two behind it has a bit in common in first[], second[] and third[], the latter by
 * the lower six bits, which are all there is to continuation bytes. Characters outside of ASCII are signs when a repair
 * may begin with them, or when they may become one of the signs of ASCII or a foreign mark (literals_mark) in the
 * matching form; a few others pass for signs too. */
struct sign_set {
    unsigned char first[256], second[64], third[64];
    /* The same for AVX2. ASCII characters are signs when rows[c & 15] has bit c >> 4, their wide forms when wide[c &
     * 15] has it, and U+2000 up to U+2000 + general - 0x80 and from U+2040 on. */
    unsigned char rows[16], wide[16];
    unsigned char general;
    uint64_t marks; /* the matching form of a text has these only where the text has signs */
};

/* Makes signs of the ASCII marks among `marks` but for those that any line is taken to have, of what repairs begin with
 * (& ( ? and others), of what ends the text of a link (]), and of the leads C2 and C3 of UTF-8. */
void sign_set_init(struct sign_set *set, uint64_t marks);

/* Finds where signs begin in a text (valid UTF-8): the map has a bit for each of its bytes. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status signs_find(const struct sign_set *set, const char *text, uint32_t length,
                                        struct place_map *map, dedup_error *error);

/* Marks that any line is taken to have, because running text is full of them: commas, digits, and '"', which quotation
 * marks of all kinds become. */
uint64_t signs_marks_anywhere(void);
/* The marks that the character at text[0], of whose line `left` bytes can be read, may become in the matching form, but
 * for those that any line is taken to have; more than it does for some. */
uint64_t signs_marks_at(const char *text, uint32_t left);

/* The kernels fill `words` for valid UTF-8; tests compare them. */
void signs_find_scalar(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words);
#ifdef ISA_X86
void signs_find_avx2(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words);
void signs_find_avx512vbmi(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words);
#endif

#endif
