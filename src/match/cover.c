#include "match/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/isa.h"
#include "match/components.h"
#include "match/recall_keys.h"
#include "match/team.h"
#include "match/verify.h"

enum {
    SCAN_LIMIT = 128,   /* survivors of one bucket that are looked at, those visited last first */
    LOOK_LIMIT = 256,   /* survivors that one visit looks at, those of the smallest buckets first */
    TRY_LIMIT = 12,     /* exact comparisons of one visit, by estimated similarity */
    BATCH_NODES = 4096, /* components are dealt to threads in batches of about so many nodes */
};

/* How many nodes ahead memory is asked for: first the numbers of texts and buckets, then what these say. */
enum { PREFETCH_NODE = 24, PREFETCH_TEXT = 16, PREFETCH_KEY = 8 };

enum state { UNDECIDED, SURVIVES, DROPPED };

struct cover {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct buckets *buckets;
    const struct containers *containers;
    struct components components;
    struct recalled_keys keys; /* of all texts in components */
    struct match_verdict *verdicts;
    unsigned cut; /* least agreement of signatures */
    /* Places are those of nodes in components.nodes. Buckets of place p: node_buckets[bucket_begins[p] ..
     * bucket_begins[p + 1]). */
    uint64_t *bucket_begins;
    uint32_t *node_buckets;
    uint32_t *kept;           /* per bucket: how many survivors stand at the front of its members */
    uint8_t *states;          /* per place */
    struct comparison *found; /* per candidate of `containers`; similarity < 0: not compared yet */
    uint64_t *batches;        /* components of batch i: batches[i] .. batches[i + 1] */
    size_t batch_count;
    struct match_counts *counts;
};

struct visitor {
    struct verifier verifier;
    bool ready;
    uint64_t begin;   /* of the component in work */
    uint32_t *stamps; /* per node of it: the last visit that met the node */
    size_t stamp_capacity;
    uint32_t visit;
    uint64_t *buckets; /* of the node in question: survivors << 32 | bucket */
    size_t bucket_capacity;
    uint64_t *candidates; /* agreement << 32 | inverted node */
    size_t candidate_count, candidate_capacity;
    uint32_t *stack;
    size_t stack_count, stack_capacity;
    struct match_counts *counts;
};

static void release_visitor(void *worker)
{
    struct visitor *visitor = worker;
    if (visitor->ready)
        verifier_release(&visitor->verifier);
    free(visitor->stamps);
    free(visitor->buckets);
    free(visitor->candidates);
    free(visitor->stack);
}

static const struct text *text_of(const struct cover *cover, uint32_t node)
{
    return &cover->matcher->texts[cover->nodes->texts[node]];
}

static uint8_t *state_of(const struct cover *cover, uint32_t node)
{
    return &cover->states[cover->components.places[node]];
}

/* The place of a node in the component in work. */
static size_t place_in(const struct cover *cover, const struct visitor *visitor, uint32_t node)
{
    return (size_t)(cover->components.places[node] - visitor->begin);
}

/* Adds up to `limit` survivors of one bucket whose signatures agree enough and which this visit has not met. */
static dedup_status gather_bucket(const struct cover *cover, struct visitor *visitor, uint32_t node, uint32_t bucket,
                                  size_t limit, dedup_error *error)
{
    const uint32_t *members = cover->buckets->members + cover->buckets->begins[bucket];
    const struct text *mine = text_of(cover, node);
    size_t kept = cover->kept[bucket], scanned = kept < limit ? kept : limit;
    TRY(array_reserve(&visitor->candidates, &visitor->candidate_capacity, visitor->candidate_count + scanned,
                      "candidates", error));
    visitor->counts->skipped += kept - scanned;
    for (size_t i = kept; i > kept - scanned; i--) {
        uint32_t other = members[i - 1], *stamp = &visitor->stamps[place_in(cover, visitor, other)];
        if (*stamp == visitor->visit)
            continue;
        *stamp = visitor->visit;
        visitor->counts->candidates++;
        unsigned agreement = signature_agreement(&mine->signature, &text_of(cover, other)->signature);
        if (agreement >= cover->cut)
            visitor->candidates[visitor->candidate_count++] = (uint64_t)agreement << 32 | (NONE - other);
    }
    return DEDUP_OK;
}

