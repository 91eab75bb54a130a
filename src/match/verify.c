#include "match/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "sketch/numbers.h"
#include "sketch/shingle.h"

static const size_t cache_bytes = (size_t)64 << 20;

void verifier_init(struct verifier *verifier, const struct matcher *matcher, const struct nodes *nodes)
{
    *verifier = (struct verifier){.matcher = matcher, .nodes = nodes, .memory = cache_bytes};
    verifier->key.node = verifier->other_key.node = verifier->mine.node = verifier->other.node = NONE;
    hash_set_init(&verifier->set, hash_set_secret());
}

static void release_shingles(struct held_shingles *shingles)
{
    free(shingles->hashes);
    free(shingles->bits.words);
    *shingles = (struct held_shingles){.node = NONE};
}

static size_t shingle_bytes(const struct held_shingles *shingles)
{
    return (shingles->count + shingles->bits.count) * sizeof *shingles->hashes;
}

static void drop_oldest(struct verifier *verifier)
{
    struct held_shingles *shingles = &verifier->kept[verifier->queue[verifier->queue_begin++]];
    verifier->held -= shingle_bytes(shingles);
    release_shingles(shingles);
}

static void forget_all(struct verifier *verifier)
{
    while (verifier->queue_begin < verifier->queue_end)
        drop_oldest(verifier);
    verifier->queue_begin = verifier->queue_end = 0;
}

void verifier_release(struct verifier *verifier)
{
    forget_all(verifier);
    hash_set_release(&verifier->set);
    release_shingles(&verifier->mine);
    release_shingles(&verifier->other);
    free(verifier->key.points);
    free(verifier->other_key.points);
    free(verifier->kept);
    free(verifier->queue);
}

dedup_status verifier_start(struct verifier *verifier, size_t count, dedup_error *error)
{
    forget_all(verifier);
    TRY(array_reserve(&verifier->kept, &verifier->kept_capacity, count, "a component", error));
    for (size_t i = 0; i < count; i++)
        verifier->kept[i] = (struct held_shingles){.node = NONE};
    verifier->kept_count = count;
    return DEDUP_OK;
}

/* No fewer than the distinct shingles of a node. */
static uint32_t shingles_of(const struct verifier *verifier, uint32_t node)
{
    return verifier->matcher->texts[verifier->nodes->texts[node]].shingles;
}

static dedup_status load_key(const struct verifier *verifier, struct held_key *key, uint32_t node, dedup_error *error)
{
    if (key->node == node)
        return DEDUP_OK;
    key->node = NONE;
    const struct text *text = &verifier->matcher->texts[verifier->nodes->texts[node]];
    TRY(array_reserve(&key->points, &key->capacity, text->count, "a text", error));
    TRY(key_store_read(verifier->matcher->keys, text_ref(text), key->points, &key->count, error));
    key->node = node;
    return DEDUP_OK;
}

/* Makes `shingles` those of a node, whose key is loaded to `key`. */
static dedup_status hash_node(const struct verifier *verifier, uint32_t node, struct held_key *key,
                              struct held_shingles *shingles, dedup_error *error)
{
    shingles->node = NONE;
    TRY(load_key(verifier, key, node, error));
    shingles->count = shingle_count(key->count);
    TRY(array_reserve(&shingles->hashes, &shingles->capacity, shingles->count, "a text", error));
    shingle_hash(key->points, key->count, shingles->hashes);
    TRY(hash_bits_fill(&shingles->bits, shingles->hashes, shingles->count, &shingles->least, error));
    shingles->node = node;
    return DEDUP_OK;
}

static dedup_status copy_shingles(const struct held_shingles *from, struct held_shingles *to, dedup_error *error)
{
    size_t count = from->count, words = from->bits.count;
    to->node = NONE;
    to->count = count;
    to->bits.count = words;
    to->least = from->least;
    TRY(array_reserve(&to->hashes, &to->capacity, count, "a text", error));
    TRY(array_reserve(&to->bits.words, &to->bits.capacity, words, "a text", error));
    memcpy(to->hashes, from->hashes, count * sizeof *to->hashes);
    memcpy(to->bits.words, from->bits.words, words * sizeof *to->bits.words);
    to->node = from->node;
    return DEDUP_OK;
}

/* Keeps a copy of shingles, dropping the oldest ones to make room; more than the bound are not kept. */
static dedup_status keep_shingles(struct verifier *verifier, const struct held_shingles *shingles, size_t place,
                                  dedup_error *error)
{
    size_t bytes = shingle_bytes(shingles);
    if (verifier->kept[place].node != NONE || shingles->count == 0 || bytes > verifier->memory)
        return DEDUP_OK;
    while (verifier->held + bytes > verifier->memory)
        drop_oldest(verifier);
    if (verifier->queue_begin > verifier->kept_count) {
        memmove(verifier->queue, verifier->queue + verifier->queue_begin,
                (verifier->queue_end - verifier->queue_begin) * sizeof *verifier->queue);
        verifier->queue_end -= verifier->queue_begin;
        verifier->queue_begin = 0;
    }
    TRY(array_reserve(&verifier->queue, &verifier->queue_capacity, verifier->queue_end + 1, "kept texts", error));
    dedup_status status = copy_shingles(shingles, &verifier->kept[place], error);
    if (status != DEDUP_OK) {
        release_shingles(&verifier->kept[place]);
        return status;
    }
    verifier->held += bytes;
    verifier->queue[verifier->queue_end++] = (uint32_t)place;
    return DEDUP_OK;
}

