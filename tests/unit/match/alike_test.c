/* What match_alike_find says against a comparison of all pairs. How often signatures of near duplicates agree less than
 * the cut is measured in sketch_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "match/alike.h"
#include "match/matcher.h"
#include "random.h"

enum { SEED = 41, ROUNDS = 20000 };

static bool all_pairs(double threshold, const struct entry *units, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct entry *a = &units[i], *b = &units[j];
            uint32_t least = a->shingles < b->shingles ? a->shingles : b->shingles;
            if (least == 0 ? a->hash == b->hash && a->count == b->count
                           : signature_agreement(&a->signature, &b->signature) >= signature_cut(threshold))
                return true;
        }
    return false;
}

/* A unit that nothing is like. */
static struct entry fresh_unit(struct random *random)
{
    struct entry unit = {.hash = random_next(random), .count = 28 + (uint32_t)random_below(random, 200)};
    unit.shingles = unit.count < 32 ? 0 : unit.count - 4;
    for (size_t i = 0; i < sizeof unit.signature && unit.shingles != 0; i++)
        ((unsigned char *)&unit.signature)[i] = (unsigned char)random_next(random);
    return unit;
}

/* Changes up to `most` bits of the signature, or the hash of a unit without. */
static void change(struct entry *unit, size_t most, struct random *random)
{
    size_t changes = random_below(random, most + 1);
    unit->hash += unit->shingles == 0 ? random_below(random, 2) : 1;
    for (size_t i = 0; i < changes && unit->shingles != 0; i++) {
        size_t bit = random_below(random, 256);
        unit->signature.planes[bit / 128][bit / 32 % 4] ^= UINT32_C(1) << bit % 32;
    }
}

static void test_all_pairs(void **unused)
{
    (void)unused;
    static const double thresholds[] = {0.75, 0.8, 0.9, 1};
    struct random random = random_make(SEED);
    size_t found = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct entry units[3 + ALIKE_UNITS_MOST];
        struct match_entries entries = {.items = units, .count = 3 + random_below(&random, ALIKE_UNITS_MOST + 1)};
        double threshold = thresholds[random_below(&random, 4)];
        struct match_alike alike;
        match_alike_init(&alike, threshold);
        for (size_t i = 0; i < entries.count; i++)
            units[i] = fresh_unit(&random);
        units[2] = units[0]; /* of another document */
        if (entries.count > 4) {
            units[entries.count - 1] = units[3 + random_below(&random, entries.count - 4)];
            change(&units[entries.count - 1], 60, &random);
        }
        bool want = all_pairs(threshold, units + 3, entries.count - 3);
        for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++)
            assert_int_equal(match_alike_find_by((enum isa)isa, &alike, &entries, 3), want);
        found += want;
    }
    assert_in_range(found, ROUNDS / 10, ROUNDS * 9 / 10);
}

/* Samples that stand there twice in a row are seen, behind those of another unit, and chance gives few. */
static void test_text_inside(void **unused)
{
    (void)unused;
    enum { SAMPLES = 400 };
    struct random random = random_make(SEED);
    size_t wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t samples[SAMPLES];
        size_t copied = random_below(&random, 20), own = copied + random_below(&random, SAMPLES / 2);
        struct entry units[2] = {{.samples = 20}, {.samples = (uint32_t)(own + copied)}};
        struct match_entries entries = {
            .items = units, .count = 2, .samples = samples, .sample_count = 20 + own + copied};
        for (size_t i = 0; i < 20 + own; i++)
            samples[i] = (uint32_t)random_next(&random);
        memcpy(samples, samples + 20, 20 * sizeof *samples);
        memcpy(samples + 20 + own, samples + 20, copied * sizeof *samples);
        wrong += match_alike_inside(&entries) != (copied > 2);
    }
    assert_in_range(wrong, 0, ROUNDS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_text_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
