#include "match/mark_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/team.h"
#include "match/window_filter.h"
#include "sketch/select.h"
#include "sketch/shingle.h"

enum {
    FILTER_BITS_PER_MARK = 16,
    BATCH = 64,   /* texts that are scanned as one job */
    BLOCK = 2048, /* places that are looked at at once */
    SPARSE = 16,  /* of so many places one is hashed alone; more of them, and the block is hashed */
    WINDOW_UNITS = BLOCK + 2 * SHINGLE_LENGTH, /* a block and what its last shingle needs */
};

/* The wanted marks: a set of hashes that may err by saying yes, where every mark sets two bits of one word, from bits
 * of a hash that a sample_key has too; and the windows of units that the marks begin with. */
struct filter {
    uint64_t *words;
    size_t mask; /* number of words - 1 */
    struct window_filter windows;
};

struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct filter filter;
};

struct scanner {
    struct block_window window;
    uint32_t places[BLOCK + WINDOW_SLACK];
    uint32_t points[WINDOW_UNITS];
    uint64_t block[WINDOW_UNITS];
    uint64_t *found, *sorting;
    size_t found_count, found_capacity, sorting_capacity;
};

/* A text may have a mark. */
struct hit {
    uint64_t key;
    uint32_t text;
};

struct hit_list {
    struct hit *items;
    size_t count, capacity;
};

static void release_scanner(void *worker)
{
    struct scanner *scanner = worker;
    block_window_release(&scanner->window);
    free(scanner->found);
    free(scanner->sorting);
}

static void release_hits(void *result)
{
    free(((struct hit_list *)result)->items);
}

static unsigned second_bit(uint64_t hash)
{
    return hash >> 40 & 63;
}

/* The shingles of one rare text and those that its marks are chosen from; reused. */
struct marked {
    uint32_t *points;
    uint64_t *hashes, *set, *sorting;
    uint8_t *samples; /* per shingle: the thinnest sample of windows that it is in; the thinnest for sampled hashes */
    size_t point_capacity, hash_capacity, set_capacity, sorting_capacity, sample_capacity;
    size_t count; /* shingles */
};

static void release_marked(struct marked *marked)
{
    free(marked->points);
    free(marked->hashes);
    free(marked->set);
    free(marked->sorting);
    free(marked->samples);
}

/* The units that a shingle begins with. */
struct window {
    uint16_t units[2 * SHINGLE_LENGTH];
};

static struct window window_of(const uint32_t *points)
{
    struct window window = {0};
    (void)key_encode(points, SHINGLE_LENGTH, window.units);
    return window;
}

static dedup_status hash_text(const struct matcher *matcher, const struct text *text, struct marked *marked,
                              dedup_error *error)
{
    size_t points;
    TRY(array_reserve(&marked->points, &marked->point_capacity, text->count, "a text", error));
    TRY(key_store_read(matcher->keys, text_ref(text), marked->points, &points, error));
    marked->count = shingle_count(points);
    TRY(array_reserve(&marked->hashes, &marked->hash_capacity, marked->count, "a text", error));
    TRY(array_reserve(&marked->set, &marked->set_capacity, marked->count, "a text", error));
    TRY(array_reserve(&marked->sorting, &marked->sorting_capacity, marked->count, "a text", error));
    TRY(array_reserve(&marked->samples, &marked->sample_capacity, marked->count, "a text", error));
    shingle_hash(marked->points, points, marked->hashes);
    for (size_t i = 0; i < marked->count; i++) {
        bool sampled = is_sampled(marked->hashes[i]);
        marked->samples[i] =
            (uint8_t)(sampled ? WINDOW_SAMPLES - 1 : window_sample(window_of(marked->points + i).units));
    }
    return DEDUP_OK;
}

