#include "match/contain.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/radix.h"
#include "match/mark_lists.h"
#include "match/mark_scan.h"
#include "match/mark_table.h"
#include "match/team.h"

enum {
    LIST_LIMIT = 64,      /* texts with the same mark that are considered, preferred ones first */
    CANDIDATE_LIMIT = 16, /* texts that are compared with one text, those with the most of its marks first */
};

/* One of many that may contain the node in question. */
struct candidate {
    uint32_t node, shingles, met;
};

/* A search in progress. The samples are read three times: for the marks, for the texts that have them, and for the
 * marks again, which are looked up among what was found. */
struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    double longer; /* so many times longer a text must be to contain another one and be no near duplicate of it */
    struct mark_table table;
    uint32_t *rare; /* texts with too few samples */
    size_t rare_count, rare_capacity;
    struct mark_lists lists;
    uint64_t *pairs; /* node << 32 | one that may contain it */
    size_t pair_count, pair_capacity;
    uint64_t skipped;
};

/* What one thread needs; reused. */
struct worker {
    struct sample_reader reader;
    struct block_window window;
    struct mark_chooser chooser;
    uint32_t *values;
    size_t value_capacity;
    uint8_t *met; /* per node: in how many lists it is; 0 between two searches */
    uint32_t nodes[MARKS_MAXIMUM * LIST_LIMIT];
    struct candidate ranked[MARKS_MAXIMUM * LIST_LIMIT];
    struct scan_marks scanned;
};

/* What was found for one batch of units. */
struct batch {
    uint64_t *items;
    size_t count, capacity;
    uint32_t rare[SAMPLE_BATCH];
    size_t rare_count;
    uint64_t skipped;
};

/* The marks of one text, and what a text that contains it must have. */
struct marked {
    uint32_t values[MARKS_MAXIMUM];
    size_t count, needed;
    uint32_t length; /* shingles, no more than that */
};

static void release_worker(void *pointer)
{
    struct worker *worker = pointer;
    sample_reader_release(&worker->reader);
    block_window_release(&worker->window);
    mark_chooser_release(&worker->chooser);
    free(worker->values);
    free(worker->met);
}

static void release_batch(void *result)
{
    free(((struct batch *)result)->items);
}

void containers_release(struct containers *containers)
{
    free(containers->begins);
    free(containers->nodes);
    *containers = (struct containers){0};
}

/* Goes to the next unit of the batch; *node is NONE when it takes no part. */
static dedup_status next_unit(const struct search *search, struct worker *worker, uint32_t *unit, uint32_t *node,
                              const uint32_t **samples, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    *unit = (uint32_t)worker->reader.unit;
    *node = matcher->texts[*unit].shingles != 0 ? search->nodes->of_text[*unit] : NONE;
    return sample_reader_next(&worker->reader, &matcher->samples, *node != NONE, samples, error);
}

/* The marks of a text among its samples; those of a rare text need none. */
static dedup_status mark_text(const struct search *search, struct worker *worker, uint32_t unit,
                              const uint32_t *samples, struct marked *marked, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    size_t count = matcher->samples.counts[unit], shingles = matcher->texts[unit].shingles, repeats;
    TRY(marks_choose(&matcher->marks, &worker->chooser, samples, count, marked->values, &marked->count, &repeats,
                     error));
    marked->needed = mark_plan_needed(&matcher->marks, marked->count, shingles);
    double length = search->longer * marks_distinct(shingles, count, repeats);
    marked->length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    return DEDUP_OK;
}

/* Lists the marks of a batch: mark << 32 | the length from which a text may contain theirs. */
static dedup_status note_batch(void *context, void *pointer, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    struct worker *worker = pointer;
    struct batch *batch = result;
    batch->count = batch->rare_count = 0;
    sample_reader_start(&worker->reader, &search->matcher->samples, index);
    while (worker->reader.unit < worker->reader.end) {
        struct marked marked;
        uint32_t unit, node;
        const uint32_t *samples;
        TRY(next_unit(search, worker, &unit, &node, &samples, error));
        if (node == NONE)
            continue;
        TRY(mark_text(search, worker, unit, samples, &marked, error));
        if (marked.needed == 0) {
            batch->rare[batch->rare_count++] = unit;
            continue;
        }
        TRY(array_reserve(&batch->items, &batch->capacity, batch->count + marked.count, "marks", error));
        for (size_t i = 0; i < marked.count; i++)
            batch->items[batch->count++] = (uint64_t)marked.values[i] << 32 | mark_length(marked.length);
    }
    return DEDUP_OK;
}

