/* Counts by name, in bounded memory: which lines were removed how often, what came from which source. */
#ifndef DEDUP_PIPELINE_TALLY_H
#define DEDUP_PIPELINE_TALLY_H

#include <stdbool.h>

#include "dedup/buffer.h"

enum { TALLY_COUNTS = 7 };

struct tally_entry {
    uint64_t hash;
    size_t key; /* place in `keys` */
    size_t length;
    uint64_t counts[TALLY_COUNTS];
};

struct tally {
    struct tally_entry *entries; /* in the order in which they came */
    size_t count, capacity;
    size_t most;      /* entries that are held */
    uint64_t dropped; /* entries that were given up */
    uint32_t *slots;  /* index + 1 by hash; 0: free */
    size_t slot_count;
    dedup_buffer keys;
};

void tally_init(struct tally *tally, size_t most);
void tally_release(struct tally *tally);
void tally_clear(struct tally *tally);

/* Adds the counts of a key. Where there are too many keys, those with the smallest first count are given up (lossy
 * counting; Manku and Motwani 2002): the counts of others may then be too small, never too large. The result depends on
 * the order of calls alone. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status tally_add(struct tally *tally, const void *key, size_t length,
                                       const uint64_t counts[TALLY_COUNTS], dedup_error *error);
/* Adds everything that another tally holds. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status tally_merge(struct tally *tally, const struct tally *other, dedup_error *error);

/* Puts the entries in order: by count `which`, the largest first, then by key. Nothing may be added afterwards. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status tally_sort(struct tally *tally, size_t which, dedup_error *error);

static inline const char *tally_key(const struct tally *tally, size_t index)
{
    return tally->keys.data + tally->entries[index].key;
}

#endif
