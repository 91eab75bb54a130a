/* The online index against the definition, and the parts that it is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "match/online.h"
#include "match/postings.h"
#include "match/winnow.h"
#include "match_case.h"

enum { SEED = 77, LONGEST = 3000 };

/* An index with what feeds it. */
struct feed {
    struct key_store *store;
    struct matcher *matcher;
    struct match_worker *worker;
    struct match_entries *entries;
    struct online *online;
};

static struct feed feed_make(const struct match_options *options)
{
    struct feed feed;
    struct match_options sketching = *options;
    sketching.containment = 2;
    assert_int_equal(key_store_create(UINT64_MAX, -1, &feed.store, NULL), DEDUP_OK);
    assert_int_equal(matcher_create(&sketching, 10000000, feed.store, &feed.matcher, NULL), DEDUP_OK);
    assert_int_equal(match_worker_create(feed.matcher, &feed.worker, NULL), DEDUP_OK);
    assert_int_equal(match_entries_create(&feed.entries, NULL), DEDUP_OK);
    assert_int_equal(online_create(options, &feed.online, NULL), DEDUP_OK);
    return feed;
}

static void feed_free(struct feed *feed)
{
    online_free(feed->online);
    match_entries_free(feed->entries);
    match_worker_free(feed->worker);
    matcher_free(feed->matcher);
    key_store_free(feed->store);
}

static dedup_status feed_take(struct feed *feed, const uint32_t *points, size_t count, uint32_t unit,
                              struct match_verdict *verdict, dedup_error *error)
{
    match_entries_clear(feed->entries);
    assert_int_equal(match_sketch(feed->worker, points, count, feed->entries, NULL, NULL), DEDUP_OK);
    return online_take(feed->online, feed->entries, points, count, unit, verdict, error);
}

/* Sends all keys through an index, in order. */
static void run(struct match_case *test)
{
    test->options.memory = UINT64_MAX;
    struct feed feed = feed_make(&test->options);
    case_forget(test);
    test->verdicts = case_alloc(test->count, sizeof *test->verdicts);
    for (size_t i = 0; i < test->count; i++)
        assert_int_equal(feed_take(&feed, test->keys[i], test->counts[i], (uint32_t)i, &test->verdicts[i], NULL),
                         DEDUP_OK);
    feed_free(&feed);
}

struct faults {
    size_t unsound; /* drops that do not meet the rule they name against a survivor that came before */
    size_t missed;  /* survivors that meet a rule against one that came before */
    size_t dropped;
};

static struct faults judge(const struct match_case *test)
{
    struct faults faults = {0, 0, 0};
    struct case_sets sets = case_sets_make(test);
    for (size_t i = 0; i < test->count; i++) {
        struct match_verdict verdict = test->verdicts[i];
        if (verdict.method != MATCH_KEPT) {
            struct match_verdict right = case_rule(test, &sets, i, verdict.keeper);
            faults.dropped++;
            faults.unsound += right.method != verdict.method || right.similarity != verdict.similarity ||
                              verdict.keeper >= i || test->verdicts[verdict.keeper].method != MATCH_KEPT;
        }
        for (size_t j = 0; verdict.method == MATCH_KEPT && j < i; j++) {
            if (test->verdicts[j].method != MATCH_KEPT || case_rule(test, &sets, i, j).method == MATCH_KEPT)
                continue;
            faults.missed++;
            break;
        }
    }
    case_sets_free(test, &sets);
    return faults;
}

static void check(struct match_case *test, double recall)
{
    run(test);
    struct faults faults = judge(test);
    print_message("%zu units: %zu dropped, %zu unsound, %zu missed\n", test->count, faults.dropped, faults.unsound,
                  faults.missed);
    assert_int_equal(faults.unsound, 0);
    assert_true(faults.dropped > 0);
    assert_true((double)faults.missed <= (1 - recall) * (double)(faults.dropped + faults.missed));
}

/* Replaces characters at random places until the two texts are as unlike as they may be to be duplicates. */
static void edit_down(uint32_t *points, size_t count, double least, struct random *random)
{
    struct match_case pair = {.options = case_options()};
    pair.options.threshold = least;
    case_add(&pair, points, count);
    for (bool alike = true; alike;) {
        size_t place = random_below(random, count);
        uint32_t before = points[place];
        points[place] = 0x8000 + (uint32_t)random_below(random, 5000);
        case_add(&pair, points, count);
        struct case_sets sets = case_sets_make(&pair);
        alike = case_rule(&pair, &sets, 1, 0).method != MATCH_KEPT;
        case_sets_free(&pair, &sets);
        if (!alike)
            points[place] = before;
        free(pair.keys[--pair.count]);
    }
    case_free(&pair);
}

