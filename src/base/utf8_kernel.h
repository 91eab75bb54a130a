/* Well-formedness of UTF-8 by vectors: the lookup algorithm of Keiser and Lemire, "Validating UTF-8 In Less Than One
 * Instruction Per Byte" (2020). Three table lookups by nibble classify each pair of neighbouring bytes; a pair whose
 * classes share a bit is an error, except that "two continuations" must stand exactly where a lead of three or four
 * bytes asks for them. */
#ifndef DEDUP_BASE_UTF8_KERNEL_H
#define DEDUP_BASE_UTF8_KERNEL_H

#include "base/isa.h"

#ifdef ISA_X86

#include <immintrin.h>
#include <stdint.h>

/* Error classes of a pair of bytes; the pair is wrong when all three lookups agree on one. */
enum {
    UTF8_TOO_SHORT = 1,       /* a lead, then no continuation */
    UTF8_TOO_LONG = 2,        /* ASCII, then a continuation */
    UTF8_OVERLONG_3 = 4,      /* e0, 80..9f */
    UTF8_TOO_LARGE = 8,       /* f4, 90..bf and above */
    UTF8_SURROGATE = 16,      /* ed, a0..bf */
    UTF8_OVERLONG_2 = 32,     /* c0 or c1 */
    UTF8_TOO_LARGE_1000 = 64, /* f5..ff, 80..8f */
    UTF8_OVERLONG_4 = 64,     /* f0, 80..8f */
    UTF8_TWO_CONTINUATIONS = 128,
    /* These do not depend on the low nibble of the first byte. */
    UTF8_CARRY = UTF8_TOO_SHORT | UTF8_TOO_LONG | UTF8_TWO_CONTINUATIONS,
    UTF8_LARGE = UTF8_CARRY | UTF8_TOO_LARGE | UTF8_TOO_LARGE_1000,
    UTF8_SECOND = UTF8_TOO_LONG | UTF8_OVERLONG_2 | UTF8_TWO_CONTINUATIONS,
};

/* By the high and the low nibble of the first byte, and by the high nibble of the second. */
static const uint8_t utf8_first_high[16] = {
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TWO_CONTINUATIONS,
    UTF8_TWO_CONTINUATIONS,
    UTF8_TWO_CONTINUATIONS,
    UTF8_TWO_CONTINUATIONS,
    UTF8_TOO_SHORT | UTF8_OVERLONG_2,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT | UTF8_OVERLONG_3 | UTF8_SURROGATE,
    UTF8_TOO_SHORT | UTF8_TOO_LARGE | UTF8_TOO_LARGE_1000 | UTF8_OVERLONG_4,
};
static const uint8_t utf8_first_low[16] = {
    UTF8_CARRY | UTF8_OVERLONG_3 | UTF8_OVERLONG_2 | UTF8_OVERLONG_4,
    UTF8_CARRY | UTF8_OVERLONG_2,
    UTF8_CARRY,
    UTF8_CARRY,
    UTF8_CARRY | UTF8_TOO_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE,
    UTF8_LARGE | UTF8_SURROGATE,
    UTF8_LARGE,
    UTF8_LARGE,
};
static const uint8_t utf8_second_high[16] = {
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_SECOND | UTF8_OVERLONG_3 | UTF8_TOO_LARGE_1000 | UTF8_OVERLONG_4,
    UTF8_SECOND | UTF8_OVERLONG_3 | UTF8_TOO_LARGE,
    UTF8_SECOND | UTF8_SURROGATE | UTF8_TOO_LARGE,
    UTF8_SECOND | UTF8_SURROGATE | UTF8_TOO_LARGE,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
};

ISA_TARGET_AVX2 static inline __m256i utf8_look_up_avx2(const uint8_t *table, __m256i nibbles)
{
    __m256i both = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
    return _mm256_shuffle_epi8(both, _mm256_and_si256(nibbles, _mm256_set1_epi8(0x0f)));
}

/* Non-zero where a byte of `now` is wrong behind those before it, the last of which end `before`. An incomplete
 * sequence is found at the byte that does not continue it. */
ISA_TARGET_AVX2 static inline __m256i utf8_errors_avx2(__m256i now, __m256i before)
{
    /* The last bytes of the previous block followed by this one: what stands 1, 2 and 3 bytes before each byte. */
    __m256i joint = _mm256_permute2x128_si256(before, now, 0x21);
    __m256i one = _mm256_alignr_epi8(now, joint, 15);
    __m256i two = _mm256_alignr_epi8(now, joint, 14);
    __m256i three = _mm256_alignr_epi8(now, joint, 13);
    __m256i first = _mm256_and_si256(utf8_look_up_avx2(utf8_first_high, _mm256_srli_epi16(one, 4)),
                                     utf8_look_up_avx2(utf8_first_low, one));
    __m256i classes = _mm256_and_si256(first, utf8_look_up_avx2(utf8_second_high, _mm256_srli_epi16(now, 4)));
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80));
    __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(wanted, classes);
}

ISA_TARGET_AVX512 static inline __m512i utf8_look_up_avx512(const uint8_t *table, __m512i nibbles)
{
    __m512i all = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table));
    return _mm512_shuffle_epi8(all, _mm512_and_si512(nibbles, _mm512_set1_epi8(0x0f)));
}

/* The same for 64 bytes. */
ISA_TARGET_AVX512 static inline __m512i utf8_errors_avx512(__m512i now, __m512i before)
{
    const int xor_of_and = 0x78; /* a ^ (b & c) */
    __m512i joint = _mm512_alignr_epi32(now, before, 12);
    __m512i one = _mm512_alignr_epi8(now, joint, 15);
    __m512i two = _mm512_alignr_epi8(now, joint, 14);
    __m512i three = _mm512_alignr_epi8(now, joint, 13);
    __m512i first = _mm512_and_si512(utf8_look_up_avx512(utf8_first_high, _mm512_srli_epi16(one, 4)),
                                     utf8_look_up_avx512(utf8_first_low, one));
    __m512i classes = _mm512_and_si512(first, utf8_look_up_avx512(utf8_second_high, _mm512_srli_epi16(now, 4)));
    __m512i third = _mm512_subs_epu8(two, _mm512_set1_epi8(0xe0 - 0x80));
    __m512i fourth = _mm512_subs_epu8(three, _mm512_set1_epi8(0xf0 - 0x80));
    __m512i wanted = _mm512_or_si512(third, fourth);
    return _mm512_ternarylogic_epi64(classes, wanted, _mm512_set1_epi8((char)0x80), xor_of_and);
}

#endif

#endif
