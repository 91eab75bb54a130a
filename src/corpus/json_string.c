#include "corpus/json_string.h"

#include <stdint.h>
#include <string.h>

#include "corpus/json_escape.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

enum { BLOCK = 64 };

/* Not zero when a byte of `word` is a quote, a backslash or a control character: each term finds the bytes of a word
 * that are less than a bound, zero for the two characters. */
static uint64_t special_bytes(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs;
}

/* Bytes before the first quote, backslash or control character. */
static size_t clear_length(const char *text, size_t length)
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

static size_t length_scalar(const char *text, size_t length, bool *escaped)
{
    size_t at = 0, step = 1;
    for (*escaped = false; step != 0; at += step) {
        at += clear_length(text + at, length - at);
        step = at < length ? json_escape_length(text + at, length - at) : 0;
        *escaped = *escaped || step != 0;
    }
    return at;
}

static size_t copy_scalar(const char *raw, size_t length, char *out)
{
    const char *found = length != 0 ? memchr(raw, '\\', length) : NULL;
    size_t clear = found ? (size_t)(found - raw) : length;
    memcpy(out, raw, clear);
    return clear;
}

#ifdef ISA_X86
/* `special` gives a bit for each quote, backslash and control character of up to a block. The bits behind an escape
 * stay as they are, so that text with many of them is looked at once. */
static inline ISA_INLINE size_t length_by_blocks(const char *text, size_t length, bool *escaped,
                                                 uint64_t (*special)(const char *text, size_t length))
{
    *escaped = false;
    for (size_t begin = 0, next; begin < length; begin = next) {
        uint64_t rest = special(text + begin, length - begin);
        next = length - begin < BLOCK ? length : begin + BLOCK;
        while (rest != 0) {
            size_t place = begin + (size_t)__builtin_ctzll(rest);
            size_t step = json_escape_length(text + place, length - place);
            if (step == 0)
                return place;
            *escaped = true;
            next = place + step > next ? place + step : next;
            rest = place + step < next ? rest & ~UINT64_C(0) << (place + step - begin) : 0;
        }
    }
    return length;
}

ISA_TARGET_AVX2 static inline uint32_t special_avx2(const char *text)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), last = _mm256_set1_epi8(0x1f);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last), bytes);
    __m256i mark = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(control, mark));
}

ISA_TARGET_AVX2 static inline uint64_t special_block_avx2(const char *text, size_t length)
{
    if (length >= BLOCK)
        return special_avx2(text) | (uint64_t)special_avx2(text + 32) << 32;
    char whole[BLOCK];
    memset(whole, 'a', sizeof whole);
    memcpy(whole, text, length);
    return special_avx2(whole) | (uint64_t)special_avx2(whole + 32) << 32;
}

ISA_TARGET_AVX2 static size_t length_avx2(const char *text, size_t length, bool *escaped)
{
    return length_by_blocks(text, length, escaped, special_block_avx2);
}

ISA_TARGET_AVX2 static size_t copy_avx2(const char *raw, size_t length, char *out)
{
    size_t at = 0;
    for (; length - at >= 32; at += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(raw + at));
        _mm256_storeu_si256((__m256i *)(void *)(out + at), bytes);
        uint32_t found = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
        if (found != 0)
            return at + (size_t)__builtin_ctz(found);
    }
    return at + copy_scalar(raw + at, length - at, out + at);
}

ISA_TARGET_AVX512 static inline __mmask64 below(size_t length)
{
    return length >= BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << length) - 1;
}

ISA_TARGET_AVX512 static inline uint64_t special_avx512(__m512i bytes)
{
    return _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)) |
           _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) | _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
}

ISA_TARGET_AVX512 static inline uint64_t special_block_avx512(const char *text, size_t length)
{
    if (length >= BLOCK)
        return special_avx512(_mm512_loadu_si512(text));
    return special_avx512(_mm512_maskz_loadu_epi8(below(length), text)) & below(length);
}

ISA_TARGET_AVX512 static size_t length_avx512(const char *text, size_t length, bool *escaped)
{
    return length_by_blocks(text, length, escaped, special_block_avx512);
}

ISA_TARGET_AVX512 static size_t copy_avx512(const char *raw, size_t length, char *out)
{
    for (size_t at = 0; at < length; at += BLOCK) {
        __mmask64 there = below(length - at);
        __m512i bytes = _mm512_maskz_loadu_epi8(there, raw + at);
        _mm512_mask_storeu_epi8(out + at, there, bytes);
        uint64_t found = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
        if (found != 0)
            return at + (size_t)__builtin_ctzll(found);
    }
    return length;
}
#endif

size_t json_string_length_by(enum isa isa, const char *text, size_t length, bool *escaped)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return length_avx512(text, length, escaped);
    if (isa >= ISA_AVX2)
        return length_avx2(text, length, escaped);
#endif
    (void)isa;
    return length_scalar(text, length, escaped);
}

size_t json_string_copy_by(enum isa isa, const char *raw, size_t length, char *out)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return copy_avx512(raw, length, out);
    if (isa >= ISA_AVX2)
        return copy_avx2(raw, length, out);
#endif
    (void)isa;
    return copy_scalar(raw, length, out);
}

size_t json_string_length(const char *text, size_t length, bool *escaped)
{
    return json_string_length_by(isa_best(), text, length, escaped);
}

size_t json_string_copy(const char *raw, size_t length, char *out)
{
    return json_string_copy_by(isa_best(), raw, length, out);
}
