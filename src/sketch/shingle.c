#include "sketch/shingle.h"

#include <string.h>

/* Odd constants from a SplitMix64 stream. Nothing depends on their values but that they are fixed. */
static const uint64_t weight[SHINGLE_LENGTH] = {0x07193e9343a01cdd, 0xc36c10d804f466a9, 0xb6089a5c6ddccc55,
                                                0x6f82a6ac898fb059, 0x576725c3f175441b};
static const uint64_t length_term[SHINGLE_LENGTH + 1] = {
    0, 0x3505839f712bb44d, 0x4649733a50d43edb, 0x68ffaa22ac53798f, 0x0c88a121f91c7c45, 0xc179d26394dc13db};
static const uint64_t mixer = 0x9e3779b97f4a7c15;

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= mixer;
    return x ^ x >> 32;
}

static uint64_t hash_window(const uint32_t *points, size_t length)
{
    uint64_t sum = length_term[length];
    for (size_t i = 0; i < length; i++)
        sum += weight[i] * points[i];
    return mix(sum);
}

void shingle_hash(const uint32_t *points, size_t count, uint64_t *hashes)
{
    if (count < SHINGLE_LENGTH) {
        if (count != 0)
            hashes[0] = hash_window(points, count);
        return;
    }
    for (size_t i = 0; i + SHINGLE_LENGTH <= count; i++)
        hashes[i] = hash_window(points + i, SHINGLE_LENGTH);
}

enum { SMALL_SORT = 24, DIGIT_BITS = 10 };

static void insertion_sort(uint64_t *hashes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t hash = hashes[i];
        size_t place = i;
        for (; place > 0 && hashes[place - 1] > hash; place--)
            hashes[place] = hashes[place - 1];
        hashes[place] = hash;
    }
}

/* A digit that leaves about two hashes per bucket, within the bits that are left. */
static unsigned digit_bits(size_t count, unsigned bits_left)
{
    unsigned bits = 1;
    while (bits < DIGIT_BITS && count >> (bits + 1) != 0)
        bits++;
    return bits < bits_left ? bits : bits_left;
}

/* Radix sort from the top digit. Only the low `bits_left` bits of the hashes differ, so the depth is bounded by them.
 */
static void sort_hashes(uint64_t *hashes, size_t count, uint64_t *scratch, unsigned bits_left)
{
    if (count <= SMALL_SORT) {
        insertion_sort(hashes, count);
        return;
    }
    if (bits_left == 0)
        return;
    unsigned bits = digit_bits(count, bits_left), shift = bits_left - bits;
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    size_t ends[1 << DIGIT_BITS] = {0};
    for (size_t i = 0; i < count; i++)
        ends[hashes[i] >> shift & mask]++;
    for (size_t digit = 0, begin = 0; digit <= mask; digit++) {
        size_t size = ends[digit];
        ends[digit] = begin;
        begin += size;
    }
    for (size_t i = 0; i < count; i++)
        scratch[ends[hashes[i] >> shift & mask]++] = hashes[i];
    memcpy(hashes, scratch, count * sizeof *hashes);
    for (size_t digit = 0, begin = 0; digit <= mask; digit++) {
        sort_hashes(hashes + begin, ends[digit] - begin, scratch, shift);
        begin = ends[digit];
    }
}

size_t shingle_set(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    sort_hashes(hashes, count, scratch, 64);
    size_t kept = count != 0;
    for (size_t i = 1; i < count; i++) {
        hashes[kept] = hashes[i];
        kept += hashes[i] != hashes[kept - 1];
    }
    return kept;
}

size_t shingle_overlap(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
    return shingle_overlap_from(a, a_count, b, b_count, 0);
}

/* Steps of the merge between two looks at what can still be reached. */
enum { OVERLAP_STRIDE = 64 };

size_t shingle_overlap_from(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count, size_t least)
{
    size_t i = 0, j = 0, shared = 0;
    for (;;) {
        size_t a_left = a_count - i, b_left = b_count - j, left = a_left < b_left ? a_left : b_left;
        if (left == 0 || shared + left < least)
            return shared;
        size_t steps = left < OVERLAP_STRIDE ? left : OVERLAP_STRIDE;
        for (size_t step = 0; step < steps; step++) {
            uint64_t mine = a[i], other = b[j];
            shared += mine == other;
            i += mine <= other;
            j += other <= mine;
        }
    }
}