/* Pairs as near to the threshold as they can be and still be duplicates: what recall is promised for. */
static void test_recall_at_threshold(void **state)
{
    (void)state;
    static const double thresholds[] = {0.8, 0.6, 0.9};
    struct random random = random_make(SEED);
    for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
        struct match_case test = {.options = case_options()};
        test.options.threshold = thresholds[t];
        for (size_t pair = 0; pair < 700; pair++) {
            uint32_t points[LONGEST];
            size_t count = 60 + random_below(&random, 200);
            case_fill(points, count, 3000, &random);
            case_add(&test, points, count);
            edit_down(points, count, thresholds[t], &random);
            case_add(&test, points, count);
        }
        check(&test, 0.999);
        case_free(&test);
    }
}

/* Pieces of earlier texts, with edits as many as the containment allows: all must be found. */
static void test_contained(void **state)
{
    (void)state;
    struct random random = random_make(SEED + 1);
    struct match_case test = {.options = case_options()};
    test.options.containment = 0.95;
    for (size_t pair = 0; pair < 800; pair++) {
        uint32_t points[LONGEST];
        size_t count = 100 + random_below(&random, 1500);
        size_t part = WINNOW_WINDOW + SHINGLE_LENGTH - 1 + random_below(&random, count / 2);
        size_t begin = random_below(&random, count - part + 1), edits = part / 120;
        case_fill(points, count, 3000, &random);
        case_add(&test, points, count);
        for (size_t i = 0; i < edits; i++)
            points[begin + random_below(&random, part)] = 0x8000 + (uint32_t)random_below(&random, 5000);
        case_add(&test, points + begin, part);
    }
    check(&test, 0.999);
    case_free(&test);
}

/* Families of all kinds, short texts, repeats, empty keys. */
static void test_families(void **state)
{
    (void)state;
    struct random random = random_make(SEED + 2);
    struct match_case test = {.options = case_options()};
    test.options.containment = 0.9;
    for (size_t family = 0; family < 300; family++) {
        uint32_t base[LONGEST], points[LONGEST];
        size_t length = 20 + random_below(&random, family % 10 == 0 ? 1400 : 300);
        case_fill(base, length, family % 7 == 0 ? 3 : 2000, &random);
        for (size_t version = 0; version < 1 + random_below(&random, 7); version++) {
            size_t begin = random_below(&random, 3) == 0 ? random_below(&random, length / 4) : 0;
            size_t count = length - begin;
            memcpy(points, base + begin, count * sizeof *points);
            for (size_t i = 0; i < random_below(&random, count / 60 + 2); i++)
                points[random_below(&random, count)] = 0x8000 + (uint32_t)random_below(&random, 5000);
            case_add(&test, points, version == 6 ? 0 : count);
        }
    }
    check(&test, 0.999);
    case_free(&test);
}

/* A full index refuses, says so, is as it was, and still finds what it holds. */
static void test_memory(void **state)
{
    (void)state;
    struct random random = random_make(SEED + 3);
    struct match_options options = case_options();
    options.containment = 0.95;
    options.memory = 2 << 20;
    struct feed feed = feed_make(&options);
    struct match_verdict verdict;
    dedup_error error = {0};
    uint32_t first[600], points[600], unit = 1;
    case_fill(first, 600, 3000, &random);
    assert_int_equal(feed_take(&feed, first, 600, 0, &verdict, &error), DEDUP_OK);
    dedup_status status = DEDUP_OK;
    for (; status == DEDUP_OK && unit < 100000; unit++) {
        case_fill(points, 600, 3000, &random);
        status = feed_take(&feed, points, 600, unit, &verdict, &error);
        assert_in_range(online_bytes(feed.online), 1, options.memory);
    }
    assert_int_equal(status, DEDUP_ERROR_LIMIT);
    assert_non_null(strstr(error.message, "--memory"));
    assert_in_range(unit, 100, 2000);
    uint64_t bytes = online_bytes(feed.online);
    assert_int_equal(feed_take(&feed, points, 600, 200000, &verdict, &error), DEDUP_ERROR_LIMIT);
    assert_int_equal(feed_take(&feed, first, 600, 200001, &verdict, &error), DEDUP_OK);
    assert_int_equal(verdict.method, MATCH_EXACT);
    assert_int_equal(verdict.keeper, 0);
    assert_int_equal(feed_take(&feed, first + 50, 500, 200002, &verdict, &error), DEDUP_OK);
    assert_int_not_equal(verdict.method, MATCH_KEPT);
    assert_int_equal(online_bytes(feed.online), bytes);
    feed_free(&feed);
}

