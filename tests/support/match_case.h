/* A corpus of fold keys for tests of the matcher, its run, and a naive judge of the result. */
#ifndef DEDUP_TESTS_MATCH_CASE_H
#define DEDUP_TESTS_MATCH_CASE_H

#include <stdlib.h>
#include <string.h>

#include "match/match.h"
#include "random.h"
#include "sketch/numbers.h"
#include "sketch/shingle.h"

struct match_case {
    struct match_options options;
    uint32_t **keys;
    size_t *counts;
    size_t count, capacity;
    uint32_t *order; /* preference; made by case_run when NULL: order of numbers */
    struct match_verdict *verdicts;
    struct match_counts found;
    struct band_plan plan;
};

static inline struct match_options case_options(void)
{
    return (struct match_options){
        .threshold = 0.8, .containment = 2, .near_minimum = 1, .thread_count = 1, .spill_directory = -1};
}

static inline void *case_alloc(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        abort();
    return memory;
}

/* Adds a copy of a key and returns its number. */
static inline size_t case_add(struct match_case *test, const uint32_t *points, size_t count)
{
    if (test->count == test->capacity) {
        test->capacity = test->capacity * 2 + 64;
        test->keys = realloc(test->keys, test->capacity * sizeof *test->keys);
        test->counts = realloc(test->counts, test->capacity * sizeof *test->counts);
        if (!test->keys || !test->counts)
            abort();
    }
    test->keys[test->count] = case_alloc(count, sizeof *points);
    if (count != 0)
        memcpy(test->keys[test->count], points, count * sizeof *points);
    test->counts[test->count] = count;
    return test->count++;
}

static inline void case_forget(struct match_case *test)
{
    free(test->verdicts);
    test->verdicts = NULL;
}

static inline void case_free(struct match_case *test)
{
    for (size_t i = 0; i < test->count; i++)
        free(test->keys[i]);
    free(test->keys);
    free(test->counts);
    free(test->order);
    case_forget(test);
    *test = (struct match_case){0};
}

/* Random characters of a small alphabet repeat shingles, of a large one hardly ever. */
static inline void case_fill(uint32_t *points, size_t count, uint32_t alphabet, struct random *random)
{
    for (size_t i = 0; i < count; i++)
        points[i] = 0x4e00 + (uint32_t)random_below(random, alphabet);
}

static inline dedup_status case_feed(struct match_case *test, struct matcher *matcher, struct key_store *store,
                                     struct match_entries *entries, struct match_worker *worker, dedup_error *error)
{
    for (size_t i = 0; i < test->count; i++) {
        uint16_t *units = case_alloc(2 * test->counts[i], sizeof *units);
        struct key_ref ref = {0, (uint32_t)key_encode(test->keys[i], test->counts[i], units)};
        match_entries_clear(entries);
        dedup_status status = key_store_append(store, units, ref.count, &ref.begin, error);
        free(units);
        if (status == DEDUP_OK)
            status = match_sketch(worker, test->keys[i], test->counts[i], entries, NULL, error);
        if (status == DEDUP_OK)
            status = matcher_add(matcher, entries, &ref, error);
        if (status != DEDUP_OK)
            return status;
    }
    return DEDUP_OK;
}

/* Runs the matcher over all keys. */
static inline dedup_status case_run(struct match_case *test, dedup_error *error)
{
    struct key_store *store = NULL;
    struct matcher *matcher = NULL;
    struct match_worker *worker = NULL;
    struct match_entries *entries = NULL;
    case_forget(test);
    test->verdicts = case_alloc(test->count, sizeof *test->verdicts);
    if (!test->order) {
        test->order = case_alloc(test->count, sizeof *test->order);
        for (size_t i = 0; i < test->count; i++)
            test->order[i] = (uint32_t)i;
    }
    dedup_status status = key_store_create(test->options.memory, test->options.spill_directory, &store, error);
    if (status == DEDUP_OK)
        status = matcher_create(&test->options, test->count, store, &matcher, error);
    if (status == DEDUP_OK)
        status = match_worker_create(matcher, &worker, error);
    if (status == DEDUP_OK)
        status = match_entries_create(&entries, error);
    if (status == DEDUP_OK)
        status = case_feed(test, matcher, store, entries, worker, error);
    if (status == DEDUP_OK) {
        test->plan = matcher_bands(matcher);
        status = matcher_decide(matcher, test->order, test->count, test->verdicts, &test->found, error);
    }
    match_entries_free(entries);
    match_worker_free(worker);
    matcher_free(matcher);
    key_store_free(store);
    return status;
}

