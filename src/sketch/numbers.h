/* The numbers of a fold key: its runs of decimal digits (0 to 9, all widths folded), in order. */
#ifndef DEDUP_SKETCH_NUMBERS_H
#define DEDUP_SKETCH_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* A hash of the sequence of numbers: equal for equal sequences, 0 for a key without digits. */
uint64_t numbers_hash(const uint32_t *points, size_t count);
/* The same by a given instruction set, which the processor must have; for tests. */
uint64_t numbers_hash_by(enum isa isa, const uint32_t *points, size_t count);

/* True when two keys have the same numbers in the same order. */
bool numbers_equal(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);

#endif
