#include "pipeline/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"

enum { SLOTS_LEAST = 256 };

void tally_init(struct tally *tally, size_t most)
{
    *tally = (struct tally){.most = most};
    dedup_buffer_init(&tally->keys, SIZE_MAX);
}

void tally_release(struct tally *tally)
{
    free(tally->entries);
    free(tally->slots);
    dedup_buffer_release(&tally->keys);
}

void tally_clear(struct tally *tally)
{
    tally->count = 0;
    tally->dropped = 0;
    dedup_buffer_clear(&tally->keys);
    if (tally->slots)
        memset(tally->slots, 0, tally->slot_count * sizeof *tally->slots);
}

/* The slot of a key: that of its entry, or the free one where it belongs. */
static uint32_t *find_slot(const struct tally *tally, const void *key, size_t length, uint64_t hash)
{
    size_t at = (size_t)hash & (tally->slot_count - 1);
    for (;; at = (at + 1) & (tally->slot_count - 1)) {
        uint32_t index = tally->slots[at];
        if (index == 0)
            return &tally->slots[at];
        const struct tally_entry *entry = &tally->entries[index - 1];
        if (entry->hash == hash && entry->length == length &&
            (length == 0 || memcmp(tally->keys.data + entry->key, key, length) == 0))
            return &tally->slots[at];
    }
}

/* Enters all entries into empty slots. */
static void fill_slots(struct tally *tally)
{
    memset(tally->slots, 0, tally->slot_count * sizeof *tally->slots);
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_entry *entry = &tally->entries[i];
        *find_slot(tally, tally->keys.data + entry->key, entry->length, entry->hash) = (uint32_t)i + 1;
    }
}

/* At most half of the slots are taken. */
static dedup_status make_slots(struct tally *tally, dedup_error *error)
{
    if (2 * (tally->count + 1) <= tally->slot_count)
        return DEDUP_OK;
    size_t count = tally->slot_count == 0 ? SLOTS_LEAST : 2 * tally->slot_count;
    uint32_t *slots = malloc(count * sizeof *slots);
    if (!slots)
        return fail_memory(error, "the counts of the report");
    free(tally->slots);
    tally->slots = slots;
    tally->slot_count = count;
    fill_slots(tally);
    return DEDUP_OK;
}

/* Gives up the entries whose first count is at most `floor`. */
static void drop(struct tally *tally, uint64_t floor)
{
    size_t kept = 0, bytes = 0;
    for (size_t i = 0; i < tally->count; i++) {
        struct tally_entry entry = tally->entries[i];
        if (entry.counts[0] <= floor)
            continue;
        memmove(tally->keys.data + bytes, tally->keys.data + entry.key, entry.length);
        entry.key = bytes;
        bytes += entry.length;
        tally->entries[kept++] = entry;
    }
    tally->dropped += tally->count - kept;
    tally->count = kept;
    tally->keys.length = bytes;
}

static void make_place(struct tally *tally)
{
    if (tally->count < tally->most)
        return;
    for (uint64_t floor = 1; tally->count > tally->most / 2; floor *= 2)
        drop(tally, floor);
    fill_slots(tally);
}

dedup_status tally_add(struct tally *tally, const void *key, size_t length, const uint64_t counts[TALLY_COUNTS],
                       dedup_error *error)
{
    uint64_t hash = hash64_of(key, length);
    TRY(make_slots(tally, error));
    uint32_t *slot = find_slot(tally, key, length, hash);
    if (*slot == 0) {
        make_place(tally);
        TRY(array_reserve(&tally->entries, &tally->capacity, tally->count + 1, "the counts of the report", error));
        size_t place = tally->keys.length;
        TRY(dedup_buffer_append(&tally->keys, key, length, error));
        tally->entries[tally->count++] = (struct tally_entry){.hash = hash, .key = place, .length = length};
        slot = find_slot(tally, key, length, hash);
        *slot = (uint32_t)tally->count;
    }
    for (size_t i = 0; i < TALLY_COUNTS; i++)
        tally->entries[*slot - 1].counts[i] += counts[i];
    return DEDUP_OK;
}

dedup_status tally_merge(struct tally *tally, const struct tally *other, dedup_error *error)
{
    for (size_t i = 0; i < other->count; i++)
        TRY(tally_add(tally, tally_key(other, i), other->entries[i].length, other->entries[i].counts, error));
    tally->dropped += other->dropped;
    return DEDUP_OK;
}

/* An entry with what it is sorted by. */
struct ranked {
    struct tally_entry entry;
    const char *key;
    uint64_t count;
};

static int compare(const void *left, const void *right)
{
    const struct ranked *x = left, *y = right;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    size_t common = x->entry.length < y->entry.length ? x->entry.length : y->entry.length;
    int order = common == 0 ? 0 : memcmp(x->key, y->key, common);
    return order != 0 ? order : (x->entry.length > y->entry.length) - (x->entry.length < y->entry.length);
}

dedup_status tally_sort(struct tally *tally, size_t which, dedup_error *error)
{
    struct ranked *ranked = malloc((tally->count + 1) * sizeof *ranked);
    if (!ranked)
        return fail_memory(error, "the counts of the report");
    for (size_t i = 0; i < tally->count; i++)
        ranked[i] = (struct ranked){tally->entries[i], tally_key(tally, i), tally->entries[i].counts[which]};
    if (tally->count != 0)
        qsort(ranked, tally->count, sizeof *ranked, compare);
    for (size_t i = 0; i < tally->count; i++)
        tally->entries[i] = ranked[i].entry;
    free(ranked);
    return DEDUP_OK;
}
