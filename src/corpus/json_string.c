#include "corpus/json_string.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "base/utf8_kernel.h"
#include "base/utf8_validate.h"
#include "corpus/json_escape.h"

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

/* Decodes the escape at `raw`, appends its text to `out` and returns its length; 0 when there is none. */
static size_t take_escape(const char *raw, size_t length, char *out, struct json_taken *taken)
{
    size_t step = json_escape_length(raw, length), behind = 0;
    uint32_t point;
    if (step == 0)
        return 0;
    if (step == 6 && length > step)
        behind = json_escape_length(raw + step, length - step);
    step = json_escape_decode(raw, raw + step + behind, &point);
    taken->escaped = true;
    taken->repairs += point == 0xfffd && json_hex4(raw + 2) != 0xfffd;
    taken->text_length += utf8_put(point, out + taken->text_length);
    return step;
}

/* Copies the bytes of `raw` before the first quote, backslash or control character, or all, to `out`, where all of
 * `length` bytes may be overwritten, and returns how many. Makes *sound false when they are not well-formed UTF-8. */
typedef size_t clear_copier(const char *raw, size_t length, char *out, bool *sound);

static inline ISA_INLINE void take_by(const char *raw, size_t length, char *out, struct json_taken *taken,
                                      clear_copier *copy)
{
    size_t at = 0, step;
    *taken = (struct json_taken){.sound = true};
    do {
        size_t clear = copy(raw + at, length - at, out + taken->text_length, &taken->sound);
        taken->text_length += clear;
        step = 0;
        for (at += clear; at < length && raw[at] == '\\'; at += step) {
            step = take_escape(raw + at, length - at, out, taken);
            if (step == 0)
                break;
        }
    } while (step != 0);
    taken->length = at;
}

static size_t copy_scalar(const char *raw, size_t length, char *out, bool *sound)
{
    size_t clear = clear_length(raw, length);
    memcpy(out, raw, clear);
    *sound = *sound && utf8_prefix_scalar(raw, clear) == clear;
    return clear;
}

static void take_scalar(const char *raw, size_t length, char *out, struct json_taken *taken)
{
    take_by(raw, length, out, taken, copy_scalar);
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

ISA_TARGET_AVX2 static inline __m256i load_avx2(const char *text)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)text);
}

ISA_TARGET_AVX2 static inline uint32_t special_avx2(__m256i bytes)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), last = _mm256_set1_epi8(0x1f);
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last), bytes);
    __m256i mark = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(control, mark));
}

ISA_TARGET_AVX2 static inline uint64_t special_block_avx2(const char *text, size_t length)
{
    if (length >= BLOCK)
        return special_avx2(load_avx2(text)) | (uint64_t)special_avx2(load_avx2(text + 32)) << 32;
    char whole[BLOCK];
    memset(whole, 'a', sizeof whole);
    memcpy(whole, text, length);
    return special_avx2(load_avx2(whole)) | (uint64_t)special_avx2(load_avx2(whole + 32)) << 32;
}

ISA_TARGET_AVX2 static size_t length_avx2(const char *text, size_t length, bool *escaped)
{
    return length_by_blocks(text, length, escaped, special_block_avx2);
}

/* The end of the string comes as zeros, which are control characters. */
ISA_TARGET_AVX2 static inline size_t copy_avx2(const char *raw, size_t length, char *out, bool *sound)
{
    __m256i before = _mm256_setzero_si256(), errors = before;
    for (size_t at = 0;; at += sizeof before) {
        char rest[sizeof before] = {0};
        __m256i bytes;
        if (length - at >= sizeof before) {
            bytes = load_avx2(raw + at);
            _mm256_storeu_si256((__m256i *)(void *)(out + at), bytes);
        } else {
            memcpy(rest, raw + at, length - at);
            memcpy(out + at, rest, length - at);
            bytes = load_avx2(rest);
        }
        uint32_t found = special_avx2(bytes);
        __m256i wrong = utf8_errors_avx2(bytes, before);
        if (found != 0) {
            uint32_t there = found ^ (found - 1);
            uint32_t right = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(wrong, _mm256_setzero_si256()));
            *sound = *sound && (~right & there) == 0 && _mm256_testz_si256(errors, errors);
            return at + (size_t)__builtin_ctz(found);
        }
        errors = _mm256_or_si256(errors, wrong);
        before = bytes;
    }
}

ISA_TARGET_AVX2 static void take_avx2(const char *raw, size_t length, char *out, struct json_taken *taken)
{
    take_by(raw, length, out, taken, copy_avx2);
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

ISA_TARGET_AVX512 static inline size_t copy_avx512(const char *raw, size_t length, char *out, bool *sound)
{
    __m512i before = _mm512_setzero_si512(), errors = before;
    for (size_t at = 0;; at += BLOCK) {
        __m512i bytes;
        if (length - at >= BLOCK) {
            bytes = _mm512_loadu_si512(raw + at);
            _mm512_storeu_si512(out + at, bytes);
        } else {
            bytes = _mm512_maskz_loadu_epi8(below(length - at), raw + at);
            _mm512_mask_storeu_epi8(out + at, below(length - at), bytes);
        }
        uint64_t found = special_avx512(bytes);
        __m512i wrong = utf8_errors_avx512(bytes, before);
        if (found != 0) {
            errors = _mm512_or_si512(errors, _mm512_maskz_mov_epi8(found ^ (found - 1), wrong));
            *sound = *sound && _mm512_test_epi8_mask(errors, errors) == 0;
            return at + (size_t)__builtin_ctzll(found);
        }
        errors = _mm512_or_si512(errors, wrong);
        before = bytes;
    }
}

ISA_TARGET_AVX512 static void take_avx512(const char *raw, size_t length, char *out, struct json_taken *taken)
{
    take_by(raw, length, out, taken, copy_avx512);
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

void json_string_take_by(enum isa isa, const char *raw, size_t length, char *out, struct json_taken *taken)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512) {
        take_avx512(raw, length, out, taken);
        return;
    }
    if (isa >= ISA_AVX2) {
        take_avx2(raw, length, out, taken);
        return;
    }
#endif
    (void)isa;
    take_scalar(raw, length, out, taken);
}

size_t json_string_length(const char *text, size_t length, bool *escaped)
{
    return json_string_length_by(isa_best(), text, length, escaped);
}

void json_string_take(const char *raw, size_t length, char *out, struct json_taken *taken)
{
    json_string_take_by(isa_best(), raw, length, out, taken);
}
