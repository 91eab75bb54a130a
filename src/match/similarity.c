#include "dedup/similarity.h"

#include <stdlib.h>

#include "base/failure.h"
#include "sketch/shingle.h"
#include "text/fold.h"

struct set {
    uint64_t *hashes;
    size_t count;
};

static dedup_status hash_key(const struct fold_key *key, struct set *set, dedup_error *error)
{
    size_t count = shingle_count(key->count);
    uint64_t *scratch = count < SIZE_MAX / sizeof *scratch ? malloc((count + 1) * sizeof *scratch) : NULL;
    set->hashes = scratch ? malloc((count + 1) * sizeof *set->hashes) : NULL;
    if (set->hashes) {
        shingle_hash(key->points, key->count, set->hashes);
        set->count = shingle_set(set->hashes, count, scratch);
    }
    free(scratch);
    return set->hashes ? DEDUP_OK : fail_memory(error, "the shingles of a text");
}

/* The set of shingles of a text; the caller frees set->hashes, which may be NULL after a failure. */
static dedup_status make_set(const char *text, size_t length, struct set *set, dedup_error *error)
{
    struct fold_key key;
    fold_key_init(&key);
    dedup_status status = fold_append_any(&key, text, length, error);
    if (status == DEDUP_OK)
        status = hash_key(&key, set, error);
    fold_key_release(&key);
    return status;
}

static double ratio(size_t part, size_t whole)
{
    return whole != 0 ? (double)part / (double)whole : 0;
}

dedup_status dedup_compare(const char *a, size_t a_length, const char *b, size_t b_length, dedup_similarity *out,
                           dedup_error *error)
{
    struct set left = {NULL, 0}, right = {NULL, 0};
    dedup_status status = make_set(a, a_length, &left, error);
    if (status == DEDUP_OK)
        status = make_set(b, b_length, &right, error);
    if (status == DEDUP_OK) {
        size_t shared = shingle_overlap(left.hashes, left.count, right.hashes, right.count);
        *out = (dedup_similarity){.jaccard = ratio(shared, left.count + right.count - shared),
                                  .a_in_b = ratio(shared, left.count),
                                  .b_in_a = ratio(shared, right.count),
                                  .a_count = left.count,
                                  .b_count = right.count};
    }
    free(left.hashes);
    free(right.hashes);
    return status;
}
