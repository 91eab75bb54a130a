#include "clean/signs.h"

#ifdef ISA_X86

#include <immintrin.h>
#include <string.h>

/* Three loads, one byte apart, show each byte with the two behind it. AVX-512 looks them up in the tables of the set.
 * AVX2 compares, and looks ASCII up by two shuffles: the lower half of a byte fetches its row, the upper half the bit to
 * test. */
enum { BEHIND = 2 };

/* For signed comparisons of continuation bytes, which are all negative. */
#define C(x) ((char)(x))

/* Text that ends soon behind `at`, so that a whole block and what is behind it can be read. */
static const unsigned char *padded(const unsigned char *text, size_t length, size_t at,
                                   unsigned char buffer[PLACE_WORD + BEHIND])
{
    if (length - at >= PLACE_WORD + BEHIND)
        return text + at;
    memset(buffer, 0, PLACE_WORD + BEHIND);
    memcpy(buffer, text + at, length - at);
    return buffer;
}

struct tables256 {
    __m256i rows, wide, bits;
    __m256i general; /* the last third byte behind E2 80 of a sign */
};

/* Bytes are 0 where a character is not in the set. */
ISA_TARGET_AVX2 static inline __m256i look_up256(__m256i rows, __m256i bits, __m256i characters)
{
    __m256i row = _mm256_shuffle_epi8(rows, _mm256_and_si256(characters, _mm256_set1_epi8(C(0x8f))));
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(characters, 4), _mm256_set1_epi8(0x0f));
    return _mm256_and_si256(row, _mm256_shuffle_epi8(bits, upper));
}

ISA_TARGET_AVX2 static inline __m256i equal256(__m256i bytes, unsigned value)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(C(value)));
}

ISA_TARGET_AVX2 static inline __m256i from256(__m256i bytes, unsigned least)
{
    return _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(C(least - 1)));
}

ISA_TARGET_AVX2 static inline uint32_t find256(const struct tables256 *tables, const unsigned char *text)
{
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(text + 1));
    __m256i third = _mm256_loadu_si256((const __m256i *)(const void *)(text + 2));
    __m256i zero = _mm256_setzero_si256(), general = equal256(second, 0x80);
    __m256i wide = equal256(_mm256_and_si256(second, _mm256_set1_epi8(C(0xfe))), 0xbc);
    __m256i upper = _mm256_and_si256(_mm256_slli_epi16(second, 6), _mm256_set1_epi8(0x40));
    __m256i lower = _mm256_and_si256(third, _mm256_set1_epi8(0x3f));
    __m256i narrow = _mm256_add_epi8(_mm256_add_epi8(lower, upper), _mm256_set1_epi8(0x20));
    __m256i no_mark = _mm256_and_si256(wide, _mm256_cmpeq_epi8(look_up256(tables->wide, tables->bits, narrow), zero));
    __m256i e4 = _mm256_and_si256(equal256(second, 0xb8), equal256(third, 0xa8));
    __m256i other = _mm256_and_si256(general, _mm256_cmpgt_epi8(third, tables->general));
    __m256i latin = equal256(_mm256_and_si256(first, _mm256_set1_epi8(C(0xfe))), 0xc2);
    __m256i found = _mm256_or_si256(latin, equal256(first, 0xee));
    found = _mm256_or_si256(found, _mm256_andnot_si256(other, equal256(first, 0xe2)));
    found = _mm256_or_si256(found,
                            _mm256_and_si256(_mm256_and_si256(general, from256(third, 0x90)), equal256(first, 0xe3)));
    found = _mm256_or_si256(found, _mm256_and_si256(e4, equal256(first, 0xe4)));
    found = _mm256_or_si256(found, _mm256_andnot_si256(no_mark, equal256(first, 0xef)));
    __m256i plain = _mm256_cmpeq_epi8(look_up256(tables->rows, tables->bits, first), zero);
    return (uint32_t)_mm256_movemask_epi8(found) | ~(uint32_t)_mm256_movemask_epi8(plain);
}

ISA_TARGET_AVX2 void signs_find_avx2(const struct sign_set *set, const unsigned char *text, size_t length,
                                     uint64_t *words)
{
    unsigned char buffer[PLACE_WORD + BEHIND];
    const struct tables256 tables = {
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)set->rows)),
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)set->wide)),
        _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, C(0x80), 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, C(0x80), 0, 0,
                         0, 0, 0, 0, 0, 0),
        _mm256_set1_epi8(C(set->general - 1))};
    for (size_t at = 0; at < length; at += PLACE_WORD) {
        const unsigned char *block = padded(text, length, at, buffer);
        words[at / PLACE_WORD] = find256(&tables, block) | (uint64_t)find256(&tables, block + PLACE_WORD / 2) << 32;
    }
}

struct tables512 {
    __m512i ascii[2], other[2], second, third;
};

ISA_TARGET_AVX512VBMI static inline uint64_t find512(const struct tables512 *tables, const unsigned char *text)
{
    __m512i first = _mm512_loadu_si512(text);
    __m512i ascii = _mm512_permutex2var_epi8(tables->ascii[0], first, tables->ascii[1]);
    __m512i other = _mm512_permutex2var_epi8(tables->other[0], first, tables->other[1]);
    __m512i groups = _mm512_mask_mov_epi8(ascii, _mm512_movepi8_mask(first), other);
    __m512i second = _mm512_permutexvar_epi8(_mm512_loadu_si512(text + 1), tables->second);
    __m512i third = _mm512_permutexvar_epi8(_mm512_loadu_si512(text + 2), tables->third);
    return _mm512_test_epi8_mask(_mm512_and_si512(groups, second), third);
}

ISA_TARGET_AVX512VBMI void signs_find_avx512vbmi(const struct sign_set *set, const unsigned char *text, size_t length,
                                                 uint64_t *words)
{
    unsigned char buffer[PLACE_WORD + BEHIND];
    const struct tables512 tables = {
        {_mm512_loadu_si512(set->first), _mm512_loadu_si512(set->first + 64)},
        {_mm512_loadu_si512(set->first + 128), _mm512_loadu_si512(set->first + 192)},
        _mm512_loadu_si512(set->second),
        _mm512_loadu_si512(set->third),
    };
    for (size_t at = 0; at < length; at += PLACE_WORD)
        words[at / PLACE_WORD] = find512(&tables, padded(text, length, at, buffer));
}

#endif
