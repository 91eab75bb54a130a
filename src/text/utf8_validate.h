/* The kernels behind utf8_valid; tests compare them. */
#ifndef DEDUP_TEXT_UTF8_VALIDATE_H
#define DEDUP_TEXT_UTF8_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/isa.h"

/* How many bytes at the start of `text` are well-formed UTF-8 (Unicode table 3-7): `length`, or where the first
 * ill-formed sequence begins. */
size_t utf8_prefix(const char *text, size_t length);

size_t utf8_prefix_scalar(const char *text, size_t length);
#ifdef ISA_X86
size_t utf8_prefix_avx2(const char *text, size_t length); /* needs ISA_AVX2 */
#endif

#endif
