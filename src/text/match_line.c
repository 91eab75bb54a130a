#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "text/fold.h"
#include "text/fold_table.h"

void match_line_init(struct match_line *line)
{
    *line = (struct match_line){0};
}

void match_line_release(struct match_line *line)
{
    free(line->text);
    free(line->origin);
    match_line_init(line);
}

/* Makes room for `extra` more bytes, their origins, and what ends both. */
static dedup_status reserve(struct match_line *line, size_t extra, dedup_error *error)
{
    size_t need = line->length + extra + 1;
    if (need <= line->capacity)
        return DEDUP_OK;
    size_t capacity = need + need / 2;
    if (capacity > UINT32_MAX)
        capacity = UINT32_MAX;
    if (need > capacity || capacity > SIZE_MAX / sizeof *line->origin)
        return fail_memory(error, "a matching form");
    char *text = realloc(line->text, capacity);
    if (text)
        line->text = text;
    uint32_t *origin = text ? realloc(line->origin, capacity * sizeof *origin) : NULL;
    if (!origin)
        return fail_memory(error, "a matching form");
    line->origin = origin;
    line->capacity = capacity;
    return DEDUP_OK;
}

/* Writes a character behind line->length. */
static inline void put(struct match_line *line, uint32_t point, uint32_t origin)
{
    uint32_t at = line->length;
    char *text = line->text;
    if (point < 0x80) {
        text[at] = (char)point;
        line->origin[at] = origin;
        line->length = at + 1;
    } else {
        /* Four origins are written for any length: there is room. */
        uint32_t origins[4] = {origin, origin, origin, origin};
        memcpy(line->origin + at, origins, sizeof origins);
        line->length = at + (uint32_t)utf8_put(point, text + at);
    }
}

/* A code point of n bytes becomes at most 2n bytes, expansions excepted, and `put` writes up to 3 origins too many. */
enum { GROWTH = 2, SLACK = 4, EXPANSION_BYTES = 4 * FOLD_LONGEST };

static dedup_status put_expansion(struct match_line *line, int32_t expansion, uint32_t origin, size_t rest,
                                  dedup_error *error)
{
    TRY(reserve(line, EXPANSION_BYTES + GROWTH * rest + SLACK, error));
    for (unsigned i = fold_expansion_start[expansion]; i < fold_expansion_start[expansion + 1]; i++)
        put(line, fold_expansion_points[i], origin);
    return DEDUP_OK;
}

dedup_status match_line_set(struct match_line *line, const char *text, size_t length, dedup_error *error)
{
    const char *next = text, *stop = text + length;
    uint32_t end = 0, space = 0;
    bool pending = false;
    line->length = 0;
    TRY(reserve(line, GROWTH * length + SLACK, error));
    while (next < stop) {
        uint32_t origin = (uint32_t)(next - text), target = 0;
        int32_t expansion = match_look_up(utf8_next(&next), &target);
        if (expansion < 0 && target == 0)
            continue;
        if (expansion < 0 && target == ' ') {
            if (!pending)
                space = origin;
            pending = true;
            continue;
        }
        if (pending && line->length > 0)
            put(line, ' ', space);
        pending = false;
        if (expansion < 0)
            put(line, target, origin);
        else
            TRY(put_expansion(line, expansion, origin, (size_t)(stop - next), error));
        end = (uint32_t)(next - text);
    }
    line->text[line->length] = '\0';
    line->origin[line->length] = end;
    return DEDUP_OK;
}

bool match_keeps(uint32_t point)
{
    uint32_t target;
    int32_t expansion = match_look_up(point, &target);
    if (expansion < 0)
        return target == point;
    uint16_t start = fold_expansion_start[expansion];
    return fold_expansion_start[expansion + 1] - start == 1 && fold_expansion_points[start] == point;
}
