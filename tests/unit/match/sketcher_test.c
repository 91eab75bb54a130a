#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "match/matcher.h"
#include "match_case.h"

enum { SEED = 7, ROUNDS = 300, LONGEST = 5000, PARTS = 40 };

struct fixture {
    struct matcher *wholes, *pieces;
    struct match_worker *worker, *piece_worker;
    struct match_entries *lists[4];
};

static void make(struct fixture *fixture)
{
    struct match_options options = case_options();
    options.containment = 0.95;
    assert_int_equal(matcher_create(&options, 1000, NULL, &fixture->wholes, NULL), DEDUP_OK);
    options.containment = 2;
    options.near_minimum = 32;
    options.same_numbers = true;
    assert_int_equal(matcher_create(&options, 1000, NULL, &fixture->pieces, NULL), DEDUP_OK);
    assert_int_equal(match_worker_create(fixture->wholes, &fixture->worker, NULL), DEDUP_OK);
    assert_int_equal(match_worker_create(fixture->pieces, &fixture->piece_worker, NULL), DEDUP_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(match_entries_create(&fixture->lists[i], NULL), DEDUP_OK);
}

static void release(struct fixture *fixture)
{
    for (size_t i = 0; i < 4; i++)
        match_entries_free(fixture->lists[i]);
    match_worker_free(fixture->worker);
    match_worker_free(fixture->piece_worker);
    matcher_free(fixture->wholes);
    matcher_free(fixture->pieces);
}

static void assert_equal_lists(const struct match_entries *a, const struct match_entries *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->value_count, b->value_count);
    for (size_t i = 0; i < a->count; i++) {
        const struct entry *mine = &a->items[i], *other = &b->items[i];
        assert_true(mine->hash == other->hash);
        assert_int_equal(mine->count, other->count);
        assert_int_equal(mine->shingles, other->shingles);
        assert_int_equal(mine->keys, other->keys);
        assert_int_equal(mine->samples, other->samples);
        assert_memory_equal(&mine->signature, &other->signature, sizeof mine->signature);
    }
    if (a->value_count != 0)
        assert_memory_equal(a->values, b->values, a->value_count * sizeof *a->values);
    assert_int_equal(a->sample_count, b->sample_count);
    if (a->sample_count != 0)
        assert_memory_equal(a->samples, b->samples, a->sample_count * sizeof *a->samples);
}

/* Parts of all sizes, the one behind the other or with gaps, up to the end of the key. */
static size_t cut_parts(struct match_part *parts, size_t count, struct random *random)
{
    static const uint32_t longest[] = {4, 40, 300, 3000};
    size_t place = 0, made = 0;
    while (made < PARTS && place < count) {
        place += random_below(random, 3) == 0 ? random_below(random, 100) : 0;
        size_t length = 1 + random_below(random, longest[random_below(random, 4)]);
        length = length < count - place || place >= count ? length : count - place;
        if (place < count)
            parts[made++] = (struct match_part){(uint32_t)place, (uint32_t)length};
        place += length;
    }
    return made;
}

/* A key sketched with its parts gives what it and each of them give alone. */
static void test_parts_are_units_of_their_own(void **unused)
{
    (void)unused;
    static uint32_t points[LONGEST];
    struct random random = random_make(SEED);
    struct fixture fixture;
    make(&fixture);
    for (int round = 0; round < ROUNDS; round++) {
        struct match_part parts[PARTS];
        size_t count = (size_t)random_below(&random, round < 100 ? 60 : LONGEST);
        case_fill(points, count, 3000, &random);
        for (size_t i = 0; i < count; i += 1 + (size_t)random_below(&random, 200))
            points[i] = '0' + (uint32_t)random_below(&random, 10);
        size_t part_count = cut_parts(parts, count, &random);
        struct match_parts all = {fixture.pieces, parts, part_count, fixture.lists[1]};
        assert_int_equal(match_sketch(fixture.worker, points, count, fixture.lists[0], &all, NULL), DEDUP_OK);
        assert_int_equal(match_sketch(fixture.worker, points, count, fixture.lists[2], NULL, NULL), DEDUP_OK);
        for (size_t i = 0; i < part_count; i++)
            assert_int_equal(match_sketch(fixture.piece_worker, points + parts[i].begin, parts[i].count,
                                          fixture.lists[3], NULL, NULL),
                             DEDUP_OK);
        assert_equal_lists(fixture.lists[0], fixture.lists[2]);
        assert_equal_lists(fixture.lists[1], fixture.lists[3]);
        for (size_t i = 0; i < 4; i++)
            match_entries_clear(fixture.lists[i]);
    }
    release(&fixture);
}

/* Samples are the lowest hashes in the order of their places. */
static void test_samples(void **unused)
{
    (void)unused;
    static uint32_t points[LONGEST];
    static uint64_t hashes[LONGEST];
    struct random random = random_make(SEED);
    struct fixture fixture;
    make(&fixture);
    for (int round = 0; round < ROUNDS; round++) {
        size_t count = 1 + (size_t)random_below(&random, round < 100 ? 60 : LONGEST - 1), sampled = 0;
        case_fill(points, count, 3000, &random);
        shingle_hash(points, count, hashes);
        match_entries_clear(fixture.lists[0]);
        assert_int_equal(match_sketch(fixture.worker, points, count, fixture.lists[0], NULL, NULL), DEDUP_OK);
        for (size_t i = 0; i < shingle_count(count); i++)
            if (hashes[i] <= sample_last)
                assert_int_equal(fixture.lists[0]->samples[sampled++], (uint32_t)hashes[i]);
        assert_int_equal(fixture.lists[0]->items[0].samples, sampled);
        assert_int_equal(fixture.lists[0]->sample_count, sampled);
    }
    release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_parts_are_units_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
