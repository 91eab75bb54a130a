/* Well-formedness of UTF-8. The AVX2 kernel is the lookup algorithm of Keiser and Lemire, "Validating UTF-8 In Less
 * Than One Instruction Per Byte" (2020): three table lookups by nibble classify each pair of neighbouring bytes; a
 * pair whose classes share a bit is an error, except that "two continuations" must stand exactly where a lead of
 * three or four bytes asks for them. */
#include "base/utf8_validate.h"

#include "base/utf8.h"

/* The 3-byte form is what Chinese consists of: two at a time, tested in one word, in any byte order. */
static bool two_of_three_bytes(const unsigned char *bytes)
{
    static const unsigned char mask[8] = {0xf0, 0xc0, 0xc0, 0xf0, 0xc0, 0xc0, 0, 0};
    static const unsigned char form[8] = {0xe0, 0x80, 0x80, 0xe0, 0x80, 0x80, 0, 0};
    uint64_t word, mask_word, form_word;
    memcpy(&word, bytes, 8);
    memcpy(&mask_word, mask, 8);
    memcpy(&form_word, form, 8);
    if ((word & mask_word) != form_word)
        return false;
    bool first = bytes[0] == 0xe0 ? bytes[1] >= 0xa0 : bytes[0] != 0xed || bytes[1] < 0xa0;
    bool second = bytes[3] == 0xe0 ? bytes[4] >= 0xa0 : bytes[3] != 0xed || bytes[4] < 0xa0;
    return first && second;
}

size_t utf8_prefix_scalar(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;
    while (at < length) {
        if (bytes[at] < 0x80) {
            at += utf8_ascii_run(bytes + at, length - at);
            while (at < length && bytes[at] < 0x80)
                at++;
            continue;
        }
        while (length - at >= 8 && two_of_three_bytes(bytes + at))
            at += 6;
        if (at == length)
            break;
        uint32_t point;
        size_t step = utf8_sequence(text + at, length - at, &point);
        if (step == 0)
            break;
        at += step;
    }
    return at;
}

#ifdef ISA_X86
#include <immintrin.h>

enum { BLOCK = 32 };

/* Error classes of a pair of bytes; the pair is wrong when all three lookups agree on one. */
enum {
    TOO_SHORT = 1,       /* a lead, then no continuation */
    TOO_LONG = 2,        /* ASCII, then a continuation */
    OVERLONG_3 = 4,      /* e0, 80..9f */
    TOO_LARGE = 8,       /* f4, 90..bf and above */
    SURROGATE = 16,      /* ed, a0..bf */
    OVERLONG_2 = 32,     /* c0 or c1 */
    TOO_LARGE_1000 = 64, /* f5..ff, 80..8f */
    OVERLONG_4 = 64,     /* f0, 80..8f */
    TWO_CONTINUATIONS = 128,
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS, /* these do not depend on the low nibble of the first byte */
};

#define LANE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
#define C(x)      ((char)(x))

ISA_TARGET_AVX2 static inline __m256i pair_errors(__m256i now, __m256i before)
{
    const __m256i first_high =
        LANE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, C(TWO_CONTINUATIONS),
             C(TWO_CONTINUATIONS), C(TWO_CONTINUATIONS), C(TWO_CONTINUATIONS), TOO_SHORT | OVERLONG_2, TOO_SHORT,
             TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
    const __m256i first_low =
        LANE(C(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), C(CARRY | OVERLONG_2), C(CARRY), C(CARRY),
             C(CARRY | TOO_LARGE), C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
             C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
             C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
             C(CARRY | TOO_LARGE | TOO_LARGE_1000), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
             C(CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE), C(CARRY | TOO_LARGE | TOO_LARGE_1000),
             C(CARRY | TOO_LARGE | TOO_LARGE_1000));
    const __m256i second_high =
        LANE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
             C(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),
             C(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE),
             C(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE),
             C(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT, TOO_SHORT,
             TOO_SHORT);
    const __m256i nibble = _mm256_set1_epi8(0x0f);
    /* The last bytes of the previous block followed by this one: what stands 1, 2 and 3 bytes before each byte. */
    __m256i joint = _mm256_permute2x128_si256(before, now, 0x21);
    __m256i one = _mm256_alignr_epi8(now, joint, 15);
    __m256i two = _mm256_alignr_epi8(now, joint, 14);
    __m256i three = _mm256_alignr_epi8(now, joint, 13);
    __m256i classes = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(one, 4), nibble)),
                         _mm256_shuffle_epi8(first_low, _mm256_and_si256(one, nibble))),
        _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(now, 4), nibble)));
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80));
    __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(C(0x80)));
    return _mm256_xor_si256(wanted, classes);
}

/* Non-zero where the block ends inside a sequence. */
ISA_TARGET_AVX2 static inline __m256i open_end(__m256i block)
{
    const __m256i most = _mm256_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                          -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, C(0xef), C(0xdf), C(0xbf));
    return _mm256_subs_epu8(block, most);
}

ISA_TARGET_AVX2 static size_t clean_blocks_avx2(const unsigned char *bytes, size_t length)
{
    __m256i before = _mm256_setzero_si256(), open = before;
    size_t at = 0;
    for (; length - at >= 2 * BLOCK; at += 2 * BLOCK) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at + BLOCK));
        __m256i errors;
        if (_mm256_movemask_epi8(_mm256_or_si256(a, b)) == 0) {
            errors = open;
            open = _mm256_setzero_si256();
        } else {
            errors = _mm256_or_si256(pair_errors(a, before), pair_errors(b, a));
            open = open_end(b);
        }
        if (!_mm256_testz_si256(errors, errors))
            break;
        before = b;
    }
    return at;
}

size_t utf8_prefix_avx2(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = clean_blocks_avx2(bytes, length);
    /* The last sequence before `at` may go on behind it: start over from its lead. */
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        if (bytes[at - back] >= 0xc0) {
            at -= back;
            break;
        }
    }
    return at + utf8_prefix_scalar(text + at, length - at);
}
#endif

size_t utf8_prefix(const char *text, size_t length)
{
#ifdef ISA_X86
    if (length >= 2 * BLOCK && isa_best() >= ISA_AVX2)
        return utf8_prefix_avx2(text, length);
#endif
    return utf8_prefix_scalar(text, length);
}
