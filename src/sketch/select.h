/* Picks the lower ones of many hashes. */
#ifndef DEDUP_SKETCH_SELECT_H
#define DEDUP_SKETCH_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* `out` of these functions holds count + SELECT_SLACK hashes; it may be `hashes`. */
enum { SELECT_SLACK = 8 };

/* Writes the hashes up to `bound` to `out`, in order, and returns how many they are. */
size_t select_up_to(const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out);

/* The same by a given instruction set, which the processor must have; for tests. */
size_t select_up_to_by(enum isa isa, const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out);

#endif
