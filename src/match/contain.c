#include "match/contain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/team.h"
#include "sketch/shingle.h"

enum {
    FILTER_BITS_PER_MARK = 8,
    BATCH = 64,           /* nodes that are scanned as one job */
    LIST_LIMIT = 64,      /* texts with the same mark that are considered, preferred ones first */
    CANDIDATE_LIMIT = 16, /* texts that are compared with one text, those with the most of its marks first */
};

/* A set of marks that may err by saying yes: every mark sets three bits of one word. */
struct filter {
    uint64_t *words;
    size_t mask; /* number of words - 1 */
};

/* All different marks: a hash table whose places number them, with two filters in front. Marks are small hashes, but
 * for those of short texts. So nearly all are in the filter of the lowest eighth, and that of the other hashes stays in
 * the cache. */
struct index {
    uint64_t *table; /* EMPTY where no mark is */
    size_t mask;     /* number of places - 1 */
    struct filter low, high;
    uint32_t *numbers; /* of matcher->mark_values, in the same order; for texts that are nodes */
    uint64_t *begins;  /* list of mark m: nodes[begins[m] .. begins[m + 1]), ascending */
    uint32_t *nodes;
};

#define EMPTY UINT64_MAX

/* A text that has some of the marks of the text in question. */
struct candidate {
    uint32_t node, shingles, met;
};

/* A search in progress. `hits` are marks found: mark << 32 | node. */
struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct index index;
    uint64_t *hits;
    size_t hit_count, hit_capacity;
    struct candidate *candidates;
    size_t candidate_capacity;
};

struct scanner {
    uint32_t *points;
    size_t point_capacity;
    uint64_t *hashes, *sorting;
    size_t hash_capacity, sorting_capacity;
};

struct hit_list {
    uint64_t *items;
    size_t count, capacity;
};

static void release_index(struct index *index)
{
    free(index->table);
    free(index->low.words);
    free(index->high.words);
    free(index->numbers);
    free(index->begins);
    free(index->nodes);
}

static void release_scanner(void *worker)
{
    struct scanner *scanner = worker;
    free(scanner->points);
    free(scanner->hashes);
    free(scanner->sorting);
}

static void release_hits(void *result)
{
    free(((struct hit_list *)result)->items);
}

void containers_release(struct containers *containers)
{
    free(containers->begins);
    free(containers->nodes);
    *containers = (struct containers){0};
}

/* The first mark of a text in matcher->mark_values. */
static size_t marks_begin(const struct matcher *matcher, uint32_t text)
{
    return text == 0 ? 0 : (size_t)matcher->mark_ends[text - 1];
}

static bool is_low(uint64_t value)
{
    return value < (uint64_t)1 << 61;
}

static uint64_t filter_bits(uint64_t value)
{
    return (uint64_t)1 << (value & 63) | (uint64_t)1 << (value >> 32 & 63) | (uint64_t)1 << (value >> 40 & 63);
}

static dedup_status make_filter(struct filter *filter, size_t marks, dedup_error *error)
{
    size_t words = 16;
    while (words * 64 < marks * FILTER_BITS_PER_MARK)
        words *= 2;
    filter->mask = words - 1;
    filter->words = calloc(words, sizeof *filter->words);
    return filter->words ? DEDUP_OK : fail_memory(error, "marks");
}

static bool filter_has(const struct filter *filter, uint64_t value)
{
    uint64_t bits = filter_bits(value);
    return (filter->words[value >> 6 & filter->mask] & bits) == bits;
}

/* Keeps the hashes that are probably marks. The first pass lets through what is low or has one of its bits in the high
 * filter; the large filter is asked for before it is read, since it misses the cache. */
