/* Well-formedness of UTF-8. */
#ifndef DEDUP_BASE_UTF8_VALIDATE_H
#define DEDUP_BASE_UTF8_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/isa.h"

/* Length of the ASCII at the start of `bytes`, rounded down to whole words of 8. */
static inline size_t utf8_ascii_run(const unsigned char *bytes, size_t length)
{
    size_t at = 0;
    for (; length - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, 8);
        if (word & 0x8080808080808080)
            break;
    }
    return at;
}

/* How many bytes at the start of `text` are well-formed UTF-8 (Unicode table 3-7): `length`, or where the first
 * ill-formed sequence begins. */
size_t utf8_prefix(const char *text, size_t length);

static inline bool utf8_valid(const char *text, size_t length)
{
    return utf8_prefix(text, length) == length;
}

/* The kernels behind it; tests compare them. */
size_t utf8_prefix_scalar(const char *text, size_t length);
#ifdef ISA_X86
size_t utf8_prefix_avx2(const char *text, size_t length);   /* needs ISA_AVX2 */
size_t utf8_prefix_avx512(const char *text, size_t length); /* needs ISA_AVX512 */
#endif

#endif
