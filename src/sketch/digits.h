/* The digits of a stretch of a fold key in one number. */
#ifndef DEDUP_SKETCH_DIGITS_H
#define DEDUP_SKETCH_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* A stretch of a key. */
struct digits {
    uint32_t begin, count; /* code points */
    uint32_t sum;          /* of the squares of the code points 0 to 9, modulo 2^32; 0: there are none */
    uint32_t number;       /* the caller's */
};

/* Finds the sums of `count` stretches. Those with the same digits in any order have equal ones, and others rarely. */
void digits_find(const uint32_t *points, struct digits *stretches, size_t count);
/* The same by a given instruction set, which the processor must have; for tests. */
void digits_find_by(enum isa isa, const uint32_t *points, struct digits *stretches, size_t count);

#endif
