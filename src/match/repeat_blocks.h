/* Runs of paragraphs that stand in the kept text already.
 *
 * Paragraphs get class numbers: equal numbers mean equal keys. How long two runs are equal is found by doubling and
 * halving over prefix hashes of the numbers (Karp and Rabin 1987) in logarithmic time, so that text which repeats
 * itself with any period costs no more than other text; what is to be cut is compared number by number. */
#ifndef DEDUP_MATCH_REPEAT_BLOCKS_H
#define DEDUP_MATCH_REPEAT_BLOCKS_H

#include <stdbool.h>

#include "match/paragraphs.h"

struct block_sums {
    uint32_t characters, prose, lines; /* of all paragraphs before one */
};

struct repeat_blocks {
    const struct paragraph *paragraphs;   /* borrowed */
    const struct text_document *document; /* borrowed */
    size_t count;
    uint32_t *classes;  /* of each paragraph; classes are numbered in the order of their first paragraphs */
    uint32_t *founder;  /* of each class: its first paragraph */
    uint32_t *kept;     /* paragraphs that are kept so far */
    uint32_t *previous; /* of each kept one: the kept one of its class before it */
    uint32_t *first;    /* of each class: its first kept one */
    uint32_t *latest;   /* of each class: its latest kept one */
    uint32_t *last_prose, *next_prose; /* of each paragraph: the nearest prose at or before, at or behind it */
    struct block_sums *sums;
    uint64_t *hashes, *kept_hashes, *powers; /* of prefixes of all, of prefixes of the kept, of the base */
    uint32_t *table;                         /* hash table of paragraphs, one of each class */
    size_t kept_count, class_count, capacity, table_capacity;
};

/* A run of paragraphs and its copy in the kept text. */
struct repeat_run {
    size_t begin, end; /* paragraphs */
    uint32_t kept;     /* the kept paragraph that `begin` repeats */
    uint32_t lines;    /* that are not blank */
};

enum { NO_PARAGRAPH = UINT32_MAX };

void repeat_blocks_init(struct repeat_blocks *blocks);
void repeat_blocks_release(struct repeat_blocks *blocks);

/* Takes the paragraphs of a document, whose keys are slices of `points`. Nothing is kept yet. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeat_blocks_set(struct repeat_blocks *blocks, const struct paragraph *paragraphs,
                                               size_t count, const struct text_document *document,
                                               const uint32_t *points, dedup_error *error);

/* True when a paragraph before it has the same key, kept or not. */
bool repeat_blocks_seen(const struct repeat_blocks *blocks, size_t paragraph);
/* The longest run from paragraph `begin` on, whose begin may be trimmed to its first prose, that repeats kept text and
 * makes a block. All paragraphs before `begin` have been kept or passed over. */
bool repeat_blocks_find(const struct repeat_blocks *blocks, size_t begin, struct repeat_run *run);
/* The first kept paragraph with the same key, or NO_PARAGRAPH. */
uint32_t repeat_blocks_equal(const struct repeat_blocks *blocks, size_t paragraph);
/* Keeps a paragraph. Those that are passed over are cut. */
void repeat_blocks_keep(struct repeat_blocks *blocks, size_t paragraph);

#endif
