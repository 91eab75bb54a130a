/* A filter that tells keys seen once from keys seen more often. */
#ifndef DEDUP_MATCH_SINGLES_H
#define DEDUP_MATCH_SINGLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"
#include "dedup/error.h"

/* Two maps of bits: what was seen, by some bits of the key, and what may have been seen again, by others; reused. */
struct singles {
    uint64_t *seen, *again;
    size_t seen_capacity, again_capacity;
    unsigned seen_bits, again_bits; /* 1 << bits places are in use */
};

void singles_release(struct singles *singles);

/* Drops most items whose key, item >> shift, no other item has, and no others; *count gets how many are left. The
 * lowest bits of keys should differ. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status singles_drop(struct singles *singles, uint64_t *items, size_t *count, unsigned shift,
                                          dedup_error *error);

/* The same for keys of 32 bits that come in portions, each with a number: start, add them all, select from them all.
 * Keys with the number NO_NUMBER take no part. */
#define NO_NUMBER UINT32_MAX

/* Those from `first` to `last` take part; as items they begin at 0 and are shifted by `shift`, which loses nothing. */
struct key_range {
    uint32_t first, last;
    unsigned shift;
};

/* Forgets all keys and prepares for `expected` ones. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status singles_start(struct singles *singles, size_t expected, dedup_error *error);
void singles_add(struct singles *singles, struct key_range range, const uint32_t *keys, const uint32_t *numbers,
                 size_t count);

/* `items` of singles_select holds so many more than there are keys. */
enum { SINGLES_SLACK = 16 };

/* Writes the items of keys that were added twice or more, and of few others: key << 32 | number, in their order.
 * Returns how many they are. */
size_t singles_select(const struct singles *singles, struct key_range range, const uint32_t *keys,
                      const uint32_t *numbers, size_t count, uint64_t *items);
/* The same by a given instruction set, which the processor must have; for tests. */
size_t singles_select_by(enum isa isa, const struct singles *singles, struct key_range range, const uint32_t *keys,
                         const uint32_t *numbers, size_t count, uint64_t *items);

#endif
