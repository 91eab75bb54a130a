/* Sampled shingles of all units, for the search for contained texts: of each unit those whose hash is one of the
 * lowest, one in 2^SAMPLE_BITS, in the order of their places, 32 bits each. Written once, read from front to back. */
#ifndef DEDUP_MATCH_SAMPLES_H
#define DEDUP_MATCH_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"
#include "match/blocks.h"

/* Units are read in batches of so many. */
enum { SAMPLE_BITS = 4, SAMPLE_BATCH = 512 };

/* The lowest hashes, up to this one. */
static const uint64_t sample_last = UINT64_MAX >> SAMPLE_BITS;

struct samples {
    struct blocks blocks;
    uint64_t count;   /* of all units */
    uint32_t *counts; /* of each unit */
    size_t unit_count, unit_capacity;
    uint64_t *begins; /* of each batch of units */
    size_t begin_capacity;
};

/* `memory`: bytes held in memory before they move to a file in `directory` (-1: never); 0: no bound. */
void samples_init(struct samples *samples, uint64_t memory, int directory);
void samples_release(struct samples *samples);

/* Adds those of the next unit. Not in parallel. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status samples_add(struct samples *samples, const uint32_t *values, size_t count,
                                         dedup_error *error);

static inline size_t samples_batches(const struct samples *samples)
{
    return (samples->unit_count + SAMPLE_BATCH - 1) / SAMPLE_BATCH;
}

/* One reader of the samples of a batch. */
struct sample_reader {
    struct block_window window;
    size_t unit, end; /* the next one, and behind the last one of the batch */
    uint64_t place;
};

/* Goes to the first unit of a batch. */
void sample_reader_start(struct sample_reader *reader, const struct samples *samples, size_t batch);
void sample_reader_release(struct sample_reader *reader);
/* *values: the samples of the next unit, samples->counts of it, until the next call; for a unit that is not `wanted`
 * they are passed over. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status sample_reader_next(struct sample_reader *reader, const struct samples *samples,
                                                bool wanted, const uint32_t **values, dedup_error *error);

/* *values: the samples of a unit, samples->counts of it, until the window is used again: for reads here and there, best
 * through a window of all (block_window_open). In parallel. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status samples_view(const struct samples *samples, size_t unit, struct block_window *window,
                                          const uint32_t **values, dedup_error *error);

#endif
