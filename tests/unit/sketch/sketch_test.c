#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "random.h"
#include "sketch/sketch.h"

enum { SEED = 77, MOST = 1000 };

/* Two random sets of `count` hashes each with `shared` in common. */
struct pair {
    uint64_t a[MOST], b[MOST];
};

static void fill_pair(struct pair *pair, size_t count, size_t shared, struct random *random)
{
    for (size_t i = 0; i < count; i++) {
        pair->a[i] = random_next(random);
        pair->b[i] = i < shared ? pair->a[i] : random_next(random);
    }
}

static struct sketch sketch_of(const uint64_t *hashes, size_t count)
{
    struct sketch sketch;
    struct key_hash key = {0};
    sketch_clear(&sketch);
    sketch_update(&sketch, hashes, count, &key);
    return sketch;
}

/* The sketch is a function of the set: order, repeats and cutting into parts make no difference. */
static void test_sketch_of_a_set(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct pair pair;
    fill_pair(&pair, MOST, 0, &random);
    struct key_hash key = {0};
    struct sketch whole = sketch_of(pair.a, MOST), parts = sketch_of(pair.a + 300, MOST - 300);
    sketch_update(&parts, pair.a, 400, &key);
    sketch_update(&parts, pair.a, 400, &key);
    assert_memory_equal(&whole, &parts, sizeof whole);
}

/* Stretches that are hashed apart from each other and joined are the whole; order and repeats make a difference. */
static void test_hash_of_a_key(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct pair pair;
    struct sketch sketch;
    fill_pair(&pair, MOST, 0, &random);
    sketch_clear(&sketch);
    for (size_t cut = 0; cut <= MOST; cut += 50) {
        struct key_hash whole = {0}, first = {0}, last = {0}, turned = {0};
        sketch_update(&sketch, pair.a, MOST, &whole);
        sketch_update(&sketch, pair.a, cut, &first);
        sketch_update(&sketch, pair.a + cut, MOST - cut, &last);
        turned = last;
        key_hash_join(&turned, &first);
        key_hash_join(&first, &last);
        assert_memory_equal(&whole, &first, sizeof whole);
        assert_true((key_hash_value(&whole) == key_hash_value(&turned)) == (cut == 0 || cut == MOST));
        assert_true((key_hash_value(&whole) == key_hash_value(&last)) == (cut == 0));
    }
}

static bool share_key(const struct pair *pair, size_t count, const struct sketch_layout *layout)
{
    uint32_t keys[2][BANDS_MAXIMUM + SKETCH_KEY_SLACK];
    struct sketch a = sketch_of(pair->a, count), b = sketch_of(pair->b, count);
    const uint64_t salt = 0;
    sketch_keys(&a, 1, layout, &salt, keys[0]);
    sketch_keys(&b, 1, layout, &salt, keys[1]);
    for (size_t i = 0; i < layout->plan.bands; i++)
        if (keys[0][i] == keys[1][i] && keys[0][i] != 0)
            return true;
    return false;
}

static double share_of_found(size_t count, double jaccard, struct band_plan plan, unsigned pairs, struct random *random)
{
    struct sketch_layout layout;
    sketch_layout_init(&layout, plan);
    struct pair pair;
    unsigned found = 0;
    size_t shared = (size_t)((double)count * 2 * jaccard / (1 + jaccard) + 0.999999);
    for (unsigned i = 0; i < pairs; i++) {
        fill_pair(&pair, count, shared, random);
        found += share_key(&pair, count, &layout);
    }
    return (double)found / pairs;
}

/* Recall at the threshold, down to sets so small that groups are empty. */
static void test_recall_at_the_threshold(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    const size_t counts[] = {1, 2, 3, 5, 9, 12, 18, 27, 36, 64, 100, 300};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (unsigned large = 0; large < 2; large++) {
            struct band_plan plan = band_plan_choose(0.8, large ? 100000000 : 1000);
            double found = share_of_found(counts[i], 0.8, plan, 6000, &random);
            print_message("%zu shingles, %ux%u: %.5f\n", counts[i], plan.bands, plan.rows, found);
            assert_true(found >= (counts[i] < 64 ? 0.998 : 0.999));
        }
    }
}

