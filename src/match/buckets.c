#include "match/buckets.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/isa.h"
#include "match/band_keys.h"
#include "match/singles.h"
#include "match/team.h"
#include "sketch/shingle.h"

enum {
    FIRST_SLOTS = 1024,
    SLOT_NODES = 8, /* for so many nodes there is a slot at first, so that the table hardly grows */
    PREFETCH_SLOT = 12,
    PREFETCH_NODE = 24, /* buckets ahead of which the numbers of texts are asked for */
    PREFETCH_TEXT = 12, /* and these */
    WEED_LIMIT = 8,     /* nodes of a bucket that are compared by their signatures, all with all */
};

/* Scratch of a thread. */
struct scratch {
    struct band_scratch bands;
    struct key_entries entries;
    uint64_t *sorting;
    size_t sorting_capacity;
};

/* Nodes that share a key: groups->nodes[previous group's end .. end). */
struct group {
    uint64_t hash; /* of the nodes */
    size_t end;
};

/* The groups of a part in the order of their keys. */
struct groups {
    struct group *items;
    size_t count, capacity;
    uint32_t *nodes;
    size_t node_capacity;
};

/* Collects buckets; those with equal hashes are one. Two that only seem equal, by one chance in 2^64 for a pair,
 * would cost candidates, not precision. */
struct builder {
    const struct matcher *matcher;
    struct buckets *buckets;
    uint64_t *slots; /* hash table of hashes, 0 where none is */
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
    band_scratch_release(&scratch->bands);
    free(scratch->entries.items);
    free(scratch->sorting);
}

static void release_groups(void *result)
{
    struct groups *groups = result;
    free(groups->items);
    free(groups->nodes);
}

/* Replaces `groups` by those of sorted entries. */
static dedup_status make_groups(struct groups *groups, const uint64_t *items, size_t count, dedup_error *error)
{
    TRY(array_reserve(&groups->nodes, &groups->node_capacity, count, "candidates", error));
    TRY(array_reserve(&groups->items, &groups->capacity, count / 2, "candidates", error));
    groups->count = 0;
    size_t used = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        uint64_t key = items[begin] >> 32;
        uint32_t *nodes = groups->nodes + used;
        for (end = begin; end < count && items[end] >> 32 == key; end++)
            nodes[end - begin] = (uint32_t)items[end];
        if (end - begin < 2)
            continue;
        used += end - begin;
        uint64_t hash = hash64_of(nodes, (end - begin) * sizeof *nodes);
        groups->items[groups->count++] = (struct group){hash + (hash == 0), used};
    }
    return DEDUP_OK;
}

static dedup_status group_part(void *context, void *worker, void *result, size_t part, dedup_error *error)
{
    const struct builder *builder = context;
    struct scratch *scratch = worker;
    struct key_entries *entries = &scratch->entries;
    TRY(band_keys_load(builder->matcher->bands, part, &scratch->bands, entries, error));
    TRY(array_reserve(&scratch->sorting, &scratch->sorting_capacity, entries->count, "candidates", error));
    entries->count = shingle_set(entries->items, entries->count, scratch->sorting);
    return make_groups(result, entries->items, entries->count, error);
}

/* True when a hash is in the table; else it is put there. */
static bool find_or_insert(const struct builder *builder, uint64_t hash)
{
    size_t mask = builder->slot_count - 1, slot = hash & mask;
    for (; builder->slots[slot] != 0; slot = (slot + 1) & mask)
        if (builder->slots[slot] == hash)
            return true;
    builder->slots[slot] = hash;
    return false;
}

static dedup_status resize_slots(struct builder *builder, size_t count, dedup_error *error)
{
    const struct builder before = *builder;
    builder->slots = calloc(count, sizeof *builder->slots);
    if (!builder->slots) {
        builder->slots = before.slots;
        return fail_memory(error, "candidates");
    }
    builder->slot_count = count;
    for (size_t i = 0; i < before.slot_count; i++)
        if (before.slots[i] != 0)
            (void)find_or_insert(builder, before.slots[i]);
    free(before.slots);
    return DEDUP_OK;
}

static dedup_status add_bucket(struct builder *builder, uint64_t hash, const uint32_t *nodes, size_t size,
                               dedup_error *error)
{
    struct buckets *buckets = builder->buckets;
    if (find_or_insert(builder, hash))
        return DEDUP_OK;
    uint64_t begin = buckets->begins[buckets->count];
    if (buckets->count >= NONE - 1)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4 billion groups of similar texts");
    TRY(array_reserve(&buckets->begins, &buckets->begin_capacity, buckets->count + 2, "candidates", error));
    TRY(array_reserve(&buckets->members, &buckets->member_capacity, (size_t)begin + size, "candidates", error));
    memcpy(buckets->members + begin, nodes, size * sizeof *nodes);
    buckets->begins[++buckets->count] = begin + size;
    return buckets->count < builder->slot_count / 4 * 3 ? DEDUP_OK
                                                        : resize_slots(builder, builder->slot_count * 2, error);
}

