#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "match/window_filter.h"
#include "random.h"

enum { SEED = 3, UNITS = 4000, ROUNDS = 200 };

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