static dedup_status take_marks(void *context, void *result, size_t index, dedup_error *error)
{
    (void)index;
    struct search *search = context;
    const struct batch *batch = result;
    for (size_t i = 0; i < batch->count; i++)
        mark_table_add(&search->table, (uint32_t)(batch->items[i] >> 32), (uint8_t)batch->items[i]);
    TRY(array_reserve(&search->rare, &search->rare_capacity, search->rare_count + batch->rare_count, "marks", error));
    for (size_t i = 0; i < batch->rare_count; i++)
        search->rare[search->rare_count++] = batch->rare[i];
    return DEDUP_OK;
}

/* Makes worker->values all that may be marks in a text, of which there are no fewer samples. */
static size_t values_of(const struct search *search, struct worker *worker, const uint32_t *samples, size_t count)
{
    if (!search->matcher->marks.linked) {
        memcpy(worker->values, samples, count * sizeof *samples);
        return count;
    }
    for (size_t i = 0; i + 1 < count; i++)
        worker->values[i] = mark_link(samples[i], samples[i + 1]);
    return count != 0 ? count - 1 : 0;
}

/* Lists the marks of shorter texts that the texts of a batch have, as entries of lists. */
static dedup_status find_batch(void *context, void *pointer, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    const struct matcher *matcher = search->matcher;
    struct worker *worker = pointer;
    struct batch *batch = result;
    batch->count = 0;
    sample_reader_start(&worker->reader, &matcher->samples, index);
    while (worker->reader.unit < worker->reader.end) {
        uint32_t unit, node;
        const uint32_t *samples;
        TRY(next_unit(search, worker, &unit, &node, &samples, error));
        size_t count = node != NONE ? matcher->samples.counts[unit] : 0;
        TRY(array_reserve(&worker->values, &worker->value_capacity, 2 * count, "marks", error));
        size_t values = values_of(search, worker, samples, count);
        uint32_t *found = worker->values + count;
        size_t kept = mark_table_find(&search->table, worker->values, values,
                                      mark_length(matcher->texts[unit].shingles), found);
        TRY(array_reserve(&batch->items, &batch->capacity, batch->count + kept, "marks", error));
        for (size_t i = 0; i < kept; i++)
            batch->items[batch->count++] = (uint64_t)found[i] << 32 | node;
    }
    return DEDUP_OK;
}

static dedup_status take_entries(void *context, void *result, size_t index, dedup_error *error)
{
    (void)index;
    struct search *search = context;
    const struct batch *batch = result;
    return mark_lists_add(&search->lists, batch->items, batch->count, error);
}

static bool list_has(struct mark_list list, uint32_t node)
{
    size_t low = 0, high = list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uint32_t)list.entries[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list.count && (uint32_t)list.entries[low] == node;
}

/* The lists of those marks that other nodes have, shortest first. */
static size_t lists_of(const struct search *search, const uint32_t *marks, size_t count, uint32_t node,
                       struct mark_list *lists)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct mark_list list = mark_lists_find(&search->lists, marks[i]);
        if (list.count == 0 || (list.count == 1 && (uint32_t)list.entries[0] == node))
            continue;
        size_t place = found++;
        for (; place > 0 && lists[place - 1].count > list.count; place--)
            lists[place] = lists[place - 1];
        lists[place] = list;
    }
    return found;
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

static uint32_t shingles_of(const struct search *search, uint32_t node)
{
    return search->matcher->texts[search->nodes->texts[node]].shingles;
}