/* Lists the buckets of a node that have survivors, those with the fewest first. */
static dedup_status list_buckets(const struct cover *cover, struct visitor *visitor, uint32_t node, size_t *count,
                                 dedup_error *error)
{
    uint32_t at = cover->components.places[node];
    uint64_t begin = cover->bucket_begins[at], end = cover->bucket_begins[at + 1];
    *count = 0;
    TRY(array_reserve(&visitor->buckets, &visitor->bucket_capacity, (size_t)(end - begin), "candidates", error));
    for (uint64_t i = begin; i < end; i++) {
        uint32_t bucket = cover->node_buckets[i];
        uint64_t item = (uint64_t)cover->kept[bucket] << 32 | bucket;
        if (cover->kept[bucket] == 0)
            continue;
        size_t place = (*count)++;
        for (; place > 0 && visitor->buckets[place - 1] > item; place--)
            visitor->buckets[place] = visitor->buckets[place - 1];
        visitor->buckets[place] = item;
    }
    return DEDUP_OK;
}

/* Adds the survivors of the node's buckets. */
static dedup_status gather_candidates(const struct cover *cover, struct visitor *visitor, uint32_t node,
                                      dedup_error *error)
{
    size_t count, looks = LOOK_LIMIT;
    TRY(list_buckets(cover, visitor, node, &count, error));
    visitor->visit++;
    visitor->candidate_count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t kept = (size_t)(visitor->buckets[i] >> 32), limit = looks < SCAN_LIMIT ? looks : SCAN_LIMIT;
        TRY(gather_bucket(cover, visitor, node, (uint32_t)visitor->buckets[i], limit, error));
        looks -= kept < limit ? kept : limit;
    }
    return DEDUP_OK;
}

/* Takes the candidate with the highest agreement, the preferred node among equal ones. */
static uint32_t take_best(struct visitor *visitor)
{
    size_t best = 0;
    for (size_t i = 1; i < visitor->candidate_count; i++)
        if (visitor->candidates[i] > visitor->candidates[best])
            best = i;
    uint32_t node = NONE - (uint32_t)visitor->candidates[best];
    visitor->candidates[best] = visitor->candidates[--visitor->candidate_count];
    return node;
}

static void drop(const struct cover *cover, uint32_t node, uint32_t keeper, struct comparison comparison)
{
    *state_of(cover, node) = DROPPED;
    cover->verdicts[cover->nodes->units[node]] =
        (struct match_verdict){cover->nodes->units[keeper], comparison.similarity, comparison.method};
}

static void keep(const struct cover *cover, struct visitor *visitor, uint32_t node)
{
    uint32_t at = cover->components.places[node];
    cover->states[at] = SURVIVES;
    for (uint64_t i = cover->bucket_begins[at]; i < cover->bucket_begins[at + 1]; i++) {
        uint32_t bucket = cover->node_buckets[i];
        cover->buckets->members[cover->buckets->begins[bucket] + cover->kept[bucket]++] = node;
    }
    verifier_keep(&visitor->verifier, node);
}

static dedup_status compare(const struct cover *cover, struct visitor *visitor, uint32_t node, uint32_t other,
                            struct comparison *out, dedup_error *error)
{
    visitor->counts->verified++;
    return verifier_compare(&visitor->verifier, node, place_in(cover, visitor, node), other,
                            place_in(cover, visitor, other), out, error);
}

/* Drops the node when it meets a rule against a survivor of its buckets. */
static dedup_status try_buckets(const struct cover *cover, struct visitor *visitor, uint32_t node, dedup_error *error)
{
    TRY(gather_candidates(cover, visitor, node, error));
    for (unsigned tries = 0; tries < TRY_LIMIT && visitor->candidate_count != 0; tries++) {
        uint32_t other = take_best(visitor);
        struct comparison comparison;
        TRY(compare(cover, visitor, node, other, &comparison, error));
        if (comparison.method != MATCH_KEPT) {
            drop(cover, node, other, comparison);
            return DEDUP_OK;
        }
    }
    visitor->counts->skipped += visitor->candidate_count;
    return DEDUP_OK;
}

/* Compares the node with its candidate number i, once. */
static dedup_status compare_container(const struct cover *cover, struct visitor *visitor, uint32_t node, uint64_t i,
                                      dedup_error *error)
{
    uint32_t other = cover->containers->nodes[i];
    if (cover->found[i].similarity >= 0)
        return DEDUP_OK;
    cover->found[i] = (struct comparison){MATCH_KEPT, 0};
    bool may;
    TRY(verifier_may_contain(&visitor->verifier, node, place_in(cover, visitor, node), other, &may, error));
    return may ? compare(cover, visitor, node, other, &cover->found[i], error) : DEDUP_OK;
}

/* Looks for a text that contains the node. Drops the node when one survives; else *first gets one that has to be
 * visited before, NONE when there is none. */
