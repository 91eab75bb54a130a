/* HTML character references in text. */
#ifndef DEDUP_CLEAN_ENTITY_H
#define DEDUP_CLEAN_ENTITY_H

#include <stddef.h>

/* Reads the reference at text[0] == '&' ("&ldquo;", "&#8203;", "&amp;hellip;", "& gt;"). Returns its length in bytes
 * and writes what it stands for to `out` (8 bytes; may be empty: invisible characters), or returns 0 when this is not
 * one that is repaired: unknown names, control characters, and references that are escaped more than twice. */
size_t entity_read(const char *text, size_t length, char *out, size_t *out_length);

#endif
