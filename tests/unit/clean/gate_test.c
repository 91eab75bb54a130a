/* The kernels that scan a key agree with each other and with the definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "clean/gate.h"

enum { POINTS = 700, KEYS = 600 };

static uint64_t random_state;

static uint32_t next_random(uint32_t bound)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % bound;
}

/* Few enough letters that the gate is often open. */
static uint32_t random_point(void)
{
    switch (next_random(8)) {
    case 0: return 0x10000 + next_random(20);
    case 1:
    case 2: return 'a' + next_random(12);
    default: return 0x4e00 + next_random(40);
    }
}

static void fill(struct gate *gate, uint32_t *points)
{
    *gate = (struct gate){0};
    for (unsigned i = 0; i < POINTS; i++)
        points[i] = random_point();
    for (unsigned i = 0; i < 200; i++) {
        const uint32_t *word = points + next_random(POINTS - 3);
        gate_add(gate, word, gate_width(word, 3));
    }
}

/* What AVX-512 does, in plain C. */
static bool sets_have(const struct gate *gate, const uint32_t *points, size_t width)
{
    struct gate_place places[GATE_SETS];
    bool have = true;
    gate_places(points, width, places);
    for (int i = 0; i < GATE_SETS; i++)
        have = have && (gate->sets[i][places[i].byte] >> places[i].bit & 1);
    return have;
}

static bool bit_at(const uint64_t *words, size_t place)
{
    return words[place / PLACE_WORD] >> place % PLACE_WORD & 1;
}

static void kernels_agree(void **state)
{
    (void)state;
    static struct gate gate;
    uint32_t points[POINTS];
    enum { WORDS = POINTS / PLACE_WORD + 1 };
    uint64_t scalar[WORDS], other[WORDS];
    random_state = 7;
    for (unsigned i = 0; i < KEYS; i++) {
        size_t count = next_random(POINTS + 1);
        fill(&gate, points);
        gate_scan_scalar(&gate, points, count, scalar);
        for (size_t j = 0; j < count; j++) {
            size_t width = gate_width(points + j, count - j);
            assert_int_equal(bit_at(scalar, j), width != 0 && gate_has(&gate, gate_hash(points + j, width)));
        }
#ifdef ISA_X86
        if (isa_best() >= ISA_AVX2) {
            gate_scan_avx2(&gate, points, count, other);
            assert_memory_equal(scalar, other, gate_words(count) * sizeof *other);
        }
        if (isa_best() >= ISA_AVX512VBMI) {
            gate_scan_avx512vbmi(&gate, points, count, other);
            for (size_t j = 0; j < count; j++) {
                size_t width = gate_width(points + j, count - j);
                assert_int_equal(bit_at(other, j), width != 0 && sets_have(&gate, points + j, width));
            }
        }
#endif
    }
}

/* Keys of every length: a bit is set where the gate has that of the letters there, which must all be in the key. */
static void every_place_is_marked(void **state)
{
    (void)state;
    static struct gate gate;
    uint32_t points[POINTS];
    struct place_map map = {0};
    random_state = 11;
    fill(&gate, points);
    for (size_t count = 0; count < 300; count++) {
        assert_int_equal(gate_scan(&gate, points, count, &map, NULL), DEDUP_OK);
        for (size_t i = 0; i < count; i++) {
            size_t width = gate_width(points + i, count - i);
            bool small = isa_best() >= ISA_AVX512VBMI;
            bool open = width != 0 &&
                        (small ? sets_have(&gate, points + i, width) : gate_has(&gate, gate_hash(points + i, width)));
            assert_int_equal(map.words[i / PLACE_WORD] >> i % PLACE_WORD & 1, open);
        }
    }
    place_map_release(&map);
}

/* Where words begin every kernel opens the gate. */
static void no_word_is_missed(void **state)
{
    (void)state;
    static struct gate gate;
    uint32_t points[POINTS];
    random_state = 23;
    for (unsigned i = 0; i < KEYS; i++) {
        gate = (struct gate){0};
        for (unsigned j = 0; j < POINTS; j++)
            points[j] = random_point();
        const uint32_t *word = points + next_random(POINTS - 3);
        size_t width = gate_width(word, 3);
        gate_add(&gate, word, width);
        assert_true(gate_has(&gate, gate_hash(word, width)));
        assert_true(sets_have(&gate, word, width));
    }
}

static void ascii_takes_three(void **state)
{
    (void)state;
    assert_int_equal(gate_width((uint32_t[]){'a', 'b', 'c'}, 3), 3);
    assert_int_equal(gate_width((uint32_t[]){'a', 'b'}, 2), 0);
    assert_int_equal(gate_width((uint32_t[]){'b', 0x7ad9}, 2), 2);
    assert_int_equal(gate_width((uint32_t[]){0x7ad9, 'b'}, 2), 2);
    assert_int_equal(gate_width((uint32_t[]){0x7ad9}, 1), 0);
}

/* A document without letters has no key at all. */
static void nothing_has_no_places(void **state)
{
    (void)state;
    static struct gate gate;
    struct place_map map = {0};
    assert_int_equal(gate_scan(&gate, NULL, 0, &map, NULL), DEDUP_OK);
    assert_int_equal(place_map_next(&map, 0, 0), 0);
    place_map_release(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),         cmocka_unit_test(every_place_is_marked),
        cmocka_unit_test(no_word_is_missed),     cmocka_unit_test(ascii_takes_three),
        cmocka_unit_test(nothing_has_no_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
