#include "match/twins.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/singles.h"
#include "match/team.h"

enum {
    PORTION = 4096,
    BATCH = 16 * 1024, /* units of the order that are compared as one job */
    KEY_SHIFT = 32,
    SECOND_SHIFT = 42, /* the second filter looks at the bits of keys that the first one does not look at */
};

/* A unit whose hash another one may have. */
struct alike {
    uint64_t hash;
    uint32_t count, unit;
};

struct finder {
    struct matcher *matcher;
    uint32_t *keys; /* of each unit: bits of its hash */
    struct singles singles;
    uint64_t *items;
    size_t item_count, item_capacity;
    struct alike *alikes;
};

static void release(struct finder *finder)
{
    free(finder->keys);
    singles_release(&finder->singles);
    free(finder->items);
    free(finder->alikes);
}

static const struct key_range all_keys = {0, UINT32_MAX, 0};

/* Makes each unit its own text, and the keys. */
static dedup_status start(struct finder *finder, dedup_error *error)
{
    struct matcher *matcher = finder->matcher;
    free(matcher->unit_texts);
    matcher->unit_texts = malloc((matcher->unit_count + 1) * sizeof *matcher->unit_texts);
    finder->keys = malloc((matcher->unit_count + 1) * sizeof *finder->keys);
    if (!matcher->unit_texts || !finder->keys)
        return fail_memory(error, "texts");
    for (size_t unit = 0; unit < matcher->unit_count; unit++) {
        const struct text *text = &matcher->texts[unit];
        finder->keys[unit] = (uint32_t)(text->hash >> KEY_SHIFT);
        matcher->unit_texts[unit] = text->count == 0 ? NONE : (uint32_t)unit;
    }
    return DEDUP_OK;
}

/* Leaves the units whose keys repeat, and few others, as items: bits of the key << 32 | unit. */
static dedup_status select_units(struct finder *finder, dedup_error *error)
{
    size_t units = finder->matcher->unit_count;
    TRY(singles_start(&finder->singles, units, error));
    singles_add(&finder->singles, all_keys, finder->keys, finder->matcher->unit_texts, units);
    for (size_t begin = 0; begin < units; begin += PORTION) {
        size_t count = units - begin < PORTION ? units - begin : PORTION;
        TRY(array_reserve(&finder->items, &finder->item_capacity, finder->item_count + count + SINGLES_SLACK, "texts",
                          error));
        finder->item_count +=
            singles_select(&finder->singles, all_keys, finder->keys + begin, finder->matcher->unit_texts + begin, count,
                           finder->items + finder->item_count);
    }
    return singles_drop(&finder->singles, finder->items, &finder->item_count, SECOND_SHIFT, error);
}

static int by_hash(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Gives units with equal hashes and lengths the text of the first one. */
static dedup_status unite(struct finder *finder, dedup_error *error)
{
    const struct matcher *matcher = finder->matcher;
    struct alike *alikes = malloc((finder->item_count + 1) * sizeof *alikes);
    finder->alikes = alikes;
    if (!alikes)
        return fail_memory(error, "texts");
    for (size_t i = 0; i < finder->item_count; i++) {
        uint32_t unit = (uint32_t)finder->items[i];
        alikes[i] = (struct alike){matcher->texts[unit].hash, matcher->texts[unit].count, unit};
    }
    if (finder->item_count > 1)
        qsort(alikes, finder->item_count, sizeof *alikes, by_hash);
    for (size_t i = 1; i < finder->item_count; i++)
        if (alikes[i].hash == alikes[i - 1].hash && alikes[i].count == alikes[i - 1].count)
            matcher->unit_texts[alikes[i].unit] = matcher->unit_texts[alikes[i - 1].unit];
    return DEDUP_OK;
}

/* A part of the order. */
struct comparing {
    struct matcher *matcher;
    const uint32_t *order;
    size_t count;
};

/* Compares the keys of a batch of units with those of their texts. */
static dedup_status check_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct comparing *comparing = context;
    const struct matcher *matcher = comparing->matcher;
    size_t end = (batch + 1) * BATCH < comparing->count ? (batch + 1) * BATCH : comparing->count;
    (void)worker;
    (void)result;
    for (size_t i = batch * BATCH; i < end; i++) {
        uint32_t unit = comparing->order[i];
        bool equal = true;
        if (unit >= matcher->unit_count)
            return fail(error, DEDUP_ERROR_ARGUMENT, "the order names a unit that was not added");
        uint32_t text = matcher->unit_texts[unit];
        if (text != NONE && text != unit)
            TRY(key_store_equal(matcher->keys, text_ref(&matcher->texts[text]), text_ref(&matcher->texts[unit]), &equal,
                                error));
        if (!equal)
            matcher->unit_texts[unit] = NONE;
    }
    return DEDUP_OK;
}

dedup_status twins_find(struct matcher *matcher, const uint32_t *order, size_t count, dedup_error *error)
{
    struct finder finder = {.matcher = matcher};
    struct comparing comparing = {matcher, order, count};
    const struct team_job job = {.context = &comparing,
                                 .count = (count + BATCH - 1) / BATCH,
                                 .worker_size = 1,
                                 .result_size = 1,
                                 .work = check_batch};
    dedup_status status = start(&finder, error);
    if (status == DEDUP_OK)
        status = select_units(&finder, error);
    if (status == DEDUP_OK)
        status = unite(&finder, error);
    release(&finder);
    return status == DEDUP_OK ? team_run(&job, matcher->options.thread_count, error) : status;
}