/* Makes verifier->mine the shingles of a node; a copy where they are kept, for kept ones may be dropped meanwhile. */
static dedup_status load_mine(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    if (verifier->mine.node == node)
        return DEDUP_OK;
    if (verifier->kept[place].node == node)
        return copy_shingles(&verifier->kept[place], &verifier->mine, error);
    return hash_node(verifier, node, &verifier->key, &verifier->mine, error);
}

/* *shingles: those of another node, which stay until the next call. */
static dedup_status load_other(struct verifier *verifier, uint32_t node, size_t place,
                               const struct held_shingles **shingles, dedup_error *error)
{
    *shingles = &verifier->kept[place];
    if ((*shingles)->node == node)
        return DEDUP_OK;
    *shingles = &verifier->other;
    if (verifier->other.node == node)
        return DEDUP_OK;
    TRY(hash_node(verifier, node, &verifier->other_key, &verifier->other, error));
    return keep_shingles(verifier, &verifier->other, place, error);
}

/* Whether a node of `mine` distinct shingles that a text of at most `most` contains is a near duplicate of it. */
static bool contained_is_near(const struct match_options *options, size_t mine, size_t most)
{
    double shared = options->containment * (double)mine;
    return !options->same_numbers && shared >= options->threshold * ((double)(mine + most) - shared);
}

dedup_status verifier_may_contain(struct verifier *verifier, uint32_t node, size_t place, uint32_t other, bool *may,
                                  dedup_error *error)
{
    TRY(load_mine(verifier, node, place, error));
    size_t least = verifier->mine.least, most = shingles_of(verifier, other);
    *may = most > least && !contained_is_near(&verifier->matcher->options, least, most);
    return DEDUP_OK;
}

dedup_status verifier_keep(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    return verifier->mine.node == node ? keep_shingles(verifier, &verifier->mine, place, error) : DEDUP_OK;
}

/* Compares the numbers of the node in question with those of `other`. */
static dedup_status same_numbers(struct verifier *verifier, uint32_t other, bool *same, dedup_error *error)
{
    *same = true;
    if (!verifier->matcher->options.same_numbers)
        return DEDUP_OK;
    TRY(load_key(verifier, &verifier->key, verifier->mine.node, error));
    TRY(load_key(verifier, &verifier->other_key, other, error));
    *same =
        numbers_equal(verifier->key.points, verifier->key.count, verifier->other_key.points, verifier->other_key.count);
    return DEDUP_OK;
}

size_t comparison_least(const struct match_options *options, size_t mine, size_t other)
{
    double near = options->threshold * (double)(mine + other) / (1 + options->threshold);
    double contained = options->containment * (double)mine;
    double least = other > mine && contained < near ? contained : near;
    return least > 1 ? (size_t)(least - 1e-6 * least) : 1;
}

struct comparison comparison_judge(const struct match_options *options, size_t mine, size_t other, size_t shared,
                                   bool same_numbers)
{
    double jaccard = (double)shared / (double)(mine + other - shared), share = (double)shared / (double)mine;
    if (jaccard >= options->threshold && same_numbers)
        return (struct comparison){MATCH_NEAR, (float)jaccard};
    if (other > mine && share >= options->containment)
        return (struct comparison){MATCH_CONTAINED, (float)share};
    return (struct comparison){MATCH_KEPT, 0};
}

/* Whether an upper bound of the common shingles leaves the rules in reach: those of the text in question that may be
 * among the other's, against the smallest overlap that sets of no fewer shingles need. */
static bool in_reach(const struct verifier *verifier, const struct held_shingles *other)
{
    const struct held_shingles *mine = &verifier->mine;
    size_t least = comparison_least(&verifier->matcher->options, mine->least, other->least);
    return hash_bits_count(&other->bits, mine->hashes, mine->count) >= least;
}

dedup_status verifier_compare(struct verifier *verifier, uint32_t node, size_t place, uint32_t other,
                              size_t other_place, struct comparison *out, dedup_error *error)
{
    const struct match_options *options = &verifier->matcher->options;
    const struct held_shingles *shingles;
    *out = (struct comparison){MATCH_KEPT, 0};
    TRY(load_mine(verifier, node, place, error));
    if (shingles_of(verifier, other) < options->threshold * (double)verifier->mine.least)
        return DEDUP_OK; /* too small for either rule: a text that contains this one is larger than it */
    TRY(load_other(verifier, other, other_place, &shingles, error));
    if (!in_reach(verifier, shingles))
        return DEDUP_OK;
    struct hash_counts counts;
    TRY(hash_set_compare(&verifier->set, verifier->mine.hashes, verifier->mine.count, shingles->hashes, shingles->count,
                         &counts, error));
    *out = comparison_judge(options, counts.mine, counts.other, counts.shared, true);
    if (out->method != MATCH_NEAR)
        return DEDUP_OK;
    bool same;
    TRY(same_numbers(verifier, other, &same, error));
    *out = comparison_judge(options, counts.mine, counts.other, counts.shared, same);
    return DEDUP_OK;
}
