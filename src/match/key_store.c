#include "match/key_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/spill.h"

enum {
    TAIL_UNITS = 512 * 1024, /* held back once there is a file */
    WINDOW_UNITS = 8 * 1024, /* read from it at a time */
    CODE_BLOCK = 32,         /* coded at once where no surrogate is needed */
};

/* Units [0, flushed) are in the file, the rest is in memory. */
struct key_store {
    uint16_t *units;
    size_t count, capacity;
    uint64_t flushed;
    uint64_t memory; /* bytes */
    int directory, file;
};

dedup_status key_store_create(uint64_t memory, int spill_directory, struct key_store **out, dedup_error *error)
{
    struct key_store *store = calloc(1, sizeof *store);
    if (!store)
        return fail_memory(error, "the key store");
    store->memory = memory;
    store->directory = spill_directory;
    store->file = -1;
    *out = store;
    return DEDUP_OK;
}

void key_store_free(struct key_store *store)
{
    if (!store)
        return;
    if (store->file >= 0)
        close(store->file);
    free(store->units);
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
    return used + encode(points + i, count - i, out + used);
}

static dedup_status flush(struct key_store *store, dedup_error *error)
{
    if (store->file < 0)
        TRY(spill_open(store->directory, &store->file, error));
    TRY(spill_write(store->file, store->units, store->count * 2, store->flushed * 2, error));
    store->flushed += store->count;
    store->count = 0;
    return DEDUP_OK;
}

/* After the first flush the memory shrinks to a tail that is written in large pieces. */
static dedup_status make_room(struct key_store *store, size_t count, dedup_error *error)
{
    bool bounded = store->directory >= 0 && store->memory != 0;
    bool full = store->file >= 0 ? store->count + count > TAIL_UNITS : (store->count + count) * 2 > store->memory;
    if (bounded && full) {
        TRY(flush(store, error));
        if (store->capacity > TAIL_UNITS) {
            free(store->units);
            store->units = NULL;
            store->capacity = 0;
        }
    }
    return array_reserve(&store->units, &store->capacity, store->count + count, "the fold keys", error);
}

dedup_status key_store_append(struct key_store *store, const uint16_t *units, size_t count, uint64_t *begin,
                              dedup_error *error)
{
    TRY(make_room(store, count, error));
    if (count != 0)
        memcpy(store->units + store->count, units, count * sizeof *units);
    *begin = store->flushed + store->count;
    store->count += count;
    return DEDUP_OK;
}

/* Makes *units point to `count` (<= WINDOW_UNITS) units from `begin` on, in memory or copied to `window`. */
static dedup_status view(const struct key_store *store, uint64_t begin, size_t count, uint16_t *window,
                         const uint16_t **units, dedup_error *error)
{
    if (begin >= store->flushed) {
        *units = store->units + (begin - store->flushed);
        return DEDUP_OK;
    }
    size_t from_file = store->flushed - begin < count ? (size_t)(store->flushed - begin) : count;
    TRY(spill_read(store->file, window, from_file * 2, begin * 2, error));
    if (from_file < count)
        memcpy(window + from_file, store->units, (count - from_file) * sizeof *window);
    *units = window;
    return DEDUP_OK;
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

dedup_status key_store_read(const struct key_store *store, struct key_ref ref, uint32_t *points, size_t *count,
                            dedup_error *error)
{
    uint16_t window[WINDOW_UNITS];
    *count = 0;
    for (size_t done = 0; done < ref.count;) {
        size_t step = ref.count - done < WINDOW_UNITS ? ref.count - done : WINDOW_UNITS;
        const uint16_t *units;
        TRY(view(store, ref.begin + done, step, window, &units, error));
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
        TRY(view(store, a.begin + done, step, windows[0], &left, error));
        TRY(view(store, b.begin + done, step, windows[1], &right, error));
        *equal = memcmp(left, right, step * sizeof *left) == 0;
        done += step;
    }
    return DEDUP_OK;
}
