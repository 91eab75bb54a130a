#include "match/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "sketch/numbers.h"
#include "sketch/select.h"
#include "sketch/shingle.h"

static const size_t cache_bytes = (size_t)64 << 20;
/* Coarse sets have the hashes up to it: one in eight. */
static const uint64_t coarse_last = UINT64_MAX >> 3;

void verifier_init(struct verifier *verifier, const struct matcher *matcher, const struct nodes *nodes)
{
    uint64_t secret = hash_set_secret();
    *verifier = (struct verifier){.matcher = matcher, .nodes = nodes, .memory = cache_bytes};
    verifier->mine.node = verifier->other.node = NONE;
    verifier->hash_node = verifier->full_node = verifier->coarse_node = verifier->least_node = NONE;
    hash_set_init(&verifier->full, secret);
    hash_set_init(&verifier->passing, secret);
}

static void drop_oldest(struct verifier *verifier)
{
    struct hash_set *set = &verifier->kept[verifier->queue[verifier->queue_begin++]];
    verifier->held -= hash_set_bytes(set);
    hash_set_release(set);
}

static void forget_sets(struct verifier *verifier)
{
    while (verifier->queue_begin < verifier->queue_end)
        drop_oldest(verifier);
    verifier->queue_begin = verifier->queue_end = 0;
}

void verifier_release(struct verifier *verifier)
{
    forget_sets(verifier);
    hash_set_release(&verifier->full);
    hash_set_release(&verifier->passing);
    free(verifier->mine.points);
    free(verifier->other.points);
    free(verifier->hashes);
    free(verifier->coarse);
    free(verifier->bits.words);
    free(verifier->other_hashes);
    free(verifier->kept);
    free(verifier->queue);
}

