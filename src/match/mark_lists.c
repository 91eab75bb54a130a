#include "match/mark_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/radix.h"
#include "match/singles.h"
#include "match/team.h"

/* Items of a partition are entries of matcher->samples with the number of a node in place of a text's, and the bit that
 * tells marks at the end: key << 33 | node << 1 | mark. */
enum { ITEM_KEY_SHIFT = 33, FILTER_BITS_PER_MARK = 8 };
/* Of an entry, the lowest bit that is spread, behind the number, the mark and the top bits of the hash. */
enum { SPREAD_SHIFT = 32 + SAMPLE_KEY_SHIFT };

struct scratch {
    uint64_t *marks; /* bits of the keys of marks */
    size_t mark_capacity;
    struct singles singles;
    uint64_t *sorting;
    size_t sorting_capacity;
};

/* A mark with a list: list << 32 | node that has it as a mark. */
struct joiner {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct mark_lists *lists;
    uint64_t *owners;
    size_t owner_count, owner_capacity;
};

static void release_scratch(void *worker)
{
    struct scratch *scratch = worker;
    free(scratch->marks);
    singles_release(&scratch->singles);
    free(scratch->sorting);
}

static void release_entries(void *result)
{
    free(((struct pool_entries *)result)->items);
}

void mark_lists_release(struct mark_lists *lists)
{
    free(lists->begins);
    free(lists->nodes);
    free(lists->owner_begins);
    free(lists->owned);
    *lists = (struct mark_lists){0};
}

static bool is_mark(uint64_t entry)
{
    return entry >> 32 & 1;
}

/* Drops most entries whose key is not that of a mark, and no other. */
static dedup_status keep_marks(struct scratch *scratch, struct pool_entries *entries, dedup_error *error)
{
    size_t marks = 0, words = 16, kept = 0;
    for (size_t i = 0; i < entries->count; i++)
        marks += is_mark(entries->items[i]);
    while (words * 64 < marks * FILTER_BITS_PER_MARK)
        words *= 2;
    TRY(array_reserve(&scratch->marks, &scratch->mark_capacity, words, "marks", error));
    memset(scratch->marks, 0, words * sizeof *scratch->marks);
    for (size_t i = 0; i < entries->count; i++) {
        uint64_t key = entries->items[i] >> SPREAD_SHIFT;
        scratch->marks[key >> 6 & (words - 1)] |= (uint64_t)is_mark(entries->items[i]) << (key & 63);
    }
    for (size_t i = 0; i < entries->count; i++) {
        uint64_t entry = entries->items[i], key = entry >> SPREAD_SHIFT;
        entries->items[kept] = entry;
        kept += scratch->marks[key >> 6 & (words - 1)] >> (key & 63) & 1;
    }
    entries->count = kept;
    return DEDUP_OK;
}

/* Turns entries into items and drops those of texts that take no part. */
static void keep_nodes(const struct nodes *nodes, struct pool_entries *entries)
{
    size_t kept = 0;
    for (size_t i = 0; i < entries->count; i++) {
        uint64_t entry = entries->items[i];
        uint32_t node = nodes->of_text[(uint32_t)entry];
        entries->items[kept] = entry >> 33 << ITEM_KEY_SHIFT | (uint64_t)node << 1 | is_mark(entry);
        kept += node != NONE;
    }
    entries->count = kept;
}

/* Sorts the items of one partition: by key, of which the top bits are the partition, and then by node. */
static void sort_items(const struct joiner *joiner, const struct pool_entries *entries, uint64_t *scratch)
{
    unsigned same = radix_bits(pool_partitions(joiner->matcher->samples)) - 1;
    radix_sort(entries->items, entries->count, scratch, 0, 1 + radix_bits(joiner->nodes->count));
    radix_sort(entries->items, entries->count, scratch, ITEM_KEY_SHIFT, 64 - same);
}

/* Leaves the items of a partition whose key is that of a mark, sorted. */
static dedup_status join_partition(void *context, void *worker, void *result, size_t partition, dedup_error *error)
{
    const struct joiner *joiner = context;
    struct scratch *scratch = worker;
    struct pool_entries *entries = result;
    TRY(pool_load(joiner->matcher->samples, partition, entries, error));
    TRY(keep_marks(scratch, entries, error));
    TRY(singles_drop(&scratch->singles, entries->items, &entries->count, SPREAD_SHIFT, error));
    keep_nodes(joiner->nodes, entries);
    TRY(array_reserve(&scratch->sorting, &scratch->sorting_capacity, entries->count, "marks", error));
    sort_items(joiner, entries, scratch->sorting);
    return DEDUP_OK;
}

