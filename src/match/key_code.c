#include "match/key_code.h"

#include <stdbool.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* Units or points that are coded one by one where a vector of them was not plain. */
enum { RARE = 32 };

/* Narrows points from the front on and returns how many: up to the first vector that has one above U+FFFF, or until
 * fewer are left than a vector holds. */
typedef size_t narrower(const uint32_t *points, size_t count, uint16_t *out);
/* Widens units likewise, up to the first vector with a surrogate. */
typedef size_t widener(const uint16_t *units, size_t count, uint32_t *out);

static size_t encode_some(const uint32_t *points, size_t count, uint16_t *out)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t point = points[i];
        if (point < 0x10000) {
            out[used++] = (uint16_t)point;
        } else {
            point -= 0x10000;
            out[used++] = (uint16_t)(0xd800 + (point >> 10));
            out[used++] = (uint16_t)(0xdc00 + (point & 0x3ff));
        }
    }
    return used;
}

static inline ISA_INLINE size_t encode_with(narrower *narrow, const uint32_t *points, size_t count, uint16_t *out)
{
    size_t used = 0;
    for (size_t i = 0; i < count;) {
        size_t plain = narrow(points + i, count - i, out + used);
        i += plain;
        used += plain;
        size_t rare = count - i < RARE ? count - i : RARE;
        used += encode_some(points + i, rare, out + used);
        i += rare;
    }
    return used;
}

static bool is_surrogate(uint16_t unit)
{
    return (unit & 0xf800) == 0xd800;
}

/* Decodes RARE units or more, or what there is; returns how many. */
static size_t decode_some(const uint16_t *units, size_t count, uint32_t *points, size_t *made)
{
    size_t used = 0;
    while (used < count && used < RARE) {
        if (!is_surrogate(units[used])) {
            points[(*made)++] = units[used++];
        } else if (used + 1 < count) {
            points[(*made)++] = 0x10000 + ((units[used] & 0x3ffu) << 10) + (units[used + 1] & 0x3ffu);
            used += 2;
        } else {
            break;
        }
    }
    return used;
}

static inline ISA_INLINE size_t decode_with(widener *widen, const uint16_t *units, size_t count, uint32_t *points,
                                            size_t *used)
{
    size_t made = 0, some = 1;
    for (*used = 0; *used < count && some != 0; *used += some) {
        size_t plain = widen(units + *used, count - *used, points + made);
        *used += plain;
        made += plain;
        some = decode_some(units + *used, count - *used, points, &made);
    }
    return made;
}

/* Plain C, which compilers make vectors of. */
enum { BLOCK = 32 };

static size_t narrow_plain(const uint32_t *points, size_t count, uint16_t *out)
{
    size_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK) {
        uint32_t all = 0;
        for (size_t j = i; j < i + BLOCK; j++)
            all |= points[j];
        if (all >= 0x10000)
            break;
        for (size_t j = i; j < i + BLOCK; j++)
            out[j] = (uint16_t)points[j];
    }
    return i;
}

static size_t widen_plain(const uint16_t *units, size_t count, uint32_t *out)
{
    size_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK) {
        unsigned found = 0;
        for (size_t j = i; j < i + BLOCK; j++)
            found |= is_surrogate(units[j]);
        if (found != 0)
            break;
        for (size_t j = i; j < i + BLOCK; j++)
            out[j] = units[j];
    }
    return i;
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static inline ISA_INLINE size_t narrow_avx2(const uint32_t *points, size_t count, uint16_t *out)
{
    const __m256i wide = _mm256_set1_epi32((int)0xffff0000);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(points + i));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(points + i + 8));
        if (!_mm256_testz_si256(_mm256_or_si256(low, high), wide))
            break;
        __m256i units = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
        _mm256_storeu_si256((__m256i *)(void *)(out + i), units);
    }
    return i;
}

