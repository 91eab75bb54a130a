#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "match/hash_set.h"
#include "random.h"

enum { SEED = 11, MOST = 3000, ROUNDS = 400 };

/* `count` hashes, some of them several times, some 0, some crowded on a few low and high values. */
static void fill(uint64_t *hashes, size_t count, struct random *random)
{
    unsigned kind = (unsigned)random_below(random, 4);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = random_next(random);
        if (kind == 1)
            hash = random_below(random, count / 2 + 2);
        else if (kind == 2)
            hash = hash >> 52 << 52;
        else if (kind == 3 && i > 0 && hash % 3 == 0)
            hash = hashes[random_below(random, i)];
        hashes[i] = hash;
    }
}

/* Puts runs of another list, and single hashes of it, into a list. */
static void mingle(uint64_t *hashes, size_t count, const uint64_t *other, size_t other_count, struct random *random)
{
    for (size_t i = 0; i < count && other_count != 0; i++) {
        size_t from = random_below(random, other_count), most = 1 + random_below(random, 60);
        for (size_t j = 0; j < most && i < count && from + j < other_count; j++)
            hashes[i++] = other[from + j];
        i += random_below(random, 12);
    }
}

static bool naive_has(const uint64_t *hashes, size_t count, uint64_t hash)
{
    for (size_t i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

/* The different hashes, in the order of their first places. */
static size_t naive_set(const uint64_t *hashes, size_t count, uint64_t *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!naive_has(out, kept, hashes[i]))
            out[kept++] = hashes[i];
    return kept;
}

static void assert_meets(struct hash_set *set, const uint64_t *other, size_t count, size_t shared, size_t distinct)
{
    const size_t missing = distinct - shared, bounds[] = {missing, missing + 1, count, SIZE_MAX, 0, missing - 1};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct hash_counts counts;
        bool met;
        assert_int_equal(hash_set_meet(set, other, count, bounds[i], &met, &counts, NULL), DEDUP_OK);
        assert_int_equal(met, missing <= bounds[i]);
        if (met) {
            assert_int_equal(counts.shared, shared);
            assert_int_equal(counts.other, distinct);
        }
    }
}

static void test_like_naive(void **unused)
{
    (void)unused;
    static uint64_t a[MOST], b[MOST], naive_a[MOST], naive_b[MOST];
    struct random random = random_make(SEED);
    struct hash_set set;
    hash_set_init(&set, hash_set_secret());
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t bound = round < ROUNDS / 2 ? 40 : round < ROUNDS - 10 ? 300 : MOST;
        size_t a_count = random_below(&random, bound), b_count = random_below(&random, bound);
        fill(a, a_count, &random);
        fill(b, b_count, &random);
        if (round % 4 != 0)
            mingle(b, b_count, a, a_count, &random);
        size_t a_set = naive_set(a, a_count, naive_a), b_set = naive_set(b, b_count, naive_b), shared = 0;
        for (size_t i = 0; i < b_set; i++)
            shared += naive_has(naive_a, a_set, naive_b[i]);
        assert_int_equal(hash_set_make(&set, a, a_count, NULL), DEDUP_OK);
        assert_int_equal(set.distinct, a_set);
        assert_meets(&set, b, b_count, shared, b_set);
        assert_meets(&set, a, a_count, a_set, a_set);
    }
    hash_set_release(&set);
}

/* Of all sizes around the one from which slots are wide, and one far above it. */
static void test_long_lists(void **unused)
{
    (void)unused;
    enum { LENGTH = 70000, REPEATS = 100, NEW = 500 };
    static uint64_t a[LENGTH], b[LENGTH];
    struct random random = random_make(SEED + 1);
    struct hash_set set;
    hash_set_init(&set, hash_set_secret());
    for (size_t i = 0; i < LENGTH; i++)
        a[i] = i < REPEATS ? random_next(&random) : i < (size_t)2 * REPEATS ? a[i - REPEATS] : random_next(&random);
    for (size_t count = UINT16_MAX - 2; count <= LENGTH; count += count <= UINT16_MAX ? 1 : LENGTH - UINT16_MAX - 1) {
        for (size_t i = 0; i < count; i++)
            b[i] = i < NEW ? random_next(&random) : a[count - 1 - i];
        size_t shared = count - NEW - REPEATS;
        assert_int_equal(hash_set_make(&set, a, count, NULL), DEDUP_OK);
        assert_int_equal(set.distinct, count - REPEATS);
        assert_meets(&set, b, count, shared, shared + NEW);
        assert_meets(&set, a, count, count - REPEATS, count - REPEATS);
    }
    hash_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_like_naive), cmocka_unit_test(test_long_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
