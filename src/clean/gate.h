/* A bit array over pairs of code points, which tells where in a key a word may begin. ASCII takes three code points,
 * because pairs of its letters are too common. On Chinese text, whose pairs are rare, this beats an automaton over all
 * words (the idea of Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, with a shift of one). */
#ifndef DEDUP_CLEAN_GATE_H
#define DEDUP_CLEAN_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/isa.h"
#include "clean/place_map.h"

enum {
    GATE_BIT_COUNT = 17,
    GATE_BITS = 1 << GATE_BIT_COUNT,
    GATE_BEHIND = 2, /* code points behind the first that may count */
};

/* Empty when all bits are 0. */
struct gate {
    uint32_t words[GATE_BITS / 32];
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
    return sum >> (32 - GATE_BIT_COUNT);
}

static inline bool gate_has(const struct gate *gate, uint32_t hash)
{
    return gate->words[hash / 32] >> hash % 32 & 1;
}

static inline void gate_add(struct gate *gate, uint32_t hash)
{
    gate->words[hash / 32] |= 1u << hash % 32;
}

/* Marks the points of a key at which the gate has a bit. Errors: MEMORY. */
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
