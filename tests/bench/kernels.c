/* kernels [-r RUNS] [-o STAGE] TREE: processor time of each stage on the text files below TREE, beside XXH3_64bits over
 * each of them in memory. Prints lines of: stage, tab, seconds (median of RUNS), and first what the texts are. The
 * instruction set is the best of the machine, or that of DEDUP_ISA. -o: only this stage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/utf8_validate.h"
#include "load.h"
#include "match/match.h"
#include "match/repeats.h"
#include "pipeline/clean_text.h"
#include "sketch/shingle.h"
#include "sketch/sketch.h"

#define THRESHOLD 0.8

enum { RUNS_MOST = 99, BLOCK = 1024, NEAR_MINIMUM = 32, BATCH = 256, PIECES = 16 };

struct bench {
    struct texts texts;
    uint64_t sum; /* of results, so that no work can be left out */
    struct fold_key key;
    struct span *keys; /* of the documents, in all_keys */
    struct fold_key all_keys;
    uint64_t *hashes; /* of the longest document */
    struct text_document document;
    struct match_line line;
    dedup_cleaner *rules;
    struct text_cleaner *cleaner;
    struct paragraph_list list;
    struct repeats *repeats;
    struct key_store *store;
    struct matcher *documents, *paragraphs;
    struct match_worker *worker;
    struct match_entries *entries, *part_entries;
    struct match_part *parts;
    size_t part_capacity;
    struct sketch whole, pieces[PIECES]; /* the pieces clear between documents */
};

static dedup_error error;

static void check(dedup_status status)
{
    must(status, &error);
}

/* The yardstick: the library's function as its header gives it, not our choice of vectors. */
static void hash(struct bench *bench, size_t index)
{
    bench->sum += XXH3_64bits(texts_at(&bench->texts, index), bench->texts.items[index].length);
}

static void validate(struct bench *bench, size_t index)
{
    bench->sum += utf8_prefix(texts_at(&bench->texts, index), bench->texts.items[index].length);
}

static void fold(struct bench *bench, size_t index)
{
    fold_key_clear(&bench->key);
    check(fold_append(&bench->key, texts_at(&bench->texts, index), bench->texts.items[index].length, &error));
    bench->sum += bench->key.count;
}

static void hash_shingles(struct bench *bench, size_t index)
{
    struct span key = bench->keys[index];
    shingle_hash(bench->all_keys.points + key.begin, key.length, bench->hashes);
    bench->sum += bench->hashes[0];
}

/* Of the hashes at hand, block by block, as the engine does. */
static void sketch(struct bench *bench, size_t index)
{
    struct sketch sketch;
    struct key_hash key = {0};
    size_t count = shingle_count(bench->keys[index].length);
    sketch_clear(&sketch);
    for (size_t done = 0; done < count; done += BLOCK)
        sketch_update(&sketch, bench->hashes, count - done < BLOCK ? count - done : BLOCK, &key);
    bench->sum += sketch.lanes[0] + key.sum;
}

static void set_document(struct bench *bench, size_t index)
{
    uint32_t length = (uint32_t)bench->texts.items[index].length;
    check(document_set(&bench->document, texts_at(&bench->texts, index), length, &error));
    bench->sum += bench->document.line_count;
}

static void set_match_lines(struct bench *bench, size_t index)
{
    const char *at = texts_at(&bench->texts, index), *end = at + bench->texts.items[index].length;
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((feed ? feed : end) - at);
        check(match_line_set(&bench->line, at, length, &error));
        bench->sum += bench->line.length;
        at += length + 1;
    }
}

/* Without cuts. */
static void find_repeats(struct bench *bench, size_t index)
{
    struct repeat_counts counts;
    set_document(bench, index);
    check(paragraph_list_set(&bench->list, &bench->document, PARAGRAPH_AUTO, &error));
    check(repeats_find(bench->repeats, &bench->document, PARAGRAPH_AUTO, &bench->list, false, &counts, &error));
    bench->sum += counts.paragraphs_exact + counts.paragraphs_near;
}

