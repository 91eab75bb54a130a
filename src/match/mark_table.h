/* The marks (marks.h) of all texts, each with the length from which a text may contain one of those that have it. It
 * may err by saying yes. */
#ifndef DEDUP_MATCH_MARK_TABLE_H
#define DEDUP_MATCH_MARK_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* Marks are small numbers in long texts, of which there are most. So each of a few ranges of numbers, half as wide as
 * the one above it, has as many bits and slots: most of what is looked up only touches a small part of the bits, which
 * stays in the cache. */
struct mark_table {
    uint64_t *there; /* bits of the marks, by which most other numbers are told */
    uint8_t *slots;  /* the shortest length of those that share the slot, the shorter the larger; 0: none */
    unsigned bits;   /* 1 << bits slots, and twice as many bits */
};

/* An empty table for `marks` marks. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status mark_table_make(struct mark_table *table, uint64_t marks, dedup_error *error);
void mark_table_release(struct mark_table *table);

/* A length in shingles as one byte, never shorter for longer ones. */
uint8_t mark_length(uint32_t shingles);

/* Adds a mark of a text that only texts of `length` and more can contain. */
void mark_table_add(struct mark_table *table, uint32_t mark, uint8_t length);
/* Writes those of `count` values that may be marks of texts that one of `length` may contain to `found`, which holds
 * `count` too, in order; returns how many they are. */
size_t mark_table_find(const struct mark_table *table, const uint32_t *values, size_t count, uint8_t length,
                       uint32_t *found);

#endif
