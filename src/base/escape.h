/* Making untrusted bytes safe to show. */
#ifndef DEDUP_BASE_ESCAPE_H
#define DEDUP_BASE_ESCAPE_H

#include <stdbool.h>

#include "dedup/buffer.h"

/* Whether a character moves the cursor, hides text or turns its direction. */
bool escape_is_unsafe(uint32_t point);

/* Copies `length` bytes of `text` to `out` (`size` > 0 bytes, always NUL-terminated, cut at a whole escape or code
 * point). Control characters (C0, DEL, C1), line separators, invisible and direction-turning characters and bytes that
 * are not UTF-8 become \xNN or \u{N}. A backslash stays as it is, so that what was shown once is shown the same again.
 */
void escape_show(const char *text, size_t length, char *out, size_t size);

/* Appends `text` as a JSON string with its quotes. Bytes that are not valid UTF-8 become U+FFFD. */
DEDUP_NODISCARD dedup_status escape_json(const char *text, size_t length, dedup_buffer *out, dedup_error *error);
/* The same; *exact tells whether all of it was UTF-8. */
DEDUP_NODISCARD dedup_status escape_json_exact(const char *text, size_t length, bool *exact, dedup_buffer *out,
                                               dedup_error *error);

#endif