dedup_status verifier_start(struct verifier *verifier, size_t count, dedup_error *error)
{
    forget_sets(verifier);
    TRY(array_reserve(&verifier->kept, &verifier->kept_capacity, 2 * count, "a component", error));
    memset(verifier->kept, 0, 2 * count * sizeof *verifier->kept);
    verifier->kept_count = 2 * count;
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

static dedup_status hash_key(const struct held_key *key, uint64_t **hashes, size_t *capacity, size_t *count,
                             dedup_error *error)
{
    *count = shingle_count(key->count);
    TRY(array_reserve(hashes, capacity, *count + SELECT_SLACK, "a text", error));
    shingle_hash(key->points, key->count, *hashes);
    return DEDUP_OK;
}

/* Makes `to`, whose slots are overwritten, a copy of a set. */
static dedup_status copy_set(const struct hash_set *from, struct hash_set *to, dedup_error *error)
{
    struct hash_set copy = {to->slots, to->capacity, from->factor, from->bits, from->count};
    to->count = 0;
    TRY(array_reserve(&copy.slots, &copy.capacity, hash_set_bytes(from) / sizeof *copy.slots, "a text", error));
    memcpy(copy.slots, from->slots, hash_set_bytes(from));
    *to = copy;
    return DEDUP_OK;
}

/* Keeps a copy of a set, dropping the oldest ones to make room; a set larger than the bound is not kept. */
static dedup_status keep_set(struct verifier *verifier, const struct hash_set *set, size_t place, dedup_error *error)
{
    size_t bytes = hash_set_bytes(set);
    struct hash_set *kept = &verifier->kept[place];
    if (kept->slots || set->count == 0 || bytes > verifier->memory)
        return DEDUP_OK;
    while (verifier->held + bytes > verifier->memory)
        drop_oldest(verifier);
    if (verifier->queue_begin > verifier->kept_count) {
        memmove(verifier->queue, verifier->queue + verifier->queue_begin,
                (verifier->queue_end - verifier->queue_begin) * sizeof *verifier->queue);
        verifier->queue_end -= verifier->queue_begin;
        verifier->queue_begin = 0;
    }
    TRY(array_reserve(&verifier->queue, &verifier->queue_capacity, verifier->queue_end + 1, "kept sets", error));
    TRY(copy_set(set, kept, error));
    verifier->held += bytes;
    verifier->queue[verifier->queue_end++] = (uint32_t)place;
    return DEDUP_OK;
}

/* Makes verifier->hashes those of a node: the members of its set where it is kept. */
static dedup_status load_hashes(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    const struct hash_set *kept = &verifier->kept[2 * place];
    if (verifier->hash_node == node)
        return DEDUP_OK;
    verifier->hash_node = verifier->full_node = verifier->coarse_node = verifier->least_node = NONE;
    if (kept->slots) {
        TRY(copy_set(kept, &verifier->full, error));
        TRY(array_reserve(&verifier->hashes, &verifier->hash_capacity, kept->count + SELECT_SLACK, "a text", error));
        hash_set_list(kept, verifier->hashes);
        verifier->hash_count = kept->count;
        verifier->full_node = node;
    } else {
        TRY(load_key(verifier, &verifier->mine, node, error));
        TRY(hash_key(&verifier->mine, &verifier->hashes, &verifier->hash_capacity, &verifier->hash_count, error));
    }
    verifier->hash_node = node;
    return DEDUP_OK;
}

/* Makes verifier->full the set of a node. */
static dedup_status load_full(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    TRY(load_hashes(verifier, node, place, error));
    if (verifier->full_node == node)
        return DEDUP_OK;
    verifier->hash_node = NONE;
    TRY(hash_set_fill(&verifier->full, verifier->hashes, verifier->hash_count, error));
    verifier->hash_count = verifier->full.count;
    verifier->hash_node = verifier->full_node = node;
    return DEDUP_OK;
}

/* Makes verifier->least_count that of the hashes that are held. */
static dedup_status load_least(struct verifier *verifier, dedup_error *error)
{
    if (verifier->least_node == verifier->hash_node)
        return DEDUP_OK;
    verifier->least_node = NONE;
    TRY(hash_count_least(verifier->hashes, verifier->hash_count, &verifier->bits, &verifier->least_count, error));
    verifier->least_node = verifier->hash_node;
    return DEDUP_OK;
}

/* Makes verifier->coarse the lowest of the hashes that are held. */
static dedup_status load_coarse(struct verifier *verifier, size_t place, dedup_error *error)
{
    size_t held = verifier->hash_count;
    if (verifier->coarse_node == verifier->hash_node)
        return DEDUP_OK;
    verifier->coarse_node = NONE;
    TRY(array_reserve(&verifier->coarse, &verifier->coarse_capacity, held + SELECT_SLACK, "a text", error));
    size_t count = select_up_to(verifier->hashes, held, coarse_last, verifier->coarse);
    TRY(hash_set_fill(&verifier->passing, verifier->coarse, count, error));
    verifier->coarse_count = verifier->passing.count;
    verifier->coarse_node = verifier->hash_node;
    return keep_set(verifier, &verifier->passing, 2 * place + 1, error);
}

/* *set: the full or the coarse set of another node, which stays until the next call. */
static dedup_status load_other(struct verifier *verifier, uint32_t node, size_t place, bool coarse,
                               const struct hash_set **set, dedup_error *error)
{
    size_t count, kept = 2 * place + coarse;
    *set = &verifier->kept[kept];
    if ((*set)->slots)
        return DEDUP_OK;
    *set = &verifier->passing;
    TRY(load_key(verifier, &verifier->other, node, error));
    TRY(hash_key(&verifier->other, &verifier->other_hashes, &verifier->other_capacity, &count, error));
    if (coarse)
        count = select_up_to(verifier->other_hashes, count, coarse_last, verifier->other_hashes);
    TRY(hash_set_fill(&verifier->passing, verifier->other_hashes, count, error));
    return keep_set(verifier, &verifier->passing, kept, error);
}

/* What is found of a sample of `count` hashes of a contained text at least, but for a chance of 1e-4. */
static size_t least_found(double containment, size_t count)
{
    double mean = containment * (double)count, deviation = sqrt(mean * (1 - containment)), least;
    least = mean - 4 * deviation - 1;
    return least > 0 ? (size_t)least : 0;
}

/* Whether a node of `mine` distinct shingles that a text of at most `most` contains is a near duplicate of it. */
static bool contained_is_near(const struct match_options *options, size_t mine, size_t most)
{
    double shared = options->containment * (double)mine;
    return !options->same_numbers && shared >= options->threshold * ((double)(mine + most) - shared);
}

dedup_status verifier_may_contain(struct verifier *verifier, uint32_t node, size_t place, uint32_t other,
                                  size_t other_place, bool *may, dedup_error *error)
{
    const struct match_options *options = &verifier->matcher->options;
    const struct hash_set *set;
    TRY(load_hashes(verifier, node, place, error));
    TRY(load_least(verifier, error));
    *may = shingles_of(verifier, other) > verifier->least_count &&
           !contained_is_near(options, verifier->least_count, shingles_of(verifier, other));
    if (!*may)
        return DEDUP_OK;
    TRY(load_coarse(verifier, place, error));
    TRY(load_other(verifier, other, other_place, true, &set, error));
    size_t least = least_found(options->containment, verifier->coarse_count);
    *may = hash_set_overlap(set, verifier->coarse, verifier->coarse_count, least) >= least;
    return DEDUP_OK;
}

dedup_status verifier_keep(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    return verifier->full_node == node ? keep_set(verifier, &verifier->full, 2 * place, error) : DEDUP_OK;
}

/* Compares the numbers of the node in question with those of `other`. */
static dedup_status same_numbers(struct verifier *verifier, uint32_t other, bool *same, dedup_error *error)
{
    *same = true;
    if (!verifier->matcher->options.same_numbers)
        return DEDUP_OK;
    TRY(load_key(verifier, &verifier->mine, verifier->hash_node, error));
    TRY(load_key(verifier, &verifier->other, other, error));
    *same = numbers_equal(verifier->mine.points, verifier->mine.count, verifier->other.points, verifier->other.count);
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

dedup_status verifier_compare(struct verifier *verifier, uint32_t node, size_t place, uint32_t other,
                              size_t other_place, struct comparison *out, dedup_error *error)
{
    const struct match_options *options = &verifier->matcher->options;
    *out = (struct comparison){MATCH_KEPT, 0};
    TRY(load_full(verifier, node, place, error));
    size_t mine = verifier->full.count;
    if (shingles_of(verifier, other) < options->threshold * (double)mine)
        return DEDUP_OK; /* too small for either rule: a text that contains this one is larger than it */
    const struct hash_set *set;
    TRY(load_other(verifier, other, other_place, false, &set, error));
    size_t count = set->count, least = comparison_least(options, mine, count);
    size_t shared = hash_set_overlap(set, verifier->hashes, mine, least);
    if (shared < least)
        return DEDUP_OK;
    *out = comparison_judge(options, mine, count, shared, true);
    if (out->method != MATCH_NEAR)
        return DEDUP_OK;
    bool same;
    TRY(same_numbers(verifier, other, &same, error));
    *out = comparison_judge(options, mine, count, shared, same);
    return DEDUP_OK;
}
