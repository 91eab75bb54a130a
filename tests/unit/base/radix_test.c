#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/radix.h"
#include "random.h"

enum { SEED = 11, COUNT = 9000, ROUNDS = 400 };

/* What is compared, and where the number stood. */
struct placed {
    uint64_t number, digits;
    size_t place;
};

static int by_digits(const void *a, const void *b)
{
    const struct placed *left = a, *right = b;
    if (left->digits != right->digits)
        return left->digits < right->digits ? -1 : 1;
    return (left->place > right->place) - (left->place < right->place);
}

/* Any bits of any numbers: in order, and equal ones in the order that they had. */
static void test_order(void **unused)
{
    (void)unused;
    static uint64_t numbers[COUNT], scratch[COUNT];
    static struct placed expected[COUNT];
    struct random random = random_make(SEED);
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = random_below(&random, round % 4 == 0 ? COUNT : 50);
        unsigned low = (unsigned)random_below(&random, 64), high = low + (unsigned)random_below(&random, 65 - low);
        uint64_t mask = high == low ? 0 : UINT64_MAX >> (64 - (high - low)), kinds = random_next(&random);
        for (size_t i = 0; i < count; i++) {
            numbers[i] = random_next(&random) & kinds;
            expected[i] = (struct placed){numbers[i], numbers[i] >> low & mask, i};
        }
        qsort(expected, count, sizeof *expected, by_digits);
        radix_sort(numbers, count, scratch, low, high);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(numbers[i], expected[i].number);
    }
}

static void test_bits(void **unused)
{
    (void)unused;
    assert_int_equal(radix_bits(0), 1);
    assert_int_equal(radix_bits(1), 1);
    assert_int_equal(radix_bits(2), 2);
    assert_int_equal(radix_bits(255), 8);
    assert_int_equal(radix_bits(256), 9);
    assert_int_equal(radix_bits(UINT64_MAX), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
