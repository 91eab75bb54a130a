/* Where a text has characters that cleaning looks at one by one: what a repair may begin with, and the marks that some
 * patterns require. Running text has few of them, so one fast pass over a document tells most of its lines apart. */
#ifndef DEDUP_CLEAN_SIGNS_H
#define DEDUP_CLEAN_SIGNS_H

#include "base/isa.h"
#include "clean/place_map.h"

/* Which ASCII characters are signs: rows[c & 15] has bit c >> 4. Characters outside of ASCII are signs when a repair
 * may begin with them, or when they may become one of these or a foreign mark (literals_mark) in the matching form; a
 * few others pass for signs too. */
struct sign_set {
    unsigned char rows[16];
};

/* Makes signs of the ASCII marks among `marks`, and of what repairs begin with. */
void sign_set_init(struct sign_set *set, uint64_t marks);

/* Finds where signs begin in a text (valid UTF-8): the map has a bit for each of its bytes. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status signs_find(const struct sign_set *set, const char *text, uint32_t length,
                                        struct place_map *map, dedup_error *error);

/* The marks that the matching form of text[begin, end) may have: at least those of the set, perhaps more. */
uint64_t signs_marks_between(const struct place_map *map, const char *text, uint32_t begin, uint32_t end);
/* The same of all marks, without a map. */
uint64_t signs_marks(const char *text, uint32_t length);

/* The kernels fill `words`; tests compare them. */
void signs_find_scalar(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words);
#ifdef ISA_X86
void signs_find_avx2(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words);
void signs_find_avx512(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words);
#endif

#endif
