/* The marks (marks.h) of all texts and, for each, how long texts that have it are. It may err by saying yes.
 *
 * First it holds from which length on a text may contain one of those that have a mark; so texts find the few of their
 * links that matter. Then it is turned over, and holds how long the longest text is that has found a mark, and whether
 * there is a second one; so those whose marks no longer text has are told from the others. */
#ifndef DEDUP_MATCH_MARK_TABLE_H
#define DEDUP_MATCH_MARK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"
#include "match/mark_set.h"

struct mark_table {
    struct mark_set there; /* all marks, by which most other numbers are told; then those found twice */
    uint8_t *slots;        /* of marks that share one: the shortest length, the shorter the larger; 0: none */
    unsigned bits;         /* 1 << bits slots */
};

/* An empty table for `marks` marks. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status mark_table_make(struct mark_table *table, uint64_t marks, dedup_error *error);
void mark_table_release(struct mark_table *table);

/* A length in shingles as one byte, never shorter for longer ones. */
uint8_t mark_length(uint32_t shingles);

/* Adds a mark of a text that only texts of `length` and more can contain. */
void mark_table_add(struct mark_table *table, uint32_t mark, uint8_t length);
/* Writes those of the `count` values of a text (mark_value) that may be marks of texts that one of `length` may contain
 * to `found`, which holds `count` too, in order; returns how many they are. */
size_t mark_table_find(const struct mark_table *table, const uint32_t *samples, size_t count, unsigned step,
                       uint8_t length, uint32_t *found);

/* Forgets all marks. */
void mark_table_turn(struct mark_table *table);
/* Notes that a text of `length` has found a mark. */
void mark_table_meet(struct mark_table *table, uint32_t mark, uint8_t length);
/* Whether a text of `length` or more may have found a mark, not counting one that is known to have when `known`. */
bool mark_table_has_met(const struct mark_table *table, uint32_t mark, uint8_t length, bool known);

#endif
