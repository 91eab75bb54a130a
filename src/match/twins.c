#include "match/twins.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/hash_set.h"
#include "match/recall_keys.h"
#include "match/singles.h"
#include "match/team.h"
#include "sketch/shingle.h"

enum {
    PORTION = 4096,
    BATCH = 1024, /* units that are compared as one job */
    KEY_SHIFT = 32,
    PREFETCH_TEXT = 12,
    SECOND_SHIFT = 42, /* the second filter looks at the bits of keys that the first one does not look at */
};

/* The first unit with a hash and a length. */
struct first {
    uint64_t hash;
    uint32_t count, unit; /* count 0: none */
};

struct finder {
    struct matcher *matcher;
    uint32_t *keys; /* of each unit: bits of its hash */
    struct singles singles;
    uint64_t *items;
    size_t item_count, item_capacity;
    struct first *firsts; /* hash table of 1 << bits */
    unsigned bits;
    struct recalled_keys recalled; /* of texts that have twins */
};

static void release(struct finder *finder)
{
    free(finder->keys);
    singles_release(&finder->singles);
    free(finder->items);
    free(finder->firsts);
    recalled_keys_release(&finder->recalled);
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

/* Where the first unit with the hash and the length of a text is, or belongs. */
static struct first *find_first(const struct finder *finder, uint64_t factor, const struct text *text)
{
    size_t mask = ((size_t)1 << finder->bits) - 1, slot = (size_t)(text->hash * factor >> (64 - finder->bits));
    struct first *first = &finder->firsts[slot];
    while (first->count != 0 && (first->hash != text->hash || first->count != text->count))
        first = &finder->firsts[++slot & mask];
    return first;
}

/* Gives units with equal hashes and lengths the text of the first one. Where hashes lie in the table is a secret of the
 * run, so that nobody can make texts that crowd one place. */
static dedup_status unite(struct finder *finder, dedup_error *error)
{
    const struct matcher *matcher = finder->matcher;
    uint64_t factor = hash_set_secret();
    for (finder->bits = 4; (size_t)1 << finder->bits < finder->item_count + finder->item_count / 2; finder->bits++)
        ;
    finder->firsts = calloc((size_t)1 << finder->bits, sizeof *finder->firsts);
    if (!finder->firsts)
        return fail_memory(error, "texts");
    for (size_t i = 0; i < finder->item_count; i++) {
        uint32_t unit = (uint32_t)finder->items[i];
        const struct text *text = &matcher->texts[unit];
        if (i + PREFETCH_TEXT < finder->item_count)
            __builtin_prefetch(&matcher->texts[(uint32_t)finder->items[i + PREFETCH_TEXT]]);
        struct first *first = find_first(finder, factor, text);
        if (first->count != 0)
            matcher->unit_texts[unit] = first->unit;
        else
            *first = (struct first){text->hash, text->count, unit};
    }
    return DEDUP_OK;
}

/* Makes the items those of order[0..count) that have the text of another unit, ascending. */
static dedup_status list_twins(struct finder *finder, const uint32_t *order, size_t count, dedup_error *error)
{
    const struct matcher *matcher = finder->matcher;
    bool ascending = true;
    finder->item_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t unit = order[i];
        if (unit >= matcher->unit_count)
            return fail(error, DEDUP_ERROR_ARGUMENT, "the order names a unit that was not added");
        if (matcher->unit_texts[unit] == NONE || matcher->unit_texts[unit] == unit)
            continue;
        TRY(array_reserve(&finder->items, &finder->item_capacity, finder->item_count + 1, "texts", error));
        ascending &= finder->item_count == 0 || unit > finder->items[finder->item_count - 1];
        finder->items[finder->item_count++] = unit;
    }
    if (ascending)
        return DEDUP_OK;
    uint64_t *sorting = malloc(finder->item_count * sizeof *sorting);
    if (!sorting)
        return fail_memory(error, "texts");
    finder->item_count = shingle_set(finder->items, finder->item_count, sorting);
    free(sorting);
    return DEDUP_OK;
}

/* Brings the keys of the texts that have twins back, which are compared more than once and in no order. */
static dedup_status recall_texts(struct finder *finder, dedup_error *error)
{
    const struct matcher *matcher = finder->matcher;
    TRY(recalled_keys_init(&finder->recalled, matcher, error));
    for (size_t i = 0; i < finder->item_count; i++)
        recalled_keys_want(&finder->recalled, matcher->unit_texts[finder->items[i]]);
    return recalled_keys_load(&finder->recalled, matcher, error);
}

static void release_window(void *worker)
{
    block_window_release(worker);
}

/* Compares the keys of a batch of units with those of their texts. */
static dedup_status check_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct finder *finder = context;
    const struct matcher *matcher = finder->matcher;
    size_t end = (batch + 1) * BATCH < finder->item_count ? (batch + 1) * BATCH : finder->item_count;
    (void)result;
    for (size_t i = batch * BATCH; i < end; i++) {
        uint32_t *text = &matcher->unit_texts[finder->items[i]];
        const struct text *twin = &matcher->texts[finder->items[i]];
        bool equal;
        TRY(key_store_equal(matcher->keys, text_ref(twin), recalled_key(&finder->recalled, *text), worker, &equal,
                            error));
        if (!equal)
            *text = NONE;
    }
    return DEDUP_OK;
}

static dedup_status check(struct finder *finder, dedup_error *error)
{
    const struct team_job job = {.context = finder,
                                 .count = (finder->item_count + BATCH - 1) / BATCH,
                                 .worker_size = sizeof(struct block_window),
                                 .result_size = 1,
                                 .work = check_batch,
                                 .release_worker = release_window};
    TRY(recall_texts(finder, error));
    return team_run(&job, finder->matcher->options.thread_count, error);
}

dedup_status twins_find(struct matcher *matcher, const uint32_t *order, size_t count, dedup_error *error)
{
    struct finder finder = {.matcher = matcher};
    dedup_status status = matcher_view_texts(matcher, error);
    if (status == DEDUP_OK)
        status = start(&finder, error);
    if (status == DEDUP_OK)
        status = select_units(&finder, error);
    if (status == DEDUP_OK)
        status = unite(&finder, error);
    if (status == DEDUP_OK)
        status = list_twins(&finder, order, count, error);
    if (status == DEDUP_OK)
        status = check(&finder, error);
    release(&finder);
    key_store_let_go(matcher->keys);
    return status;
}
