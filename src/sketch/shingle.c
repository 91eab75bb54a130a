#include "sketch/shingle.h"

#include <string.h>

#include "base/radix.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* Odd constants from a SplitMix64 stream. Nothing depends on their values but that they are fixed. */
static const uint64_t weight[SHINGLE_LENGTH] = {0x07193e9343a01cdd, 0xc36c10d804f466a9, 0xb6089a5c6ddccc55,
                                                0x6f82a6ac898fb059, 0x576725c3f175441b};
static const uint64_t length_term[SHINGLE_LENGTH + 1] = {
    0, 0x3505839f712bb44d, 0x4649733a50d43edb, 0x68ffaa22ac53798f, 0x0c88a121f91c7c45, 0xc179d26394dc13db};
static const uint64_t mixer = 0x9e3779b97f4a7c15;

static inline uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= mixer;
    return x ^ x >> 32;
}

/* The windows that start at points[0..count). */
static void hash_windows_plain(const uint32_t *points, size_t count, uint64_t *hashes)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t *x = points + i;
        hashes[i] = mix(weight[0] * x[0] + weight[1] * x[1] + weight[2] * x[2] + weight[3] * x[3] + weight[4] * x[4] +
                        length_term[SHINGLE_LENGTH]);
    }
}

#ifdef ISA_X86
/* The halves of a factor in both words. */
static inline __m128i low_sse2(uint64_t factor)
{
    return _mm_set1_epi64x((int64_t)(uint32_t)factor);
}

static inline __m128i high_sse2(uint64_t factor)
{
    return _mm_set1_epi64x((int64_t)(factor >> 32));
}

/* The mixed sums of two windows; the lower halves of points[k] are the points at their k-th places. Products of 32 bits
 * by the upper halves of factors count from bit 32 on. */
static inline __m128i hash_two(const __m128i points[SHINGLE_LENGTH])
{
    __m128i low = _mm_set1_epi64x((int64_t)length_term[SHINGLE_LENGTH]), high = _mm_setzero_si128();
    for (size_t k = 0; k < SHINGLE_LENGTH; k++) {
        low = _mm_add_epi64(low, _mm_mul_epu32(points[k], low_sse2(weight[k])));
        high = _mm_add_epi64(high, _mm_mul_epu32(points[k], high_sse2(weight[k])));
    }
    __m128i sum = _mm_add_epi64(low, _mm_slli_epi64(high, 32)), upper = _mm_srli_epi64(sum, 32);
    sum = _mm_xor_si128(sum, upper);
    high = _mm_add_epi64(_mm_mul_epu32(sum, high_sse2(mixer)), _mm_mul_epu32(upper, low_sse2(mixer)));
    sum = _mm_add_epi64(_mm_mul_epu32(sum, low_sse2(mixer)), _mm_slli_epi64(high, 32));
    return _mm_xor_si128(sum, _mm_srli_epi64(sum, 32));
}

/* Four windows at a time, those at even and at odd places apart. */
static void hash_windows_sse2(const uint32_t *points, size_t count, uint64_t *hashes)
{
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m128i at[SHINGLE_LENGTH + 1];
        for (size_t k = 0; k < SHINGLE_LENGTH; k++)
            at[k] = _mm_loadu_si128((const __m128i *)(const void *)(points + i + k));
        at[SHINGLE_LENGTH] = _mm_srli_epi64(at[SHINGLE_LENGTH - 1], 32);
        __m128i even = hash_two(at), odd = hash_two(at + 1);
        _mm_storeu_si128((__m128i *)(void *)(hashes + i), _mm_unpacklo_epi64(even, odd));
        _mm_storeu_si128((__m128i *)(void *)(hashes + i + 2), _mm_unpackhi_epi64(even, odd));
    }
    hash_windows_plain(points + i, count - i, hashes + i);
}

ISA_TARGET_AVX2 static inline __m256i load_avx2(const uint32_t *points)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)points);
}

