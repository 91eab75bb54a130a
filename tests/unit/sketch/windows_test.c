/* Places of windows: every instruction set gives what the definition says and stays within its slack, equal shingles
 * have equal places, and a half is about one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "sketch/shingle.h"
#include "sketch/windows.h"

enum { SEED = 43, MOST = 150, LOG = 12 };

/* A copy that ends where the points do, so that a checker sees reads behind it. */
static uint32_t *exact_copy(const uint32_t *points, size_t count)
{
    uint32_t *copy = malloc(count * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, points, count * sizeof *copy);
    return copy;
}

static void check_all(const uint32_t *points, size_t count, unsigned log, bool half)
{
    uint32_t expected[MOST + WINDOWS_SLACK], places[MOST + WINDOWS_SLACK + 1];
    uint32_t *copy = exact_copy(points, count);
    size_t placed = windows_place_by(ISA_SCALAR, copy, count, log, half, expected);
    assert_true(half ? placed <= count - 4 : placed == count - 4);
    for (size_t i = 0; i < placed; i++)
        assert_true(expected[i] >> log == 0);
    for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
        places[count + WINDOWS_SLACK] = 42;
        assert_int_equal(windows_place_by(isa, copy, count, log, half, places), placed);
        assert_memory_equal(places, expected, placed * sizeof *places);
        assert_true(places[count + WINDOWS_SLACK] == 42);
    }
    free(copy);
}

static void test_instruction_sets_agree(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    uint32_t points[MOST];
    for (size_t count = SHINGLE_LENGTH; count <= MOST; count++) {
        for (size_t i = 0; i < count; i++)
            points[i] = (uint32_t)(random_next(&random) % (i % 7 == 0 ? 0x110000 : 0x9fff));
        for (unsigned log = LOG; log <= WINDOWS_LOG_MOST; log += 6) {
            check_all(points, count, log, false);
            check_all(points, count, log, true);
        }
    }
}

static void test_equal_shingles_have_equal_places(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    for (int round = 0; round < 1000; round++) {
        uint32_t a[20], b[20], a_places[20 + WINDOWS_SLACK], b_places[20 + WINDOWS_SLACK];
        for (size_t i = 0; i < 20; i++) {
            a[i] = (uint32_t)(random_next(&random) % 0x110000);
            b[i] = i < 15 ? (uint32_t)(random_next(&random) % 0x110000) : a[i];
        }
        size_t count = windows_place(a, 20, LOG, false, a_places);
        assert_int_equal(windows_place(b, 20, LOG, false, b_places), count);
        assert_int_equal(a_places[count - 1], b_places[count - 1]);
        size_t a_half = windows_place(a + 15, 5, LOG, true, a_places),
               b_half = windows_place(b + 15, 5, LOG, true, b_places);
        assert_int_equal(a_half, b_half);
        assert_true(a_half == 0 || a_places[0] == b_places[0]);
    }
}

static void test_a_half_is_about_one(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    uint32_t points[MOST], places[MOST + WINDOWS_SLACK];
    size_t placed = 0, rounds = 1000;
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < MOST; i++)
            points[i] = 0x4e00 + (uint32_t)(random_next(&random) % 3000);
        placed += windows_place(points, MOST, LOG, true, places);
    }
    size_t all = rounds * (MOST - 4);
    assert_true(placed > all * 48 / 100 && placed < all * 52 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instruction_sets_agree),
        cmocka_unit_test(test_equal_shingles_have_equal_places),
        cmocka_unit_test(test_a_half_is_about_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
