/* A sample of the documents: those whose names have the smallest hashes, whatever order they come in. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "pipeline/portion.h"

/* The smallest hashes so far, the largest of them first: a heap. */
struct smallest {
    uint64_t *hashes;
    size_t count, capacity;
    uint64_t wanted;
};

/* The hash of a document's name. */
static uint64_t hash_of(const struct job *job, size_t file, uint64_t line)
{
    const char *path = job->listing.files[file].path;
    return XXH3_64bits_withSeed(path, strlen(path), line);
}

static void swap(uint64_t *a, uint64_t *b)
{
    uint64_t c = *a;
    *a = *b;
    *b = c;
}

/* Replaces the largest hash. */
static void replace_first(struct smallest *smallest, uint64_t hash)
{
    uint64_t *heap = smallest->hashes;
    size_t place = 0;
    heap[0] = hash;
    for (size_t child; (child = 2 * place + 1) < smallest->count; place = child) {
        if (child + 1 < smallest->count && heap[child + 1] > heap[child])
            child++;
        if (heap[place] >= heap[child])
            return;
        swap(&heap[place], &heap[child]);
    }
}

static dedup_status add(struct smallest *smallest, uint64_t hash, dedup_error *error)
{
    if (smallest->count == smallest->wanted) {
        if (hash < smallest->hashes[0])
            replace_first(smallest, hash);
        return DEDUP_OK;
    }
    TRY(array_reserve(&smallest->hashes, &smallest->capacity, smallest->count + 1, "a sample", error));
    size_t place = smallest->count++;
    smallest->hashes[place] = hash;
    for (; place > 0 && smallest->hashes[(place - 1) / 2] < smallest->hashes[place]; place = (place - 1) / 2)
        swap(&smallest->hashes[place], &smallest->hashes[(place - 1) / 2]);
    return DEDUP_OK;
}

static dedup_status add_portion(const struct job *job, const struct portion *portion, struct smallest *smallest,
                                dedup_error *error)
{
    if (!portion->lines) {
        for (size_t i = portion->file; i < portion->file + portion->file_count; i++)
            TRY(add(smallest, hash_of(job, i, 0), error));
        return DEDUP_OK;
    }
    for (struct raw_line line = {0}; !portion->block.piece && portion_line(portion, &line);)
        if (!line_is_blank(line.bytes, line.length))
            TRY(add(smallest, hash_of(job, portion->file, line.number), error));
    return DEDUP_OK;
}

static dedup_status add_all(struct job *job, struct portion_reader *reader, struct smallest *smallest,
                            dedup_error *error)
{
    struct portion portion;
    bool more = true;
    portion_init(&portion);
    dedup_status status = portion_next(reader, &portion, &more, error);
    while (status == DEDUP_OK && more) {
        status = add_portion(job, &portion, smallest, error);
        if (status == DEDUP_OK)
            status = job_progress(job, "list", smallest->count, 0, error);
        if (status == DEDUP_OK)
            status = portion_next(reader, &portion, &more, error);
    }
    portion_release(&portion);
    return status;
}

dedup_status job_choose_sample(struct job *job, dedup_error *error)
{
    struct smallest smallest = {.wanted = job->options->sample};
    struct portion_reader *reader;
    if (smallest.wanted == 0)
        return DEDUP_OK;
    TRY(portion_reader_create(job, PORTIONS_READ, &reader, error));
    dedup_status status = add_all(job, reader, &smallest, error);
    job->sample_last = smallest.count == smallest.wanted ? smallest.hashes[0] : UINT64_MAX;
    portion_reader_free(reader);
    free(smallest.hashes);
    return status;
}

bool job_in_sample(const struct job *job, size_t file, uint64_t line)
{
    return job->options->sample == 0 || hash_of(job, file, line) <= job->sample_last;
}
