#include "match/key_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/spill.h"

enum {
    SLAB_UNITS = SPILL_BLOCK / 2,
    WINDOW_UNITS = 8 * 1024, /* read at a time */
    CODE_BLOCK = 32,         /* coded at once where no surrogate is needed */
    LINE_UNITS = 32,         /* of a cache line */
    PREFETCH_UNITS = 160,    /* behind so many a processor sees that they are read in order */
};

/* Units [0, flushed) are in the file, the `count` behind them in slabs, which are full but for the last. */
struct key_store {
    uint16_t **slabs;
    size_t slab_count, slab_capacity;
    size_t count;
    uint64_t flushed;
    size_t slabs_held; /* how many may be before they are written to the file */
    int directory, file;
};

dedup_status key_store_create(uint64_t memory, int spill_directory, struct key_store **out, dedup_error *error)
{
    struct key_store *store = calloc(1, sizeof *store);
    if (!store)
        return fail_memory(error, "the key store");
    uint64_t slabs = memory / SPILL_BLOCK;
    bool bounded = memory != 0 && spill_directory >= 0 && slabs < SIZE_MAX;
    store->slabs_held = bounded ? (size_t)slabs + (slabs == 0) : SIZE_MAX;
    store->directory = spill_directory;
    store->file = -1;
    *out = store;
    return DEDUP_OK;
}

static void free_slabs(struct key_store *store)
{
    for (size_t i = 0; i < store->slab_count; i++)
        free(store->slabs[i]);
    store->slab_count = 0;
    store->count = 0;
}

void key_store_free(struct key_store *store)
{
    if (!store)
        return;
    if (store->file >= 0)
        close(store->file);
    free_slabs(store);
    free(store->slabs);
    free(store);
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

/* Writes the slabs, which are full, to the file. From then on one is enough. */
static dedup_status flush(struct key_store *store, dedup_error *error)
{
    if (store->file < 0)
        TRY(spill_open(store->directory, &store->file, error));
    for (size_t i = 0; i < store->slab_count; i++) {
        TRY(spill_write(store->file, store->slabs[i], SPILL_BLOCK, store->flushed * 2, error));
        store->flushed += SLAB_UNITS;
    }
    free_slabs(store);
    store->slabs_held = 1;
    return DEDUP_OK;
}

static dedup_status add_slab(struct key_store *store, dedup_error *error)
{
    if (store->slab_count >= store->slabs_held)
        TRY(flush(store, error));
    TRY(array_reserve(&store->slabs, &store->slab_capacity, store->slab_count + 1, "the fold keys", error));
    store->slabs[store->slab_count] = aligned_alloc(SPILL_PAGE, SPILL_BLOCK);
    if (!store->slabs[store->slab_count])
        return fail_memory(error, "the fold keys");
    store->slab_count++;
    return DEDUP_OK;
}

dedup_status key_store_append(struct key_store *store, const uint16_t *units, size_t count, uint64_t *begin,
                              dedup_error *error)
{
    *begin = store->flushed + store->count;
    while (count != 0) {
        size_t used = store->count % SLAB_UNITS, step = SLAB_UNITS - used < count ? SLAB_UNITS - used : count;
        if (used == 0)
            TRY(add_slab(store, error));
        memcpy(store->slabs[store->slab_count - 1] + used, units, step * sizeof *units);
        store->count += step;
        units += step;
        count -= step;
    }
    return DEDUP_OK;
}

/* Copies units from slabs. */
static void copy_units(const struct key_store *store, uint64_t begin, size_t count, uint16_t *out)
{
    for (size_t place = (size_t)(begin - store->flushed), done = 0; done < count;) {
        size_t in_slab = (place + done) % SLAB_UNITS, left = SLAB_UNITS - in_slab;
        size_t step = left < count - done ? left : count - done;
        memcpy(out + done, store->slabs[(place + done) / SLAB_UNITS] + in_slab, step * sizeof *out);
        done += step;
    }
}

dedup_status key_store_view(const struct key_store *store, struct key_ref ref, uint16_t *window, const uint16_t **units,
                            dedup_error *error)
{
    size_t from_file = 0;
    *units = window;
    if (ref.begin < store->flushed) {
        uint64_t flushed = store->flushed - ref.begin;
        from_file = flushed < ref.count ? (size_t)flushed : ref.count;
        TRY(spill_read(store->file, window, from_file * 2, ref.begin * 2, error));
    } else if (ref.count != 0) {
        size_t place = (size_t)(ref.begin - store->flushed), in_slab = place % SLAB_UNITS;
        if (in_slab + ref.count <= SLAB_UNITS) {
            *units = store->slabs[place / SLAB_UNITS] + in_slab;
            return DEDUP_OK;
        }
    }
    copy_units(store, ref.begin + from_file, ref.count - from_file, window + from_file);
    return DEDUP_OK;
}

void key_store_prefetch(const struct key_store *store, struct key_ref ref)
{
    size_t most = ref.count < PREFETCH_UNITS ? ref.count : PREFETCH_UNITS;
    if (ref.begin < store->flushed)
        return;
    size_t place = (size_t)(ref.begin - store->flushed), left = SLAB_UNITS - place % SLAB_UNITS;
    const uint16_t *units = store->slabs[place / SLAB_UNITS] + place % SLAB_UNITS;
    for (size_t i = 0; i < most && i < left; i += LINE_UNITS)
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

dedup_status key_store_read(const struct key_store *store, struct key_ref ref, uint32_t *points, size_t *count,
                            dedup_error *error)
{
    uint16_t window[WINDOW_UNITS];
    *count = 0;
    for (size_t done = 0; done < ref.count;) {
        size_t step = ref.count - done < WINDOW_UNITS ? ref.count - done : WINDOW_UNITS;
        const uint16_t *units;
        TRY(key_store_view(store, (struct key_ref){ref.begin + done, (uint32_t)step}, window, &units, error));
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
    uint16_t windows[2][WINDOW_UNITS];
    *equal = a.count == b.count;
    for (size_t done = 0; *equal && done < a.count;) {
        size_t step = a.count - done < WINDOW_UNITS ? a.count - done : WINDOW_UNITS;
        const uint16_t *left, *right;
        TRY(key_store_view(store, (struct key_ref){a.begin + done, (uint32_t)step}, windows[0], &left, error));
        TRY(key_store_view(store, (struct key_ref){b.begin + done, (uint32_t)step}, windows[1], &right, error));
        *equal = memcmp(left, right, step * sizeof *left) == 0;
        done += step;
    }
    return DEDUP_OK;
}
