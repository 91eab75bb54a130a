#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "match/window_filter.h"
#include "random.h"

enum { SEED = 3, UNITS = 4000, ROUNDS = 200, WINDOWS = 50000 };

/* Every level finds the same places: all windows that were added, and few others. */
static void test_all_levels(void **unused)
{
    (void)unused;
    static uint16_t units[UNITS];
    static uint32_t places[UNITS + WINDOW_SLACK], by_level[UNITS + WINDOW_SLACK];
    static bool added[UNITS];
    struct window_filter filter;
    struct random random = random_make(SEED);
    size_t others = 0, looked_at = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = random_below(&random, round < ROUNDS / 2 ? 100 : UNITS - WINDOW_LENGTH);
        for (size_t i = 0; i < count + WINDOW_LENGTH; i++)
            units[i] = (uint16_t)random_next(&random);
        memset(added, 0, sizeof added);
        window_filter_clear(&filter);
        for (size_t i = 0; count != 0 && i < 50; i++) {
            size_t place = random_below(&random, count);
            if (window_sample(units + place) < round % WINDOW_SAMPLES)
                continue;
            window_filter_add(&filter, units + place);
            added[place] = true;
        }
        size_t found = window_filter_find_by(ISA_SCALAR, &filter, units, count, places), met = 0;
        for (size_t i = 0; i < count; i++) {
            bool listed = met < found && places[met] == i;
            assert_true(listed || !added[i]);
            others += listed && !added[i];
            met += listed;
        }
        assert_int_equal(met, found);
        looked_at += count;
        for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
            assert_int_equal(window_filter_find_by(isa, &filter, units, count, by_level), found);
            assert_memory_equal(by_level, places, found * sizeof *places);
        }
    }
    assert_true(others * 20000 < looked_at);
}

/* Each sample is half of the one before it. */
static void test_samples(void **unused)
{
    (void)unused;
    uint16_t units[WINDOW_LENGTH];
    struct random random = random_make(SEED);
    size_t counts[WINDOW_SAMPLES] = {0};
    for (size_t i = 0; i < WINDOWS; i++) {
        for (size_t k = 0; k < WINDOW_LENGTH; k++)
            units[k] = (uint16_t)random_next(&random);
        for (unsigned sample = 0; sample <= window_sample(units); sample++)
            counts[sample]++;
    }
    assert_int_equal(counts[0], WINDOWS);
    for (unsigned sample = 1; sample < WINDOW_SAMPLES; sample++)
        assert_in_range(counts[sample], (WINDOWS >> sample) * 19 / 20, (WINDOWS >> sample) * 21 / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_levels), cmocka_unit_test(test_samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
