#include "match/online.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/matcher.h"
#include "match/postings.h"
#include "match/verify.h"
#include "match/winnow.h"
#include "sketch/shingle.h"

enum {
    TRY_LIMIT = 12,       /* exact comparisons of one unit with those that share a band, by estimated similarity */
    CONTAINER_LIMIT = 16, /* and with those that share marks, those with the most of them first */
    MARKS_WANTED = 24,    /* of a unit that are looked up, the smallest ones */
};

/* A survivor that may be a duplicate's keeper. */
struct likely {
    uint32_t number;
    uint32_t weight; /* agreement of signatures, or marks in common */
};

/* The shingles of a text. */
struct shingles {
    uint64_t *hashes; /* a set, sorted */
    size_t count, capacity;
};

struct online {
    struct match_options options;
    unsigned cut; /* least agreement of signatures */
    struct key_store *keys;
    bool spills;        /* the keys have a bound of their own */
    uint64_t unspilled; /* bytes of the keys, while they stay in memory */
    /* Survivors, by number. */
    struct text *texts;
    uint32_t *units, *stamps; /* stamps: the last visit that met the survivor */
    size_t count, text_capacity, unit_capacity, stamp_capacity;
    struct postings by_key, by_band, by_mark;
    /* Of the unit in question; reused. */
    struct shingles mine, other;
    uint64_t *marks, *scratch;
    uint32_t *points;
    uint16_t *encoded;
    struct likely *likely;
    size_t mark_count, mark_capacity, scratch_capacity, point_capacity, encoded_capacity;
    size_t likely_count, likely_capacity;
    uint32_t visit;
};

dedup_status online_create(const struct match_options *options, struct online **out, dedup_error *error)
{
    struct online *online = calloc(1, sizeof *online);
    if (!online)
        return fail_memory(error, "the index of texts");
    online->options = *options;
    online->cut = signature_cut(options->threshold);
    online->spills = options->spill_directory >= 0 && options->memory != UINT64_MAX;
    uint64_t memory = online->spills ? options->memory / 2 : UINT64_MAX;
    dedup_status status = key_store_create(memory, options->spill_directory, &online->keys, error);
    if (status != DEDUP_OK) {
        online_free(online);
        return status;
    }
    *out = online;
    return DEDUP_OK;
}

void online_free(struct online *online)
{
    if (!online)
        return;
    key_store_free(online->keys);
    free(online->texts);
    free(online->units);
    free(online->stamps);
    postings_release(&online->by_key);
    postings_release(&online->by_band);
    postings_release(&online->by_mark);
    free(online->mine.hashes);
    free(online->other.hashes);
    free(online->marks);
    free(online->scratch);
    free(online->points);
    free(online->encoded);
    free(online->likely);
    free(online);
}

/* Bytes that hold one survivor's facts. */
enum { SURVIVOR_BYTES = sizeof(struct text) + 2 * sizeof(uint32_t) };

uint64_t online_bytes(const struct online *online)
{
    return postings_bytes(&online->by_key) + postings_bytes(&online->by_band) + postings_bytes(&online->by_mark) +
           (uint64_t)online->text_capacity * SURVIVOR_BYTES + online->unspilled +
           (online->spills ? online->options.memory / 2 : 0);
}

/* Hashes the shingles of a text, in order of place; sort_set makes a set of them. */
static dedup_status hash_text(struct online *online, const uint32_t *points, size_t count, struct shingles *set,
                              dedup_error *error)
{
    size_t shingles = shingle_count(count);
    TRY(array_reserve(&set->hashes, &set->capacity, shingles, "a text", error));
    TRY(array_reserve(&online->scratch, &online->scratch_capacity, shingles, "a text", error));
    shingle_hash(points, count, set->hashes);
    set->count = shingles;
    return DEDUP_OK;
}

static void sort_set(struct online *online, struct shingles *set)
{
    set->count = shingle_set(set->hashes, set->count, online->scratch);
}

