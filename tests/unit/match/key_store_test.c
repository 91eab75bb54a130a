#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "match/key_store.h"
#include "match/spill.h"
#include "random.h"

enum { SEED = 5, KEYS = 1600, LONGEST = 60000 };

static void fill(uint32_t *points, size_t count, struct random *random)
{
    for (size_t i = 0; i < count; i++)
        points[i] = random_below(random, 5) == 0 ? 0x10000 + (uint32_t)random_below(random, 0x100000)
                                                 : (uint32_t)random_below(random, 0xd800);
}

/* What was appended is read back, wherever it lies: in memory, in the file, or across. */
static void check_round_trip(uint64_t memory, int directory)
{
    struct random random = random_make(SEED);
    struct key_store *store;
    struct key_ref refs[KEYS];
    uint32_t *points = malloc(LONGEST * sizeof *points), *back = malloc(2 * LONGEST * sizeof *back);
    uint16_t *units = malloc(2 * LONGEST * sizeof *units);
    assert_non_null(points);
    assert_non_null(back);
    assert_non_null(units);
    assert_int_equal(key_store_create(memory, directory, &store, NULL), DEDUP_OK);
    for (unsigned turn = 0; turn < 2; turn++) {
        random.state = SEED;
        for (size_t i = 0; i < KEYS; i++) {
            size_t count = random_below(&random, i % 10 == 0 ? LONGEST : 300), read = 0;
            fill(points, count, &random);
            size_t used = key_encode(points, count, units);
            if (turn == 0) {
                refs[i].count = (uint32_t)used;
                assert_int_equal(key_store_append(store, units, used, &refs[i].begin, NULL), DEDUP_OK);
            }
            assert_int_equal(key_store_read(store, refs[i], back, &read, NULL), DEDUP_OK);
            assert_int_equal(read, count);
            if (count != 0)
                assert_memory_equal(back, points, count * sizeof *points);
        }
    }
    key_store_free(store);
    free(points);
    free(back);
    free(units);
}

/* All instruction sets against plain C: keys with few points above U+FFFF, units with few surrogates, which may stand
 * alone. */
static void test_all_kernels_code_the_same(void **unused)
{
    (void)unused;
    enum { MOST = 200 };
    struct random random = random_make(SEED);
    for (int round = 0; round < 30000; round++) {
        size_t count = random_below(&random, MOST), rare = 1 + random_below(&random, 300), want_used, used;
        uint32_t points[MOST], want_back[2 * MOST], back[2 * MOST];
        uint16_t want[2 * MOST], units[2 * MOST];
        for (size_t i = 0; i < count; i++)
            points[i] = random_below(&random, rare) == 0 ? 0x10000 + (uint32_t)random_below(&random, 0x100000)
                                                         : (uint32_t)random_below(&random, 0xd800);
        size_t length = key_encode_by(ISA_SCALAR, points, count, want);
        assert_int_equal(key_decode_by(ISA_SCALAR, want, length, want_back, &want_used), count);
        assert_memory_equal(want_back, points, count * sizeof *points);
        for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++) {
            assert_int_equal(key_encode_by((enum isa)isa, points, count, units), length);
            assert_memory_equal(units, want, length * sizeof *units);
        }
        for (size_t i = 0; i < length; i++)
            want[i] = random_below(&random, rare) == 0 ? (uint16_t)(0xd800 + random_below(&random, 0x800)) : want[i];
        size_t made = key_decode_by(ISA_SCALAR, want, length, want_back, &want_used);
        for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++) {
            assert_int_equal(key_decode_by((enum isa)isa, want, length, back, &used), made);
            assert_int_equal(used, want_used);
            assert_memory_equal(back, want_back, made * sizeof *back);
        }
    }
}

static void test_in_memory(void **unused)
{
    (void)unused;
    check_round_trip(0, -1);
    check_round_trip(1000, -1);
}

