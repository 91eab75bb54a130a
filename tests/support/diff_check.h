/* What must hold for every comparison of two texts: the differences are in order, cut no character in two, and what
 * stands between them is equal. */
#ifndef DEDUP_TESTS_DIFF_CHECK_H
#define DEDUP_TESTS_DIFF_CHECK_H

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "dedup/diff.h"

/* Whether a character begins at `place`, reading from the start of the text. */
static inline bool diff_check_boundary(const char *text, size_t length, size_t place)
{
    size_t at = 0;
    while (at < place) {
        uint32_t point;
        size_t step = utf8_sequence(text + at, length - at, &point);
        at += step != 0 ? step : 1;
    }
    return at == place;
}

/* With `boundaries` also whether characters are whole, which takes quadratic time. */
static inline bool diff_check(const char *a, size_t a_length, const char *b, size_t b_length, const dedup_diff *diff,
                              bool boundaries)
{
    size_t at = 0, bt = 0;
    for (size_t i = 0; i <= diff->count; i++) {
        dedup_change end = {a_length, a_length, b_length, b_length, false};
        const dedup_change *next = i < diff->count ? &diff->items[i] : &end;
        if (next->a_begin < at || next->b_begin < bt || next->a_end < next->a_begin || next->b_end < next->b_begin ||
            next->a_end > a_length || next->b_end > b_length)
            return false;
        size_t equal = next->a_begin - at;
        if (equal != next->b_begin - bt || memcmp(a + at, b + bt, equal) != 0)
            return false;
        if (i < diff->count && next->a_begin == next->a_end && next->b_begin == next->b_end)
            return false;
        if (boundaries &&
            (!diff_check_boundary(a, a_length, next->a_begin) || !diff_check_boundary(a, a_length, next->a_end) ||
             !diff_check_boundary(b, b_length, next->b_begin) || !diff_check_boundary(b, b_length, next->b_end)))
            return false;
        at = next->a_end;
        bt = next->b_end;
    }
    return true;
}

#endif
