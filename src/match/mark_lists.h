/* Which texts have a mark (marks.h), by its value. */
#ifndef DEDUP_MATCH_MARK_LISTS_H
#define DEDUP_MATCH_MARK_LISTS_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* Entries are mark_list_entry of a mark and a node that has it. */
struct mark_lists {
    uint64_t *entries;
    size_t count, capacity;
    /* Once they are sorted: */
    size_t *begins; /* entries by the top bits of their keys */
    unsigned bits;
};

/* Most marks are small numbers; their keys are spread evenly. */
static inline uint32_t mark_list_key(uint32_t mark)
{
    return mark * UINT32_C(0x9e3779b1);
}

static inline uint64_t mark_list_entry(uint32_t mark, uint32_t node)
{
    return (uint64_t)mark_list_key(mark) << 32 | node;
}

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
/* Finds the lists of `count` marks, which may be empty. */
void mark_lists_find(const struct mark_lists *lists, const uint32_t *marks, size_t count, struct mark_list *found);

#endif
