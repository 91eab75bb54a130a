/* Two lists of 64-bit hashes as sets: how much they have in common, and bounds of that.
 *
 * Places depend on a secret factor, so that texts cannot be written to crowd one place of the table. What the functions
 * return does not depend on it. */
#ifndef DEDUP_MATCH_HASH_SET_H
#define DEDUP_MATCH_HASH_SET_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* An open table with linear probing, at most a third full; reused. */
struct hash_set {
    uint64_t *slots; /* 0: empty; the lowest bit tells hashes of the second list */
    size_t capacity; /* of `slots` */
    uint64_t factor; /* odd */
    unsigned bits;   /* 1 << bits slots are in use */
};

/* An odd number that nobody can foresee. */
uint64_t hash_set_secret(void);

/* An empty set that owns nothing; all sets that meet may have the same factor. */
void hash_set_init(struct hash_set *set, uint64_t factor);
void hash_set_release(struct hash_set *set);

/* Different hashes of two lists, and how many of them both have. */
struct hash_counts {
    size_t mine, other, shared;
};

/* Counts them. Hashes that only differ in the lowest bit are one, and so are those below 4. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status hash_set_compare(struct hash_set *set, const uint64_t *mine, size_t mine_count,
                                              const uint64_t *other, size_t other_count, struct hash_counts *counts,
                                              dedup_error *error);

/* A map of bits in which a hash has a place; 32 or more for each hash, reused. */
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
