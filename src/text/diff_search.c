/* The shortest edit between two stretches: Myers 1986, section 4b, the search for the middle snake from both ends. */
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "text/diff_work.h"

enum { EDITS_MOST = 1500 }; /* half the edits of a stretch that is still searched */

dedup_status diff_search_prepare(struct diff_work *work, dedup_error *error)
{
    size_t diagonals = 2 * (size_t)EDITS_MOST + 3;
    work->forward = malloc(diagonals * sizeof *work->forward);
    work->backward = malloc(diagonals * sizeof *work->backward);
    return work->forward && work->backward ? DEDUP_OK : fail_memory(error, "the comparison of two texts");
}

/* The search in one stretch. Diagonal k holds the points whose offsets in a and b differ by k. */
struct snake_search {
    const uint32_t *a, *b;
    int32_t a_count, b_count;
    uint32_t *forward, *backward; /* index k + EDITS_MOST + 1: furthest offset in a, from the begin and from the end */
};

/* The furthest offset in a that `edits` edits reach on diagonal k, before what is equal there. */
static int32_t furthest(const uint32_t *reached, int32_t edits, int32_t k)
{
    const uint32_t *at = reached + k + EDITS_MOST + 1;
    if (k == -edits || (k != edits && at[-1] < at[1]))
        return (int32_t)at[1];
    return (int32_t)at[-1] + 1;
}

/* Follows equal points from (x, y), forwards or, counted from the ends, backwards. */
static int32_t follow(const struct snake_search *search, int32_t x, int32_t y, bool backward)
{
    int32_t n = search->a_count, m = search->b_count, begin = x;
    if (backward)
        while (x < n && y < m && search->a[n - 1 - x] == search->b[m - 1 - y])
            x++, y++;
    else
        while (x < n && y < m && search->a[x] == search->b[y])
            x++, y++;
    return x - begin;
}

/* One round from one end. True when the two searches met: *x and *y are where. */
static bool advance(const struct snake_search *search, int32_t edits, bool backward, int32_t *x, int32_t *y,
                    uint64_t *steps)
{
    int32_t n = search->a_count, m = search->b_count, delta = n - m;
    uint32_t *own = backward ? search->backward : search->forward;
    const uint32_t *other = backward ? search->forward : search->backward;
    int32_t other_edits = backward ? edits : edits - 1;
    for (int32_t k = -edits; k <= edits; k += 2) {
        int32_t begin = edits == 0 ? 0 : furthest(own, edits, k);
        if (begin > n || begin - k > m || begin < k) {
            own[k + EDITS_MOST + 1] = (uint32_t)begin;
            continue;
        }
        int32_t end = begin + follow(search, begin, begin - k, backward);
        own[k + EDITS_MOST + 1] = (uint32_t)end;
        *steps += 1 + (uint64_t)(end - begin);
        int32_t opposite = delta - k;
        bool meets = ((delta & 1) != 0) != backward && opposite >= -other_edits && opposite <= other_edits &&
                     ((opposite ^ other_edits) & 1) == 0;
        if (meets && end + (int32_t)other[opposite + EDITS_MOST + 1] >= n) {
            *x = backward ? n - end : end;
            *y = backward ? m - (end - k) : end - k;
            return true;
        }
    }
    return false;
}

/* A point on a shortest way through the stretch; false when there is none within bounds. */
static bool find_middle(struct diff_work *work, const struct diff_range *range, uint32_t *a, uint32_t *b)
{
    struct snake_search search = {.a = work->a.points + range->a,
                                  .b = work->b.points + range->b,
                                  .a_count = (int32_t)(range->a_end - range->a),
                                  .b_count = (int32_t)(range->b_end - range->b),
                                  .forward = work->forward,
                                  .backward = work->backward};
    for (int32_t edits = 0; edits <= EDITS_MOST; edits++) {
        int32_t x, y;
        uint64_t steps = 0;
        if (advance(&search, edits, false, &x, &y, &steps) || advance(&search, edits, true, &x, &y, &steps)) {
            *a = range->a + (uint32_t)x;
            *b = range->b + (uint32_t)y;
            return true;
        }
        if (steps >= work->budget)
            break;
        work->budget -= steps;
    }
    return false;
}

/* Leaves out what is equal at both ends. */
static void trim(const struct diff_work *work, struct diff_range *range)
{
    const uint32_t *a = work->a.points, *b = work->b.points;
    while (range->a < range->a_end && range->b < range->b_end && a[range->a] == b[range->b])
        range->a++, range->b++;
    while (range->a < range->a_end && range->b < range->b_end && a[range->a_end - 1] == b[range->b_end - 1])
        range->a_end--, range->b_end--;
}

static void mark(struct diff_work *work, const struct diff_range *range)
{
    memset(work->a.changed + range->a, true, range->a_end - range->a);
    memset(work->b.changed + range->b, true, range->b_end - range->b);
}

void diff_search(struct diff_work *work, struct diff_range range)
{
    uint32_t a, b;
    trim(work, &range);
    bool open = range.a < range.a_end && range.b < range.b_end;
    if (!open || !find_middle(work, &range, &a, &b)) {
        mark(work, &range);
        return;
    }
    bool first = a == range.a && b == range.b, last = a == range.a_end && b == range.b_end;
    if (first || last) { /* the stretch cannot be divided further */
        mark(work, &range);
        return;
    }
    /* Both parts need about half the edits: the depth is logarithmic. */
    diff_search(work, (struct diff_range){range.a, a, range.b, b});
    diff_search(work, (struct diff_range){a, range.a_end, b, range.b_end});
}
