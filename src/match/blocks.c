#include "match/blocks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"

void blocks_init(struct blocks *blocks, uint64_t memory, int directory, const char *what)
{
    uint64_t held = memory / SPILL_BLOCK;
    bool bounded = memory != 0 && directory >= 0 && held < SIZE_MAX;
    *blocks = (struct blocks){
        .held = bounded ? (size_t)held + (held == 0) : SIZE_MAX, .directory = directory, .file = -1, .what = what};
}

void blocks_release(struct blocks *blocks)
{
    if (blocks->file >= 0)
        close(blocks->file);
    for (size_t i = 0; i < blocks->made; i++)
        free(blocks->items[i]);
    free(blocks->items);
    *blocks = (struct blocks){.file = -1};
}

/* Writes all blocks, which are full, to the file. */
static dedup_status flush(struct blocks *blocks, dedup_error *error)
{
    if (blocks->file < 0)
        TRY(spill_open(blocks->directory, &blocks->file, error));
    for (size_t i = 0; i < blocks->count; i++)
        TRY(spill_write(blocks->file, blocks->items[i], SPILL_BLOCK, (blocks->flushed + i) * SPILL_BLOCK, error));
    blocks->flushed += blocks->count;
    blocks->count = 0;
    blocks->held = 1;
    while (blocks->made > 1)
        free(blocks->items[--blocks->made]);
    return DEDUP_OK;
}

dedup_status blocks_add(struct blocks *blocks, void **block, dedup_error *error)
{
    if (blocks->count >= blocks->held)
        TRY(flush(blocks, error));
    if (blocks->count == blocks->made) {
        TRY(array_reserve(&blocks->items, &blocks->capacity, blocks->made + 1, blocks->what, error));
        blocks->items[blocks->made] = aligned_alloc(SPILL_PAGE, SPILL_BLOCK);
        if (!blocks->items[blocks->made])
            return fail_memory(error, blocks->what);
        blocks->made++;
    }
    *block = blocks->items[blocks->count++];
    return DEDUP_OK;
}

const void *blocks_at(const struct blocks *blocks, uint64_t place, size_t length)
{
    uint64_t block = place / SPILL_BLOCK, within = place % SPILL_BLOCK;
    return block >= blocks->flushed && length <= SPILL_BLOCK - within ? blocks->items[block - blocks->flushed] + within
                                                                      : NULL;
}

dedup_status blocks_read(const struct blocks *blocks, uint64_t place, void *bytes, size_t length, dedup_error *error)
{
    uint64_t flushed = blocks->flushed * SPILL_BLOCK;
    char *out = bytes;
    if (place < flushed && length != 0) {
        size_t step = flushed - place < length ? (size_t)(flushed - place) : length;
        TRY(spill_read(blocks->file, out, step, place, error));
        place += step;
        out += step;
        length -= step;
    }
    while (length != 0) {
        size_t left = SPILL_BLOCK - place % SPILL_BLOCK, step = left < length ? left : length;
        memcpy(out, blocks_at(blocks, place, step), step);
        place += step;
        out += step;
        length -= step;
    }
    return DEDUP_OK;
}
