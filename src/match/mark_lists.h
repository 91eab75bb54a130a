/* Which texts have a mark (marks.h), by its value. */
#ifndef DEDUP_MATCH_MARK_LISTS_H
#define DEDUP_MATCH_MARK_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* Entries are value << 32 | node. */
struct mark_lists {
    uint64_t *entries;
    size_t count, capacity;
    /* Once they are sorted: */
    uint64_t *there; /* bits of their values, by which most others are told */
    uint32_t there_mask;
    size_t *begins; /* entries by the top bits of their values */
    unsigned bits;
};

/* The nodes that have one mark, ascending, each once: the lower halves of the entries. */
struct mark_list {
    const uint64_t *entries;
    size_t count;
};

void mark_lists_release(struct mark_lists *lists);
/* Appends entries. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status mark_lists_add(struct mark_lists *lists, const uint64_t *entries, size_t count,
                                            dedup_error *error);
/* Makes them ready to be looked up; nodes are below `nodes`. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status mark_lists_sort(struct mark_lists *lists, size_t nodes, dedup_error *error);
/* Whether a mark may have a list, hardly ever when it has none. */
static inline bool mark_lists_may_have(const struct mark_lists *lists, uint32_t mark)
{
    return lists->there[(mark & lists->there_mask) / 64] >> (mark & 63) & 1;
}

/* Finds the lists of `count` marks, which may be empty. */
void mark_lists_find(const struct mark_lists *lists, const uint32_t *marks, size_t count, struct mark_list *found);

#endif
