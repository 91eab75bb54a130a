/* The search for what a JSON string cannot hold as it is. All instruction sets give the same result; a test compares
 * them. */
#ifndef DEDUP_BASE_ESCAPE_KERNEL_H
#define DEDUP_BASE_ESCAPE_KERNEL_H

#include <stddef.h>

#include "base/isa.h"

/* Length of the beginning of well-formed UTF-8 that needs no escape: up to the first control character, quote,
 * backslash, DEL or line separator (U+2028, U+2029). */
size_t escape_run_scalar(const unsigned char *text, size_t length);
#ifdef ISA_X86
size_t escape_run_avx2(const unsigned char *text, size_t length); /* needs ISA_AVX2 */
#endif

#endif
