#include "match/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "sketch/numbers.h"
#include "sketch/shingle.h"

/* The set of a survivor; hashes is NULL while it is not held. */
struct kept_set {
    uint64_t *hashes;
    size_t count;
};

static const size_t cache_bytes = (size_t)64 << 20;

void verifier_init(struct verifier *verifier, const struct matcher *matcher, const struct nodes *nodes)
{
    *verifier = (struct verifier){.matcher = matcher, .nodes = nodes, .memory = cache_bytes};
    verifier->mine.node = verifier->mine.point_node = NONE;
    verifier->other.node = verifier->other.point_node = NONE;
}

static void release_list(struct shingle_list *list)
{
    free(list->hashes);
    free(list->points);
}

static void drop_oldest(struct verifier *verifier)
{
    struct kept_set *set = &verifier->kept[verifier->queue[verifier->queue_begin++]];
    verifier->held -= set->count * sizeof *set->hashes;
    free(set->hashes);
    *set = (struct kept_set){0};
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
    release_list(&verifier->mine);
    release_list(&verifier->other);
    free(verifier->scratch);
    free(verifier->kept);
    free(verifier->queue);
}

dedup_status verifier_start(struct verifier *verifier, size_t count, dedup_error *error)
{
    forget_sets(verifier);
    TRY(array_reserve(&verifier->kept, &verifier->kept_capacity, count, "a component", error));
    memset(verifier->kept, 0, count * sizeof *verifier->kept);
    verifier->kept_count = count;
    return DEDUP_OK;
}

/* No fewer than the distinct shingles of a node. */
static uint32_t shingles_of(const struct verifier *verifier, uint32_t node)
{
    return verifier->matcher->texts[verifier->nodes->texts[node]].shingles;
}

static dedup_status load_points(struct verifier *verifier, struct shingle_list *list, uint32_t node, dedup_error *error)
{
    if (list->point_node == node)
        return DEDUP_OK;
    list->point_node = NONE;
    const struct text *text = &verifier->matcher->texts[verifier->nodes->texts[node]];
    TRY(array_reserve(&list->points, &list->point_capacity, text->count, "a text", error));
    TRY(key_store_read(verifier->matcher->keys, text_ref(text), list->points, &list->point_count, error));
    list->point_node = node;
    return DEDUP_OK;
}

static dedup_status load(struct verifier *verifier, struct shingle_list *list, uint32_t node, dedup_error *error)
{
    if (list->node == node)
        return DEDUP_OK;
    list->node = NONE;
    TRY(load_points(verifier, list, node, error));
    size_t shingles = shingle_count(list->point_count);
    TRY(array_reserve(&list->hashes, &list->capacity, shingles, "a text", error));
    TRY(array_reserve(&verifier->scratch, &verifier->scratch_capacity, shingles, "a text", error));
    shingle_hash(list->points, list->point_count, list->hashes);
    list->count = shingle_set(list->hashes, shingles, verifier->scratch);
    list->node = node;
    return DEDUP_OK;
}

/* Makes `mine` the set of a node: a kept one where there is one. */
static dedup_status load_mine(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    struct shingle_list *mine = &verifier->mine;
    const struct kept_set *set = &verifier->kept[place];
    if (mine->node == node || !set->hashes)
        return load(verifier, mine, node, error);
    mine->node = NONE;
    TRY(array_reserve(&mine->hashes, &mine->capacity, set->count, "a text", error));
    memcpy(mine->hashes, set->hashes, set->count * sizeof *mine->hashes);
    mine->count = set->count;
    mine->node = node;
    return DEDUP_OK;
}

/* Keeps a copy of a set, dropping the oldest ones to make room; a set larger than the bound is not kept. */
static dedup_status keep_set(struct verifier *verifier, const struct shingle_list *list, size_t place,
                             dedup_error *error)
{
    size_t bytes = list->count * sizeof *list->hashes;
    struct kept_set *set = &verifier->kept[place];
    if (set->hashes || bytes == 0 || bytes > verifier->memory)
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
    set->hashes = malloc(bytes);
    if (!set->hashes)
        return fail_memory(error, "kept sets");
    memcpy(set->hashes, list->hashes, bytes);
    set->count = list->count;
    verifier->held += bytes;
    verifier->queue[verifier->queue_end++] = (uint32_t)place;
    return DEDUP_OK;
}

dedup_status verifier_may_contain(struct verifier *verifier, uint32_t node, size_t place, uint32_t other, bool *may,
                                  dedup_error *error)
{
    TRY(load_mine(verifier, node, place, error));
    *may = shingles_of(verifier, other) > verifier->mine.count;
    return DEDUP_OK;
}

dedup_status verifier_keep(struct verifier *verifier, uint32_t node, size_t place, dedup_error *error)
{
    return verifier->mine.node == node ? keep_set(verifier, &verifier->mine, place, error) : DEDUP_OK;
}

/* Compares the numbers of the node in question with those of `other`. */
static dedup_status same_numbers(struct verifier *verifier, uint32_t other, bool *same, dedup_error *error)
{
    *same = true;
    if (!verifier->matcher->options.same_numbers)
        return DEDUP_OK;
    TRY(load_points(verifier, &verifier->mine, verifier->mine.node, error));
    TRY(load_points(verifier, &verifier->other, other, error));
    *same = numbers_equal(verifier->mine.points, verifier->mine.point_count, verifier->other.points,
                          verifier->other.point_count);
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
    TRY(load_mine(verifier, node, place, error));
    const uint64_t *hashes = verifier->kept[other_place].hashes;
    size_t mine = verifier->mine.count, count = verifier->kept[other_place].count;
    if (shingles_of(verifier, other) < options->threshold * (double)mine)
        return DEDUP_OK; /* too small for either rule: a text that contains this one is larger than it */
    if (!hashes) {
        TRY(load(verifier, &verifier->other, other, error));
        TRY(keep_set(verifier, &verifier->other, other_place, error));
        hashes = verifier->other.hashes;
        count = verifier->other.count;
    }
    size_t least = comparison_least(options, mine, count);
    size_t shared = shingle_overlap_from(verifier->mine.hashes, mine, hashes, count, least);
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
