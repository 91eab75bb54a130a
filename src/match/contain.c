#include "match/contain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/isa.h"
#include "match/mark_lists.h"
#include "match/mark_scan.h"
#include "match/team.h"

enum {
    LIST_LIMIT = 64,      /* texts with the same mark that are considered, preferred ones first */
    CANDIDATE_LIMIT = 16, /* texts that are compared with one text, those with the most of its marks first */
    BATCH = 512,          /* nodes that are looked at as one job */
    PREFETCH_LIST = 8,    /* how many nodes ahead the begins of lists are asked for */
    PREFETCH_NODES = 4,   /* and the lists themselves */
};

/* One of many that may contain the node in question. */
struct candidate {
    uint32_t node, shingles, met;
};

/* A search in progress. */
struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct mark_lists lists;
    struct containers *containers;
};

/* Nodes that have some of the marks of the node in question; reused. */
struct gathered {
    uint32_t *nodes;
    size_t count, capacity;
    uint8_t *met; /* per node: in how many lists it is; 0 between two searches */
    struct candidate *ranked;
    size_t ranked_capacity;
};

/* What was found for one batch of nodes. */
struct batch {
    size_t ends[BATCH]; /* of the containers of each node, in `nodes` */
    uint32_t *nodes;
    size_t capacity;
    uint64_t skipped;
};

static void release_gathered(void *worker)
{
    struct gathered *gathered = worker;
    free(gathered->nodes);
    free(gathered->met);
    free(gathered->ranked);
}

static void release_batch(void *result)
{
    free(((struct batch *)result)->nodes);
}

void containers_release(struct containers *containers)
{
    free(containers->begins);
    free(containers->nodes);
    *containers = (struct containers){0};
}

/* One list of nodes. */
struct list {
    const uint32_t *nodes;
    size_t count;
};

