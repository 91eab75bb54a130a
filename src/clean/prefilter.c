#include "clean/prefilter.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "text/han.h"

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

/* Pairs of ASCII letters are too common to be looked for. */
static inline bool needs_triple(const uint32_t *points)
{
    return (points[0] | points[1]) < 0x80;
}

/* What is looked for at points[0], from which on `left` can be read: a pair or a triple. False when there are too few.
 */
static inline bool hash_at(const uint32_t *points, size_t left, uint32_t *hash)
{
    if (left < 2 || (needs_triple(points) && left < 3))
        return false;
    *hash = needs_triple(points) ? triple_hash(points[0], points[1], points[2]) : pair_hash(points[0], points[1]);
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

enum { OTHER_RARITY = 6 /* bits of surprise of a letter that is not Han */ };

/* How rare the letters are that a hash takes at points[0]. */
static unsigned rarity_at(const unsigned char *rarities, const uint32_t *points)
{
    unsigned rarity = 0;
    for (int i = 0; i < (needs_triple(points) ? 3 : 2); i++)
        rarity += points[i] < 0x10000 ? rarities[points[i]] : HAN_RARE;
    return rarity;
}

/* Gives every entry the rarest letters of its literal: running text has all kinds of common ones. Of equally rare ones
 * it takes those that fewest entries before it wait for, so that no bucket grows long. */
static void choose_letters(struct prefilter *prefilter, const unsigned char *rarities, uint32_t *load)
{
    for (size_t i = 0; i < prefilter->count; i++) {
        struct prefilter_entry *entry = &prefilter->entries[i];
        uint32_t least = UINT32_MAX;
        unsigned best = 0;
        for (uint32_t start = 0; start < entry->literal.count; start++) {
            uint32_t hash;
            if (!hash_at(entry->literal.points + start, entry->literal.count - start, &hash))
                continue;
            unsigned rarity = rarity_at(rarities, entry->literal.points + start);
            uint32_t others = load[bucket_of(hash)];
            if (rarity > best || (rarity == best && others < least)) {
                best = rarity;
                least = others;
                entry->start = start;
                entry->hash = hash;
            }
        }
        load[bucket_of(entry->hash)]++;
    }
}

static int compare_literals(const struct prefilter_entry *x, const struct prefilter_entry *y)
{
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->literal.count != y->literal.count)
        return x->literal.count < y->literal.count ? -1 : 1;
    return memcmp(x->literal.points, y->literal.points, x->literal.count * sizeof *x->literal.points);
}

static int by_bucket(const void *a, const void *b)
{
    const struct prefilter_entry *x = a, *y = b;
    if (bucket_of(x->hash) != bucket_of(y->hash))
        return bucket_of(x->hash) < bucket_of(y->hash) ? -1 : 1;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    int order = compare_literals(x, y);
    return order != 0 ? order : (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* Fills the tables from the sorted entries. */
static void index_entries(struct prefilter *prefilter)
{
    memset(prefilter->bits, 0, sizeof prefilter->bits);
    memset(prefilter->limits, 0, sizeof prefilter->limits);
    memset(prefilter->first, 0, sizeof prefilter->first);
    for (size_t i = 0; i < prefilter->count; i++) {
        struct prefilter_entry *entry = &prefilter->entries[i];
        uint32_t *limit = &prefilter->limits[bucket_of(entry->hash)];
        bool again = i > 0 && entry[-1].hash == entry->hash && compare_literals(entry - 1, entry) == 0;
        entry->like = again ? entry[-1].like : (uint32_t)i;
        prefilter->bits[entry->hash / 64] |= UINT64_C(1) << entry->hash % 64;
        prefilter->first[bucket_of(entry->hash) + 1]++;
        *limit = entry->limit > *limit ? entry->limit : *limit;
    }
    for (size_t i = 0; i < PREFILTER_BUCKETS; i++)
        prefilter->first[i + 1] += prefilter->first[i];
}

dedup_status prefilter_build(struct prefilter *prefilter, dedup_error *error)
{
    enum { POINTS = 0x10000 };
    uint32_t *load = calloc(PREFILTER_BUCKETS, sizeof *load);
    unsigned char *rarities = malloc(POINTS);
    if (load && rarities) {
        memset(rarities, OTHER_RARITY, POINTS);
        memset(rarities + 0x3400, HAN_RARE, 0xa000 - 0x3400);
        han_set_rarities(rarities, HAN_COMMONEST, 1);
        choose_letters(prefilter, rarities, load);
        if (prefilter->count != 0)
            qsort(prefilter->entries, prefilter->count, sizeof *prefilter->entries, by_bucket);
        index_entries(prefilter);
    }
    bool done = load && rarities;
    free(load);
    free(rarities);
    return done ? DEDUP_OK : fail_memory(error, "the prefilter");
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

/* True when the literal that waits for the letters at points[at] stands around them. */
static bool stands(const struct prefilter_entry *entry, const uint32_t *points, size_t count, size_t at)
{
    return at >= entry->start && entry->literal.count <= count - (at - entry->start) &&
           memcmp(points + at - entry->start, entry->literal.points, entry->literal.count * sizeof *points) == 0;
}

/* Looks at the entries that wait for the hash of the letters at points[at]. */
static void check_bucket(const struct prefilter *prefilter, uint32_t hash, const uint32_t *points, size_t count,
                         size_t at, struct prefilter_hits *hits)
{
    uint32_t bucket = bucket_of(hash), known = UINT32_MAX;
    bool found = false;
    for (uint32_t i = prefilter->first[bucket]; i < prefilter->first[bucket + 1]; i++) {
        const struct prefilter_entry *entry = &prefilter->entries[i];
        if (entry->hash != hash || entry->limit < count)
            continue;
        if (entry->like != known) {
            known = entry->like;
            found = stands(entry, points, count, at);
        }
        if (!found)
            continue;
        uint32_t *seen = &hits->seen[entry->pattern];
        uint32_t parts = *seen >= hits->epoch ? *seen - hits->epoch : 0;
        if (parts & entry->parts)
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
    for (; at < end; at = map ? place_map_next(map, at + 1, end) : at + 1) {
        uint32_t hash;
        size_t i = at - begin;
        if (hash_at(points + i, count - i, &hash) && prefilter->bits[hash / 64] >> hash % 64 & 1 &&
            prefilter->limits[bucket_of(hash)] >= count)
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
            uint32_t hash = needs_triple(point) ? triple : pair;
            word |= (gate->bits[hash / 64] >> hash % 64 & 1) << i;
        }
        for (size_t i = fast; i < size; i++)
            word |= (uint64_t)1 << i;
        map->words[at / PLACE_WORD] = word;
    }
    return DEDUP_OK;
}

void prefilter_hits_sort(struct prefilter_hits *hits)
{
    for (size_t i = 1; i < hits->count; i++) {
        uint32_t pattern = hits->patterns[i];
        size_t place = i;
        for (; place > 0 && hits->patterns[place - 1] > pattern; place--)
            hits->patterns[place] = hits->patterns[place - 1];
        hits->patterns[place] = pattern;
    }
}

bool prefilter_accepts(const struct literal *literal)
{
    uint32_t hash;
    for (uint32_t start = 0; start < literal->count; start++)
        if (hash_at(literal->points + start, literal->count - start, &hash))
            return true;
    return false;
}
