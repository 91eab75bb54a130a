/* A growing table from hashes to numbers, several numbers for one hash: what an online search looks things up in.
 *
 * Open addressing with linear probing; an entry is 8 bytes: the upper half of the hash and the number. Hashes that
 * agree in that half are one, so what is found has to be verified. Of the numbers of one hash the POSTINGS_LIMIT
 * highest stay. No call takes more than POSTINGS_PROBES steps, whatever hashes somebody may have made up: an entry that
 * finds no place within so many is left out. */
#ifndef DEDUP_MATCH_POSTINGS_H
#define DEDUP_MATCH_POSTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

enum { POSTINGS_LIMIT = 128, POSTINGS_PROBES = 1024 };

struct postings {
    uint64_t *slots; /* UINT64_MAX where none is */
    size_t count;    /* of entries */
    unsigned bits;   /* 2^bits slots; 0: no table yet */
};

void postings_release(struct postings *postings);

/* Bytes of the table, and those it will have when `extra` more entries are to fit. */
uint64_t postings_bytes(const struct postings *postings);
uint64_t postings_bytes_with(const struct postings *postings, size_t extra);

/* Makes room for `extra` more entries. While it grows, the old table and the new one are held together. Errors: MEMORY.
 */
DEDUP_NODISCARD dedup_status postings_reserve(struct postings *postings, size_t extra, dedup_error *error);

/* Adds a number (not UINT32_MAX), for which there is room. A pair that is there already is not added again. */
void postings_add(struct postings *postings, uint64_t hash, uint32_t number);

/* Writes the numbers of a hash to `numbers`, the highest first, and returns how many they are. */
size_t postings_find(const struct postings *postings, uint64_t hash, uint32_t numbers[POSTINGS_LIMIT]);

#endif
