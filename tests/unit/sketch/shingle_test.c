#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "sketch/shingle.h"

enum { SEED = 20240611 };

static int ascending(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void fill_points(uint32_t *points, size_t count, uint32_t alphabet, struct random *random)
{
    for (size_t i = 0; i < count; i++)
        points[i] = 0x4e00 + (uint32_t)random_below(random, alphabet);
}

static void test_counts(void **unused)
{
    (void)unused;
    assert_int_equal(shingle_count(0), 0);
    for (size_t count = 1; count <= 5; count++)
        assert_int_equal(shingle_count(count), 1);
    assert_int_equal(shingle_count(6), 2);
    assert_int_equal(shingle_count(1000), 996);
}

/* A hash is a function of the five code points of its window and of nothing around them. */
static void test_windows_do_not_depend_on_place(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    uint64_t hashes[200], alone;
    uint32_t points[204];
    for (size_t count = 5; count < 204; count++) {
        fill_points(points, count, 20000, &random);
        points[count / 2] = 0x10ffff;
        shingle_hash(points, count, hashes);
        for (size_t i = 0; i < shingle_count(count); i++) {
            shingle_hash(points + i, 5, &alone);
            assert_true(alone == hashes[i]);
        }
    }
}

/* Computed from the formula in the header by other means; must not change by accident. */
static void test_definition_is_pinned(void **unused)
{
    (void)unused;
    const uint32_t points[] = {0x4e2d, 0x6587, 0x53bb, 0x91cd, 0x7a0b, 0x5e8f};
    uint64_t hashes[2];
    shingle_hash(points, 6, hashes);
    assert_true(hashes[0] == 0xd6e165fee7e93d62);
    assert_true(hashes[1] == 0xdd085004d8e5879a);
    shingle_hash(points, 4, hashes);
    assert_true(hashes[0] == 0xefbfeaf7112a0d2c);
}

static void test_short_keys_differ_from_each_other_and_from_windows(void **unused)
{
    (void)unused;
    const uint32_t zeros[5] = {0};
    uint64_t hashes[5];
    for (size_t count = 1; count <= 5; count++)
        shingle_hash(zeros, count, &hashes[count - 1]);
    qsort(hashes, 5, sizeof *hashes, ascending);
    for (size_t i = 1; i < 5; i++)
        assert_true(hashes[i - 1] < hashes[i]);
}

static void test_no_key_writes_nothing(void **unused)
{
    (void)unused;
    uint64_t guard = 7;
    shingle_hash(NULL, 0, &guard);
    assert_true(guard == 7);
    assert_int_equal(shingle_set(NULL, 0, NULL), 0);
}

/* 2^20 different windows: 64-bit hashes must all differ, and each half must collide about as often as chance has it. */
static void test_collisions_are_chance(void **unused)
{
    (void)unused;
    enum { COUNT = 1 << 20 };
    uint32_t *points = malloc((COUNT + 4) * sizeof *points);
    uint64_t *hashes = malloc(COUNT * sizeof *hashes), *halves = malloc(COUNT * sizeof *halves);
    struct random random = random_make(SEED);
    assert_non_null(points);
    assert_non_null(hashes);
    assert_non_null(halves);
    fill_points(points, COUNT + 4, 3000, &random);
    shingle_hash(points, COUNT + 4, hashes);
    for (unsigned shift = 0; shift <= 32; shift += 16) {
        for (size_t i = 0; i < COUNT; i++)
            halves[i] = hashes[i] >> shift & 0xffffffff;
        qsort(halves, COUNT, sizeof *halves, ascending);
        size_t equal = 0;
        for (size_t i = 1; i < COUNT; i++)
            equal += halves[i] == halves[i - 1];
        assert_in_range(equal, 64, 192); /* 128 expected, sigma 11 */
    }
    qsort(hashes, COUNT, sizeof *hashes, ascending);
    for (size_t i = 1; i < COUNT; i++)
        assert_true(hashes[i] != hashes[i - 1]);
    free(points);
    free(hashes);
    free(halves);
}

static void check_set(const uint64_t *hashes, size_t count)
{
    uint64_t *mine = malloc((count + 1) * sizeof *mine), *scratch = malloc((count + 1) * sizeof *scratch);
    uint64_t *wanted = malloc((count + 1) * sizeof *wanted);
    assert_non_null(mine);
    assert_non_null(scratch);
    assert_non_null(wanted);
    if (count != 0) {
        memcpy(mine, hashes, count * sizeof *mine);
        memcpy(wanted, hashes, count * sizeof *wanted);
        qsort(wanted, count, sizeof *wanted, ascending);
    }
    size_t wanted_count = 0;
    for (size_t i = 0; i < count; i++)
        if (wanted_count == 0 || wanted[i] != wanted[wanted_count - 1])
            wanted[wanted_count++] = wanted[i];
    assert_int_equal(shingle_set(mine, count, scratch), wanted_count);
    if (wanted_count != 0)
        assert_memory_equal(mine, wanted, wanted_count * sizeof *mine);
    free(mine);
    free(scratch);
    free(wanted);
}

/* Spread hashes, few different ones, hashes that share their top or bottom bits: all give the sorted set. */
static void test_set_is_sorted_and_unique(void **unused)
{
    (void)unused;
    enum { MOST = 40000 };
    struct random random = random_make(SEED);
    uint64_t *hashes = malloc(MOST * sizeof *hashes);
    assert_non_null(hashes);
    const uint64_t masks[] = {~(uint64_t)0, 0xffff, 0xfff0000000000000, 3, 0, 0x8000000000000001, 0x00ff00ff00ff00ff};
    for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
        for (size_t count = 0; count <= MOST; count = count < 70 ? count + 1 : count * 3) {
            for (size_t i = 0; i < count; i++)
                hashes[i] = random_next(&random) & masks[m];
            check_set(hashes, count);
        }
    }
    free(hashes);
}

