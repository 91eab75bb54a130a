/* What lies below IN: the files that hold documents, in an order that does not depend on the file system. */
#ifndef DEDUP_CORPUS_LISTING_H
#define DEDUP_CORPUS_LISTING_H

#include <stdbool.h>

#include "dedup/error.h"

enum container { CONTAINER_PLAIN, CONTAINER_GZ, CONTAINER_ZST, CONTAINER_XZ, CONTAINER_BZ2, CONTAINER_LZ4 };
enum format { FORMAT_TEXT, FORMAT_JSONL };

struct corpus_file {
    const char *path; /* below the root, bytes as the file system has them, '/' between components */
    enum container container;
    enum format format;
    uint64_t size;       /* bytes on disk */
    int64_t modified_ns; /* since the epoch */
};

/* Something below IN that holds no documents or could not be looked at. */
struct corpus_skipped {
    const char *path;
    const char *reason; /* static: "not a text or JSON Lines file", "symbolic link", "link loop", "special file", ... */
    dedup_status status; /* DEDUP_OK: skipped by rule; otherwise a problem (DEDUP_ERROR_READ: unreadable folder) */
};

struct corpus_listing {
    struct corpus_file *files; /* ascending by path, compared as bytes */
    size_t file_count;
    struct corpus_skipped *skipped; /* ascending by path */
    size_t skipped_count;
    struct corpus_memory *memory; /* private */
};

/* Walks the tree below the directory descriptor `root`. Symbolic links are skipped, or with `follow` followed, loops
 * being reported. Format by ending, any case: .txt .text .md .jsonl .ndjson, each also with .gz .zst .xz .bz2 .lz4.
 * Depth and width are bounded by memory only (no recursion). Errors: MEMORY, READ (the root itself). */
DEDUP_NODISCARD dedup_status corpus_list(int root, bool follow, struct corpus_listing *out, dedup_error *error);
void corpus_listing_release(struct corpus_listing *listing);

#endif
