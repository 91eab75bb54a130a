/* A Bloom filter over pairs of code points, which tells where in a key a word may begin. ASCII takes three code points,
 * because pairs of its letters are too common. On Chinese text, whose pairs are rare, this beats an automaton over all
 * words (the idea of Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, with a shift of one). Both
 * bits of a pair are in one word (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", 2007).
 */
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
    GATE_BEHIND = 2, /* code points behind the first that may count */
};

/* Empty when all bits are 0. */
struct gate {
    uint32_t words[1 << GATE_WORD_BITS];
};

/* Multipliers of the first, second and third code point; the upper bits of the sum are the hash. */
#define GATE_FIRST  0x9e3779b1u
#define GATE_SECOND 0x85ebca77u
#define GATE_THIRD  0xc2b2ae3du

/* How many code points count at points[0], of which `left` can be read; 0 when there are too few. */
static inline size_t gate_width(const uint32_t *points, size_t left)
{
    size_t width = left >= 2 && (points[0] | points[1]) < 0x80 ? 3 : 2;
    return width <= left ? width : 0;
}

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

static inline void gate_add(struct gate *gate, uint32_t hash)
{
    gate->words[hash >> 2 * GATE_PLACE_BITS] |= gate_bits(hash);
}

/* Marks the points of a key at which the gate is open. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status gate_scan(const struct gate *gate, const uint32_t *points, size_t count,
                                       struct place_map *map, dedup_error *error);

/* The kernels, which tests compare: fill `out` for `words` times 64 points, behind which GATE_BEHIND more can be read.
 */
void gate_scan_scalar(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out);
#ifdef ISA_X86
void gate_scan_avx2(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out);
void gate_scan_avx512(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out);
#endif

#endif
