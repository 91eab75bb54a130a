#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "sketch/bands.h"

static void test_default_threshold(void **unused)
{
    (void)unused;
    struct band_plan few = band_plan_choose(0.8, 1000), many = band_plan_choose(0.8, 100000000);
    assert_int_equal(few.bands, 14);
    assert_int_equal(few.rows, 4);
    assert_int_equal(many.bands, 25);
    assert_int_equal(many.rows, 5);
}

static void test_recall_is_kept_at_every_threshold(void **unused)
{
    (void)unused;
    for (double threshold = 0.053; threshold <= 1.0001; threshold += 0.001) {
        for (uint64_t units = 1; units < (uint64_t)1 << 40; units *= 8) {
            double exact = threshold < 1 ? threshold : 1;
            struct band_plan plan = band_plan_choose(exact, units);
            assert_true(band_plan_recall(plan, exact) >= 0.999);
            assert_in_range(plan.rows, 1, ROWS_MAXIMUM);
            assert_in_range(plan.bands * plan.rows, 1, BAND_LANES_MAXIMUM);
            assert_true(plan.bands * (plan.rows < GROUPS_PER_BAND ? plan.rows : GROUPS_PER_BAND) >= BAND_GROUPS);
        }
    }
    assert_true(band_plan_recall(band_plan_choose(0.05, 1000), 0.05) > 0.9985);
}

static void test_more_units_never_mean_fewer_rows(void **unused)
{
    (void)unused;
    unsigned rows = 0;
    for (uint64_t units = 1; units <= 10000000; units *= 10) {
        struct band_plan plan = band_plan_choose(0.9, units);
        assert_true(plan.rows >= rows);
        rows = plan.rows;
    }
}

static void test_detection_curve(void **unused)
{
    (void)unused;
    struct band_plan plan = {16, 4};
    assert_true(band_plan_recall(plan, 0) == 0);
    assert_true(band_plan_recall(plan, 1) == 1);
    assert_true(fabs(band_plan_recall(plan, 0.8) - 0.99978) < 1e-5);
    assert_true(fabs(band_plan_recall(plan, 0.5) - 0.64393) < 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_threshold),
        cmocka_unit_test(test_recall_is_kept_at_every_threshold),
        cmocka_unit_test(test_more_units_never_mean_fewer_rows),
        cmocka_unit_test(test_detection_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
