#include "match/buckets.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/band_keys.h"
#include "match/singles.h"
#include "match/team.h"
#include "sketch/shingle.h"

enum { FIRST_SLOTS = 1024 };

/* Scratch of a thread: a filter and room to sort. */
struct scratch {
    struct band_column column;
    struct singles singles;
    uint64_t *sorting;
    size_t sorting_capacity;
};

/* Collects buckets and finds equal ones by a hash table of bucket numbers. */
struct builder {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct buckets *buckets;
    uint32_t *slots;
    size_t slot_count;
};

void buckets_release(struct buckets *buckets)
{
    free(buckets->begins);
    free(buckets->members);
    *buckets = (struct buckets){0};
}

static void release_scratch(void *worker)
{
    struct scratch *scratch = worker;
    free(scratch->column.units);
    singles_release(&scratch->singles);
    free(scratch->sorting);
}

static void release_entries(void *result)
{
    free(((struct pool_entries *)result)->items);
}

/* Leaves the entries of a part sorted by key and node, each once. */
static dedup_status group_part(void *context, void *worker, void *result, size_t part, dedup_error *error)
{
    struct builder *builder = context;
    struct scratch *scratch = worker;
    struct pool_entries *entries = result;
    TRY(band_keys_load(builder->matcher->bands, builder->nodes, part, &scratch->column, entries, error));
    TRY(singles_drop(&scratch->singles, entries, 32, error));
    TRY(array_reserve(&scratch->sorting, &scratch->sorting_capacity, entries->count, "candidates", error));
    entries->count = shingle_set(entries->items, entries->count, scratch->sorting);
    return DEDUP_OK;
}

static size_t bucket_size(const struct buckets *buckets, size_t bucket)
{
    return (size_t)(buckets->begins[bucket + 1] - buckets->begins[bucket]);
}

static size_t first_slot(const struct builder *builder, size_t bucket)
{
    const struct buckets *buckets = builder->buckets;
    const uint32_t *members = buckets->members + buckets->begins[bucket];
    return hash64_of(members, bucket_size(buckets, bucket) * sizeof *members) & (builder->slot_count - 1);
}

static dedup_status resize_slots(struct builder *builder, size_t count, dedup_error *error)
{
    uint32_t *slots = malloc(count * sizeof *slots);
    if (!slots)
        return fail_memory(error, "candidates");
    memset(slots, 0xff, count * sizeof *slots);
    free(builder->slots);
    builder->slots = slots;
    builder->slot_count = count;
    for (size_t b = 0; b < builder->buckets->count; b++) {
        size_t slot = first_slot(builder, b);
        while (slots[slot] != NONE)
            slot = (slot + 1) & (count - 1);
        slots[slot] = (uint32_t)b;
    }
    return DEDUP_OK;
}

/* True when a bucket equal to the last one is in the table; else the last one is put there. */
static bool find_or_insert(struct builder *builder, size_t last)
{
    const struct buckets *buckets = builder->buckets;
    size_t size = bucket_size(buckets, last), slot = first_slot(builder, last);
    for (; builder->slots[slot] != NONE; slot = (slot + 1) & (builder->slot_count - 1)) {
        size_t other = builder->slots[slot];
        if (bucket_size(buckets, other) == size &&
            memcmp(buckets->members + buckets->begins[other], buckets->members + buckets->begins[last],
                   size * sizeof *buckets->members) == 0)
            return true;
    }
    builder->slots[slot] = (uint32_t)last;
    return false;
}

/* Takes a bucket whose nodes are the low halves of `items`. */
static dedup_status add_bucket(struct builder *builder, const uint64_t *items, size_t size, dedup_error *error)
{
    struct buckets *buckets = builder->buckets;
    uint64_t begin = buckets->begins[buckets->count];
    if (buckets->count >= NONE - 1)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4 billion groups of similar texts");
    TRY(array_reserve(&buckets->begins, &buckets->begin_capacity, buckets->count + 2, "candidates", error));
    TRY(array_reserve(&buckets->members, &buckets->member_capacity, (size_t)begin + size, "candidates", error));
    if (buckets->count >= builder->slot_count / 4 * 3)
        TRY(resize_slots(builder, builder->slot_count * 2, error));
    for (size_t i = 0; i < size; i++)
        buckets->members[begin + i] = (uint32_t)items[i];
    buckets->begins[buckets->count + 1] = begin + size;
    if (!find_or_insert(builder, buckets->count))
        buckets->count++;
    return DEDUP_OK;
}

static dedup_status take_part(void *context, void *result, size_t part, dedup_error *error)
{
    (void)part;
    const struct pool_entries *entries = result;
    for (size_t begin = 0, end; begin < entries->count; begin = end) {
        uint64_t key = entries->items[begin] >> 32;
        for (end = begin + 1; end < entries->count && entries->items[end] >> 32 == key;)
            end++;
        if (end - begin > 1)
            TRY(add_bucket(context, entries->items + begin, end - begin, error));
    }
    return DEDUP_OK;
}

dedup_status buckets_make(const struct matcher *matcher, const struct nodes *nodes, struct buckets *buckets,
                          dedup_error *error)
{
    struct builder builder = {matcher, nodes, buckets, NULL, 0};
    const struct team_job job = {.context = &builder,
                                 .count = band_keys_parts(matcher->bands),
                                 .worker_size = sizeof(struct scratch),
                                 .result_size = sizeof(struct pool_entries),
                                 .work = group_part,
                                 .take = take_part,
                                 .release_worker = release_scratch,
                                 .release_result = release_entries};
    *buckets = (struct buckets){0};
    dedup_status status = array_reserve(&buckets->begins, &buckets->begin_capacity, 1, "candidates", error);
    if (status == DEDUP_OK) {
        buckets->begins[0] = 0;
        status = resize_slots(&builder, FIRST_SLOTS, error);
    }
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    free(builder.slots);
    if (status != DEDUP_OK)
        buckets_release(buckets);
    return status;
}
