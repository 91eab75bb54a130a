/* The band keys of all texts, band by band, in columns that grow together.
 *
 * Texts come in order, one row each, so adding is a copy into a few places; the columns are grouped later, several at a
 * time. Over its memory bound the table moves to a file. */
#ifndef DEDUP_MATCH_BAND_KEYS_H
#define DEDUP_MATCH_BAND_KEYS_H

#include "match/singles.h"

struct band_keys;

/* For rows of `bands` keys. `memory`: bytes held in memory, 0 for no bound; `spill_directory`: -1 for no bound either.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status band_keys_create(unsigned bands, uint64_t memory, int spill_directory,
                                              struct band_keys **out, dedup_error *error);
void band_keys_free(struct band_keys *table); /* NULL is fine */

/* Adds a row: one key for each band, 0 where the text has none. Not in parallel. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status band_keys_add(struct band_keys *table, const uint32_t *keys, uint32_t text,
                                           dedup_error *error);

/* The keys come in so many parts, those of a band together; equal keys of one band are in one part. */
size_t band_keys_parts(const struct band_keys *table);

/* After the last row: gives each row the number of its text in `names` in place of the text's own, NO_NUMBER to rows
 * that take no part. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status band_keys_name(struct band_keys *table, const uint32_t *names, dedup_error *error);

/* Keys and the numbers that have them: key << 32 | number; owned and reused. */
struct key_entries {
    uint64_t *items;
    size_t count, capacity;
};

/* Scratch to search columns; reused. */
struct band_scratch {
    struct singles singles;
    uint32_t *units; /* columns that are read from the file */
    size_t capacity;
};

void band_scratch_release(struct band_scratch *scratch);

/* Replaces `entries` by those of a part whose key another row that takes part has too, and few others: key << 32 |
 * name, in the order of rows. The keys of parts in their order, and those of entries, are in one order, and their top
 * bits differ. In parallel after band_keys_name. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status band_keys_load(const struct band_keys *table, size_t part, struct band_scratch *scratch,
                                            struct key_entries *entries, dedup_error *error);

#endif
