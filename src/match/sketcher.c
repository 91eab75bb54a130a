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

/* The bound below which twice as many of `count` hashes are expected as are wanted, times `factor`; the hashes are
 * spread up to `most`. */
static uint64_t bound_for(const struct match_worker *worker, size_t count, uint64_t most, double factor)
{
    double share = ((double)worker->matcher->marks * 2 + 8) * factor / ((double)count + 1);
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

static dedup_status append_keys(struct match_worker *worker, const uint32_t *points, size_t count,
                                const struct sketch *sketch, struct match_entries *entries, struct entry *entry,
                                dedup_error *error)
{
    const struct matcher *matcher = worker->matcher;
    TRY(array_reserve(&entries->values, &entries->value_capacity, entries->value_count + matcher->layout.plan.bands,
                      "band keys", error));
    uint64_t salt = matcher->options.same_numbers ? numbers_hash(points, count) : 0;
    entry->signature = signature_of(sketch);
    entry->keys = (uint32_t)sketch_keys(sketch, &matcher->layout, salt, entries->values + entries->value_count);
    entries->value_count += entry->keys;
    return DEDUP_OK;
}

/* Hashes the key once for the sketch and, where they are wanted, the marks. */
static dedup_status sketch_key(struct match_worker *worker, const uint32_t *points, size_t count,
                               struct match_entries *entries, struct entry *entry, dedup_error *error)
{
    bool marked = worker->matcher->marks != 0;
    struct sketch sketch;
    size_t done = 0;
    sketch_clear(&sketch);
    entry->shingles = (uint32_t)shingle_count(count);
    worker->bound = entry->shingles < RARE_SHINGLES ? UINT64_MAX : sample_last;
    worker->smallest_count = 0;
    for (size_t step; (step = next_block(worker, points, count, &done)) != 0;) {
        sketch_update(&sketch, worker->block, step);
        if (marked)
            TRY(collect(worker, step, error));
    }
    TRY(append_keys(worker, points, count, &sketch, entries, entry, error));
    return marked ? append_samples(worker, points, count, entries, entry, error) : DEDUP_OK;
}

dedup_status match_sketch(struct match_worker *worker, const uint32_t *points, size_t count,
                          struct match_entries *entries, dedup_error *error)
{
    if (count > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text has more than 4 billion characters");
    TRY(array_reserve(&entries->items, &entries->capacity, entries->count + 1, "sketches", error));
    struct entry entry = {.count = (uint32_t)count};
    if (count != 0)
        entry.hash = hash64_of(points, count * sizeof *points);
    if (count != 0 && count >= worker->matcher->options.near_minimum)
        TRY(sketch_key(worker, points, count, entries, &entry, error));
    entries->items[entries->count++] = entry;
    return DEDUP_OK;
}
