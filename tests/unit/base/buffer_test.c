#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "dedup/buffer.h"
#include "random.h"

static void check(const dedup_buffer *buffer)
{
    assert_true(buffer->length <= buffer->capacity);
    assert_true(buffer->capacity <= buffer->limit);
    if (buffer->data)
        assert_int_equal(buffer->data[buffer->length], '\0');
}

static void test_append_and_print(void **unused)
{
    (void)unused;
    dedup_buffer buffer;
    dedup_buffer_init(&buffer, SIZE_MAX);
    check(&buffer);
    assert_null(buffer.data);
    assert_int_equal(dedup_buffer_append(&buffer, NULL, 0, NULL), DEDUP_OK);
    assert_int_equal(dedup_buffer_append(&buffer, "a\0b", 3, NULL), DEDUP_OK);
    assert_int_equal(dedup_buffer_printf(&buffer, NULL, "%d %s", -5, "x"), DEDUP_OK);
    assert_int_equal(buffer.length, 7);
    assert_memory_equal(buffer.data, "a\0b-5 x", 8);
    check(&buffer);
    dedup_buffer_clear(&buffer);
    assert_int_equal(buffer.length, 0);
    check(&buffer);
    dedup_buffer_release(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.capacity, 0);
    dedup_buffer_clear(&buffer);
}

/* Whatever is appended in whatever portions: the content is their concatenation, up to the bound and never beyond. */
static void test_bound_holds(void **unused)
{
    (void)unused;
    struct random random = random_make(11);
    static char model[5000];
    for (int round = 0; round < 300; round++) {
        size_t limit = random_below(&random, sizeof model), length = 0;
        dedup_buffer buffer;
        dedup_buffer_init(&buffer, limit);
        for (int i = 0; i < 60; i++) {
            char piece[256];
            size_t size = random_below(&random, sizeof piece);
            memset(piece, 'a' + i % 26, sizeof piece);
            piece[size] = '\0';
            dedup_error error;
            dedup_status status = i % 2 ? dedup_buffer_append(&buffer, piece, size, &error)
                                        : dedup_buffer_printf(&buffer, &error, "%s", piece);
            assert_int_equal(status, length + size <= limit ? DEDUP_OK : DEDUP_ERROR_LIMIT);
            if (status == DEDUP_OK) {
                memcpy(model + length, piece, size);
                length += size;
            } else {
                assert_int_equal(error.status, DEDUP_ERROR_LIMIT);
            }
            assert_int_equal(buffer.length, length);
            check(&buffer);
        }
        if (length != 0)
            assert_memory_equal(buffer.data, model, length);
        dedup_buffer_release(&buffer);
    }
}

static void test_reserve(void **unused)
{
    (void)unused;
    dedup_buffer buffer;
    dedup_buffer_init(&buffer, 1000);
    assert_int_equal(dedup_buffer_append(&buffer, "abc", 3, NULL), DEDUP_OK);
    assert_int_equal(dedup_buffer_reserve(&buffer, 997, NULL), DEDUP_OK);
    char *data = buffer.data;
    assert_int_equal(dedup_buffer_reserve(&buffer, 998, NULL), DEDUP_ERROR_LIMIT);
    assert_int_equal(dedup_buffer_reserve(&buffer, SIZE_MAX, NULL), DEDUP_ERROR_LIMIT);
    assert_ptr_equal(buffer.data, data);
    assert_string_equal(buffer.data, "abc");
    check(&buffer);
    dedup_buffer_release(&buffer);
}

static void test_empty_bound(void **unused)
{
    (void)unused;
    dedup_buffer buffer;
    dedup_buffer_init(&buffer, 0);
    assert_int_equal(dedup_buffer_append(&buffer, "", 0, NULL), DEDUP_OK);
    assert_int_equal(dedup_buffer_append(&buffer, "x", 1, NULL), DEDUP_ERROR_LIMIT);
    check(&buffer);
    dedup_buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append_and_print),
        cmocka_unit_test(test_bound_holds),
        cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_empty_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