static size_t keep_marks(const struct index *index, uint64_t *hashes, size_t count)
{
    const struct filter *low = &index->low, *high = &index->high;
    size_t likely = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i];
        hashes[likely] = hash;
        likely += is_low(hash) | (high->words[hash >> 6 & high->mask] >> (hash & 63) & 1);
    }
    for (size_t i = 0; i < likely; i++)
        __builtin_prefetch(&low->words[hashes[i] >> 6 & low->mask]);
    for (size_t i = 0; i < likely; i++) {
        uint64_t hash = hashes[i];
        hashes[kept] = hash;
        kept += filter_has(is_low(hash) ? low : high, hash);
    }
    return kept;
}

/* The place of a mark in the table, or the empty place where it belongs. */
static size_t find_place(const struct index *index, uint64_t value)
{
    size_t place = value & index->mask;
    while (index->table[place] != value && index->table[place] != EMPTY)
        place = (place + 1) & index->mask;
    return place;
}

/* Puts the marks of a text into table and filters. */
static void add_marks(const struct matcher *matcher, struct index *index, uint32_t text)
{
    for (size_t i = marks_begin(matcher, text); i < matcher->mark_ends[text]; i++) {
        uint64_t value = matcher->mark_values[i];
        struct filter *filter = is_low(value) ? &index->low : &index->high;
        size_t place = find_place(index, value);
        index->table[place] = value;
        index->numbers[i] = (uint32_t)place;
        filter->words[value >> 6 & filter->mask] |= filter_bits(value);
    }
}

static dedup_status make_index(struct search *search, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    struct index *index = &search->index;
    size_t low = 0, places = 64;
    if (matcher->mark_count >= NONE / 2)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 2 billion marks of texts");
    for (size_t i = 0; i < matcher->mark_count; i++)
        low += is_low(matcher->mark_values[i]);
    while (places / 3 * 2 < matcher->mark_count)
        places *= 2;
    TRY(make_filter(&index->low, low, error));
    TRY(make_filter(&index->high, matcher->mark_count - low, error));
    index->mask = places - 1;
    index->table = malloc(places * sizeof *index->table);
    index->numbers = malloc((matcher->mark_count + 1) * sizeof *index->numbers);
    index->begins = calloc(places + 2, sizeof *index->begins);
    if (!index->table || !index->numbers || !index->begins)
        return fail_memory(error, "marks");
    memset(index->table, 0xff, places * sizeof *index->table);
    for (size_t n = 0; n < search->nodes->count; n++)
        add_marks(matcher, index, search->nodes->texts[n]);
    return DEDUP_OK;
}

/* Appends the marks that the text of a node has, each once. */
static dedup_status scan_node(const struct search *search, struct scanner *scanner, uint32_t node,
                              struct hit_list *hits, dedup_error *error)
{
    const struct text *text = &search->matcher->texts[search->nodes->texts[node]];
    size_t count;
    TRY(array_reserve(&scanner->points, &scanner->point_capacity, text->count, "a text", error));
    TRY(key_store_read(search->matcher->keys, text_ref(text), scanner->points, &count, error));
    size_t shingles = shingle_count(count);
    TRY(array_reserve(&scanner->hashes, &scanner->hash_capacity, shingles, "a text", error));
    shingle_hash(scanner->points, count, scanner->hashes);
    size_t found = keep_marks(&search->index, scanner->hashes, shingles);
    TRY(array_reserve(&scanner->sorting, &scanner->sorting_capacity, found, "a text", error));
    found = shingle_set(scanner->hashes, found, scanner->sorting);
    TRY(array_reserve(&hits->items, &hits->capacity, hits->count + found, "marks", error));
    for (size_t i = 0; i < found; i++)
        __builtin_prefetch(&search->index.table[scanner->hashes[i] & search->index.mask]);
    for (size_t i = 0; i < found; i++) {
        size_t mark = find_place(&search->index, scanner->hashes[i]);
        hits->items[hits->count] = (uint64_t)mark << 32 | node;
        hits->count += search->index.table[mark] != EMPTY;
    }
    return DEDUP_OK;
}

