/* Near duplicates among the paragraphs of one document: Jaccard similarity of their shingles, and equal numbers.
 *
 * Only suspects are looked up (those that match/novelty lets through). The index holds the shingles of the suspects and
 * lists the kept paragraphs that have them, so its size and the time depend on the suspects. Shingles are mixed with a
 * hash of the paragraph's numbers: paragraphs with different numbers never meet. */
#ifndef DEDUP_MATCH_REPEAT_NEAR_H
#define DEDUP_MATCH_REPEAT_NEAR_H

#include "match/paragraphs.h"

enum { NEAR_CHARACTERS = 32 }; /* shorter paragraphs are only compared verbatim */

/* What a paragraph may be. */
enum suspicion {
    SUSPECT_NONE = 0, /* says too much that is new to repeat anything */
    SUSPECT_EXACT,    /* has the key of an earlier paragraph */
    SUSPECT_NEAR,     /* may be like an earlier one */
};

struct near_token {
    uint64_t hash;   /* of the shingle, mixed with the numbers */
    uint32_t first;  /* the first kept paragraph that has it, NO_PARAGRAPH: none */
    uint32_t latest; /* node of the latest one, NO_PARAGRAPH: none */
};

struct near_node {
    uint32_t paragraph;
    uint32_t next; /* the one before it, NO_PARAGRAPH: none */
};

/* A paragraph that shares shingles with the one that is looked up. */
struct near_candidate {
    uint32_t paragraph, shared;
};

struct repeat_near {
    const struct paragraph *paragraphs; /* borrowed */
    const uint32_t *points;             /* borrowed */
    double threshold;
    size_t suspects;           /* paragraphs up to the last suspect; the others need not be kept */
    struct near_token *tokens; /* hash table */
    size_t token_mask, token_capacity;
    struct near_node *nodes;
    size_t node_count, node_capacity;
    uint64_t *numbers; /* of each paragraph: hash of its numbers; 0: it takes no part */
    size_t numbers_capacity;
    uint32_t *shared; /* of each paragraph: place in `candidates` + 1; all 0 between calls */
    size_t shared_capacity;
    struct near_candidate *candidates;
    size_t candidate_count, candidate_capacity;
    uint64_t *set, *other, *scratch; /* shingles of the paragraph, of a candidate */
    size_t set_capacity, other_capacity, scratch_capacity;
};

/* What a paragraph repeats. */
struct near_match {
    uint32_t paragraph;
    float similarity;
};

void repeat_near_init(struct repeat_near *near);
void repeat_near_release(struct repeat_near *near);

/* Takes the paragraphs of a document, whose keys are slices of `points`; suspects[i] (enum suspicion) says which of
 * them may be looked up. Nothing is kept yet. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeat_near_set(struct repeat_near *near, const struct paragraph *paragraphs, size_t count,
                                             const uint32_t *points, const unsigned char *suspects, double threshold,
                                             dedup_error *error);
/* The kept paragraph that is most similar to a suspect, of equals the first; match->paragraph is NO_PARAGRAPH when none
 * reaches the threshold. At most 16 are compared: where a shingle stands in more, the first and the latest 15 count.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeat_near_find(struct repeat_near *near, uint32_t paragraph, struct near_match *match,
                                              dedup_error *error);
/* Keeps a paragraph. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeat_near_keep(struct repeat_near *near, uint32_t paragraph, dedup_error *error);

#endif