static bool list_has(struct list list, uint32_t node)
{
    size_t low = 0, high = list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list.nodes[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list.count && list.nodes[low] == node;
}

/* The lists of a node's marks that other nodes have too, shortest first. */
static void lists_of(const struct search *search, uint32_t node, struct list *lists)
{
    const struct mark_lists *all = &search->lists;
    size_t count = 0;
    for (uint64_t i = all->owner_begins[node]; i < all->owner_begins[node + 1]; i++) {
        uint32_t mark = all->owned[i];
        struct list list = {all->nodes + all->begins[mark], (size_t)(all->begins[mark + 1] - all->begins[mark])};
        size_t place = count++;
        for (; place > 0 && lists[place - 1].count > list.count; place--)
            lists[place] = lists[place - 1];
        lists[place] = list;
    }
}

/* Orders candidates: most marks met first, then the longest text, then the preferred node. */
static int likeliest(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    if (left->met != right->met)
        return left->met > right->met ? -1 : 1;
    if (left->shingles != right->shingles)
        return left->shingles > right->shingles ? -1 : 1;
    return (left->node > right->node) - (left->node < right->node);
}

_Static_assert(MARKS_MAXIMUM <= UINT8_MAX, "a text is in so many lists at most");

/* Leaves the likeliest candidates. */
static dedup_status limit(const struct search *search, struct gathered *gathered, uint64_t *skipped, dedup_error *error)
{
    TRY(array_reserve(&gathered->ranked, &gathered->ranked_capacity, gathered->count, "marks", error));
    for (size_t i = 0; i < gathered->count; i++) {
        uint32_t node = gathered->nodes[i];
        uint32_t shingles = search->matcher->texts[search->nodes->texts[node]].shingles;
        gathered->ranked[i] = (struct candidate){node, shingles, gathered->met[node]};
        gathered->met[node] = 0;
    }
    qsort(gathered->ranked, gathered->count, sizeof *gathered->ranked, likeliest);
    *skipped += gathered->count - CANDIDATE_LIMIT;
    gathered->count = CANDIDATE_LIMIT;
    for (size_t i = 0; i < CANDIDATE_LIMIT; i++)
        gathered->nodes[i] = gathered->ranked[i].node;
    return DEDUP_OK;
}

/* Gathers the texts in the first `count` lists but for the text itself, each once, up to CANDIDATE_LIMIT. */
static dedup_status gather(const struct search *search, struct gathered *gathered, uint32_t node,
                           const struct list *lists, size_t count, uint64_t *skipped, dedup_error *error)
{
    if (!gathered->met)
        gathered->met = calloc(search->nodes->count + 1, sizeof *gathered->met);
    if (!gathered->met)
        return fail_memory(error, "marks");
    gathered->count = 0;
    TRY(array_reserve(&gathered->nodes, &gathered->capacity, count * LIST_LIMIT, "marks", error));
    for (size_t l = 0; l < count; l++) {
        /* The analyser forgets the lists that were put here.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        size_t taken = lists[l].count < LIST_LIMIT ? lists[l].count : LIST_LIMIT;
        for (size_t i = 0; i < taken; i++) {
            uint32_t other = lists[l].nodes[i];
            gathered->nodes[gathered->count] = other;
            gathered->count += (gathered->met[other]++ == 0) & (other != node);
        }
        *skipped += lists[l].count - taken;
    }
    gathered->met[node] = 0;
    return gathered->count > CANDIDATE_LIMIT ? limit(search, gathered, skipped, error) : DEDUP_OK;
}

/* Whether a text has `needed` of the marks with these lists. */
static bool has_marks(uint32_t node, const struct list *lists, size_t count, size_t needed)
{
    size_t met = 0;
    for (size_t l = 0; l < count && met < needed && met + (count - l) >= needed; l++)
        met += list_has(lists[l], node);
    return met >= needed;
}

/* How many of its `count` marks a text needs to have in another one that contains it: what chance leaves, or what must
 * be left when all shingles but the few that may be missing are there. */
static size_t needed_of(const struct matcher *matcher, const struct text *text, size_t count)
{
    double missing = floor((1 - matcher->options.containment) * text->shingles + 1e-9);
    size_t certain = missing < (double)count ? count - (size_t)missing : 0, likely = matcher->marks_needed[count];
    return certain > likely ? certain : likely;
}

/* Puts a node in its place among `count` others, which are ascending. */
static void insert(uint32_t *nodes, size_t count, uint32_t node)
{
    for (; count > 0 && nodes[count - 1] > node; count--)
        nodes[count] = nodes[count - 1];
    nodes[count] = node;
}

/* Appends the containers of a node from *end on. A text that has `needed` of n marks has at least one of the
 * n - needed + 1 rarest; so only their lists are read, and those of marks that no other text has are empty. */
static dedup_status find_containers(const struct search *search, struct gathered *gathered, uint32_t node,
                                    struct batch *batch, size_t *end, dedup_error *error)
{
    uint32_t text = search->nodes->texts[node];
    size_t shared = (size_t)(search->lists.owner_begins[node + 1] - search->lists.owner_begins[node]);
    size_t marks = search->matcher->mark_counts[text];
    if (shared == 0 || shared < search->matcher->marks_needed[marks])
        return DEDUP_OK;
    size_t needed = needed_of(search->matcher, &search->matcher->texts[text], marks);
    if (shared < needed)
        return DEDUP_OK;
    struct list lists[MARKS_MAXIMUM] = {0};
    size_t begin = *end;
    lists_of(search, node, lists);
    TRY(gather(search, gathered, node, lists, shared - needed + 1, &batch->skipped, error));
    TRY(array_reserve(&batch->nodes, &batch->capacity, *end + gathered->count, "contained texts", error));
    for (size_t i = 0; i < gathered->count; i++) {
        uint32_t other = gathered->nodes[i];
        gathered->met[other] = 0;
        if (has_marks(other, lists, shared, needed))
            insert(batch->nodes + begin, (*end)++ - begin, other);
    }
    return DEDUP_OK;
}

/* Starts to load what find_containers will look at. Always in line: GCC drops calls of a function that only prefetches.
 */
static inline ISA_INLINE void prefetch(const struct search *search, size_t node)
{
    const struct mark_lists *all = &search->lists;
    size_t last = search->nodes->count - 1;
    size_t far = node + PREFETCH_LIST < last ? node + PREFETCH_LIST : last;
    size_t near = node + PREFETCH_NODES < last ? node + PREFETCH_NODES : last;
    for (uint64_t i = all->owner_begins[far]; i < all->owner_begins[far + 1]; i++)
        __builtin_prefetch(&all->begins[all->owned[i]]);
    for (uint64_t i = all->owner_begins[near]; i < all->owner_begins[near + 1]; i++)
        __builtin_prefetch(&all->nodes[all->begins[all->owned[i]]]);
}

static size_t batch_size(const struct search *search, size_t index)
{
    size_t left = search->nodes->count - index * BATCH;
    return left < BATCH ? left : BATCH;
}

static dedup_status find_batch(void *context, void *worker, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    struct batch *batch = result;
    size_t end = 0;
    batch->skipped = 0;
    for (size_t i = 0; i < batch_size(search, index); i++) {
        prefetch(search, index * BATCH + i);
        TRY(find_containers(search, worker, (uint32_t)(index * BATCH + i), batch, &end, error));
        batch->ends[i] = end;
    }
    return DEDUP_OK;
}

static dedup_status take_batch(void *context, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    const struct batch *batch = result;
    struct containers *containers = search->containers;
    size_t count = batch_size(search, index), found = batch->ends[count - 1];
    uint64_t begin = containers->begins[index * BATCH];
    TRY(array_reserve(&containers->nodes, &containers->capacity, (size_t)begin + found, "contained texts", error));
    if (found != 0)
        memcpy(containers->nodes + begin, batch->nodes, found * sizeof *batch->nodes);
    for (size_t i = 0; i < count; i++)
        containers->begins[index * BATCH + i + 1] = begin + batch->ends[i];
    containers->skipped += batch->skipped;
    return DEDUP_OK;
}

static dedup_status run_search(struct search *search, dedup_error *error)
{
    const struct team_job job = {.context = search,
                                 .count = (search->nodes->count + BATCH - 1) / BATCH,
                                 .worker_size = sizeof(struct gathered),
                                 .result_size = sizeof(struct batch),
                                 .work = find_batch,
                                 .take = take_batch,
                                 .release_worker = release_gathered,
                                 .release_result = release_batch};
    TRY(mark_scan(search->matcher, search->nodes, error));
    TRY(mark_lists_make(search->matcher, search->nodes, &search->lists, error));
    return team_run(&job, search->matcher->options.thread_count, error);
}

dedup_status containers_make(const struct matcher *matcher, const struct nodes *nodes, struct containers *containers,
                             dedup_error *error)
{
    *containers = (struct containers){0};
    if (matcher->marks == 0)
        return DEDUP_OK;
    containers->begins = calloc(nodes->count + 1, sizeof *containers->begins);
    if (!containers->begins)
        return fail_memory(error, "contained texts");
    struct search search = {.matcher = matcher, .nodes = nodes, .containers = containers};
    dedup_status status = run_search(&search, error);
    mark_lists_release(&search.lists);
    if (status != DEDUP_OK)
        containers_release(containers);
    return status;
}
