/* XXH3, inlined: checksums and fingerprints. Shingles and keys have their own hashes in sketch/. */
#ifndef DEDUP_BASE_HASH_H
#define DEDUP_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { HASH_SHORT = 240 }; /* bytes up to which XXH3 has no loop to vectorise */

struct hash128 {
    uint64_t low, high;
};

/* Any length, by the widest vectors of this CPU. */
uint64_t hash64_long(const void *bytes, size_t length);
struct hash128 hash128_of(const void *bytes, size_t length);

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static inline uint64_t hash64_of(const void *bytes, size_t length)
{
    return length <= HASH_SHORT ? XXH3_64bits(bytes, length) : hash64_long(bytes, length);
}

#endif