/* The lower half of a weight, or of the mixer, in every word; the upper one in every half. */
ISA_TARGET_AVX2 static inline __m256i low_avx2(uint64_t factor)
{
    return _mm256_set1_epi64x((int64_t)(uint32_t)factor);
}

ISA_TARGET_AVX2 static inline __m256i high_avx2(uint64_t factor)
{
    return _mm256_set1_epi32((int32_t)(factor >> 32));
}

/* Words of eight windows as two vectors of halves. */
struct halves {
    __m256i low, high;
};

/* From the words of the windows at even places and at odd ones. */
ISA_TARGET_AVX2 static inline struct halves halves_of(__m256i even, __m256i odd)
{
    return (struct halves){_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa),
                           _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa)};
}

/* The sums of eight windows. Products of 32 bits by lower halves of weights take every second point, so that none needs
 * to be widened; of those by upper halves only 32 bits count, so all points are taken at once. */
ISA_TARGET_AVX2 static inline struct halves sums_avx2(const uint32_t *points)
{
    __m256i even = _mm256_set1_epi64x((int64_t)length_term[SHINGLE_LENGTH]), odd = even, high = _mm256_setzero_si256();
    __m256i at = load_avx2(points);
    for (size_t k = 0; k < SHINGLE_LENGTH; k++) {
        /* The point behind those of the last window may not be there. */
        __m256i next = k + 1 < SHINGLE_LENGTH ? load_avx2(points + k + 1) : _mm256_srli_epi64(at, 32);
        even = _mm256_add_epi64(even, _mm256_mul_epu32(at, low_avx2(weight[k])));
        odd = _mm256_add_epi64(odd, _mm256_mul_epu32(next, low_avx2(weight[k])));
        high = _mm256_add_epi32(high, _mm256_mullo_epi32(at, high_avx2(weight[k])));
        at = next;
    }
    struct halves sums = halves_of(even, odd);
    sums.high = _mm256_add_epi32(sums.high, high);
    return sums;
}

ISA_TARGET_AVX2 static inline struct halves mix_avx2(struct halves x)
{
    __m256i low = _mm256_xor_si256(x.low, x.high);
    __m256i even = _mm256_mul_epu32(low, low_avx2(mixer));
    __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(low, 32), low_avx2(mixer));
    __m256i cross = _mm256_add_epi32(_mm256_mullo_epi32(low, high_avx2(mixer)),
                                     _mm256_mullo_epi32(x.high, _mm256_set1_epi32((int32_t)(uint32_t)mixer)));
    struct halves product = halves_of(even, odd);
    product.high = _mm256_add_epi32(product.high, cross);
    product.low = _mm256_xor_si256(product.low, product.high);
    return product;
}

/* Eight windows at a time. */
ISA_TARGET_AVX2 static void hash_windows_avx2(const uint32_t *points, size_t count, uint64_t *hashes)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        struct halves mixed = mix_avx2(sums_avx2(points + i));
        __m256i first = _mm256_unpacklo_epi32(mixed.low, mixed.high);
        __m256i last = _mm256_unpackhi_epi32(mixed.low, mixed.high);
        _mm256_storeu_si256((__m256i *)(void *)(hashes + i), _mm256_permute2x128_si256(first, last, 0x20));
        _mm256_storeu_si256((__m256i *)(void *)(hashes + i + 4), _mm256_permute2x128_si256(first, last, 0x31));
    }
    hash_windows_plain(points + i, count - i, hashes + i);
}

/* The mixed sums of the windows that begin at eight points; points[k]: those at their k-th places, widened. */
ISA_TARGET_AVX512 static inline __m512i hashes_avx512(const __m512i points[SHINGLE_LENGTH])
{
    __m512i sum = _mm512_set1_epi64((int64_t)length_term[SHINGLE_LENGTH]);
    for (size_t k = 0; k < SHINGLE_LENGTH; k++)
        sum = _mm512_add_epi64(sum, _mm512_mullo_epi64(points[k], _mm512_set1_epi64((int64_t)weight[k])));
    sum = _mm512_xor_si512(sum, _mm512_srli_epi64(sum, 32));
    sum = _mm512_mullo_epi64(sum, _mm512_set1_epi64((int64_t)mixer));
    return _mm512_xor_si512(sum, _mm512_srli_epi64(sum, 32));
}

