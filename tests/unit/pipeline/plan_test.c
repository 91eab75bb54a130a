/* The detection curve: its figures by hand, and measured on generated text. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dedup/plan.h"

static uint64_t seed = 20261122;

static uint32_t random_below(uint32_t bound)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 32) * bound >> 32);
}

/* A folder of documents of random Chinese characters; those of `points` are that long. */
struct folder {
    char path[64];
};

static void write_documents(struct folder *folder, const uint32_t *points, size_t count)
{
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/dedup-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    for (size_t i = 0; i < count; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s/%zu.txt", folder->path, i);
        FILE *file = fopen(name, "w");
        assert_non_null(file);
        for (uint32_t j = 0; j < points[i]; j++) {
            uint32_t point = 0x4e00 + random_below(3000);
            (void)fprintf(file, "%c%c%c", (int)(0xe0 | point >> 12), (int)(0x80 | (point >> 6 & 63)),
                          (int)(0x80 | (point & 63)));
        }
        assert_int_equal(fclose(file), 0);
    }
}

static void remove_documents(const struct folder *folder)
{
    char line[128];
    (void)snprintf(line, sizeof line, "rm -rf %s", folder->path);
    assert_int_equal(system(line), 0);
}

static dedup_plan plan_for(double threshold, uint64_t units, unsigned bands, unsigned rows, const char *input)
{
    dedup_options options;
    dedup_plan plan;
    dedup_error error = {0};
    dedup_options_init(&options);
    options.threshold = threshold;
    options.bands = bands;
    options.rows = rows;
    options.input = input;
    assert_int_equal(dedup_plan_make(&options, units, NULL, &plan, &error), DEDUP_OK);
    return plan;
}

static void test_theory(void **state)
{
    (void)state;
    dedup_plan plan = plan_for(0.8, 0, 0, 0, NULL);
    assert_int_equal(plan.bands, 14);
    assert_int_equal(plan.rows, 4);
    assert_int_equal(plan.point_count, 15);
    assert_int_equal(plan.threshold, 10);
    for (size_t i = 0; i < plan.point_count; i++) {
        double jaccard = (double)(30 + 5 * i) / 100, missed = 1;
        for (unsigned band = 0; band < plan.bands; band++)
            missed *= 1 - jaccard * jaccard * jaccard * jaccard;
        assert_true(fabs(plan.points[i].jaccard - jaccard) < 1e-12);
        assert_true(fabs(plan.points[i].theory - (1 - missed)) < 1e-12);
        assert_int_equal(plan.points[i].measured[0].pairs, 0);
    }
    dedup_plan many = plan_for(0.8, 100000000, 0, 0, NULL), given = plan_for(0.8, 0, 9, 13, NULL);
    assert_int_equal(many.bands, 25);
    assert_int_equal(many.rows, 5);
    assert_true(fabs(given.points[10].theory - 0.39884) < 1e-5);
}

/* A threshold between the steps is a point of its own, wherever it lies. */
static void test_threshold_has_a_point(void **state)
{
    (void)state;
    static const double thresholds[] = {0.05, 0.3, 0.31, 0.5, 0.83, 0.999, 1};
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        dedup_plan plan = plan_for(thresholds[i], 0, 0, 0, NULL);
        assert_true(fabs(plan.points[plan.threshold].jaccard - thresholds[i]) < 1e-9);
        assert_true(plan.points[plan.threshold].theory > 0.998);
        for (size_t j = 1; j < plan.point_count; j++)
            assert_true(plan.points[j].jaccard > plan.points[j - 1].jaccard + 1e-9);
    }
}

/* A few pairs may have no key because the groups of their band are empty. */
static bool is_near(const dedup_plan_count *count, double expected, double widened)
{
    double sigma = sqrt((double)count->pairs * expected * (1 - expected));
    return fabs((double)count->found - (double)count->pairs * expected) <= 5 * widened * sigma + 10;
}

/* In larger sets the curve is the formula's. One band of one row shares a key as often as the sets share shingles,
 * which is how exact the similarity of the pairs is. Pairs made of one text share the minima of its shingles, and such
 * a band has but one of these: the counts spread wider. */
