#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/matcher.h"
#include "sketch/key_hash.h"
#include "sketch/numbers.h"
#include "sketch/select.h"
#include "sketch/shingle.h"

/* Shingles are hashed in blocks that stay in the first cache level. */
enum { BLOCK = 1024 };
/* So many sketches of parts are read off together, when the last stores to them are long done. */
enum { PIECES = 16 };

/* The part that a piece is the sketch of. */
struct pending {
    const uint32_t *points;
    size_t entry; /* its place in the list */
};

struct match_worker {
    struct sketch whole, pieces[PIECES]; /* clear but for those that are pending */
    struct pending pending[PIECES];
    size_t pending_count;
    const struct matcher *matcher;
    /* The key in work: where its shingles that are not hashed yet begin, and how many they are. */
    const uint32_t *points;
    size_t left;
    uint64_t block[BLOCK]; /* of hashes: `held`, of which `taken` are in sketches */
    size_t held, taken;
    struct match_entries *sampled; /* where its samples go; NULL: they are not wanted */
    uint64_t sample[BLOCK + SELECT_SLACK];
};

dedup_status match_worker_create(const struct matcher *matcher, struct match_worker **out, dedup_error *error)
{
    struct match_worker *worker = aligned_alloc(_Alignof(struct match_worker), sizeof *worker);
    if (!worker)
        return fail_memory(error, "a sketching worker");
    memset(worker, 0, sizeof *worker);
    worker->matcher = matcher;
    for (size_t i = 0; i < PIECES; i++)
        sketch_clear(&worker->pieces[i]);
    *out = worker;
    return DEDUP_OK;
}

void match_worker_free(struct match_worker *worker)
{
    if (!worker)
        return;
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
    free(entries->samples);
    free(entries);
}

void match_entries_clear(struct match_entries *entries)
{
    entries->count = 0;
    entries->value_count = 0;
    entries->sample_count = 0;
}

/* Appends the samples of the block. */
static dedup_status collect(struct match_worker *worker, dedup_error *error)
{
    struct match_entries *entries = worker->sampled;
    size_t count = select_up_to(worker->block, worker->held, sample_last, worker->sample);
    TRY(array_reserve(&entries->samples, &entries->sample_capacity, entries->sample_count + count + 1, "marks", error));
    for (size_t i = 0; i < count; i++)
        entries->samples[entries->sample_count + i] = (uint32_t)worker->sample[i];
    entries->sample_count += count;
    return DEDUP_OK;
}

/* Goes to the first shingle of a key. */
static void begin_key(struct match_worker *worker, const uint32_t *points, size_t count)
{
    worker->points = points;
    worker->left = shingle_count(count);
    worker->held = worker->taken = 0;
}

/* Hashes the next block of shingles; some must be left. A key that is shorter than a shingle is hashed by itself. */
static dedup_status next_block(struct match_worker *worker, size_t count, dedup_error *error)
{
    worker->held = worker->left < BLOCK ? worker->left : BLOCK;
    worker->taken = 0;
    shingle_hash(worker->points, count < SHINGLE_LENGTH ? count : worker->held + SHINGLE_LENGTH - 1, worker->block);
    worker->points += worker->held;
    worker->left -= worker->held;
    return worker->sampled ? collect(worker, error) : DEDUP_OK;
}

/* Fills in what the sketches of units give, signatures and band keys, in their entries, whose `keys` begin in order at
 * the end of the values. */
static dedup_status read_off(const struct matcher *matcher, const struct sketch *sketches,
                             const struct pending *pending, size_t count, struct match_entries *entries,
                             dedup_error *error)
{
    const unsigned bands = matcher->layout.plan.bands;
    uint64_t salts[PIECES] = {0};
    TRY(array_reserve(&entries->values, &entries->value_capacity,
                      entries->value_count + count * bands + SKETCH_KEY_SLACK, "band keys", error));
    for (size_t i = 0; i < count && matcher->options.same_numbers; i++)
        salts[i] = numbers_hash(pending[i].points, entries->items[pending[i].entry].count);
    sketch_keys(sketches, count, &matcher->layout, salts, entries->values + entries->value_count);
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = &entries->items[pending[i].entry];
        entry->shingles = (uint32_t)shingle_count(entry->count);
        entry->signature = signature_of(&sketches[i]);
        entry->keys = bands;
    }
    entries->value_count += count * bands;
    return DEDUP_OK;
}

