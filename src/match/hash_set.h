/* A set of 64-bit hashes for look-ups: an open table with linear probing, at most a third full.
 *
 * Places depend on a secret factor, so that texts cannot be written to crowd one place of the table. What the functions
 * return does not depend on it. */
#ifndef DEDUP_MATCH_HASH_SET_H
#define DEDUP_MATCH_HASH_SET_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

struct hash_set {
    uint64_t *slots; /* 0: empty; a hash of 0 is taken for 1 */
    size_t capacity; /* of `slots` */
    uint64_t factor; /* odd */
    unsigned bits;   /* 1 << bits slots are in use */
    size_t count;
};

/* An odd number that nobody can foresee. */
uint64_t hash_set_secret(void);

/* An empty set that owns nothing; all sets that meet may have the same factor. */
void hash_set_init(struct hash_set *set, uint64_t factor);
void hash_set_release(struct hash_set *set);

/* Makes `set` that of `count` hashes. Writes each once to `members`, in the order of their first places; set->count of
 * them. `members` may be `hashes`. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status hash_set_fill(struct hash_set *set, const uint64_t *hashes, size_t count,
                                           uint64_t *members, dedup_error *error);
/* How many of `count` different hashes, as hash_set_fill left them, are members, when these are `least` or more; else a
 * number below `least`, found as soon as it is certain. */
size_t hash_set_overlap(const struct hash_set *set, const uint64_t *hashes, size_t count, size_t least);
/* A map of bits in which a hash has a place; 64 or more for each hash, reused. */
struct hash_bits {
    uint64_t *words; /* a power of two */
    size_t count, capacity;
};

/* Makes `bits` those of `count` hashes. *least: no more than the number of different ones, and hardly fewer. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status hash_bits_fill(struct hash_bits *bits, const uint64_t *hashes, size_t count, size_t *least,
                                            dedup_error *error);
/* How many of `count` hashes have their bit: no fewer than those that it was made of. */
size_t hash_bits_count(const struct hash_bits *bits, const uint64_t *hashes, size_t count);

#endif
