/* Picks the few hashes of many that are wanted: the lower ones, or those that a filter has. */
#ifndef DEDUP_SKETCH_SELECT_H
#define DEDUP_SKETCH_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* `out` of these functions holds count + SELECT_SLACK hashes. That of select_up_to may be `hashes`. */
enum { SELECT_SLACK = 8 };

/* Writes the hashes up to `bound` to `out`, in order, and returns how many they are. */
size_t select_up_to(const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out);
/* The same for the hashes whose bit is set: bit (hash & 63) of words[hash >> 6 & mask]. */
size_t select_bits(const uint64_t *hashes, size_t count, const uint64_t *words, uint64_t mask, uint64_t *out);

/* The same by a given instruction set, which the processor must have; for tests. */
size_t select_up_to_by(enum isa isa, const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out);
size_t select_bits_by(enum isa isa, const uint64_t *hashes, size_t count, const uint64_t *words, uint64_t mask,
                      uint64_t *out);

#endif
