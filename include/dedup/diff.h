/* What differs between two texts, character by character: for showing a duplicate beside the text that stays. */
#ifndef DEDUP_DIFF_H
#define DEDUP_DIFF_H

#include <stdbool.h>

#include "dedup/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes [a_begin, a_end) of the first text stand where the second has [b_begin, b_end). One of the two may be empty. */
typedef struct dedup_change {
    size_t a_begin, a_end, b_begin, b_end;
    bool form; /* the fold keys are equal: width, script, punctuation or spacing differ, which duplicates may */
} dedup_change;

/* In order of place. What lies before, between and behind the differences is equal in both texts. */
typedef struct dedup_diff {
    dedup_change *items; /* owned */
    size_t count;
    size_t forms; /* how many of them are `form` */
} dedup_diff;

/* Compares two texts in UTF-8; a byte that is ill-formed counts as a character of its own, and no difference cuts a
 * character in two. Characters are aligned by their fold keys (text.h): first pieces that occur once in each text (the
 * longest chain of them, as in patience diff), and what lies between by Myers, "An O(ND) Difference Algorithm and Its
 * Variations" (1986), in linear space. Work is bounded: where texts have too little in common the stretch counts as
 * different as a whole. Equal stretches that are shorter than the differences around them are made part of these, for
 * readers. Errors: MEMORY, LIMIT (a text of 2^31 bytes or more). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_diff_make(const char *a, size_t a_length, const char *b, size_t b_length,
                                                       dedup_diff *out, dedup_error *error);
DEDUP_API void dedup_diff_release(dedup_diff *diff);

#ifdef __cplusplus
}
#endif
#endif