/* Reads the key of a survivor into online->points. */
static dedup_status read_key(struct online *online, uint32_t number, size_t *count, dedup_error *error)
{
    const struct text *text = &online->texts[number];
    TRY(array_reserve(&online->points, &online->point_capacity, text->count, "a text", error));
    return key_store_read(online->keys, text_ref(text), online->points, count, error);
}

/* Looks for a survivor with the same key. */
static dedup_status find_equal(struct online *online, const struct entry *entry, const uint32_t *points,
                               struct match_verdict *verdict, dedup_error *error)
{
    uint32_t numbers[POSTINGS_LIMIT];
    size_t found = postings_find(&online->by_key, entry->hash, numbers);
    for (size_t i = 0; i < found; i++) {
        size_t count;
        if (online->texts[numbers[i]].hash != entry->hash)
            continue;
        TRY(read_key(online, numbers[i], &count, error));
        if (count != entry->count || memcmp(online->points, points, count * sizeof *points) != 0)
            continue;
        *verdict = (struct match_verdict){online->units[numbers[i]], 1, MATCH_EXACT};
        return DEDUP_OK;
    }
    return DEDUP_OK;
}

/* Compares the unit in question with a survivor. */
static dedup_status compare(struct online *online, uint32_t number, struct match_verdict *verdict, dedup_error *error)
{
    const struct shingles *mine = &online->mine, *other = &online->other;
    size_t count;
    if (online->texts[number].shingles < online->options.threshold * (double)mine->count)
        return DEDUP_OK; /* too small for either rule */
    TRY(read_key(online, number, &count, error));
    TRY(hash_text(online, online->points, count, &online->other, error));
    sort_set(online, &online->other);
    size_t least = comparison_least(&online->options, mine->count, other->count);
    size_t shared = shingle_overlap_from(mine->hashes, mine->count, other->hashes, other->count, least);
    struct comparison found = comparison_judge(&online->options, mine->count, other->count, shared, true);
    if (shared >= least && found.method != MATCH_KEPT)
        *verdict = (struct match_verdict){online->units[number], found.similarity, found.method};
    return DEDUP_OK;
}

/* The likeliest of the gathered survivors, the one that came first among equal ones; it is taken from the list. */
static uint32_t take_likeliest(struct online *online)
{
    size_t best = 0;
    for (size_t i = 1; i < online->likely_count; i++) {
        const struct likely *one = &online->likely[i], *other = &online->likely[best];
        if (one->weight > other->weight || (one->weight == other->weight && one->number < other->number))
            best = i;
    }
    uint32_t number = online->likely[best].number;
    online->likely[best] = online->likely[--online->likely_count];
    return number;
}

/* Compares with the likeliest survivors until one meets a rule. */
static dedup_status try_likely(struct online *online, size_t tries, struct match_verdict *verdict, dedup_error *error)
{
    for (; tries > 0 && online->likely_count != 0 && verdict->method == MATCH_KEPT; tries--)
        TRY(compare(online, take_likeliest(online), verdict, error));
    return DEDUP_OK;
}

/* Begins a new list of likely survivors. */
static void start_visit(struct online *online)
{
    online->likely_count = 0;
    if (++online->visit != 0)
        return;
    memset(online->stamps, 0, online->count * sizeof *online->stamps);
    online->visit = 1;
}

/* True when this visit meets a survivor for the first time. */
static bool meet(struct online *online, uint32_t number)
{
    bool fresh = online->stamps[number] != online->visit;
    online->stamps[number] = online->visit;
    return fresh;
}

