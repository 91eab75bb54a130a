/* Untrusted bytes on a terminal. */
#ifndef DEDUP_CLI_SHOW_H
#define DEDUP_CLI_SHOW_H

#include <stddef.h>

/* Copies `length` bytes of `text` to `out` (`size` > 0 bytes, always NUL-terminated), cut with "..." when they do not
 * fit. ASCII controls and everything that is not well-formed UTF-8, or controls the terminal in UTF-8 (C1,
 * bidirectional marks), become \xNN. */
void show(const char *text, size_t length, char *out, size_t size);

#endif
