#include "match/mark_table.h"

#include <stdlib.h>

#include "base/failure.h"

enum {
    BITS_LEAST = 10,
    BITS_MOST = 31,
    SLOTS_PER_MARK = 2, /* at least */
    REGION_BITS = 2,
    REGIONS = 1 << REGION_BITS,
    STEP_BITS = 4, /* a length that is twice as long is so many bits of steps longer */
    LENGTH_LAST = 254,
};

dedup_status mark_table_make(struct mark_table *table, uint64_t marks, dedup_error *error)
{
    table->bits = BITS_LEAST;
    while (table->bits < BITS_MOST && (uint64_t)1 << table->bits < marks * SLOTS_PER_MARK)
        table->bits++;
    table->slots = calloc((size_t)1 << table->bits, sizeof *table->slots);
    table->there = calloc((size_t)2 << table->bits >> 6, sizeof *table->there);
    return table->slots && table->there ? DEDUP_OK : fail_memory(error, "marks");
}

void mark_table_release(struct mark_table *table)
{
    free(table->slots);
    free(table->there);
    *table = (struct mark_table){0};
}

uint8_t mark_length(uint32_t shingles)
{
    const uint32_t first = 1 << STEP_BITS;
    if (shingles < first)
        return 0;
    unsigned doubled = 31 - STEP_BITS - (unsigned)__builtin_clz(shingles);
    unsigned length = (doubled << STEP_BITS) + (shingles >> doubled) - first + 1;
    return (uint8_t)(length < LENGTH_LAST ? length : LENGTH_LAST);
}

/* What a slot holds for a length: the shorter, the more. */
static uint8_t level_of(uint8_t length)
{
    return (uint8_t)(LENGTH_LAST + 1 - length);
}

/* A number in its region, from the highest one on. */
struct position {
    unsigned region;
    uint32_t within; /* of all 32 bits */
};

static inline struct position position_of(uint32_t mark)
{
    unsigned region = (unsigned)__builtin_clz(mark | 1u << (32 - REGIONS));
    return (struct position){region, mark << (region + (region < REGIONS - 1))};
}

static inline size_t bit_of(unsigned bits, struct position position)
{
    unsigned in_region = bits + 1 - REGION_BITS;
    return (size_t)position.region << in_region | position.within >> (32 - in_region);
}

/* Depends on all bits of a mark. */
static inline size_t slot_of(unsigned bits, struct position position)
{
    const uint32_t odd = 0x85ebca6b;
    unsigned in_region = bits - REGION_BITS;
    return (size_t)position.region << in_region | position.within * odd >> (32 - in_region);
}

void mark_table_add(struct mark_table *table, uint32_t mark, uint8_t length)
{
    struct position position = position_of(mark);
    size_t bit = bit_of(table->bits, position);
    uint8_t *slot = &table->slots[slot_of(table->bits, position)], level = level_of(length);
    table->there[bit >> 6] |= (uint64_t)1 << (bit & 63);
    if (*slot < level)
        *slot = level;
}

size_t mark_table_find(const struct mark_table *table, const uint32_t *values, size_t count, uint8_t length,
                       uint32_t *found)
{
    const uint64_t *there = table->there;
    const uint8_t *slots = table->slots, level = level_of(length);
    const unsigned bits = table->bits;
    size_t likely = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t bit = bit_of(bits, position_of(values[i]));
        found[likely] = values[i];
        likely += there[bit >> 6] >> (bit & 63) & 1;
    }
    for (size_t i = 0; i < likely; i++) {
        uint32_t value = found[i];
        found[kept] = value;
        kept += slots[slot_of(bits, position_of(value))] >= level;
    }
    return kept;
}
