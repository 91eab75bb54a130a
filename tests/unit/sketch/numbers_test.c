#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "sketch/numbers.h"

static size_t spread(const char *text, uint32_t *points)
{
    size_t count = strlen(text);
    for (size_t i = 0; i < count; i++)
        points[i] = (unsigned char)text[i];
    return count;
}

static void check(const char *a, const char *b, bool equal)
{
    uint32_t left[64], right[64];
    size_t left_count = spread(a, left), right_count = spread(b, right);
    assert_int_equal(numbers_equal(left, left_count, right, right_count), equal);
    assert_int_equal(numbers_equal(right, right_count, left, left_count), equal);
    assert_int_equal(numbers_hash(left, left_count) == numbers_hash(right, right_count), equal);
}

static void test_same_numbers_in_the_same_order(void **unused)
{
    (void)unused;
    check("", "", true);
    check("ab", "xyz", true);
    check("a12b3", "12xx3y", true);
    check("12", "12z", true);
    check("a12b3", "a1b23", false);
    check("a12b3", "a123", false);
    check("12", "", false);
    check("a1b2", "a2b1", false);
    check("1", "01", false);
    check("0", "00", false);
    check("12a3", "12a", false);
    check("12a", "12a34", false);
}

static void test_keys_without_digits_hash_to_zero(void **unused)
{
    (void)unused;
    const uint32_t points[] = {0x4e00, '0' - 1, '9' + 1};
    assert_true(numbers_hash(points, 3) == 0);
    assert_true(numbers_hash(NULL, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_numbers_in_the_same_order),
        cmocka_unit_test(test_keys_without_digits_hash_to_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