static void test_recall_at_other_thresholds(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    const double thresholds[] = {0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 1};
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        for (size_t count = 40; count <= 640; count *= 4) {
            struct band_plan plan = band_plan_choose(thresholds[i], 1000);
            double found = share_of_found(count, thresholds[i], plan, 2000, &random);
            print_message("J %.2f, %zu shingles, %ux%u: %.5f\n", thresholds[i], count, plan.bands, plan.rows, found);
            assert_true(found >= 0.997);
        }
    }
}

/* Chance candidates stay near what the curve promises; the smaller the sets, the more the groups differ, and the more
 * there are. */
static void test_dissimilar_pairs_are_rarely_found(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct band_plan plan = {16, 4};
    assert_true(share_of_found(300, 0.3, plan, 2000, &random) < 1.5 * band_plan_recall(plan, 0.3));
    assert_true(share_of_found(64, 0.3, plan, 2000, &random) < 1.5 * band_plan_recall(plan, 0.3));
    assert_true(share_of_found(36, 0.3, plan, 2000, &random) < 2.5 * band_plan_recall(plan, 0.3));
    assert_true(share_of_found(300, 0, plan, 2000, &random) == 0);
}

/* Every plan gives each band its rows, and no lane to two bands. */
static void test_layout_uses_each_lane_once(void **unused)
{
    (void)unused;
    for (unsigned rows = 1; rows <= ROWS_MAXIMUM; rows++) {
        for (unsigned bands = 1; bands * rows <= BAND_LANES_MAXIMUM; bands++) {
            struct sketch_layout layout;
            bool used[BAND_LANES_MAXIMUM] = {false};
            sketch_layout_init(&layout, (struct band_plan){bands, rows});
            for (unsigned i = 0; i < bands * rows; i++) {
                assert_in_range(layout.lanes[i], 0, BAND_LANES_MAXIMUM - 1);
                assert_false(used[layout.lanes[i]]);
                used[layout.lanes[i]] = true;
            }
        }
    }
}

static void test_salt_separates(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct pair pair;
    struct sketch_layout layout;
    uint32_t keys[2][BANDS_MAXIMUM + SKETCH_KEY_SLACK];
    fill_pair(&pair, 100, 100, &random);
    sketch_layout_init(&layout, (struct band_plan){16, 4});
    struct sketch sketch = sketch_of(pair.a, 100);
    const uint64_t salts[2] = {1, 2};
    sketch_keys(&sketch, 1, &layout, &salts[0], keys[0]);
    sketch_keys(&sketch, 1, &layout, &salts[1], keys[1]);
    for (unsigned i = 0; i < 16; i++)
        assert_true(keys[0][i] != keys[1][i] && keys[0][i] != 0 && keys[1][i] != 0);
}

static void test_empty_sketch_has_no_keys(void **unused)
{
    (void)unused;
    struct sketch_layout layout;
    uint32_t keys[BANDS_MAXIMUM + SKETCH_KEY_SLACK];
    sketch_layout_init(&layout, (struct band_plan){16, 4});
    struct sketch sketch = sketch_of(NULL, 0);
    const uint64_t salt = 5;
    sketch_keys(&sketch, 1, &layout, &salt, keys);
    for (unsigned i = 0; i < 16; i++)
        assert_true(keys[i] == 0);
}

static unsigned agreement_of(const struct pair *pair, size_t count)
{
    struct sketch a = sketch_of(pair->a, count), b = sketch_of(pair->b, count);
    struct signature left = signature_of(&a), right = signature_of(&b);
    return signature_agreement(&left, &right);
}

/* The cut loses almost no pair at the threshold and rejects most pairs far below it. */
static void test_signature_cut(void **unused)
{
    (void)unused;
    enum { PAIRS = 20000 };
    struct random random = random_make(SEED);
    struct pair pair;
    const unsigned cut = signature_cut(0.8);
    for (size_t count = 27; count <= 432; count *= 2) {
        unsigned lost = 0, passed = 0;
        for (unsigned i = 0; i < PAIRS; i++) {
            fill_pair(&pair, count, count * 8 / 9, &random); /* J = .8 */
            lost += agreement_of(&pair, count) < cut;
            fill_pair(&pair, count, count * 2 / 3, &random); /* J = .5 */
            passed += agreement_of(&pair, count) >= cut;
        }
        print_message("%zu shingles, cut %u: lost %u, passed %u of %u\n", count, cut, lost, passed, PAIRS);
        assert_true(lost <= 4);
        assert_true(passed <= PAIRS / 2);
    }
    assert_int_equal(signature_cut(1), 128);
}

