#include "pipeline/date.h"

#include "test.h"

static void reads_dates_as_records_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"1970-01-01", 0},
        {"1970-01-02T00:00:01Z", 86401},
        {"2024-02-29", 1709164800},
        {"2024/2/29 8:30", 1709164800 + 8 * 3600 + 30 * 60},
        {"2024-02-29T08:30:15+08:00", 1709164800 + 30 * 60 + 15},
        {"2024-02-29 08:30:15.250-0500", 1709164800 + 13 * 3600 + 30 * 60 + 15},
        {"2024年2月29日 8:30", 1709164800 + 8 * 3600 + 30 * 60},
        {"1709164800", 1709164800},
        {"1709164800123", 1709164800},
        {"1969-12-31", -86400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds = 1;
        assert_true(date_parse(cases[i].text, &seconds));
        assert_int_equal(seconds, cases[i].seconds);
    }
}

static void refuses_what_is_no_date(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "yesterday", "2024-13-01", "2024-01-32", "2024-01-01 77:00", "3天前"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;

        assert_false(date_parse(cases[i], &seconds));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_dates_as_records_write_them),
        cmocka_unit_test(refuses_what_is_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
