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

dedup_status array_reserve_(void *items, size_t *capacity, size_t need, size_t size, const char *what,
                            dedup_error *error)
{
    if (need <= *capacity)
        return DEDUP_OK;
    size_t grown = grown_capacity(*capacity, size);
    size_t wanted = need > grown ? need : grown;
    if (need > SIZE_MAX / size)
        return fail_memory(error, what);
    if (wanted > SIZE_MAX / size)
        wanted = need;
    void *before, *memory;
    memcpy(&before, items, sizeof before);
    memory = realloc(before, wanted * size);
    if (!memory && wanted > need) {
        wanted = need;
        memory = realloc(before, wanted * size);
    }
    if (!memory)
        return fail_memory(error, what);
    memcpy(items, &memory, sizeof memory);
    *capacity = wanted;
    return DEDUP_OK;
}
