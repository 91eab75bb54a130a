/* Shingles: the windows of 5 consecutive code points of a fold key, each as one 64-bit hash.
 *
 * h = mix(C[0] x0 + C[1] x1 + C[2] x2 + C[3] x3 + C[4] x4 + L[n]) mod 2^64, where mix(x) is x ^= x >> 32, x *= M,
 * x ^= x >> 32: multilinear hashing (Lemire and Kaser 2014) with a finisher. Keys of 1 to 4 code points are one shingle
 * of their own; L[n] tells them from each other and from full windows. The definition is the same on every instruction
 * set. */
#ifndef DEDUP_SKETCH_SHINGLE_H
#define DEDUP_SKETCH_SHINGLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

enum { SHINGLE_LENGTH = 5 };

/* How many shingles a key of `count` code points has: 0 for 0, 1 up to 5, count - 4 from there. */
static inline size_t shingle_count(size_t count)
{
    return count < SHINGLE_LENGTH ? count != 0 : count - SHINGLE_LENGTH + 1;
}

/* Writes the shingle_count(count) hashes of a key to `hashes`, in order of place, repeats included. */
void shingle_hash(const uint32_t *points, size_t count, uint64_t *hashes);
/* The same by a given instruction set, which the processor must have; for tests. */
void shingle_hash_by(enum isa isa, const uint32_t *points, size_t count, uint64_t *hashes);

/* Sorts the hashes and removes repeats in place; returns how many are left. `scratch` holds `count` hashes too.
 * O(n) for hashes that are spread, O(n log n) for any input. */
size_t shingle_set(uint64_t *hashes, size_t count, uint64_t *scratch);

/* Size of the intersection of two sorted sets. */
size_t shingle_overlap(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count);

/* The same when it is `least` or more; else a number below `least`, found as soon as it is certain. */
size_t shingle_overlap_from(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count, size_t least);

#endif