static dedup_status try_containers(const struct cover *cover, struct visitor *visitor, uint32_t node, uint32_t *first,
                                   dedup_error *error)
{
    *first = NONE;
    if (!cover->containers->begins)
        return DEDUP_OK;
    for (uint64_t i = cover->containers->begins[node]; i < cover->containers->begins[node + 1]; i++) {
        uint32_t other = cover->containers->nodes[i];
        if (*state_of(cover, other) == DROPPED)
            continue;
        TRY(compare_container(cover, visitor, node, i, error));
        if (cover->found[i].method != MATCH_KEPT && *state_of(cover, other) == SURVIVES) {
            drop(cover, node, other, cover->found[i]);
            *first = NONE;
            return DEDUP_OK;
        }
        if (cover->found[i].method == MATCH_CONTAINED && *first == NONE)
            *first = other;
    }
    return DEDUP_OK;
}

/* Decides about the node on top of the stack, or puts one on top of it that goes first. Containers have ever more
 * shingles, so the stack has an end. */
static dedup_status visit_top(const struct cover *cover, struct visitor *visitor, dedup_error *error)
{
    uint32_t node = visitor->stack[visitor->stack_count - 1], first = NONE;
    TRY(try_buckets(cover, visitor, node, error));
    if (*state_of(cover, node) == UNDECIDED)
        TRY(try_containers(cover, visitor, node, &first, error));
    if (first != NONE) {
        TRY(array_reserve(&visitor->stack, &visitor->stack_capacity, visitor->stack_count + 1, "texts", error));
        visitor->stack[visitor->stack_count++] = first;
        return DEDUP_OK;
    }
    if (*state_of(cover, node) == UNDECIDED)
        keep(cover, visitor, node);
    visitor->stack_count--;
    return DEDUP_OK;
}

/* Starts to load what the visit of the i-th node of all components and the next ones will look at. Always in line: GCC
 * drops calls of a function that only prefetches. */
static inline ISA_INLINE void prefetch(const struct cover *cover, uint64_t i)
{
    const uint32_t *nodes = cover->components.nodes;
    uint64_t count = cover->components.begins[cover->components.count];
    if (i + PREFETCH_NODE < count) {
        uint32_t node = nodes[i + PREFETCH_NODE];
        __builtin_prefetch(&cover->nodes->texts[node]);
        __builtin_prefetch(&cover->nodes->units[node]);
        if (cover->containers->begins)
            __builtin_prefetch(&cover->containers->begins[node]);
    }
    if (i + PREFETCH_TEXT < count) {
        uint32_t node = nodes[i + PREFETCH_TEXT];
        const char *text = (const char *)text_of(cover, node);
        __builtin_prefetch(text);
        __builtin_prefetch(text + sizeof(struct text) - 1);
        __builtin_prefetch(&cover->verdicts[cover->nodes->units[node]], 1);
    }
    if (i + PREFETCH_KEY < count) {
        uint32_t node = nodes[i + PREFETCH_KEY];
        key_store_prefetch(cover->matcher->keys, recalled_key(&cover->keys, cover->nodes->texts[node]));
        for (uint64_t b = cover->bucket_begins[i + PREFETCH_KEY]; b < cover->bucket_begins[i + PREFETCH_KEY + 1]; b++) {
            uint32_t bucket = cover->node_buckets[b];
            __builtin_prefetch(&cover->kept[bucket], 1);
            __builtin_prefetch(&cover->buckets->begins[bucket]);
        }
    }
}

static dedup_status cover_component(const struct cover *cover, struct visitor *visitor, size_t component,
                                    dedup_error *error)
{
    uint64_t begin = cover->components.begins[component], end = cover->components.begins[component + 1];
    size_t size = (size_t)(end - begin);
    TRY(verifier_start(&visitor->verifier, size, error));
    TRY(array_reserve(&visitor->stamps, &visitor->stamp_capacity, size, "candidates", error));
    TRY(array_reserve(&visitor->stack, &visitor->stack_capacity, 1, "texts", error));
    memset(visitor->stamps, 0, size * sizeof *visitor->stamps);
    visitor->visit = 0;
    visitor->begin = begin;
    for (uint64_t i = begin; i < end; i++) {
        uint32_t node = cover->components.nodes[i];
        prefetch(cover, i);
        if (cover->states[i] != UNDECIDED)
            continue;
        visitor->stack[0] = node;
        visitor->stack_count = 1;
        while (visitor->stack_count != 0)
            TRY(visit_top(cover, visitor, error));
    }
    return DEDUP_OK;
}

static dedup_status cover_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct cover *cover = context;
    struct visitor *visitor = worker;
    if (!visitor->ready) {
        verifier_init(&visitor->verifier, cover->matcher, cover->nodes, &cover->keys);
        visitor->ready = true;
    }
    visitor->counts = result;
    *visitor->counts = (struct match_counts){0};
    for (uint64_t c = cover->batches[batch]; c < cover->batches[batch + 1]; c++)
        TRY(cover_component(cover, visitor, (size_t)c, error));
    return DEDUP_OK;
}