/* Adds the list of a key whose items are given, when two nodes or more have it and it is the mark of one. */
static dedup_status add_list(struct joiner *joiner, const uint64_t *items, size_t count, dedup_error *error)
{
    struct mark_lists *lists = joiner->lists;
    uint64_t begin = lists->begins[lists->count];
    size_t used = 0, owners = joiner->owner_count;
    if (lists->count >= NONE - 1)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4 billion marks of texts");
    TRY(array_reserve(&lists->begins, &lists->begin_capacity, lists->count + 2, "marks", error));
    TRY(array_reserve(&lists->nodes, &lists->node_capacity, (size_t)begin + count, "marks", error));
    TRY(array_reserve(&joiner->owners, &joiner->owner_capacity, owners + count, "marks", error));
    for (size_t i = 0; i < count; i++) {
        uint32_t node = (uint32_t)(items[i] >> 1);
        if (used == 0 || lists->nodes[begin + used - 1] != node)
            lists->nodes[begin + used++] = node;
        joiner->owners[owners] = (uint64_t)lists->count << 32 | node;
        owners += items[i] & 1;
    }
    if (used < 2 || owners == joiner->owner_count)
        return DEDUP_OK;
    joiner->owner_count = owners;
    lists->begins[++lists->count] = begin + used;
    return DEDUP_OK;
}

static dedup_status take_partition(void *context, void *result, size_t partition, dedup_error *error)
{
    (void)partition;
    const struct pool_entries *entries = result;
    for (size_t begin = 0, end; begin < entries->count; begin = end) {
        uint64_t key = entries->items[begin] >> ITEM_KEY_SHIFT;
        for (end = begin + 1; end < entries->count && entries->items[end] >> ITEM_KEY_SHIFT == key;)
            end++;
        if (end - begin > 1)
            TRY(add_list(context, entries->items + begin, end - begin, error));
    }
    return DEDUP_OK;
}

/* Sorts the owners of lists by node. */
static dedup_status sort_owners(const struct joiner *joiner, dedup_error *error)
{
    struct mark_lists *lists = joiner->lists;
    size_t nodes = joiner->nodes->count;
    lists->owner_begins = calloc(nodes + 2, sizeof *lists->owner_begins);
    lists->owned = malloc((joiner->owner_count + 1) * sizeof *lists->owned);
    if (!lists->owner_begins || !lists->owned)
        return fail_memory(error, "marks");
    for (size_t i = 0; i < joiner->owner_count; i++)
        lists->owner_begins[(uint32_t)joiner->owners[i] + (size_t)2]++;
    for (size_t n = 2; n < nodes + 2; n++)
        lists->owner_begins[n] += lists->owner_begins[n - 1];
    for (size_t i = 0; i < joiner->owner_count; i++)
        lists->owned[lists->owner_begins[(uint32_t)joiner->owners[i] + (size_t)1]++] =
            (uint32_t)(joiner->owners[i] >> 32);
    return DEDUP_OK;
}

dedup_status mark_lists_make(const struct matcher *matcher, const struct nodes *nodes, struct mark_lists *lists,
                             dedup_error *error)
{
    struct joiner joiner = {.matcher = matcher, .nodes = nodes, .lists = lists};
    const struct team_job job = {.context = &joiner,
                                 .count = pool_partitions(matcher->samples),
                                 .worker_size = sizeof(struct scratch),
                                 .result_size = sizeof(struct pool_entries),
                                 .work = join_partition,
                                 .take = take_partition,
                                 .release_worker = release_scratch,
                                 .release_result = release_entries};
    *lists = (struct mark_lists){0};
    dedup_status status = array_reserve(&lists->begins, &lists->begin_capacity, 1, "marks", error);
    if (status == DEDUP_OK) {
        lists->begins[0] = 0;
        status = team_run(&job, matcher->options.thread_count, error);
    }
    if (status == DEDUP_OK)
        status = sort_owners(&joiner, error);
    free(joiner.owners);
    if (status != DEDUP_OK)
        mark_lists_release(lists);
    return status;
}
