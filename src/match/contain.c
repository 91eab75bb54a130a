#include "match/contain.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/radix.h"
#include "match/mark_lists.h"
#include "match/mark_scan.h"
#include "match/mark_set.h"
#include "match/mark_table.h"
#include "match/team.h"

enum {
    LIST_LIMIT = 64,      /* texts with the same mark that are considered, preferred ones first */
    CANDIDATE_LIMIT = 16, /* texts that are compared with one text, those with the most of its marks first */
    RARE = UINT8_MAX,
};

/* One of many that may contain the node in question. */
struct candidate {
    uint32_t node, shingles, met;
};

/* A search in progress. The samples are read twice: for the marks, and for the texts that have them. */
struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    double longer;   /* so many times longer a text must be to contain another one and be no near duplicate of it */
    uint32_t *marks; /* of one text after the other */
    size_t mark_count, mark_capacity;
    size_t *mark_begins; /* of each batch */
    struct note *notes;  /* per unit */
    struct mark_table table;
    uint64_t *found; /* marks that stand in longer texts: mark << 32 | unit that has it */
    size_t found_count, found_capacity;
    uint32_t *rare; /* texts with too few samples */
    size_t rare_count, rare_capacity;
    struct mark_lists lists;
    uint64_t *pairs; /* node << 32 | one that may contain it */
    size_t pair_count, pair_capacity;
    uint64_t skipped;
};

/* The marks of a text that are in search->marks, how many of them a text that contains it must have, and the shingles
 * of the shortest one that may. */
struct note {
    uint32_t length;
    uint8_t marks; /* RARE: it has others */
    uint8_t needed;
};

/* What one thread needs; reused. */
struct worker {
    struct sample_reader reader;
    struct block_window window, samples; /* of a key, and of samples here and there */
    struct sample_table table;
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
    uint32_t *marks;
    size_t mark_count, mark_capacity;
    uint64_t skipped;
};

/* The marks of one text that others may have, and how many of them a text that contains it must have. */
struct marked {
    const uint32_t *values;
    size_t count, needed;
};

static void release_worker(void *pointer)
{
    struct worker *worker = pointer;
    sample_reader_release(&worker->reader);
    block_window_release(&worker->window);
    block_window_release(&worker->samples);
    sample_table_release(&worker->table);
    free(worker->values);
    free(worker->met);
}

