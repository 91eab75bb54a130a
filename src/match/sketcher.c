#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/matcher.h"
#include "sketch/numbers.h"
#include "sketch/select.h"
#include "sketch/shingle.h"

/* Shingles are hashed in blocks that stay in the first cache level. */
enum { BLOCK = 1024 };
/* Of a key with fewer shingles all hashes are collected at once, since so few of them are sampled. */
enum { RARE_SHINGLES = 128 };
/* More sampled hashes than this and twice their share have repeats, which are dropped. */
enum { REPEATS_MINIMUM = 256 };

static const uint64_t sample_last = UINT64_MAX >> SAMPLE_BITS;

struct match_worker {
    const struct matcher *matcher;
    uint64_t block[BLOCK];
    uint64_t bound;     /* of the hashes that are collected */
    uint64_t *smallest; /* those up to it */
    size_t smallest_count, smallest_capacity;
    uint64_t *chosen; /* a set of the smallest of them, for marks */
    size_t chosen_count, chosen_capacity;
    uint64_t *scratch;
    size_t scratch_capacity;
};

dedup_status match_worker_create(const struct matcher *matcher, struct match_worker **out, dedup_error *error)
{
    struct match_worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return fail_memory(error, "a sketching worker");
    worker->matcher = matcher;
    *out = worker;
    return DEDUP_OK;
}

void match_worker_free(struct match_worker *worker)
{
    if (!worker)
        return;
    free(worker->smallest);
    free(worker->chosen);
    free(worker->scratch);
    free(worker);
}

dedup_status match_entries_create(struct match_entries **out, dedup_error *error)
{
    *out = calloc(1, sizeof **out);
    return *out ? DEDUP_OK : fail_memory(error, "sketches");
}

void match_entries_free(struct match_entries *entries)
{
    if (!entries)
        return;
    free(entries->items);
    free(entries->values);
    free(entries);
}

void match_entries_clear(struct match_entries *entries)
{
    entries->count = 0;
    entries->value_count = 0;
}

/* Hashes the next block of shingles from `*done` on and returns how many they are; 0 at the end. */
static size_t next_block(struct match_worker *worker, const uint32_t *points, size_t count, size_t *done)
{
    size_t left = shingle_count(count) - *done;
    size_t step = left < BLOCK ? left : BLOCK;
    if (step != 0)
        shingle_hash(points + *done, step < left ? step + SHINGLE_LENGTH - 1 : count - *done, worker->block);
    *done += step;
    return step;
}

/* Adds the hashes of a block up to the bound. */
static dedup_status collect(struct match_worker *worker, size_t step, dedup_error *error)
{
    size_t count = worker->smallest_count;
    TRY(array_reserve(&worker->smallest, &worker->smallest_capacity, count + step + SELECT_SLACK, "marks", error));
    worker->smallest_count += select_up_to(worker->block, step, worker->bound, worker->smallest + count);
    return DEDUP_OK;
}

/* Makes worker->chosen the set of the hashes in `smallest` up to a bound. */
static dedup_status choose(struct match_worker *worker, uint64_t bound, dedup_error *error)
{
    size_t count = worker->smallest_count;
    TRY(array_reserve(&worker->chosen, &worker->chosen_capacity, count + SELECT_SLACK, "marks", error));
    TRY(array_reserve(&worker->scratch, &worker->scratch_capacity, count + 1, "marks", error));
    size_t kept = select_up_to(worker->smallest, count, bound, worker->chosen);
    worker->chosen_count = shingle_set(worker->chosen, kept, worker->scratch);
    return DEDUP_OK;
}

/* The bound below which more of `count` hashes are expected than are wanted, with 12 marks so many more that fewer are
 * found once in 250 times, times `factor`; the hashes are spread up to `most`. */
static uint64_t bound_for(const struct match_worker *worker, size_t count, uint64_t most, double factor)
{
    double share = ((double)worker->matcher->marks * 1.25 + 8) * factor / ((double)count + 1);
    return share < 1 ? (uint64_t)(share * (double)most) : most;
}

/* Chooses among the smallest sampled hashes. */
static dedup_status choose_sampled(struct match_worker *worker, dedup_error *error)
{
    uint64_t bound = bound_for(worker, worker->smallest_count, sample_last, 1);
    if (worker->bound == sample_last && bound < sample_last) {
        TRY(choose(worker, bound, error));
        if (worker->chosen_count >= worker->matcher->marks)
            return DEDUP_OK;
    }
    return choose(worker, sample_last, error);
}

