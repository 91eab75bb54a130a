/* Bytes of the input as JSON: readable, and never ambiguous. */
#ifndef DEDUP_REPORT_BYTES_H
#define DEDUP_REPORT_BYTES_H

#include "dedup/buffer.h"

/* Appends `"NAME": "text"` with `separator` behind the colon. When the bytes are not valid UTF-8 they are shown with
 * U+FFFD, and `"NAME_bytes": "hex"` follows, joined by a comma and `separator`. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status bytes_field(const char *name, const char *bytes, size_t length, const char *separator,
                                         dedup_buffer *out, dedup_error *error);
/* Appends `,"NAME":"hex"`. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status bytes_hex(const char *name, const char *bytes, size_t length, dedup_buffer *out,
                                       dedup_error *error);

#endif
