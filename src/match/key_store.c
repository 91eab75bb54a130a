#include "match/key_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/blocks.h"

enum {
    SLICE_UNITS = 8 * 1024,  /* decoded or compared at a time */
    AHEAD_UNITS = 64 * 1024, /* read at once where keys follow each other */
    CODE_BLOCK = 32,         /* coded at once where no surrogate is needed */
    HELD_FACTOR = 2,         /* copies may take so much more memory than keys */
    LINE_UNITS = 32,         /* of a cache line */
    PREFETCH_UNITS = 160,    /* behind so many a processor sees that they are read in order */
};

/* Copies of keys have places from here on. */
static const uint64_t copies_begin = (uint64_t)1 << 62;

struct key_store {
    struct blocks keys, copies;
    uint64_t count, copy_count, copy_limit; /* units */
};

dedup_status key_store_create(uint64_t memory, int spill_directory, struct key_store **out, dedup_error *error)
{
    struct key_store *store = calloc(1, sizeof *store);
    if (!store)
        return fail_memory(error, "the key store");
    blocks_init(&store->keys, memory, spill_directory, "the fold keys");
    blocks_init(&store->copies, 0, -1, "the fold keys");
    store->copy_limit = memory / sizeof(uint16_t) * HELD_FACTOR;
    *out = store;
    return DEDUP_OK;
}

void key_store_free(struct key_store *store)
{
    if (!store)
        return;
    blocks_release(&store->keys);
    blocks_release(&store->copies);
    free(store);
}

void key_window_release(struct key_window *window)
{
    free(window->units);
    *window = (struct key_window){0};
}

static size_t encode(const uint32_t *points, size_t count, uint16_t *out)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t point = points[i];
        if (point < 0x10000) {
            out[used++] = (uint16_t)point;
        } else {
            point -= 0x10000;
            out[used++] = (uint16_t)(0xd800 + (point >> 10));
            out[used++] = (uint16_t)(0xdc00 + (point & 0x3ff));
        }
    }
    return used;
}

size_t key_encode(const uint32_t *points, size_t count, uint16_t *out)
{
    size_t used = 0, i = 0;
    for (; i + CODE_BLOCK <= count; i += CODE_BLOCK) {
        uint32_t all = 0;
        for (size_t j = 0; j < CODE_BLOCK; j++)
            all |= points[i + j];
        if (all < 0x10000) {
            for (size_t j = 0; j < CODE_BLOCK; j++)
                out[used + j] = (uint16_t)points[i + j];
            used += CODE_BLOCK;
        } else {
            used += encode(points + i, CODE_BLOCK, out + used);
        }
    }
    return i == count ? used : used + encode(points + i, count - i, out + used);
}

/* Appends units to blocks that hold `*count`. */
static dedup_status append(struct blocks *blocks, uint64_t *count, const uint16_t *units, size_t more,
                           dedup_error *error)
{
    const size_t in_block = SPILL_BLOCK / sizeof *units;
    while (more != 0) {
        size_t used = (size_t)(*count % in_block), step = in_block - used < more ? in_block - used : more;
        void *block;
        if (used == 0)
            TRY(blocks_add(blocks, &block, error));
        memcpy(blocks->items[blocks->count - 1] + used * sizeof *units, units, step * sizeof *units);
        *count += step;
        units += step;
        more -= step;
    }
    return DEDUP_OK;
}

dedup_status key_store_append(struct key_store *store, const uint16_t *units, size_t count, uint64_t *begin,
                              dedup_error *error)
{
    *begin = store->count;
    return append(&store->keys, &store->count, units, count, error);
}

/* The units of a stretch that lie in one piece in memory; else NULL. */
static const uint16_t *units_at(const struct key_store *store, uint64_t begin, size_t count)
{
    bool copied = begin >= copies_begin;
    uint64_t place = (copied ? begin - copies_begin : begin) * sizeof(uint16_t);
    return blocks_at(copied ? &store->copies : &store->keys, place, count * sizeof(uint16_t));
}

/* Copies the units of a stretch, wherever they lie. */
static dedup_status read_units(const struct key_store *store, uint64_t begin, uint16_t *units, size_t count,
                               dedup_error *error)
{
    bool copied = begin >= copies_begin;
    uint64_t place = (copied ? begin - copies_begin : begin) * sizeof *units;
    return blocks_read(copied ? &store->copies : &store->keys, place, units, count * sizeof *units, error);
}

/* Fills the window with a stretch, and with what follows it when it follows what the window had. */
static dedup_status fill_window(const struct key_store *store, struct key_window *window, struct key_ref ref,
                                dedup_error *error)
{
    uint64_t end = window->begin + window->count, left = store->count - ref.begin;
    size_t count = ref.count;
    if (ref.begin >= end && ref.begin - end < AHEAD_UNITS && count < AHEAD_UNITS && count < left)
        count = left < AHEAD_UNITS ? (size_t)left : AHEAD_UNITS;
    window->count = 0;
    TRY(array_reserve(&window->units, &window->capacity, count, "the fold keys", error));
    TRY(read_units(store, ref.begin, window->units, count, error));
    window->begin = ref.begin;
    window->count = count;
    return DEDUP_OK;
}

