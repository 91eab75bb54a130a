#include "match/contain.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/mark_lists.h"
#include "match/mark_scan.h"

enum {
    LIST_LIMIT = 64,      /* texts with the same mark that are considered, preferred ones first */
    CANDIDATE_LIMIT = 16, /* texts that are compared with one text, those with the most of its marks first */
};

/* A text that has some of the marks of the text in question. */
struct candidate {
    uint32_t node, shingles, met;
};

/* A search in progress. */
struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct mark_lists lists;
    struct candidate *candidates;
    size_t candidate_capacity;
};

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
static size_t lists_of(const struct search *search, uint32_t node, struct list *lists)
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
    return count;
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

static int by_node(const void *a, const void *b)
{
    uint32_t left = ((const struct candidate *)a)->node, right = ((const struct candidate *)b)->node;
    return (left > right) - (left < right);
}

/* Gathers the texts in the first `count` lists but for the text itself, each once with the number of lists. */
static dedup_status gather(struct search *search, uint32_t node, const struct list *lists, size_t count,
                           size_t *gathered, uint64_t *skipped, dedup_error *error)
{
    size_t total = 0, kept = 0;
    for (size_t l = 0; l < count; l++) {
        /* The analyser forgets the lists that were put here.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        size_t taken = lists[l].count < LIST_LIMIT ? lists[l].count : LIST_LIMIT;
        TRY(array_reserve(&search->candidates, &search->candidate_capacity, total + taken, "marks", error));
        for (size_t i = 0; i < taken; i++)
            search->candidates[total++] = (struct candidate){.node = lists[l].nodes[i]};
        *skipped += lists[l].count - taken;
    }
    if (total != 0)
        qsort(search->candidates, total, sizeof *search->candidates, by_node);
    for (size_t i = 0; i < total; i++) {
        struct candidate candidate = search->candidates[i];
        if (candidate.node == node)
            continue;
        if (kept == 0 || search->candidates[kept - 1].node != candidate.node) {
            candidate.shingles = search->matcher->texts[search->nodes->texts[candidate.node]].shingles;
            search->candidates[kept++] = candidate;
        }
        search->candidates[kept - 1].met++;
    }
    *gathered = kept;
    return DEDUP_OK;
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

/* A text that has `needed` of n marks has at least one of the n - needed + 1 rarest; so only their lists are read, and
 * those of marks that no other text has are empty. */
static dedup_status find_containers(struct search *search, uint32_t node, struct containers *containers,
                                    dedup_error *error)
{
    struct list lists[MARKS_MAXIMUM];
    uint32_t text = search->nodes->texts[node];
    size_t shared = lists_of(search, node, lists), gathered = 0;
    size_t needed = needed_of(search->matcher, &search->matcher->texts[text], search->matcher->mark_counts[text]);
    if (shared >= needed && needed != 0)
        TRY(gather(search, node, lists, shared - needed + 1, &gathered, &containers->skipped, error));
    struct candidate *candidates = search->candidates;
    if (gathered > CANDIDATE_LIMIT) {
        qsort(candidates, gathered, sizeof *candidates, likeliest);
        containers->skipped += gathered - CANDIDATE_LIMIT;
        gathered = CANDIDATE_LIMIT;
        qsort(candidates, gathered, sizeof *candidates, by_node);
    }
    size_t end = (size_t)containers->begins[node];
    TRY(array_reserve(&containers->nodes, &containers->capacity, end + gathered, "contained texts", error));
    for (size_t i = 0; i < gathered; i++)
        if (has_marks(candidates[i].node, lists, shared, needed))
            containers->nodes[end++] = candidates[i].node;
    containers->begins[node + 1] = end;
    return DEDUP_OK;
}

static dedup_status run_search(struct search *search, struct containers *containers, dedup_error *error)
{
    TRY(mark_scan(search->matcher, search->nodes, error));
    TRY(mark_lists_make(search->matcher, search->nodes, &search->lists, error));
    for (size_t node = 0; node < search->nodes->count; node++)
        TRY(find_containers(search, (uint32_t)node, containers, error));
    return DEDUP_OK;
}

dedup_status containers_make(const struct matcher *matcher, const struct nodes *nodes, struct containers *containers,
                             dedup_error *error)
{
    *containers = (struct containers){.begins = calloc(nodes->count + 1, sizeof *containers->begins)};
    if (!containers->begins)
        return fail_memory(error, "contained texts");
    if (matcher->marks == 0)
        return DEDUP_OK;
    struct search search = {.matcher = matcher, .nodes = nodes};
    dedup_status status = run_search(&search, containers, error);
    mark_lists_release(&search.lists);
    free(search.candidates);
    if (status != DEDUP_OK)
        containers_release(containers);
    return status;
}
