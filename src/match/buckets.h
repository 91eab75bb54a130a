/* Buckets: the nodes that share a band key. Equal buckets of different bands are one, so that a family of near
 * duplicates, which meets in most bands, is looked at once. */
#ifndef DEDUP_MATCH_BUCKETS_H
#define DEDUP_MATCH_BUCKETS_H

#include "match/nodes.h"

struct buckets {
    uint64_t *begins; /* bucket b: members[begins[b] .. begins[b + 1]) */
    size_t count, begin_capacity;
    uint32_t *members; /* nodes, ascending in each bucket */
    size_t member_capacity;
};

/* Groups the band keys of all nodes; buckets of one are left out, and nodes of small ones whose signature agrees with
 * that of no other enough for the matcher's threshold. Linear in the number of keys. The result does not depend on the
 * number of threads. Errors: MEMORY, READ, LIMIT. */
DEDUP_NODISCARD dedup_status buckets_make(const struct matcher *matcher, const struct nodes *nodes,
                                          struct buckets *buckets, dedup_error *error);
void buckets_release(struct buckets *buckets);

#endif
