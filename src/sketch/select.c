#include "sketch/select.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

static size_t up_to_scalar(const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i];
        out[kept] = hash;
        kept += hash <= bound;
    }
    return kept;
}

#ifdef ISA_X86
/* Writes those of 64 hashes whose bit is set to `out`, in order, and anything behind them up to a multiple of 8;
 * returns how many they are. */
static inline ISA_INLINE size_t keep_set(const uint64_t *hashes, uint64_t wanted, uint64_t *out)
{
    size_t kept = (size_t)__builtin_popcountll(wanted);
    while (wanted != 0)
        for (size_t i = 0; i < SELECT_SLACK; i++, wanted &= wanted - 1)
            *out++ = hashes[__builtin_ctzll(wanted | UINT64_C(1) << 63)];
    return kept;
}

ISA_TARGET_AVX2 static size_t up_to_avx2(const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out)
{
    /* The comparison is one of signed words. */
    const __m256i sign = _mm256_set1_epi64x(INT64_MIN), most = _mm256_set1_epi64x((int64_t)(bound ^ UINT64_C(1) << 63));
    size_t kept = 0, i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t above = 0;
        for (size_t j = 0; j < 64; j += 4) {
            __m256i lanes = _mm256_loadu_si256((const __m256i *)(const void *)(hashes + i + j));
            __m256i over = _mm256_cmpgt_epi64(_mm256_xor_si256(lanes, sign), most);
            above |= (uint64_t)(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(over)) << j;
        }
        kept += keep_set(hashes + i, ~above, out + kept);
    }
    return kept + up_to_scalar(hashes + i, count - i, bound, out + kept);
}

/* Writes the lanes in `wanted` to `out`, and anything behind them up to 8 hashes in all. */
ISA_TARGET_AVX512 static inline size_t keep_lanes(__m512i lanes, __mmask8 wanted, uint64_t *out)
{
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi64(wanted, lanes));
    return (size_t)__builtin_popcount(wanted);
}

ISA_TARGET_AVX512 static size_t up_to_avx512(const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out)
{
    const __m512i most = _mm512_set1_epi64((long long)bound);
    size_t kept = 0, i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t wanted = 0;
        for (size_t j = 0; j < 64; j += 8)
            wanted |= (uint64_t)_mm512_cmple_epu64_mask(_mm512_loadu_si512(hashes + i + j), most) << j;
        kept += keep_set(hashes + i, wanted, out + kept);
    }
    for (; i + 8 <= count; i += 8) {
        __m512i lanes = _mm512_loadu_si512(hashes + i);
        kept += keep_lanes(lanes, _mm512_cmple_epu64_mask(lanes, most), out + kept);
    }
    return kept + up_to_scalar(hashes + i, count - i, bound, out + kept);
}

#endif

size_t select_up_to_by(enum isa isa, const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return up_to_avx512(hashes, count, bound, out);
    if (isa >= ISA_AVX2)
        return up_to_avx2(hashes, count, bound, out);
#endif
    (void)isa;
    return up_to_scalar(hashes, count, bound, out);
}

size_t select_up_to(const uint64_t *hashes, size_t count, uint64_t bound, uint64_t *out)
{
    return select_up_to_by(isa_best(), hashes, count, bound, out);
}