static void clean(struct bench *bench, size_t index)
{
    static const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT, NULL};
    struct text_outcome outcome;
    set_document(bench, index);
    check(text_cleaner_clean(bench->cleaner, &bench->document, &how, &outcome, &error));
    bench->sum += bench->document.cut_count;
}

/* Takes the shingles [begin, end) of the document into a sketch, and makes their key hash. */
static void take(struct bench *bench, struct sketch *into, size_t begin, size_t end)
{
    struct key_hash key = {0};
    sketch_update(into, bench->hashes + begin, end - begin, &key);
    bench->sum += key.sum;
}

static void sketch_whole(struct bench *bench, size_t index)
{
    fold(bench, index);
    shingle_hash(bench->key.points, bench->key.count, bench->hashes);
    sketch_clear(&bench->whole);
    take(bench, &bench->whole, 0, shingle_count(bench->key.count));
    bench->sum += bench->whole.lanes[0];
}

/* The sketch of the document is made of those of its prose paragraphs. */
static void sketch_prose(struct bench *bench, size_t index)
{
    const struct fold_key *key = &bench->document.key;
    size_t done = 0, held = 0;
    set_document(bench, index);
    check(paragraph_list_set(&bench->list, &bench->document, PARAGRAPH_AUTO, &error));
    shingle_hash(key->points, key->count, bench->hashes);
    sketch_clear(&bench->whole);
    for (size_t i = 0; i < bench->list.count; i++) {
        const struct paragraph *paragraph = &bench->list.items[i];
        if (!paragraph->prose || paragraph->key_count < SHINGLE_LENGTH)
            continue;
        take(bench, &bench->whole, done, paragraph->key);
        done = paragraph->key + shingle_count(paragraph->key_count);
        take(bench, paragraph->key_count < NEAR_MINIMUM ? &bench->whole : &bench->pieces[held++], paragraph->key, done);
        if (held == PIECES) {
            sketch_drain(&bench->whole, bench->pieces, held);
            held = 0;
        }
    }
    sketch_drain(&bench->whole, bench->pieces, held);
    take(bench, &bench->whole, done, shingle_count(key->count));
    bench->sum += bench->whole.lanes[0];
}

static void match_key(struct bench *bench, size_t index, const struct fold_key *key, const struct match_parts *parts)
{
    if (index % BATCH == 0) {
        match_entries_clear(bench->entries);
        match_entries_clear(bench->part_entries);
    }
    check(match_sketch(bench->worker, key->points, key->count, bench->entries, parts, &error));
}

static void match_document(struct bench *bench, size_t index)
{
    fold(bench, index);
    match_key(bench, index, &bench->key, NULL);
}

/* The same with all that the matcher reads off the sketches and shingles: band keys, signatures, hashes of numbers, and
 * of the document marks and samples. */
static void match_both(struct bench *bench, size_t index)
{
    const struct paragraph_list *list = &bench->list;
    set_document(bench, index);
    check(paragraph_list_set(&bench->list, &bench->document, PARAGRAPH_AUTO, &error));
    struct match_parts parts = {bench->paragraphs, bench->parts, 0, bench->part_entries};
    check(array_reserve(&bench->parts, &bench->part_capacity, list->count, "parts", &error));
    parts.items = bench->parts;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].prose)
            bench->parts[parts.count++] = (struct match_part){list->items[i].key, list->items[i].key_count};
    match_key(bench, index, &bench->document.key, &parts);
}

static const struct stage {
    const char *name;
    void (*run)(struct bench *bench, size_t index); /* for one document */
} stages[] = {
    {"XXH3_64bits", hash},
    {"validate", validate},
    {"fold", fold},
    {"shingle hash", hash_shingles},
    {"sketch", sketch},
    {"lines and keys", set_document},
    {"lines, keys, repeats", find_repeats},
    {"matching form", set_match_lines},
    {"lines, keys, cleaning", clean},
    {"sketch pass, documents", sketch_whole},
    {"sketch pass, documents + paragraphs", sketch_prose},
    {"with keys and marks, documents", match_document},
    {"with keys and marks, documents + paragraphs", match_both},
};

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

