/* The hash of a key, made of the hashes of its shingles as they come: no second look at the key is needed, and that of
 * a key is made of those of its stretches wherever it is cut.
 *
 * It is the sum of the shingle hashes and the sum of all sums on the way (Fletcher 1982), which tells the order, modulo
 * 2^64. Keys that differ have equal hashes by a chance near 2^-64, or 2^-(64 - k) when all that differs is that two
 * passages have changed places at a distance divisible by 2^k. Whoever wants to can write keys with equal hashes; what
 * has equal hashes is therefore compared in full. */
#ifndef DEDUP_SKETCH_KEY_HASH_H
#define DEDUP_SKETCH_KEY_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Of a stretch of shingles; all zero of none. */
struct key_hash {
    uint64_t sum;    /* of the hashes */
    uint64_t prefix; /* of `sum` as it was after each of them */
    uint64_t count;
};

/* Makes a stretch one with that which follows it. */
static inline void key_hash_join(struct key_hash *stretch, const struct key_hash *next)
{
    stretch->prefix += stretch->sum * next->count + next->prefix;
    stretch->sum += next->sum;
    stretch->count += next->count;
}

/* The hash, all bits of which depend on all others. */
static inline uint64_t key_hash_value(const struct key_hash *stretch)
{
    uint64_t hash = stretch->sum * 0x9e3779b97f4a7c15 + stretch->prefix * 0xc2b2ae3d27d4eb4f + stretch->count;
    hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93;
    hash = (hash ^ hash >> 29) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32;
}

#endif
