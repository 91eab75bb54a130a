#include "match/hash_set.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/isa.h"

enum {
    BITS_LEAST = 4,
    SLOTS_PER_HASH = 8,    /* half as many wide ones */
    PORTION = 512,         /* hashes that are put in empty slots before those whose slot was taken are looked at */
    STEP = 8,              /* hashes of a run that are compared, or looked up, at once */
    BITS_PER_MISSING = 16, /* of the map of missing hashes */
};

static const char what[] = "a text"; /* is held in memory */

/* What is found while another list is looked up. */
struct found {
    size_t missing; /* hashes that are noted as missing, repeats included */
    size_t seen;    /* bits that they have in the map, so that no fewer of them are different */
    size_t mask;    /* of words of the map */
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

static void release_index(struct hash_index *index)
{
    free(index->slots);
    free(index->repeats);
}

void hash_set_release(struct hash_set *set)
{
    release_index(&set->own);
    release_index(&set->missing_index);
    free(set->met);
    free(set->missing);
    free(set->seen);
    hash_set_init(set, set->factor);
}

static inline size_t home_of(const struct hash_index *index, uint64_t factor, uint64_t hash)
{
    return (size_t)(hash * factor >> (64 - index->bits));
}

/* What functions that are always in line ask for with `wide`, index->wide, as a constant. */
static inline uint32_t slot_at(const struct hash_index *index, bool wide, size_t slot)
{
    return wide ? ((const uint32_t *)(const void *)index->slots)[slot] : index->slots[slot];
}

static inline void set_slot(const struct hash_index *index, bool wide, size_t slot, uint32_t value)
{
    if (wide)
        ((uint32_t *)(void *)index->slots)[slot] = value;
    else
        index->slots[slot] = (uint16_t)value;
}

/* The slot of a hash, or the empty one where it belongs. */
static inline ISA_INLINE size_t slot_of(const struct hash_index *index, bool wide, uint64_t factor, uint64_t hash)
{
    size_t mask = ((size_t)1 << index->bits) - 1, slot = home_of(index, factor, hash);
    while (slot_at(index, wide, slot) != 0 && index->hashes[slot_at(index, wide, slot) - 1] != hash)
        slot = (slot + 1) & mask;
    return slot;
}

/* Puts the hashes from `begin` to `end` in their slots where these are empty, without a branch, and lists the others.
 */
static inline ISA_INLINE size_t place_portion(const struct hash_index *index, bool wide, uint64_t factor, size_t begin,
                                              size_t end, uint32_t *taken)
{
    const struct hash_index held = *index;
    size_t count = 0;
    for (size_t i = begin; i < end; i++) {
        size_t slot = home_of(&held, factor, held.hashes[i]);
        uint32_t before = slot_at(&held, wide, slot);
        set_slot(&held, wide, slot, before | ((uint32_t)(i + 1) & (0 - (uint32_t)(before == 0))));
        taken[count] = (uint32_t)i;
        count += before != 0;
    }
    return count;
}

/* Empties the index and makes it that of a list. */
static dedup_status start_index(struct hash_index *index, const uint64_t *hashes, size_t count, dedup_error *error)
{
    index->hashes = hashes;
    index->count = count;
    index->repeat_count = 0;
    index->wide = count >= UINT16_MAX;
    index->bits = BITS_LEAST;
    while (((size_t)1 << index->bits) / SLOTS_PER_HASH < count)
        index->bits++;
    size_t slots = (size_t)1 << index->bits;
    index->bits -= index->wide;
    TRY(array_reserve(&index->slots, &index->capacity, slots, what, error));
    memset(index->slots, 0, slots * sizeof *index->slots);
    return DEDUP_OK;
}

static inline ISA_INLINE dedup_status fill_index(struct hash_index *index, bool wide, uint64_t factor,
                                                 dedup_error *error)
{
    const uint64_t *hashes = index->hashes;
    uint32_t taken[PORTION];
    for (size_t begin = 0; begin < index->count; begin += PORTION) {
        size_t end = index->count - begin < PORTION ? index->count : begin + PORTION;
        size_t left = place_portion(index, wide, factor, begin, end, taken);
        TRY(array_reserve(&index->repeats, &index->repeat_capacity, index->repeat_count + left, what, error));
        for (size_t i = 0; i < left; i++) {
            size_t slot = slot_of(index, wide, factor, hashes[taken[i]]);
            uint32_t place = slot_at(index, wide, slot);
            if (place == 0)
                set_slot(index, wide, slot, taken[i] + 1);
            else
                index->repeats[index->repeat_count++] = (struct hash_repeat){taken[i], place - 1};
        }
    }
    return DEDUP_OK;
}

static dedup_status make_index(struct hash_index *index, uint64_t factor, const uint64_t *hashes, size_t count,
                               dedup_error *error)
{
    TRY(start_index(index, hashes, count, error));
    return index->wide ? fill_index(index, true, factor, error) : fill_index(index, false, factor, error);
}

dedup_status hash_set_make(struct hash_set *set, const uint64_t *hashes, size_t count, dedup_error *error)
{
    TRY(make_index(&set->own, set->factor, hashes, count, error));
    set->distinct = count - set->own.repeat_count;
    return DEDUP_OK;
}

/* How many of `count` hashes at the begin of two lists are equal in pairs. */
static size_t run_of(const uint64_t *a, const uint64_t *b, size_t count)
{
    size_t i = 0;
    for (; i + STEP <= count; i += STEP) {
        uint64_t differing = 0;
        for (size_t j = 0; j < STEP; j++)
            differing |= a[i + j] ^ b[i + j];
        if (differing != 0)
            break;
    }
    while (i < count && a[i] == b[i])
        i++;
    return i;
}

/* Sets `count` bits from `first` on. */
static void set_bits(uint64_t *bits, size_t first, size_t count)
{
    for (size_t end = first + count; first < end;) {
        size_t step = 64 - first % 64 < end - first ? 64 - first % 64 : end - first;
        bits[first / 64] |= UINT64_MAX >> (64 - step) << first % 64;
        first += step;
    }
}

/* Notes hashes of the other list that are not in the set. No fewer different ones are noted than found->seen says. */
static inline void miss(const struct hash_set *set, const uint64_t *hashes, size_t count, struct found *found)
{
    uint64_t *seen = set->seen;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i], *word = &seen[hash >> 6 & found->mask], before = *word;
        *word = before | (uint64_t)1 << (hash & 63);
        found->seen += ~before >> (hash & 63) & 1;
        set->missing[found->missing++] = hash;
    }
}

