/* A bit for every place of a sequence. */
#ifndef DEDUP_CLEAN_PLACE_MAP_H
#define DEDUP_CLEAN_PLACE_MAP_H

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"

enum { PLACE_WORD = 64 };

struct place_map {
    uint64_t *words; /* bit i % 64 of words[i / 64] is that of place i; owned */
    size_t capacity;
};

/* Makes room for `count` places, whose bits are then to be written. Errors: MEMORY. */
DEDUP_NODISCARD static inline dedup_status place_map_reserve(struct place_map *map, size_t count, dedup_error *error)
{
    return array_reserve(&map->words, &map->capacity, count / PLACE_WORD + 1, "places of a text", error);
}

static inline void place_map_release(struct place_map *map)
{
    free(map->words);
    *map = (struct place_map){0};
}

/* The place of the lowest bit of a word, which has one. */
static inline unsigned place_lowest(uint64_t word)
{
#ifdef __GNUC__
    return (unsigned)__builtin_ctzll(word);
#else
    unsigned place = 0;
    while (!(word >> place & 1))
        place++;
    return place;
#endif
}

/* The first place from `at` on whose bit is set; `end` when there is none before it. */
static inline size_t place_map_next(const struct place_map *map, size_t at, size_t end)
{
    if (at >= end)
        return end;
    size_t i = at / PLACE_WORD, last = (end - 1) / PLACE_WORD;
    uint64_t word = map->words[i] & ~(uint64_t)0 << at % PLACE_WORD;
    while (word == 0 && i < last)
        word = map->words[++i];
    if (word == 0)
        return end;
    size_t place = i * PLACE_WORD + place_lowest(word);
    return place < end ? place : end;
}

#endif
