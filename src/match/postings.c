#include "match/postings.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

enum { FIRST_BITS = 10, BITS_MAXIMUM = 32 };

#define SLOT_FREE UINT64_MAX

void postings_release(struct postings *postings)
{
    free(postings->slots);
    *postings = (struct postings){0};
}

/* How large the table has to be for `count` entries: three quarters of it may be taken. */
static unsigned bits_for(uint64_t count, unsigned bits)
{
    if (bits == 0)
        bits = FIRST_BITS;
    while (bits < BITS_MAXIMUM && count > (UINT64_C(3) << bits) / 4)
        bits++;
    return bits;
}

uint64_t postings_bytes(const struct postings *postings)
{
    return postings->bits != 0 ? (uint64_t)sizeof *postings->slots << postings->bits : 0;
}

uint64_t postings_bytes_with(const struct postings *postings, size_t extra)
{
    return (uint64_t)sizeof *postings->slots << bits_for((uint64_t)postings->count + extra, postings->bits);
}

/* The first slot of a tag: its upper bits, so that a table can grow without the hashes. */
static size_t first_slot(const struct postings *postings, uint64_t tag)
{
    return (size_t)(tag >> (32 - postings->bits));
}

/* Puts an entry of another table into one that has no entries which it could be confused with. */
static void move_entry(struct postings *postings, uint64_t entry)
{
    size_t mask = ((size_t)1 << postings->bits) - 1, slot = first_slot(postings, entry >> 32);
    for (unsigned probe = 0; probe < POSTINGS_PROBES; probe++, slot = (slot + 1) & mask) {
        if (postings->slots[slot] != SLOT_FREE)
            continue;
        postings->slots[slot] = entry;
        postings->count++;
        return;
    }
}

dedup_status postings_reserve(struct postings *postings, size_t extra, dedup_error *error)
{
    unsigned bits = bits_for((uint64_t)postings->count + extra, postings->bits);
    if (bits == postings->bits)
        return DEDUP_OK;
    uint64_t bytes = (uint64_t)sizeof *postings->slots << bits;
    struct postings grown = {bytes <= SIZE_MAX ? malloc((size_t)bytes) : NULL, 0, bits};
    if (!grown.slots)
        return fail_memory(error, "the index of texts");
    memset(grown.slots, 0xff, (size_t)bytes);
    size_t slots = postings->bits != 0 ? (size_t)1 << postings->bits : 0;
    for (size_t i = 0; i < slots; i++)
        if (postings->slots[i] != SLOT_FREE)
            move_entry(&grown, postings->slots[i]);
    free(postings->slots);
    *postings = grown;
    return DEDUP_OK;
}

void postings_add(struct postings *postings, uint64_t hash, uint32_t number)
{
    uint64_t tag = hash >> 32;
    size_t mask = ((size_t)1 << postings->bits) - 1, slot = first_slot(postings, tag), oldest = slot;
    unsigned equal = 0;
    for (unsigned probe = 0; probe < POSTINGS_PROBES; probe++, slot = (slot + 1) & mask) {
        uint64_t entry = postings->slots[slot];
        if (entry == SLOT_FREE) {
            postings->count += equal < POSTINGS_LIMIT;
            postings->slots[equal < POSTINGS_LIMIT ? slot : oldest] = tag << 32 | number;
            return;
        }
        if (entry >> 32 != tag)
            continue;
        if ((uint32_t)entry == number)
            return;
        if (equal++ == 0 || entry < postings->slots[oldest])
            oldest = slot;
    }
    if (equal != 0)
        postings->slots[oldest] = tag << 32 | number;
}

/* Sorts a few numbers, the highest first; most come in ascending order. */
static void sort_down(uint32_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t number = numbers[i];
        size_t place = i;
        for (; place > 0 && numbers[place - 1] < number; place--)
            numbers[place] = numbers[place - 1];
        numbers[place] = number;
    }
}

size_t postings_find(const struct postings *postings, uint64_t hash, uint32_t numbers[POSTINGS_LIMIT])
{
    uint64_t tag = hash >> 32;
    size_t count = 0;
    if (postings->bits == 0)
        return 0;
    size_t mask = ((size_t)1 << postings->bits) - 1, slot = first_slot(postings, tag);
    for (unsigned probe = 0; probe < POSTINGS_PROBES && postings->slots[slot] != SLOT_FREE; probe++) {
        if (postings->slots[slot] >> 32 == tag && count < POSTINGS_LIMIT)
            numbers[count++] = (uint32_t)postings->slots[slot];
        slot = (slot + 1) & mask;
    }
    sort_down(numbers, count);
    return count;
}