/* Makes marked->set that of the shingles in the thinnest sample that has enough of them; *sample gets which. */
static size_t choose_sample(struct marked *marked, size_t enough, unsigned *sample)
{
    size_t distinct = 0;
    for (*sample = WINDOW_SAMPLES; distinct < enough && *sample != 0;) {
        size_t count = 0;
        --*sample;
        for (size_t i = 0; i < marked->count; i++) {
            marked->set[count] = marked->hashes[i];
            count += marked->samples[i] >= *sample;
        }
        distinct = shingle_set(marked->set, count, marked->sorting);
    }
    return distinct;
}

/* Adds the marks of a text, the smallest hashes of a sample of its windows: to the pool, and to the filter as far as
 * they are not sampled. */
static dedup_status add_marks(const struct matcher *matcher, struct filter *filter, struct marked *marked,
                              uint32_t number, dedup_error *error)
{
    unsigned sample;
    TRY(hash_text(matcher, &matcher->texts[number], marked, error));
    size_t distinct = choose_sample(marked, matcher->marks, &sample);
    size_t marks = distinct < matcher->marks ? distinct : matcher->marks;
    uint64_t last = marked->set[marks - 1];
    for (size_t i = 0; i < marked->count; i++) {
        uint64_t hash = marked->hashes[i];
        if (hash > last || marked->samples[i] < sample || is_sampled(hash))
            continue;
        window_filter_add(&filter->windows, window_of(marked->points + i).units);
        filter->words[hash >> 6 & filter->mask] |= (uint64_t)1 << (hash & 63) | (uint64_t)1 << second_bit(hash);
    }
    for (size_t i = 0; i < marks; i++)
        marked->set[i] = sample_key(marked->set[i], true);
    matcher->mark_counts[number] = (uint8_t)marks;
    return pool_add(matcher->samples, marked->set, marks, number, error);
}

static dedup_status make_filter(struct search *search, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    struct filter *filter = &search->filter;
    struct marked marked = {0};
    dedup_status status = DEDUP_OK;
    size_t words = 16;
    while (words * 64 < matcher->rare_count * matcher->marks * FILTER_BITS_PER_MARK)
        words *= 2;
    filter->mask = words - 1;
    filter->words = calloc(words, sizeof *filter->words);
    if (!filter->words)
        return fail_memory(error, "marks");
    window_filter_clear(&filter->windows);
    for (size_t i = 0; i < matcher->rare_count && status == DEDUP_OK; i++)
        if (search->nodes->of_text[matcher->rare_texts[i]] != NONE)
            status = add_marks(matcher, filter, &marked, matcher->rare_texts[i], error);
    release_marked(&marked);
    return status;
}

/* Decodes the code points of a shingle; false at the second half of one and at the end. */
static bool window_at(const uint16_t *units, size_t left, uint32_t *points)
{
    if (left == 0 || (units[0] & 0xfc00) == 0xdc00)
        return false;
    for (size_t i = 0, used = 0; i < SHINGLE_LENGTH; i++) {
        if (used == left)
            return false;
        uint32_t unit = units[used++];
        if ((unit & 0xfc00) == 0xd800) {
            if (used == left)
                return false;
            unit = 0x10000 + ((unit & 0x3ff) << 10) + (units[used++] & 0x3ffu);
        }
        points[i] = unit;
    }
    return true;
}

/* Hashes the shingles that begin at `places` of a block of `count` units; returns how many they are. */
static size_t hash_places(struct scanner *scanner, const uint16_t *units, size_t count, size_t places)
{
    size_t hashed = 0;
    for (size_t i = 0; i < places; i++) {
        uint32_t points[SHINGLE_LENGTH], place = scanner->places[i];
        if (window_at(units + place, count - place, points))
            shingle_hash(points, SHINGLE_LENGTH, &scanner->block[hashed++]);
    }
    return hashed;
}

/* Hashes all shingles that begin in a block. */
static size_t hash_block(struct scanner *scanner, const uint16_t *units, size_t count)
{
    bool half = (units[0] & 0xfc00) == 0xdc00;
    size_t points = key_decode(units + half, count - half, scanner->points);
    shingle_hash(scanner->points, points, scanner->block);
    return points < SHINGLE_LENGTH ? 0 : shingle_count(points);
}

