/* The table of limits says what the program does: its bounds are the constants of the rooms, its options exist. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "clean/learn_sample.h"
#include "clean/rules.h"
#include "cli/limits.h"
#include "corpus/codec.h"
#include "corpus/json.h"
#include "corpus/listing.h"

static const struct limit *limit_of(const char *what)
{
    for (size_t i = 0; i < limit_count; i++)
        if (strstr(limit_table[i].what, what))
            return &limit_table[i];
    fail_msg("no limit of %s", what);
    return NULL;
}

static void test_bounds_are_those_of_the_rooms(void **state)
{
    static const struct {
        const char *what;
        uint64_t bound;
        const char *unit;
    } bounds[] = {
        {"memory to decompress", CODEC_MEMORY >> 20, " MiB"}, {"levels of JSON", JSON_DEPTH_MAXIMUM, ""},
        {"steps of a rule", RULE_STEPS_MAXIMUM, ""},          {"characters of a line", RULE_LIMIT_MAXIMUM, ""},
        {"documents of a source", LEARN_SAMPLE, ""},          {"memory to learn", LEARN_MEMORY >> 20, " MiB"},
        {"documents, and paragraphs", UINT32_MAX - 1, ""},    {"symbolic links", LISTING_LINKS_MAXIMUM, ""},
        {"folders behind", LISTING_LINKED_MAXIMUM, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        char expected[64];
        (void)snprintf(expected, sizeof expected, "%" PRIu64 "%s", bounds[i].bound, bounds[i].unit);
        assert_string_equal(limit_of(bounds[i].what)->bound, expected);
    }
}

static void test_options_exist_and_give_bounds(void **state)
{
    struct settings defaults;
    char value[OPTION_DEFAULT_SIZE];
    (void)state;
    settings_init(&defaults);
    for (size_t i = 0; i < limit_count; i++) {
        bool known = !limit_table[i].option;
        for (size_t j = 0; j < option_count && !known; j++)
            known = strcmp(option_table[j].name, limit_table[i].option) == 0;
        assert_true(known);
        assert_int_not_equal(limit_bound(&limit_table[i], &defaults, value)[0], '\0');
    }
    assert_string_equal(limit_bound(limit_of("bytes of a document"), &defaults, value), "1G");
    settings_release(&defaults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_are_those_of_the_rooms),
        cmocka_unit_test(test_options_exist_and_give_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
