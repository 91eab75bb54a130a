/* fold_bench FILE...: speed of the fold key, of document_set and of the matching form, beside XXH3 and the validator,
 * on documents of about 4 KB cut from the files. CPU time of one core, median and best of nine runs, MB = 10^6 bytes.
 * DEDUP_ISA chooses the kernels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "text/document.h"
#include "text/utf8_validate.h"

enum { RUNS = 9, DOCUMENT = 4096 };

struct bench {
    char *text;
    size_t length;
    struct fold_key key;
    struct text_document document;
    struct match_line line;
    uint64_t sum; /* keeps the compiler from dropping work */
};

typedef void bench_work(struct bench *bench, const char *text, size_t length);

static void check(dedup_status status)
{
    if (status != DEDUP_OK)
        abort();
}

static void hash(struct bench *bench, const char *text, size_t length)
{
    bench->sum += hash64_of(text, length);
}

static void validate(struct bench *bench, const char *text, size_t length)
{
    bench->sum += utf8_prefix(text, length);
}

static void fold(struct bench *bench, const char *text, size_t length)
{
    fold_key_clear(&bench->key);
    check(fold_append(&bench->key, text, length, NULL));
    bench->sum += bench->key.count;
}

static void set_document(struct bench *bench, const char *text, size_t length)
{
    check(document_set(&bench->document, text, (uint32_t)length, NULL));
    bench->sum += bench->document.line_count;
}

static void match(struct bench *bench, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((feed ? feed : end) - text);
        check(match_line_set(&bench->line, text, line, NULL));
        bench->sum += bench->line.length;
        text += line + 1;
    }
}

/* The end of the document that begins at `begin`: behind a line feed. */
static size_t document_end(const struct bench *bench, size_t begin)
{
    size_t at = begin + DOCUMENT;
    const char *feed = at < bench->length ? memchr(bench->text + at, '\n', bench->length - at) : NULL;
    return feed ? (size_t)(feed - bench->text) + 1 : bench->length;
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

static double run(struct bench *bench, bench_work *work)
{
    double begin = cpu_seconds();
    for (size_t at = 0, end; at < bench->length; at = end) {
        end = document_end(bench, at);
        work(bench, bench->text + at, end - at);
    }
    return cpu_seconds() - begin;
}

static double measure(struct bench *bench, const char *name, bench_work *work, double yardstick)
{
    double seconds[RUNS];
    for (int i = 0; i < RUNS; i++)
        seconds[i] = run(bench, work);
    qsort(seconds, RUNS, sizeof *seconds, compare);
    double megabytes = (double)bench->length / 1e6, speed = megabytes / seconds[RUNS / 2];
    printf("%-14s %8.0f MB/s  best %8.0f  %.3f x XXH3\n", name, speed, megabytes / seconds[0],
           yardstick > 0 ? speed / yardstick : 1.0);
    return speed;
}

static void load(struct bench *bench, const char *path)
{
    enum { CHUNK = 1 << 20 };
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    for (size_t got = 1; got > 0; bench->length += got) {
        bench->text = realloc(bench->text, bench->length + CHUNK);
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
    bench.length = utf8_prefix(bench.text, bench.length);
    printf("%zu bytes, kernels for %s\n", bench.length, isa_name(isa_best()));
    double yardstick = measure(&bench, "xxh3", hash, 0);
    measure(&bench, "utf8_prefix", validate, yardstick);
    measure(&bench, "fold_append", fold, yardstick);
    measure(&bench, "document_set", set_document, yardstick);
    measure(&bench, "match_line_set", match, yardstick);
    printf("sum %llu\n", (unsigned long long)bench.sum);
    match_line_release(&bench.line);
    document_release(&bench.document);
    fold_key_release(&bench.key);
    free(bench.text);
    return 0;
}