static void measure(struct bench *bench, unsigned runs, const struct stage *stage)
{
    double seconds[RUNS_MOST];
    for (unsigned i = 0; i < runs; i++) {
        double begin = processor_seconds();
        for (size_t j = 0; j < bench->texts.count; j++)
            stage->run(bench, j);
        seconds[i] = processor_seconds() - begin;
    }
    qsort(seconds, runs, sizeof *seconds, by_size);
    printf("%s\t%.6f\n", stage->name, seconds[runs / 2]);
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
    shingle_hash(bench->all_keys.points, longest, bench->hashes);
}

/* Nothing is ever added to the matchers, which say how to sketch. */
static void make_matcher(struct bench *bench, bool paragraphs, struct matcher **matcher)
{
    struct match_options options = {.threshold = THRESHOLD,
                                    .containment = paragraphs ? 2 : 0.95,
                                    .near_minimum = paragraphs ? NEAR_MINIMUM : 1,
                                    .same_numbers = paragraphs,
                                    .thread_count = 1,
                                    .spill_directory = -1};
    check(matcher_create(&options, bench->texts.count * (paragraphs ? 12 : 1), bench->store, matcher, &error));
}

static void bench_init(struct bench *bench, const char *path)
{
    texts_load(&bench->texts, path);
    fold_key_init(&bench->key);
    fold_key_init(&bench->all_keys);
    document_init(&bench->document);
    match_line_init(&bench->line);
    paragraph_list_init(&bench->list);
    check(repeats_create(THRESHOLD, &bench->repeats, &error));
    make_keys(bench);
    check(dedup_cleaner_create(DEDUP_CLEAN_STANDARD, &bench->rules, &error));
    check(text_cleaner_create(bench->rules, THRESHOLD, &bench->cleaner, &error));
    check(key_store_create(0, -1, &bench->store, &error));
    make_matcher(bench, false, &bench->documents);
    make_matcher(bench, true, &bench->paragraphs);
    check(match_worker_create(bench->documents, &bench->worker, &error));
    for (size_t i = 0; i < PIECES; i++)
        sketch_clear(&bench->pieces[i]);
    check(match_entries_create(&bench->entries, &error));
    check(match_entries_create(&bench->part_entries, &error));
}

static void bench_release(struct bench *bench)
{
    free(bench->parts);
    match_entries_free(bench->entries);
    match_entries_free(bench->part_entries);
    match_worker_free(bench->worker);
    matcher_free(bench->documents);
    matcher_free(bench->paragraphs);
    key_store_free(bench->store);
    paragraph_list_release(&bench->list);
    repeats_free(bench->repeats);
    text_cleaner_free(bench->cleaner);
    dedup_cleaner_free(bench->rules);
    match_line_release(&bench->line);
    document_release(&bench->document);
    fold_key_release(&bench->all_keys);
    fold_key_release(&bench->key);
    free(bench->keys);
    free(bench->hashes);
    texts_release(&bench->texts);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    unsigned runs = 5;
    const char *only = NULL;
    for (int option; (option = getopt(argc, argv, "r:o:")) != -1;) {
        switch (option) {
        case 'r': runs = (unsigned)atoi(optarg); break;
        case 'o': only = optarg; break;
        default: return 2;
        }
    }
    if (optind + 1 != argc || runs < 1 || runs > RUNS_MOST)
        return 2;
    bench_init(&bench, argv[optind]);
    printf("instruction set\t%s\ndocuments\t%zu\nbytes\t%zu\nkey characters\t%zu\n", isa_name(isa_best()),
           bench.texts.count, bench.texts.bytes.length, bench.all_keys.count);
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if (!only || strcmp(only, stages[i].name) == 0)
            measure(&bench, runs, &stages[i]);
    printf("checksum\t%016llx\n", (unsigned long long)bench.sum);
    bench_release(&bench);
    return 0;
}