/* Gathers the texts in the first `count` lists that are long enough, but for the text itself, each once. */
static size_t gather(const struct search *search, struct worker *worker, uint32_t node, uint32_t length,
                     const struct mark_list *lists, size_t count, uint64_t *skipped)
{
    size_t gathered = 0;
    for (size_t l = 0; l < count; l++) {
        size_t taken = lists[l].count < LIST_LIMIT ? lists[l].count : LIST_LIMIT;
        for (size_t i = 0; i < taken; i++) {
            uint32_t other = (uint32_t)lists[l].entries[i];
            worker->nodes[gathered] = other;
            gathered += worker->met[other]++ == 0;
        }
        *skipped += lists[l].count - taken;
    }
    size_t kept = 0;
    for (size_t i = 0; i < gathered; i++) {
        uint32_t other = worker->nodes[i], shingles = shingles_of(search, other);
        worker->ranked[kept] = (struct candidate){other, shingles, worker->met[other]};
        worker->met[other] = 0;
        kept += (other != node) & (shingles >= length);
    }
    return kept;
}

/* Whether a text has `needed` of the marks with these lists. */
static bool has_marks(uint32_t node, const struct mark_list *lists, size_t count, size_t needed)
{
    size_t met = 0;
    for (size_t l = 0; l < count && met < needed && met + (count - l) >= needed; l++)
        met += list_has(lists[l], node);
    return met >= needed;
}

/* Appends the pairs of a node. A text that has `needed` of n marks has at least one of the n - needed + 1 rarest; so
 * only their lists are read. */
static dedup_status pair_node(const struct search *search, struct worker *worker, uint32_t node,
                              const struct marked *marked, struct batch *batch, dedup_error *error)
{
    struct mark_list lists[MARKS_MAXIMUM] = {0};
    size_t shared = lists_of(search, marked->values, marked->count, node, lists);
    if (shared == 0 || shared < marked->needed)
        return DEDUP_OK;
    size_t gathered = gather(search, worker, node, marked->length, lists, shared - marked->needed + 1, &batch->skipped);
    size_t kept = gathered < CANDIDATE_LIMIT ? gathered : CANDIDATE_LIMIT;
    if (gathered > CANDIDATE_LIMIT)
        qsort(worker->ranked, gathered, sizeof *worker->ranked, likeliest);
    batch->skipped += gathered - kept;
    TRY(array_reserve(&batch->items, &batch->capacity, batch->count + kept, "contained texts", error));
    for (size_t i = 0; i < kept; i++) {
        batch->items[batch->count] = (uint64_t)node << 32 | worker->ranked[i].node;
        batch->count += has_marks(worker->ranked[i].node, lists, shared, marked->needed);
    }
    return DEDUP_OK;
}

/* Replaces the marks of a rare text by those that were scanned for. */
static dedup_status mark_rare(const struct search *search, struct worker *worker, uint32_t unit, struct marked *marked,
                              dedup_error *error)
{
    struct scan_marks *scanned = &worker->scanned;
    TRY(scan_marks_choose(search->matcher, &search->matcher->texts[unit], &worker->window, scanned, error));
    marked->count = scanned->count;
    marked->needed = scanned->needed;
    memcpy(marked->values, scanned->values, scanned->count * sizeof *scanned->values);
    return DEDUP_OK;
}

/* Lists the pairs of the texts of a batch. */
static dedup_status pair_batch(void *context, void *pointer, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    struct worker *worker = pointer;
    struct batch *batch = result;
    if (!worker->met)
        worker->met = calloc(search->nodes->count + 1, sizeof *worker->met);
    if (!worker->met)
        return fail_memory(error, "marks");
    batch->count = 0;
    batch->skipped = 0;
    sample_reader_start(&worker->reader, &search->matcher->samples, index);
    while (worker->reader.unit < worker->reader.end) {
        struct marked marked;
        uint32_t unit, node;
        const uint32_t *samples;
        TRY(next_unit(search, worker, &unit, &node, &samples, error));
        if (node == NONE)
            continue;
        TRY(mark_text(search, worker, unit, samples, &marked, error));
        if (marked.needed == 0)
            TRY(mark_rare(search, worker, unit, &marked, error));
        TRY(pair_node(search, worker, node, &marked, batch, error));
    }
    return DEDUP_OK;
}

