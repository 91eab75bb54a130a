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
    assert_true((double)faults.left <= (1 - recall) * (double)(faults.left + faults.dropped));
    assert_int_equal(test->found.exact + test->found.near + test->found.contained, faults.dropped);
}

static void test_families(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    for (unsigned round = 0; round < 3; round++) {
        struct match_case test = make_families(120, 600, &random);
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
        struct match_case test = make_families(100, i % 2 ? 80 : 700, &random);
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

/* Pairs made at a given similarity: of `count` shingles each, `shared` in common. One of each pair must go. */
static void check_recall(size_t count, size_t shared, double recall, struct random *random)
{
    enum { PAIRS = 4000 };
    struct match_case test = {.options = case_options()};
    uint32_t points[1000];
    for (size_t i = 0; i < PAIRS; i++) {
        case_fill(points, count + 4, 20000, random);
        case_add(&test, points, count + 4);
        case_fill(points + shared + 4, count - shared, 20000, random);
        case_add(&test, points, count + 4);
    }
    run(&test);
    size_t found = 0;
    for (size_t i = 0; i < PAIRS; i++)
        found += test.verdicts[2 * i + 1].method == MATCH_NEAR && test.verdicts[2 * i + 1].keeper == 2 * i;
    print_message("%zu shingles, J %.4f: %zu of %d pairs found\n", count, (double)shared / (double)(2 * count - shared),
                  found, PAIRS);
    assert_true((double)found >= recall * PAIRS);
    assert_int_equal(test.found.near, found);
    case_free(&test);
}

static void test_recall_at_the_threshold(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    check_recall(9, 8, 0.995, &random);
    check_recall(36, 32, 0.998, &random);
    check_recall(72, 64, 0.999, &random);
    check_recall(180, 160, 0.999, &random);
    check_recall(900, 800, 0.999, &random);
}

/* How an excerpt of a longer text comes to lack shingles: its end is another one, characters are replaced, or foreign
 * ones were put into the longer text, which costs the fewest shingles for each place. */
enum damage { END, REPLACED, PARTED, DAMAGES };

/* Copies an excerpt of `count` shingles so that `missing` of them are in no other text. What is left over when each
 * place costs more is taken from the end. */
static void damage(enum damage kind, uint32_t *part, size_t count, size_t missing, struct random *random)
{
    size_t cost = kind == REPLACED ? SHINGLE_LENGTH : SHINGLE_LENGTH - 1, places = kind == END ? 0 : missing / cost;
    size_t rest = missing - places * cost, stretch = places != 0 ? (count - rest) / places : 0;
    for (size_t i = 0; i < places; i++) {
        size_t place = i * stretch + SHINGLE_LENGTH - 1 + random_below(random, stretch - 2 * cost + 1);
        if (kind == REPLACED)
            part[place] = 0xac00 + (uint32_t)random_below(random, 10000);
        else /* one character less here is as good as foreign ones there */
            memmove(part + place, part + place + 1, (count + SHINGLE_LENGTH + places - 1 - place) * sizeof *part);
    }
    case_fill(part + count + SHINGLE_LENGTH - 1 - rest, rest, 20000, random);
}

/* How many of PAIRS excerpts of `count` shingles are found, of which exactly the share asked for is in a longer text.
 */
static size_t find_contained(enum damage kind, size_t count, size_t pairs, struct random *random)
{
    uint32_t longer[3000], part[1200];
    struct match_case test = {.options = case_options()};
    test.options.containment = 0.95;
    size_t missing = count / 20, found = 0;
    for (size_t i = 0; i < pairs; i++) {
        case_fill(longer, 3000, 20000, random);
        memcpy(part, longer + 500, (count + 100) * sizeof *part);
        damage(kind, part, count, missing, random);
        case_add(&test, part, count + SHINGLE_LENGTH - 1);
        case_add(&test, longer, 3000);
    }
    run(&test);
    for (size_t i = 0; i < pairs; i++)
        found += test.verdicts[2 * i].method == MATCH_CONTAINED && test.verdicts[2 * i].keeper == 2 * i + 1;
    case_free(&test);
    return found;
}

static void test_recall_of_containment(void **unused)
{
    (void)unused;
    enum { PAIRS = 1000 };
    struct random random = random_make(SEED);
    const size_t counts[] = {1, 6, 10, 15, 19, 20, 30, 36, 40, 60, 79, 80, 100, 128, 160, 200, 240, 300, 500, 1000};
    for (enum damage kind = END; kind < DAMAGES; kind++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            size_t found = find_contained(kind, counts[c], PAIRS, &random);
            print_message("damage %u, %zu shingles, %zu missing: %zu of %d\n", kind, counts[c], counts[c] / 20, found,
                          PAIRS);
            assert_true((double)found >= PAIRS * 0.999);
        }
}

static void check_equal(const struct match_case *a, const struct match_case *b)
{
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->verdicts[i].method, b->verdicts[i].method);
        assert_int_equal(a->verdicts[i].keeper, b->verdicts[i].keeper);
        assert_true(a->verdicts[i].similarity == b->verdicts[i].similarity);
    }
    assert_memory_equal(&a->found, &b->found, sizeof a->found);
}

