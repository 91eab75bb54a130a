#include "match/mark_lists.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/radix.h"

enum {
    PART_BITS = 2, /* entries of a part, about: 1 << PART_BITS */
    PARTS_MOST = 31,
    FEW = 16, /* sorted without distribution */
};

void mark_lists_release(struct mark_lists *lists)
{
    free(lists->entries);
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

/* Sorts the entries of a part. Most have few. */
static void sort_part(uint64_t *entries, size_t count, uint64_t *scratch, unsigned node_bits)
{
    if (count > FEW) {
        radix_sort(entries, count, scratch, 0, node_bits);
        radix_sort(entries, count, scratch, 32, 64);
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

static size_t part_of(const struct mark_lists *lists, uint32_t key)
{
    return key >> (32 - lists->bits);
}

/* Sorts the entries of each part, drops those that stand there twice, and notes where the parts begin. */
static void finish_parts(struct mark_lists *lists, uint64_t *scratch, unsigned node_bits)
{
    uint64_t *entries = lists->entries;
    size_t kept = 0, parts = (size_t)1 << lists->bits, begin = 0;
    for (size_t part = 0; part < parts; part++) {
        size_t end = begin;
        while (end < lists->count && part_of(lists, (uint32_t)(entries[end] >> 32)) == part)
            end++;
        sort_part(entries + begin, end - begin, scratch, node_bits);
        lists->begins[part] = kept;
        for (size_t i = begin; i < end; i++)
            if (i == begin || entries[i] != entries[kept - 1])
                entries[kept++] = entries[i];
        begin = end;
    }
    lists->begins[parts] = lists->count = kept;
}

dedup_status mark_lists_sort(struct mark_lists *lists, size_t nodes, dedup_error *error)
{
    lists->bits = radix_bits(lists->count >> PART_BITS);
    if (lists->bits > PARTS_MOST)
        lists->bits = PARTS_MOST;
    uint64_t *scratch = malloc((lists->count + 1) * sizeof *scratch);
    lists->begins = malloc((((size_t)1 << lists->bits) + 1) * sizeof *lists->begins);
    if (scratch && lists->begins) {
        radix_sort(lists->entries, lists->count, scratch, 64 - lists->bits, 64);
        finish_parts(lists, scratch, radix_bits(nodes));
    }
    free(scratch);
    return scratch && lists->begins ? DEDUP_OK : fail_memory(error, "marks");
}

/* The first of the entries from `begin` to before `end` whose key is this one or more, or more when `behind`. */
static size_t first_of(const struct mark_lists *lists, size_t begin, size_t end, uint32_t key, bool behind)
{
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        uint32_t there = (uint32_t)(lists->entries[middle] >> 32);
        if (there < key || (behind && there == key))
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

void mark_lists_find(const struct mark_lists *lists, const uint32_t *marks, size_t count, struct mark_list *found)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&lists->begins[part_of(lists, mark_list_key(marks[i]))]);
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&lists->entries[lists->begins[part_of(lists, mark_list_key(marks[i]))]]);
    for (size_t i = 0; i < count; i++) {
        uint32_t key = mark_list_key(marks[i]);
        size_t part = part_of(lists, key), last = lists->begins[part + 1];
        size_t begin = first_of(lists, lists->begins[part], last, key, false);
        found[i] = (struct mark_list){lists->entries + begin, first_of(lists, begin, last, key, true) - begin};
    }
}
