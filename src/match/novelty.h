/* The filter that lets documents without repeats pass at the cost of a glance: which prose paragraphs say so little new
 * that they may repeat an earlier one.
 *
 * A paragraph that repeats another has the same numbers, so those whose digits no other has are passed over. Of the
 * others A repeats B when J(A, B) >= t; then at most (1 - t)|A| shingles of A are missing in B. A shingle ends with a
 * shorter window of code points; shingles with different last windows differ, and B has the last window of every
 * shingle it has. So A has at most (1 - t)|A| last windows that stand in no earlier paragraph. Windows are looked up by
 * hash in a table of bytes: a collision hides something new, which costs time and never a repeat. So does looking at
 * half of the windows only. */
#ifndef DEDUP_MATCH_NOVELTY_H
#define DEDUP_MATCH_NOVELTY_H

#include "match/paragraphs.h"

/* A paragraph of prose. */
struct novelty_item {
    uint32_t index;  /* in the list */
    uint32_t digits; /* hash of its digits */
};

struct novelty {
    uint8_t *seen;      /* by hash: what had the place last, in numbers that grow from document to document */
    size_t capacity;    /* of `seen` */
    unsigned last_seen; /* the last number, up to 255: then the table is cleared */
    struct novelty_item *items;
    size_t item_count, item_capacity;
};

void novelty_init(struct novelty *novelty);
void novelty_release(struct novelty *novelty);

/* What to look for. */
struct novelty_question {
    double threshold; /* of near duplicates */
    size_t near;      /* code points from which there are any */
    bool half;        /* look at half of the windows: half the time, and wrong more often, on the safe side */
};

/* Looks at the paragraphs of a document, whose keys are slices of `points`. suspects[i]: 1 when paragraph i is prose
 * and may repeat earlier prose, else 0. *any: whether some may. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status novelty_find(struct novelty *novelty, const struct novelty_question *question,
                                          const uint32_t *points, const struct paragraph_list *list,
                                          unsigned char *suspects, bool *any, dedup_error *error);

#endif
