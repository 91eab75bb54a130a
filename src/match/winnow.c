#include "match/winnow.h"

/* The place of the smallest of the WINNOW_WINDOW hashes up to `last`, the last one of equal ones. */
static size_t smallest_of(const uint64_t *hashes, size_t last)
{
    size_t best = last + 1 - WINNOW_WINDOW;
    for (size_t i = best + 1; i <= last; i++)
        if ((uint32_t)hashes[i] <= (uint32_t)hashes[best])
            best = i;
    return best;
}

size_t winnow(const uint64_t *hashes, size_t count, uint64_t *marks)
{
    size_t written = 0;
    if (count < WINNOW_WINDOW)
        return 0;
    size_t best = smallest_of(hashes, WINNOW_WINDOW - 1);
    marks[written++] = hashes[best];
    for (size_t last = WINNOW_WINDOW; last < count; last++) {
        size_t before = best;
        if (best + WINNOW_WINDOW <= last)
            best = smallest_of(hashes, last);
        else if ((uint32_t)hashes[last] <= (uint32_t)hashes[best])
            best = last;
        if (best != before)
            marks[written++] = hashes[best];
    }
    return written;
}