/* Threads and spilling change nothing. */
static void test_same_result_in_every_way(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct match_case test = make_families(600, 300, &random);
    test.options.containment = 0.95;
    run(&test);
    struct match_case again = test;
    again.verdicts = NULL;
    again.options.thread_count = 4;
    run(&again);
    check_equal(&test, &again);
    again.options.memory = 100000;
    again.options.spill_directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    run(&again);
    check_equal(&test, &again);
    close(again.options.spill_directory);
    case_forget(&again);
    case_free(&test);
}

/* Only the preference counts, not the order in which units come. */
static void test_order_of_arrival(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct match_case test = make_families(300, 300, &random), moved = {.options = case_options()};
    test.options.containment = moved.options.containment = 0.95;
    uint32_t *places = case_alloc(test.count, sizeof *places), *came = case_alloc(test.count, sizeof *came);
    for (size_t i = 0; i < test.count; i++)
        came[i] = (uint32_t)i;
    shuffle(came, test.count, &random);
    for (size_t i = 0; i < test.count; i++) {
        case_add(&moved, test.keys[came[i]], test.counts[came[i]]);
        places[came[i]] = (uint32_t)i;
    }
    moved.order = case_alloc(test.count, sizeof *moved.order);
    for (size_t i = 0; i < test.count; i++)
        moved.order[i] = places[test.order[i]];
    run(&test);
    run(&moved);
    for (size_t i = 0; i < test.count; i++) {
        assert_int_equal(test.verdicts[i].method, moved.verdicts[places[i]].method);
        assert_int_equal(places[test.verdicts[i].keeper], moved.verdicts[places[i]].keeper);
    }
    free(places);
    free(came);
    case_free(&test);
    case_free(&moved);
}

static void test_numbers_must_be_equal(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct match_case test = {.options = case_options()};
    test.options.same_numbers = true;
    uint32_t points[100];
    case_fill(points, 100, 20000, &random);
    points[50] = '3';
    case_add(&test, points, 100);
    points[50] = '4';
    case_add(&test, points, 100); /* another number */
    points[99]++;
    case_add(&test, points, 100); /* the same one, another character */
    case_add(&test, points, 100); /* exact */
    run(&test);
    assert_int_equal(test.verdicts[0].method, MATCH_KEPT);
    assert_int_equal(test.verdicts[1].method, MATCH_KEPT);
    assert_int_equal(test.verdicts[2].method, MATCH_NEAR);
    assert_int_equal(test.verdicts[2].keeper, 1);
    assert_int_equal(test.verdicts[3].method, MATCH_NEAR);
    test.options.same_numbers = false;
    run(&test);
    assert_int_equal(test.verdicts[1].keeper, 0);
    case_free(&test);
}

