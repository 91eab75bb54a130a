#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "match/band_keys.h"
#include "random.h"

enum { SEED = 21, BANDS = 42, MANY_ROWS = 4200000 };

/* Odd, and its inverse modulo 2^32. */
static const uint32_t factor = 0x9e3779b1, inverse = 0x0e8b2f51;

struct rows {
    uint32_t *keys; /* `bands` of each row */
    size_t count;   /* the numbers of texts are twice those of rows, which are their names */
    size_t kinds;
    unsigned bands;
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert_non_null(memory);
    return memory;
}

/* Keys are numbers below `kinds` times a factor; a row in ten has none. */
static struct rows make_rows(size_t count, unsigned bands)
{
    struct random random = random_make(SEED);
    struct rows rows = {allocate(count * bands, sizeof *rows.keys), count, 4 * count + 1, bands};
    for (size_t i = 0; i < count * bands; i++) {
        uint64_t kind = random_below(&random, 10) == 0 ? 0 : random_below(&random, rows.kinds);
        rows.keys[i] = (uint32_t)kind * factor;
    }
    return rows;
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* One row in 7 takes no part. */
static bool has_part(size_t row)
{
    return row % 7 != 3;
}

/* How many rows that take part have the key of a row in a band; 0 for one that does not. */
static size_t count_equal(const struct rows *rows, const size_t *counts, size_t row, size_t band)
{
    uint32_t key = rows->keys[row * rows->bands + band];
    return key == 0 || !has_part(row) ? 0 : counts[(uint32_t)(key * inverse)];
}

/* Each part's entries are keys of one band, in order, with the name of a text that has it, in the order of rows; all
 * parts of a band together have each row whose key another row has, and few others. Two entries have the same key where
 * the rows have, and the order of keys is that of the parts and of the keys in them. */
static void check_band(const struct rows *rows, const struct band_keys *table, size_t band, size_t parts)
{
    struct band_scratch scratch = {0};
    struct key_entries entries = {0};
    bool *met = allocate(rows->count, sizeof *met);
    size_t *counts = allocate(rows->kinds, sizeof *counts), others = 0;
    uint64_t last = 0;
    for (size_t row = 0; row < rows->count; row++)
        counts[(uint32_t)(rows->keys[row * rows->bands + band] * inverse)] += has_part(row);
    for (size_t part = band * parts; part < (band + 1) * parts; part++) {
        assert_int_equal(band_keys_load(table, part, &scratch, &entries, NULL), DEDUP_OK);
        for (size_t i = 1; i < entries.count; i++)
            assert_true((uint32_t)entries.items[i - 1] < (uint32_t)entries.items[i]);
        qsort(entries.items, entries.count, sizeof *entries.items, by_number);
        for (size_t i = 0; i < entries.count; i++) {
            uint32_t row = (uint32_t)entries.items[i];
            assert_true(row < rows->count && has_part(row) && !met[row]);
            met[row] = true;
            uint64_t key = rows->keys[row * rows->bands + band];
            others += count_equal(rows, counts, row, band) < 2;
            assert_true(key >= last && key != 0);
            assert_true(i == 0 || (entries.items[i] >> 32 == entries.items[i - 1] >> 32) == (key == last));
            last = key;
        }
    }
    for (size_t row = 0; row < rows->count; row++)
        assert_true(met[row] || count_equal(rows, counts, row, band) < 2);
    assert_true(others * 20 <= rows->count);
    free(met);
    free(counts);
    free(entries.items);
    band_scratch_release(&scratch);
}

static void check(size_t count, unsigned bands, uint64_t memory, int directory)
{
    struct rows rows = make_rows(count, bands);
    struct band_keys *table;
    assert_int_equal(band_keys_create(bands, memory, directory, &table, NULL), DEDUP_OK);
    for (size_t row = 0; row < count; row++)
        assert_int_equal(band_keys_add(table, rows.keys + row * bands, (uint32_t)(2 * row), NULL), DEDUP_OK);
    uint32_t *names = allocate(2 * count, sizeof *names);
    for (size_t row = 0; row < count; row++)
        names[2 * row] = has_part(row) ? (uint32_t)row : NO_NUMBER;
    assert_int_equal(band_keys_name(table, names, NULL), DEDUP_OK);
    size_t parts = band_keys_parts(table) / bands;
    assert_int_equal(parts == 0, count == 0);
    assert_int_equal(parts > 1, count >= MANY_ROWS);
    for (size_t band = 0; band < bands && parts != 0; band += 13)
        check_band(&rows, table, band, parts);
    band_keys_free(table);
    free(names);
    free(rows.keys);
}

static void test_in_memory(void **unused)
{
    (void)unused;
    check(0, BANDS, 0, -1);
    check(1, BANDS, 1, -1);
    check(30000, BANDS, 0, -1);
}

/* Several parts for each band. */
static void test_many_rows(void **unused)
{
    (void)unused;
    check(MANY_ROWS, 1, 0, -1);
}

/* Blocks in the file and behind it. */
static void test_in_a_file(void **unused)
{
    (void)unused;
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check(30000, BANDS, 1, directory);
    check(600000, BANDS, 9000000, directory);
    close(directory);
}

static void test_no_place_for_the_file(void **unused)
{
    (void)unused;
    uint32_t keys[BANDS] = {1};
    struct band_keys *table;
    int directory = open("/proc/self", O_RDONLY | O_DIRECTORY);
    dedup_status status = DEDUP_OK;
    assert_int_equal(band_keys_create(BANDS, 1, directory, &table, NULL), DEDUP_OK);
    for (uint32_t row = 0; row < 20000 && status == DEDUP_OK; row++)
        status = band_keys_add(table, keys, row, NULL);
    assert_int_equal(status, DEDUP_ERROR_WRITE);
    band_keys_free(table);
    close(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_no_place_for_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
