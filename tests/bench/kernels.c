/* kernels [-r RUNS] [-o STAGE] TREE: processor time of each stage on the text files below TREE, beside XXH3_64bits over
 * each of them in memory. Prints lines of: stage, tab, seconds (median of RUNS), and first what the texts are. The
 * instruction set is the best of the machine, or that of DEDUP_ISA. -o: only this stage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "load.h"
#include "match/match.h"
#include "pipeline/clean_text.h"
#include "sketch/shingle.h"
#include "sketch/sketch.h"
#include "text/utf8_validate.h"

enum { RUNS_MOST = 99, BLOCK = 1024, NEAR_MINIMUM = 32, ENTRIES = 4096 };

struct bench {
    struct texts texts;
    const char *only; /* stage, NULL: all */
    uint64_t sum;     /* of results, so that no work can be left out */
    struct fold_key key;
    struct span *keys; /* of the documents, in all_keys */
    struct fold_key all_keys;
    uint64_t *hashes; /* of the longest document */
    struct text_document document;
    struct match_line line;
    struct text_cleaner *cleaner;
    struct repeats *repeats;
    struct match_worker *document_worker, *paragraph_worker;
    struct match_entries *entries;
};

static dedup_error error;

static void check(dedup_status status)
{
    must(status, &error);
}

static const uint32_t *key_at(const struct bench *bench, size_t index)
{
    return bench->all_keys.points + bench->keys[index].begin;
}

static void run_hash(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++)
        bench->sum += hash64_of(texts_at(&bench->texts, i), bench->texts.items[i].length);
}

static void run_validate(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++)
        bench->sum += utf8_prefix(texts_at(&bench->texts, i), bench->texts.items[i].length);
}

static void run_fold(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        fold_key_clear(&bench->key);
        check(fold_append(&bench->key, texts_at(&bench->texts, i), bench->texts.items[i].length, &error));
        bench->sum += bench->key.count;
    }
}

static void run_shingle(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        shingle_hash(key_at(bench, i), bench->keys[i].length, bench->hashes);
        bench->sum += bench->hashes[0];
    }
}

/* Block by block, as the engine does. */
static void run_sketch(struct bench *bench)
{
    struct sketch sketch;
    for (size_t i = 0; i < bench->texts.count; i++) {
        size_t count = shingle_count(bench->keys[i].length);
        sketch_clear(&sketch);
        for (size_t done = 0; done < count; done += BLOCK)
            sketch_update(&sketch, bench->hashes, count - done < BLOCK ? count - done : BLOCK);
        bench->sum += sketch.lanes[0];
    }
}

static void set_document(struct bench *bench, size_t index)
{
    struct span span = bench->texts.items[index];
    check(document_set(&bench->document, texts_at(&bench->texts, index), (uint32_t)span.length, &error));
}

static void run_document(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        set_document(bench, i);
        bench->sum += bench->document.line_count;
    }
}

static void run_match_line(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        const char *at = texts_at(&bench->texts, i), *end = at + bench->texts.items[i].length;
        while (at < end) {
            const char *feed = memchr(at, '\n', (size_t)(end - at));
            const char *stop = feed ? feed : end;
            check(match_line_set(&bench->line, at, (size_t)(stop - at), &error));
            bench->sum += bench->line.length;
            at = stop + 1;
        }
    }
}

/* Contains run_document. */
static void run_clean(struct bench *bench)
{
    static const struct text_cleaning how = {PARAGRAPH_AUTO, true};
    struct text_outcome outcome;
    for (size_t i = 0; i < bench->texts.count; i++) {
        set_document(bench, i);
        check(text_cleaner_clean(bench->cleaner, &bench->document, &how, &outcome, &error));
        bench->sum += bench->document.cut_count;
    }
}

static void sketch_document(struct bench *bench, const struct fold_key *key)
{
    check(match_sketch(bench->document_worker, key->points, key->count, bench->entries, &error));
}

static void run_sketch_documents(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        if (i % ENTRIES == 0)
            match_entries_clear(bench->entries);
        fold_key_clear(&bench->key);
        check(fold_append(&bench->key, texts_at(&bench->texts, i), bench->texts.items[i].length, &error));
        sketch_document(bench, &bench->key);
        bench->sum += bench->key.count;
    }
}

static void sketch_paragraphs(struct bench *bench)
{
    const struct paragraph *list;
    size_t count;
    check(repeats_paragraphs(bench->repeats, &bench->document, PARAGRAPH_AUTO, &list, &count, &error));
    for (size_t i = 0; i < count; i++)
        if (list[i].prose)
            check(match_sketch(bench->paragraph_worker, bench->document.key.points + list[i].key, list[i].key_count,
                               bench->entries, &error));
}

