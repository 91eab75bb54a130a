#include "match/singles.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

enum { FILTER_BITS_PER_ENTRY = 8 };

void singles_release(struct singles *singles)
{
    free(singles->once);
    free(singles->again);
}

dedup_status singles_drop(struct singles *singles, struct pool_entries *entries, unsigned shift, dedup_error *error)
{
    size_t words = 16;
    while (words * 64 < entries->count * FILTER_BITS_PER_ENTRY)
        words *= 2;
    TRY(array_reserve(&singles->once, &singles->once_capacity, words, "candidates", error));
    TRY(array_reserve(&singles->again, &singles->again_capacity, words, "candidates", error));
    memset(singles->once, 0, words * sizeof *singles->once);
    memset(singles->again, 0, words * sizeof *singles->again);
    for (size_t i = 0; i < entries->count; i++) {
        uint64_t key = entries->items[i] >> shift, bit = (uint64_t)1 << (key & 63);
        size_t word = (key >> 6) & (words - 1);
        singles->again[word] |= singles->once[word] & bit;
        singles->once[word] |= bit;
    }
    size_t kept = 0;
    for (size_t i = 0; i < entries->count; i++) {
        uint64_t item = entries->items[i], key = item >> shift;
        entries->items[kept] = item;
        kept += singles->again[(key >> 6) & (words - 1)] >> (key & 63) & 1;
    }
    entries->count = kept;
    return DEDUP_OK;
}
