/* Where keys wait for their equals: entries of 8 bytes (32 bits of the key, 32 of the unit's number), spread by the top
 * bits of the key over partitions that are grouped one at a time. Over its memory bound the pool moves to a file. */
#ifndef DEDUP_MATCH_POOL_H
#define DEDUP_MATCH_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

struct pool;

/* `expected`: how many entries will come, for the number of partitions. `memory`: bytes of entries held in memory, 0
 * for no bound; `spill_directory`: -1 for no bound either. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status pool_create(uint64_t expected, uint64_t memory, int spill_directory, struct pool **out,
                                         dedup_error *error);
void pool_free(struct pool *pool); /* NULL is fine */

/* Adds one entry per key. Not in parallel. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status pool_add(struct pool *pool, const uint64_t *keys, size_t count, uint32_t number,
                                      dedup_error *error);

size_t pool_partitions(const struct pool *pool);

/* Entries of one partition, in no order; reused. */
struct pool_entries {
    uint64_t *items; /* key bits << 32 | number; owned */
    size_t count, capacity;
};

/* Replaces `entries` by those of a partition. In parallel after the last pool_add. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status pool_load(const struct pool *pool, size_t partition, struct pool_entries *entries,
                                       dedup_error *error);

#endif
