#include "match/novelty.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "sketch/shingle.h"

/* A window is hashed by shifting its code points into 32 bits, in which nothing older than the five code points of a
 * shingle is left, and taking the high half of a product. */
enum { WINDOW_SHIFT = 7, PLACES_LEAST_LOG = 12, PLACES_MOST_LOG = 24, PLACES_PER_POINT = 4 };
static const uint64_t window_factor = 0x9e3779b97f4a7c15;
_Static_assert(WINDOW_SHIFT *SHINGLE_LENGTH >= 32, "older code points must fall out of the hash");

void novelty_init(struct novelty *novelty)
{
    *novelty = (struct novelty){0};
}

void novelty_release(struct novelty *novelty)
{
    free(novelty->seen);
    novelty_init(novelty);
}

dedup_status novelty_begin(struct novelty *novelty, size_t points, dedup_error *error)
{
    unsigned places_log = PLACES_LEAST_LOG;
    while (places_log < PLACES_MOST_LOG && ((size_t)1 << places_log) / PLACES_PER_POINT < points)
        places_log++;
    size_t places = (size_t)1 << places_log;
    if (places > novelty->capacity) {
        uint8_t *seen = calloc(places, 1);
        if (!seen)
            return fail_memory(error, "paragraphs");
        free(novelty->seen);
        novelty->seen = seen;
        novelty->capacity = places;
        novelty->document = 0;
    } else if (novelty->document == UINT8_MAX) {
        memset(novelty->seen, 0, novelty->capacity);
        novelty->document = 0;
    }
    novelty->document++;
    novelty->mask = (uint32_t)places - 1;
    return DEDUP_OK;
}

/* Bits that each depend on the whole window. */
static uint32_t place_of(uint32_t window)
{
    return (uint32_t)(window * window_factor >> 32);
}

bool novelty_repeats(struct novelty *novelty, const uint32_t *points, size_t count, size_t missing)
{
    uint8_t *seen = novelty->seen;
    const uint32_t mask = novelty->mask;
    const uint8_t document = novelty->document;
    uint32_t window = 0;
    size_t i = 0, fresh = 0;
    for (; i < count && i < SHINGLE_LENGTH - 1; i++)
        window = (window << WINDOW_SHIFT) + points[i];
    for (; i < count && fresh <= missing; i++) {
        window = (window << WINDOW_SHIFT) + points[i];
        uint8_t *place = &seen[place_of(window) & mask];
        fresh += *place != document;
        *place = document;
    }
    for (; i < count; i++) {
        window = (window << WINDOW_SHIFT) + points[i];
        seen[place_of(window) & mask] = document;
    }
    return fresh <= missing;
}