/* The next 16 of `left` points; 0 behind the last. */
ISA_TARGET_AVX512 static inline __m512i load_points(const uint32_t *points, size_t left)
{
    return left >= 16 ? _mm512_loadu_si512(points) : _mm512_maskz_loadu_epi32((__mmask16)((1u << left) - 1), points);
}

ISA_TARGET_AVX512 static inline void store_hashes(__m512i lanes, size_t left, uint64_t *hashes)
{
    if (left >= 8)
        _mm512_storeu_si512(hashes, lanes);
    else
        _mm512_mask_storeu_epi64(hashes, (__mmask8)((1u << left) - 1), lanes);
}

/* Sixteen windows at a time, those at even and at odd places apart: each point is loaded once and widened once, and
 * neighbours are shifted in. */
ISA_TARGET_AVX512 static void hash_windows_avx512(const uint32_t *points, size_t count, uint64_t *hashes)
{
    const __m512i half = _mm512_set1_epi64(UINT32_MAX);
    const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i last = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    size_t ends = count + SHINGLE_LENGTH - 1; /* of points */
    __m512i now = load_points(points, ends), even = _mm512_and_si512(now, half), odd = _mm512_srli_epi64(now, 32);
    for (size_t i = 0; i < count; i += 16) {
        __m512i next = load_points(points + i + 16, ends > i + 16 ? ends - i - 16 : 0);
        __m512i next_even = _mm512_and_si512(next, half), next_odd = _mm512_srli_epi64(next, 32);
        const __m512i at[SHINGLE_LENGTH + 1] = {even,
                                                odd,
                                                _mm512_alignr_epi64(next_even, even, 1),
                                                _mm512_alignr_epi64(next_odd, odd, 1),
                                                _mm512_alignr_epi64(next_even, even, 2),
                                                _mm512_alignr_epi64(next_odd, odd, 2)};
        __m512i a = hashes_avx512(at), b = hashes_avx512(at + 1);
        store_hashes(_mm512_permutex2var_epi64(a, first, b), count - i, hashes + i);
        if (count - i > 8)
            store_hashes(_mm512_permutex2var_epi64(a, last, b), count - i - 8, hashes + i + 8);
        even = next_even;
        odd = next_odd;
    }
}
#endif

static uint64_t hash_short(const uint32_t *points, size_t length)
{
    uint64_t sum = length_term[length];
    for (size_t i = 0; i < length; i++)
        sum += weight[i] * points[i];
    return mix(sum);
}

void shingle_hash_by(enum isa isa, const uint32_t *points, size_t count, uint64_t *hashes)
{
    if (count < SHINGLE_LENGTH) {
        if (count != 0)
            hashes[0] = hash_short(points, count);
        return;
    }
    size_t windows = shingle_count(count);
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        hash_windows_avx512(points, windows, hashes);
    else if (isa >= ISA_AVX2)
        hash_windows_avx2(points, windows, hashes);
    else if (isa >= ISA_SSE2)
        hash_windows_sse2(points, windows, hashes);
    else
#endif
        hash_windows_plain(points, windows, hashes);
}

void shingle_hash(const uint32_t *points, size_t count, uint64_t *hashes)
{
    shingle_hash_by(isa_best(), points, count, hashes);
}

enum { SMALL_SORT = 32, MOVES_PER_HASH = 8 };

/* Brings the largest of the hashes before each place forward: neighbours in wrong order, which are most of what a
 * distribution leaves, change places without a branch to guess. */
