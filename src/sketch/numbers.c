#include "sketch/numbers.h"

static bool is_digit(uint32_t point)
{
    return point - '0' < 10;
}

uint64_t numbers_hash(const uint32_t *points, size_t count)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(points[i]))
            continue;
        uint64_t first = i == 0 || !is_digit(points[i - 1]);
        hash = (hash + (points[i] - '0' + 1) + 16 * first) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 32;
    }
    return hash;
}

/* The first place from `from` on that holds a digit. */
static size_t next_digit(const uint32_t *points, size_t count, size_t from)
{
    while (from < count && !is_digit(points[from]))
        from++;
    return from;
}

bool numbers_equal(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    for (size_t i = 0, j = 0;;) {
        i = next_digit(a, a_count, i);
        j = next_digit(b, b_count, j);
        if (i == a_count || j == b_count)
            return i == a_count && j == b_count;
        while (i < a_count && j < b_count && is_digit(a[i]) && a[i] == b[j]) {
            i++;
            j++;
        }
        if ((i < a_count && is_digit(a[i])) || (j < b_count && is_digit(b[j])))
            return false;
    }
}