/* Appends the hashes in scanner->block that may be marks and are not sampled. */
static dedup_status filter_block(const struct filter *filter, struct scanner *scanner, size_t count, dedup_error *error)
{
    TRY(array_reserve(&scanner->found, &scanner->found_capacity, scanner->found_count + count + SELECT_SLACK, "marks",
                      error));
    uint64_t *out = scanner->found + scanner->found_count;
    size_t likely = select_bits(scanner->block, count, filter->words, filter->mask, out), kept = 0;
    for (size_t i = 0; i < likely; i++) {
        uint64_t hash = out[i];
        out[kept] = hash;
        kept += (filter->words[hash >> 6 & filter->mask] >> second_bit(hash) & 1) & !is_sampled(hash);
    }
    scanner->found_count += kept;
    return DEDUP_OK;
}

/* Appends the hashes of one text that may be marks, each once. */
static dedup_status scan_text(const struct search *search, struct scanner *scanner, uint32_t number,
                              struct hit_list *hits, dedup_error *error)
{
    const struct text *text = &search->matcher->texts[number];
    scanner->found_count = 0;
    for (size_t done = 0; done + WINDOW_LENGTH <= text->count; done += BLOCK) {
        size_t left = text->count - done, count = left < WINDOW_UNITS ? left : WINDOW_UNITS;
        size_t places = left < BLOCK + WINDOW_LENGTH ? left - WINDOW_LENGTH + 1 : BLOCK;
        const uint16_t *units;
        TRY(key_store_view(search->matcher->keys, (struct key_ref){text->begin + done, (uint32_t)count},
                           &scanner->window, &units, error));
        size_t found = window_filter_find(&search->filter.windows, units, places, scanner->places);
        size_t hashed =
            found * SPARSE < places ? hash_places(scanner, units, count, found) : hash_block(scanner, units, count);
        TRY(filter_block(&search->filter, scanner, hashed, error));
    }
    TRY(array_reserve(&scanner->sorting, &scanner->sorting_capacity, scanner->found_count, "a text", error));
    size_t found = shingle_set(scanner->found, scanner->found_count, scanner->sorting);
    TRY(array_reserve(&hits->items, &hits->capacity, hits->count + found, "marks", error));
    for (size_t i = 0; i < found; i++)
        hits->items[hits->count++] = (struct hit){sample_key(scanner->found[i], false), number};
    return DEDUP_OK;
}

static dedup_status scan_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct search *search = context;
    struct hit_list *hits = result;
    size_t begin = batch * BATCH, end = begin + BATCH;
    if (end > search->matcher->unit_count)
        end = search->matcher->unit_count;
    hits->count = 0;
    for (size_t text = begin; text < end; text++)
        if (search->matcher->texts[text].shingles != 0 && search->nodes->of_text[text] != NONE)
            TRY(scan_text(search, worker, (uint32_t)text, hits, error));
    return DEDUP_OK;
}

static dedup_status take_hits(void *context, void *result, size_t batch, dedup_error *error)
{
    (void)batch;
    const struct search *search = context;
    const struct hit_list *hits = result;
    for (size_t i = 0; i < hits->count; i++)
        TRY(pool_add(search->matcher->samples, &hits->items[i].key, 1, hits->items[i].text, error));
    return DEDUP_OK;
}

dedup_status mark_scan(const struct matcher *matcher, const struct nodes *nodes, dedup_error *error)
{
    struct search search = {.matcher = matcher, .nodes = nodes};
    const struct team_job job = {.context = &search,
                                 .count = (matcher->unit_count + BATCH - 1) / BATCH,
                                 .worker_size = sizeof(struct scanner),
                                 .result_size = sizeof(struct hit_list),
                                 .work = scan_batch,
                                 .take = take_hits,
                                 .release_worker = release_scanner,
                                 .release_result = release_hits};
    if (matcher->rare_count == 0)
        return DEDUP_OK;
    dedup_status status = make_filter(&search, error);
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    free(search.filter.words);
    return status;
}
