/* The text files below a folder, in memory, in order of path. For the programs of this folder: failures end them. */
#ifndef DEDUP_BENCH_LOAD_H
#define DEDUP_BENCH_LOAD_H

#include "dedup/buffer.h"

struct span {
    size_t begin, length;
};

struct texts {
    dedup_buffer bytes;
    struct span *items; /* of `bytes`; valid UTF-8 */
    size_t count, capacity;
    size_t longest; /* bytes */
};

/* Reads the .txt and .md files below `path`. A file that is not UTF-8 is cut where it ceases to be. */
void texts_load(struct texts *texts, const char *path);
void texts_release(struct texts *texts);

static inline const char *texts_at(const struct texts *texts, size_t index)
{
    return texts->bytes.data + texts->items[index].begin;
}

/* Ends the program with the message of `error` when `status` is a failure. */
void must(dedup_status status, const dedup_error *error);

#endif
