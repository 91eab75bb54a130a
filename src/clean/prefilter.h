/* Finds the patterns that may match a line by the literals that they require, in one pass over its fold key.
 *
 * A bit array over pairs and triples of code points rejects nearly every position with one test; what passes is looked
 * up and the whole literal compared (the idea of Wu and Manber, "A fast algorithm for multi-pattern searching", 1994,
 * with a shift of one). On Chinese text, whose pairs are rare, this beats an automaton over all literals. */
#ifndef DEDUP_CLEAN_PREFILTER_H
#define DEDUP_CLEAN_PREFILTER_H

#include "clean/literals.h"
#include "clean/place_map.h"

enum {
    PREFILTER_BIT_COUNT = 17,
    PREFILTER_BITS = 1 << PREFILTER_BIT_COUNT,
    PREFILTER_BUCKETS = 1 << 12,
};

/* A literal that waits for a pair of its letters, or a triple of ASCII. */
struct prefilter_entry {
    struct literal literal;
    uint32_t start;   /* the letters from points[start] on are what is looked for */
    uint32_t hash;    /* of them */
    uint32_t pattern; /* that requires it */
    uint32_t limit;   /* letters of the longest line that the pattern takes */
    uint32_t parts;   /* 1: of its first set, 2: of its second; what else the pattern needs is in `needs` */
    uint32_t needs;   /* parts that make the pattern a candidate: 1 or 3 */
    uint32_t like;    /* the first entry with the same literal and letters */
};

struct prefilter {
    uint64_t bits[PREFILTER_BITS / 64];    /* of all literals */
    uint32_t limits[PREFILTER_BUCKETS];    /* letters of the longest line that an entry of the bucket takes */
    uint32_t first[PREFILTER_BUCKETS + 1]; /* entries of a bucket are first[b] .. first[b + 1] - 1 */
    struct prefilter_entry *entries;
    size_t count, capacity;
};

void prefilter_init(struct prefilter *prefilter);
void prefilter_release(struct prefilter *prefilter);
/* Adds what one pattern requires: literals that prefilter_accepts. `limit`: letters of the longest line that it
 * takes. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status prefilter_add(struct prefilter *prefilter, const struct requirement *requirement,
                                           uint32_t pattern, uint32_t limit, dedup_error *error);
/* True for a literal that can be looked for: it has two letters, or three when they are ASCII. */
bool prefilter_accepts(const struct literal *literal);
/* Makes the filter ready for prefilter_find; entries may be added and the filter built again. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status prefilter_build(struct prefilter *prefilter, dedup_error *error);

/* What any of several filters looks for. */
struct prefilter_gate {
    uint64_t bits[PREFILTER_BITS / 64];
};

/* Adds what a filter looks for. A gate begins with all bits 0. */
void prefilter_gate_add(struct prefilter_gate *gate, const struct prefilter *prefilter);
/* Marks the points of a key at which one of the filters may find something: all those, and perhaps more. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status prefilter_gate_scan(const struct prefilter_gate *gate, const uint32_t *points,
                                                 size_t count, struct place_map *map, dedup_error *error);

/* Candidates of one search, each pattern once. */
struct prefilter_hits {
    uint32_t *patterns; /* owned */
    size_t count, capacity;
    uint32_t *seen; /* seen[pattern] - epoch: the parts found in this search when they are 0..3; owned */
    size_t seen_count;
    uint32_t epoch; /* a multiple of 4 */
};

void prefilter_hits_release(struct prefilter_hits *hits);
/* Puts the candidates into the order of the patterns. They are few. */
void prefilter_hits_sort(struct prefilter_hits *hits);
/* Lists the patterns of whose sets literals stand in the key and that take a line of `count` letters. `map`: of
 * prefilter_gate_scan, with the key at its place `begin`; NULL: every point may be one. `pattern_count`: patterns there
 * are; hits->patterns has room for all of them. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status prefilter_find(const struct prefilter *prefilter, const struct place_map *map,
                                            size_t begin, const uint32_t *points, size_t count, size_t pattern_count,
                                            struct prefilter_hits *hits, dedup_error *error);

#endif