static dedup_status take_pairs(void *context, void *result, size_t index, dedup_error *error)
{
    (void)index;
    struct search *search = context;
    const struct batch *batch = result;
    TRY(array_reserve(&search->pairs, &search->pair_capacity, search->pair_count + batch->count + 1, "contained texts",
                      error));
    if (batch->count != 0)
        memcpy(search->pairs + search->pair_count, batch->items, batch->count * sizeof *batch->items);
    search->pair_count += batch->count;
    search->skipped += batch->skipped;
    return DEDUP_OK;
}

/* Sorts the pairs by nodes. */
static dedup_status make_containers(struct search *search, struct containers *containers, dedup_error *error)
{
    size_t nodes = search->nodes->count, count = search->pair_count;
    unsigned bits = radix_bits(nodes);
    uint64_t *scratch = malloc((count + 1) * sizeof *scratch);
    containers->begins = calloc(nodes + 1, sizeof *containers->begins);
    containers->nodes = malloc((count + 1) * sizeof *containers->nodes);
    if (!scratch || !containers->begins || !containers->nodes) {
        free(scratch);
        return fail_memory(error, "contained texts");
    }
    radix_sort(search->pairs, count, scratch, 0, bits);
    radix_sort(search->pairs, count, scratch, 32, 32 + bits);
    free(scratch);
    for (size_t i = 0; i < count; i++) {
        containers->nodes[i] = (uint32_t)search->pairs[i];
        containers->begins[(search->pairs[i] >> 32) + 1]++;
    }
    for (size_t n = 0; n < nodes; n++)
        containers->begins[n + 1] += containers->begins[n];
    containers->skipped = search->skipped;
    return DEDUP_OK;
}

/* Goes through the samples of all units. */
static dedup_status go_through(struct search *search,
                               dedup_status (*work)(void *, void *, void *, size_t, dedup_error *),
                               dedup_status (*take)(void *, void *, size_t, dedup_error *), dedup_error *error)
{
    const struct team_job job = {.context = search,
                                 .count = samples_batches(&search->matcher->samples),
                                 .worker_size = sizeof(struct worker),
                                 .result_size = sizeof(struct batch),
                                 .work = work,
                                 .take = take,
                                 .release_worker = release_worker,
                                 .release_result = release_batch};
    return team_run(&job, search->matcher->options.thread_count, error);
}

static dedup_status run_search(struct search *search, struct containers *containers, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    uint64_t marks = 0;
    for (size_t unit = 0; unit < matcher->unit_count; unit++)
        marks += mark_plan_count(&matcher->marks, matcher->samples.counts[unit]);
    TRY(mark_table_make(&search->table, marks, error));
    TRY(go_through(search, note_batch, take_marks, error));
    TRY(go_through(search, find_batch, take_entries, error));
    TRY(mark_scan(matcher, search->nodes, search->rare, search->rare_count, &search->lists, error));
    TRY(mark_lists_sort(&search->lists, search->nodes->count, error));
    TRY(go_through(search, pair_batch, take_pairs, error));
    return make_containers(search, containers, error);
}

/* A text of n shingles that has the share c of another one of m is a near duplicate of it up to n = m (c / t + c - 1),
 * t being the threshold. */
static double longer_than(const struct match_options *options, double threshold)
{
    double ratio = options->containment / threshold + options->containment - 1;
    return options->same_numbers || ratio < 1 ? 1 : ratio * (1 - 1e-9);
}

dedup_status containers_make(const struct matcher *matcher, const struct nodes *nodes, double threshold,
                             struct containers *containers, dedup_error *error)
{
    *containers = (struct containers){0};
    if (matcher->marks.most == 0)
        return DEDUP_OK;
    struct search search = {
        .matcher = matcher, .nodes = nodes, .longer = longer_than(&matcher->options, threshold)};
    dedup_status status = run_search(&search, containers, error);
    mark_table_release(&search.table);
    mark_lists_release(&search.lists);
    free(search.rare);
    free(search.pairs);
    if (status != DEDUP_OK)
        containers_release(containers);
    return status;
}