static dedup_status take_counts(void *context, void *result, size_t batch, dedup_error *error)
{
    (void)batch;
    (void)error;
    struct match_counts *all = ((struct cover *)context)->counts;
    const struct match_counts *more = result;
    all->candidates += more->candidates;
    all->verified += more->verified;
    all->skipped += more->skipped;
    return DEDUP_OK;
}

/* Turns the members of buckets round: the buckets of each place. */
static dedup_status invert_buckets(struct cover *cover, dedup_error *error)
{
    const struct buckets *buckets = cover->buckets;
    const uint32_t *places = cover->components.places;
    uint64_t members = buckets->begins[buckets->count];
    size_t count = (size_t)cover->components.begins[cover->components.count];
    cover->bucket_begins = calloc(count + 2, sizeof *cover->bucket_begins);
    cover->node_buckets = malloc((size_t)(members + 1) * sizeof *cover->node_buckets);
    cover->states = calloc(count + 1, sizeof *cover->states);
    if (!cover->bucket_begins || !cover->node_buckets || !cover->states)
        return fail_memory(error, "candidates");
    for (uint64_t i = 0; i < members; i++)
        cover->bucket_begins[places[buckets->members[i]] + (size_t)2]++;
    for (size_t p = 2; p <= count + 1; p++)
        cover->bucket_begins[p] += cover->bucket_begins[p - 1];
    for (size_t b = 0; b < buckets->count; b++)
        for (uint64_t i = buckets->begins[b]; i < buckets->begins[b + 1]; i++)
            cover->node_buckets[cover->bucket_begins[places[buckets->members[i]] + (size_t)1]++] = (uint32_t)b;
    return DEDUP_OK;
}

static dedup_status make_batches(struct cover *cover, dedup_error *error)
{
    cover->batches = malloc((cover->components.count + 1) * sizeof *cover->batches);
    if (!cover->batches)
        return fail_memory(error, "components");
    cover->batches[0] = 0;
    for (size_t c = 0; c < cover->components.count; c++) {
        uint64_t first = cover->components.begins[cover->batches[cover->batch_count]];
        if (cover->components.begins[c + 1] - first >= BATCH_NODES || c + 1 == cover->components.count)
            cover->batches[++cover->batch_count] = c + 1;
    }
    return DEDUP_OK;
}

/* Brings the keys of all texts in components back. */
static dedup_status recall(struct cover *cover, dedup_error *error)
{
    const struct components *components = &cover->components;
    TRY(recalled_keys_init(&cover->keys, cover->matcher, error));
    for (uint64_t i = 0; i < components->begins[components->count]; i++)
        recalled_keys_want(&cover->keys, cover->nodes->texts[components->nodes[i]]);
    return recalled_keys_load(&cover->keys, cover->matcher, error);
}

static dedup_status prepare(struct cover *cover, dedup_error *error)
{
    const struct containers *containers = cover->containers;
    size_t nodes = cover->nodes->count, pairs = containers->begins ? (size_t)containers->begins[nodes] : 0;
    cover->kept = calloc(cover->buckets->count + 1, sizeof *cover->kept);
    cover->found = malloc((pairs + 1) * sizeof *cover->found);
    if (!cover->kept || !cover->found)
        return fail_memory(error, "decisions");
    for (size_t i = 0; i < pairs; i++)
        cover->found[i] = (struct comparison){MATCH_KEPT, -1};
    double threshold = cover->matcher->options.threshold;
    cover->cut = signature_cut(threshold);
    TRY(components_make(nodes, cover->buckets, containers, &cover->components, error));
    TRY(recall(cover, error));
    TRY(invert_buckets(cover, error));
    return make_batches(cover, error);
}

dedup_status cover_nodes(const struct matcher *matcher, const struct nodes *nodes, struct buckets *buckets,
                         const struct containers *containers, struct match_verdict *verdicts,
                         struct match_counts *counts, dedup_error *error)
{
    struct cover cover = {.matcher = matcher,
                          .nodes = nodes,
                          .buckets = buckets,
                          .containers = containers,
                          .verdicts = verdicts,
                          .counts = counts};
    dedup_status status = prepare(&cover, error);
    const struct team_job job = {.context = &cover,
                                 .count = cover.batch_count,
                                 .worker_size = sizeof(struct visitor),
                                 .result_size = sizeof(struct match_counts),
                                 .work = cover_batch,
                                 .take = take_counts,
                                 .release_worker = release_visitor};
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    components_release(&cover.components);
    recalled_keys_release(&cover.keys);
    free(cover.bucket_begins);
    free(cover.node_buckets);
    free(cover.kept);
    free(cover.states);
    free(cover.found);
    free(cover.batches);
    return status;
}
