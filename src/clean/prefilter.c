#include "clean/prefilter.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "text/han.h"

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
    free(prefilter->literals);
    free(prefilter->letters);
    free(prefilter->uses);
    prefilter_init(prefilter);
}

static dedup_status add_set(struct prefilter *prefilter, const struct literal_set *set, const struct prefilter_use *use,
                            dedup_error *error)
{
    TRY(array_reserve(&prefilter->entries, &prefilter->capacity, prefilter->count + set->count, "literals of rules",
                      error));
    for (uint32_t i = 0; i < set->count; i++) {
        struct prefilter_entry entry = {.use = *use};
        entry.literal = set->items[i];
        prefilter->entries[prefilter->count++] = entry;
    }
    return DEDUP_OK;
}

dedup_status prefilter_add(struct prefilter *prefilter, const struct requirement *requirement, uint32_t pattern,
                           uint32_t limit, dedup_error *error)
{
    uint8_t needs = requirement->second.count ? 3 : 1;
    TRY(add_set(prefilter, &requirement->first, &(struct prefilter_use){pattern, limit, 1, needs}, error));
    return add_set(prefilter, &requirement->second, &(struct prefilter_use){pattern, limit, 2, needs}, error);
}

enum { OTHER_RARITY = 6 /* bits of surprise of a letter that is not Han */ };

static unsigned rarity_of(const unsigned char *rarities, const uint32_t *points, size_t count)
{
    unsigned rarity = 0;
    for (size_t i = 0; i < count; i++)
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
            const uint32_t *points = entry->literal.points + start;
            size_t width = gate_width(points, entry->literal.count - start);
            if (width == 0)
                continue;
            unsigned rarity = rarity_of(rarities, points, width);
            uint32_t hash = gate_hash(points, width), others = load[bucket_of(hash)];
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
    return order != 0 ? order : (x->use.pattern > y->use.pattern) - (x->use.pattern < y->use.pattern);
}

/* The lower halves of the first letters of a key, four at most. */
static inline uint64_t halves_of(const uint32_t *points, size_t count)
{
    uint64_t halves = 0;
    for (size_t i = 0; i < 4 && i < count; i++)
        halves |= (uint64_t)(points[i] & 0xffff) << 16 * i;
    return halves;
}

static struct prefilter_letters letters_of(const struct prefilter_entry *entry)
{
    uint32_t count = entry->literal.count - entry->start;
    return (struct prefilter_letters){.halves = halves_of(entry->literal.points + entry->start, count),
                                      .shift = count < 4 ? 64 - 16 * count : 0};
}

/* Fills the tables from the sorted entries. */
static void index_entries(struct prefilter *prefilter)
{
    uint32_t literals = 0;
    memset(&prefilter->gate, 0, sizeof prefilter->gate);
    memset(prefilter->buckets, 0, sizeof prefilter->buckets);
    for (size_t i = 0; i < prefilter->count; i++) {
        const struct prefilter_entry *entry = &prefilter->entries[i];
        if (i == 0 || entry[-1].hash != entry->hash || compare_literals(entry - 1, entry) != 0) {
            prefilter->letters[literals] = letters_of(entry);
            prefilter->literals[literals++] =
                (struct prefilter_literal){.literal = entry->literal, .start = entry->start};
            const uint32_t *points = entry->literal.points + entry->start;
            gate_add(&prefilter->gate, points, gate_width(points, entry->literal.count - entry->start));
        }
        struct prefilter_literal *literal = &prefilter->literals[literals - 1];
        uint32_t *limit = &prefilter->letters[literals - 1].limit;
        literal->end = (uint32_t)i + 1;
        *limit = entry->use.limit > *limit ? entry->use.limit : *limit;
        prefilter->buckets[bucket_of(entry->hash) + 1] = literals;
        prefilter->uses[i] = entry->use;
    }
    for (size_t i = 0; i < PREFILTER_BUCKETS; i++)
        if (prefilter->buckets[i + 1] == 0)
            prefilter->buckets[i + 1] = prefilter->buckets[i];
}

static dedup_status make_tables(struct prefilter *prefilter, dedup_error *error)
{
    free(prefilter->literals);
    free(prefilter->letters);
    free(prefilter->uses);
    prefilter->letters = calloc(prefilter->count + 1, sizeof *prefilter->letters);
    prefilter->literals = calloc(prefilter->count + 1, sizeof *prefilter->literals);
    prefilter->uses = calloc(prefilter->count + 1, sizeof *prefilter->uses);
    return prefilter->literals && prefilter->letters && prefilter->uses ? DEDUP_OK
                                                                        : fail_memory(error, "the prefilter");
}

