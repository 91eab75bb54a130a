#include "match/mark_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "match/marks.h"

enum {
    BITS_LEAST = 10,
    BITS_MOST = 31,
    SLOTS_PER_MARK = 2, /* at least */
    STEP_BITS = 4,      /* a length that is twice as long is so many bits of steps longer */
    LENGTH_LAST = 254,
};

dedup_status mark_table_make(struct mark_table *table, uint64_t marks, dedup_error *error)
{
    table->bits = BITS_LEAST;
    while (table->bits < BITS_MOST && (uint64_t)1 << table->bits < marks * SLOTS_PER_MARK)
        table->bits++;
    table->slots = calloc((size_t)1 << table->bits, sizeof *table->slots);
    TRY(mark_set_make(&table->there, marks / 2, UINT64_MAX, error));
    return table->slots ? DEDUP_OK : fail_memory(error, "marks");
}

void mark_table_release(struct mark_table *table)
{
    free(table->slots);
    mark_set_release(&table->there);
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

/* The slot of a mark depends on all its bits. What is found because it shares the slot of a mark is nowhere near that
 * when the table is turned over. */
static inline size_t slot_of(unsigned bits, uint32_t mark)
{
    return mark * UINT32_C(0x85ebca6b) >> (32 - bits);
}

static inline size_t turned_slot_of(unsigned bits, uint32_t mark)
{
    return mark * UINT32_C(0x9e3779b1) >> (32 - bits);
}

void mark_table_add(struct mark_table *table, uint32_t mark, uint8_t length)
{
    uint8_t *slot = &table->slots[slot_of(table->bits, mark)], level = level_of(length);
    mark_set_add(table->there, mark);
    *slot = *slot > level ? *slot : level;
}

size_t mark_table_find(const struct mark_table *table, const uint32_t *samples, size_t count, unsigned step,
                       uint8_t length, uint32_t *found)
{
    const struct mark_set there = table->there;
    const uint8_t *slots = table->slots, level = level_of(length);
    const unsigned bits = table->bits;
    size_t likely = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = mark_value(samples + i, step);
        found[likely] = value;
        likely += mark_set_has(there, value);
    }
    for (size_t i = 0; i < likely; i++) {
        uint32_t value = found[i];
        found[kept] = value;
        kept += slots[slot_of(bits, value)] >= level;
    }
    return kept;
}

void mark_table_turn(struct mark_table *table)
{
    memset(table->slots, 0, ((size_t)1 << table->bits) * sizeof *table->slots);
    mark_set_clear(table->there);
}

void mark_table_meet(struct mark_table *table, uint32_t mark, uint8_t length)
{
    uint8_t *slot = &table->slots[turned_slot_of(table->bits, mark)], level = (uint8_t)(length + 1);
    mark_set_add_if(table->there, mark, *slot != 0);
    *slot = *slot > level ? *slot : level;
}

bool mark_table_has_met(const struct mark_table *table, uint32_t mark, uint8_t length, bool known)
{
    unsigned met = table->slots[turned_slot_of(table->bits, mark)] > length;
    unsigned other = !known || mark_set_has(table->there, mark);
    return met & other;
}
