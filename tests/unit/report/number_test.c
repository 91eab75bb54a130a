#include "report/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_plain(void **state)
{
    (void)state;
    char out[NUMBER_SIZE];
    assert_int_equal(number_plain(0, out), 1);
    assert_string_equal(out, "0");
    number_plain(1000, out);
    assert_string_equal(out, "1000");
    assert_int_equal(number_plain(UINT64_MAX, out), 20);
    assert_string_equal(out, "18446744073709551615");
}

static void test_grouped(void **state)
{
    (void)state;
    char out[NUMBER_SIZE];
    number_grouped(0, out);
    assert_string_equal(out, "0");
    number_grouped(999, out);
    assert_string_equal(out, "999");
    number_grouped(1000, out);
    assert_string_equal(out, "1,000");
    number_grouped(123456, out);
    assert_string_equal(out, "123,456");
    assert_int_equal(number_grouped(UINT64_MAX, out), strlen("18,446,744,073,709,551,615"));
    assert_string_equal(out, "18,446,744,073,709,551,615");
}

static void test_fixed(void **state)
{
    (void)state;
    static const struct {
        double value;
        unsigned digits;
        const char *text;
    } cases[] = {
        {0, 4, "0.0000"},
        {1, 4, "1.0000"},
        {0.8, 4, "0.8000"},
        {0.79996, 4, "0.8000"},
        {0.79994, 4, "0.7999"},
        {0.00005, 4, "0.0001"},
        {12.345, 0, "12"},
        {12.5, 0, "13"},
        {0.999999, 6, "0.999999"},
        {-1, 2, "0.00"},
        {NAN, 2, "0.00"},
        {1e300, 2, "1000000000000.00"},
        {INFINITY, 0, "1000000000000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[NUMBER_SIZE];
        assert_int_equal(number_fixed(cases[i].value, cases[i].digits, out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
}

static void test_trimmed(void **state)
{
    (void)state;
    char out[NUMBER_SIZE];
    number_trimmed(0.8, 6, out);
    assert_string_equal(out, "0.8");
    number_trimmed(1, 6, out);
    assert_string_equal(out, "1");
    number_trimmed(100, 0, out);
    assert_string_equal(out, "100");
    assert_int_equal(number_trimmed(0.05, 6, out), 4);
    assert_string_equal(out, "0.05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain), cmocka_unit_test(test_grouped),
                                       cmocka_unit_test(test_fixed), cmocka_unit_test(test_trimmed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