/* Looks among the survivors that share a band and whose signatures agree enough. */
static dedup_status find_near(struct online *online, const struct match_entries *entries, struct match_verdict *verdict,
                              dedup_error *error)
{
    const struct entry *entry = &entries->items[0];
    uint32_t numbers[POSTINGS_LIMIT];
    start_visit(online);
    for (size_t key = 0; key < entry->keys; key++) {
        if (entries->values[key] == 0)
            continue;
        size_t found = postings_find(&online->by_band, (uint64_t)entries->values[key] << 32, numbers);
        TRY(array_reserve(&online->likely, &online->likely_capacity, online->likely_count + found, "candidates",
                          error));
        for (size_t i = 0; i < found; i++) {
            const struct text *text = &online->texts[numbers[i]];
            unsigned agreement = signature_agreement(&entry->signature, &text->signature);
            if (meet(online, numbers[i]) && agreement >= online->cut)
                online->likely[online->likely_count++] = (struct likely){numbers[i], agreement};
        }
    }
    return try_likely(online, TRY_LIMIT, verdict, error);
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = ((const struct likely *)a)->number, right = ((const struct likely *)b)->number;
    return (left > right) - (left < right);
}

/* How many of `marks` marks that are looked up a text must have to be compared. A mark is found again where the window
 * around it is untouched; a quarter of those that are expected leaves room for chance. */
static size_t marks_needed(double containment, size_t marks)
{
    const double window = (double)(WINNOW_WINDOW + SHINGLE_LENGTH - 1) / SHINGLE_LENGTH;
    size_t needed = (size_t)((double)marks * pow(containment, window) / 4);
    return needed > 1 ? needed : 1;
}

/* Counts each gathered survivor once, and leaves those with enough marks that are larger than the unit. */
static void count_marks(struct online *online, size_t needed)
{
    size_t kept = 0;
    if (online->likely_count != 0)
        qsort(online->likely, online->likely_count, sizeof *online->likely, by_number);
    for (size_t begin = 0, end; begin < online->likely_count; begin = end) {
        uint32_t number = online->likely[begin].number;
        for (end = begin + 1; end < online->likely_count && online->likely[end].number == number;)
            end++;
        if (end - begin >= needed && online->texts[number].shingles > online->mine.count)
            online->likely[kept++] = (struct likely){number, (uint32_t)(end - begin)};
    }
    online->likely_count = kept;
}

/* Looks among the survivors that have marks of the unit. */
static dedup_status find_container(struct online *online, struct match_verdict *verdict, dedup_error *error)
{
    uint32_t numbers[POSTINGS_LIMIT];
    size_t marks = online->mark_count < MARKS_WANTED ? online->mark_count : MARKS_WANTED;
    online->likely_count = 0;
    for (size_t mark = 0; mark < marks; mark++) {
        size_t found = postings_find(&online->by_mark, online->marks[mark], numbers);
        TRY(array_reserve(&online->likely, &online->likely_capacity, online->likely_count + found, "candidates",
                          error));
        for (size_t i = 0; i < found; i++)
            online->likely[online->likely_count++] = (struct likely){numbers[i], 1};
    }
    count_marks(online, marks_needed(online->options.containment, marks));
    return try_likely(online, CONTAINER_LIMIT, verdict, error);
}

/* Orders marks as winnow compares them: by the lower half. */
static uint64_t turned(uint64_t hash)
{
    return hash << 32 | hash >> 32;
}

/* Makes online->mine the set of the unit's shingles, and online->marks that of its marks, the smallest first. */
static dedup_status prepare(struct online *online, const uint32_t *points, size_t count, dedup_error *error)
{
    struct shingles *mine = &online->mine;
    TRY(hash_text(online, points, count, mine, error));
    online->mark_count = 0;
    if (online->options.containment <= 1) {
        TRY(array_reserve(&online->marks, &online->mark_capacity, mine->count, "marks", error));
        size_t marks = winnow(mine->hashes, mine->count, online->marks);
        for (size_t i = 0; i < marks; i++)
            online->marks[i] = turned(online->marks[i]);
        online->mark_count = shingle_set(online->marks, marks, online->scratch);
        for (size_t i = 0; i < online->mark_count; i++)
            online->marks[i] = turned(online->marks[i]);
    }
    sort_set(online, mine);
    return DEDUP_OK;
}

