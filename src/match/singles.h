/* A filter that tells keys seen once from keys seen more often. */
#ifndef DEDUP_MATCH_SINGLES_H
#define DEDUP_MATCH_SINGLES_H

#include "match/pool.h"

/* Bits, reused. */
struct singles {
    uint64_t *once, *again;
    size_t once_capacity, again_capacity;
};

/* Drops most entries whose key, item >> shift, no other entry has, and no other entry. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status singles_drop(struct singles *singles, struct pool_entries *entries, unsigned shift,
                                          dedup_error *error);
void singles_release(struct singles *singles);

#endif
