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
    const char
        *reason; /* static, for people: "not a text or JSON Lines file", "symbolic link loop", "special file", ... */
    dedup_status status; /* DEDUP_OK: skipped by rule; otherwise a problem (READ: unreadable folder, LIMIT) */
};

struct corpus_listing {
    struct corpus_file *files; /* ascending by path, compared as bytes */
    size_t file_count;
    struct corpus_skipped *skipped; /* ascending by path */
    size_t skipped_count;
    const char **empty; /* folders with nothing in them, ascending */
    size_t empty_count;
    struct corpus_memory *memory; /* private */
};

/* Bounds on symbolic links, which can make a small tree look exponentially large: links on the way to a folder (systems
 * stop at 40), and folders entered behind two links or more in one walk. What is beyond is skipped with status LIMIT.
 */
enum { LISTING_LINKS_MAXIMUM = 32, LISTING_LINKED_MAXIMUM = 100000 };

/* What the ending of a name says; false: it is none of a document. */
bool corpus_classify(const char *name, enum container *container, enum format *format);

/* Walks the tree below the directory descriptor `root`. Format by ending, any case: .txt .text .md .jsonl .ndjson, each
 * also with .gz .zst .xz .bz2 .lz4. Symbolic links are skipped, wherever they lead. With `follow` a link counts as what
 * it leads to, so that a file is listed once for each path to it; a folder that contains the link is a loop and
 * skipped. Special files are never opened. Folders `.dedup` with a manifest.json and unfinished output
 * (atomic_file_prefix) are skipped too. Depth and width are bounded by memory only: no recursion, few open descriptors,
 * paths longer than PATH_MAX. Errors: MEMORY, READ (the root itself). */
DEDUP_NODISCARD dedup_status corpus_list(int root, bool follow, struct corpus_listing *out, dedup_error *error);
void corpus_listing_release(struct corpus_listing *listing);

#endif
