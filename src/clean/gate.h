/* A filter for pairs of code points, which tells where in a key a word may begin. ASCII takes three code points,
 * because pairs of its letters are too common. On Chinese text, whose pairs are rare, this beats an automaton over all
 * words (the idea of Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, with a shift of one). It errs
 * by being open where no word begins, and does so at other places with AVX-512: that keeps four small sets in
 * registers, because its gathers are slow, and the others use a Bloom filter with both bits of a pair in one word
 * (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", 2007). Code points count by their
 * lower halves. */
#ifndef DEDUP_CLEAN_GATE_H
#define DEDUP_CLEAN_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/isa.h"
#include "clean/place_map.h"

enum {
    GATE_WORD_BITS = 12, /* of a hash choose a word, the GATE_PLACE_BITS behind them a bit, and as many again */
    GATE_PLACE_BITS = 5,
    GATE_HASH_BITS = GATE_WORD_BITS + 2 * GATE_PLACE_BITS,
    GATE_BEHIND = 2,         /* code points behind the first that may count */
    GATE_NOT_ASCII = 0xff80, /* bits of a lower half */
    GATE_SETS = 4,
    GATE_SET_BYTES = 512,
};

/* Empty when all bits are 0. */
struct gate {
    uint32_t words[1 << GATE_WORD_BITS];
    unsigned char sets[GATE_SETS][GATE_SET_BYTES]; /* see gate_places */
};

static inline bool gate_is_ascii(const uint32_t *points)
{
    return ((points[0] | points[1]) & GATE_NOT_ASCII) == 0;
}

/* How many code points count at points[0], of which `left` can be read; 0 when there are too few. */
static inline size_t gate_width(const uint32_t *points, size_t left)
{
    size_t width = left >= 2 && gate_is_ascii(points) ? 3 : 2;
    return width <= left ? width : 0;
}

/* Multipliers of the first, second and third code point; the upper bits of the sum are the hash. */
#define GATE_FIRST  0x9e3779b1u
#define GATE_SECOND 0x85ebca77u
#define GATE_THIRD  0xc2b2ae3du

static inline uint32_t gate_hash(const uint32_t *points, size_t width)
{
    uint32_t sum = points[0] * GATE_FIRST + points[1] * GATE_SECOND + (width == 3 ? points[2] * GATE_THIRD : 0);
    return sum >> (32 - GATE_HASH_BITS);
}

static inline uint32_t gate_bits(uint32_t hash)
{
    return 1u << (hash >> GATE_PLACE_BITS) % 32 | 1u << hash % 32;
}

static inline bool gate_has(const struct gate *gate, uint32_t hash)
{
    uint32_t bits = gate_bits(hash);
    return (gate->words[hash >> 2 * GATE_PLACE_BITS] & bits) == bits;
}

/* For the sets a pair has two hashes of two bytes each. These are their multipliers; the third letter of ASCII is put
 * on top of the second. */
enum {
    PAIR_FIRST = 0x79b1,
    PAIR_SECOND = 0xca77,
    PAIR_OTHER_FIRST = 0x4e35,
    PAIR_OTHER_SECOND = 0x9d1f,
    PAIR_THIRD_SHIFT = 7,
};

/* A bit of a set, which two of the bytes choose. */
struct gate_place {
    uint32_t byte, bit;
};

static inline struct gate_place gate_place_of(uint32_t high, uint32_t low)
{
    return (struct gate_place){(high & 0xff) | (low & 0x80) << 1, low & 7};
}

static inline void gate_places(const uint32_t *points, size_t width, struct gate_place places[GATE_SETS])
{
    uint32_t second = points[1] + (width == 3 ? points[2] << PAIR_THIRD_SHIFT : 0);
    uint32_t hash = points[0] * PAIR_FIRST + second * PAIR_SECOND;
    uint32_t other = points[0] * PAIR_OTHER_FIRST + second * PAIR_OTHER_SECOND;
    places[0] = gate_place_of(hash >> 8, hash);
    places[1] = gate_place_of(other >> 8, other);
    places[2] = gate_place_of(hash, other >> 8);
    places[3] = gate_place_of(other, hash >> 8);
}

/* Opens the gate where these code points stand, `width` of which count. */
static inline void gate_add(struct gate *gate, const uint32_t *points, size_t width)
{
    uint32_t hash = gate_hash(points, width);
    struct gate_place places[GATE_SETS];
    gate->words[hash >> 2 * GATE_PLACE_BITS] |= gate_bits(hash);
    gate_places(points, width, places);
    for (int i = 0; i < GATE_SETS; i++)
        gate->sets[i][places[i].byte] |= (unsigned char)(1 << places[i].bit);
}

/* Marks the points of a key at which the gate is open. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status gate_scan(const struct gate *gate, const uint32_t *points, size_t count,
                                       struct place_map *map, dedup_error *error);

/* Words of a map of `count` places. */
static inline size_t gate_words(size_t count)
{
    return (count + PLACE_WORD - 1) / PLACE_WORD;
}

/* The kernels: fill the words of `out`. What the bits of places behind the last are is open. */
void gate_scan_scalar(const struct gate *gate, const uint32_t *points, size_t count, uint64_t *out);
#ifdef ISA_X86
void gate_scan_avx2(const struct gate *gate, const uint32_t *points, size_t count, uint64_t *out);
void gate_scan_avx512vbmi(const struct gate *gate, const uint32_t *points, size_t count, uint64_t *out);
#endif

#endif
