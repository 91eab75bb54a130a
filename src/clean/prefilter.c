#include "clean/prefilter.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

/* Fibonacci hashing: the upper bits of a product with 2^64 / golden ratio. Code points have 21 bits. */
static inline uint32_t pair_hash(uint32_t a, uint32_t b)
{
    return (uint32_t)(((uint64_t)a << 21 | b) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - PREFILTER_BIT_COUNT));
}

static inline uint32_t triple_hash(uint32_t a, uint32_t b, uint32_t c)
{
    return (uint32_t)(((uint64_t)a << 42 | (uint64_t)b << 21 | c) * UINT64_C(0x9e3779b97f4a7c15) >>
                      (64 - PREFILTER_BIT_COUNT));
}

/* What is looked for at points[0], of which `left` more can be read: a pair, or from ASCII on a triple, because pairs
 * of ASCII letters are too common. False when there are too few. */
static inline bool hash_at(const uint32_t *points, size_t left, uint32_t *hash)
{
    bool ascii = points[0] < 0x80;
    if (left < (ascii ? 3 : 2))
        return false;
    *hash = ascii ? triple_hash(points[0], points[1], points[2]) : pair_hash(points[0], points[1]);
    return true;
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
                           uint32_t limit, dedup_error *error)
{
    uint32_t needs = requirement->second.count ? 3 : 1;
    struct prefilter_entry first = {.pattern = pattern, .limit = limit, .parts = 1, .needs = needs};
    struct prefilter_entry second = {.pattern = pattern, .limit = limit, .parts = 2, .needs = needs};
    TRY(add_set(prefilter, &requirement->first, &first, error));
    return add_set(prefilter, &requirement->second, &second, error);
}

/* Gives every entry the letters of its literal that fewest entries before it wait for, so that no bucket grows long. */
static void choose_letters(struct prefilter *prefilter, uint32_t *load)
{
    for (size_t i = 0; i < prefilter->count; i++) {
        struct prefilter_entry *entry = &prefilter->entries[i];
        uint32_t best = UINT32_MAX;
        for (uint32_t start = 0; start < entry->literal.count; start++) {
            uint32_t hash;
            if (hash_at(entry->literal.points + start, entry->literal.count - start, &hash) &&
                load[bucket_of(hash)] < best) {
                best = load[bucket_of(hash)];
                entry->start = start;
                entry->hash = hash;
            }
        }
        load[bucket_of(entry->hash)]++;
    }
}

static int by_bucket(const void *a, const void *b)
{
    const struct prefilter_entry *x = a, *y = b;
    if (bucket_of(x->hash) != bucket_of(y->hash))
        return bucket_of(x->hash) < bucket_of(y->hash) ? -1 : 1;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

dedup_status prefilter_build(struct prefilter *prefilter, dedup_error *error)
{
    uint32_t *load = calloc(PREFILTER_BUCKETS, sizeof *load);
    if (!load)
        return fail_memory(error, "the prefilter");
    choose_letters(prefilter, load);
    free(load);
    if (prefilter->count != 0)
        qsort(prefilter->entries, prefilter->count, sizeof *prefilter->entries, by_bucket);
    memset(prefilter->bits, 0, sizeof prefilter->bits);
    memset(prefilter->long_bits, 0, sizeof prefilter->long_bits);
    memset(prefilter->first, 0, sizeof prefilter->first);
    for (size_t i = 0; i < prefilter->count; i++) {
        const struct prefilter_entry *entry = &prefilter->entries[i];
        uint64_t bit = UINT64_C(1) << entry->hash % 64;
        prefilter->bits[entry->hash / 64] |= bit;
        prefilter->long_bits[entry->hash / 64] |= entry->limit > PREFILTER_SHORT ? bit : 0;
        prefilter->first[bucket_of(entry->hash) + 1]++;
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

/* Compares the literals that wait for the hash with the text around points[at]. */
static void check_bucket(const struct prefilter *prefilter, uint32_t hash, const uint32_t *points, size_t count,
                         size_t at, struct prefilter_hits *hits)
{
    uint32_t bucket = bucket_of(hash);
    for (uint32_t i = prefilter->first[bucket]; i < prefilter->first[bucket + 1]; i++) {
        const struct prefilter_entry *entry = &prefilter->entries[i];
        if (entry->hash != hash || entry->limit < count)
            continue;
        uint32_t *seen = &hits->seen[entry->pattern];
        uint32_t parts = *seen >= hits->epoch ? *seen - hits->epoch : 0;
        if (parts & entry->parts || at < entry->start || entry->literal.count > count - (at - entry->start))
            continue;
        if (memcmp(points + at - entry->start, entry->literal.points, entry->literal.count * sizeof *points) != 0)
            continue;
        parts |= entry->parts;
        *seen = hits->epoch + parts;
        if (parts == entry->needs)
            hits->patterns[hits->count++] = entry->pattern;
    }
}

dedup_status prefilter_find(const struct prefilter *prefilter, const struct place_map *map, size_t begin,
                            const uint32_t *points, size_t count, size_t pattern_count, struct prefilter_hits *hits,
                            dedup_error *error)
{
    hits->count = 0;
    if (pattern_count == 0)
        return DEDUP_OK;
    TRY(begin_search(hits, pattern_count, error));
    size_t end = begin + count, at = map ? place_map_next(map, begin, end) : begin;
    const uint64_t *bits = count > PREFILTER_SHORT ? prefilter->long_bits : prefilter->bits;
    for (; at < end; at = map ? place_map_next(map, at + 1, end) : at + 1) {
        uint32_t hash;
        size_t i = at - begin;
        if (hash_at(points + i, count - i, &hash) && bits[hash / 64] >> hash % 64 & 1)
            check_bucket(prefilter, hash, points, count, i, hits);
    }
    return DEDUP_OK;
}

void prefilter_gate_add(struct prefilter_gate *gate, const struct prefilter *prefilter)
{
    for (size_t i = 0; i < PREFILTER_BITS / 64; i++)
        gate->bits[i] |= prefilter->bits[i];
}

dedup_status prefilter_gate_scan(const struct prefilter_gate *gate, const uint32_t *points, size_t count,
                                 struct place_map *map, dedup_error *error)
{
    enum { BEHIND = 2 /* points that a hash takes besides the first */ };
    TRY(place_map_reserve(map, count, error));
    for (size_t at = 0; at < count; at += PLACE_WORD) {
        size_t size = count - at < PLACE_WORD ? count - at : PLACE_WORD;
        size_t fast = count - at - size >= BEHIND ? size : size > BEHIND ? size - BEHIND : 0;
        uint64_t word = 0;
        for (size_t i = 0; i < fast; i++) {
            const uint32_t *point = points + at + i;
            uint32_t pair = pair_hash(point[0], point[1]), triple = triple_hash(point[0], point[1], point[2]);
            uint32_t hash = *point < 0x80 ? triple : pair;
            word |= (gate->bits[hash / 64] >> hash % 64 & 1) << i;
        }
        for (size_t i = fast; i < size; i++)
            word |= (uint64_t)1 << i;
        map->words[at / PLACE_WORD] = word;
    }
    return DEDUP_OK;
}

bool prefilter_accepts(const struct literal *literal)
{
    uint32_t hash;
    for (uint32_t start = 0; start < literal->count; start++)
        if (hash_at(literal->points + start, literal->count - start, &hash))
            return true;
    return false;
}
