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

enum { SEED = 21, BANDS = 40, DIFFERENT = 5000 };

struct rows {
    uint64_t *keys; /* BANDS of each row */
    size_t count;
    struct nodes nodes; /* every third text takes no part; the numbers of texts are twice those of rows */
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert_non_null(memory);
    return memory;
}

static struct rows make_rows(size_t count)
{
    struct random random = random_make(SEED);
    struct rows rows = {allocate(count * BANDS, sizeof *rows.keys), count, {0}};
    rows.nodes.of_text = allocate(2 * count, sizeof *rows.nodes.of_text);
    for (size_t i = 0; i < count * BANDS; i++) {
        uint64_t key = random_below(&random, DIFFERENT) * 0x9e3779b97f4a7c15;
        rows.keys[i] = random_below(&random, 10) == 0 ? 0 : key;
    }
    for (size_t i = 0; i < 2 * count; i++)
        rows.nodes.of_text[i] = i % 2 != 0 || i / 2 % 3 == 0 ? NONE : (uint32_t)(i / 2);
    return rows;
}

static void release_rows(struct rows *rows)
{
    free(rows->keys);
    free(rows->nodes.of_text);
}

static bool takes_part(const struct rows *rows, size_t row)
{
    return rows->nodes.of_text[2 * row] != NONE;
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Each part's entries have the keys of one band, turned; all parts of a band together have each row with a key once,
 * and two entries have the same key where the rows have. */
static void check_band(const struct rows *rows, const struct band_keys *table, size_t band, size_t parts)
{
    struct band_column scratch = {0};
    struct pool_entries entries = {0};
    bool *met = allocate(rows->count, sizeof *met);
    size_t found = 0, wanted = 0;
    for (size_t part = band * parts; part < (band + 1) * parts; part++) {
        assert_int_equal(band_keys_load(table, &rows->nodes, part, &scratch, &entries, NULL), DEDUP_OK);
        qsort(entries.items, entries.count, sizeof *entries.items, by_number);
        for (size_t i = 0; i < entries.count; i++) {
            uint32_t node = (uint32_t)entries.items[i];
            assert_true(node < rows->count && !met[node] && takes_part(rows, node));
            met[node] = true;
            if (i == 0)
                continue;
            uint64_t mine = rows->keys[node * BANDS + band] >> 32;
            uint64_t other = rows->keys[(uint32_t)entries.items[i - 1] * (size_t)BANDS + band] >> 32;
            assert_int_equal(entries.items[i] >> 32 == entries.items[i - 1] >> 32, mine == other);
        }
        found += entries.count;
    }
    for (size_t row = 0; row < rows->count; row++)
        wanted += takes_part(rows, row) && rows->keys[row * BANDS + band] != 0;
    assert_int_equal(found, wanted);
    free(met);
    free(entries.items);
    free(scratch.units);
}

static void check(size_t count, uint64_t memory, int directory)
{
    struct rows rows = make_rows(count);
    struct band_keys *table;
    assert_int_equal(band_keys_create(BANDS, memory, directory, &table, NULL), DEDUP_OK);
    for (size_t row = 0; row < count; row++)
        assert_int_equal(band_keys_add(table, rows.keys + row * BANDS, (uint32_t)(2 * row), NULL), DEDUP_OK);
    size_t parts = band_keys_parts(table) / BANDS;
    assert_int_equal(parts == 0, count == 0);
    for (size_t band = 0; band < BANDS && parts != 0; band += 13)
        check_band(&rows, table, band, parts);
    band_keys_free(table);
    release_rows(&rows);
}

static void test_in_memory(void **unused)
{
    (void)unused;
    check(0, 0, -1);
    check(1, 1, -1);
    check(30000, 0, -1);
}

/* Several parts for each band, and blocks in the file and behind it. */
static void test_in_a_file(void **unused)
{
    (void)unused;
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check(30000, 1, directory);
    check(600000, 9000000, directory);
    close(directory);
}

static void test_no_place_for_the_file(void **unused)
{
    (void)unused;
    uint64_t keys[BANDS] = {1};
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
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_no_place_for_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
