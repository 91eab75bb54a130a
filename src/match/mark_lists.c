#include "match/mark_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/radix.h"

enum {
    THERE_BITS = 3,  /* 1 << THERE_BITS bits of a map for each entry, at least */
    THERE_LEAST = 6, /* a word */
    PART_BITS = 3,   /* entries of a part, about: 1 << PART_BITS */
    PARTS_MOST = 31,
    FEW = 16, /* sorted without distribution */
};

void mark_lists_release(struct mark_lists *lists)
{
    free(lists->entries);
    free(lists->there);
    free(lists->begins);
    *lists = (struct mark_lists){0};
}

dedup_status mark_lists_add(struct mark_lists *lists, const uint64_t *entries, size_t count, dedup_error *error)
{
    TRY(array_reserve(&lists->entries, &lists->capacity, lists->count + count, "marks", error));
    if (count != 0)
        memcpy(lists->entries + lists->count, entries, count * sizeof *entries);
    lists->count += count;
    return DEDUP_OK;
}

/* Sorts the entries of one value by node. Most values have few. */
static void sort_list(uint64_t *entries, size_t count, uint64_t *scratch, unsigned node_bits)
{
    if (count > FEW) {
        radix_sort(entries, count, scratch, 0, node_bits);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint64_t entry = entries[i];
        size_t place = i;
        for (; place > 0 && entries[place - 1] > entry; place--)
            entries[place] = entries[place - 1];
        entries[place] = entry;
    }
}

/* Sorts the entries by value and node, and drops those that stand there twice. */
static dedup_status sort(struct mark_lists *lists, size_t nodes, dedup_error *error)
{
    uint64_t *scratch = malloc((lists->count + 1) * sizeof *scratch), *entries = lists->entries;
    if (!scratch)
        return fail_memory(error, "marks");
    radix_sort(entries, lists->count, scratch, 32, 64);
    size_t kept = 0;
    for (size_t begin = 0, end; begin < lists->count; begin = end) {
        for (end = begin + 1; end < lists->count && entries[end] >> 32 == entries[begin] >> 32;)
            end++;
        sort_list(entries + begin, end - begin, scratch, radix_bits(nodes));
        for (size_t i = begin; i < end; i++)
            if (i == begin || entries[i] != entries[kept - 1])
                entries[kept++] = entries[i];
    }
    lists->count = kept;
    free(scratch);
    return DEDUP_OK;
}

dedup_status mark_lists_sort(struct mark_lists *lists, size_t nodes, dedup_error *error)
{
    TRY(sort(lists, nodes, error));
    unsigned there_bits = radix_bits(lists->count) + THERE_BITS;
    there_bits = there_bits < THERE_LEAST ? THERE_LEAST : there_bits > 32 ? 32 : there_bits;
    lists->there_mask = (uint32_t)(((uint64_t)1 << there_bits) - 1);
    lists->bits = radix_bits(lists->count >> PART_BITS);
    if (lists->bits > PARTS_MOST)
        lists->bits = PARTS_MOST;
    size_t parts = (size_t)1 << lists->bits;
    lists->there = calloc(((size_t)1 << there_bits) / 64, sizeof *lists->there);
    lists->begins = calloc(parts + 1, sizeof *lists->begins);
    if (!lists->there || !lists->begins)
        return fail_memory(error, "marks");
    for (size_t i = 0; i < lists->count; i++) {
        uint32_t value = (uint32_t)(lists->entries[i] >> 32);
        lists->there[(value & lists->there_mask) / 64] |= (uint64_t)1 << (value & 63);
        lists->begins[(value >> (32 - lists->bits)) + 1]++;
    }
    for (size_t part = 0; part < parts; part++)
        lists->begins[part + 1] += lists->begins[part];
    return DEDUP_OK;
}

/* The first of the entries from `begin` to before `end` whose value is `mark` or more, or more when `behind`. */
static size_t first_of(const struct mark_lists *lists, size_t begin, size_t end, uint32_t mark, bool behind)
{
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        uint32_t value = (uint32_t)(lists->entries[middle] >> 32);
        if (value < mark || (behind && value == mark))
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

static size_t part_of(const struct mark_lists *lists, uint32_t mark)
{
    return mark >> (32 - lists->bits);
}

void mark_lists_find(const struct mark_lists *lists, const uint32_t *marks, size_t count, struct mark_list *found)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&lists->begins[part_of(lists, marks[i])]);
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&lists->entries[lists->begins[part_of(lists, marks[i])]]);
    for (size_t i = 0; i < count; i++) {
        size_t part = part_of(lists, marks[i]), last = lists->begins[part + 1];
        size_t begin = first_of(lists, lists->begins[part], last, marks[i], false);
        found[i] = (struct mark_list){lists->entries + begin, first_of(lists, begin, last, marks[i], true) - begin};
    }
}
