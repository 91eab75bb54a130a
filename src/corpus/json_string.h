/* Kernels for the raw bytes of JSON strings. */
#ifndef DEDUP_CORPUS_JSON_STRING_H
#define DEDUP_CORPUS_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/isa.h"

/* How many bytes of `text` come before the first quote, control character or backslash that begins no escape of RFC
 * 8259; `length` when there is none. *escaped: whether escapes are among them. */
size_t json_string_length(const char *text, size_t length, bool *escaped);

/* Copies the bytes of `raw` before the first backslash, or all, to `out` and returns how many. All of `length` bytes at
 * `out` may be overwritten. */
size_t json_string_copy(const char *raw, size_t length, char *out);

/* The same by a given instruction set, which the processor must have; for tests. */
size_t json_string_length_by(enum isa isa, const char *text, size_t length, bool *escaped);
size_t json_string_copy_by(enum isa isa, const char *raw, size_t length, char *out);

#endif
