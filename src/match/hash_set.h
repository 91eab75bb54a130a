/* A list of 64-bit hashes as a set, with which other lists are compared.
 *
 * What two texts have in common mostly stands there in long runs: where one hash of the other list was found, the next
 * one is looked for next to it, and only where a run ends a table is asked. Places in it depend on a secret factor, so
 * that texts cannot be written to crowd one place. What the functions return does not depend on it. */
#ifndef DEDUP_MATCH_HASH_SET_H
#define DEDUP_MATCH_HASH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* A place of a list whose hash stands there before. */
struct hash_repeat {
    uint32_t place, first;
};

/* Where the hashes of a list stand: an open table with linear probing, at most an eighth full, a quarter when
 * its slots are wide; reused. */
struct hash_index {
    const uint64_t *hashes; /* borrowed */
    size_t count;
    uint16_t *slots; /* place + 1, of equal hashes the first; 0: empty */
    size_t capacity; /* of these */
    bool wide;       /* slots are of 32 bits, for 2^16 - 1 hashes and more */
    unsigned bits;   /* 1 << bits slots are in use */
    struct hash_repeat *repeats;
    size_t repeat_count, repeat_capacity;
};

struct hash_set {
    uint64_t factor; /* odd */
    struct hash_index own;
    size_t distinct; /* different hashes of the list */
    uint64_t *met;   /* bits: places whose hash is in the other list */
    size_t met_capacity;
    uint64_t *missing; /* hashes of the other list that are not in this one, repeats included */
    size_t missing_capacity;
    uint64_t *seen; /* a map of bits of these */
    size_t seen_capacity;
    struct hash_index missing_index;
};

/* An odd number that nobody can foresee. */
uint64_t hash_set_secret(void);

/* An empty set that owns nothing; all sets that meet may have the same factor. */
void hash_set_init(struct hash_set *set, uint64_t factor);
void hash_set_release(struct hash_set *set);

/* Makes it the set of a list of fewer than 2^32 - 1 hashes, which stay where they are while the set is used. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status hash_set_make(struct hash_set *set, const uint64_t *hashes, size_t count,
                                           dedup_error *error);

/* What the set and another list have in common. */
struct hash_counts {
    size_t shared; /* different hashes that both have */
    size_t other;  /* different hashes of the other list */
};

/* Counts it. *met is false, and nothing is counted, when more than `most` different hashes of the other list are not in
 * the set, which nearly always ends the search as soon as it is so. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status hash_set_meet(struct hash_set *set, const uint64_t *other, size_t count, size_t most,
                                           bool *met, struct hash_counts *counts, dedup_error *error);

#endif
