/* Marks, the table that tells where they may be, and their lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "match/mark_lists.h"
#include "match/mark_set.h"
#include "match/mark_table.h"
#include "match/marks.h"
#include "random.h"

enum { SEED = 23, MOST = 3000, ROUNDS = 300 };

static bool has(const uint32_t *values, size_t count, uint32_t value)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] == value)
            return true;
    return false;
}

/* Marks are different values, the smallest there are; repeats of a text do not change them but for the one where it
 * begins again. */
static void check_set(double containment)
{
    static uint32_t samples[2 * MOST];
    uint32_t marks[MARKS_MAXIMUM], again[MARKS_MAXIMUM], values[MOST];
    struct random random = random_make(SEED);
    struct mark_plan plan;
    mark_plan_init(&plan, containment);
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = 1 + (size_t)random_below(&random, round < 50 ? 30 : MOST - 1), made = mark_values(&plan, count);
        for (size_t i = 0; i < count; i++)
            samples[i] = (uint32_t)random_next(&random);
        for (size_t i = 0; i < made; i++)
            values[i] = mark_value(samples + i, mark_step(&plan));
        size_t chosen = marks_choose(&plan, samples, count, marks);
        uint32_t largest = 0;
        for (size_t i = 0; i < chosen; i++) {
            assert_true(has(values, made, marks[i]));
            assert_false(has(marks, i, marks[i]));
            largest = marks[i] > largest ? marks[i] : largest;
        }
        for (size_t i = 0; i < made; i++)
            assert_true(values[i] > largest || has(marks, chosen, values[i]));
        assert_true(chosen >= 8 || chosen == made);
        memcpy(samples + count, samples, count * sizeof *samples);
        uint32_t seam = mark_value(samples + count - 1, mark_step(&plan));
        size_t repeated = marks_choose(&plan, samples, 2 * count, again);
        for (size_t i = 0; i < repeated && repeated <= chosen; i++)
            assert_true(again[i] == seam || has(marks, chosen, again[i]));
    }
}

static void test_marks_are_a_set(void **unused)
{
    (void)unused;
    check_set(0.95);
    check_set(0.5);
}

/* What is needed is no more than there is, none only where few marks are, and less when more may be missing. */
static void test_needed(void **unused)
{
    (void)unused;
    const double shares[] = {0.05, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 1};
    for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
        struct mark_plan plan;
        mark_plan_init(&plan, shares[s]);
        assert_in_range(plan.wanted, 1, MARKS_MAXIMUM);
        for (size_t marks = 0; marks <= MARKS_MAXIMUM; marks++)
            for (size_t shingles = 1; shingles < 1000; shingles += 7) {
                size_t needed = mark_plan_needed(&plan, marks, shingles);
                assert_true(needed <= marks);
                assert_true(needed != 0 || marks < plan.wanted);
                assert_true(mark_plan_needed(&plan, marks, shingles + 100) <= needed);
            }
    }
    struct mark_plan none;
    mark_plan_init(&none, 1.5);
    assert_int_equal(none.wanted, 0);
}

static void test_values(void **unused)
{
    (void)unused;
    const uint32_t samples[] = {5, 6, 5, 6, 9};
    struct mark_plan plan;
    mark_plan_init(&plan, 0.95);
    const unsigned step = mark_step(&plan);
    assert_int_equal(mark_values(&plan, 5), 4);
    assert_int_equal(mark_values(&plan, 1), 0);
    assert_int_equal(mark_values(&plan, 0), 0);
    assert_int_equal(mark_value(samples, step), mark_value(samples + 2, step));
    assert_int_not_equal(mark_value(samples, step), mark_value(samples + 1, step)); /* the order counts */
    assert_int_not_equal(mark_value(samples + 1, step), mark_value(samples + 3, step));
    mark_plan_init(&plan, 0.5);
    assert_int_equal(mark_values(&plan, 5), 5);
    assert_int_equal(mark_value(samples + 1, mark_step(&plan)), mark_value(samples + 3, mark_step(&plan)));
}

