#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/array.h"

/* The linker puts this in the place of realloc: it has no more than `most` bytes. */
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
static size_t most = SIZE_MAX;

void *__wrap_realloc(void *memory, size_t size)
{
    return size <= most ? __real_realloc(memory, size) : NULL;
}

static void test_growth_keeps_the_elements(void **unused)
{
    (void)unused;
    unsigned *items = NULL;
    size_t capacity = 0, growths = 0;
    for (unsigned i = 0; i < 100000; i++) {
        size_t before = capacity;
        assert_int_equal(array_reserve(&items, &capacity, i + 1, "numbers", NULL), DEDUP_OK);
        assert_true(capacity >= i + 1);
        growths += capacity != before;
        items[i] = i * 3;
    }
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(items[i], i * 3);
    assert_true(growths < 30);
    free(items);
}

static void test_enough_is_left_alone(void **unused)
{
    (void)unused;
    char *items = NULL;
    size_t capacity = 0, nothing = 0;
    assert_int_equal(array_reserve(&items, &capacity, nothing, "nothing", NULL), DEDUP_OK);
    assert_null(items);
    assert_int_equal(array_reserve(&items, &capacity, 1000, "bytes", NULL), DEDUP_OK);
    assert_int_equal(capacity, 1000);
    char *before = items;
    assert_int_equal(array_reserve(&items, &capacity, 1000, "bytes", NULL), DEDUP_OK);
    assert_ptr_equal(items, before);
    free(items);
}

static void test_impossible_sizes_leave_it_unchanged(void **unused)
{
    (void)unused;
    struct {
        char bytes[48];
    } *items = NULL;
    size_t capacity = 0;
    assert_int_equal(array_reserve(&items, &capacity, 5, "records", NULL), DEDUP_OK);
    void *before = items;
    size_t capacity_before = capacity;
    dedup_error error;
    assert_int_equal(array_reserve(&items, &capacity, SIZE_MAX / 48 + 1, "records", &error), DEDUP_ERROR_MEMORY);
    assert_int_equal(error.status, DEDUP_ERROR_MEMORY);
    assert_string_equal(error.message, "out of memory for records");
    assert_int_equal(array_reserve(&items, &capacity, SIZE_MAX, "records", NULL), DEDUP_ERROR_MEMORY);
    assert_ptr_equal(items, before);
    assert_int_equal(capacity, capacity_before);
    free(items);
}

static void test_scarce_memory_is_used_to_its_end(void **unused)
{
    (void)unused;
    unsigned *items = NULL;
    size_t capacity = 0, count = (size_t)1 << 16;
    assert_int_equal(array_reserve(&items, &capacity, count, "numbers", NULL), DEDUP_OK);
    for (size_t i = 0; i < count; i++)
        items[i] = (unsigned)i;
    most = (count + 1) * sizeof *items; /* too little for a leap, and for the half more */
    assert_int_equal(array_reserve(&items, &capacity, count + 1, "numbers", NULL), DEDUP_OK);
    assert_int_equal(capacity, count + 1);
    assert_int_equal(array_reserve(&items, &capacity, count + 2, "numbers", NULL), DEDUP_ERROR_MEMORY);
    assert_int_equal(capacity, count + 1);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(items[i], i);
    most = SIZE_MAX;
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth_keeps_the_elements),
        cmocka_unit_test(test_enough_is_left_alone),
        cmocka_unit_test(test_scarce_memory_is_used_to_its_end),
        cmocka_unit_test(test_impossible_sizes_leave_it_unchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
