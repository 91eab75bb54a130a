/* Wanted lanes of AVX2 to the front. */
#ifndef DEDUP_BASE_FRONT_H
#define DEDUP_BASE_FRONT_H

#include <stdint.h>

#include "base/isa.h"

#ifdef ISA_X86
#include <immintrin.h>

/* Lanes of 32 bits, those of the eight bits `wanted` first and in their order; anything behind them. */
ISA_TARGET_AVX2 static inline __m256i lanes_to_front(__m256i lanes, uint32_t wanted)
{
    uint64_t bytes = _pdep_u64(wanted, 0x0101010101010101) * 0xff;
    uint64_t order = _pext_u64(0x0706050403020100, bytes);
    return _mm256_permutevar8x32_epi32(lanes, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)order)));
}
#endif

#endif