static void test_measured(void **state)
{
    (void)state;
    struct folder folder;
    uint32_t points[100];
    for (size_t i = 0; i < 100; i++)
        points[i] = 170 + 10 * (uint32_t)(i % 9);
    write_documents(&folder, points, 100);
    dedup_plan plan = plan_for(0.8, 0, 0, 0, folder.path), single = plan_for(0.8, 0, 1, 1, folder.path);
    for (size_t i = 0; i < plan.point_count; i++) {
        const dedup_plan_point *point = &plan.points[i];
        assert_int_equal(point->measured[0].pairs, i == plan.threshold ? 20000 : 4000);
        assert_true(is_near(&point->measured[0], point->theory, 1.3));
        assert_true(is_near(&single.points[i].measured[0], point->jaccard, 2));
        for (size_t size = 0; size < DEDUP_PLAN_SIZES; size++)
            assert_true(point->measured[size].found <= point->measured[size].pairs);
    }
    const dedup_plan_point *threshold = &plan.points[plan.threshold];
    assert_true((double)threshold->measured[0].found >= .999 * 20000);
    assert_int_equal(threshold->measured[1].pairs, 20000);
    assert_true((double)threshold->measured[1].found >= .995 * 20000);
    assert_int_equal(plan.points[14].measured[2].pairs, 4000);
    assert_int_equal(plan.points[14].measured[2].found, 4000);
    dedup_plan again = plan_for(0.8, 0, 0, 0, folder.path);
    assert_memory_equal(again.points, plan.points, sizeof plan.points);
    remove_documents(&folder);
}

/* Short texts have pairs of their own size only, no more than they have characters. */
static void test_short_texts(void **state)
{
    (void)state;
    struct folder folder;
    static const uint32_t points[] = {40, 3, 45, 0, 50};
    write_documents(&folder, points, 5);
    dedup_plan plan = plan_for(0.8, 0, 0, 0, folder.path);
    for (size_t i = 0; i < plan.point_count; i++) {
        assert_int_equal(plan.points[i].measured[0].pairs, 0);
        assert_in_range(plan.points[i].measured[1].pairs, 1, 138);
        assert_in_range(plan.points[i].measured[2].pairs, 0, 138);
    }
    assert_int_equal(plan.points[14].measured[1].found, 138);
    remove_documents(&folder);
}

static bool stop(void *context, const dedup_progress *progress)
{
    return strcmp(progress->stage, context) != 0;
}

static void test_failures(void **state)
{
    (void)state;
    struct folder folder;
    static const uint32_t points[] = {3, 2}, enough = 100;
    dedup_options options;
    dedup_plan plan;
    dedup_error error = {0};
    dedup_options_init(&options);
    options.bands = 99;
    options.rows = 99;
    assert_int_equal(dedup_plan_make(&options, 0, NULL, &plan, &error), DEDUP_ERROR_ARGUMENT);
    dedup_options_init(&options);
    options.input = "/nowhere/at/all";
    assert_int_equal(dedup_plan_make(&options, 0, NULL, &plan, &error), DEDUP_ERROR_READ);
    write_documents(&folder, points, 2);
    options.input = folder.path;
    assert_int_equal(dedup_plan_make(&options, 0, NULL, &plan, &error), DEDUP_ERROR_ARGUMENT);
    remove_documents(&folder);
    write_documents(&folder, &enough, 1);
    dedup_observer observer = {"read", NULL, stop};
    assert_int_equal(dedup_plan_make(&options, 0, &observer, &plan, &error), DEDUP_ERROR_STOPPED);
    observer.context = "measure";
    assert_int_equal(dedup_plan_make(&options, 0, &observer, &plan, &error), DEDUP_ERROR_STOPPED);
    remove_documents(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_theory), cmocka_unit_test(test_threshold_has_a_point),
                                       cmocka_unit_test(test_measured), cmocka_unit_test(test_short_texts),
                                       cmocka_unit_test(test_failures)};
    print_message("seed %llu\n", (unsigned long long)seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
