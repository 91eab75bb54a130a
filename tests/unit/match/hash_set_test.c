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

/* `count` hashes, some of them several times, some 0, some crowded on a few low and high values. Those of one list that
 * differ do so by more than the lowest bit. */
static void fill(uint64_t *hashes, size_t count, struct random *random)
{
    unsigned kind = (unsigned)random_below(random, 4);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = random_next(random);
        if (kind == 1)
            hash = 2 * random_below(random, count / 2 + 2);
        else if (kind == 2)
            hash = hash >> 52 << 52;
        else if (kind == 3 && i > 0 && hash % 3 == 0)
            hash = hashes[random_below(random, i)];
        hashes[i] = hash;
    }
}

static bool naive_has(const uint64_t *hashes, size_t count, uint64_t hash)
{
    for (size_t i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

/* The different hashes but for the lowest bit, those below 4 as 2, in the order of their first places. */
static size_t naive_set(const uint64_t *hashes, size_t count, uint64_t *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = hashes[i] < 4 ? 2 : hashes[i] & ~(uint64_t)1;
        if (!naive_has(out, kept, hash))
            out[kept++] = hash;
    }
    return kept;
}

static void test_like_naive(void **unused)
{
    (void)unused;
    static uint64_t a[MOST], b[MOST], naive_a[MOST], naive_b[MOST];
    struct random random = random_make(SEED);
    struct hash_set set;
    struct hash_bits bits = {0};
    hash_set_init(&set, hash_set_secret());
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t bound = round < ROUNDS / 2 ? 40 : round < ROUNDS - 10 ? 300 : MOST, least;
        size_t a_count = random_below(&random, bound), b_count = random_below(&random, bound);
        fill(a, a_count, &random);
        fill(b, b_count, &random);
        for (size_t i = 0; i < b_count && a_count != 0; i++)
            if (random_below(&random, 2) == 0)
                b[i] = a[random_below(&random, a_count)];
        size_t a_set = naive_set(a, a_count, naive_a), b_set = naive_set(b, b_count, naive_b), shared = 0;
        for (size_t i = 0; i < b_set; i++)
            shared += naive_has(naive_a, a_set, naive_b[i]);
        assert_int_equal(hash_bits_fill(&bits, a, a_count, &least, NULL), DEDUP_OK);
        assert_true(least <= a_set + naive_has(a, a_count, 0));
        assert_true(hash_bits_count(&bits, b, b_count) + naive_has(b, b_count, 0) >= shared);
        assert_int_equal(hash_bits_count(&bits, a, a_count), a_count);
        struct hash_counts counts;
        assert_int_equal(hash_set_compare(&set, b, b_count, a, a_count, &counts, NULL), DEDUP_OK);
        assert_int_equal(counts.mine, b_set);
        assert_int_equal(counts.other, a_set);
        assert_int_equal(counts.shared, shared);
    }
    hash_set_release(&set);
    free(bits.words);
}

/* The bounds are close for hashes that are spread. */
static void test_bits(void **unused)
{
    (void)unused;
    static uint64_t hashes[MOST], others[MOST];
    struct random random = random_make(SEED);
    struct hash_bits bits = {0};
    for (size_t i = 0; i < MOST; i++) {
        hashes[i] = i % 4 == 3 ? hashes[i - 1] : random_next(&random);
        others[i] = i % 4 == 3 ? hashes[i] : random_next(&random);
    }
    size_t least, distinct = MOST - MOST / 4, shared = MOST / 4;
    assert_int_equal(hash_bits_fill(&bits, hashes, MOST, &least, NULL), DEDUP_OK);
    assert_true(least <= distinct && least >= distinct - distinct / 50);
    size_t found = hash_bits_count(&bits, others, MOST);
    assert_true(found >= shared && found <= shared + MOST / 50);
    free(bits.words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_like_naive), cmocka_unit_test(test_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
