#include "match/novelty.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "sketch/shingle.h"
#include "sketch/windows.h"

enum { PLACES_LEAST_LOG = 12, PLACES_PER_POINT = 4, CHUNK = 256 };

void novelty_init(struct novelty *novelty)
{
    *novelty = (struct novelty){0};
}

void novelty_release(struct novelty *novelty)
{
    free(novelty->seen);
    novelty_init(novelty);
}

dedup_status novelty_begin(struct novelty *novelty, size_t points, bool half, dedup_error *error)
{
    unsigned log = PLACES_LEAST_LOG;
    while (log < WINDOWS_LOG_MOST && ((size_t)1 << log) / PLACES_PER_POINT < (half ? points / 2 : points))
        log++;
    size_t places = (size_t)1 << log;
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
    novelty->log = log;
    novelty->half = half;
    return DEDUP_OK;
}

bool novelty_repeats(struct novelty *novelty, const uint32_t *points, size_t count, size_t missing)
{
    uint32_t places[CHUNK + WINDOWS_SLACK];
    uint8_t *seen = novelty->seen;
    const uint8_t document = novelty->document;
    size_t fresh = 0;
    while (count >= SHINGLE_LENGTH) {
        size_t taken = count < CHUNK ? count : CHUNK, step = taken - (SHINGLE_LENGTH - 1);
        size_t placed = windows_place(points, taken, novelty->log, novelty->half, places), i = 0;
        for (; i < placed && fresh <= missing; i++) {
            uint8_t *place = &seen[places[i]];
            fresh += *place != document;
            *place = document;
        }
        for (; i < placed; i++)
            seen[places[i]] = document;
        points += step;
        count -= step;
    }
    return fresh <= missing;
}
