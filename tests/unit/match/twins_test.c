#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "match/twins.h"
#include "random.h"

enum { SEED = 41, UNITS = 30000, LENGTHS = 3, KINDS = 200 };

/* A unit is of a kind, which decides about its hash, and has a key of one letter, which should be that of its kind. */
struct facts {
    uint64_t hash;
    uint32_t count;
    uint16_t letter;
    bool takes_part;
};

struct fixture {
    struct key_store *store;
    struct matcher *matcher;
    struct facts facts[UNITS];
    uint32_t order[UNITS];
    size_t order_count;
};

static void add_unit(struct fixture *fixture, const struct facts *facts)
{
    uint16_t units[LENGTHS];
    struct entry entry = {.hash = facts->hash, .count = facts->count};
    const struct match_entries entries = {.items = &entry, .count = 1};
    struct key_ref ref = {0, facts->count};
    for (size_t i = 0; i < LENGTHS; i++)
        units[i] = facts->letter;
    assert_int_equal(key_store_append(fixture->store, units, facts->count, &ref.begin, NULL), DEDUP_OK);
    assert_int_equal(matcher_add(fixture->matcher, &entries, &ref, NULL), DEDUP_OK);
}

/* Half of the hashes are there once, others differ in their upper or lower half only; one unit in 50 has the hash of
 * another key, one in ten has no key, and one in four takes no part. */
static struct fixture *make(uint64_t memory, int directory, unsigned threads)
{
    const struct match_options options = {.threshold = 0.8,
                                          .containment = 2,
                                          .near_minimum = UINT32_MAX,
                                          .thread_count = threads,
                                          .spill_directory = directory};
    struct random random = random_make(SEED);
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    assert_int_equal(key_store_create(memory, directory, &fixture->store, NULL), DEDUP_OK);
    assert_int_equal(matcher_create(&options, UNITS, fixture->store, &fixture->matcher, NULL), DEDUP_OK);
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        struct facts *facts = &fixture->facts[unit];
        uint64_t kind = random_below(&random, 2) == 0 ? KINDS + unit : random_below(&random, KINDS);
        facts->hash = kind % 2 == 0 ? kind << 32 : kind % 3 == 0 ? kind : kind * 0x9e3779b97f4a7c15;
        facts->count = random_below(&random, 10) == 0 ? 0 : 1 + (uint32_t)random_below(&random, LENGTHS);
        facts->letter = (uint16_t)(kind + (random_below(&random, 50) == 0));
        facts->takes_part = random_below(&random, 4) != 0;
        if (facts->takes_part)
            fixture->order[fixture->order_count++] = unit;
        add_unit(fixture, facts);
    }
    return fixture;
}

static void release(struct fixture *fixture)
{
    matcher_free(fixture->matcher);
    key_store_free(fixture->store);
    free(fixture);
}

/* The first unit with the same hash and length. */
static uint32_t first_of(const struct fixture *fixture, uint32_t unit)
{
    const struct facts *mine = &fixture->facts[unit], *other = fixture->facts;
    while (other->hash != mine->hash || other->count != mine->count)
        other++;
    return (uint32_t)(other - fixture->facts);
}

static void check(uint64_t memory, int directory, unsigned threads)
{
    struct fixture *fixture = make(memory, directory, threads);
    assert_int_equal(twins_find(fixture->matcher, fixture->order, fixture->order_count, NULL), DEDUP_OK);
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        const struct facts *facts = &fixture->facts[unit];
        uint32_t text = fixture->matcher->unit_texts[unit];
        if (facts->count == 0) {
            assert_int_equal(text, NONE);
            continue;
        }
        uint32_t first = first_of(fixture, unit);
        bool equal = fixture->facts[first].letter == facts->letter;
        if (facts->takes_part)
            assert_int_equal(text, equal ? first : NONE);
    }
    release(fixture);
}

static void test_in_memory(void **unused)
{
    (void)unused;
    check(0, -1, 1);
    check(0, -1, 3);
}

static void test_in_a_file(void **unused)
{
    (void)unused;
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check(1, directory, 1);
    check(1, directory, 2);
    close(directory);
}

static void test_unknown_unit(void **unused)
{
    (void)unused;
    const uint32_t order[] = {1, UNITS};
    struct fixture *fixture = make(0, -1, 1);
    assert_int_equal(twins_find(fixture->matcher, order, 2, NULL), DEDUP_ERROR_ARGUMENT);
    release(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_unknown_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