static void test_instruction_sets_agree(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    struct pair pair;
    for (size_t count = 0; count < 300; count++) {
        fill_pair(&pair, count, count, &random);
        struct sketch plain, other;
        struct key_hash key = {0};
        sketch_clear(&plain);
        sketch_update_by(ISA_SCALAR, &plain, pair.a, count, &key);
        struct signature signature = signature_by(ISA_SCALAR, &plain);
        for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
            struct key_hash same_key = {0};
            sketch_clear(&other);
            sketch_update_by(isa, &other, pair.a, count, &same_key);
            assert_memory_equal(&plain, &other, sizeof plain);
            assert_memory_equal(&key, &same_key, sizeof key);
            struct signature same = signature_by(isa, &other);
            assert_memory_equal(&signature, &same, sizeof same);
        }
    }
}

/* Fills sketches with no shingles, one, three and so on. */
static void fill_sketches(struct sketch *sketches, size_t count, struct random *random)
{
    for (size_t i = 0, size = 0; i < count; i++, size = size * 2 + 1) {
        struct key_hash key = {0};
        sketch_clear(&sketches[i]);
        for (size_t j = 0; j < size; j++) {
            uint64_t hash = random_next(random);
            sketch_update(&sketches[i], &hash, 1, &key);
        }
    }
}

/* Keys of full, sparse and empty sketches for plans of all shapes. */
static void test_instruction_sets_agree_on_keys(void **unused)
{
    (void)unused;
    enum { SKETCHES = 6 };
    static struct sketch sketches[SKETCHES];
    static uint32_t keys[2][SKETCHES * BANDS_MAXIMUM + SKETCH_KEY_SLACK];
    const uint64_t salts[SKETCHES] = {0, 1, 2, 3, 4, 5};
    struct random random = random_make(SEED);
    for (unsigned rows = 1; rows <= ROWS_MAXIMUM; rows++) {
        for (unsigned bands = 1; bands * rows <= BAND_LANES_MAXIMUM; bands++) {
            struct sketch_layout layout;
            sketch_layout_init(&layout, (struct band_plan){bands, rows});
            fill_sketches(sketches, SKETCHES, &random);
            sketch_keys_by(ISA_SCALAR, sketches, SKETCHES, &layout, salts, keys[0]);
            for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
                sketch_keys_by(isa, sketches, SKETCHES, &layout, salts, keys[1]);
                assert_memory_equal(keys[0], keys[1], SKETCHES * bands * sizeof **keys);
            }
        }
    }
}

/* What is drained is in the other sketch and nowhere else. */
static void test_instruction_sets_agree_on_drains(void **unused)
{
    (void)unused;
    enum { SKETCHES = 6 };
    struct random random = random_make(SEED);
    struct sketch sketches[SKETCHES], others[SKETCHES], clear, least;
    sketch_clear(&clear);
    fill_sketches(sketches, SKETCHES, &random);
    for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
        for (size_t count = 0; count < SKETCHES; count++) {
            memcpy(others, sketches, sizeof others);
            least = sketches[SKETCHES - 1];
            for (size_t i = 0; i < count; i++)
                for (size_t lane = 0; lane < BAND_LANES_MAXIMUM; lane++)
                    if (sketches[i].lanes[lane] < least.lanes[lane])
                        least.lanes[lane] = sketches[i].lanes[lane];
            sketch_drain_by(isa, &others[SKETCHES - 1], others, count);
            assert_memory_equal(&others[SKETCHES - 1], &least, sizeof least);
            for (size_t i = 0; i + 1 < SKETCHES; i++)
                assert_memory_equal(&others[i], i < count ? &clear : &sketches[i], sizeof clear);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sketch_of_a_set),
        cmocka_unit_test(test_hash_of_a_key),
        cmocka_unit_test(test_recall_at_the_threshold),
        cmocka_unit_test(test_recall_at_other_thresholds),
        cmocka_unit_test(test_dissimilar_pairs_are_rarely_found),
        cmocka_unit_test(test_layout_uses_each_lane_once),
        cmocka_unit_test(test_salt_separates),
        cmocka_unit_test(test_empty_sketch_has_no_keys),
        cmocka_unit_test(test_signature_cut),
        cmocka_unit_test(test_instruction_sets_agree),
        cmocka_unit_test(test_instruction_sets_agree_on_keys),
        cmocka_unit_test(test_instruction_sets_agree_on_drains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
