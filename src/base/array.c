#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

/* An array of so many bytes grows fourfold: what is never written to takes no memory, and each move touches new. */
enum { LARGE = 1 << 18 };

dedup_status array_reserve_(void *items, size_t *capacity, size_t need, size_t size, const char *what,
                            dedup_error *error)
{
    if (need <= *capacity)
        return DEDUP_OK;
    size_t grown = *capacity > LARGE / size ? 4 * *capacity : *capacity + *capacity / 2 + 16;
    size_t wanted = need > grown ? need : grown;
    if (wanted > SIZE_MAX / size)
        return fail_memory(error, what);
    void *memory;
    memcpy(&memory, items, sizeof memory);
    memory = realloc(memory, wanted * size);
    if (!memory)
        return fail_memory(error, what);
    memcpy(items, &memory, sizeof memory);
    *capacity = wanted;
    return DEDUP_OK;
}
