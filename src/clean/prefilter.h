/* Finds the patterns that may match a line by the literals that they require.
 *
 * One pass over the key of a document lists the places of literals: a gate rejects nearly every place, and where it is
 * open the first letters of literals are compared, four at once. What is left is looked at line by line. */
#ifndef DEDUP_CLEAN_PREFILTER_H
#define DEDUP_CLEAN_PREFILTER_H

#include "clean/gate.h"
#include "clean/literals.h"

enum {
    PREFILTER_BUCKETS = 1 << 11,
};

/* What a pattern requires: a literal, which waits for a pair of its letters or a triple of ASCII. */
struct prefilter_entry {
    struct literal literal;
    uint32_t start; /* the letters from points[start] on are what is looked for */
    uint32_t hash;  /* of them */
    struct prefilter_use {
        uint32_t pattern;
        uint32_t limit;      /* letters of the longest line that the pattern takes */
        uint8_t part, needs; /* 1: of its first set, 2: of its second; parts that make it a candidate, 1 or 3 */
    } use;
};

/* A literal and all its uses, side by side so that a look at it touches little memory. */
struct prefilter_literal {
    struct literal literal;
    uint32_t start;
    uint32_t end; /* of its uses, which begin where those of the literal before it end */
};

/* The first letters of a literal that are looked for, so that a look at them touches less. */
struct prefilter_letters {
    uint64_t halves; /* their lower halves, four at most, the first lowest */
    uint32_t shift;  /* moves out what is not of them */
    uint32_t limit;  /* letters of the longest line that a pattern of the literal takes */
};

struct prefilter {
    struct prefilter_entry *entries; /* as they were added; owned */
    size_t count, capacity;
    /* Made of them by prefilter_build: */
    struct gate gate;
    uint32_t buckets[PREFILTER_BUCKETS + 1]; /* literals whose letters have hash h: up to number h % PREFILTER_BUCKETS +
                                                1 from the number before that on */
    struct prefilter_literal *literals;      /* owned */
    struct prefilter_letters *letters;       /* of each literal; owned */
    struct prefilter_use *uses;              /* owned */
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
/* Makes room for searches among `pattern_count` patterns. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status prefilter_hits_reserve(struct prefilter_hits *hits, size_t pattern_count,
                                                    dedup_error *error);
/* A place of a key at which a literal may stand: the letters that are looked for, up to four, do. */
struct prefilter_place {
    uint32_t at; /* of these letters; UINT32_MAX behind the last place */
    uint32_t literal;
    uint32_t limit; /* of the literal: in a line with more letters it is of no use */
};

/* Where literals may stand in a key. */
struct prefilter_scan {
    struct place_map open; /* where the gate is open */
    uint32_t *opens;       /* the same as a list; owned */
    size_t open_capacity;
    struct prefilter_place *places; /* in order; owned */
    size_t count, capacity;
};

void prefilter_scan_release(struct prefilter_scan *scan);
/* Fills `scan` for a key. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status prefilter_scan(const struct prefilter *prefilter, const uint32_t *points, size_t count,
                                            struct prefilter_scan *scan, dedup_error *error);
/* Lists the patterns of whose sets literals stand in the key of a line and that take a line of `count` letters. The key
 * is at `begin` of the one that was scanned, and `places` are those of the scan in it. The hits have room for all
 * patterns. */
void prefilter_find(const struct prefilter *prefilter, const struct prefilter_place *places, size_t place_count,
                    size_t begin, const uint32_t *points, size_t count, struct prefilter_hits *hits);

#endif