/* How many of the next hashes of the other list are surely not in the set: their slots are empty. */
static inline ISA_INLINE size_t count_empty(const struct hash_set *set, bool wide, const uint64_t *other, size_t count)
{
    unsigned taken = 1u << count;
    for (size_t i = 0; i < count; i++)
        taken |= (unsigned)(slot_at(&set->own, wide, home_of(&set->own, set->factor, other[i])) != 0) << i;
    return (size_t)__builtin_ctz(taken);
}

/* Notes where the hashes of the other list are met, and which ones are not, up to `most`. */
static inline ISA_INLINE void follow(const struct hash_set *set, bool wide, const uint64_t *other, size_t count,
                                     size_t most, struct found *found)
{
    for (size_t i = 0, next = 0; i < count && found->seen <= most;) {
        size_t left = set->own.count - next < count - i ? set->own.count - next : count - i;
        size_t run = run_of(set->own.hashes + next, other + i, left);
        set_bits(set->met, next, run);
        i += run;
        next += run;
        size_t empty = count_empty(set, wide, other + i, count - i < STEP ? count - i : STEP);
        miss(set, other + i, empty, found);
        i += empty;
        if (i == count || empty == STEP)
            continue;
        uint32_t place = slot_at(&set->own, wide, slot_of(&set->own, wide, set->factor, other[i]));
        if (place != 0)
            next = place - 1;
        else
            miss(set, other + i++, 1, found);
    }
}

/* How many different hashes are met. */
static size_t count_met(struct hash_set *set)
{
    uint64_t *met = set->met;
    size_t count = 0;
    for (size_t i = 0; i < set->own.repeat_count; i++) {
        struct hash_repeat repeat = set->own.repeats[i];
        uint64_t bit = met[repeat.place / 64] >> repeat.place % 64 & 1;
        met[repeat.place / 64] ^= bit << repeat.place % 64;
        met[repeat.first / 64] |= bit << repeat.first % 64;
    }
    for (size_t i = 0; i * 64 < set->own.count; i++)
        count += (size_t)__builtin_popcountll(met[i]);
    return count;
}

dedup_status hash_set_meet(struct hash_set *set, const uint64_t *other, size_t count, size_t most, bool *met,
                           struct hash_counts *counts, dedup_error *error)
{
    size_t words = set->own.count / 64 + 1, seen = 8;
    while (seen * 64 / BITS_PER_MISSING < most && seen * 64 / BITS_PER_MISSING < count)
        seen *= 2;
    struct found found = {.mask = seen - 1};
    TRY(array_reserve(&set->met, &set->met_capacity, words, what, error));
    TRY(array_reserve(&set->seen, &set->seen_capacity, seen, what, error));
    TRY(array_reserve(&set->missing, &set->missing_capacity, count + 1, what, error));
    memset(set->met, 0, words * sizeof *set->met);
    memset(set->seen, 0, seen * sizeof *set->seen);
    if (set->own.wide)
        follow(set, true, other, count, most, &found);
    else
        follow(set, false, other, count, most, &found);
    *met = false;
    if (found.seen > most)
        return DEDUP_OK;
    TRY(make_index(&set->missing_index, set->factor, set->missing, found.missing, error));
    size_t missing = found.missing - set->missing_index.repeat_count;
    *met = missing <= most;
    counts->shared = count_met(set);
    counts->other = counts->shared + missing;
    return DEDUP_OK;
}
