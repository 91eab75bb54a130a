/* Which texts have the marks (matcher.h) of other texts: the sampled hashes of all texts, joined with the marks. */
#ifndef DEDUP_MATCH_MARK_LISTS_H
#define DEDUP_MATCH_MARK_LISTS_H

#include "match/nodes.h"

/* The marks that two nodes or more have, each with a list of these nodes. */
struct mark_lists {
    uint64_t *begins; /* list l: nodes[begins[l] .. begins[l + 1]), ascending */
    uint32_t *nodes;
    size_t count, begin_capacity, node_capacity;
    uint64_t *owner_begins; /* lists of the marks of node n: owned[owner_begins[n] .. owner_begins[n + 1]) */
    uint32_t *owned;
};

/* Finds them. The result does not depend on the number of threads. Errors: MEMORY, READ, LIMIT. */
DEDUP_NODISCARD dedup_status mark_lists_make(const struct matcher *matcher, const struct nodes *nodes,
                                             struct mark_lists *lists, dedup_error *error);
void mark_lists_release(struct mark_lists *lists);

#endif
