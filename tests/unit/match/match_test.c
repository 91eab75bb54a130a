#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "match_case.h"

enum { SEED = 99, LONGEST = 4000 };

static void run(struct match_case *test)
{
    dedup_error error = {0};
    dedup_status status = case_run(test, &error);
    if (status != DEDUP_OK)
        print_message("%s\n", error.message);
    assert_int_equal(status, DEDUP_OK);
}

/* Replaces `edits` characters at random places. */
static void edit(uint32_t *points, size_t count, size_t edits, struct random *random)
{
    for (size_t i = 0; i < edits; i++)
        points[random_below(random, count)] = 0x8000 + (uint32_t)random_below(random, 5000);
}

/* Adds a family: a text and changed, cut, extended and repeated versions of it. */
static void add_family(struct match_case *test, size_t length, size_t versions, struct random *random)
{
    uint32_t base[LONGEST], points[2 * LONGEST];
    case_fill(base, length, 3000, random);
    for (size_t v = 0; v < versions; v++) {
        size_t begin = 0, count = length;
        switch (random_below(random, 5)) {
        case 0: begin = random_below(random, length / 2 + 1), count = length - begin; break;
        case 1: count = random_below(random, length) + 1; break;
        default: break;
        }
        memcpy(points, base + begin, count * sizeof *points);
        edit(points, count, random_below(random, count / 60 + 2), random);
        if (random_below(random, 6) == 0) {
            memcpy(points + count, points, count * sizeof *points);
            count *= 2;
        }
        case_add(test, points, count);
    }
}

static void shuffle(uint32_t *items, size_t count, struct random *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below(random, i);
        uint32_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

static struct match_case make_families(size_t families, size_t longest, struct random *random)
{
    struct match_case test = {.options = case_options()};
    for (size_t i = 0; i < families; i++)
        add_family(&test, 5 + random_below(random, longest - 5), 1 + random_below(random, 8), random);
    test.order = case_alloc(test.count, sizeof *test.order);
    for (size_t i = 0; i < test.count; i++)
        test.order[i] = (uint32_t)i;
    shuffle(test.order, test.count, random);
    return test;
}

static void check(struct match_case *test, double recall)
{
    run(test);
    struct case_faults faults = case_judge(test);
    print_message("%zu units: %zu dropped, %zu unsound, %zu left; %zu candidates, %zu verified, %zu skipped\n",
                  test->count, faults.dropped, faults.unsound, faults.left, (size_t)test->found.candidates,
                  (size_t)test->found.verified, (size_t)test->found.skipped);
    assert_int_equal(faults.unsound, 0);
    assert_true(faults.left <= (1 - recall) * (double)(faults.left + faults.dropped));
    assert_int_equal(test->found.exact + test->found.near + test->found.contained, faults.dropped);
}

static void test_families(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    for (unsigned round = 0; round < 3; round++) {
        struct match_case test = make_families(200, 600, &random);
        check(&test, 0.999);
        case_free(&test);
    }
}

static void test_containment(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    const double shares[] = {0.95, 1, 0.8, 0.5, 0.2};
    for (unsigned i = 0; i < sizeof shares / sizeof *shares; i++) {
        struct match_case test = make_families(150, i % 2 ? 80 : 700, &random);
        test.options.containment = shares[i];
        check(&test, 0.999);
        assert_true(test.found.contained > 20);
        case_free(&test);
    }
}

static void test_thresholds(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    const double thresholds[] = {0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1};
    for (unsigned i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        struct match_case test = make_families(100, 300, &random);
        test.options.threshold = thresholds[i];
        check(&test, 0.998);
        case_free(&test);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_containment),
        cmocka_unit_test(test_thresholds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