static void swap_neighbours(uint64_t *hashes, size_t count)
{
    uint64_t largest = hashes[0];
    for (size_t i = 1; i < count; i++) {
        uint64_t hash = hashes[i], least = hash < largest ? hash : largest;
        largest = hash < largest ? largest : hash;
        hashes[i - 1] = least;
    }
    hashes[count - 1] = largest;
}

/* Inserts the hashes of `from`, which are nearly sorted, into the empty set `to`, which may be the same array. Gives up
 * after `moves` moves and returns how many hashes of `from` it took. */
static size_t insert_all(const uint64_t *from, size_t count, uint64_t *to, size_t *kept, size_t moves)
{
    size_t used = 0, i = 0;
    for (; i < count; i++) {
        uint64_t hash = from[i];
        size_t place = used;
        while (place > 0 && to[place - 1] > hash)
            place--;
        if (place > 0 && to[place - 1] == hash)
            continue;
        size_t moved = used - place;
        if (moved > moves)
            break;
        moves -= moved;
        for (size_t j = used; j > place; j--)
            to[j] = to[j - 1];
        to[place] = hash;
        used++;
    }
    *kept = used;
    return i;
}

/* For hashes that are not spread. */
static size_t sort_all(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    size_t kept;
    radix_sort(hashes, count, scratch, 0, 64);
    (void)insert_all(hashes, count, hashes, &kept, SIZE_MAX);
    return kept;
}

/* Sorts few hashes, repeats but once: each goes to the place that as many smaller ones give it. Nothing has to be
 * guessed. Compiled once per instruction set; compilers vectorise the counting. */
static inline ISA_INLINE size_t rank_all(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    size_t kept = 0;
    uint32_t placed = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i], rank = 0;
        for (size_t j = 0; j < count; j++)
            rank += hashes[j] < hash;
        scratch[rank] = hash;
        placed |= UINT32_C(1) << rank;
    }
    for (; placed != 0; placed &= placed - 1)
        hashes[kept++] = scratch[__builtin_ctz(placed)];
    return kept;
}

static size_t rank_scalar(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    return rank_all(hashes, count, scratch);
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static size_t rank_avx2(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    return rank_all(hashes, count, scratch);
}

ISA_TARGET_AVX512 static size_t rank_avx512(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    return rank_all(hashes, count, scratch);
}
#endif

static size_t small_set(uint64_t *hashes, size_t count, uint64_t *scratch)
{
#ifdef ISA_X86
    if (isa_best() >= ISA_AVX512)
        return rank_avx512(hashes, count, scratch);
    if (isa_best() >= ISA_AVX2)
        return rank_avx2(hashes, count, scratch);
#endif
    return rank_scalar(hashes, count, scratch);
}

size_t shingle_set(uint64_t *hashes, size_t count, uint64_t *scratch)
{
    if (count <= SMALL_SORT)
        return small_set(hashes, count, scratch);
    /* Hashes that are spread over so many buckets share one with less than another each. */
    unsigned bits = radix_bits(count);
    const uint64_t *from = hashes;
    if (bits <= RADIX_BITS_MAXIMUM + 1) {
        unsigned digit = bits < RADIX_BITS_MAXIMUM ? bits : RADIX_BITS_MAXIMUM;
        radix_distribute(hashes, scratch, count, 64 - digit, digit);
        swap_neighbours(scratch, count);
        from = scratch;
    } else {
        unsigned digit = bits < 2 * RADIX_BITS_MAXIMUM ? (bits + 1) / 2 : RADIX_BITS_MAXIMUM;
        radix_distribute(hashes, scratch, count, 64 - 2 * digit, digit);
        radix_distribute(scratch, hashes, count, 64 - digit, digit);
    }
    size_t kept, taken = insert_all(from, count, hashes, &kept, MOVES_PER_HASH * count);
    if (taken == count)
        return kept;
    memmove(hashes + kept, from + taken, (count - taken) * sizeof *hashes);
    return sort_all(hashes, kept + count - taken, scratch);
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
