#include "dedup/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "text/diff_work.h"
#include "text/fold_table.h"

enum { STEPS_MOST = 20000000, EQUAL_JOINED = 8 };

/* Points that units are compared by: those of fold keys, an expansion, and what stands before all. */
enum { POINT_EXPANSION = 0x200000, POINT_START = 0x400000 };

/* The point of a character; 0 when it has no fold key. */
static uint32_t point_of(const char *text, size_t length, size_t *step)
{
    uint32_t point = 0, target;
    *step = utf8_sequence(text, length, &point);
    if (*step == 0) {
        *step = 1;
        return 0;
    }
    int32_t expansion = fold_look_up(point, &target);
    if (expansion < 0)
        return target < FOLD_KEPT || target == FOLD_BREAK ? 0 : target;
    uint32_t begin = fold_expansion_start[expansion], end = fold_expansion_start[expansion + 1];
    return end - begin == 1 ? fold_expansion_points[begin] : POINT_EXPANSION + (uint32_t)expansion;
}

static dedup_status side_make(struct diff_side *side, const char *text, size_t length, dedup_error *error)
{
    side->text = text;
    side->points = malloc((length + 1) * sizeof *side->points);
    side->places = malloc((length + 2) * sizeof *side->places);
    side->changed = calloc(length + 1, sizeof *side->changed);
    if (!side->points || !side->places || !side->changed)
        return fail_memory(error, "the comparison of two texts");
    side->points[0] = POINT_START;
    side->places[0] = 0;
    side->count = 1;
    for (size_t at = 0, step; at < length; at += step) {
        uint32_t point = point_of(text + at, length - at, &step);
        if (point == 0)
            continue;
        side->points[side->count] = point;
        side->places[side->count++] = (uint32_t)at;
    }
    side->places[side->count] = (uint32_t)length;
    return DEDUP_OK;
}

static void side_release(struct diff_side *side)
{
    free(side->points);
    free(side->places);
    free(side->changed);
}

/* Units [a, a_end) and [b, b_end) of both texts. */
struct stretch {
    uint32_t a, a_end, b, b_end;
    bool form;
};

static uint32_t extent(const struct stretch *stretch)
{
    uint32_t a = stretch->a_end - stretch->a, b = stretch->b_end - stretch->b;
    return a > b ? a : b;
}

static bool is_same(const struct diff_work *work, uint32_t a, uint32_t b)
{
    uint32_t begin = work->a.places[a], other = work->b.places[b], length = work->a.places[a + 1] - begin;
    return length == work->b.places[b + 1] - other && memcmp(work->a.text + begin, work->b.text + other, length) == 0;
}

/* Moves to the next stretch that differs, from its a_end and b_end on; one of form is a single unit. */
static bool next_stretch(const struct diff_work *work, struct stretch *stretch)
{
    uint32_t a = stretch->a_end, b = stretch->b_end;
    const bool *changed_a = work->a.changed, *changed_b = work->b.changed;
    while (a < work->a.count && b < work->b.count && !changed_a[a] && !changed_b[b] && is_same(work, a, b))
        a++, b++;
    *stretch = (struct stretch){a, a, b, b, false};
    while (stretch->a_end < work->a.count && changed_a[stretch->a_end])
        stretch->a_end++;
    while (stretch->b_end < work->b.count && changed_b[stretch->b_end])
        stretch->b_end++;
    if (stretch->a_end != a || stretch->b_end != b)
        return true;
    stretch->form = a < work->a.count && b < work->b.count;
    stretch->a_end += stretch->form;
    stretch->b_end += stretch->form;
    return stretch->form;
}

static size_t step_back(const char *text, size_t begin, size_t end)
{
    size_t at = end - 1;
    while (at > begin && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    uint32_t point;
    return utf8_sequence(text + at, end - at, &point) == end - at ? end - at : 1;
}

/* Leaves out the characters that are equal at both ends: what follows a letter belongs to its unit. */
static void trim(const struct diff_work *work, dedup_change *item)
{
    const char *a = work->a.text, *b = work->b.text;
    while (item->a_begin < item->a_end && item->b_begin < item->b_end) {
        size_t step, other;
        (void)point_of(a + item->a_begin, item->a_end - item->a_begin, &step);
        (void)point_of(b + item->b_begin, item->b_end - item->b_begin, &other);
        if (step != other || memcmp(a + item->a_begin, b + item->b_begin, step) != 0)
            break;
        item->a_begin += step;
        item->b_begin += step;
    }
    while (item->a_begin < item->a_end && item->b_begin < item->b_end) {
        size_t step = step_back(a, item->a_begin, item->a_end);
        if (step != step_back(b, item->b_begin, item->b_end) ||
            memcmp(a + item->a_end - step, b + item->b_end - step, step) != 0)
            break;
        item->a_end -= step;
        item->b_end -= step;
    }
}

static dedup_status fill(const struct diff_work *work, const struct stretch *stretches, size_t count, dedup_diff *out,
                         dedup_error *error)
{
    out->items = calloc(count, sizeof *out->items);
    if (!out->items)
        return fail_memory(error, "differences");
    for (size_t i = 0; i < count; i++) {
        const struct stretch *stretch = &stretches[i];
        dedup_change item = {work->a.places[stretch->a], work->a.places[stretch->a_end], work->b.places[stretch->b],
                             work->b.places[stretch->b_end], stretch->form};
        trim(work, &item);
        if (item.a_begin == item.a_end && item.b_begin == item.b_end)
            continue;
        dedup_change *last = out->count != 0 ? &out->items[out->count - 1] : NULL;
        if (last && last->form && item.form && last->a_end == item.a_begin && last->b_end == item.b_begin) {
            last->a_end = item.a_end;
            last->b_end = item.b_end;
            continue;
        }
        out->forms += item.form;
        out->items[out->count++] = item;
    }
    return DEDUP_OK;
}

/* Lists the stretches that differ, joined where little that is equal stands between two. */
static dedup_status list(const struct diff_work *work, dedup_diff *out, dedup_error *error)
{
    struct stretch *stretches = NULL, here = {0};
    size_t capacity = 0, real = SIZE_MAX; /* index of the last one that is not of form */
    dedup_status status = DEDUP_OK;
    size_t count = 0;
    while (status == DEDUP_OK && next_stretch(work, &here)) {
        uint32_t equal = real != SIZE_MAX ? here.a - stretches[real].a_end : 0;
        if (!here.form && real != SIZE_MAX && equal < EQUAL_JOINED && equal <= extent(&here) &&
            equal <= extent(&stretches[real])) {
            stretches[real].a_end = here.a_end;
            stretches[real].b_end = here.b_end;
            count = real + 1;
            continue;
        }
        status = array_reserve(&stretches, &capacity, count + 1, "differences", error);
        if (status != DEDUP_OK)
            break;
        real = here.form ? real : count;
        stretches[count++] = here;
    }
    if (status == DEDUP_OK && count != 0)
        status = fill(work, stretches, count, out, error);
    free(stretches);
    return status;
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
    side_release(&work.a);
    side_release(&work.b);
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
