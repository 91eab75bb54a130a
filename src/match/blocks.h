/* A growing row of blocks that are filled one after the other and read by place. Over a bound they are written to a
 * nameless file, and from then on one block, which stays in the cache, is enough: to write it costs less than memory
 * that is touched for the first time. */
#ifndef DEDUP_MATCH_BLOCKS_H
#define DEDUP_MATCH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"
#include "match/spill.h"

/* Blocks [0, flushed) are in the file, the `count` behind them in memory. */
struct blocks {
    char **items; /* `made` blocks of SPILL_BLOCK bytes, of which `count` are in use; owned */
    size_t count, made, capacity;
    size_t held; /* how many may be in memory before they are written to the file */
    uint64_t flushed;
    int directory, file;
    const char *what; /* they hold, for messages */
};

/* `memory`: bytes held in memory before the blocks move to a file in `directory` (-1: never); 0: no bound. */
void blocks_init(struct blocks *blocks, uint64_t memory, int directory, const char *what);
void blocks_release(struct blocks *blocks);

/* *block: a new one at the end, for the caller to fill before the next call. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status blocks_add(struct blocks *blocks, void **block, dedup_error *error);

/* Where `length` bytes (1 or more) from `place` on lie, when they are in memory and in one block; else NULL. */
const void *blocks_at(const struct blocks *blocks, uint64_t place, size_t length);
/* Copies `length` bytes from `place` on: for reads here and there. In parallel, but not with blocks_add. Errors: READ.
 */
DEDUP_NODISCARD dedup_status blocks_read(const struct blocks *blocks, uint64_t place, void *bytes, size_t length,
                                         dedup_error *error);

/* What one reader sees of the blocks: a part of the file that is mapped, or a copy. All zero at first. */
struct block_window {
    const char *bytes;
    uint64_t begin; /* their place */
    size_t length;
    void *mapped; /* `length` bytes; NULL: bytes are the copy */
    char *copy;
    size_t capacity;
};

void block_window_release(struct block_window *window);

/* Makes the window all that is in the file, for reads here and there; where that fails it is left empty, and each read
 * is a copy or a window of its own. */
void block_window_open(struct block_window *window, const struct blocks *blocks);
/* *bytes: the `length` bytes (1 or more) from `place` on, until the window is used again. For reads that follow each
 * other, which then cost no copy: the window is four blocks long. A disk that fails meanwhile raises SIGBUS.
 * In parallel with a window each, but not with blocks_add. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status blocks_view(const struct blocks *blocks, uint64_t place, size_t length,
                                         struct block_window *window, const void **bytes, dedup_error *error);

#endif