/* Takes the next `count` shingles of the key, which has `points` of them, into a sketch and a hash. */
static dedup_status take(struct match_worker *worker, size_t points, size_t count, struct sketch *sketch,
                         struct key_hash *hash, dedup_error *error)
{
    while (count != 0) {
        if (worker->taken == worker->held)
            TRY(next_block(worker, points, error));
        size_t ready = worker->held - worker->taken, step = ready < count ? ready : count;
        sketch_update(sketch, worker->block + worker->taken, step, hash);
        worker->taken += step;
        count -= step;
    }
    return DEDUP_OK;
}

/* Reads the pieces off, and makes them parts of the whole. */
static dedup_status finish_pieces(struct match_worker *worker, const struct match_parts *parts, dedup_error *error)
{
    size_t count = worker->pending_count;
    if (count == 0)
        return DEDUP_OK;
    TRY(read_off(parts->matcher, worker->pieces, worker->pending, count, parts->entries, error));
    sketch_drain(&worker->whole, worker->pieces, count);
    worker->pending_count = 0;
    return DEDUP_OK;
}

/* The hash of a key without a full shingle. */
static struct key_hash hash_short(const uint32_t *points, size_t count)
{
    uint64_t hash = 0;
    shingle_hash(points, count, &hash);
    return (struct key_hash){hash, hash, shingle_count(count)};
}

/* Appends the entry of a part. Its shingles, if it has any, are the next ones of a key of `count` points. */
static dedup_status take_part(struct match_worker *worker, const uint32_t *points, size_t count,
                              const struct match_parts *parts, const struct match_part *part, struct key_hash *whole,
                              dedup_error *error)
{
    struct match_entries *entries = parts->entries;
    struct entry *entry = &entries->items[entries->count];
    struct key_hash hash = {0};
    *entry = (struct entry){.count = part->count};
    if (part->count < SHINGLE_LENGTH) {
        hash = hash_short(points + part->begin, part->count);
    } else if (part->count < parts->matcher->options.near_minimum) {
        TRY(take(worker, count, shingle_count(part->count), &worker->whole, &hash, error));
        key_hash_join(whole, &hash);
    } else {
        struct sketch *piece = &worker->pieces[worker->pending_count];
        worker->pending[worker->pending_count++] = (struct pending){points + part->begin, entries->count};
        TRY(take(worker, count, shingle_count(part->count), piece, &hash, error));
        key_hash_join(whole, &hash);
    }
    entry->hash = key_hash_value(&hash);
    entries->count++;
    return worker->pending_count == PIECES ? finish_pieces(worker, parts, error) : DEDUP_OK;
}

/* Hashes the key once for its sketch, those of its parts and, where they are wanted, the marks. */
static dedup_status sketch_key(struct match_worker *worker, const uint32_t *points, size_t count,
                               const struct match_parts *parts, struct key_hash *hash, dedup_error *error)
{
    sketch_drain(&worker->whole, worker->pieces, worker->pending_count); /* what a failure left behind */
    worker->pending_count = 0;
    sketch_clear(&worker->whole);
    begin_key(worker, points, count);
    if (parts)
        TRY(array_reserve(&parts->entries->items, &parts->entries->capacity, parts->entries->count + parts->count,
                          "sketches", error));
    for (size_t i = 0; parts && i < parts->count; i++) {
        const struct match_part *part = &parts->items[i];
        if (part->count >= SHINGLE_LENGTH)
            TRY(take(worker, count, part->begin - hash->count, &worker->whole, hash, error));
        TRY(take_part(worker, points, count, parts, part, hash, error));
    }
    TRY(take(worker, count, shingle_count(count) - hash->count, &worker->whole, hash, error));
    return parts ? finish_pieces(worker, parts, error) : DEDUP_OK;
}

dedup_status match_sketch(struct match_worker *worker, const uint32_t *points, size_t count,
                          struct match_entries *entries, const struct match_parts *parts, dedup_error *error)
{
    const struct matcher *matcher = worker->matcher;
    bool sketched = count != 0 && count >= matcher->options.near_minimum;
    struct key_hash hash = {0};
    if (count > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text has more than 4 billion characters");
    TRY(array_reserve(&entries->items, &entries->capacity, entries->count + 1, "sketches", error));
    size_t samples = entries->sample_count;
    worker->sampled = sketched && matcher->marks.wanted != 0 ? entries : NULL;
    TRY(sketch_key(worker, points, count, parts, &hash, error));
    struct pending unit = {points, entries->count};
    struct entry *entry = &entries->items[entries->count++];
    *entry = (struct entry){.hash = key_hash_value(&hash),
                            .count = (uint32_t)count,
                            .samples = (uint32_t)(entries->sample_count - samples)};
    return sketched ? read_off(matcher, &worker->whole, &unit, 1, entries, error) : DEDUP_OK;
}
