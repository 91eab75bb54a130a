#include "sketch/windows.h"

#include "base/front.h"
#include "sketch/shingle.h"

enum { SHIFT = 7 };
_Static_assert(SHIFT *SHINGLE_LENGTH >= 32, "older code points must fall out of the window");

/* The top bits of a product depend on the whole window. */
static const uint32_t factor = 0x9e3779b1;

/* The bit of a product that says whether a window is one of the half; below those that are its place. */
static uint32_t half_bit(unsigned log)
{
    return UINT32_C(1) << (31 - log);
}

static size_t place_scalar(const uint32_t *points, size_t count, unsigned log, bool half, uint32_t *places)
{
    const uint32_t bit = half_bit(log), all = half ? 0 : bit;
    uint32_t window = 0;
    size_t placed = 0;
    for (size_t i = 0; i < SHINGLE_LENGTH - 1; i++)
        window = (window << SHIFT) + points[i];
    for (size_t i = SHINGLE_LENGTH - 1; i < count; i++) {
        window = (window << SHIFT) + points[i];
        uint32_t product = window * factor;
        places[placed] = product >> (32 - log);
        placed += ((product | all) & bit) != 0;
    }
    return placed;
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static inline __m256i window_step_avx2(__m256i window, const uint32_t *points)
{
    return _mm256_add_epi32(_mm256_slli_epi32(window, SHIFT),
                            _mm256_loadu_si256((const __m256i *)(const void *)points));
}

ISA_TARGET_AVX2 static size_t place_avx2(const uint32_t *points, size_t count, unsigned log, bool half,
                                         uint32_t *places)
{
    const uint32_t bit = half_bit(log);
    const __m256i all = _mm256_set1_epi32(half ? 0 : -1), bits = _mm256_set1_epi32((int)bit);
    const __m128i shift = _mm_cvtsi32_si128((int)(32 - log));
    size_t placed = 0, i = 0;
    for (; i + 8 + SHINGLE_LENGTH - 1 <= count; i += 8) {
        __m256i window = _mm256_setzero_si256();
        for (size_t j = 0; j < SHINGLE_LENGTH; j++)
            window = window_step_avx2(window, points + i + j);
        __m256i product = _mm256_mullo_epi32(window, _mm256_set1_epi32((int)factor));
        __m256i wanted = _mm256_or_si256(all, _mm256_cmpeq_epi32(_mm256_and_si256(product, bits), bits));
        uint8_t lanes = (uint8_t)_mm256_movemask_ps(_mm256_castsi256_ps(wanted));
        _mm256_storeu_si256((__m256i *)(void *)(places + placed),
                            lanes_to_front(_mm256_srl_epi32(product, shift), lanes));
        placed += (size_t)_mm_popcnt_u32(lanes);
    }
    if (i + SHINGLE_LENGTH <= count)
        placed += place_scalar(points + i, count - i, log, half, places + placed);
    return placed;
}

ISA_TARGET_AVX512 static size_t place_avx512(const uint32_t *points, size_t count, unsigned log, bool half,
                                             uint32_t *places)
{
    const __m512i bits = _mm512_set1_epi32((int)half_bit(log));
    const __m128i shift = _mm_cvtsi32_si128((int)(32 - log));
    size_t placed = 0, windows = count - (SHINGLE_LENGTH - 1);
    for (size_t i = 0; i < windows; i += 16) {
        __mmask16 there = (__mmask16)(windows - i < 16 ? (1u << (windows - i)) - 1 : 0xffff);
        __m512i window = _mm512_setzero_si512();
        for (size_t j = 0; j < SHINGLE_LENGTH; j++)
            window =
                _mm512_add_epi32(_mm512_slli_epi32(window, SHIFT), _mm512_maskz_loadu_epi32(there, points + i + j));
        __m512i product = _mm512_mullo_epi32(window, _mm512_set1_epi32((int)factor));
        __mmask16 wanted = there;
        if (half)
            wanted = _mm512_mask_test_epi32_mask(there, product, bits);
        _mm512_storeu_si512(places + placed, _mm512_maskz_compress_epi32(wanted, _mm512_srl_epi32(product, shift)));
        placed += (size_t)_mm_popcnt_u32(wanted);
    }
    return placed;
}
#endif

size_t windows_place_by(enum isa isa, const uint32_t *points, size_t count, unsigned log, bool half, uint32_t *places)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return place_avx512(points, count, log, half, places);
    if (isa >= ISA_AVX2)
        return place_avx2(points, count, log, half, places);
#endif
    (void)isa;
    return place_scalar(points, count, log, half, places);
}

size_t windows_place(const uint32_t *points, size_t count, unsigned log, bool half, uint32_t *places)
{
    return windows_place_by(isa_best(), points, count, log, half, places);
}