static dedup_status take_groups(void *context, void *result, size_t part, dedup_error *error)
{
    (void)part;
    struct builder *builder = context;
    const struct groups *groups = result;
    size_t begin = 0;
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        if (i + PREFETCH_SLOT < groups->count)
            __builtin_prefetch(&builder->slots[groups->items[i + PREFETCH_SLOT].hash & (builder->slot_count - 1)]);
        TRY(add_bucket(builder, group->hash, groups->nodes + begin, group->end - begin, error));
        begin = group->end;
    }
    return DEDUP_OK;
}

static const struct text *text_of(const struct matcher *matcher, const struct nodes *nodes, uint32_t node)
{
    return &matcher->texts[nodes->texts[node]];
}

/* Starts to load what is_promising looks at some buckets later. Always in line: GCC drops calls of a function that only
 * prefetches. */
static inline ISA_INLINE void prefetch_buckets(const struct matcher *matcher, const struct nodes *nodes,
                                               const struct buckets *buckets, size_t bucket)
{
    const uint64_t *begins = buckets->begins;
    if (bucket + PREFETCH_NODE < buckets->count)
        for (uint64_t i = begins[bucket + PREFETCH_NODE]; i < begins[bucket + PREFETCH_NODE + 1]; i++)
            __builtin_prefetch(&nodes->texts[buckets->members[i]]);
    if (bucket + PREFETCH_TEXT < buckets->count)
        for (uint64_t i = begins[bucket + PREFETCH_TEXT]; i < begins[bucket + PREFETCH_TEXT + 1]; i++)
            __builtin_prefetch(&text_of(matcher, nodes, buckets->members[i])->signature);
}

/* Copies the members of a bucket that may be similar to another one, by their signatures, or all when they are many.
 * Returns how many. */
static size_t weed_bucket(const struct matcher *matcher, const struct nodes *nodes, const uint32_t *members,
                          size_t count, unsigned cut, uint32_t *out)
{
    if (count > WEED_LIMIT) {
        memmove(out, members, count * sizeof *members);
        return count;
    }
    unsigned agree = 0; /* a bit for each member */
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (signature_agreement(&text_of(matcher, nodes, members[i])->signature,
                                    &text_of(matcher, nodes, members[j])->signature) >= cut)
                agree |= 1U << i | 1U << j;
    size_t kept = 0;
    for (; agree != 0; agree &= agree - 1)
        out[kept++] = members[__builtin_ctz(agree)];
    return kept;
}

/* Drops nodes from small buckets in which they are similar to nobody. */
static void weed_buckets(const struct matcher *matcher, const struct nodes *nodes, struct buckets *buckets)
{
    const unsigned cut = signature_cut(matcher->options.threshold);
    size_t kept = 0;
    uint64_t begin = 0;
    for (size_t bucket = 0; bucket < buckets->count; bucket++) {
        uint64_t end = buckets->begins[bucket + 1], to = buckets->begins[kept];
        prefetch_buckets(matcher, nodes, buckets, bucket);
        size_t count =
            weed_bucket(matcher, nodes, buckets->members + begin, (size_t)(end - begin), cut, buckets->members + to);
        if (count != 0)
            buckets->begins[++kept] = to + count;
        begin = end;
    }
    buckets->count = kept;
}

dedup_status buckets_make(const struct matcher *matcher, const struct nodes *nodes, struct buckets *buckets,
                          dedup_error *error)
{
    struct builder builder = {matcher, buckets, NULL, 0};
    const struct team_job job = {.context = &builder,
                                 .count = band_keys_parts(matcher->bands),
                                 .worker_size = sizeof(struct scratch),
                                 .result_size = sizeof(struct groups),
                                 .work = group_part,
                                 .take = take_groups,
                                 .release_worker = release_scratch,
                                 .release_result = release_groups};
    size_t slots = FIRST_SLOTS;
    while (slots < nodes->count / SLOT_NODES)
        slots *= 2;
    *buckets = (struct buckets){0};
    dedup_status status = array_reserve(&buckets->begins, &buckets->begin_capacity, 1, "candidates", error);
    if (status == DEDUP_OK) {
        buckets->begins[0] = 0;
        status = resize_slots(&builder, slots, error);
    }
    if (status == DEDUP_OK)
        status = band_keys_name(matcher->bands, nodes->of_text, error);
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    free(builder.slots);
    if (status == DEDUP_OK)
        weed_buckets(matcher, nodes, buckets);
    else
        buckets_release(buckets);
    return status;
}