/* Chooses among the smallest hashes of all, for a key that has too few sampled ones. While repeats leave too few below
 * the bound, it is raised. */
static dedup_status choose_rare(struct match_worker *worker, const uint32_t *points, size_t count, dedup_error *error)
{
    for (double factor = 4;; factor *= 4) {
        uint64_t bound = bound_for(worker, shingle_count(count), UINT64_MAX, factor);
        if (bound > worker->bound) {
            size_t done = 0;
            worker->bound = bound;
            worker->smallest_count = 0;
            for (size_t step; (step = next_block(worker, points, count, &done)) != 0;)
                TRY(collect(worker, step, error));
        }
        TRY(choose(worker, worker->bound, error));
        if (worker->chosen_count >= worker->matcher->marks || worker->bound == UINT64_MAX)
            return DEDUP_OK;
    }
}

/* Appends the chosen hashes as marks and the other sampled ones. Those up to the last mark are marks themselves. */
static dedup_status append_chosen(struct match_worker *worker, struct match_entries *entries, struct entry *entry,
                                  dedup_error *error)
{
    size_t wanted = worker->matcher->marks, marks = worker->chosen_count < wanted ? worker->chosen_count : wanted;
    if (worker->smallest_count > REPEATS_MINIMUM + entry->shingles / 8)
        worker->smallest_count = shingle_set(worker->smallest, worker->smallest_count, worker->scratch);
    TRY(array_reserve(&entries->values, &entries->value_capacity,
                      entries->value_count + marks + worker->smallest_count + 1, "marks", error));
    uint64_t *out = entries->values + entries->value_count, last = worker->chosen[marks - 1];
    for (size_t i = 0; i < marks; i++)
        out[i] = sample_key(worker->chosen[i], true);
    size_t samples = marks;
    for (size_t i = 0; i < worker->smallest_count; i++) {
        uint64_t hash = worker->smallest[i];
        out[samples] = sample_key(hash, false);
        samples += (hash > last) & is_sampled(hash);
    }
    entry->marks = (uint32_t)marks;
    entry->samples = (uint32_t)samples;
    entries->value_count += samples;
    return DEDUP_OK;
}

static dedup_status append_samples(struct match_worker *worker, const uint32_t *points, size_t count,
                                   struct match_entries *entries, struct entry *entry, dedup_error *error)
{
    TRY(choose_sampled(worker, error));
    if (worker->chosen_count < worker->matcher->marks_least)
        TRY(choose_rare(worker, points, count, error));
    return append_chosen(worker, entries, entry, error);
}

/* Fills in what the sketch of a unit gives: signature and band keys. */
/* Moves `count` keys to the places of their bands; the others get 0. */
static void place_keys(const struct sketch *sketch, const struct sketch_layout *layout, uint64_t *keys, size_t count)
{
    const unsigned rows = layout->plan.rows;
    for (unsigned band = layout->plan.bands; band-- > 0;) {
        uint32_t all = UINT32_MAX;
        for (unsigned row = 0; row < rows; row++)
            all &= sketch->lanes[layout->lanes[band * rows + row]];
        keys[band] = all != UINT32_MAX ? keys[--count] : 0;
    }
}

static dedup_status append_keys(const struct matcher *matcher, const uint32_t *points, size_t count,
                                const struct sketch *sketch, struct match_entries *entries, struct entry *entry,
                                dedup_error *error)
{
    TRY(array_reserve(&entries->values, &entries->value_capacity,
                      entries->value_count + matcher->layout.plan.bands + SKETCH_KEY_SLACK, "band keys", error));
    uint64_t salt = matcher->options.same_numbers ? numbers_hash(points, count) : 0;
    entry->shingles = (uint32_t)shingle_count(count);
    entry->signature = signature_of(sketch);
    uint64_t *keys = entries->values + entries->value_count;
    size_t found = sketch_keys(sketch, &matcher->layout, salt, keys);
    entry->keys = matcher->layout.plan.bands;
    if (found < entry->keys)
        place_keys(sketch, &matcher->layout, keys, found);
    entries->value_count += entry->keys;
    return DEDUP_OK;
}

