/* XXH3, inlined: checksums and fingerprints. Shingles and keys have their own hashes in sketch/. */
#ifndef DEDUP_BASE_HASH_H
#define DEDUP_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hash128 {
    uint64_t low, high;
};

static inline struct hash128 hash128_of(const void *bytes, size_t length)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, length);
    return (struct hash128){hash.low64, hash.high64};
}

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static inline uint64_t hash64_of(const void *bytes, size_t length)
{
    return XXH3_64bits(bytes, length);
}

#endif
