#include <string.h>

#include "base/append.h"
#include "base/escape.h"
#include "base/escape_kernel.h"
#include "base/failure.h"
#include "base/utf8_validate.h"

size_t escape_run_scalar(const unsigned char *text, size_t length)
{
    static const unsigned char separator[] = {0xe2, 0x80, 0xa8};
    size_t i = 0;
    for (; i < length; i++) {
        unsigned char byte = text[i];
        if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\')
            break;
        if (byte == separator[0] && length - i >= 3 && text[i + 1] == separator[1] &&
            (text[i + 2] & 0xfe) == separator[2])
            break;
    }
    return i;
}

#ifdef ISA_X86
#include <immintrin.h>

enum { BLOCK = 32, BEHIND = 2 };

/* For signed bytes. */
#define C(x) ((char)(x))

ISA_TARGET_AVX2 static inline __m256i equal(__m256i bytes, unsigned value)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(C(value)));
}

ISA_TARGET_AVX2 size_t escape_run_avx2(const unsigned char *text, size_t length)
{
    const __m256i control = _mm256_set1_epi8(0x1f), even = _mm256_set1_epi8(C(0xfe));
    size_t at = 0;
    for (; length - at >= BLOCK + BEHIND; at += BLOCK) {
        __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)(text + at));
        __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(text + at + 1));
        __m256i third = _mm256_loadu_si256((const __m256i *)(const void *)(text + at + 2));
        __m256i separator = _mm256_and_si256(_mm256_and_si256(equal(first, 0xe2), equal(second, 0x80)),
                                             equal(_mm256_and_si256(third, even), 0xa8));
        __m256i ascii = _mm256_or_si256(equal(first, '"'), equal(first, '\\'));
        __m256i other = _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(first, control), first), equal(first, 0x7f));
        unsigned found = (unsigned)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(ascii, other), separator));
        if (found != 0)
            return at + (unsigned)__builtin_ctz(found);
    }
    return at + escape_run_scalar(text + at, length - at);
}
#endif

static size_t plain_run(const char *text, size_t length)
{
#ifdef ISA_X86
    if (length >= BLOCK + BEHIND && isa_best() >= ISA_AVX2)
        return escape_run_avx2((const unsigned char *)text, length);
#endif
    return escape_run_scalar((const unsigned char *)text, length);
}

/* Appends the escape of the character at `text`, which needs one; returns its length in *step. */
static dedup_status append_escape(const char *text, size_t *step, dedup_buffer *out, dedup_error *error)
{
    static const char digits[] = "0123456789abcdef", letters[] = {['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    unsigned char byte = (unsigned char)*text;
    *step = byte >= 0x80 ? 3 : 1;
    if (byte == '"' || byte == '\\')
        return append_bytes(out, (const char[]){'\\', *text}, 2, error);
    if (byte < sizeof letters && letters[byte] != '\0')
        return append_bytes(out, (const char[]){'\\', letters[byte]}, 2, error);
    if (byte >= 0x80)
        return append_bytes(out, text[2] == '\xa8' ? "\\u2028" : "\\u2029", 6, error);
    const char escape[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    return append_bytes(out, escape, sizeof escape, error);
}

/* Appends well-formed text. */
static dedup_status append_text(const char *text, size_t length, dedup_buffer *out, dedup_error *error)
{
    for (size_t step; length != 0; text += step, length -= step) {
        size_t run = plain_run(text, length);
        TRY(append_bytes(out, text, run, error));
        text += run;
        length -= run;
        if (length == 0)
            break;
        TRY(append_escape(text, &step, out, error));
    }
    return DEDUP_OK;
}

dedup_status escape_json_exact(const char *text, size_t length, bool *exact, dedup_buffer *out, dedup_error *error)
{
    static const char replacement[] = "\xef\xbf\xbd";
    *exact = true;
    TRY(append_bytes(out, "\"", 1, error));
    while (length != 0) {
        size_t good = utf8_prefix(text, length);
        TRY(append_text(text, good, out, error));
        text += good;
        length -= good;
        if (length == 0)
            break;
        *exact = false;
        TRY(append_bytes(out, replacement, sizeof replacement - 1, error));
        text++;
        length--;
    }
    return append_bytes(out, "\"", 1, error);
}

dedup_status escape_json(const char *text, size_t length, dedup_buffer *out, dedup_error *error)
{
    bool exact;
    return escape_json_exact(text, length, &exact, out, error);
}
