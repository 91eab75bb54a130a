/* Radix sorting of 64-bit numbers. */
#ifndef DEDUP_BASE_RADIX_H
#define DEDUP_BASE_RADIX_H

#include <stddef.h>
#include <stdint.h>

enum { RADIX_BITS_MAXIMUM = 13 }; /* of a digit */

/* A stable distribution of `count` numbers by the digit of `bits` bits from `shift` (below 64) on. */
void radix_distribute(const uint64_t *from, uint64_t *to, size_t count, unsigned shift, unsigned bits);

/* Sorts numbers by the bits from `low` to below `high`, up to 64; those that are equal there stay in their order.
 * `scratch` holds `count` numbers too. O(n) for any input. */
void radix_sort(uint64_t *numbers, size_t count, uint64_t *scratch, unsigned low, unsigned high);

/* How many bits a number has, at least 1: a digit for a distribution of so many numbers. */
static inline unsigned radix_bits(uint64_t number)
{
    return number > 1 ? 64 - (unsigned)__builtin_clzll(number) : 1;
}

#endif
