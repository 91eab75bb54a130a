#include "base/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

/* Arrays of bytes between these bounds grow eightfold. Room that is not written to takes no memory, while each move of
 * an array in the heap touches new pages and leaves a hole. Larger blocks are moved by their page tables (the threshold
 * of malloc for them is at most 32 MiB), so a half is enough there. */
enum { LEAPS_FROM = 1 << 17, LEAPS_TO = 1 << 25, LEAP = 8 };

static size_t grown_capacity(size_t capacity, size_t size)
{
    bool leaps = capacity >= LEAPS_FROM / size && capacity < LEAPS_TO / size;
    return leaps ? LEAP * capacity : capacity + capacity / 2 + 16;
}

/* NULL: there is no memory for so many, and `items` are as they were. */
static void *resized(void *items, size_t count, size_t size)
{
    return count <= SIZE_MAX / size ? realloc(items, count * size) : NULL;
}

dedup_status array_reserve_(void *items, size_t *capacity, size_t need, size_t size, const char *what,
                            dedup_error *error)
{
    if (need <= *capacity)
        return DEDUP_OK;
    size_t grown = grown_capacity(*capacity, size);
    size_t wanted = need > grown ? need : grown;
    void *before, *after;
    memcpy(&before, items, sizeof before);
    after = resized(before, wanted, size);
    if (!after) {
        wanted = need;
        after = resized(before, wanted, size);
    }
    if (!after)
        return fail_memory(error, what);
    memcpy(items, &after, sizeof after);
    *capacity = wanted;
    return DEDUP_OK;
}
