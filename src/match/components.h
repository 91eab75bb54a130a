/* Connected components of nodes, over buckets and candidates for containment. */
#ifndef DEDUP_MATCH_COMPONENTS_H
#define DEDUP_MATCH_COMPONENTS_H

#include "match/buckets.h"
#include "match/contain.h"

struct components {
    uint64_t *begins; /* component c: nodes[begins[c] .. begins[c + 1]); only components of two nodes or more */
    size_t count;
    uint32_t *nodes;  /* ascending in each component */
    uint32_t *places; /* of each node among `nodes`, NONE in no component */
};

/* Errors: MEMORY. */
DEDUP_NODISCARD dedup_status components_make(size_t node_count, const struct buckets *buckets,
                                             const struct containers *containers, struct components *components,
                                             dedup_error *error);
void components_release(struct components *components);

#endif
