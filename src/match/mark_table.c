#include "match/mark_table.h"

#include <stdlib.h>

#include "base/failure.h"

enum {
    BITS_LEAST = 10,
    BITS_MOST = 32,
    SLOTS_PER_MARK = 2, /* at least; each mark takes two */
    STEP_BITS = 4,      /* a length that is twice as long is so many bits of steps longer */
    LENGTH_LAST = 254,
};

/* Odd: a second slot that depends on all bits of a mark. */
static const uint32_t second_factor = 0x85ebca6b;

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

static void raise(uint8_t *slot, uint8_t level)
{
    if (*slot < level)
        *slot = level;
}

void mark_table_add(struct mark_table *table, uint32_t mark, uint8_t length)
{
    unsigned shift = 32 - table->bits;
    raise(&table->slots[mark >> shift], level_of(length));
    raise(&table->slots[mark * second_factor >> shift], level_of(length));
}

size_t mark_table_find(const struct mark_table *table, const uint32_t *values, size_t count, uint8_t length,
                       uint32_t *found)
{
    const unsigned shift = 32 - table->bits;
    const uint8_t level = level_of(length);
    size_t likely = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        found[likely] = values[i];
        likely += table->slots[values[i] >> shift] >= level;
    }
    for (size_t i = 0; i < likely; i++) {
        uint32_t value = found[i];
        found[kept] = value;
        kept += table->slots[value * second_factor >> shift] >= level;
    }
    return kept;
}
