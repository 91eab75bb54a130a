/* Winnowing (Schleimer, Wilkerson and Aiken 2003): of every WINNOW_WINDOW consecutive shingles of a text the one with
 * the smallest hash is a mark. Two texts that have so many consecutive shingles in common have a mark in common, so a
 * text that lies in another one is found by looking its marks up; a text with fewer shingles has none. About one
 * shingle in (WINNOW_WINDOW + 1) / 2 is a mark. */
#ifndef DEDUP_MATCH_WINNOW_H
#define DEDUP_MATCH_WINNOW_H

#include <stddef.h>
#include <stdint.h>

enum { WINNOW_WINDOW = 12 };

/* Writes the marks of a text to `marks` (which holds `count`), one for each place that is one, in order of place, and
 * returns how many they are. `hashes` are those of all its shingles (shingle.h) in order of place. Hashes are compared
 * by their lower halves. */
size_t winnow(const uint64_t *hashes, size_t count, uint64_t *marks);

#endif