ISA_TARGET_AVX2 static inline ISA_INLINE size_t widen_avx2(const uint16_t *units, size_t count, uint32_t *out)
{
    const __m256i top = _mm256_set1_epi16((short)0xf800), surrogate = _mm256_set1_epi16((short)0xd800);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m256i lanes = _mm256_loadu_si256((const __m256i *)(const void *)(units + i));
        __m256i found = _mm256_cmpeq_epi16(_mm256_and_si256(lanes, top), surrogate);
        if (!_mm256_testz_si256(found, found))
            break;
        _mm256_storeu_si256((__m256i *)(void *)(out + i), _mm256_cvtepu16_epi32(_mm256_castsi256_si128(lanes)));
        _mm256_storeu_si256((__m256i *)(void *)(out + i + 8),
                            _mm256_cvtepu16_epi32(_mm256_extracti128_si256(lanes, 1)));
    }
    return i;
}

ISA_TARGET_AVX2 static size_t encode_avx2(const uint32_t *points, size_t count, uint16_t *out)
{
    return encode_with(narrow_avx2, points, count, out);
}

ISA_TARGET_AVX2 static size_t decode_avx2(const uint16_t *units, size_t count, uint32_t *points, size_t *used)
{
    return decode_with(widen_avx2, units, count, points, used);
}

/* The last vector may be a part of one. */
ISA_TARGET_AVX512 static inline ISA_INLINE size_t narrow_avx512(const uint32_t *points, size_t count, uint16_t *out)
{
    const __m512i wide = _mm512_set1_epi32((int)0xffff0000);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i lanes = _mm512_loadu_si512(points + i);
        if (_mm512_test_epi32_mask(lanes, wide) != 0)
            return i;
        _mm256_storeu_si256((__m256i *)(void *)(out + i), _mm512_cvtepi32_epi16(lanes));
    }
    __mmask16 there = (__mmask16)((1u << (count - i)) - 1);
    __m512i lanes = _mm512_maskz_loadu_epi32(there, points + i);
    if (_mm512_test_epi32_mask(lanes, wide) != 0)
        return i;
    _mm256_mask_storeu_epi16(out + i, there, _mm512_cvtepi32_epi16(lanes));
    return count;
}

ISA_TARGET_AVX512 static inline __mmask16 surrogates_avx512(__m512i lanes)
{
    return _mm512_cmpeq_epi32_mask(_mm512_and_si512(lanes, _mm512_set1_epi32(0xf800)), _mm512_set1_epi32(0xd800));
}

ISA_TARGET_AVX512 static inline ISA_INLINE size_t widen_avx512(const uint16_t *units, size_t count, uint32_t *out)
{
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i lanes = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(units + i)));
        if (surrogates_avx512(lanes) != 0)
            return i;
        _mm512_storeu_si512(out + i, lanes);
    }
    __mmask16 there = (__mmask16)((1u << (count - i)) - 1);
    __m512i lanes = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, units + i));
    if (surrogates_avx512(lanes) != 0)
        return i;
    _mm512_mask_storeu_epi32(out + i, there, lanes);
    return count;
}

ISA_TARGET_AVX512 static size_t encode_avx512(const uint32_t *points, size_t count, uint16_t *out)
{
    return encode_with(narrow_avx512, points, count, out);
}

ISA_TARGET_AVX512 static size_t decode_avx512(const uint16_t *units, size_t count, uint32_t *points, size_t *used)
{
    return decode_with(widen_avx512, units, count, points, used);
}
#endif

size_t key_encode_by(enum isa isa, const uint32_t *points, size_t count, uint16_t *out)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return encode_avx512(points, count, out);
    if (isa >= ISA_AVX2)
        return encode_avx2(points, count, out);
#endif
    (void)isa;
    return encode_with(narrow_plain, points, count, out);
}

size_t key_decode_by(enum isa isa, const uint16_t *units, size_t count, uint32_t *points, size_t *used)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return decode_avx512(units, count, points, used);
    if (isa >= ISA_AVX2)
        return decode_avx2(units, count, points, used);
#endif
    (void)isa;
    return decode_with(widen_plain, units, count, points, used);
}

size_t key_encode(const uint32_t *points, size_t count, uint16_t *out)
{
    return key_encode_by(isa_best(), points, count, out);
}

size_t key_decode(const uint16_t *units, size_t count, uint32_t *points)
{
    size_t used;
    return key_decode_by(isa_best(), units, count, points, &used);
}

size_t key_decode_part(const uint16_t *units, size_t count, uint32_t *points, size_t *used)
{
    return key_decode_by(isa_best(), units, count, points, used);
}