static void release_batch(void *result)
{
    struct batch *batch = result;
    free(batch->items);
    free(batch->marks);
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

/* The shingles of the shortest text that may contain one. */
static dedup_status length_of(const struct search *search, struct worker *worker, uint32_t unit,
                              const uint32_t *samples, uint32_t *length, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    double distinct;
    TRY(sample_table_distinct(&worker->table, matcher->texts[unit].shingles, samples, matcher->samples.counts[unit],
                              &distinct, error));
    double least = search->longer * distinct;
    *length = least < UINT32_MAX ? (uint32_t)least : UINT32_MAX;
    return DEDUP_OK;
}

/* Lists the marks of a batch. */
static dedup_status note_batch(void *context, void *pointer, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    const struct mark_plan *plan = &search->matcher->marks;
    struct worker *worker = pointer;
    struct batch *batch = result;
    batch->mark_count = 0;
    sample_reader_start(&worker->reader, &search->matcher->samples, index);
    while (worker->reader.unit < worker->reader.end) {
        uint32_t unit, node;
        const uint32_t *samples;
        TRY(next_unit(search, worker, &unit, &node, &samples, error));
        if (node == NONE)
            continue;
        struct note *note = &search->notes[unit];
        TRY(array_reserve(&batch->marks, &batch->mark_capacity, batch->mark_count + MARKS_MAXIMUM, "marks", error));
        size_t marks =
            marks_choose(plan, samples, search->matcher->samples.counts[unit], batch->marks + batch->mark_count);
        note->needed = (uint8_t)mark_plan_needed(plan, marks, search->matcher->texts[unit].shingles);
        note->marks = note->needed != 0 ? (uint8_t)marks : RARE;
        batch->mark_count += note->needed != 0 ? marks : 0;
        TRY(length_of(search, worker, unit, samples, &note->length, error));
    }
    return DEDUP_OK;
}

static size_t batch_end(const struct search *search, size_t index)
{
    size_t units = search->matcher->unit_count, end = (index + 1) * SAMPLE_BATCH;
    return end < units ? end : units;
}

static dedup_status take_marks(void *context, void *result, size_t index, dedup_error *error)
{
    struct search *search = context;
    const struct batch *batch = result;
    const uint32_t *marks = batch->marks;
    TRY(array_reserve(&search->marks, &search->mark_capacity, search->mark_count + batch->mark_count + 1, "marks",
                      error));
    if (batch->mark_count != 0)
        memcpy(search->marks + search->mark_count, marks, batch->mark_count * sizeof *marks);
    search->mark_begins[index] = search->mark_count;
    search->mark_count += batch->mark_count;
    TRY(array_reserve(&search->rare, &search->rare_capacity, search->rare_count + SAMPLE_BATCH, "marks", error));
    for (size_t unit = index * SAMPLE_BATCH; unit < batch_end(search, index); unit++) {
        struct note note = search->notes[unit];
        uint8_t length = mark_length(note.length);
        if (note.marks == RARE)
            search->rare[search->rare_count++] = (uint32_t)unit;
        else
            for (size_t i = 0; i < note.marks; i++)
                mark_table_add(&search->table, *marks++, length);
    }
    return DEDUP_OK;
}

/* Lists the marks of shorter texts that the texts of a batch have. */
static dedup_status find_batch(void *context, void *pointer, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    const struct matcher *matcher = search->matcher;
    const unsigned step = mark_step(&matcher->marks);
    struct worker *worker = pointer;
    struct batch *batch = result;
    batch->count = 0;
    sample_reader_start(&worker->reader, &matcher->samples, index);
    while (worker->reader.unit < worker->reader.end) {
        uint32_t unit, node;
        const uint32_t *samples;
        TRY(next_unit(search, worker, &unit, &node, &samples, error));
        if (node == NONE)
            continue;
        size_t values = mark_values(&matcher->marks, matcher->samples.counts[unit]);
        TRY(array_reserve(&worker->values, &worker->value_capacity, values + 1, "marks", error));
        size_t kept = mark_table_find(&search->table, samples, values, step, mark_length(matcher->texts[unit].shingles),
                                      worker->values);
        TRY(array_reserve(&batch->items, &batch->capacity, batch->count + kept, "marks", error));
        for (size_t i = 0; i < kept; i++)
            batch->items[batch->count++] = (uint64_t)worker->values[i] << 32 | unit;
    }
    return DEDUP_OK;
}

/* Appends what was found for a batch to an array. */
static dedup_status append(const struct batch *batch, uint64_t **items, size_t *count, size_t *capacity,
                           dedup_error *error)
{
    TRY(array_reserve(items, capacity, *count + batch->count + 1, "contained texts", error));
    if (batch->count != 0)
        memcpy(*items + *count, batch->items, batch->count * sizeof *batch->items);
    *count += batch->count;
    return DEDUP_OK;
}

static dedup_status take_found(void *context, void *result, size_t index, dedup_error *error)
{
    (void)index;
    struct search *search = context;
    return append(result, &search->found, &search->found_count, &search->found_capacity, error);
}

/* Notes how long the texts are that have found a mark. */
static void meet_all(struct search *search)
{
    const struct text *texts = search->matcher->texts;
    mark_table_turn(&search->table);
    for (size_t i = 0; i < search->found_count; i++) {
        uint64_t found = search->found[i];
        mark_table_meet(&search->table, (uint32_t)(found >> 32), mark_length(texts[(uint32_t)found].shingles));
    }
}

/* Keeps of the marks of a text, which are moved to search->marks[place] on, those that longer texts have, when enough
 * of them do; returns how many are kept. */
static size_t keep_met(struct search *search, const uint32_t *marks, size_t place, size_t unit)
{
    struct note *note = &search->notes[unit];
    const uint8_t length = mark_length(note->length);
    const bool itself = mark_length(search->matcher->texts[unit].shingles) >= length; /* it has met its own marks */
    uint32_t *kept = search->marks + place;
    size_t met = 0;
    for (size_t i = 0; i < note->marks; i++) {
        uint32_t mark = marks[i];
        kept[met] = mark;
        met += mark_table_has_met(&search->table, mark, length, itself);
    }
    return note->marks = met < note->needed ? 0 : (uint8_t)met;
}

/* Gives up the marks of texts that no longer text may contain. */
static void keep_likely(struct search *search)
{
    const uint32_t *marks = search->marks;
    size_t kept = 0;
    for (size_t unit = 0; unit < search->matcher->unit_count; unit++) {
        size_t count = search->notes[unit].marks;
        if (unit % SAMPLE_BATCH == 0)
            search->mark_begins[unit / SAMPLE_BATCH] = kept;
        if (count == RARE)
            continue;
        kept += keep_met(search, marks, kept, unit);
        marks += count;
    }
    search->mark_count = kept;
}

/* Makes lists of what was found of the marks that are left. */
static dedup_status list_found(struct search *search, dedup_error *error)
{
    uint64_t *found = search->found;
    struct mark_set left;
    size_t kept = 0;
    TRY(mark_set_make(&left, search->mark_count, UINT64_MAX, error));
    for (size_t i = 0; i < search->mark_count; i++)
        mark_set_add(left, search->marks[i]);
    for (size_t i = 0; i < search->found_count; i++) {
        uint32_t mark = (uint32_t)(found[i] >> 32);
        found[kept] = found[i];
        kept += mark_set_has(left, mark);
    }
    mark_set_release(&left);
    for (size_t i = 0; i < kept; i++)
        found[i] = mark_list_entry((uint32_t)(found[i] >> 32), search->nodes->of_text[(uint32_t)found[i]]);
    TRY(mark_lists_add(&search->lists, found, kept, error));
    free(search->found);
    search->found = NULL;
    return DEDUP_OK;
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
static size_t lists_of(const struct search *search, const struct marked *marked, uint32_t node, struct mark_list *lists)
{
    struct mark_list all[MARKS_MAXIMUM];
    size_t found = 0;
    mark_lists_find(&search->lists, marked->values, marked->count, all);
    for (size_t i = 0; i < marked->count; i++) {
        struct mark_list list = all[i];
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

_Static_assert((int)MARKS_MAXIMUM < (int)RARE, "a text is in so many lists at most");

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
        /* The analyser forgets the lists that were put here.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
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

/* *may: whether so many samples of a text are among those of another one that it may contain it. */
static dedup_status compare_samples(const struct search *search, struct worker *worker, uint32_t unit, uint32_t other,
                                    bool *may, dedup_error *error)
{
    const struct samples *samples = &search->matcher->samples;
    const uint32_t *mine, *others;
    size_t count = samples->counts[unit];
    TRY(array_reserve(&worker->values, &worker->value_capacity, count + 1, "marks", error));
    TRY(samples_view(samples, unit, &worker->samples, &mine, error));
    if (count != 0)
        memcpy(worker->values, mine, count * sizeof *mine);
    TRY(samples_view(samples, other, &worker->samples, &others, error));
    return sample_table_compare(&worker->table, search->matcher->options.containment, worker->values, count, others,
                                samples->counts[other], may, error);
}

/* Appends the pairs of a text. A text that has `needed` of n marks has at least one of the n - needed + 1 rarest; so
 * only their lists are read. */
static dedup_status pair_text(const struct search *search, struct worker *worker, uint32_t unit,
                              const struct marked *marked, struct batch *batch, dedup_error *error)
{
    struct mark_list lists[MARKS_MAXIMUM];
    uint32_t node = search->nodes->of_text[unit];
    size_t shared = lists_of(search, marked, node, lists);
    if (shared == 0 || shared < marked->needed)
        return DEDUP_OK;
    size_t gathered =
        gather(search, worker, node, search->notes[unit].length, lists, shared - marked->needed + 1, &batch->skipped);
    size_t kept = gathered < CANDIDATE_LIMIT ? gathered : CANDIDATE_LIMIT;
    if (gathered > CANDIDATE_LIMIT)
        qsort(worker->ranked, gathered, sizeof *worker->ranked, likeliest);
    batch->skipped += gathered - kept;
    TRY(array_reserve(&batch->items, &batch->capacity, batch->count + kept, "contained texts", error));
    for (size_t i = 0; i < kept; i++) {
        uint32_t other = worker->ranked[i].node;
        bool may = has_marks(other, lists, shared, marked->needed);
        if (may)
            TRY(compare_samples(search, worker, unit, search->nodes->texts[other], &may, error));
        batch->items[batch->count] = (uint64_t)node << 32 | other;
        batch->count += may;
    }
    return DEDUP_OK;
}

/* Takes the marks of a rare text that were scanned for. */
static dedup_status mark_rare(const struct search *search, struct worker *worker, uint32_t unit, struct marked *marked,
                              dedup_error *error)
{
    struct scan_marks *scanned = &worker->scanned;
    TRY(scan_marks_choose(search->matcher, &search->matcher->texts[unit], &worker->window, scanned, error));
    *marked = (struct marked){scanned->values, scanned->count, scanned->needed};
    return DEDUP_OK;
}

static dedup_status ready_to_pair(const struct search *search, struct worker *worker, dedup_error *error)
{
    if (worker->met)
        return DEDUP_OK;
    block_window_open(&worker->samples, &search->matcher->samples.blocks);
    worker->met = calloc(search->nodes->count + 1, sizeof *worker->met);
    return worker->met ? DEDUP_OK : fail_memory(error, "marks");
}

/* Lists the pairs of the texts of a batch. */
static dedup_status pair_batch(void *context, void *pointer, void *result, size_t index, dedup_error *error)
{
    const struct search *search = context;
    struct worker *worker = pointer;
    struct batch *batch = result;
    const uint32_t *marks = search->marks + search->mark_begins[index];
    TRY(ready_to_pair(search, worker, error));
    batch->count = 0;
    batch->skipped = 0;
    for (size_t i = index * SAMPLE_BATCH; i < batch_end(search, index); i++) {
        struct marked marked;
        uint32_t unit = (uint32_t)i;
        struct note note = search->notes[unit];
        if (note.marks == RARE) {
            TRY(mark_rare(search, worker, unit, &marked, error));
        } else {
            marked = (struct marked){marks, note.marks, note.needed};
            marks += note.marks;
        }
        if (marked.count != 0 && marked.count >= marked.needed)
            TRY(pair_text(search, worker, unit, &marked, batch, error));
    }
    return DEDUP_OK;
}

static dedup_status take_pairs(void *context, void *result, size_t index, dedup_error *error)
{
    (void)index;
    struct search *search = context;
    const struct batch *batch = result;
    search->skipped += batch->skipped;
    return append(batch, &search->pairs, &search->pair_count, &search->pair_capacity, error);
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

/* Goes through all units. */
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
    uint64_t marks = 0, wanted = matcher->marks.wanted;
    for (size_t unit = 0; unit < matcher->unit_count; unit++)
        marks += matcher->samples.counts[unit] < wanted ? matcher->samples.counts[unit] : wanted;
    search->notes = calloc(matcher->unit_count + 1, sizeof *search->notes);
    search->mark_begins = calloc(samples_batches(&matcher->samples) + 1, sizeof *search->mark_begins);
    if (!search->notes || !search->mark_begins)
        return fail_memory(error, "marks");
    TRY(mark_table_make(&search->table, marks, error));
    TRY(go_through(search, note_batch, take_marks, error));
    TRY(go_through(search, find_batch, take_found, error));
    meet_all(search);
    keep_likely(search);
    TRY(list_found(search, error));
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
    if (matcher->marks.wanted == 0)
        return DEDUP_OK;
    struct search search = {.matcher = matcher, .nodes = nodes, .longer = longer_than(&matcher->options, threshold)};
    dedup_status status = run_search(&search, containers, error);
    mark_table_release(&search.table);
    mark_lists_release(&search.lists);
    free(search.marks);
    free(search.found);
    free(search.mark_begins);
    free(search.notes);
    free(search.rare);
    free(search.pairs);
    if (status != DEDUP_OK)
        containers_release(containers);
    return status;
}