dedup_status prefilter_build(struct prefilter *prefilter, dedup_error *error)
{
    enum { POINTS = 0x10000 };
    TRY(make_tables(prefilter, error));
    uint32_t *load = calloc(PREFILTER_BUCKETS, sizeof *load);
    unsigned char *rarities = malloc(POINTS);
    bool done = load && rarities;
    if (done) {
        memset(rarities, OTHER_RARITY, POINTS);
        memset(rarities + 0x3400, HAN_RARE, 0xa000 - 0x3400);
        han_set_rarities(rarities, HAN_COMMONEST, 1);
        choose_letters(prefilter, rarities, load);
        if (prefilter->count != 0)
            qsort(prefilter->entries, prefilter->count, sizeof *prefilter->entries, by_bucket);
        index_entries(prefilter);
    }
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

dedup_status prefilter_hits_reserve(struct prefilter_hits *hits, size_t pattern_count, dedup_error *error)
{
    if (hits->seen_count < pattern_count) {
        uint32_t *seen = calloc(pattern_count, sizeof *seen);
        if (!seen)
            return fail_memory(error, "the prefilter");
        free(hits->seen);
        hits->seen = seen;
        hits->seen_count = pattern_count;
        hits->epoch = 0;
    }
    return array_reserve(&hits->patterns, &hits->capacity, pattern_count, "candidate rules", error);
}

static void begin_search(struct prefilter_hits *hits)
{
    hits->count = 0;
    hits->epoch += 4;
    if (hits->epoch > UINT32_MAX - 8 && hits->seen_count != 0) {
        memset(hits->seen, 0, hits->seen_count * sizeof *hits->seen);
        hits->epoch = 4;
    }
}

/* True when the literal stands around its letters that are looked for, which are at points[at]. */
static inline bool stands(const struct prefilter_literal *literal, const uint32_t *points, size_t count, size_t at)
{
    uint32_t length = literal->literal.count, i = 0;
    if (at < literal->start || length > count - (at - literal->start))
        return false;
    for (points += at - literal->start; i < length && points[i] == literal->literal.points[i];)
        i++;
    return i == length;
}

/* Notes that a literal of a pattern is there. */
static void note(const struct prefilter_use *use, struct prefilter_hits *hits)
{
    uint32_t *seen = &hits->seen[use->pattern];
    uint32_t parts = *seen >= hits->epoch ? *seen - hits->epoch : 0;
    if (parts & use->part)
        return;
    parts |= use->part;
    *seen = hits->epoch + parts;
    if (parts == use->needs)
        hits->patterns[hits->count++] = use->pattern;
}

void prefilter_scan_release(struct prefilter_scan *scan)
{
    place_map_release(&scan->open);
    free(scan->opens);
    free(scan->places);
    *scan = (struct prefilter_scan){0};
}

/* Lists the open places; *listed gets how many. Most words have none, one or two, and which of them is not to be
 * foreseen. */
static dedup_status list_open(struct prefilter_scan *scan, size_t count, size_t *listed, dedup_error *error)
{
    size_t all = 0;
    for (size_t begin = 0; begin < count; begin += PLACE_WORD) {
        uint64_t word = scan->open.words[begin / PLACE_WORD];
        TRY(array_reserve(&scan->opens, &scan->open_capacity, all + PLACE_WORD + 1, "places of a text", error));
        for (int i = 0; i < 2; i++) {
            scan->opens[all] = (uint32_t)begin + place_lowest(word | UINT64_C(1) << (PLACE_WORD - 1));
            all += word != 0;
            word &= word - 1;
        }
        for (; word != 0; word &= word - 1)
            scan->opens[all++] = (uint32_t)begin + place_lowest(word);
    }
    *listed = all;
    return DEDUP_OK;
}

/* Lists the literals that wait for the letters at an open place of the key. */
static dedup_status list_awaited(const struct prefilter *prefilter, const uint32_t *points, size_t count, uint32_t at,
                                 struct prefilter_scan *scan, dedup_error *error)
{
    size_t left = count - at;
    points += at;
    const uint32_t *bucket = &prefilter->buckets[bucket_of(gate_hash(points, gate_width(points, left)))];
    uint64_t halves = left >= 4 ? halves_of(points, 4) : halves_of(points, left);
    TRY(array_reserve(&scan->places, &scan->capacity, scan->count + (bucket[1] - bucket[0]) + 1, "places of a text",
                      error));
    for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
        scan->places[scan->count] = (struct prefilter_place){at, i, prefilter->letters[i].limit};
        scan->count += (halves ^ prefilter->letters[i].halves) << prefilter->letters[i].shift == 0;
    }
    return DEDUP_OK;
}

dedup_status prefilter_scan(const struct prefilter *prefilter, const uint32_t *points, size_t count,
                            struct prefilter_scan *scan, dedup_error *error)
{
    size_t listed;
    scan->count = 0;
    TRY(gate_scan(&prefilter->gate, points, count, &scan->open, error));
    TRY(list_open(scan, count, &listed, error));
    TRY(array_reserve(&scan->places, &scan->capacity, 1, "places of a text", error));
    for (size_t i = 0; i < listed; i++)
        TRY(list_awaited(prefilter, points, count, scan->opens[i], scan, error));
    scan->places[scan->count].at = UINT32_MAX;
    return DEDUP_OK;
}

void prefilter_find(const struct prefilter *prefilter, const struct prefilter_place *places, size_t place_count,
                    size_t begin, const uint32_t *points, size_t count, struct prefilter_hits *hits)
{
    begin_search(hits);
    for (size_t i = 0; i < place_count; i++) {
        const struct prefilter_literal *literal = &prefilter->literals[places[i].literal];
        if (places[i].limit < count || !stands(literal, points, count, places[i].at - begin))
            continue;
        for (uint32_t j = places[i].literal > 0 ? literal[-1].end : 0; j < literal->end; j++)
            if (prefilter->uses[j].limit >= count)
                note(&prefilter->uses[j], hits);
    }
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
    size_t start = 0;
    while (start < literal->count && gate_width(literal->points + start, literal->count - start) == 0)
        start++;
    return start < literal->count;
}
