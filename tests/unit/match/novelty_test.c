/* What the filter passes over repeats nothing, and it passes over nearly all that repeats nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "match/novelty.h"
#include "random.h"
#include "sketch/shingle.h"

enum { SEED = 77, ROUNDS = 300, PARAGRAPHS = 12, LENGTH_MOST = 700, NEAR = 32 };

/* A document of paragraphs. */
struct keys {
    uint32_t points[PARAGRAPHS * LENGTH_MOST];
    struct paragraph items[PARAGRAPHS];
    size_t count;
};

static uint32_t random_point(struct random *random)
{
    return 0x4e00 + (uint32_t)random_below(random, 2500);
}

static struct paragraph *add(struct keys *keys, size_t length)
{
    const struct paragraph *last = keys->count != 0 ? &keys->items[keys->count - 1] : NULL;
    struct paragraph *paragraph = &keys->items[keys->count++];
    *paragraph = (struct paragraph){.key = last ? last->key + last->key_count : 0, .prose = 1};
    paragraph->key_count = (uint32_t)length;
    return paragraph;
}

/* A paragraph that nobody has written before; with `digits` of its own. */
static void add_fresh(struct keys *keys, struct random *random, size_t length, bool digits)
{
    const struct paragraph *paragraph = add(keys, length);
    for (size_t i = 0; i < length; i++)
        keys->points[paragraph->key + i] = random_point(random);
    for (size_t i = 0; digits && i < keys->count; i++)
        keys->points[paragraph->key + i] = '0' + (uint32_t)(keys->count % 10);
}

static double similarity_of(const struct keys *keys, const struct paragraph *a, const struct paragraph *b)
{
    uint64_t left[LENGTH_MOST], right[LENGTH_MOST], scratch[LENGTH_MOST];
    shingle_hash(keys->points + a->key, a->key_count, left);
    shingle_hash(keys->points + b->key, b->key_count, right);
    size_t left_count = shingle_set(left, shingle_count(a->key_count), scratch);
    size_t right_count = shingle_set(right, shingle_count(b->key_count), scratch);
    size_t shared = shingle_overlap(left, left_count, right, right_count);
    return (double)shared / (double)(left_count + right_count - shared);
}

/* A copy of a paragraph in which about one code point in `rate` is another; 0: none is. */
static const struct paragraph *add_copy(struct keys *keys, struct random *random, size_t of, size_t rate)
{
    const struct paragraph *from = &keys->items[of], *to = add(keys, from->key_count);
    memcpy(keys->points + to->key, keys->points + from->key, from->key_count * sizeof *keys->points);
    for (size_t i = 0; i < to->key_count; i++) {
        uint32_t *point = &keys->points[to->key + i];
        if (rate != 0 && *point >= 0x4e00 && random_below(random, rate) == 0)
            *point = random_point(random);
    }
    return to;
}

static bool find(struct novelty *novelty, const struct keys *keys, double threshold, bool half, unsigned char *suspects)
{
    struct novelty_question question = {.threshold = threshold, .near = NEAR, .half = half};
    struct paragraph_list list = {.items = (struct paragraph *)(uintptr_t)keys->items, .count = keys->count};
    bool any, expected = false;
    assert_int_equal(novelty_find(novelty, &question, keys->points, &list, suspects, &any, NULL), DEDUP_OK);
    for (size_t i = 0; i < keys->count; i++)
        expected = expected || suspects[i] != 0;
    assert_int_equal(any, expected);
    return any;
}

static void test_what_repeats_is_a_suspect(void **unused)
{
    (void)unused;
    static struct keys keys;
    struct random random = random_make(SEED);
    struct novelty novelty;
    unsigned char suspects[PARAGRAPHS];
    size_t near = 0;
    novelty_init(&novelty);
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = NEAR + random_below(&random, LENGTH_MOST - NEAR), rate = random_below(&random, 3) * 40;
        bool half = round % 2 != 0;
        double threshold = half ? 0.8 : 0.5;
        keys.count = 0;
        for (size_t i = 0; i < PARAGRAPHS - 1; i++)
            add_fresh(&keys, &random, i == 3 ? length : 28 + random_below(&random, 200), random_below(&random, 2) == 0);
        const struct paragraph *copy = add_copy(&keys, &random, 3, rate);
        find(&novelty, &keys, threshold, half, suspects);
        if (similarity_of(&keys, &keys.items[3], copy) < threshold)
            continue;
        near++;
        assert_int_equal(suspects[PARAGRAPHS - 1], 1);
    }
    assert_true(near > ROUNDS / 3);
    novelty_release(&novelty);
}

static void test_what_repeats_nothing_is_none(void **unused)
{
    (void)unused;
    static struct keys keys;
    struct random random = random_make(SEED);
    struct novelty novelty;
    unsigned char suspects[PARAGRAPHS];
    size_t wrong = 0;
    novelty_init(&novelty);
    for (int round = 0; round < ROUNDS; round++) {
        keys.count = 0;
        for (size_t i = 0; i < PARAGRAPHS; i++)
            add_fresh(&keys, &random, 60 + random_below(&random, LENGTH_MOST - 60), false);
        wrong += find(&novelty, &keys, 0.8, true, suspects);
    }
    assert_in_range(wrong, 0, ROUNDS / 20);
    novelty_release(&novelty);
}

static void test_only_prose_with_the_same_digits_is_compared(void **unused)
{
    (void)unused;
    static struct keys keys;
    struct random random = random_make(SEED);
    struct novelty novelty;
    unsigned char suspects[PARAGRAPHS];
    novelty_init(&novelty);
    keys.count = 0;
    assert_false(find(&novelty, &keys, 0.8, true, suspects));
    add_fresh(&keys, &random, 100, false);
    add_copy(&keys, &random, 0, 0);
    assert_true(find(&novelty, &keys, 0.8, true, suspects));
    assert_int_equal(suspects[0], 0);
    assert_int_equal(suspects[1], 1);
    keys.points[keys.items[0].key + 50] = '7';
    assert_false(find(&novelty, &keys, 0.8, true, suspects));
    keys.points[keys.items[1].key + 50] = '7';
    assert_true(find(&novelty, &keys, 0.8, true, suspects));
    keys.items[0].prose = 0;
    assert_false(find(&novelty, &keys, 0.8, true, suspects));
    novelty_release(&novelty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_repeats_is_a_suspect),
        cmocka_unit_test(test_what_repeats_nothing_is_none),
        cmocka_unit_test(test_only_prose_with_the_same_digits_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
