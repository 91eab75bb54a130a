#include "corpus/json_clear.h"

#include <stdint.h>
#include <string.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* Not zero when a byte of `word` is a quote, a backslash or a control character: each term finds the bytes of a word
 * that are less than a bound, zero for the two characters. */
static uint64_t special_bytes(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs;
}

static size_t clear_scalar(const char *text, size_t length)
{
    size_t at = 0;
    for (uint64_t word; length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (special_bytes(word) != 0)
            break;
    }
    for (; at < length; at++) {
        unsigned char c = (unsigned char)text[at];
        if (c == '"' || c == '\\' || c < 0x20)
            break;
    }
    return at;
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static inline __m256i special_avx2(__m256i bytes)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), last = _mm256_set1_epi8(0x1f);
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last), bytes);
    __m256i mark = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
    return _mm256_or_si256(control, mark);
}

ISA_TARGET_AVX2 static size_t clear_avx2(const char *text, size_t length)
{
    size_t at = 0;
    for (; length - at >= 32; at += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text + at));
        uint32_t special = (uint32_t)_mm256_movemask_epi8(special_avx2(bytes));
        if (special != 0)
            return at + (size_t)__builtin_ctz(special);
    }
    return at + clear_scalar(text + at, length - at);
}

ISA_TARGET_AVX512 static inline uint64_t special_avx512(__m512i bytes)
{
    return _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)) |
           _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) | _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
}

ISA_TARGET_AVX512 static size_t clear_avx512(const char *text, size_t length)
{
    size_t at = 0;
    for (; length - at >= 64; at += 64) {
        uint64_t special = special_avx512(_mm512_loadu_si512(text + at));
        if (special != 0)
            return at + (size_t)__builtin_ctzll(special);
    }
    if (at == length)
        return at;
    uint64_t there = ~UINT64_C(0) >> (64 - (length - at));
    uint64_t special = special_avx512(_mm512_maskz_loadu_epi8(there, text + at)) & there;
    return special != 0 ? at + (size_t)__builtin_ctzll(special) : length;
}
#endif

size_t json_clear_length_by(enum isa isa, const char *text, size_t length)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return clear_avx512(text, length);
    if (isa >= ISA_AVX2)
        return clear_avx2(text, length);
#endif
    (void)isa;
    return clear_scalar(text, length);
}

size_t json_clear_length(const char *text, size_t length)
{
    return json_clear_length_by(isa_best(), text, length);
}
