#include "sketch/digits.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

static uint32_t sum_scalar(const uint32_t *points, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += points[i] - '0' < 10 ? points[i] * points[i] : 0;
    return sum;
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static uint32_t sum_avx2(const uint32_t *points, size_t count)
{
    const __m256i before = _mm256_set1_epi32('0' - 1), behind = _mm256_set1_epi32('9' + 1);
    __m256i sums = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i lanes = _mm256_loadu_si256((const __m256i *)(const void *)(points + i));
        __m256i is = _mm256_and_si256(_mm256_cmpgt_epi32(lanes, before), _mm256_cmpgt_epi32(behind, lanes));
        __m256i digits = _mm256_and_si256(lanes, is);
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(digits, digits));
    }
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    return (uint32_t)_mm_cvtsi128_si32(half) + (uint32_t)_mm_extract_epi32(half, 1) + sum_scalar(points + i, count - i);
}

/* The squares of the lanes in `there` that are digits, added to the sums. */
ISA_TARGET_AVX512 static inline __m512i add_avx512(__m512i sums, __m512i lanes, __mmask16 there)
{
    __m512i values = _mm512_sub_epi32(lanes, _mm512_set1_epi32('0'));
    __mmask16 digits = _mm512_mask_cmplt_epu32_mask(there, values, _mm512_set1_epi32(10));
    return _mm512_mask_add_epi32(sums, digits, sums, _mm512_madd_epi16(lanes, lanes));
}

ISA_TARGET_AVX512 static uint32_t sum_avx512(const uint32_t *points, size_t count)
{
    __m512i sums = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        sums = add_avx512(sums, _mm512_loadu_si512(points + i), 0xffff);
    __mmask16 there = (__mmask16)((1u << (count - i)) - 1);
    sums = add_avx512(sums, _mm512_maskz_loadu_epi32(there, points + i), there);
    return (uint32_t)_mm512_reduce_add_epi32(sums);
}
#endif

uint32_t digits_sum_by(enum isa isa, const uint32_t *points, size_t count)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return sum_avx512(points, count);
    if (isa >= ISA_AVX2)
        return sum_avx2(points, count);
#endif
    (void)isa;
    return sum_scalar(points, count);
}

uint32_t digits_sum(const uint32_t *points, size_t count)
{
    return digits_sum_by(isa_best(), points, count);
}