/* What an array takes when it has to hold `need` items: as array_reserve grows it, the old one counted with it. */
static uint64_t grown_bytes(size_t capacity, size_t need, size_t size)
{
    uint64_t grown = (uint64_t)capacity + capacity / 2 + 16;
    return (need <= capacity ? capacity : capacity + (need > grown ? need : grown)) * size;
}

static uint64_t table_bytes(const struct postings *postings, size_t extra)
{
    uint64_t now = postings_bytes(postings), then = postings_bytes_with(postings, extra);
    return then > now ? now + then : now;
}

/* Makes room for a survivor with `units` of a key and `bands` keys of bands, or fails before anything is changed. */
static dedup_status make_room(struct online *online, size_t units, size_t bands, dedup_error *error)
{
    uint64_t bytes = table_bytes(&online->by_key, 1) + table_bytes(&online->by_band, bands) +
                     table_bytes(&online->by_mark, online->mark_count) +
                     grown_bytes(online->text_capacity, online->count + 1, SURVIVOR_BYTES);
    uint64_t bound = online->spills ? online->options.memory / 2 : online->options.memory;
    if (!online->spills)
        bytes += online->unspilled + units * sizeof *online->encoded;
    if (bytes > bound || online->count >= NONE)
        return fail(error, DEDUP_ERROR_LIMIT,
                    "the index of %zu texts takes all the memory that --memory allows; the input from here on was not "
                    "looked at",
                    online->count);
    TRY(array_reserve(&online->texts, &online->text_capacity, online->count + 1, "texts", error));
    TRY(array_reserve(&online->units, &online->unit_capacity, online->count + 1, "texts", error));
    TRY(array_reserve(&online->stamps, &online->stamp_capacity, online->count + 1, "texts", error));
    TRY(postings_reserve(&online->by_key, 1, error));
    TRY(postings_reserve(&online->by_band, bands, error));
    return postings_reserve(&online->by_mark, online->mark_count, error);
}

static dedup_status keep(struct online *online, const struct match_entries *entries, const uint32_t *points,
                         uint32_t unit, dedup_error *error)
{
    const struct entry *entry = &entries->items[0];
    uint32_t number = (uint32_t)online->count;
    uint64_t begin;
    TRY(array_reserve(&online->encoded, &online->encoded_capacity, 2 * (size_t)entry->count, "a text", error));
    size_t units = key_encode(points, entry->count, online->encoded);
    TRY(make_room(online, units, entry->keys, error));
    TRY(key_store_append(online->keys, online->encoded, units, &begin, error));
    if (!online->spills)
        online->unspilled += units * sizeof *online->encoded;
    online->texts[number] = (struct text){entry->hash, begin, (uint32_t)units, entry->shingles, entry->signature};
    online->units[number] = unit;
    online->stamps[number] = 0;
    online->count++;
    postings_add(&online->by_key, entry->hash, number);
    for (size_t i = 0; i < entry->keys; i++)
        if (entries->values[i] != 0)
            postings_add(&online->by_band, (uint64_t)entries->values[i] << 32, number);
    for (size_t i = 0; i < online->mark_count; i++)
        postings_add(&online->by_mark, online->marks[i], number);
    return DEDUP_OK;
}

dedup_status online_take(struct online *online, const struct match_entries *entries, const uint32_t *points,
                         size_t count, uint32_t unit, struct match_verdict *verdict, dedup_error *error)
{
    const struct entry *entry = &entries->items[0];
    *verdict = (struct match_verdict){unit, 0, MATCH_KEPT};
    if (count == 0)
        return DEDUP_OK;
    TRY(find_equal(online, entry, points, verdict, error));
    if (verdict->method != MATCH_KEPT)
        return DEDUP_OK;
    TRY(prepare(online, points, count, error));
    TRY(find_near(online, entries, verdict, error));
    if (verdict->method == MATCH_KEPT && online->mark_count != 0)
        TRY(find_container(online, verdict, error));
    return verdict->method == MATCH_KEPT ? keep(online, entries, points, unit, error) : DEDUP_OK;
}
