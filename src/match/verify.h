/* Exact comparison of two texts by their sets of shingles, read back from the key store. */
#ifndef DEDUP_MATCH_VERIFY_H
#define DEDUP_MATCH_VERIFY_H

#include "match/hash_set.h"
#include "match/nodes.h"
#include "match/recall_keys.h"

/* The code points of a key. */
struct held_key {
    uint32_t *points;
    size_t count, capacity;
    uint32_t node; /* whose; NONE: nobody's */
};

/* The shingles of a text. */
struct held_shingles {
    uint64_t *hashes; /* in order of place, repeats included */
    size_t count, capacity;
    uint32_t node; /* whose; NONE: nobody's */
};

/* The verifier of one thread. It holds the shingles of the text in question, and keeps those of others for reuse within
 * a bound of memory. Buffers are reused. */
struct verifier {
    const struct matcher *matcher;
    const struct nodes *nodes;
    const struct recalled_keys *keys; /* of all texts that are compared */
    struct held_key key, other_key;   /* of the texts in `mine` and `other`, or nobody's */
    struct held_shingles mine;        /* of the text in question */
    struct held_shingles other;       /* of the one that it was compared with last and that is not kept yet */
    size_t mine_place, other_place;   /* of these in the component */
    bool mine_survives;
    struct hash_set set;        /* of `mine` */
    struct held_shingles *kept; /* of the i-th node of the component in work */
    size_t kept_count, kept_capacity;
    uint32_t *queue; /* places in `kept` in the order in which they were filled */
    size_t queue_begin, queue_end, queue_capacity;
    size_t held, memory; /* bytes */
};

void verifier_init(struct verifier *verifier, const struct matcher *matcher, const struct nodes *nodes,
                   const struct recalled_keys *keys);
void verifier_release(struct verifier *verifier);
/* Forgets all shingles and prepares for a component of `count` nodes. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status verifier_start(struct verifier *verifier, size_t count, dedup_error *error);

/* What an exact comparison found. */
struct comparison {
    enum match_method method; /* MATCH_KEPT: neither rule is met */
    float similarity;
};

/* The smallest overlap at which sets of so many shingles can meet one of the rules, rounded down. */
size_t comparison_least(const struct match_options *options, size_t mine, size_t other);
/* How many different shingles of another text may be missing in a set of `mine`, at most, when the text has up to
 * `other` of them and one of the rules is met. False: no such text meets one. */
bool comparison_missing(const struct match_options *options, size_t mine, size_t other, size_t *most);
/* What an overlap of `shared` shingles says of a set of `mine` against one of `other`. */
struct comparison comparison_judge(const struct match_options *options, size_t mine, size_t other, size_t shared,
                                   bool same_numbers);

/* Compares `node` with the survivor or undecided node `other`; `place` and `other_place` are theirs in the component:
 * near when J >= threshold (and the numbers are equal, where asked for), else contained when `other` has more distinct
 * shingles and the share of `node` in it reaches the containment. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status verifier_compare(struct verifier *verifier, uint32_t node, size_t place, uint32_t other,
                                              size_t other_place, struct comparison *out, dedup_error *error);

/* False when `other` does not contain `node` beyond what makes them near duplicates too, by their sizes alone. Errors:
 * MEMORY, READ. */
DEDUP_NODISCARD dedup_status verifier_may_contain(struct verifier *verifier, uint32_t node, size_t place,
                                                  uint32_t other, bool *may, dedup_error *error);

/* Tells that `node` survives: its shingles will be wanted again. */
void verifier_keep(struct verifier *verifier, uint32_t node);

#endif
