/* Marks of texts that have too few samples: stretches of their units, looked up in all texts again.
 *
 * A text that contains another one has long pieces of it (marks.h), so the places of the others need not all be looked
 * at: of a piece of length + step - 1 units, `step` stretches of `length` units are marks, one of which begins at a
 * multiple of `step` wherever the piece stands. The steps are as long as the shortest piece of a text allows. */
#ifndef DEDUP_MATCH_MARK_SCAN_H
#define DEDUP_MATCH_MARK_SCAN_H

#include "match/mark_lists.h"
#include "match/nodes.h"

/* The marks of one such text. */
struct scan_marks {
    uint32_t values[MARKS_MAXIMUM];
    uint32_t places[MARKS_MAXIMUM]; /* where they begin */
    size_t count, needed;
    unsigned kind; /* texts with the same length and step */
};

/* Chooses them. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status scan_marks_choose(const struct matcher *matcher, const struct text *text,
                                               struct block_window *window, struct scan_marks *marks,
                                               dedup_error *error);

/* Adds the nodes that have marks of the `count` texts to `lists`, and a few others. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status mark_scan(const struct matcher *matcher, const struct nodes *nodes, const uint32_t *texts,
                                       size_t count, struct mark_lists *lists, dedup_error *error);

#endif
