/* A set of marks (marks.h) that may err by saying yes. */
#ifndef DEDUP_MATCH_MARK_SET_H
#define DEDUP_MATCH_MARK_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "dedup/error.h"

/* A bit for each mark, by its lower bits. */
struct mark_set {
    uint64_t *words;
    uint32_t mask; /* number of bits - 1 */
};

/* An empty set for `count` marks: some 8 bits for each, but no more than `most` bytes, or a few KiB. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status mark_set_make(struct mark_set *set, uint64_t count, uint64_t most, dedup_error *error);
void mark_set_release(struct mark_set *set);
void mark_set_clear(struct mark_set set);

static inline void mark_set_add(struct mark_set set, uint32_t mark)
{
    set.words[(mark & set.mask) / 64] |= (uint64_t)1 << (mark & 63);
}

/* Without a branch. */
static inline void mark_set_add_if(struct mark_set set, uint32_t mark, bool wanted)
{
    set.words[(mark & set.mask) / 64] |= (uint64_t)wanted << (mark & 63);
}

static inline bool mark_set_has(struct mark_set set, uint32_t mark)
{
    return set.words[(mark & set.mask) / 64] >> (mark & 63) & 1;
}

#endif
