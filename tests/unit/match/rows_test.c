#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "match/rows.h"

struct row {
    uint64_t number;
    char text[16]; /* with the number, the size divides no block */
};

static struct row row_of(size_t i)
{
    struct row row = {i * 0x9e3779b97f4a7c15, {0}};
    memset(row.text, (int)('a' + i % 26), sizeof row.text);
    return row;
}

/* Whether they lie in memory, in the file or in both, all rows are there in their order, and stay there. */
static void check(uint64_t memory, int directory, size_t count, bool spills)
{
    struct rows rows;
    const void *all, *again;
    rows_init(&rows, sizeof(struct row), memory, directory, "rows");
    for (size_t i = 0; i < count; i++) {
        void *row;
        assert_int_equal(rows_add(&rows, &row, NULL), DEDUP_OK);
        *(struct row *)row = row_of(i);
    }
    assert_int_equal(rows.count, count);
    assert_int_equal(rows.file >= 0, spills);
    assert_int_equal(rows_view(&rows, &all, NULL), DEDUP_OK);
    for (size_t i = 0; i < count; i++) {
        struct row row = row_of(i);
        assert_memory_equal((const struct row *)all + i, &row, sizeof row);
    }
    assert_int_equal(rows_view(&rows, &again, NULL), DEDUP_OK);
    assert_ptr_equal(again, all);
    rows_release(&rows);
    rows_release(&rows);
}

static void test_in_memory(void **unused)
{
    (void)unused;
    const size_t block = SPILL_BLOCK / sizeof(struct row);
    check(0, -1, 0, false);
    check(1, -1, 3 * block, false);
    check(0, 0, 3 * block, false);
}

static void test_in_a_file(void **unused)
{
    (void)unused;
    const size_t block = SPILL_BLOCK / sizeof(struct row);
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check(1, directory, block, false);
    check(1, directory, block + 1, true);
    check(1, directory, 2 * block, true);
    check(1, directory, 5 * block + 7, true);
    check(3 * SPILL_BLOCK, directory, 3 * block, false);
    check(3 * SPILL_BLOCK, directory, 7 * block, true);
    close(directory);
}

static void test_errors(void **unused)
{
    (void)unused;
    struct rows rows;
    dedup_error error;
    void *row;
    dedup_status status = DEDUP_OK;
    int closed = open("/tmp", O_RDONLY | O_DIRECTORY);
    close(closed);
    rows_init(&rows, sizeof(struct row), 1, closed, "rows");
    for (size_t i = 0; i <= SPILL_BLOCK / sizeof(struct row) && status == DEDUP_OK; i++)
        status = rows_add(&rows, &row, &error);
    assert_int_equal(status, DEDUP_ERROR_WRITE);
    rows_release(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_memory), cmocka_unit_test(test_in_a_file),
                                       cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
