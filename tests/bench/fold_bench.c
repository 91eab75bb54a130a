/* fold_bench FILE...: speed of the fold key, of document_set and of the matching form, beside XXH3 and the validator.
 * CPU time, median of nine runs, MB = 10^6 bytes of UTF-8. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "text/document.h"
#include "text/utf8_validate.h"

enum { RUNS = 9 };

struct bench {
    char *text;
    uint32_t length;
    struct fold_key key;
    struct text_document document;
    struct match_line line;
    uint64_t sum; /* keeps the compiler from dropping work */
};

static void check(dedup_status status)
{
    if (status != DEDUP_OK)
        abort();
}

static void run_hash(struct bench *bench)
{
    bench->sum += hash64_of(bench->text, bench->length);
}

static void run_validate(struct bench *bench)
{
    bench->sum += utf8_prefix(bench->text, bench->length);
}

static void run_fold(struct bench *bench)
{
    fold_key_clear(&bench->key);
    check(fold_append(&bench->key, bench->text, bench->length, NULL));
    bench->sum += bench->key.count;
}

static void run_document(struct bench *bench)
{
    check(document_set(&bench->document, bench->text, bench->length, NULL));
    bench->sum += bench->document.line_count;
}

static void run_match(struct bench *bench)
{
    for (size_t i = 0; i < bench->document.line_count; i++) {
        const struct text_line *line = &bench->document.lines[i];
        check(match_line_set(&bench->line, bench->text + line->begin, line->end - line->begin, NULL));
        bench->sum += bench->line.length;
    }
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double measure(struct bench *bench, const char *name, void (*run)(struct bench *), double hash)
{
    double seconds[RUNS];
    run(bench);
    for (int i = 0; i < RUNS; i++) {
        double begin = cpu_seconds();
        run(bench);
        seconds[i] = cpu_seconds() - begin;
    }
    qsort(seconds, RUNS, sizeof *seconds, compare);
    double speed = bench->length / seconds[RUNS / 2] / 1e6;
    printf("%-14s %8.0f MB/s  best %8.0f  %.3f x XXH3\n", name, speed, bench->length / seconds[0] / 1e6,
           hash > 0 ? speed / hash : 1.0);
    return speed;
}

static void load(struct bench *bench, const char *path)
{
    enum { CHUNK = 1 << 20 };
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    for (size_t got = 1; got > 0 && bench->length < UINT32_MAX - CHUNK; bench->length += (uint32_t)got) {
        bench->text = realloc(bench->text, (size_t)bench->length + CHUNK);
        if (!bench->text)
            abort();
        got = fread(bench->text + bench->length, 1, CHUNK, file);
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    fold_key_init(&bench.key);
    document_init(&bench.document);
    match_line_init(&bench.line);
    for (int i = 1; i < argc; i++)
        load(&bench, argv[i]);
    bench.length = (uint32_t)utf8_prefix(bench.text, bench.length);
    double hash = measure(&bench, "xxh3", run_hash, 0);
    measure(&bench, "utf8_prefix", run_validate, hash);
    measure(&bench, "fold_append", run_fold, hash);
    measure(&bench, "document_set", run_document, hash);
    measure(&bench, "match_line_set", run_match, hash);
    printf("%u bytes, %zu key points, %zu lines, sum %llu\n", bench.length, bench.key.count, bench.document.line_count,
           (unsigned long long)bench.sum);
    match_line_release(&bench.line);
    document_release(&bench.document);
    fold_key_release(&bench.key);
    free(bench.text);
    return 0;
}
