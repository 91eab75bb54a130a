/* Kernels for the raw bytes of JSON strings. */
#ifndef DEDUP_CORPUS_JSON_STRING_H
#define DEDUP_CORPUS_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/isa.h"

/* How many bytes of `text` come before the first quote, control character or backslash that begins no escape of RFC
 * 8259; `length` when there is none. *escaped: whether escapes are among them. */
size_t json_string_length(const char *text, size_t length, bool *escaped);

/* A string that was read. */
struct json_taken {
    size_t length;      /* as json_string_length gives it */
    size_t text_length; /* of the text, which is never longer */
    size_t repairs;     /* lone surrogates, which became U+FFFD */
    bool escaped;       /* whether there are escapes: otherwise the text is what stands there */
    bool sound;         /* whether the bytes that are no escapes, and so the text, are well-formed UTF-8 */
};

/* Reads a string like json_string_length, and writes its text to `out`. All of `length` bytes there may be overwritten.
 */
void json_string_take(const char *raw, size_t length, char *out, struct json_taken *taken);

/* The same by a given instruction set, which the processor must have; for tests. */
size_t json_string_length_by(enum isa isa, const char *text, size_t length, bool *escaped);
void json_string_take_by(enum isa isa, const char *raw, size_t length, char *out, struct json_taken *taken);

#endif
