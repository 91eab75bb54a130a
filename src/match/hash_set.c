#include "match/hash_set.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"

enum {
    BITS_LEAST = 4,
    SLOTS_PER_HASH = 3,
    BITS_PER_HASH = 32, /* of a map: hardly 1 in 50 meets another one's */
};

uint64_t hash_set_secret(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t seeds[] = {(uint64_t)now.tv_nsec, (uint64_t)now.tv_sec, (uint64_t)(uintptr_t)&now};
    return hash64_of(seeds, sizeof seeds) | 1;
}

void hash_set_init(struct hash_set *set, uint64_t factor)
{
    *set = (struct hash_set){.factor = factor};
}

void hash_set_release(struct hash_set *set)
{
    free(set->slots);
    hash_set_init(set, set->factor);
}

/* A hash of the first list as it stands in a slot. */
static inline uint64_t first_form(uint64_t hash)
{
    uint64_t form = hash & ~(uint64_t)1;
    return form != 0 ? form : 2;
}

/* The slot of a hash in its first form, or the empty one where it belongs. That a slot is taken by another hash is
 * rare, and whether it is empty nobody can guess, so this is the only branch. */
static inline uint64_t *slot_of(const struct hash_set *set, size_t mask, uint64_t form)
{
    size_t place = (size_t)(form * set->factor >> (64 - set->bits));
    while ((set->slots[place] != 0) & ((set->slots[place] & ~(uint64_t)1) != form))
        place = (place + 1) & mask;
    return &set->slots[place];
}

static dedup_status clear(struct hash_set *set, size_t count, dedup_error *error)
{
    set->bits = BITS_LEAST;
    while (((size_t)1 << set->bits) / SLOTS_PER_HASH < count)
        set->bits++;
    size_t slots = (size_t)1 << set->bits;
    TRY(array_reserve(&set->slots, &set->capacity, slots, "a text", error));
    memset(set->slots, 0, slots * sizeof *set->slots);
    return DEDUP_OK;
}

dedup_status hash_set_compare(struct hash_set *set, const uint64_t *mine, size_t mine_count, const uint64_t *other,
                              size_t other_count, struct hash_counts *counts, dedup_error *error)
{
    TRY(clear(set, mine_count + other_count, error));
    size_t mask = ((size_t)1 << set->bits) - 1, others = 0, shared = 0, fresh = 0;
    for (size_t i = 0; i < other_count; i++) {
        uint64_t form = first_form(other[i]), *slot = slot_of(set, mask, form);
        others += *slot == 0;
        *slot = form;
    }
    for (size_t i = 0; i < mine_count; i++) {
        uint64_t form = first_form(mine[i]), *slot = slot_of(set, mask, form);
        fresh += *slot == 0;
        shared += *slot == form;
        *slot = form | 1;
    }
    *counts = (struct hash_counts){.mine = fresh + shared, .other = others, .shared = shared};
    return DEDUP_OK;
}

dedup_status hash_bits_fill(struct hash_bits *bits, const uint64_t *hashes, size_t count, size_t *least,
                            dedup_error *error)
{
    size_t words = 16, again = 0;
    while (words * 64 < count * BITS_PER_HASH)
        words *= 2;
    TRY(array_reserve(&bits->words, &bits->capacity, words, "a text", error));
    bits->count = words;
    memset(bits->words, 0, words * sizeof *bits->words);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i], *word = &bits->words[hash >> 6 & (words - 1)], before = *word;
        *word = before | (uint64_t)1 << (hash & 63);
        again += before >> (hash & 63) & 1;
    }
    *least = count - again;
    return DEDUP_OK;
}

size_t hash_bits_count(const struct hash_bits *bits, const uint64_t *hashes, size_t count)
{
    const uint64_t *words = bits->words;
    size_t found = 0, mask = bits->count - 1;
    for (size_t i = 0; i < count; i++)
        found += words[hashes[i] >> 6 & mask] >> (hashes[i] & 63) & 1;
    return found;
}
