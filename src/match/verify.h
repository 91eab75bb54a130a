/* Exact comparison of two texts by their sets of shingles, read back from the key store. */
#ifndef DEDUP_MATCH_VERIFY_H
#define DEDUP_MATCH_VERIFY_H

#include "match/hash_set.h"
#include "match/nodes.h"

/* The code points of a key. */
struct held_key {
    uint32_t *points;
    size_t count, capacity;
    uint32_t node; /* whose; NONE: nobody's */
};

/* The verifier of one thread. It holds the hashes of the text in question, and keeps sets of others for reuse within a
 * bound of memory. A text has a full set and a coarse one, of its lowest hashes. Buffers are reused. */
struct verifier {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct held_key mine, other; /* `other` is held for its numbers only */
    uint64_t *hashes;            /* of the text in question; each once when `full` is its set */
    size_t hash_count, hash_capacity;
    uint32_t hash_node, full_node, coarse_node, least_node; /* whose hashes, sets and counts are held; NONE: nobody's */
    struct hash_set full;
    uint64_t *coarse; /* the lowest of its hashes, each once */
    size_t coarse_count, coarse_capacity;
    struct hash_bits bits;
    size_t least_count; /* no more than its distinct shingles */
    uint64_t *other_hashes;
    size_t other_capacity;
    struct hash_set passing; /* a set that is too large to be kept */
    struct hash_set *kept;   /* the sets of the i-th node of the component in work: 2 i full, 2 i + 1 coarse */
    size_t kept_count, kept_capacity;
    uint32_t *queue; /* places in `kept` in the order in which they were filled */
    size_t queue_begin, queue_end, queue_capacity;
    size_t held, memory; /* bytes */
};

void verifier_init(struct verifier *verifier, const struct matcher *matcher, const struct nodes *nodes);
void verifier_release(struct verifier *verifier);
/* Forgets all sets and prepares for a component of `count` nodes. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status verifier_start(struct verifier *verifier, size_t count, dedup_error *error);

/* What an exact comparison found. */
struct comparison {
    enum match_method method; /* MATCH_KEPT: neither rule is met */
    float similarity;
};

/* The smallest overlap at which sets of so many shingles can meet one of the rules, rounded down. */
size_t comparison_least(const struct match_options *options, size_t mine, size_t other);
/* What an overlap of `shared` shingles says of a set of `mine` against one of `other`. */
struct comparison comparison_judge(const struct match_options *options, size_t mine, size_t other, size_t shared,
                                   bool same_numbers);

/* Compares `node` with the survivor or undecided node `other`; `place` and `other_place` are theirs in the component:
 * near when J >= threshold (and the numbers are equal, where asked for), else contained when `other` has more distinct
 * shingles and the share of `node` in it reaches the containment. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status verifier_compare(struct verifier *verifier, uint32_t node, size_t place, uint32_t other,
                                              size_t other_place, struct comparison *out, dedup_error *error);

/* False when `other` does not contain `node` beyond what makes them near duplicates too: by their sizes, or, but for a
 * chance of 1e-4, by a sample of their shingles. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status verifier_may_contain(struct verifier *verifier, uint32_t node, size_t place,
                                                  uint32_t other, size_t other_place, bool *may, dedup_error *error);

/* Tells that `node` survives: its set will be wanted again. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status verifier_keep(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error);

#endif
