/* match_bench [options] PATH...: the engine without the pipeline around it. Reads files and folders into memory, folds,
 * sketches and decides; prints CPU time per stage, MB = 10^6 bytes of UTF-8.
 *   -p        paragraphs (lines with a key) instead of documents: near from 32 characters, same numbers
 *   -t J -c C threshold and containment (0.8, 0.95; documents only)
 *   -j N      threads of the decision
 *   -m MB     memory bound, spilled below /tmp
 *   -l        list what is dropped: dropped, kept, method, similarity
 *   -J        files are JSON Lines: each line is a document as it stands */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/hash.h"
#include "match/match.h"
#include "text/fold.h"
#include "text/utf8_validate.h"

struct piece {
    char *name;
    size_t begin, length;
};

struct bench {
    struct match_options options;
    bool lines, list, json;
    dedup_buffer text;
    struct piece *pieces;
    size_t count, capacity;
    uint32_t *lengths;
};

static void check(dedup_status status, const dedup_error *error)
{
    if (status != DEDUP_OK) {
        fprintf(stderr, "match_bench: %s\n", error->message);
        exit(1);
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void add_piece(struct bench *bench, const char *name, size_t begin, size_t length)
{
    dedup_error error;
    check(array_reserve(&bench->pieces, &bench->capacity, bench->count + 1, "pieces", &error), &error);
    bench->pieces[bench->count++] = (struct piece){bench->list ? strdup(name) : NULL, begin, length};
}

static void add_lines(struct bench *bench, const char *name, size_t begin)
{
    for (size_t line = 1; begin < bench->text.length; line++) {
        const char *text = bench->text.data + begin;
        const char *end = memchr(text, '\n', bench->text.length - begin);
        size_t length = end ? (size_t)(end - text) : bench->text.length - begin;
        char numbered[4096];
        (void)snprintf(numbered, sizeof numbered, "%s:%zu", name, line);
        if (length != 0)
            add_piece(bench, numbered, begin, length);
        begin += length + 1;
    }
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void read_path(struct bench *bench, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        char below[4096];
        (void)snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        read_path(bench, below);
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
        return;
    }
    dedup_error error;
    size_t begin = bench->text.length;
    check(file_read(AT_FDCWD, path, &bench->text, &error), &error);
    if (bench->lines || bench->json)
        add_lines(bench, path, begin);
    else
        add_piece(bench, path, begin, bench->text.length - begin);
}

enum { BATCH = 256 };

/* The pieces of one batch, stage by stage, so that looking at the clock costs nothing. */
struct feeder {
    struct bench *bench;
    struct matcher *matcher;
    struct key_store *store;
    struct match_worker *worker;
    struct match_entries *entries;
    struct fold_key key;
    size_t ends[BATCH]; /* of the keys in `key` */
    struct key_ref refs[BATCH];
    uint16_t *units;
    size_t unit_capacity, points;
    double folded, sketched, stored, added; /* seconds */
};

static void feed_batch(struct feeder *feeder, size_t begin, size_t count)
{
    struct bench *bench = feeder->bench;
    dedup_error error;
    double start = now();
    fold_key_clear(&feeder->key);
    for (size_t i = 0; i < count; i++) {
        const struct piece *piece = &bench->pieces[begin + i];
        check(fold_append_any(&feeder->key, bench->text.data + piece->begin, piece->length, &error), &error);
        feeder->ends[i] = feeder->key.count;
    }
    double after_fold = now();
    match_entries_clear(feeder->entries);
    for (size_t i = 0, from = 0; i < count; from = feeder->ends[i++]) {
        const uint32_t *points = feeder->key.points + from;
        bench->lengths[begin + i] = (uint32_t)(feeder->ends[i] - from);
        check(match_sketch(feeder->worker, points, feeder->ends[i] - from, feeder->entries, &error), &error);
    }
    double after_sketch = now();
    for (size_t i = 0, from = 0; i < count; from = feeder->ends[i++]) {
        size_t length = feeder->ends[i] - from;
        check(array_reserve(&feeder->units, &feeder->unit_capacity, 2 * length, "units", &error), &error);
        struct key_ref *ref = &feeder->refs[i];
        ref->count = (uint32_t)key_encode(feeder->key.points + from, length, feeder->units);
        check(key_store_append(feeder->store, feeder->units, ref->count, &ref->begin, &error), &error);
    }
    double after_store = now();
    check(matcher_add(feeder->matcher, feeder->entries, feeder->refs, &error), &error);
    feeder->added += now() - after_store;
    feeder->stored += after_store - after_sketch;
    feeder->sketched += after_sketch - after_fold;
    feeder->folded += after_fold - start;
    feeder->points += feeder->key.count;
}

/* Folds, sketches and adds every piece; prints the time of each stage. */
static void feed(struct bench *bench, struct matcher *matcher, struct key_store *store)
{
    dedup_error error;
    struct feeder feeder = {.bench = bench, .matcher = matcher, .store = store};
    fold_key_init(&feeder.key);
    check(match_worker_create(matcher, &feeder.worker, &error), &error);
    check(match_entries_create(&feeder.entries, &error), &error);
    for (size_t begin = 0; begin < bench->count; begin += BATCH)
        feed_batch(&feeder, begin, bench->count - begin < BATCH ? bench->count - begin : BATCH);
    printf("%zu units, %zu characters, %.1f MB: fold %.3f s, sketch %.3f s, store %.3f s, add %.3f s\n", bench->count,
           feeder.points, (double)bench->text.length / 1e6, feeder.folded, feeder.sketched, feeder.stored,
           feeder.added);
    match_entries_free(feeder.entries);
    match_worker_free(feeder.worker);
    fold_key_release(&feeder.key);
    free(feeder.units);
}

static const uint32_t *sort_lengths; /* qsort has no context */

static int longest_first(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    if (sort_lengths[left] != sort_lengths[right])
        return sort_lengths[left] < sort_lengths[right] ? 1 : -1;
    return (left > right) - (left < right);
}

static void list_dropped(const struct bench *bench, const struct match_verdict *verdicts)
{
    static const char *const methods[] = {"kept", "exact", "near", "contained"};
    for (size_t i = 0; i < bench->count; i++)
        if (verdicts[i].method != MATCH_KEPT)
            printf("%s\t%s\t%s\t%.6f\n", bench->pieces[i].name, bench->pieces[verdicts[i].keeper].name,
                   methods[verdicts[i].method], (double)verdicts[i].similarity);
}

static void run(struct bench *bench)
{
    dedup_error error;
    struct key_store *store;
    struct matcher *matcher;
    struct match_counts counts;
    double start = now();
    check(key_store_create(bench->options.memory, bench->options.spill_directory, &store, &error), &error);
    check(matcher_create(&bench->options, bench->count, store, &matcher, &error), &error);
    feed(bench, matcher, store);
    uint32_t *order = malloc((bench->count + 1) * sizeof *order);
    struct match_verdict *verdicts = malloc((bench->count + 1) * sizeof *verdicts);
    if (!order || !verdicts)
        exit(1);
    for (size_t i = 0; i < bench->count; i++)
        order[i] = (uint32_t)i;
    sort_lengths = bench->lengths;
    qsort(order, bench->count, sizeof *order, longest_first);
    double fed = now();
    check(matcher_decide(matcher, order, bench->count, verdicts, &counts, &error), &error);
    double decided = now();
    struct band_plan plan = matcher_bands(matcher);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%ux%u: decide %.3f s, all %.3f s = %.1f MB/s; peak %ld MB\n", plan.bands, plan.rows, decided - fed,
           decided - start, (double)bench->text.length / 1e6 / (decided - start), usage.ru_maxrss / 1024);
    printf("%zu distinct, %zu candidates, %zu verified, %zu skipped; exact %zu, near %zu, contained %zu\n",
           (size_t)counts.distinct, (size_t)counts.candidates, (size_t)counts.verified, (size_t)counts.skipped,
           (size_t)counts.exact, (size_t)counts.near, (size_t)counts.contained);
    if (bench->list)
        list_dropped(bench, verdicts);
    free(order);
    free(verdicts);
    matcher_free(matcher);
    key_store_free(store);
}

static void measure_hash(const struct bench *bench)
{
    uint64_t sum = 0;
    double start = now();
    for (size_t i = 0; i < bench->count; i++)
        sum += hash64_of(bench->text.data + bench->pieces[i].begin, bench->pieces[i].length);
    double taken = now() - start;
    printf("XXH3 %.0f MB/s (%016llx)\n", (double)bench->text.length / 1e6 / taken, (unsigned long long)sum);
}

int main(int argc, char **argv)
{
    struct bench bench = {
        .options = {
            .threshold = 0.8, .containment = 0.95, .near_minimum = 1, .thread_count = 1, .spill_directory = -1}};
    dedup_buffer_init(&bench.text, SIZE_MAX);
    for (int option; (option = getopt(argc, argv, "pt:c:j:m:lJ")) != -1;) {
        switch (option) {
        case 'p': bench.lines = true; break;
        case 't': bench.options.threshold = atof(optarg); break;
        case 'c': bench.options.containment = atof(optarg); break;
        case 'j': bench.options.thread_count = (unsigned)atoi(optarg); break;
        case 'm': bench.options.memory = (uint64_t)atoi(optarg) << 20; break;
        case 'l': bench.list = true; break;
        case 'J': bench.json = true; break;
        default: return 2;
        }
    }
    if (bench.lines) {
        bench.options.containment = 2;
        bench.options.near_minimum = 32;
        bench.options.same_numbers = true;
    }
    if (bench.options.memory != 0)
        bench.options.spill_directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    for (int i = optind; i < argc; i++)
        read_path(&bench, argv[i]);
    bench.lengths = calloc(bench.count + 1, sizeof *bench.lengths);
    if (!bench.lengths)
        return 1;
    measure_hash(&bench);
    run(&bench);
    for (size_t i = 0; i < bench.count; i++)
        free(bench.pieces[i].name);
    free(bench.pieces);
    free(bench.lengths);
    dedup_buffer_release(&bench.text);
    return 0;
}
