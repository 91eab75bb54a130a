/* All fold keys of a run, for verification: appended once, as UTF-16, read back by place. Most are never read again:
 * over a bound they go to a file, and those of candidates come back. */
#ifndef DEDUP_MATCH_KEY_STORE_H
#define DEDUP_MATCH_KEY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* A stretch of the store, in UTF-16 units. A paragraph's is a part of its document's. */
struct key_ref {
    uint64_t begin;
    uint32_t count;
};

struct key_store;

/* What one thread has read of the file last. All zero at first. */
struct key_window {
    uint16_t *units;
    uint64_t begin; /* their place */
    size_t count, capacity;
};
void key_window_release(struct key_window *window);

/* `memory`: bytes held in memory before the store moves to a file in `spill_directory` (-1: never); 0: no bound. It is
 * filled in steps of SPILL_BLOCK. */
DEDUP_NODISCARD dedup_status key_store_create(uint64_t memory, int spill_directory, struct key_store **out,
                                              dedup_error *error);
void key_store_free(struct key_store *store); /* NULL is fine */

/* Writes `count` code points (no surrogates) as UTF-16 to `out` (2 * count units) and returns the number of units. */
size_t key_encode(const uint32_t *points, size_t count, uint16_t *out);

/* Writes the code points of `count` units to `points` and returns how many they are. A last one of which the units hold
 * only the first half is left out; halves that stand alone otherwise give any code point. */
size_t key_decode(const uint16_t *units, size_t count, uint32_t *points);

/* Appends `count` units; *begin gets their place. Not in parallel. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status key_store_append(struct key_store *store, const uint16_t *units, size_t count,
                                              uint64_t *begin, dedup_error *error);
/* Decodes a stretch to code points; `points` holds ref.count. *count gets how many. In parallel, but not with an
 * append. Errors: READ. */
DEDUP_NODISCARD dedup_status key_store_read(const struct key_store *store, struct key_ref ref, uint32_t *points,
                                            size_t *count, dedup_error *error);
/* The units of a stretch: where they lie, or in the window, until its next use. Stretches that follow each other cost
 * one read of the file for many. In parallel, but not with an append. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status key_store_view(const struct key_store *store, struct key_ref ref,
                                            struct key_window *window, const uint16_t **units, dedup_error *error);
/* Copies a key that is in the file to memory, as far as twice the bound of the store allows: *begin gets its place,
 * where it can be read as long as key_store_let_go is not called. Not in parallel. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status key_store_hold(struct key_store *store, struct key_ref ref, struct key_window *window,
                                            uint64_t *begin, dedup_error *error);
/* Gives all copies up; their memory is used again. */
void key_store_let_go(struct key_store *store);
/* Starts to load the first units of a stretch that lies in memory: a hint for a reading to come. */
void key_store_prefetch(const struct key_store *store, struct key_ref ref);
/* Compares two stretches of equal length unit by unit. In parallel, but not with an append. Errors: READ. */
DEDUP_NODISCARD dedup_status key_store_equal(const struct key_store *store, struct key_ref a, struct key_ref b,
                                             bool *equal, dedup_error *error);

#endif
