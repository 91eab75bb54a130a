/* The filter that lets documents without repeats pass at the cost of a glance: which prose paragraphs say so little new
 * that they may repeat an earlier one.
 *
 * When J(A, B) >= t, at most (1 - t)|A| shingles of A are missing in B. A shingle ends with a shorter window of code
 * points; shingles with different last windows differ, and B has the last window of every shingle it has. So A has at
 * most (1 - t)|A| last windows that stand in no earlier paragraph. Windows are looked up by hash in a table of bytes: a
 * collision hides something new, which costs time and never a repeat. So does looking at half of the windows only. */
#ifndef DEDUP_MATCH_NOVELTY_H
#define DEDUP_MATCH_NOVELTY_H

#include <stdbool.h>

#include "dedup/error.h"

struct novelty {
    uint8_t *seen; /* by hash of a window: the document that had it last */
    size_t capacity;
    unsigned log;     /* of the part of `seen` that is used */
    bool half;        /* only half of the windows are looked at */
    uint8_t document; /* 1 to 255, the table is cleared when it starts again */
};

void novelty_init(struct novelty *novelty);
void novelty_release(struct novelty *novelty);

/* Begins a document with keys of `points` code points together. `half`: the answers cost half the time and are wrong
 * more often, on the safe side. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status novelty_begin(struct novelty *novelty, size_t points, bool half, dedup_error *error);

/* Takes a paragraph's key. False when more than `missing` of its shingles are in no paragraph that was taken before. */
bool novelty_repeats(struct novelty *novelty, const uint32_t *points, size_t count, size_t missing);

#endif
