/* All fold keys of a run, for verification: appended once, as UTF-16, read back by place. Most are never read again:
 * over a bound they go to a file, and those of candidates come back. */
#ifndef DEDUP_MATCH_KEY_STORE_H
#define DEDUP_MATCH_KEY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"
#include "match/blocks.h"
#include "match/key_code.h"

/* A stretch of the store, in UTF-16 units. A paragraph's is a part of its document's. */
struct key_ref {
    uint64_t begin;
    uint32_t count;
};

struct key_store;

/* `memory`: bytes held in memory before the store moves to a file in `spill_directory` (-1: never); 0: no bound. It is
 * filled in steps of SPILL_BLOCK. */
DEDUP_NODISCARD dedup_status key_store_create(uint64_t memory, int spill_directory, struct key_store **out,
                                              dedup_error *error);
void key_store_free(struct key_store *store); /* NULL is fine */

/* Appends `count` units; *begin gets their place. Not in parallel. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status key_store_append(struct key_store *store, const uint16_t *units, size_t count,
                                              uint64_t *begin, dedup_error *error);
/* Decodes a stretch to code points; `points` holds ref.count. *count gets how many. In parallel, but not with an
 * append. Errors: READ. */
DEDUP_NODISCARD dedup_status key_store_read(const struct key_store *store, struct key_ref ref, uint32_t *points,
                                            size_t *count, dedup_error *error);
/* *units: a stretch, until the window is used again; for keys that are read in the order of their places. In parallel
 * with a window each, but not with an append. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status key_store_view(const struct key_store *store, struct key_ref ref,
                                            struct block_window *window, const uint16_t **units, dedup_error *error);

/* Keys that are in the file can be copied to memory, where they are read faster. */

/* Whether a key is in the file, not empty, and so short that a copy is worth its memory. */
bool key_store_is_far(const struct key_store *store, struct key_ref ref);
/* Places for copies: the first that is free, and where they should end, at 16 times the bound of the store. */
struct copy_room {
    size_t begin, end;
};
struct copy_room key_store_room(const struct key_store *store);
/* Where a copy of `count` units that would begin at `place` can lie: in one block. */
size_t key_store_place(size_t place, size_t count);
/* Makes room for copies in all places before `end`. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status key_store_hold(struct key_store *store, size_t end, dedup_error *error);
/* Gives up all copies; their memory is used again. */
void key_store_let_go(struct key_store *store);
/* Copies a key to a place of key_store_place in that room; *begin gets where it can be read from then on. In parallel.
 * Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status key_store_copy(const struct key_store *store, struct key_ref ref,
                                            struct block_window *window, size_t place, uint64_t *begin,
                                            dedup_error *error);

/* Starts to load the first units of a stretch, where they lie in memory: a hint for a key_store_read to come. */
void key_store_prefetch(const struct key_store *store, struct key_ref ref);
/* Compares two stretches unit by unit, the first of which is viewed. In parallel with a window each, but not with an
 * append. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status key_store_equal(const struct key_store *store, struct key_ref a, struct key_ref b,
                                             struct block_window *window, bool *equal, dedup_error *error);

#endif