static void test_in_a_file(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/dedup-key-store-XXXXXX";
    assert_non_null(mkdtemp(folder));
    int directory = open(folder, O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check_round_trip(1, directory);
    check_round_trip(5000000, directory);
    close(directory);
    assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
}

enum { VIEWED = 3000, VIEWED_LONGEST = 700 };

/* Copies every third key that is worth it, as far as there is room. */
static void copy_some(struct key_store *store, struct key_ref *refs, struct block_window *window)
{
    for (size_t i = 0; i < VIEWED; i += 3) {
        const struct copy_room room = key_store_room(store);
        size_t place = key_store_place(room.begin, refs[i].count), end = place + refs[i].count;
        if (!key_store_is_far(store, refs[i]) || end > room.end)
            continue;
        assert_in_range(place, room.begin, end);
        assert_int_equal(key_store_hold(store, end, NULL), DEDUP_OK);
        assert_int_equal(key_store_copy(store, refs[i], window, place, &refs[i].begin, NULL), DEDUP_OK);
    }
}

/* Views and copies have what was appended, whatever the order of reading. */
static void check_views(uint64_t memory, int directory)
{
    struct random random = random_make(SEED);
    struct key_store *store;
    struct block_window window = {0};
    struct key_ref refs[VIEWED];
    uint16_t key[VIEWED_LONGEST];
    const uint16_t *units;
    assert_int_equal(key_store_create(memory, directory, &store, NULL), DEDUP_OK);
    for (uint16_t i = 0; i < VIEWED; i++) {
        refs[i].count = (uint32_t)random_below(&random, VIEWED_LONGEST);
        for (size_t j = 0; j < refs[i].count; j++)
            key[j] = i;
        assert_int_equal(key_store_append(store, key, refs[i].count, &refs[i].begin, NULL), DEDUP_OK);
    }
    for (unsigned turn = 0; turn < 4; turn++) {
        if (turn == 1)
            copy_some(store, refs, &window);
        for (size_t n = 0; n < VIEWED; n++) {
            size_t i = turn < 2 ? n : random_below(&random, VIEWED);
            key_store_prefetch(store, refs[i]);
            assert_int_equal(key_store_view(store, refs[i], &window, &units, NULL), DEDUP_OK);
            for (size_t j = 0; j < refs[i].count; j++)
                assert_int_equal(units[j], i);
        }
    }
    block_window_release(&window);
    key_store_let_go(store);
    assert_int_equal(key_store_room(store).begin, 0);
    key_store_free(store);
}

static void test_views(void **unused)
{
    (void)unused;
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check_views(0, -1);
    check_views(1, directory);      /* no copies */
    check_views(400000, directory); /* some */
    check_views(1500000, directory);
    close(directory);
}

static void test_equal(void **unused)
{
    (void)unused;
    struct key_store *store;
    uint16_t units[20000] = {0};
    struct key_ref a = {0, 20000}, b = {0, 20000}, c = {0, 19999}, d = {0, 20000};
    struct block_window window = {0};
    bool equal;
    assert_int_equal(key_store_create(0, -1, &store, NULL), DEDUP_OK);
    assert_int_equal(key_store_append(store, units, 20000, &a.begin, NULL), DEDUP_OK);
    assert_int_equal(key_store_append(store, units, 20000, &b.begin, NULL), DEDUP_OK);
    units[19999] = 1;
    assert_int_equal(key_store_append(store, units, 20000, &d.begin, NULL), DEDUP_OK);
    c.begin = d.begin;
    assert_int_equal(key_store_equal(store, a, b, &window, &equal, NULL), DEDUP_OK);
    assert_true(equal);
    assert_int_equal(key_store_equal(store, a, d, &window, &equal, NULL), DEDUP_OK);
    assert_false(equal);
    assert_int_equal(key_store_equal(store, a, c, &window, &equal, NULL), DEDUP_OK);
    assert_false(equal);
    block_window_release(&window);
    key_store_free(store);
}

static void test_no_place_for_the_file(void **unused)
{
    (void)unused;
    struct key_store *store;
    dedup_error error;
    uint64_t begin;
    uint16_t *units = calloc(SPILL_BLOCK, 1);
    int directory = open("/proc/self", O_RDONLY | O_DIRECTORY);
    assert_int_equal(key_store_create(1, directory, &store, NULL), DEDUP_OK);
    assert_non_null(units);
    assert_int_equal(key_store_append(store, units, SPILL_BLOCK / 2, &begin, &error), DEDUP_OK);
    assert_int_equal(key_store_append(store, units, 1, &begin, &error), DEDUP_ERROR_WRITE);
    free(units);
    key_store_free(store);
    close(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kernels_code_the_same),
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_no_place_for_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