static void test_short_and_empty_keys(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct match_case test = {.options = case_options()};
    test.options.near_minimum = 32;
    uint32_t points[40];
    case_fill(points, 40, 20000, &random);
    case_add(&test, points, 0);
    case_add(&test, points, 0);
    case_add(&test, points, 31);
    points[0]++;
    case_add(&test, points, 31); /* near, but too short */
    case_add(&test, points, 31); /* exact */
    case_add(&test, points, 40);
    points[0]++;
    case_add(&test, points, 40); /* near */
    run(&test);
    const uint32_t methods[] = {MATCH_KEPT, MATCH_KEPT, MATCH_KEPT, MATCH_KEPT, MATCH_EXACT, MATCH_KEPT, MATCH_NEAR};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(test.verdicts[i].method, methods[i]);
    assert_int_equal(test.found.units, 5);
    assert_int_equal(test.found.distinct, 4);
    case_free(&test);
}

/* Work stays linear when all units look alike: equal, near (J = .83), or from one template below the threshold. */
static void test_work_is_linear(void **unused)
{
    (void)unused;
    enum { UNITS = 3000 };
    struct random random = random_make(SEED);
    uint32_t base[70], points[70];
    case_fill(base, 70, 20000, &random);
    for (unsigned kind = 0; kind < 3; kind++) {
        struct match_case test = {.options = case_options()};
        test.options.containment = 0.95;
        for (size_t i = 0; i < UNITS; i++) {
            memcpy(points, base, sizeof points);
            case_fill(points + 70 - 6 * kind, 6 * kind, 20000, &random);
            case_add(&test, points, 70);
        }
        run(&test);
        print_message("%zu distinct, %zu candidates, %zu verified\n", (size_t)test.found.distinct,
                      (size_t)test.found.candidates, (size_t)test.found.verified);
        assert_true(test.found.candidates <= 1000 * UNITS);
        assert_true(test.found.verified <= 30 * UNITS);
        size_t found = (size_t)(test.found.exact + test.found.near);
        if (kind == 1)
            assert_in_range(found, (UNITS - 1) * 0.999, UNITS - 1);
        else
            assert_int_equal(found, kind == 2 ? 0 : UNITS - 1);
        case_free(&test);
    }
}

static void test_bad_options(void **unused)
{
    (void)unused;
    struct match_options options = case_options();
    struct matcher *matcher;
    dedup_error error;
    options.threshold = 0.04;
    assert_int_equal(matcher_create(&options, 1, NULL, &matcher, &error), DEDUP_ERROR_ARGUMENT);
    options = case_options();
    options.containment = 0;
    assert_int_equal(matcher_create(&options, 1, NULL, &matcher, &error), DEDUP_ERROR_ARGUMENT);
    options = case_options();
    options.bands = (struct band_plan){33, 4};
    assert_int_equal(matcher_create(&options, 1, NULL, &matcher, &error), DEDUP_ERROR_ARGUMENT);
    options.bands = (struct band_plan){1, 17};
    assert_int_equal(matcher_create(&options, 1, NULL, &matcher, &error), DEDUP_ERROR_ARGUMENT);
}

static void test_no_place_to_spill(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct match_case test = make_families(1000, 400, &random);
    test.options.memory = 1;
    test.options.containment = 0.95;
    test.options.spill_directory = open("/proc/self", O_RDONLY | O_DIRECTORY);
    dedup_error error;
    assert_int_equal(case_run(&test, &error), DEDUP_ERROR_WRITE);
    close(test.options.spill_directory);
    case_free(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_containment),
        cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_recall_at_the_threshold),
        cmocka_unit_test(test_recall_of_containment),
        cmocka_unit_test(test_same_result_in_every_way),
        cmocka_unit_test(test_order_of_arrival),
        cmocka_unit_test(test_numbers_must_be_equal),
        cmocka_unit_test(test_short_and_empty_keys),
        cmocka_unit_test(test_work_is_linear),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_no_place_to_spill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
