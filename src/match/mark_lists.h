/* Which texts have a mark (marks.h), by its value. */
#ifndef DEDUP_MATCH_MARK_LISTS_H
#define DEDUP_MATCH_MARK_LISTS_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* Entries are value << 32 | node. */
struct mark_lists {
    uint64_t *entries;
    size_t count, capacity;
    size_t *begins; /* once they are sorted: entries by the top bits of their values */
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
/* The list of a mark, which may be empty. */
struct mark_list mark_lists_find(const struct mark_lists *lists, uint32_t mark);

#endif
