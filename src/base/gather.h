/* Gathers of AVX-512. Without optimization those of GCC are macros, with a conversion that it warns of itself. */
#ifndef DEDUP_BASE_GATHER_H
#define DEDUP_BASE_GATHER_H

#include <stdint.h>

#include "base/isa.h"

#ifdef ISA_X86
#include <immintrin.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
/* words[places[i]] for sixteen places of 32 bits. */
ISA_TARGET_AVX512 static inline __m512i gather_32(const uint32_t *words, __m512i places)
{
    return _mm512_i32gather_epi32(places, words, 4);
}

/* words[places[i]] for eight places of 64 bits. */
ISA_TARGET_AVX512 static inline __m512i gather_64(const uint64_t *words, __m512i places)
{
    return _mm512_i64gather_epi64(places, words, 8);
}
#pragma GCC diagnostic pop
#endif

#endif
