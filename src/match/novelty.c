#include "match/novelty.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "sketch/shingle.h"

/* A window is hashed by shifting in its code points. The table has at most 2^(5 * 5) places, so that nothing older than
 * the five code points of a shingle is left in a hash. */
enum { WINDOW_SHIFT = 5, PLACES_LEAST = 1 << 12, PLACES_MOST = 1 << 24, PLACES_PER_POINT = 4 };

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
    size_t places = PLACES_LEAST;
    while (places < PLACES_MOST && places / PLACES_PER_POINT < points)
        places *= 2;
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

bool novelty_repeats(struct novelty *novelty, const uint32_t *points, size_t count, size_t missing)
{
    uint8_t *seen = novelty->seen;
    const uint32_t mask = novelty->mask;
    const uint8_t document = novelty->document;
    uint32_t hash = 0;
    size_t i = 0, fresh = 0;
    for (; i < count && i < SHINGLE_LENGTH - 1; i++)
        hash = (hash << WINDOW_SHIFT) + points[i];
    for (; i < count && fresh <= missing; i++) {
        hash = (hash << WINDOW_SHIFT) + points[i];
        fresh += seen[hash & mask] != document;
        seen[hash & mask] = document;
    }
    for (; i < count; i++) {
        hash = (hash << WINDOW_SHIFT) + points[i];
        seen[hash & mask] = document;
    }
    return fresh <= missing;
}