/* The sketch pass: lines and keys, sketches of the document and of its prose paragraphs. */
static void run_sketch_both(struct bench *bench)
{
    for (size_t i = 0; i < bench->texts.count; i++) {
        if (i % ENTRIES == 0)
            match_entries_clear(bench->entries);
        set_document(bench, i);
        sketch_document(bench, &bench->document.key);
        sketch_paragraphs(bench);
        bench->sum += bench->document.key.count;
    }
}

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct bench *bench, unsigned runs, const char *name, void (*run)(struct bench *))
{
    double seconds[RUNS_MOST];
    if (bench->only && strcmp(bench->only, name) != 0)
        return;
    for (unsigned i = 0; i < runs; i++) {
        double begin = processor_seconds();
        run(bench);
        seconds[i] = processor_seconds() - begin;
    }
    qsort(seconds, runs, sizeof *seconds, by_size);
    printf("%s\t%.6f\n", name, seconds[runs / 2]);
}

/* Keys of all documents, for the stages that begin with them. */
static void make_keys(struct bench *bench)
{
    size_t longest = 0;
    bench->keys = calloc(bench->texts.count + 1, sizeof *bench->keys);
    if (!bench->keys)
        exit(1);
    for (size_t i = 0; i < bench->texts.count; i++) {
        size_t begin = bench->all_keys.count;
        check(fold_append(&bench->all_keys, texts_at(&bench->texts, i), bench->texts.items[i].length, &error));
        bench->keys[i] = (struct span){begin, bench->all_keys.count - begin};
        if (bench->keys[i].length > longest)
            longest = bench->keys[i].length;
    }
    bench->hashes = calloc(longest + BLOCK, sizeof *bench->hashes);
    if (!bench->hashes)
        exit(1);
}

/* The workers get their matchers' options, and nothing is ever added to these. */
static void make_worker(bool paragraphs, size_t units, struct key_store *store, struct matcher **matcher,
                        struct match_worker **worker)
{
    struct match_options options = {.threshold = 0.8,
                                    .containment = paragraphs ? 2 : 0.95,
                                    .near_minimum = paragraphs ? NEAR_MINIMUM : 1,
                                    .same_numbers = paragraphs,
                                    .thread_count = 1,
                                    .spill_directory = -1};
    check(matcher_create(&options, units, store, matcher, &error));
    check(match_worker_create(*matcher, worker, &error));
}

static void measure_all(struct bench *bench, unsigned runs)
{
    measure(bench, runs, "XXH3_64bits", run_hash);
    measure(bench, runs, "validate", run_validate);
    measure(bench, runs, "fold", run_fold);
    measure(bench, runs, "shingle hash", run_shingle);
    measure(bench, runs, "sketch", run_sketch);
    measure(bench, runs, "lines and keys", run_document);
    measure(bench, runs, "matching form", run_match_line);
    measure(bench, runs, "lines, keys, cleaning", run_clean);
    measure(bench, runs, "sketch pass, documents", run_sketch_documents);
    measure(bench, runs, "sketch pass, documents + paragraphs", run_sketch_both);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    unsigned runs = 5;
    for (int option; (option = getopt(argc, argv, "r:o:")) != -1;) {
        switch (option) {
        case 'r': runs = (unsigned)atoi(optarg); break;
        case 'o': bench.only = optarg; break;
        default: return 2;
        }
    }
    if (optind + 1 != argc || runs < 1 || runs > RUNS_MOST)
        return 2;
    texts_load(&bench.texts, argv[optind]);
    fold_key_init(&bench.key);
    fold_key_init(&bench.all_keys);
    document_init(&bench.document);
    match_line_init(&bench.line);
    make_keys(&bench);

    dedup_cleaner *cleaner;
    struct key_store *store;
    struct matcher *documents, *paragraphs;
    check(dedup_cleaner_create(DEDUP_CLEAN_STANDARD, &cleaner, &error));
    check(text_cleaner_create(cleaner, 0.8, &bench.cleaner, &error));
    check(repeats_create(0.8, &bench.repeats, &error));
    check(key_store_create(0, -1, &store, &error));
    make_worker(false, bench.texts.count, store, &documents, &bench.document_worker);
    make_worker(true, bench.texts.count * 12, store, &paragraphs, &bench.paragraph_worker);
    check(match_entries_create(&bench.entries, &error));

    printf("instruction set\t%s\ndocuments\t%zu\nbytes\t%zu\nkey characters\t%zu\n", isa_name(isa_best()),
           bench.texts.count, bench.texts.bytes.length, bench.all_keys.count);
    measure_all(&bench, runs);
    printf("checksum\t%016llx\n", (unsigned long long)bench.sum);

    match_entries_free(bench.entries);
    match_worker_free(bench.document_worker);
    match_worker_free(bench.paragraph_worker);
    matcher_free(documents);
    matcher_free(paragraphs);
    key_store_free(store);
    repeats_free(bench.repeats);
    text_cleaner_free(bench.cleaner);
    dedup_cleaner_free(cleaner);
    match_line_release(&bench.line);
    document_release(&bench.document);
    fold_key_release(&bench.all_keys);
    fold_key_release(&bench.key);
    free(bench.keys);
    free(bench.hashes);
    texts_release(&bench.texts);
    return 0;
}
