/* A set of windows of UTF-16 units that may err by saying yes: a first look at long texts for few shingles. */
#ifndef DEDUP_MATCH_WINDOW_FILTER_H
#define DEDUP_MATCH_WINDOW_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

/* Units of a window: no fewer than a shingle's. */
enum { WINDOW_LENGTH = 5 };

/* A window has two places among 65536, and one among 1024 for a first look. */
struct window_filter {
    uint16_t coarse[64];
    uint64_t bits[2][1024];
};

void window_filter_clear(struct window_filter *filter);
void window_filter_add(struct window_filter *filter, const uint16_t *units);

/* `places` of window_filter_find holds so many more than there are places. */
enum { WINDOW_SLACK = 32 };

/* Writes the places i < count at which a window may be in the set, ascending, and returns how many they are. There are
 * count + WINDOW_LENGTH - 1 units. */
size_t window_filter_find(const struct window_filter *filter, const uint16_t *units, size_t count, uint32_t *places);
/* The same by a given instruction set, which the processor must have; for tests. */
size_t window_filter_find_by(enum isa isa, const struct window_filter *filter, const uint16_t *units, size_t count,
                             uint32_t *places);

#endif
