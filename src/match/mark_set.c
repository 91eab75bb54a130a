#include "match/mark_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

enum {
    BITS_PER_MARK = 8,
    LEAST = 1 << 10,     /* bytes */
    NO_MATTER = 1 << 16, /* bytes that may be there whatever the bound is */
};

dedup_status mark_set_make(struct mark_set *set, uint64_t count, uint64_t most, dedup_error *error)
{
    const uint64_t all = (uint64_t)1 << 29; /* a bit for each number */
    uint64_t bytes = LEAST;
    while (bytes < all && bytes < count * BITS_PER_MARK / 8 && (2 * bytes <= most || bytes < NO_MATTER))
        bytes *= 2;
    set->mask = (uint32_t)(8 * bytes - 1);
    set->words = calloc((size_t)bytes / sizeof *set->words, sizeof *set->words);
    return set->words ? DEDUP_OK : fail_memory(error, "marks");
}

void mark_set_release(struct mark_set *set)
{
    free(set->words);
    *set = (struct mark_set){0};
}

void mark_set_clear(struct mark_set set)
{
    memset(set.words, 0, ((size_t)set.mask + 1) / 8);
}
