#include "match/mark_lists.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/radix.h"

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

/* Drops entries that stand there twice. */
static void drop_repeats(struct mark_lists *lists)
{
    size_t kept = 0;
    for (size_t i = 0; i < lists->count; i++) {
        uint64_t entry = lists->entries[i];
        bool again = kept != 0 && lists->entries[kept - 1] == entry;
        lists->entries[kept] = entry;
        kept += !again;
    }
    lists->count = kept;
}

dedup_status mark_lists_sort(struct mark_lists *lists, size_t nodes, dedup_error *error)
{
    lists->bits = radix_bits(lists->count);
    if (lists->bits > 32)
        lists->bits = 32;
    size_t parts = (size_t)1 << lists->bits;
    uint64_t *scratch = malloc((lists->count + 1) * sizeof *scratch);
    lists->begins = calloc(parts + 1, sizeof *lists->begins);
    if (!scratch || !lists->begins) {
        free(scratch);
        return fail_memory(error, "marks");
    }
    radix_sort(lists->entries, lists->count, scratch, 0, radix_bits(nodes));
    radix_sort(lists->entries, lists->count, scratch, 32, 64);
    free(scratch);
    drop_repeats(lists);
    for (size_t i = 0; i < lists->count; i++)
        lists->begins[(lists->entries[i] >> (64 - lists->bits)) + 1]++;
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

struct mark_list mark_lists_find(const struct mark_lists *lists, uint32_t mark)
{
    size_t part = mark >> (32 - lists->bits), last = lists->begins[part + 1];
    size_t begin = first_of(lists, lists->begins[part], last, mark, false);
    return (struct mark_list){lists->entries + begin, first_of(lists, begin, last, mark, true) - begin};
}
