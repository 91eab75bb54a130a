#include "match/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

void samples_init(struct samples *samples, uint64_t memory, int directory)
{
    *samples = (struct samples){0};
    blocks_init(&samples->blocks, memory, directory, "sampled shingles");
}

void samples_release(struct samples *samples)
{
    blocks_release(&samples->blocks);
    free(samples->counts);
    free(samples->begins);
    *samples = (struct samples){.blocks.file = -1};
}

dedup_status samples_add(struct samples *samples, const uint32_t *values, size_t count, dedup_error *error)
{
    const size_t in_block = SPILL_BLOCK / sizeof *values;
    struct blocks *blocks = &samples->blocks;
    size_t unit = samples->unit_count, batch = unit / SAMPLE_BATCH;
    TRY(array_reserve(&samples->counts, &samples->unit_capacity, unit + 1, "sampled shingles", error));
    TRY(array_reserve(&samples->begins, &samples->begin_capacity, batch + 1, "sampled shingles", error));
    if (unit % SAMPLE_BATCH == 0)
        samples->begins[batch] = samples->count;
    samples->counts[samples->unit_count++] = (uint32_t)count;
    while (count != 0) {
        size_t used = (size_t)(samples->count % in_block), step = in_block - used < count ? in_block - used : count;
        void *block;
        if (used == 0)
            TRY(blocks_add(blocks, &block, error));
        memcpy(blocks->items[blocks->count - 1] + used * sizeof *values, values, step * sizeof *values);
        samples->count += step;
        values += step;
        count -= step;
    }
    return DEDUP_OK;
}

void sample_reader_start(struct sample_reader *reader, const struct samples *samples, size_t batch)
{
    reader->unit = batch * SAMPLE_BATCH;
    reader->end = reader->unit + SAMPLE_BATCH;
    if (reader->end > samples->unit_count)
        reader->end = samples->unit_count;
    reader->place = samples->begins[batch];
}

void sample_reader_release(struct sample_reader *reader)
{
    block_window_release(&reader->window);
}

/* *values: `count` samples from a place on. */
static dedup_status view(const struct samples *samples, uint64_t place, size_t count, struct block_window *window,
                         const uint32_t **values, dedup_error *error)
{
    static const uint32_t nothing = 0;
    const void *bytes = &nothing;
    if (count != 0)
        TRY(blocks_view(&samples->blocks, place * sizeof **values, count * sizeof **values, window, &bytes, error));
    *values = bytes;
    return DEDUP_OK;
}

dedup_status sample_reader_next(struct sample_reader *reader, const struct samples *samples, bool wanted,
                                const uint32_t **values, dedup_error *error)
{
    size_t count = samples->counts[reader->unit++];
    uint64_t place = reader->place;
    reader->place += count;
    return view(samples, place, wanted ? count : 0, &reader->window, values, error);
}

dedup_status samples_view(const struct samples *samples, size_t unit, struct block_window *window,
                          const uint32_t **values, dedup_error *error)
{
    size_t batch = unit / SAMPLE_BATCH;
    uint64_t place = samples->begins[batch];
    for (size_t i = batch * SAMPLE_BATCH; i < unit; i++)
        place += samples->counts[i];
    return view(samples, place, samples->counts[unit], window, values, error);
}
