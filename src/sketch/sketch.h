/* Grouped MinHash: the sketch of a set of shingles, and the band keys and the signature that are made from it.
 *
 * The top 4 bits of a shingle hash choose one of 16 groups; in that group 8 lanes keep the minimum of x * A[lane], x
 * being the low 32 bits: 128 minima for the price of 8 updates per shingle. This joins one-permutation hashing (Li,
 * Owen and Zhang 2012) with classic MinHash (Broder 1997). Sketches merge by minimum; repeats make no difference.
 *
 * A band takes its rows from at most 3 groups, and the bands take different groups. In small sets the share of common
 * shingles differs much from group to group; a band that touched many groups would fail for the worst of them. Measured
 * at J = .8 with 14 bands of 4 rows, this finds more than .999 of the pairs from 1 shingle on. */
#ifndef DEDUP_SKETCH_SKETCH_H
#define DEDUP_SKETCH_SKETCH_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/isa.h"
#include "sketch/bands.h"
#include "sketch/key_hash.h"

enum {
    SKETCH_MINIMA = BAND_LANES_MAXIMUM,
    SKETCH_GROUPS = BAND_GROUPS,
    SKETCH_LANES = SKETCH_MINIMA / SKETCH_GROUPS,
    SKETCH_KEY_SLACK = 16
};

struct sketch {
    alignas(64) uint32_t lanes[SKETCH_MINIMA]; /* minima, UINT32_MAX in an empty group */
};

void sketch_clear(struct sketch *sketch);
/* Adds shingle hashes, also to the hash of the key that they are the next ones of. */
void sketch_update(struct sketch *sketch, const uint64_t *hashes, size_t count, struct key_hash *key);
/* The same by a given instruction set, which the processor must have; for tests. */
void sketch_update_by(enum isa isa, struct sketch *sketch, const uint64_t *hashes, size_t count, struct key_hash *key);

/* Adds the shingles of `count` others to a sketch, and clears those. */
void sketch_drain(struct sketch *sketch, struct sketch *others, size_t count);
/* The same by a given instruction set, which the processor must have; for tests. */
void sketch_drain_by(enum isa isa, struct sketch *sketch, struct sketch *others, size_t count);

/* Which lanes the rows of each band are. */
struct sketch_layout {
    struct band_plan plan;
    uint8_t lanes[BAND_LANES_MAXIMUM];                      /* rows of band b: lanes[b * rows .. b * rows + rows) */
    uint8_t columns[BAND_LANES_MAXIMUM + SKETCH_KEY_SLACK]; /* the same by row: columns[row * bands + b] */
};

void sketch_layout_init(struct sketch_layout *layout, struct band_plan plan);

/* Writes the plan.bands band keys of each of `count` sketches to `keys` (room for count * plan.bands +
 * SKETCH_KEY_SLACK), one sketch after the other: 0 for a band whose groups are all empty. Two sketches share a key of a
 * band when all its rows agree and their salts are equal; otherwise by a chance of 2^-32. */
void sketch_keys(const struct sketch *sketches, size_t count, const struct sketch_layout *layout, const uint64_t *salts,
                 uint32_t *keys);
/* The same by a given instruction set, which the processor must have; for tests. */
void sketch_keys_by(enum isa isa, const struct sketch *sketches, size_t count, const struct sketch_layout *layout,
                    const uint64_t *salts, uint32_t *keys);

/* Two bits of every lane: bit l % 32 of planes[0][l / 32] and of planes[1][l / 32]. */
struct signature {
    uint32_t planes[2][4];
};

struct signature signature_of(const struct sketch *sketch);
/* The same by a given instruction set, which the processor must have; for tests. */
struct signature signature_by(enum isa isa, const struct sketch *sketch);

/* The bits set in two words, counted together in bytes; no instruction set is asked for. */
static inline unsigned signature_bits(uint64_t a, uint64_t b)
{
    const uint64_t pairs = 0x5555555555555555, fours = 0x3333333333333333, eights = 0x0f0f0f0f0f0f0f0f;
    a -= a >> 1 & pairs;
    b -= b >> 1 & pairs;
    a = (a & fours) + (a >> 2 & fours) + (b & fours) + (b >> 2 & fours);
    a = (a & eights) + (a >> 4 & eights);
    return (unsigned)(a * 0x0101010101010101 >> 56);
}

/* Lanes that agree, of 128: for Jaccard J about 128 (J + (1 - J) / 4). */
static inline unsigned signature_agreement(const struct signature *a, const struct signature *b)
{
    uint64_t left[4], right[4];
    memcpy(left, a, sizeof left);
    memcpy(right, b, sizeof right);
    uint64_t first = (left[0] ^ right[0]) | (left[2] ^ right[2]), second = (left[1] ^ right[1]) | (left[3] ^ right[3]);
    return 128 - signature_bits(first, second);
}

/* The agreement that a pair at `threshold` misses with a probability below 1e-4 (3e-4 for .95 and above), whatever the
 * size of the sets. */
unsigned signature_cut(double threshold);

#endif
