#include "match/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "sketch/numbers.h"
#include "sketch/shingle.h"

static const size_t cache_bytes = (size_t)64 << 20;

void verifier_init(struct verifier *verifier, const struct matcher *matcher, const struct nodes *nodes,
                   const struct recalled_keys *keys)
{
    *verifier = (struct verifier){.matcher = matcher, .nodes = nodes, .keys = keys, .memory = cache_bytes};
    verifier->key.node = verifier->other_key.node = verifier->mine.node = verifier->other.node = NONE;
    hash_set_init(&verifier->set, hash_set_secret());
}

static void release_shingles(struct held_shingles *shingles)
{
    free(shingles->hashes);
    *shingles = (struct held_shingles){.node = NONE};
}

static size_t held_bytes(const struct held_shingles *shingles)
{
    return shingles->capacity * sizeof *shingles->hashes;
}

static void drop_oldest(struct verifier *verifier)
{
    struct held_shingles *shingles = &verifier->kept[verifier->queue[verifier->queue_begin++]];
    verifier->held -= held_bytes(shingles);
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
    verifier->mine.node = verifier->other.node = NONE;
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
    struct key_ref ref = recalled_key(verifier->keys, verifier->nodes->texts[node]);
    TRY(array_reserve(&key->points, &key->capacity, ref.count, "a text", error));
    TRY(key_store_read(verifier->matcher->keys, ref, key->points, &key->count, error));
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
    shingles->node = node;
    return DEDUP_OK;
}

static dedup_status copy_shingles(const struct held_shingles *from, struct held_shingles *to, dedup_error *error)
{
    to->node = NONE;
    to->count = from->count;
    TRY(array_reserve(&to->hashes, &to->capacity, from->count, "a text", error));
    memcpy(to->hashes, from->hashes, from->count * sizeof *to->hashes);
    to->node = from->node;
    return DEDUP_OK;
}

/* Hands shingles over, with their memory unless there is much more of it than they need. */
static dedup_status move_shingles(struct held_shingles *from, struct held_shingles *to, dedup_error *error)
{
    if (held_bytes(from) > 2 * from->count * sizeof *from->hashes)
        return copy_shingles(from, to, error);
    *to = *from;
    *from = (struct held_shingles){.node = NONE};
    return DEDUP_OK;
}

/* Makes room in the list of kept shingles for one more. */
static dedup_status reserve_queue(struct verifier *verifier, dedup_error *error)
{
    if (verifier->queue_begin > verifier->kept_count) {
        memmove(verifier->queue, verifier->queue + verifier->queue_begin,
                (verifier->queue_end - verifier->queue_begin) * sizeof *verifier->queue);
        verifier->queue_end -= verifier->queue_begin;
        verifier->queue_begin = 0;
    }
    return array_reserve(&verifier->queue, &verifier->queue_capacity, verifier->queue_end + 1, "kept texts", error);
}

/* Keeps shingles that are about to be replaced, dropping the oldest ones to make room; not those that are larger
 * than the bound. */
static dedup_status keep_shingles(struct verifier *verifier, struct held_shingles *shingles, size_t place,
                                  dedup_error *error)
{
    struct held_shingles *kept = &verifier->kept[place];
    if (kept->node != NONE || shingles->node == NONE || shingles->count == 0)
        return DEDUP_OK;
    TRY(reserve_queue(verifier, error));
    dedup_status status = move_shingles(shingles, kept, error);
    if (status != DEDUP_OK || held_bytes(kept) > verifier->memory) {
        release_shingles(kept);
        return status;
    }
    while (verifier->held + held_bytes(kept) > verifier->memory)
        drop_oldest(verifier);
    verifier->held += held_bytes(kept);
    verifier->queue[verifier->queue_end++] = (uint32_t)place;
    return DEDUP_OK;
}

/* Makes verifier->mine the shingles of a node, and verifier->set theirs; a copy where they are kept, for kept ones may
 * be dropped meanwhile. */
static dedup_status load_mine(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    if (verifier->mine.node == node)
        return DEDUP_OK;
    if (verifier->mine_survives)
        TRY(keep_shingles(verifier, &verifier->mine, verifier->mine_place, error));
    verifier->mine_survives = false;
    verifier->mine_place = place;
    if (verifier->kept[place].node == node)
        TRY(copy_shingles(&verifier->kept[place], &verifier->mine, error));
    else
        TRY(hash_node(verifier, node, &verifier->key, &verifier->mine, error));
    dedup_status status = hash_set_make(&verifier->set, verifier->mine.hashes, verifier->mine.count, error);
    verifier->mine.node = status == DEDUP_OK ? node : NONE;
    return status;
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
    TRY(keep_shingles(verifier, &verifier->other, verifier->other_place, error));
    verifier->other_place = place;
    return hash_node(verifier, node, &verifier->other_key, &verifier->other, error);
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
    size_t mine = verifier->set.distinct, most = shingles_of(verifier, other);
    *may = most > mine && !contained_is_near(&verifier->matcher->options, mine, most);
    return DEDUP_OK;
}

void verifier_keep(struct verifier *verifier, uint32_t node)
{
    verifier->mine_survives = verifier->mine.node == node;
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

bool comparison_missing(const struct match_options *options, size_t mine, size_t other, size_t *most)
{
    double own = (double)mine, all = (double)other, threshold = options->threshold;
    /* The union is at least what is missing and `mine`; what is common, at most the rest of either. */
    double bigger = own * (1 - threshold) / threshold, smaller = (all - threshold * own) / (1 + threshold);
    double near = bigger < smaller ? bigger : smaller;
    double contained = other > mine ? all - options->containment * own : -1;
    double limit = (contained > near ? contained : near) + 1e-6 * (own + all);
    *most = limit > 0 ? (size_t)limit : 0;
    return limit >= 0;
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

dedup_status verifier_compare(struct verifier *verifier, uint32_t node, size_t place, uint32_t other,
                              size_t other_place, struct comparison *out, dedup_error *error)
{
    const struct match_options *options = &verifier->matcher->options;
    const struct held_shingles *shingles;
    struct hash_counts counts;
    size_t most;
    bool met, same;
    *out = (struct comparison){MATCH_KEPT, 0};
    TRY(load_mine(verifier, node, place, error));
    size_t mine = verifier->set.distinct;
    if (!comparison_missing(options, mine, shingles_of(verifier, other), &most))
        return DEDUP_OK;
    TRY(load_other(verifier, other, other_place, &shingles, error));
    TRY(hash_set_meet(&verifier->set, shingles->hashes, shingles->count, most, &met, &counts, error));
    if (!met)
        return DEDUP_OK;
    *out = comparison_judge(options, mine, counts.other, counts.shared, true);
    if (out->method != MATCH_NEAR)
        return DEDUP_OK;
    TRY(same_numbers(verifier, other, &same, error));
    *out = comparison_judge(options, mine, counts.other, counts.shared, same);
    return DEDUP_OK;
}
