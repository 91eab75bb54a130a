#include "pipeline/learn_ranges.h"

#include "base/hash.h"

enum {
    WHOLE = 4 << 20,       /* bytes of a file that are looked at in any case ... */
    WHOLE_ALL = 256 << 20, /* ... of all files together ... */
    WHOLE_LEAST = 64 << 10,
    SHARE = 16, /* of the others one in so many */
    RANGE = 16 << 10,
    RANGE_WHOLE = 256 << 10, /* where every byte is looked at */
    ALIGNED = 4              /* the largest unit of a code */
};

struct learn_ranges learn_ranges_of(uint64_t size, size_t files)
{
    uint64_t whole = files > WHOLE_ALL / WHOLE ? WHOLE_ALL / files : WHOLE;
    struct learn_ranges ranges = {.size = size, .window = RANGE_WHOLE, .length = RANGE_WHOLE};
    whole = whole > WHOLE_LEAST ? whole : WHOLE_LEAST;
    if (size > whole) {
        uint64_t looked = whole + (size - whole) / SHARE;
        ranges.length = RANGE;
        ranges.window = size / (looked / RANGE) / ALIGNED * ALIGNED;
    }
    ranges.count = size / ranges.window + (size % ranges.window != 0);
    return ranges;
}

void learn_range(const struct learn_ranges *ranges, uint64_t index, uint64_t *begin, uint64_t *end)
{
    uint64_t key[] = {ranges->size, index}, room = (ranges->window - ranges->length) / ALIGNED + 1;
    uint64_t place = index * ranges->window + hash64_of(key, sizeof key) % room * ALIGNED;
    *begin = place < ranges->size ? place : ranges->size;
    *end = ranges->size - *begin < ranges->length ? ranges->size : *begin + ranges->length;
}
