/* Counts are exact while there is room, and never too large; the order of ranks does not depend on that of additions.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/tally.h"
#include "random.h"

static void add(struct tally *tally, size_t key, uint64_t count)
{
    char text[24];
    const uint64_t counts[TALLY_COUNTS] = {count, 2 * count};
    int length = snprintf(text, sizeof text, "key%zu", key);
    assert_int_equal(tally_add(tally, text, (size_t)length, counts, NULL), DEDUP_OK);
}

static void test_exact(void **state)
{
    enum { KEYS = 5000 };
    struct random random = random_make(0x7a11);
    struct tally one, two;
    static uint64_t want[KEYS];
    (void)state;
    memset(want, 0, sizeof want);
    tally_init(&one, KEYS);
    tally_init(&two, KEYS);
    for (size_t i = 0; i < 40000; i++) {
        size_t key = random_below(&random, 1 + random_below(&random, KEYS));
        want[key]++;
        add(i % 2 ? &one : &two, key, 1);
    }
    assert_int_equal(tally_merge(&one, &two, NULL), DEDUP_OK);
    assert_int_equal(tally_sort(&one, 1, NULL), DEDUP_OK);
    uint64_t last = UINT64_MAX;
    for (size_t i = 0; i < one.count; i++) {
        size_t key;
        char text[24] = {0};
        memcpy(text, tally_key(&one, i), one.entries[i].length);
        assert_int_equal(sscanf(text, "key%zu", &key), 1);
        assert_int_equal(one.entries[i].counts[0], want[key]);
        assert_int_equal(one.entries[i].counts[1], 2 * want[key]);
        assert_true(want[key] <= last);
        last = want[key];
        want[key] = 0;
    }
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(want[i], 0);
    tally_release(&one);
    tally_release(&two);
}

static void test_bounded(void **state)
{
    struct tally tally;
    (void)state;
    tally_init(&tally, 100);
    for (size_t i = 0; i < 100000; i++) {
        add(&tally, i, 1);
        add(&tally, i % 10, 1); /* these ten stay */
        assert_true(tally.count <= 100);
    }
    assert_true(tally.dropped > 0);
    assert_int_equal(tally_sort(&tally, 0, NULL), DEDUP_OK);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(tally.entries[i].length, 4);
        assert_true(tally.entries[i].counts[0] <= 10001 && tally.entries[i].counts[0] >= 9990);
    }
    tally_clear(&tally);
    assert_int_equal(tally.count, 0);
    add(&tally, 7, 3);
    assert_int_equal(tally.entries[0].counts[0], 3);
    tally_release(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exact), cmocka_unit_test(test_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