/* An entry that knows the exact hash, and room for it in the list. */
static dedup_status begin_entry(const uint32_t *points, size_t count, struct match_entries *entries,
                                struct entry *entry, dedup_error *error)
{
    if (count > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text has more than 4 billion characters");
    TRY(array_reserve(&entries->items, &entries->capacity, entries->count + 1, "sketches", error));
    *entry = (struct entry){.count = (uint32_t)count};
    if (count != 0)
        entry->hash = hash64_of(points, count * sizeof *points);
    return DEDUP_OK;
}

/* A key on its way, and the first of its parts that is not done. */
struct walk {
    const uint32_t *points;
    const struct match_parts *parts;
    size_t part;
    struct sketch whole, piece;
};

/* Whether a part has a sketch; its shingles are a stretch of those of the whole key. */
static bool is_sketched(const struct match_parts *parts, const struct match_part *part)
{
    return part->count >= SHINGLE_LENGTH && part->count >= parts->matcher->options.near_minimum;
}

/* Appends the entry of the current part; its sketch joins that of the whole. */
static dedup_status end_part(struct walk *walk, bool sketched, dedup_error *error)
{
    const struct match_part *part = &walk->parts->items[walk->part++];
    struct match_entries *entries = walk->parts->entries;
    const uint32_t *points = walk->points + part->begin;
    struct entry entry;
    TRY(begin_entry(points, part->count, entries, &entry, error));
    if (sketched) {
        TRY(append_keys(walk->parts->matcher, points, part->count, &walk->piece, entries, &entry, error));
        sketch_merge(&walk->whole, &walk->piece);
        sketch_clear(&walk->piece);
    }
    entries->items[entries->count++] = entry;
    return DEDUP_OK;
}

/* Ends parts up to one with a sketch, and returns that; NULL when none is left. */
static dedup_status next_part(struct walk *walk, const struct match_part **part, dedup_error *error)
{
    const struct match_parts *parts = walk->parts;
    *part = NULL;
    while (parts && walk->part < parts->count && !*part) {
        *part = is_sketched(parts, &parts->items[walk->part]) ? &parts->items[walk->part] : NULL;
        if (!*part)
            TRY(end_part(walk, false, error));
    }
    return DEDUP_OK;
}

/* Takes the hashes of the windows [from, end): each goes to the part that has it, or to the whole key. */
static dedup_status take_hashes(struct walk *walk, const uint64_t *hashes, size_t from, size_t end, dedup_error *error)
{
    while (from < end) {
        const struct match_part *part;
        TRY(next_part(walk, &part, error));
        bool inside = part && from >= part->begin;
        size_t border = !part ? end : inside ? part->begin + shingle_count(part->count) : part->begin;
        size_t stop = border < end ? border : end;
        sketch_update(inside ? &walk->piece : &walk->whole, hashes, stop - from);
        hashes += stop - from;
        from = stop;
        if (inside && stop == border)
            TRY(end_part(walk, true, error));
    }
    return DEDUP_OK;
}

/* Hashes the key once for its sketch, those of its parts and, where they are wanted, the marks. */
static dedup_status sketch_key(struct match_worker *worker, struct walk *walk, size_t count,
                               struct match_entries *entries, struct entry *entry, dedup_error *error)
{
    bool sketched = count != 0 && count >= worker->matcher->options.near_minimum;
    bool marked = sketched && worker->matcher->marks != 0;
    const struct match_part *rest;
    worker->bound = shingle_count(count) < RARE_SHINGLES ? UINT64_MAX : sample_last;
    worker->smallest_count = 0;
    for (size_t done = 0, step; (step = next_block(worker, walk->points, count, &done)) != 0;) {
        TRY(take_hashes(walk, worker->block, done - step, done, error));
        if (marked)
            TRY(collect(worker, step, error));
    }
    TRY(next_part(walk, &rest, error));
    if (sketched)
        TRY(append_keys(worker->matcher, walk->points, count, &walk->whole, entries, entry, error));
    return marked ? append_samples(worker, walk->points, count, entries, entry, error) : DEDUP_OK;
}

dedup_status match_sketch(struct match_worker *worker, const uint32_t *points, size_t count,
                          struct match_entries *entries, const struct match_parts *parts, dedup_error *error)
{
    struct entry entry;
    struct walk walk;
    walk.points = points;
    walk.parts = parts;
    walk.part = 0;
    TRY(begin_entry(points, count, entries, &entry, error));
    if ((count != 0 && count >= worker->matcher->options.near_minimum) || (parts && parts->count != 0)) {
        sketch_clear(&walk.whole);
        sketch_clear(&walk.piece);
        TRY(sketch_key(worker, &walk, count, entries, &entry, error));
    }
    entries->items[entries->count++] = entry;
    return DEDUP_OK;
}
