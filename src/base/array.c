#include "base/array.h"

#include <stdlib.h>

#include "base/failure.h"

dedup_status array_reserve_(void **items, size_t *capacity, size_t need, size_t size, const char *what,
                            dedup_error *error)
{
    if (need <= *capacity)
        return DEDUP_OK;
    size_t grown = *capacity + *capacity / 2 + 16;
    size_t wanted = need > grown ? need : grown;
    if (wanted > SIZE_MAX / size)
        return fail_memory(error, what);
    void *moved = realloc(*items, wanted * size);
    if (!moved)
        return fail_memory(error, what);
    *items = moved;
    *capacity = wanted;
    return DEDUP_OK;
}
