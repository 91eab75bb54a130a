#include "match/key_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

enum {
    SLICE_UNITS = 8 * 1024, /* decoded or compared at a time */
    COPY_UNITS = 512,       /* of longer keys it costs no more to read them than to touch memory for a copy */
    IN_BLOCK = SPILL_BLOCK / sizeof(uint16_t),
    COPY_FACTOR = 16,     /* copies may take so much more memory than keys */
    LINE_UNITS = 32,      /* of a cache line */
    PREFETCH_UNITS = 160, /* behind so many a processor sees that they are read in order */
};

/* Copies of keys have places from here on. */
static const uint64_t copies_begin = (uint64_t)1 << 62;

struct key_store {
    struct blocks blocks;
    uint64_t count;       /* units */
    struct blocks copies; /* in memory */
    size_t copy_end, copy_limit;
};

dedup_status key_store_create(uint64_t memory, int spill_directory, struct key_store **out, dedup_error *error)
{
    struct key_store *store = calloc(1, sizeof *store);
    if (!store)
        return fail_memory(error, "the key store");
    blocks_init(&store->blocks, memory, spill_directory, "the fold keys");
    blocks_init(&store->copies, 0, -1, "the fold keys");
    uint64_t limit = memory / sizeof(uint16_t);
    store->copy_limit = limit < SIZE_MAX / COPY_FACTOR ? (size_t)limit * COPY_FACTOR : SIZE_MAX;
    *out = store;
    return DEDUP_OK;
}

void key_store_free(struct key_store *store)
{
    if (!store)
        return;
    blocks_release(&store->blocks);
    blocks_release(&store->copies);
    free(store);
}

dedup_status key_store_append(struct key_store *store, const uint16_t *units, size_t count, uint64_t *begin,
                              dedup_error *error)
{
    struct blocks *blocks = &store->blocks;
    *begin = store->count;
    while (count != 0) {
        size_t used = (size_t)(store->count % IN_BLOCK), step = IN_BLOCK - used < count ? IN_BLOCK - used : count;
        void *block;
        if (used == 0)
            TRY(blocks_add(blocks, &block, error));
        memcpy(blocks->items[blocks->count - 1] + used * sizeof *units, units, step * sizeof *units);
        store->count += step;
        units += step;
        count -= step;
    }
    return DEDUP_OK;
}

/* The units of a stretch that lie in one piece in memory; else NULL. */
static const uint16_t *units_at(const struct key_store *store, uint64_t begin, size_t count)
{
    bool copied = begin >= copies_begin;
    return blocks_at(copied ? &store->copies : &store->blocks,
                     (copied ? begin - copies_begin : begin) * sizeof(uint16_t), count * sizeof(uint16_t));
}

dedup_status key_store_view(const struct key_store *store, struct key_ref ref, struct block_window *window,
                            const uint16_t **units, dedup_error *error)
{
    static const uint16_t nothing = 0;
    const void *bytes;
    *units = ref.count != 0 ? units_at(store, ref.begin, ref.count) : &nothing;
    if (*units)
        return DEDUP_OK;
    TRY(blocks_view(&store->blocks, ref.begin * sizeof **units, ref.count * sizeof **units, window, &bytes, error));
    *units = bytes;
    return DEDUP_OK;
}

bool key_store_is_far(const struct key_store *store, struct key_ref ref)
{
    return ref.count != 0 && ref.count <= COPY_UNITS && ref.begin < store->blocks.flushed * IN_BLOCK;
}

struct copy_room key_store_room(const struct key_store *store)
{
    return (struct copy_room){store->copy_end, store->copy_limit};
}

size_t key_store_place(size_t place, size_t count)
{
    return place % IN_BLOCK + count <= IN_BLOCK ? place : place / IN_BLOCK * IN_BLOCK + IN_BLOCK;
}

dedup_status key_store_hold(struct key_store *store, size_t end, dedup_error *error)
{
    void *block;
    while (store->copies.count * IN_BLOCK < end)
        TRY(blocks_add(&store->copies, &block, error));
    store->copy_end = end;
    return DEDUP_OK;
}

void key_store_let_go(struct key_store *store)
{
    store->copies.count = 0;
    store->copy_end = 0;
}

dedup_status key_store_copy(const struct key_store *store, struct key_ref ref, struct block_window *window,
                            size_t place, uint64_t *begin, dedup_error *error)
{
    const uint16_t *units;
    TRY(key_store_view(store, ref, window, &units, error));
    if (ref.count != 0)
        memcpy(store->copies.items[place / IN_BLOCK] + place % IN_BLOCK * sizeof *units, units,
               ref.count * sizeof *units);
    *begin = copies_begin + place;
    return DEDUP_OK;
}

void key_store_prefetch(const struct key_store *store, struct key_ref ref)
{
    const uint16_t *units = ref.count != 0 ? units_at(store, ref.begin, ref.count) : NULL;
    size_t most = ref.count < PREFETCH_UNITS ? ref.count : PREFETCH_UNITS;
    for (size_t i = 0; units && i < most; i += LINE_UNITS)
        __builtin_prefetch(units + i);
}

/* Up to SLICE_UNITS of a stretch: where they lie, or copied to `slice`. */
static dedup_status slice_at(const struct key_store *store, uint64_t begin, size_t count, uint16_t *slice,
                             const uint16_t **units, dedup_error *error)
{
    *units = units_at(store, begin, count);
    if (*units)
        return DEDUP_OK;
    *units = slice;
    return blocks_read(&store->blocks, begin * sizeof *slice, slice, count * sizeof *slice, error);
}

dedup_status key_store_read(const struct key_store *store, struct key_ref ref, uint32_t *points, size_t *count,
                            dedup_error *error)
{
    uint16_t slice[SLICE_UNITS];
    *count = 0;
    for (size_t done = 0; done < ref.count;) {
        size_t step = ref.count - done < SLICE_UNITS ? ref.count - done : SLICE_UNITS;
        const uint16_t *units;
        TRY(slice_at(store, ref.begin + done, step, slice, &units, error));
        size_t used;
        *count += key_decode_part(units, step, points + *count, &used);
        if (used == 0)
            return fail(error, DEDUP_ERROR_READ, "a stored key ends inside a character");
        done += used;
    }
    return DEDUP_OK;
}

dedup_status key_store_equal(const struct key_store *store, struct key_ref a, struct key_ref b,
                             struct block_window *window, bool *equal, dedup_error *error)
{
    uint16_t slice[SLICE_UNITS];
    *equal = a.count == b.count;
    if (*equal && a.count != 0) {
        const uint16_t *left, *right;
        TRY(key_store_view(store, a, window, &left, error));
        for (size_t done = 0; *equal && done < a.count; done += SLICE_UNITS) {
            size_t step = a.count - done < SLICE_UNITS ? a.count - done : SLICE_UNITS;
            TRY(slice_at(store, b.begin + done, step, slice, &right, error));
            *equal = memcmp(left + done, right, step * sizeof *left) == 0;
        }
    }
    return DEDUP_OK;
}
