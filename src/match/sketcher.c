#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/matcher.h"
#include "sketch/numbers.h"
#include "sketch/shingle.h"

/* Shingles are hashed in blocks that stay in the first cache level. */
enum { BLOCK = 1024 };

struct match_worker {
    const struct matcher *matcher;
    uint64_t block[BLOCK];
    uint64_t bound;     /* of a search for marks */
    uint64_t *smallest; /* hashes up to it */
    size_t smallest_count, smallest_capacity;
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

/* Adds a block to the hashes up to the bound. */
static dedup_status collect(struct match_worker *worker, size_t step, dedup_error *error)
{
    TRY(array_reserve(&worker->smallest, &worker->smallest_capacity, worker->smallest_count + step, "marks", error));
    for (size_t i = 0; i < step; i++)
        if (worker->block[i] <= worker->bound)
            worker->smallest[worker->smallest_count++] = worker->block[i];
    return DEDUP_OK;
}

/* Sets the bound below which twice as many hashes as needed are expected, times `factor`. */
static void start_marks(struct match_worker *worker, size_t shingles, double factor)
{
    double share = ((double)worker->matcher->marks * 2 + 8) * factor / (double)shingles;
    worker->bound = share < 1 ? (uint64_t)(share * 0x1p64) : UINT64_MAX;
    worker->smallest_count = 0;
}

/* Appends the smallest hashes of a key. While repeats left too few below the bound, it is raised. */
static dedup_status append_marks(struct match_worker *worker, const uint32_t *points, size_t count,
                                 struct match_entries *entries, struct entry *entry, dedup_error *error)
{
    size_t wanted = worker->matcher->marks, found;
    for (double factor = 4;; factor *= 4) {
        TRY(array_reserve(&worker->scratch, &worker->scratch_capacity, worker->smallest_count, "marks", error));
        found = shingle_set(worker->smallest, worker->smallest_count, worker->scratch);
        if (found >= wanted || worker->bound == UINT64_MAX)
            break;
        start_marks(worker, entry->shingles, factor);
        size_t done = 0;
        for (size_t step; (step = next_block(worker, points, count, &done)) != 0;)
            TRY(collect(worker, step, error));
    }
    entry->marks = (uint32_t)(found < wanted ? found : wanted);
    TRY(array_reserve(&entries->values, &entries->value_capacity, entries->value_count + entry->marks, "marks", error));
    memcpy(entries->values + entries->value_count, worker->smallest, entry->marks * sizeof *worker->smallest);
    entries->value_count += entry->marks;
    return DEDUP_OK;
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
    if (marked)
        start_marks(worker, entry->shingles, 1);
    for (size_t step; (step = next_block(worker, points, count, &done)) != 0;) {
        sketch_update(&sketch, worker->block, step);
        if (marked)
            TRY(collect(worker, step, error));
    }
    TRY(append_keys(worker, points, count, &sketch, entries, entry, error));
    return marked ? append_marks(worker, points, count, entries, entry, error) : DEDUP_OK;
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
