#include "match/novelty.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "sketch/digits.h"
#include "sketch/shingle.h"
#include "sketch/windows.h"

enum { PLACES_LEAST_LOG = 12, PLACES_PER_POINT = 4, CHUNK = 256 };

/* What has a place of the table: numbers above those of the documents before. */
enum { DIGITS_ONCE = 1, DIGITS_TWICE, WINDOW, NUMBERS = WINDOW };

void novelty_init(struct novelty *novelty)
{
    *novelty = (struct novelty){0};
}

void novelty_release(struct novelty *novelty)
{
    free(novelty->seen);
    free(novelty->items);
    novelty_init(novelty);
}

/* A document that is looked at. */
struct look {
    const struct paragraph *paragraphs;
    const uint32_t *points;
    uint8_t *seen;
    unsigned log;  /* of the table */
    uint8_t taken; /* the numbers of the documents before are up to this one */
    bool half;
};

/* Begins a document that needs `places` places. */
static dedup_status begin(struct novelty *novelty, size_t places, struct look *look, dedup_error *error)
{
    unsigned log = PLACES_LEAST_LOG;
    while (log < WINDOWS_LOG_MOST && (size_t)1 << log < places)
        log++;
    if ((size_t)1 << log > novelty->capacity) {
        uint8_t *seen = calloc((size_t)1 << log, 1);
        if (!seen)
            return fail_memory(error, "paragraphs");
        free(novelty->seen);
        novelty->seen = seen;
        novelty->capacity = (size_t)1 << log;
        novelty->last_seen = 0;
    } else if (novelty->last_seen > UINT8_MAX - NUMBERS) {
        memset(novelty->seen, 0, novelty->capacity);
        novelty->last_seen = 0;
    }
    look->seen = novelty->seen;
    look->log = log;
    look->taken = (uint8_t)novelty->last_seen;
    novelty->last_seen += NUMBERS;
    return DEDUP_OK;
}

/* Lists the prose; returns how many code points it has. Which paragraphs are prose cannot be guessed, so all are
 * written. */
static size_t list_prose(struct novelty *novelty, const struct paragraph_list *list)
{
    size_t points = 0, count = 0;
    for (size_t i = 0; i < list->count; i++) {
        novelty->items[count].index = (uint32_t)i;
        count += list->items[i].prose;
        points += list->items[i].prose ? list->items[i].key_count : 0;
    }
    novelty->item_count = count;
    return points;
}

/* The place of a hash. */
static uint8_t *place_of(const struct look *look, uint32_t hash)
{
    return &look->seen[hash >> (32 - look->log)];
}

/* Leaves of the prose in the list what has digits that other prose has too. */
static void compare_digits(struct novelty *novelty, const struct look *look)
{
    const uint8_t once = (uint8_t)(look->taken + DIGITS_ONCE), twice = (uint8_t)(look->taken + DIGITS_TWICE);
    size_t count = 0;
    for (size_t i = 0; i < novelty->item_count; i++) {
        struct novelty_item *item = &novelty->items[i];
        const struct paragraph *paragraph = &look->paragraphs[item->index];
        item->digits = digits_sum(look->points + paragraph->key, paragraph->key_count) * 0x9e3779b1;
        uint8_t *place = place_of(look, item->digits);
        *place = (uint8_t)(once + (*place >= once));
    }
    for (size_t i = 0; i < novelty->item_count; i++) {
        novelty->items[count] = novelty->items[i];
        count += *place_of(look, novelty->items[i].digits) == twice;
    }
    novelty->item_count = count;
}

/* Takes a paragraph's key: how many of its windows stand in no paragraph that was taken before. What it repeats itself
 * counts once. */
static size_t take_windows(const struct look *look, const uint32_t *points, size_t count)
{
    uint32_t places[CHUNK + WINDOWS_SLACK];
    const uint8_t window = (uint8_t)(look->taken + WINDOW);
    uint8_t *seen = look->seen;
    size_t fresh = 0;
    while (count >= SHINGLE_LENGTH) {
        size_t taken = count < CHUNK ? count : CHUNK, step = taken - (SHINGLE_LENGTH - 1);
        size_t placed = windows_place(points, taken, look->log, look->half, places);
        for (size_t i = 0; i < placed; i++) {
            uint8_t *place = &seen[places[i]];
            fresh += *place < window;
            *place = window;
        }
        points += step;
        count -= step;
    }
    return fresh;
}

/* How many shingles of a paragraph may be missing in one that it repeats. */
static size_t missing_allowed(const struct novelty_question *question, size_t points)
{
    return points < question->near ? 0 : (size_t)((1 - question->threshold) * (double)shingle_count(points)) + 1;
}

dedup_status novelty_find(struct novelty *novelty, const struct novelty_question *question, const uint32_t *points,
                          const struct paragraph_list *list, unsigned char *suspects, bool *any, dedup_error *error)
{
    struct look look = {.paragraphs = list->items, .points = points, .half = question->half};
    *any = false;
    TRY(array_reserve(&novelty->items, &novelty->item_capacity, list->count + 1, "paragraphs", error));
    size_t prose = list_prose(novelty, list);
    TRY(begin(novelty, (question->half ? prose / 2 : prose) * PLACES_PER_POINT, &look, error));
    compare_digits(novelty, &look);
    memset(suspects, 0, list->count);
    for (size_t i = 0; i < novelty->item_count; i++) {
        const struct novelty_item *item = &novelty->items[i];
        const struct paragraph *paragraph = &list->items[item->index];
        size_t fresh = take_windows(&look, points + paragraph->key, paragraph->key_count);
        bool suspect = fresh <= missing_allowed(question, paragraph->key_count);
        suspects[item->index] = suspect;
        *any = *any || suspect;
    }
    return DEDUP_OK;
}
