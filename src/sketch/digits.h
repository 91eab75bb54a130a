/* The digits of a fold key in one number. */
#ifndef DEDUP_SKETCH_DIGITS_H
#define DEDUP_SKETCH_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* The sum of the squares of the code points 0 to 9, modulo 2^32: equal for keys with the same digits in any order, and
 * rarely for others; 0 for a key without digits. */
uint32_t digits_sum(const uint32_t *points, size_t count);
/* The same by a given instruction set, which the processor must have; for tests. */
uint32_t digits_sum_by(enum isa isa, const uint32_t *points, size_t count);

#endif
