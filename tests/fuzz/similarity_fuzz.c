/* Similarity against a naive oracle: every shingle of one text is looked for in the other, letter by letter. And a
 * sketch is the same by every instruction set, in one piece and in two that are merged. The first line feed divides the
 * two texts. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/isa.h"
#include "dedup/similarity.h"
#include "sketch/shingle.h"
#include "sketch/sketch.h"
#include "text/fold.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())

enum { BYTES_MAXIMUM = 400, POINTS_MAXIMUM = 8 * BYTES_MAXIMUM }; /* three bytes fold to 18 letters at most */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether the shingle at `at` of a key, or the whole of a short one, is among the first `count` of another. */
static bool is_among(const struct fold_key *key, size_t at, const struct fold_key *other, size_t count)
{
    size_t length = key->count < SHINGLE_LENGTH ? key->count : SHINGLE_LENGTH;
    if ((other->count < SHINGLE_LENGTH ? other->count : SHINGLE_LENGTH) != length)
        return false;
    for (size_t i = 0; i < count; i++)
        if (memcmp(key->points + at, other->points + i, length * sizeof *key->points) == 0)
            return true;
    return false;
}

/* Different shingles of a key, or with `other` those that it shares with that. */
static size_t count_different(const struct fold_key *key, const struct fold_key *other)
{
    size_t found = 0;
    for (size_t i = 0; i < shingle_count(key->count); i++)
        found += !is_among(key, i, key, i) && (!other || is_among(key, i, other, shingle_count(other->count)));
    return found;
}

static bool is_close(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void check_sketch(const struct fold_key *key, size_t cut)
{
    static uint64_t hashes[POINTS_MAXIMUM];
    struct sketch whole, half, other;
    struct key_hash all = {0};
    size_t count = shingle_count(key->count);
    size_t first = count != 0 ? cut % (count + 1) : 0;
    shingle_hash_by(ISA_SCALAR, key->points, key->count, hashes);
    sketch_clear(&whole);
    sketch_update_by(ISA_SCALAR, &whole, hashes, count, &all);
    for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++) {
        static uint64_t again[POINTS_MAXIMUM];
        struct key_hash begin = {0}, end = {0};
        shingle_hash_by((enum isa)isa, key->points, key->count, again);
        CHECK(memcmp(hashes, again, count * sizeof *hashes) == 0);
        sketch_clear(&half);
        sketch_clear(&other);
        sketch_update_by((enum isa)isa, &half, hashes, first, &begin);
        sketch_update_by((enum isa)isa, &other, hashes + first, count - first, &end);
        sketch_drain(&half, &other, 1);
        key_hash_join(&begin, &end);
        CHECK(memcmp(whole.lanes, half.lanes, sizeof whole.lanes) == 0);
        CHECK(memcmp(&all, &begin, sizeof all) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *texts[2] = {(const char *)data, NULL};
    const uint8_t *feed = size != 0 ? memchr(data, '\n', size) : NULL;
    size_t lengths[2] = {feed ? (size_t)(feed - data) : size, 0};
    struct fold_key keys[2];
    dedup_similarity got;
    texts[1] = feed ? (const char *)feed + 1 : "";
    lengths[1] = feed ? size - lengths[0] - 1 : 0;
    if (size == 0 || size > BYTES_MAXIMUM)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        fold_key_init(&keys[i]);
        CHECK(fold_append_any(&keys[i], texts[i], lengths[i], NULL) == DEDUP_OK);
    }
    CHECK(dedup_compare(texts[0], lengths[0], texts[1], lengths[1], &got, NULL) == DEDUP_OK);
    size_t a = count_different(&keys[0], NULL), b = count_different(&keys[1], NULL);
    size_t common = count_different(&keys[0], &keys[1]);
    CHECK(got.a_count == a && got.b_count == b);
    CHECK(is_close(got.jaccard, a != 0 && b != 0 ? (double)common / (double)(a + b - common) : 0));
    CHECK(is_close(got.a_in_b, a != 0 ? (double)common / (double)a : 0));
    CHECK(is_close(got.b_in_a, b != 0 ? (double)common / (double)b : 0));
    check_sketch(&keys[0], data[0]);
    fold_key_release(&keys[0]);
    fold_key_release(&keys[1]);
    return 0;
}
