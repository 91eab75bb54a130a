/* Wanted lanes of AVX2 to the front. */
#ifndef DEDUP_BASE_FRONT_H
#define DEDUP_BASE_FRONT_H

#include <stdint.h>

#include "base/isa.h"

/* For a set of 8 bits: the numbers of those that are set, lowest first, a byte each. */
extern const uint64_t front_orders[256];

#ifdef ISA_X86
#include <immintrin.h>

/* Lanes of 32 bits, those of the eight bits `wanted` first and in their order; anything behind them. */
ISA_TARGET_AVX2 static inline __m256i lanes_to_front(__m256i lanes, uint8_t wanted)
{
    __m128i order = _mm_loadl_epi64((const __m128i *)(const void *)&front_orders[wanted]);
    return _mm256_permutevar8x32_epi32(lanes, _mm256_cvtepu8_epi32(order));
}
#endif

#endif
