#include "match/hash_set.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"

enum {
    BITS_LEAST = 4,
    SLOTS_PER_HASH = 3,
    BITS_PER_HASH = 64, /* of a map: hardly 1 in 100 meets another one's */
    STRIDE = 64,        /* look-ups between two looks at what can still be reached */
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

static inline size_t place_of(const struct hash_set *set, uint64_t hash)
{
    return (size_t)(hash * set->factor >> (64 - set->bits));
}

/* Whether a slot belongs to another hash. Written without a branch: whether it is empty nobody can guess. */
static inline bool is_taken(uint64_t slot, uint64_t hash)
{
    return (slot != 0) & (slot != hash);
}

/* The place of a hash whose first one is taken. */
static size_t next_place(const uint64_t *slots, size_t mask, size_t place, uint64_t hash)
{
    while (is_taken(slots[place], hash))
        place = (place + 1) & mask;
    return place;
}

dedup_status hash_set_fill(struct hash_set *set, const uint64_t *hashes, size_t count, uint64_t *members,
                           dedup_error *error)
{
    set->count = 0;
    set->bits = BITS_LEAST;
    while ((size_t)1 << set->bits < SLOTS_PER_HASH * count)
        set->bits++;
    TRY(array_reserve(&set->slots, &set->capacity, (size_t)1 << set->bits, "a text", error));
    uint64_t *slots = set->slots;
    size_t mask = ((size_t)1 << set->bits) - 1, kept = 0;
    memset(slots, 0, (mask + 1) * sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i] + (hashes[i] == 0);
        size_t place = place_of(set, hash);
        if (is_taken(slots[place], hash))
            place = next_place(slots, mask, place, hash);
        members[kept] = hash;
        kept += slots[place] == 0;
        slots[place] = hash;
    }
    set->count = kept;
    return DEDUP_OK;
}

static inline bool has(const struct hash_set *set, size_t mask, uint64_t hash)
{
    size_t place = place_of(set, hash);
    if (is_taken(set->slots[place], hash))
        place = next_place(set->slots, mask, place, hash);
    return set->slots[place] == hash;
}

size_t hash_set_overlap(const struct hash_set *set, const uint64_t *hashes, size_t count, size_t least)
{
    size_t shared = 0, mask = ((size_t)1 << set->bits) - 1;
    for (size_t begin = 0; begin < count && shared + (count - begin) >= least; begin += STRIDE) {
        size_t end = count - begin < STRIDE ? count : begin + STRIDE;
        for (size_t i = begin; i < end; i++)
            shared += has(set, mask, hashes[i]);
    }
    return shared;
}

dedup_status hash_bits_fill(struct hash_bits *bits, const uint64_t *hashes, size_t count, size_t *least,
                            dedup_error *error)
{
    size_t words = 16, fresh = 0;
    while (words * 64 < count * BITS_PER_HASH)
        words *= 2;
    TRY(array_reserve(&bits->words, &bits->capacity, words, "a text", error));
    bits->count = words;
    memset(bits->words, 0, words * sizeof *bits->words);
    for (size_t i = 0; i < count; i++) {
        uint64_t *word = &bits->words[hashes[i] >> 6 & (words - 1)], before = *word;
        *word = before | (uint64_t)1 << (hashes[i] & 63);
        fresh += *word != before;
    }
    *least = fresh;
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
