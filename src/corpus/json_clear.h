/* The stretches of a JSON string that mean themselves. */
#ifndef DEDUP_CORPUS_JSON_CLEAR_H
#define DEDUP_CORPUS_JSON_CLEAR_H

#include <stddef.h>

#include "base/isa.h"

/* How many bytes of `text` come before the first quote, backslash or control character; `length` when there is none. */
size_t json_clear_length(const char *text, size_t length);
/* The same by a given instruction set, which the processor must have; for tests. */
size_t json_clear_length_by(enum isa isa, const char *text, size_t length);

#endif
