#include "match/mark_table.h"

#include <stdlib.h>

#include "base/failure.h"

enum {
    BITS_LEAST = 10,
    BITS_MOST = 32,
    SLOTS_PER_MARK = 4, /* at least */
    REGION_BITS = 2,
    REGIONS = 1 << REGION_BITS,
    STEP_BITS = 4,      /* a length that is twice as long is so many bits of steps longer */
    LENGTH_LAST = 254,
};

dedup_status mark_table_make(struct mark_table *table, uint64_t marks, dedup_error *error)
{
    table->bits = BITS_LEAST;
    while (table->bits < BITS_MOST && (uint64_t)1 << table->bits < marks * SLOTS_PER_MARK)
        table->bits++;
    table->slots = calloc((size_t)1 << table->bits, sizeof *table->slots);
    return table->slots ? DEDUP_OK : fail_memory(error, "marks");
}

void mark_table_release(struct mark_table *table)
{
    free(table->slots);
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

static inline size_t slot_of(const struct mark_table *table, uint32_t mark)
{
    unsigned region = (unsigned)__builtin_clz(mark | 1u << (32 - REGIONS)), bits = table->bits - REGION_BITS;
    uint32_t within = mark << (region + (region < REGIONS - 1));
    return (size_t)region << bits | within >> (32 - bits);
}

void mark_table_add(struct mark_table *table, uint32_t mark, uint8_t length)
{
    uint8_t *slot = &table->slots[slot_of(table, mark)], level = level_of(length);
    if (*slot < level)
        *slot = level;
}

size_t mark_table_find(const struct mark_table *table, const uint32_t *values, size_t count, uint8_t length,
                       uint32_t *found)
{
    const uint8_t level = level_of(length);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        found[kept] = values[i];
        kept += table->slots[slot_of(table, values[i])] >= level;
    }
    return kept;
}