static void test_overlap_counts_common_hashes(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    uint64_t a[300], b[300], scratch[300];
    for (unsigned round = 0; round < 2000; round++) {
        size_t a_count = random_below(&random, 300), b_count = random_below(&random, 300), shared = 0;
        for (size_t i = 0; i < a_count; i++)
            a[i] = random_below(&random, 400);
        for (size_t i = 0; i < b_count; i++)
            b[i] = random_below(&random, 400);
        a_count = shingle_set(a, a_count, scratch);
        b_count = shingle_set(b, b_count, scratch);
        for (size_t i = 0; i < a_count; i++)
            shared += bsearch(&a[i], b, b_count, sizeof *b, ascending) != NULL;
        assert_int_equal(shingle_overlap(a, a_count, b, b_count), shared);
        assert_int_equal(shingle_overlap(b, b_count, a, a_count), shared);
        size_t least = random_below(&random, 200), bounded = shingle_overlap_from(a, a_count, b, b_count, least);
        assert_true(shared >= least ? bounded == shared : bounded < least);
    }
}

static void test_instruction_sets_agree(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    uint32_t points[300];
    uint64_t plain[300], other[300];
    for (size_t count = 0; count <= 300; count++) {
        fill_points(points, count, 0x110000 - 0x4e00, &random);
        shingle_hash_by(ISA_SCALAR, points, count, plain);
        for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
            shingle_hash_by(isa, points, count, other);
            assert_memory_equal(plain, other, shingle_count(count) * sizeof *plain);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_windows_do_not_depend_on_place),
        cmocka_unit_test(test_definition_is_pinned),
        cmocka_unit_test(test_short_keys_differ_from_each_other_and_from_windows),
        cmocka_unit_test(test_no_key_writes_nothing),
        cmocka_unit_test(test_collisions_are_chance),
        cmocka_unit_test(test_set_is_sorted_and_unique),
        cmocka_unit_test(test_overlap_counts_common_hashes),
        cmocka_unit_test(test_instruction_sets_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