static dedup_status scan_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct search *search = context;
    struct hit_list *hits = result;
    size_t begin = batch * BATCH, end = begin + BATCH;
    if (end > search->nodes->count)
        end = search->nodes->count;
    hits->count = 0;
    for (size_t node = begin; node < end; node++)
        if (search->matcher->texts[search->nodes->texts[node]].shingles != 0)
            TRY(scan_node(search, worker, (uint32_t)node, hits, error));
    return DEDUP_OK;
}

static dedup_status take_hits(void *context, void *result, size_t batch, dedup_error *error)
{
    (void)batch;
    struct search *search = context;
    const struct hit_list *hits = result;
    TRY(array_reserve(&search->hits, &search->hit_capacity, search->hit_count + hits->count, "marks", error));
    if (hits->count != 0)
        memcpy(search->hits + search->hit_count, hits->items, hits->count * sizeof *hits->items);
    search->hit_count += hits->count;
    return DEDUP_OK;
}

/* Sorts the hits, which are in order of nodes, into a list per mark. */
static dedup_status make_lists(struct search *search, dedup_error *error)
{
    struct index *index = &search->index;
    index->nodes = malloc((search->hit_count + 1) * sizeof *index->nodes);
    if (!index->nodes)
        return fail_memory(error, "marks");
    for (size_t i = 0; i < search->hit_count; i++)
        index->begins[(search->hits[i] >> 32) + 2]++;
    for (size_t m = 2; m <= index->mask + 2; m++)
        index->begins[m] += index->begins[m - 1];
    for (size_t i = 0; i < search->hit_count; i++)
        index->nodes[index->begins[(search->hits[i] >> 32) + 1]++] = (uint32_t)search->hits[i];
    free(search->hits);
    search->hits = NULL;
    return DEDUP_OK;
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

/* The lists of a text's marks, shortest first; *shared gets how many have more than the text itself. */
static size_t lists_of(const struct search *search, uint32_t text, struct list *lists, size_t *shared)
{
    const struct index *index = &search->index;
    size_t begin = marks_begin(search->matcher, text), count = (size_t)search->matcher->mark_ends[text] - begin;
    *shared = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t mark = index->numbers[begin + i];
        struct list list = {index->nodes + index->begins[mark],
                            (size_t)(index->begins[mark + 1] - index->begins[mark])};
        size_t place = i;
        for (; place > 0 && lists[place - 1].count > list.count; place--)
            lists[place] = lists[place - 1];
        lists[place] = list;
        *shared += list.count > 1;
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

/* A text that has `needed` of n marks has at least one of the n - needed + 1 rarest; so only their lists are read. */
static dedup_status find_containers(struct search *search, uint32_t node, struct containers *containers,
                                    dedup_error *error)
{
    struct list lists[MARKS_MAXIMUM];
    uint32_t text = search->nodes->texts[node];
    size_t shared, gathered = 0, count = lists_of(search, text, lists, &shared);
    size_t needed = needed_of(search->matcher, &search->matcher->texts[text], count);
    if (count != 0 && shared >= needed && needed <= count)
        TRY(gather(search, node, lists, count - needed + 1, &gathered, &containers->skipped, error));
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
        if (has_marks(candidates[i].node, lists, count, needed))
            containers->nodes[end++] = candidates[i].node;
    containers->begins[node + 1] = end;
    return DEDUP_OK;
}

static dedup_status run_search(struct search *search, struct containers *containers, dedup_error *error)
{
    const struct team_job job = {.context = search,
                                 .count = (search->nodes->count + BATCH - 1) / BATCH,
                                 .worker_size = sizeof(struct scanner),
                                 .result_size = sizeof(struct hit_list),
                                 .work = scan_batch,
                                 .take = take_hits,
                                 .release_worker = release_scanner,
                                 .release_result = release_hits};
    TRY(make_index(search, error));
    TRY(team_run(&job, search->matcher->options.thread_count, error));
    TRY(make_lists(search, error));
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
    release_index(&search.index);
    free(search.hits);
    free(search.candidates);
    if (status != DEDUP_OK)
        containers_release(containers);
    return status;
}
