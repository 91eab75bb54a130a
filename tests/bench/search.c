/* search [-p] [-t J] [-c C] [-j N] [-m MB] TREE: the engine without the pipeline around it. Folds and sketches the text
 * files below TREE and decides about them. Prints lines of: stage, tab, seconds of processor time; then the counts.
 *   -p  paragraphs (lines with a key; near from 32 characters, same numbers) instead of documents
 *   -t  threshold (0.8)      -c  containment (0.95; documents only)
 *   -j  threads of the decision (1)
 *   -m  memory bound; the rest is spilled below TMPDIR */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "load.h"
#include "match/match.h"
#include "text/fold.h"

enum { BATCH = 256 };

struct bench {
    struct match_options options;
    bool paragraphs;
    struct texts texts;
    struct span *units; /* of texts.bytes */
    size_t count, capacity;
    uint32_t *lengths; /* of their keys */
};

static dedup_error error;

static void check(dedup_status status)
{
    must(status, &error);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void add_unit(struct bench *bench, size_t begin, size_t length)
{
    if (length == 0)
        return;
    check(array_reserve(&bench->units, &bench->capacity, bench->count + 1, "units", &error));
    bench->units[bench->count++] = (struct span){begin, length};
}

static void make_units(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        struct span span = bench->texts.items[i];
        for (size_t end = span.begin + span.length; bench->paragraphs && span.begin < end;) {
            const char *line = bench->texts.bytes.data + span.begin;
            const char *feed = memchr(line, '\n', end - span.begin);
            size_t length = feed ? (size_t)(feed - line) : end - span.begin;
            add_unit(bench, span.begin, length);
            span.begin += length + 1;
        }
        if (!bench->paragraphs)
            add_unit(bench, span.begin, span.length);
    }
    bench->lengths = calloc(bench->count + 1, sizeof *bench->lengths);
    if (!bench->lengths)
        exit(1);
}

/* The units of one batch, stage by stage, so that looking at the clock costs nothing. */
struct feeder {
    struct bench *bench;
    struct matcher *matcher;
    struct key_store *store;
    struct match_worker *worker;
    struct match_entries *entries;
    struct fold_key key;
    size_t ends[BATCH]; /* of the keys in `key` */
    struct key_ref refs[BATCH];
    uint16_t *encoded;
    size_t encoded_capacity;
    double folded, sketched, stored, added; /* seconds */
};

static void fold_batch(struct feeder *feeder, size_t begin, size_t count)
{
    struct bench *bench = feeder->bench;
    fold_key_clear(&feeder->key);
    for (size_t i = 0; i < count; i++) {
        struct span unit = bench->units[begin + i];
        check(fold_append(&feeder->key, bench->texts.bytes.data + unit.begin, unit.length, &error));
        feeder->ends[i] = feeder->key.count;
    }
}

static void sketch_batch(struct feeder *feeder, size_t begin, size_t count)
{
    match_entries_clear(feeder->entries);
    for (size_t i = 0, from = 0; i < count; from = feeder->ends[i++]) {
        size_t length = feeder->ends[i] - from;
        feeder->bench->lengths[begin + i] = (uint32_t)length;
        check(match_sketch(feeder->worker, feeder->key.points + from, length, feeder->entries, NULL, &error));
    }
}

static void store_batch(struct feeder *feeder, size_t count)
{
    for (size_t i = 0, from = 0; i < count; from = feeder->ends[i++]) {
        size_t length = feeder->ends[i] - from;
        struct key_ref *ref = &feeder->refs[i];
        check(array_reserve(&feeder->encoded, &feeder->encoded_capacity, 2 * length, "units", &error));
        ref->count = (uint32_t)key_encode(feeder->key.points + from, length, feeder->encoded);
        check(key_store_append(feeder->store, feeder->encoded, ref->count, &ref->begin, &error));
    }
}

/* Folds, sketches, stores and adds every unit. */
static void feed(struct feeder *feeder)
{
    size_t total = feeder->bench->count;
    for (size_t begin = 0; begin < total; begin += BATCH) {
        size_t count = total - begin < BATCH ? total - begin : BATCH;
        double start = now();
        fold_batch(feeder, begin, count);
        double folded = now();
        sketch_batch(feeder, begin, count);
        double sketched = now();
        store_batch(feeder, count);
        double stored = now();
        check(matcher_add(feeder->matcher, feeder->entries, feeder->refs, &error));
        feeder->added += now() - stored;
        feeder->stored += stored - sketched;
        feeder->sketched += sketched - folded;
        feeder->folded += folded - start;
    }
}

