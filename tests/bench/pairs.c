/* pairs [-t J] TREE PAIRS KEYS PARAGRAPHS: which pairs of a corpus are duplicates, by exact comparison.
 *
 * PAIRS comes from `corpus`: copies and their sources. Compared are all pairs of one source and its copies; texts of
 * different sources have nothing to do with each other. Prints number, tab, number, tab, Jaccard similarity of each
 * pair at or above J (0.8). KEYS gets the fold key of each document as a line of UTF-8, PARAGRAPHS that of each
 * paragraph from 32 characters on, so that other programs may compare by the same measure. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/utf8.h"
#include "load.h"
#include "sketch/shingle.h"
#include "text/fold.h"

enum { NEAR_MINIMUM = 32 };

/* The shingles of one document of a family. */
struct member {
    uint32_t number;
    uint64_t *hashes; /* sorted, different */
    size_t count;
};

struct relation {
    uint32_t source, copy;
};

static dedup_error error;

static void check(dedup_status status)
{
    must(status, &error);
}

static void write_key(FILE *file, const struct fold_key *key)
{
    for (size_t i = 0; i < key->count; i++) {
        char bytes[4];
        (void)fwrite(bytes, 1, utf8_put(key->points[i], bytes), file);
    }
    (void)putc('\n', file);
}

/* Writes the keys of documents, or of lines from NEAR_MINIMUM characters on, one a line. */
static void write_keys(const struct texts *texts, bool lines, const char *path)
{
    FILE *file = fopen(path, "wb");
    struct fold_key key;
    fold_key_init(&key);
    for (size_t i = 0; file && i < texts->count; i++) {
        const char *at = texts_at(texts, i), *end = at + texts->items[i].length;
        while (at < end) {
            const char *feed = lines ? memchr(at, '\n', (size_t)(end - at)) : NULL;
            const char *stop = feed ? feed : end;
            fold_key_clear(&key);
            check(fold_append(&key, at, (size_t)(stop - at), &error));
            if (!lines || key.count >= NEAR_MINIMUM)
                write_key(file, &key);
            at = stop + 1;
        }
    }
    fold_key_release(&key);
    if (!file || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static void make_member(const struct texts *texts, uint32_t number, struct member *member)
{
    struct fold_key key;
    fold_key_init(&key);
    check(fold_append(&key, texts_at(texts, number), texts->items[number].length, &error));
    size_t count = shingle_count(key.count);
    uint64_t *scratch = malloc((count + 1) * sizeof *scratch);
    *member = (struct member){number, malloc((count + 1) * sizeof *scratch), 0};
    if (!scratch || !member->hashes)
        exit(1);
    shingle_hash(key.points, key.count, member->hashes);
    member->count = shingle_set(member->hashes, count, scratch);
    free(scratch);
    fold_key_release(&key);
}

static double similarity(const struct member *a, const struct member *b)
{
    size_t common = shingle_overlap(a->hashes, a->count, b->hashes, b->count);
    return (double)common / (double)(a->count + b->count - common);
}

/* Compares a source and its copies, relations[0..count), with each other. */
static void compare_family(const struct texts *texts, const struct relation *relations, size_t count, double threshold)
{
    struct member *members = malloc((count + 1) * sizeof *members);
    if (!members)
        exit(1);
    make_member(texts, relations[0].source, &members[0]);
    for (size_t i = 0; i < count; i++)
        make_member(texts, relations[i].copy, &members[i + 1]);
    for (size_t i = 0; i <= count; i++) {
        for (size_t j = 0; j < i; j++) {
            double jaccard = similarity(&members[i], &members[j]);
            if (jaccard >= threshold)
                printf("%u\t%u\t%.6f\n", members[j].number, members[i].number, jaccard);
        }
    }
    for (size_t i = 0; i <= count; i++)
        free(members[i].hashes);
    free(members);
}

static int by_source(const void *a, const void *b)
{
    const struct relation *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->copy > y->copy) - (x->copy < y->copy);
}

static size_t read_relations(const char *path, size_t documents, struct relation **relations)
{
    size_t count = 0, capacity = 0;
    struct relation next;
    FILE *file = fopen(path, "r");
    while (file && fscanf(file, "%u\t%u\n", &next.copy, &next.source) == 2) {
        if (next.copy >= documents || next.source >= documents)
            break;
        check(array_reserve(relations, &capacity, count + 1, "pairs", &error));
        (*relations)[count++] = next;
    }
    if (!file || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    qsort(*relations, count, sizeof **relations, by_source);
    return count;
}

int main(int argc, char **argv)
{
    double threshold = 0.8;
    for (int option; (option = getopt(argc, argv, "t:")) != -1;) {
        if (option != 't')
            return 2;
        threshold = atof(optarg);
    }
    if (optind + 4 != argc)
        return 2;
    struct texts texts;
    struct relation *relations = NULL;
    texts_load(&texts, argv[optind]);
    size_t count = read_relations(argv[optind + 1], texts.count, &relations);
    write_keys(&texts, false, argv[optind + 2]);
    write_keys(&texts, true, argv[optind + 3]);
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && relations[end].source == relations[begin].source;)
            end++;
        compare_family(&texts, relations + begin, end - begin, threshold);
    }
    free(relations);
    texts_release(&texts);
    return 0;
}
