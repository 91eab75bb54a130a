#include "dedup/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "text/diff_work.h"

enum { STEPS_MOST = 20000000, EQUAL_JOINED = 8, NOT_A_POINT = 0x110000 };

static size_t next_point(const char *text, size_t length, uint32_t *point)
{
    size_t step = utf8_sequence(text, length, point);
    if (step != 0)
        return step;
    *point = NOT_A_POINT + (unsigned char)*text;
    return 1;
}

static dedup_status side_make(struct diff_side *side, const char *text, size_t length, dedup_error *error)
{
    side->points = malloc((length + 1) * sizeof *side->points);
    side->changed = calloc(length + 1, sizeof *side->changed);
    if (!side->points || !side->changed)
        return fail_memory(error, "the comparison of two texts");
    for (size_t at = 0; at < length; side->count++)
        at += next_point(text + at, length - at, &side->points[side->count]);
    return DEDUP_OK;
}

static size_t width_of(uint32_t point)
{
    char bytes[4];
    return point >= NOT_A_POINT ? 1 : utf8_put(point, bytes);
}

/* A place in one text while differences are listed: its point and its byte. */
struct place {
    const struct diff_side *side;
    uint32_t point;
    size_t byte;
};

static void step(struct place *place)
{
    place->byte += width_of(place->side->points[place->point++]);
}

static bool is_changed(const struct place *place)
{
    return place->point < place->side->count && place->side->changed[place->point];
}

/* Characters that a difference spans, those of the longer side; `points` holds them per side. */
static uint32_t extent(const uint32_t *points)
{
    return points[0] > points[1] ? points[0] : points[1];
}

/* Lists the marked stretches, joined where little that is equal stands between two. */
static dedup_status list(const struct diff_work *work, dedup_diff *out, dedup_error *error)
{
    struct place a = {&work->a, 0, 0}, b = {&work->b, 0, 0};
    size_t capacity = 0;
    uint32_t last[2] = {0, 0}, equal = 0;
    while (a.point < work->a.count || b.point < work->b.count) {
        if (!is_changed(&a) && !is_changed(&b)) {
            step(&a);
            step(&b);
            equal++;
            continue;
        }
        dedup_difference here = {.a_begin = a.byte, .b_begin = b.byte};
        uint32_t points[2] = {a.point, b.point};
        while (is_changed(&a))
            step(&a);
        while (is_changed(&b))
            step(&b);
        here.a_end = a.byte;
        here.b_end = b.byte;
        points[0] = a.point - points[0];
        points[1] = b.point - points[1];
        bool join = out->count != 0 && equal < EQUAL_JOINED && equal <= extent(last) && equal <= extent(points);
        if (join) {
            out->items[out->count - 1].a_end = here.a_end;
            out->items[out->count - 1].b_end = here.b_end;
            last[0] += equal + points[0];
            last[1] += equal + points[1];
        } else {
            TRY(array_reserve(&out->items, &capacity, out->count + 1, "differences", error));
            out->items[out->count++] = here;
            memcpy(last, points, sizeof last);
        }
        equal = 0;
    }
    return DEDUP_OK;
}

dedup_status dedup_diff_make(const char *a, size_t a_length, const char *b, size_t b_length, dedup_diff *out,
                             dedup_error *error)
{
    struct diff_work work = {.budget = STEPS_MOST};
    *out = (dedup_diff){0};
    if (a_length > INT32_MAX || b_length > INT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "texts of 2 GiB and more cannot be compared by character");
    dedup_status status = side_make(&work.a, a, a_length, error);
    if (status == DEDUP_OK)
        status = side_make(&work.b, b, b_length, error);
    if (status == DEDUP_OK)
        status = diff_search_prepare(&work, error);
    if (status == DEDUP_OK)
        status = diff_align(&work, error);
    if (status == DEDUP_OK)
        status = list(&work, out, error);
    free(work.a.points);
    free(work.a.changed);
    free(work.b.points);
    free(work.b.changed);
    free(work.forward);
    free(work.backward);
    if (status != DEDUP_OK)
        dedup_diff_release(out);
    return status;
}

void dedup_diff_release(dedup_diff *diff)
{
    free(diff->items);
    *diff = (dedup_diff){0};
}
