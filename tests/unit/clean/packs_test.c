/* The built-in packs: every example holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "dedup/clean.h"

static void report(void *context, const dedup_example *example)
{
    (void)context;
    if (example->keep)
        print_error("%s:%zu: %s: is not kept but taken by %s: %.*s\n", example->pack, example->line, example->rule,
                    example->taken_by, (int)example->length, example->text);
    else
        print_error("%s:%zu: %s: is not taken: %.*s\n", example->pack, example->line, example->rule,
                    (int)example->length, example->text);
}

static void every_example_holds(void **state)
{
    dedup_error error;
    dedup_cleaner *cleaner;
    size_t tried, failed;
    (void)state;
    if (dedup_cleaner_create(DEDUP_CLEAN_SAFE, &cleaner, &error) != DEDUP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(dedup_cleaner_test(cleaner, &tried, &failed, report, NULL, &error), DEDUP_OK);
    print_message("%zu examples\n", tried);
    assert_true(tried > 100);
    assert_int_equal(failed, 0);
    dedup_cleaner_free(cleaner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_example_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
