#include "clean/prefilter.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

static inline uint32_t pair_hash(uint32_t a, uint32_t b)
{
    return (a * 0x9e3779b1u + b * 0x85ebca6bu) >> 16;
}

static inline uint32_t bucket_of(uint32_t hash)
{
    return hash & (PREFILTER_BUCKETS - 1);
}

void prefilter_init(struct prefilter *prefilter)
{
    memset(prefilter, 0, sizeof *prefilter);
}

void prefilter_release(struct prefilter *prefilter)
{
    free(prefilter->entries);
    prefilter_init(prefilter);
}

static dedup_status add_set(struct prefilter *prefilter, const struct literal_set *set,
                            const struct prefilter_entry *like, dedup_error *error)
{
    TRY(array_reserve(&prefilter->entries, &prefilter->capacity, prefilter->count + set->count, "literals of rules",
                      error));
    for (uint32_t i = 0; i < set->count; i++) {
        struct prefilter_entry *entry = &prefilter->entries[prefilter->count++];
        *entry = *like;
        entry->literal = set->items[i];
    }
    return DEDUP_OK;
}

dedup_status prefilter_add(struct prefilter *prefilter, const struct requirement *requirement, uint32_t pattern,
                           dedup_error *error)
{
    uint32_t needs = requirement->second.count ? 3 : 1;
    struct prefilter_entry first = {.pattern = pattern, .parts = 1, .needs = needs};
    struct prefilter_entry second = {.pattern = pattern, .parts = 2, .needs = needs};
    TRY(add_set(prefilter, &requirement->first, &first, error));
    return add_set(prefilter, &requirement->second, &second, error);
}

/* Gives every entry the pair of its literal that fewest entries before it have, so that no bucket grows long. */
static void choose_pairs(struct prefilter *prefilter, uint32_t *load)
{
    for (size_t i = 0; i < prefilter->count; i++) {
        struct prefilter_entry *entry = &prefilter->entries[i];
        uint32_t best = UINT32_MAX;
        for (uint32_t pair = 0; pair + 1 < entry->literal.count; pair++) {
            uint32_t bucket = bucket_of(pair_hash(entry->literal.points[pair], entry->literal.points[pair + 1]));
            if (load[bucket] < best) {
                best = load[bucket];
                entry->pair = pair;
                entry->bucket = bucket;
            }
        }
        load[entry->bucket]++;
    }
}

static int by_bucket(const void *a, const void *b)
{
    const struct prefilter_entry *x = a, *y = b;
    if (x->bucket != y->bucket)
        return x->bucket < y->bucket ? -1 : 1;
    return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

dedup_status prefilter_build(struct prefilter *prefilter, dedup_error *error)
{
    uint32_t *load = calloc(PREFILTER_BUCKETS, sizeof *load);
    if (!load)
        return fail_memory(error, "the prefilter");
    choose_pairs(prefilter, load);
    free(load);
    if (prefilter->count != 0)
        qsort(prefilter->entries, prefilter->count, sizeof *prefilter->entries, by_bucket);
    memset(prefilter->bits, 0, sizeof prefilter->bits);
    memset(prefilter->first, 0, sizeof prefilter->first);
    for (size_t i = 0; i < prefilter->count; i++) {
        const struct prefilter_entry *entry = &prefilter->entries[i];
        uint32_t hash = pair_hash(entry->literal.points[entry->pair], entry->literal.points[entry->pair + 1]);
        prefilter->bits[hash / 64] |= UINT64_C(1) << hash % 64;
        prefilter->first[entry->bucket + 1]++;
    }
    for (size_t i = 0; i < PREFILTER_BUCKETS; i++)
        prefilter->first[i + 1] += prefilter->first[i];
    return DEDUP_OK;
}

void prefilter_hits_release(struct prefilter_hits *hits)
{
    free(hits->patterns);
    free(hits->seen);
    *hits = (struct prefilter_hits){0};
}

static dedup_status begin_search(struct prefilter_hits *hits, size_t pattern_count, dedup_error *error)
{
    if (hits->seen_count < pattern_count || hits->epoch > UINT32_MAX - 8) {
        uint32_t *seen = calloc(pattern_count, sizeof *seen);
        if (!seen)
            return fail_memory(error, "the prefilter");
        free(hits->seen);
        hits->seen = seen;
        hits->seen_count = pattern_count;
        hits->epoch = 0;
    }
    hits->epoch += 4;
    return array_reserve(&hits->patterns, &hits->capacity, pattern_count, "candidate rules", error);
}

/* Compares the literals of a bucket with the text around the pair at points[at]. */
static void check_bucket(const struct prefilter *prefilter, uint32_t bucket, const uint32_t *points, size_t count,
                         size_t at, struct prefilter_hits *hits)
{
    for (uint32_t i = prefilter->first[bucket]; i < prefilter->first[bucket + 1]; i++) {
        const struct prefilter_entry *entry = &prefilter->entries[i];
        uint32_t *seen = &hits->seen[entry->pattern];
        uint32_t parts = *seen >= hits->epoch ? *seen - hits->epoch : 0;
        if (parts & entry->parts || at < entry->pair || entry->literal.count > count - (at - entry->pair))
            continue;
        if (memcmp(points + at - entry->pair, entry->literal.points, entry->literal.count * sizeof *points) != 0)
            continue;
        parts |= entry->parts;
        *seen = hits->epoch + parts;
        if (parts == entry->needs)
            hits->patterns[hits->count++] = entry->pattern;
    }
}

dedup_status prefilter_find(const struct prefilter *prefilter, const uint32_t *points, size_t count,
                            size_t pattern_count, struct prefilter_hits *hits, dedup_error *error)
{
    hits->count = 0;
    if (pattern_count == 0)
        return DEDUP_OK;
    TRY(begin_search(hits, pattern_count, error));
    for (size_t i = 0; i + 1 < count; i++) {
        uint32_t hash = pair_hash(points[i], points[i + 1]);
        if (prefilter->bits[hash / 64] >> hash % 64 & 1)
            check_bucket(prefilter, bucket_of(hash), points, count, i, hits);
    }
    return DEDUP_OK;
}
