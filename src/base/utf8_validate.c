#include "base/utf8_validate.h"

#include "base/utf8.h"
#include "base/utf8_kernel.h"

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
enum { BLOCK = 32 };
#define C(x) ((char)(x))

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
            errors = _mm256_or_si256(utf8_errors_avx2(a, before), utf8_errors_avx2(b, a));
            open = open_end(b);
        }
        if (!_mm256_testz_si256(errors, errors))
            break;
        before = b;
    }
    return at;
}

/* From the sequence on that the blocks before `at`, which hold no error, end with: it may go on behind them. */
static size_t finish(const char *text, size_t at, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        if ((unsigned char)text[at - back] >= 0xc0) {
            at -= back;
            break;
        }
    }
    return at + utf8_prefix_scalar(text + at, length - at);
}

size_t utf8_prefix_avx2(const char *text, size_t length)
{
    return finish(text, clean_blocks_avx2((const unsigned char *)text, length), length);
}

ISA_TARGET_AVX512 size_t utf8_prefix_avx512(const char *text, size_t length)
{
    __m512i before = _mm512_setzero_si512();
    size_t at = 0;
    for (; length - at >= sizeof before; at += sizeof before) {
        __m512i now = _mm512_loadu_si512(text + at), errors = utf8_errors_avx512(now, before);
        if (_mm512_test_epi8_mask(errors, errors) != 0)
            break;
        before = now;
    }
    return finish(text, at, length);
}
#endif

size_t utf8_prefix(const char *text, size_t length)
{
#ifdef ISA_X86
    if (length >= 2 * BLOCK && isa_best() >= ISA_AVX512)
        return utf8_prefix_avx512(text, length);
    if (length >= 2 * BLOCK && isa_best() >= ISA_AVX2)
        return utf8_prefix_avx2(text, length);
#endif
    return utf8_prefix_scalar(text, length);
}