/* The set of shingles of a key. The caller frees it. */
static inline uint64_t *case_set(const struct match_case *test, size_t i, size_t *count)
{
    size_t shingles = shingle_count(test->counts[i]);
    uint64_t *set = case_alloc(shingles, sizeof *set), *scratch = case_alloc(shingles, sizeof *scratch);
    shingle_hash(test->keys[i], test->counts[i], set);
    *count = shingle_set(set, shingles, scratch);
    free(scratch);
    return set;
}

struct case_sets {
    uint64_t **sets;
    size_t *counts;
};

static inline struct case_sets case_sets_make(const struct match_case *test)
{
    struct case_sets sets = {case_alloc(test->count, sizeof *sets.sets), case_alloc(test->count, sizeof *sets.counts)};
    for (size_t i = 0; i < test->count; i++)
        sets.sets[i] = case_set(test, i, &sets.counts[i]);
    return sets;
}

static inline void case_sets_free(const struct match_case *test, struct case_sets *sets)
{
    for (size_t i = 0; i < test->count; i++)
        free(sets->sets[i]);
    free(sets->sets);
    free(sets->counts);
}

/* Whether unit a duplicates unit b, and how, by the definition. */
static inline struct match_verdict case_rule(const struct match_case *test, const struct case_sets *sets, size_t a,
                                             size_t b)
{
    const struct match_options *options = &test->options;
    struct match_verdict verdict = {(uint32_t)b, 0, MATCH_KEPT};
    size_t mine = sets->counts[a], other = sets->counts[b];
    if (mine == 0 || other == 0)
        return verdict;
    if (test->counts[a] == test->counts[b] &&
        memcmp(test->keys[a], test->keys[b], test->counts[a] * sizeof **test->keys) == 0)
        return (struct match_verdict){(uint32_t)b, 1, MATCH_EXACT};
    if (test->counts[a] < options->near_minimum || test->counts[b] < options->near_minimum)
        return verdict;
    size_t shared = shingle_overlap(sets->sets[a], mine, sets->sets[b], other);
    double jaccard = (double)shared / (double)(mine + other - shared), share = (double)shared / (double)mine;
    bool same = !options->same_numbers || numbers_equal(test->keys[a], test->counts[a], test->keys[b], test->counts[b]);
    if (jaccard >= options->threshold && same)
        return (struct match_verdict){(uint32_t)b, (float)jaccard, MATCH_NEAR};
    if (other > mine && share >= options->containment)
        return (struct match_verdict){(uint32_t)b, (float)share, MATCH_CONTAINED};
    return verdict;
}

/* What the judge found. */
struct case_faults {
    size_t unsound; /* drops that do not meet the rule they name against a survivor */
    size_t left;    /* survivors that meet a rule against another survivor */
    size_t dropped;
};

static inline struct case_faults case_judge(const struct match_case *test)
{
    struct case_faults faults = {0, 0, 0};
    struct case_sets sets = case_sets_make(test);
    for (size_t i = 0; i < test->count; i++) {
        struct match_verdict verdict = test->verdicts[i];
        if (verdict.method != MATCH_KEPT) {
            struct match_verdict right = case_rule(test, &sets, i, verdict.keeper);
            faults.dropped++;
            faults.unsound += right.method != verdict.method || right.similarity != verdict.similarity ||
                              test->verdicts[verdict.keeper].method != MATCH_KEPT;
            continue;
        }
        for (size_t j = 0; j < test->count; j++) {
            if (j != i && test->verdicts[j].method == MATCH_KEPT && case_rule(test, &sets, i, j).method != MATCH_KEPT) {
                faults.left++;
                break;
            }
        }
    }
    case_sets_free(test, &sets);
    return faults;
}

#endif