static void test_repeats_are_counted(void **unused)
{
    (void)unused;
    uint32_t samples[200];
    double distinct;
    struct random random = random_make(SEED);
    struct sample_table table = {0};
    for (unsigned round = 0; round < 600; round++) {
        for (size_t i = 0; i < 200; i++)
            samples[i] = i < 100 || round % 2 ? (uint32_t)random_next(&random) : samples[i - 100];
        assert_int_equal(sample_table_distinct(&table, 3200, samples, 200, &distinct, NULL), DEDUP_OK);
        if (round % 2)
            assert_true(distinct > 3000 && distinct < 3200);
        else
            assert_true(distinct > 1450 && distinct < 1600);
    }
    assert_int_equal(sample_table_distinct(&table, 10, samples, 1, &distinct, NULL), DEDUP_OK);
    assert_true(distinct == 1);
    sample_table_release(&table);
}

/* Samples of texts that share as much as is asked for are never too few, of those that share half they are. */
static void test_samples_are_compared(void **unused)
{
    (void)unused;
    uint32_t mine[400], other[400];
    struct random random = random_make(SEED);
    struct sample_table table = {0};
    for (unsigned round = 0; round < 2000; round++) {
        size_t count = 1 + (size_t)random_below(&random, 200), kept = 0;
        bool may;
        for (size_t i = 0; i < count; i++)
            mine[i] = mine[count + i] = (uint32_t)random_next(&random);
        for (size_t i = 0; i < count; i++)
            if (random_below(&random, 20) != 0)
                other[kept++] = mine[i];
        for (size_t repeats = 1; repeats <= 2; repeats++) {
            assert_int_equal(sample_table_compare(&table, 0.95, mine, count * repeats, other, kept, &may, NULL),
                             DEDUP_OK);
            assert_true(may);
        }
        assert_int_equal(sample_table_compare(&table, 0.95, mine, count, other, kept / 2, &may, NULL), DEDUP_OK);
        assert_true(!may || count < 20);
    }
    sample_table_release(&table);
}

static void test_lengths_grow(void **unused)
{
    (void)unused;
    for (uint32_t length = 0; length < 100000; length++)
        assert_true(mark_length(length) <= mark_length(length + 1));
    assert_true(mark_length(100) < mark_length(107));
    assert_true(mark_length(3000) < mark_length(3200));
    assert_int_equal(mark_length(UINT32_MAX), mark_length(UINT32_MAX - 1));
}

/* All that was added is found by texts that are long enough, and little else. */
static void test_table(void **unused)
{
    (void)unused;
    static uint32_t samples[MOST], marks[MOST], found[MOST];
    struct random random = random_make(SEED);
    struct mark_table table;
    assert_int_equal(mark_table_make(&table, MOST, NULL), DEDUP_OK);
    for (size_t i = 0; i < MOST; i++) {
        samples[i] = (uint32_t)random_next(&random) >> random_below(&random, 6);
        marks[i] = mark_value(samples + i, 0);
        mark_table_add(&table, marks[i], (uint8_t)(i % 200));
    }
    for (unsigned length = 0; length < 255; length++) {
        size_t kept = mark_table_find(&table, samples, MOST, 0, (uint8_t)length, found), met = 0;
        for (size_t i = 0; i < MOST; i++) {
            bool listed = met < kept && found[met] == marks[i];
            assert_true(listed || i % 200 > length);
            met += listed;
        }
        assert_int_equal(met, kept);
    }
    for (size_t i = 0; i < MOST; i++)
        samples[i] = (uint32_t)random_next(&random) >> random_below(&random, 6);
    assert_in_range(mark_table_find(&table, samples, MOST, 0, 254, found), 0, MOST / 3);
    assert_in_range(mark_table_find(&table, samples, MOST, 0, 0, found), 0, MOST / 100);
    mark_table_release(&table);
}

