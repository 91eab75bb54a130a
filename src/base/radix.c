#include "base/radix.h"

#include <string.h>

/* Digits of a sort: smaller ones cost more passes, larger ones more counters. */
enum { SORT_BITS_LEAST = 6, SORT_BITS_MOST = 11 };

/* The size of digits that suits so many numbers. */
static unsigned sort_bits(size_t count)
{
    unsigned bits = radix_bits(count);
    return bits < SORT_BITS_LEAST ? SORT_BITS_LEAST : bits < SORT_BITS_MOST ? bits : SORT_BITS_MOST;
}

static inline size_t digit_of(uint64_t number, unsigned shift, unsigned bits)
{
    return (size_t)(number >> (shift & 63)) & (((size_t)1 << bits) - 1);
}

void radix_distribute(const uint64_t *from, uint64_t *to, size_t count, unsigned shift, unsigned bits)
{
    size_t places[1 << RADIX_BITS_MAXIMUM];
    size_t digits = (size_t)1 << bits, begin = 0;
    memset(places, 0, digits * sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[digit_of(from[i], shift, bits)]++;
    for (size_t digit = 0; digit < digits; digit++) {
        size_t size = places[digit];
        places[digit] = begin;
        begin += size;
    }
    for (size_t i = 0; i < count; i++)
        to[places[digit_of(from[i], shift, bits)]++] = from[i];
}

void radix_sort(uint64_t *numbers, size_t count, uint64_t *scratch, unsigned low, unsigned high)
{
    unsigned most = sort_bits(count), passes = (high - low + most - 1) / most;
    unsigned bits = passes != 0 ? (high - low + passes - 1) / passes : 0;
    uint64_t *from = numbers, *to = scratch;
    for (unsigned shift = low; shift < high && count > 1; shift += bits) {
        radix_distribute(from, to, count, shift, high - shift < bits ? high - shift : bits);
        uint64_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof *numbers);
}