static const uint32_t *sort_lengths; /* qsort has no context */

static int longest_first(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    if (sort_lengths[left] != sort_lengths[right])
        return sort_lengths[left] < sort_lengths[right] ? 1 : -1;
    return (left > right) - (left < right);
}

static uint32_t *preference(const struct bench *bench)
{
    uint32_t *order = malloc((bench->count + 1) * sizeof *order);
    if (!order)
        exit(1);
    for (size_t i = 0; i < bench->count; i++)
        order[i] = (uint32_t)i;
    sort_lengths = bench->lengths;
    qsort(order, bench->count, sizeof *order, longest_first);
    return order;
}

static void decide(struct bench *bench, struct matcher *matcher)
{
    struct match_counts counts;
    uint32_t *order = preference(bench);
    struct match_verdict *verdicts = malloc((bench->count + 1) * sizeof *verdicts);
    if (!verdicts)
        exit(1);
    double start = now();
    check(matcher_decide(matcher, order, bench->count, verdicts, &counts, &error));
    printf("decide\t%.6f\n", now() - start);
    struct band_plan plan = matcher_bands(matcher);
    printf("bands\t%ux%u\ndistinct\t%zu\ncandidates\t%zu\nverified\t%zu\nskipped\t%zu\nexact\t%zu\nnear\t%zu\n"
           "contained\t%zu\n",
           plan.bands, plan.rows, (size_t)counts.distinct, (size_t)counts.candidates, (size_t)counts.verified,
           (size_t)counts.skipped, (size_t)counts.exact, (size_t)counts.near, (size_t)counts.contained);
    free(order);
    free(verdicts);
}

static void run(struct bench *bench)
{
    struct feeder feeder = {.bench = bench};
    fold_key_init(&feeder.key);
    check(key_store_create(bench->options.memory, bench->options.spill_directory, &feeder.store, &error));
    check(matcher_create(&bench->options, bench->count, feeder.store, &feeder.matcher, &error));
    check(match_worker_create(feeder.matcher, &feeder.worker, &error));
    check(match_entries_create(&feeder.entries, &error));
    feed(&feeder);
    printf("fold\t%.6f\nsketch\t%.6f\nstore\t%.6f\nadd\t%.6f\n", feeder.folded, feeder.sketched, feeder.stored,
           feeder.added);
    decide(bench, feeder.matcher);
    match_entries_free(feeder.entries);
    match_worker_free(feeder.worker);
    matcher_free(feeder.matcher);
    key_store_free(feeder.store);
    fold_key_release(&feeder.key);
    free(feeder.encoded);
}

/* Takes the options; returns the path, or NULL on wrong use. */
static const char *take_options(struct match_options *options, bool *paragraphs, int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "pt:c:j:m:")) != -1;) {
        switch (option) {
        case 'p': *paragraphs = true; break;
        case 't': options->threshold = atof(optarg); break;
        case 'c': options->containment = atof(optarg); break;
        case 'j': options->thread_count = (unsigned)atoi(optarg); break;
        case 'm': options->memory = (uint64_t)atoi(optarg) << 20; break;
        default: return NULL;
        }
    }
    if (*paragraphs) {
        options->containment = 2;
        options->near_minimum = 32;
        options->same_numbers = true;
    }
    if (options->memory != 0) {
        const char *folder = getenv("TMPDIR");
        options->spill_directory = open(folder ? folder : "/tmp", O_RDONLY | O_DIRECTORY);
    }
    return optind + 1 == argc ? argv[optind] : NULL;
}

int main(int argc, char **argv)
{
    struct bench bench = {
        .options = {
            .threshold = 0.8, .containment = 0.95, .near_minimum = 1, .thread_count = 1, .spill_directory = -1}};
    const char *path = take_options(&bench.options, &bench.paragraphs, argc, argv);
    if (!path)
        return 2;
    texts_load(&bench.texts, path);
    make_units(&bench);
    printf("units\t%zu\nbytes\t%zu\n", bench.count, bench.texts.bytes.length);
    run(&bench);
    free(bench.units);
    free(bench.lengths);
    texts_release(&bench.texts);
    return 0;
}
