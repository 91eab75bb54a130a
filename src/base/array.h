/* Growth of plain arrays: `pointer`, `count`, `capacity` kept by the owner. */
#ifndef DEDUP_BASE_ARRAY_H
#define DEDUP_BASE_ARRAY_H

#include "dedup/error.h"

/* Makes `*items` (malloc'ed, elements of `size` bytes) hold at least `need` elements; capacity grows by half or more,
 * or to the need alone where there is no memory for that.
 * `what` names the content in the message. Errors: MEMORY; the array is unchanged then.
 * `items` points to a pointer of any object type, which is therefore copied as bytes. */
DEDUP_NODISCARD dedup_status array_reserve_(void *items, size_t *capacity, size_t need, size_t size, const char *what,
                                            dedup_error *error);

/* Most calls find that there is room. Arguments are evaluated twice. */
#define array_reserve(items, capacity, need, what, error)                                                              \
    (*(items) && (need) <= *(capacity)                                                                                 \
         ? DEDUP_OK                                                                                                    \
         : array_reserve_((items), (capacity), (need), sizeof **(items), (what), (error)))

#endif