/* With a folder the keys move out of memory, the verdicts stay the same, and more texts fit. */
static void test_spill(void **state)
{
    (void)state;
    struct random random = random_make(SEED + 4);
    int folder = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0);
    struct match_options options = case_options();
    options.memory = 4 << 20;
    options.spill_directory = folder;
    struct feed feed = feed_make(&options);
    uint32_t *texts = case_alloc(3000 * (size_t)500, sizeof *texts);
    struct match_verdict verdict;
    for (uint32_t unit = 0; unit < 3000; unit++) {
        uint32_t *points = texts + unit * (size_t)500;
        case_fill(points, 500, 3000, &random);
        assert_int_equal(feed_take(&feed, points, 500, unit, &verdict, NULL), DEDUP_OK);
        assert_int_equal(verdict.method, MATCH_KEPT);
    }
    for (uint32_t unit = 0; unit < 3000; unit++) {
        uint32_t *points = texts + unit * (size_t)500;
        points[250] = 0x9000;
        assert_int_equal(feed_take(&feed, points, 500, 3000 + unit, &verdict, NULL), DEDUP_OK);
        assert_int_equal(verdict.method, MATCH_NEAR);
        assert_int_equal(verdict.keeper, unit);
    }
    free(texts);
    feed_free(&feed);
    close(folder);
}

/* The numbers of a hash come back, the highest first, and no others. */
static void test_postings(void **state)
{
    (void)state;
    struct postings postings = {0};
    uint32_t numbers[POSTINGS_LIMIT];
    assert_int_equal(postings_find(&postings, 5, numbers), 0);
    for (uint32_t i = 0; i < 50000; i++) {
        assert_int_equal(postings_reserve(&postings, 2, NULL), DEDUP_OK);
        assert_true(postings_bytes_with(&postings, 2) == postings_bytes(&postings));
        postings_add(&postings, (uint64_t)(i / 5) * 0x9e3779b97f4a7c15, i);
        postings_add(&postings, (uint64_t)(i / 5) * 0x9e3779b97f4a7c15, i);
    }
    assert_int_equal(postings.count, 50000);
    for (uint32_t i = 0; i < 10000; i++) {
        assert_int_equal(postings_find(&postings, (uint64_t)i * 0x9e3779b97f4a7c15, numbers), 5);
        for (uint32_t j = 0; j < 5; j++)
            assert_int_equal(numbers[j], 5 * i + 4 - j);
    }
    assert_int_equal(postings_find(&postings, UINT64_C(77) << 50, numbers), 0);
    postings_release(&postings);
}

/* Of a hash that everything has the newest numbers stay, and hostile hashes cost no more than a bounded number of
 * steps.
 */
static void test_postings_bounded(void **state)
{
    (void)state;
    struct postings postings = {0};
    uint32_t numbers[POSTINGS_LIMIT];
    for (uint32_t i = 0; i < 100000; i++) {
        assert_int_equal(postings_reserve(&postings, 1, NULL), DEDUP_OK);
        postings_add(&postings, UINT64_C(9) << 60, i);
    }
    assert_int_equal(postings.count, POSTINGS_LIMIT);
    assert_int_equal(postings_find(&postings, UINT64_C(9) << 60, numbers), POSTINGS_LIMIT);
    for (uint32_t i = 0; i < POSTINGS_LIMIT; i++)
        assert_int_equal(numbers[i], 99999 - i);
    for (uint32_t i = 0; i < 100000; i++) { /* all in a row, in one corner of the table */
        assert_int_equal(postings_reserve(&postings, 1, NULL), DEDUP_OK);
        postings_add(&postings, (uint64_t)i << 32, i);
    }
    assert_in_range(postings.count, POSTINGS_LIMIT, 100000);
    postings_release(&postings);
}

/* Every window has a mark, and marks are what the definition says. */
static void test_winnow(void **state)
{
    (void)state;
    struct random random = random_make(SEED + 5);
    for (size_t round = 0; round < 300; round++) {
        uint64_t hashes[400], marks[400];
        size_t count = random_below(&random, 400), used = 0;
        for (size_t i = 0; i < count; i++)
            hashes[i] = round % 3 == 0 ? random_below(&random, 5) : random_next(&random);
        size_t found = winnow(hashes, count, marks);
        size_t place = 0;
        for (size_t begin = 0; begin + WINNOW_WINDOW <= count; begin++) {
            size_t best = begin;
            for (size_t i = begin; i < begin + WINNOW_WINDOW; i++)
                if ((uint32_t)hashes[i] <= (uint32_t)hashes[best])
                    best = i;
            if (begin > 0 && best == place)
                continue;
            place = best;
            assert_true(used < found);
            assert_true(marks[used++] == hashes[best]);
        }
        assert_int_equal(used, found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recall_at_threshold),
                                       cmocka_unit_test(test_contained),
                                       cmocka_unit_test(test_families),
                                       cmocka_unit_test(test_memory),
                                       cmocka_unit_test(test_spill),
                                       cmocka_unit_test(test_postings),
                                       cmocka_unit_test(test_postings_bounded),
                                       cmocka_unit_test(test_winnow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
