/* Sums of digits: what they are, and that every instruction set finds them without reading behind the points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "sketch/digits.h"

enum { SEED = 19, MOST = 100 };

static uint32_t sum_of(const char *text)
{
    uint32_t points[MOST];
    size_t count = strlen(text);
    for (size_t i = 0; i < count; i++)
        points[i] = (unsigned char)text[i];
    return digits_sum(points, count);
}

static void test_only_the_digits_count(void **unused)
{
    (void)unused;
    const uint32_t others[] = {0x4e00, '0' - 1, '9' + 1, 0x10000 + '1', 0xff11, 0};
    assert_true(digits_sum(others, sizeof others / sizeof *others) == 0);
    assert_true(digits_sum(NULL, 0) == 0);
    assert_true(sum_of("in 1998, or 20 years ago") == sum_of("82 9 901"));
    assert_true(sum_of("0") != 0);
    assert_true(sum_of("0") != sum_of("00"));
    assert_true(sum_of("2023") != sum_of("2022"));
    assert_true(sum_of("19") != sum_of("55"));
}

static void test_instruction_sets_agree(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    for (size_t count = 0; count <= MOST; count++) {
        uint32_t *points = malloc((count + 1) * sizeof *points), sum = 0;
        assert_non_null(points);
        for (size_t i = 0; i < count; i++) {
            points[i] = (uint32_t)(random_below(&random, 3) == 0 ? '0' - 1 + random_below(&random, 12)
                                                                 : random_below(&random, 0x110000));
            sum += points[i] >= '0' && points[i] <= '9' ? points[i] * points[i] : 0;
        }
        for (size_t begin = 0; begin <= count && begin < 3; begin++) {
            for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++)
                assert_true(digits_sum_by(isa, points + begin, count - begin) == sum);
            sum -= begin < count && points[begin] - '0' < 10 ? points[begin] * points[begin] : 0;
        }
        free(points);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_digits_count),
        cmocka_unit_test(test_instruction_sets_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
