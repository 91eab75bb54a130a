#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "random.h"
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

static void test_instruction_sets_agree(void **unused)
{
    (void)unused;
    uint32_t points[200];
    struct random random = random_make(5);
    for (size_t count = 0; count <= 200; count++) {
        for (size_t i = 0; i < count; i++)
            points[i] = random_below(&random, 3) == 0 ? '0' - 1 + (uint32_t)random_below(&random, 12) : 0x4e00;
        uint64_t plain = numbers_hash_by(ISA_SCALAR, points, count);
        for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++)
            assert_true(numbers_hash_by(isa, points, count) == plain);
    }
}

/* A number that lies on the border of what kernels look at in one step is one number. */
static void test_numbers_across_blocks(void **unused)
{
    (void)unused;
    uint32_t points[140], other[140];
    for (size_t place = 50; place < 80; place++) {
        for (size_t i = 0; i < 140; i++)
            points[i] = other[i] = 0x4e00;
        points[place] = points[place + 1] = other[10] = other[11] = '7';
        assert_true(numbers_hash(points, 140) == numbers_hash(other, 140));
        other[11] = 0x4e00;
        other[12] = '7';
        assert_true(numbers_hash(points, 140) != numbers_hash(other, 140));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_numbers_in_the_same_order),
        cmocka_unit_test(test_keys_without_digits_hash_to_zero),
        cmocka_unit_test(test_instruction_sets_agree),
        cmocka_unit_test(test_numbers_across_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
