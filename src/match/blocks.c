#include "match/blocks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"

enum { WINDOW = 4 * SPILL_BLOCK };

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

static void unmap(struct block_window *window)
{
    if (window->mapped)
        (void)munmap(window->mapped, window->length);
    window->mapped = NULL;
    window->length = 0;
}

void block_window_release(struct block_window *window)
{
    unmap(window);
    free(window->copy);
    *window = (struct block_window){0};
}

/* Makes the window a part of the file, unless that fails. */
static bool map(struct block_window *window, int file, uint64_t begin, size_t length)
{
    void *mapped = mmap(NULL, length, PROT_READ, MAP_SHARED, file, (off_t)begin);
    if (mapped == MAP_FAILED)
        return false;
    window->bytes = window->mapped = mapped;
    window->begin = begin;
    window->length = length;
    return true;
}

void block_window_open(struct block_window *window, const struct blocks *blocks)
{
    uint64_t length = blocks->flushed * SPILL_BLOCK;
    unmap(window);
    if (length != 0 && length <= SIZE_MAX)
        (void)map(window, blocks->file, 0, (size_t)length);
}

/* Moves the window to a stretch. One that is not all in the file is copied, as is one that cannot be mapped. */
static dedup_status move(const struct blocks *blocks, uint64_t place, size_t length, struct block_window *window,
                         dedup_error *error)
{
    uint64_t flushed = blocks->flushed * SPILL_BLOCK, begin = place / SPILL_BLOCK * SPILL_BLOCK;
    uint64_t end = place + length > begin + WINDOW ? place + length : begin + WINDOW;
    unmap(window);
    if (place + length <= flushed &&
        map(window, blocks->file, begin, (size_t)((end < flushed ? end : flushed) - begin)))
        return DEDUP_OK;
    TRY(array_reserve(&window->copy, &window->capacity, length, blocks->what, error));
    TRY(blocks_read(blocks, place, window->copy, length, error));
    window->bytes = window->copy;
    window->begin = place;
    window->length = length;
    return DEDUP_OK;
}

dedup_status blocks_view(const struct blocks *blocks, uint64_t place, size_t length, struct block_window *window,
                         const void **bytes, dedup_error *error)
{
    *bytes = blocks_at(blocks, place, length);
    if (*bytes)
        return DEDUP_OK;
    if (place < window->begin || place + length > window->begin + window->length)
        TRY(move(blocks, place, length, window, error));
    *bytes = window->bytes + (place - window->begin);
    return DEDUP_OK;
}
