/* How alike are two texts? The measure by which the whole program decides. */
#ifndef DEDUP_SIMILARITY_H
#define DEDUP_SIMILARITY_H

#include "dedup/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Figures about the sets of shingles (5 code points of the fold key) of two texts a and b. */
typedef struct dedup_similarity {
    double jaccard;          /* |A n B| / |A u B|, exact; 0 when either is empty */
    double a_in_b, b_in_a;   /* containment: |A n B| / |A| and |A n B| / |B| */
    size_t a_count, b_count; /* distinct shingles */
} dedup_similarity;

/* Compares two texts in UTF-8 (ill-formed bytes count as U+FFFD). Errors: MEMORY. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_compare(const char *a, size_t a_length, const char *b, size_t b_length,
                                                     dedup_similarity *out, dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