dedup_status key_store_view(const struct key_store *store, struct key_ref ref, struct key_window *window,
                            const uint16_t **units, dedup_error *error)
{
    static const uint16_t nothing = 0;
    *units = ref.count != 0 ? units_at(store, ref.begin, ref.count) : &nothing;
    if (*units)
        return DEDUP_OK;
    if (ref.begin < window->begin || ref.begin + ref.count > window->begin + window->count)
        TRY(fill_window(store, window, ref, error));
    *units = window->units + (ref.begin - window->begin);
    return DEDUP_OK;
}

dedup_status key_store_hold(struct key_store *store, struct key_ref ref, struct key_window *window, uint64_t *begin,
                            dedup_error *error)
{
    const uint16_t *units;
    *begin = ref.begin;
    if (ref.begin >= copies_begin || ref.begin * sizeof *units >= store->keys.flushed * SPILL_BLOCK ||
        ref.count > store->copy_limit - store->copy_count)
        return DEDUP_OK;
    TRY(key_store_view(store, ref, window, &units, error));
    *begin = copies_begin + store->copy_count;
    return append(&store->copies, &store->copy_count, units, ref.count, error);
}

void key_store_let_go(struct key_store *store)
{
    blocks_clear(&store->copies);
    store->copy_count = 0;
}

void key_store_prefetch(const struct key_store *store, struct key_ref ref)
{
    size_t count = ref.count < PREFETCH_UNITS ? ref.count : PREFETCH_UNITS;
    const uint16_t *units = count != 0 ? units_at(store, ref.begin, count) : NULL;
    for (size_t i = 0; units && i < count; i += LINE_UNITS)
        __builtin_prefetch(units + i);
}

static bool is_surrogate(uint16_t unit)
{
    return (unit & 0xf800) == 0xd800;
}

/* Whether the next CODE_BLOCK units hold one. */
static bool has_surrogates(const uint16_t *units)
{
    unsigned found = 0;
    for (size_t i = 0; i < CODE_BLOCK; i++)
        found |= (units[i] & 0xf800) == 0xd800;
    return found != 0;
}

/* Decodes whole code points of `units` and returns how many units they took: all but a trailing half. */
static size_t decode(const uint16_t *units, size_t count, uint32_t *points, size_t *written)
{
    size_t used = 0, made = *written;
    while (used < count) {
        if (used + CODE_BLOCK <= count && !has_surrogates(units + used)) {
            for (size_t i = 0; i < CODE_BLOCK; i++)
                points[made + i] = units[used + i];
            made += CODE_BLOCK;
            used += CODE_BLOCK;
        } else if (!is_surrogate(units[used])) {
            points[made++] = units[used++];
        } else if (used + 1 < count) {
            points[made++] = 0x10000 + ((units[used] & 0x3ffu) << 10) + (units[used + 1] & 0x3ffu);
            used += 2;
        } else {
            break;
        }
    }
    *written = made;
    return used;
}

size_t key_decode(const uint16_t *units, size_t count, uint32_t *points)
{
    size_t made = 0;
    (void)decode(units, count, points, &made);
    return made;
}

/* Up to SLICE_UNITS of a stretch: where they lie, or copied to `slice`. */
static dedup_status slice_at(const struct key_store *store, uint64_t begin, size_t count, uint16_t *slice,
                             const uint16_t **units, dedup_error *error)
{
    *units = units_at(store, begin, count);
    if (*units)
        return DEDUP_OK;
    *units = slice;
    return read_units(store, begin, slice, count, error);
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
        size_t used = decode(units, step, points, count);
        if (used == 0)
            return fail(error, DEDUP_ERROR_READ, "a stored key ends inside a character");
        done += used;
    }
    return DEDUP_OK;
}

dedup_status key_store_equal(const struct key_store *store, struct key_ref a, struct key_ref b, bool *equal,
                             dedup_error *error)
{
    uint16_t slices[2][SLICE_UNITS];
    *equal = a.count == b.count;
    for (size_t done = 0; *equal && done < a.count;) {
        size_t step = a.count - done < SLICE_UNITS ? a.count - done : SLICE_UNITS;
        const uint16_t *left, *right;
        TRY(slice_at(store, a.begin + done, step, slices[0], &left, error));
        TRY(slice_at(store, b.begin + done, step, slices[1], &right, error));
        *equal = memcmp(left, right, step * sizeof *left) == 0;
        done += step;
    }
    return DEDUP_OK;
}
