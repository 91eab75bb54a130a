/* Which texts may be contained in which: candidates from marks (matcher.h). */
#ifndef DEDUP_MATCH_CONTAIN_H
#define DEDUP_MATCH_CONTAIN_H

#include "match/nodes.h"

/* The nodes that may contain node n: nodes[begins[n] .. begins[n + 1]), ascending. NULL where none was looked for. */
struct containers {
    uint64_t *begins;
    uint32_t *nodes;
    uint64_t skipped; /* pairs left out because a mark stands in too many texts */
};

/* Finds those that are no near duplicates at `threshold` in any case. Linear in the length of all texts. The result
 * does not depend on the number of threads. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status containers_make(const struct matcher *matcher, const struct nodes *nodes, double threshold,
                                             struct containers *containers, dedup_error *error);
void containers_release(struct containers *containers);

#endif
