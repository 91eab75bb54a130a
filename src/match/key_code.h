/* Keys as UTF-16, in which they are stored. */
#ifndef DEDUP_MATCH_KEY_CODE_H
#define DEDUP_MATCH_KEY_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* Writes `count` code points (no surrogates) as UTF-16 to `out` (2 * count units) and returns the number of units. */
size_t key_encode(const uint32_t *points, size_t count, uint16_t *out);

/* Writes the code points of `count` units to `points` and returns how many they are. A last one of which the units hold
 * only the first half is left out; halves that stand alone otherwise give any code point. */
size_t key_decode(const uint16_t *units, size_t count, uint32_t *points);
/* The same; *used: units that were decoded, all but a trailing half. */
size_t key_decode_part(const uint16_t *units, size_t count, uint32_t *points, size_t *used);

/* The same by a given instruction set, which the processor must have; for tests. */
size_t key_encode_by(enum isa isa, const uint32_t *points, size_t count, uint16_t *out);
size_t key_decode_by(enum isa isa, const uint16_t *units, size_t count, uint32_t *points, size_t *used);

#endif
