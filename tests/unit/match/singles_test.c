#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "match/singles.h"
#include "random.h"

enum { SEED = 5, COUNT = 20000, ROUNDS = 60 };

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Checks that `found` has all items of `all` whose upper halves repeat, and returns how many others it has. Sorts both.
 */
static size_t check_items(uint64_t *all, size_t count, uint64_t *found, size_t found_count)
{
    size_t met = 0, others = 0;
    qsort(all, count, sizeof *all, by_number);
    qsort(found, found_count, sizeof *found, by_number);
    for (size_t i = 0; i < count; i++) {
        bool repeats =
            (i > 0 && all[i - 1] >> 32 == all[i] >> 32) || (i + 1 < count && all[i + 1] >> 32 == all[i] >> 32);
        bool listed = met < found_count && found[met] == all[i];
        assert_true(listed || !repeats);
        others += listed && !repeats;
        met += listed;
    }
    assert_int_equal(met, found_count);
    return others;
}

static void test_items(void **unused)
{
    (void)unused;
    static uint64_t all[COUNT], found[COUNT];
    struct singles singles = {0};
    struct random random = random_make(SEED);
    size_t others = 0, looked_at = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = random_below(&random, round < ROUNDS / 2 ? 40 : COUNT), left = count;
        for (size_t i = 0; i < count; i++)
            all[i] = (random_below(&random, 8 * count) * 0x9e3779b1 & UINT32_MAX) << 32 | i;
        memcpy(found, all, sizeof all);
        assert_int_equal(singles_drop(&singles, found, &left, 32, NULL), DEDUP_OK);
        others += check_items(all, count, found, left);
        looked_at += count;
    }
    assert_true(others * 5 < looked_at);
    singles_release(&singles);
}

static struct key_range random_range(struct random *random)
{
    uint32_t bits = (uint32_t)random_below(random, 4), part = (uint32_t)random_below(random, (size_t)1 << bits);
    uint64_t span = (uint64_t)1 << (32 - bits), first = span * part;
    return (struct key_range){(uint32_t)(first != 0 ? first : 1), (uint32_t)(first + span - 1), bits};
}

/* Every level selects the same: all keys of the range that repeat among those with a number, and few others, in their
 * order. */
static void test_keys(void **unused)
{
    (void)unused;
    static uint32_t keys[COUNT], numbers[COUNT];
    static uint64_t all[COUNT], found[COUNT + SINGLES_SLACK], by_level[COUNT + SINGLES_SLACK];
    struct singles singles = {0};
    struct random random = random_make(SEED);
    size_t others = 0, looked_at = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = random_below(&random, round < ROUNDS / 2 ? 40 : COUNT), taken = 0;
        size_t half = count / 2 + random_below(&random, count / 2 + 1);
        struct key_range range = random_range(&random);
        for (size_t i = 0; i < count; i++) {
            keys[i] = (uint32_t)random_below(&random, 8 * count) * 0x9e3779b1;
            numbers[i] = random_below(&random, 8) == 0 ? NO_NUMBER : (uint32_t)random_next(&random);
            all[taken] = (uint64_t)((keys[i] - range.first) << range.shift) << 32 | numbers[i];
            taken += keys[i] >= range.first && keys[i] <= range.last && numbers[i] != NO_NUMBER;
        }
        assert_int_equal(singles_start(&singles, count >> range.shift, NULL), DEDUP_OK);
        singles_add(&singles, range, keys, numbers, half);
        singles_add(&singles, range, keys + half, numbers + half, count - half);
        size_t selected = singles_select_by(ISA_SCALAR, &singles, range, keys, numbers, count, found);
        assert_int_equal(singles_select(&singles, range, keys, numbers, count, by_level), selected);
        assert_memory_equal(found, by_level, selected * sizeof *found);
        others += check_items(all, taken, found, selected);
        looked_at += taken;
    }
    assert_true(others * 5 < looked_at);
    singles_release(&singles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_items), cmocka_unit_test(test_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
