/* Two texts as units, and which of them have no counterpart in the other. */
#ifndef DEDUP_TEXT_DIFF_WORK_H
#define DEDUP_TEXT_DIFF_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "dedup/error.h"

/* A unit is a character that has a fold key, with what follows it and has none. Before the first there is one more,
 * without a character. */
struct diff_side {
    const char *text;
    uint32_t *points; /* what units are compared by: the same for equal fold keys */
    uint32_t *places; /* count + 1: the bytes at which units begin, and the end of the text */
    bool *changed;    /* per unit */
    uint32_t count;
};

/* A part of both texts. */
struct diff_range {
    uint32_t a, a_end, b, b_end;
};

struct diff_work {
    struct diff_side a, b;
    uint32_t *forward, *backward; /* furthest points per diagonal, see diff_search.c */
    uint64_t budget;              /* steps that may still be made */
};

/* Marks what differs within `range` (Myers, linear space) until the budget is used up; then whole stretches. */
void diff_search(struct diff_work *work, struct diff_range range);

/* Room for the diagonals of diff_search. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status diff_search_prepare(struct diff_work *work, dedup_error *error);

/* Marks what differs in all of both texts: anchors first, diff_search between them. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status diff_align(struct diff_work *work, dedup_error *error);

#endif