/* Once it is turned, what texts have met is known with the longest length, and of others little. */
static void test_table_turned(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct mark_table table;
    uint32_t marks[MOST];
    size_t others = 0;
    assert_int_equal(mark_table_make(&table, MOST, NULL), DEDUP_OK);
    for (size_t i = 0; i < MOST; i++) {
        marks[i] = (uint32_t)random_next(&random);
        mark_table_add(&table, marks[i], 0);
    }
    mark_table_turn(&table);
    for (unsigned length = 1; length <= 250; length++)
        for (size_t i = 0; i < MOST / 4; i++)
            if (i % 250 < length)
                mark_table_meet(&table, marks[i], (uint8_t)length);
    for (size_t i = 0; i < MOST / 4; i++)
        assert_true(mark_table_has_met(&table, marks[i], 250, i % 250 < 249)); /* the others were met once */
    for (size_t i = MOST / 4; i < MOST; i++)
        others += mark_table_has_met(&table, marks[i], 1, false);
    assert_in_range(others, 0, MOST / 5);
    mark_table_turn(&table);
    others = 0;
    for (size_t i = 0; i < MOST / 4; i++)
        mark_table_meet(&table, marks[i], 9);
    for (size_t i = 0; i < MOST / 4; i++) {
        assert_true(mark_table_has_met(&table, marks[i], 9, false));
        others += mark_table_has_met(&table, marks[i], 9, true);
    }
    assert_in_range(others, 0, MOST / 20);
    mark_table_release(&table);
}

/* All that was added to a set is there, and little else; a bound makes it smaller, not wrong. */
static void test_set(void **unused)
{
    (void)unused;
    enum { COUNT = 200000 };
    const uint64_t bounds[] = {UINT64_MAX, 1 << 16, 1};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        struct random random = random_make(SEED);
        struct mark_set set;
        size_t others = 0;
        assert_int_equal(mark_set_make(&set, COUNT, bounds[b], NULL), DEDUP_OK);
        assert_true((set.mask + (uint64_t)1) / 8 <= (b == 0 ? 2 * COUNT : 1 << 16));
        for (size_t i = 0; i < COUNT; i++)
            mark_set_add(set, (uint32_t)random_next(&random));
        for (size_t i = 0; i < COUNT; i++)
            others += mark_set_has(set, (uint32_t)random_next(&random));
        assert_true(others < (b == 0 ? COUNT / 7 : COUNT * 2 / 5));
        random = random_make(SEED);
        for (size_t i = 0; i < COUNT; i++)
            assert_true(mark_set_has(set, (uint32_t)random_next(&random)));
        mark_set_release(&set);
    }
}

/* Lists hold each node once, ascending, as a naive search finds them. */
static void test_lists(void **unused)
{
    (void)unused;
    enum { NODES = 700, MARKS = 130 };
    static uint64_t entries[MOST];
    struct random random = random_make(SEED);
    for (unsigned round = 0; round < 30; round++) {
        struct mark_lists lists = {0};
        size_t count = round < 4 ? round : (size_t)random_below(&random, MOST);
        uint32_t marks = round % 3 ? MARKS : 2; /* few have long lists */
        for (size_t i = 0; i < count; i++)
            entries[i] =
                mark_list_entry((uint32_t)random_below(&random, marks), (uint32_t)random_below(&random, NODES));
        assert_int_equal(mark_lists_add(&lists, entries, count / 2, NULL), DEDUP_OK);
        assert_int_equal(mark_lists_add(&lists, entries + count / 2, count - count / 2, NULL), DEDUP_OK);
        assert_int_equal(mark_lists_sort(&lists, NODES, NULL), DEDUP_OK);
        for (uint32_t mark = 0; mark < MARKS + 10; mark++) {
            struct mark_list list;
            mark_lists_find(&lists, &mark, 1, &list);
            size_t met = 0;
            for (uint32_t node = 0; node < NODES; node++) {
                bool there = false;
                for (size_t i = 0; i < count; i++)
                    there |= entries[i] == mark_list_entry(mark, node);
                if (there) {
                    assert_true(met < list.count && (uint32_t)list.entries[met] == node);
                    met++;
                }
            }
            assert_int_equal(met, list.count);
        }
        mark_lists_release(&lists);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks_are_a_set),
        cmocka_unit_test(test_needed),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_repeats_are_counted),
        cmocka_unit_test(test_samples_are_compared),
        cmocka_unit_test(test_lengths_grow),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_table_turned),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
