#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#undef fail /* cmocka has a macro of this name */
#include "base/failure.h"
#include "base/utf8.h"

static void test_names(void **unused)
{
    (void)unused;
    assert_string_equal(dedup_status_name(DEDUP_OK), "ok");
    assert_string_equal(dedup_status_name(DEDUP_ERROR_STOPPED), "stopped");
    assert_string_equal(dedup_status_name((dedup_status)10), "unknown");
    assert_string_equal(dedup_status_name((dedup_status)-1), "unknown");
}

static void test_message(void **unused)
{
    (void)unused;
    dedup_error error;
    assert_int_equal(fail(&error, DEDUP_ERROR_FORMAT, "line %d of %s", 3, "a\nb\x1b"), DEDUP_ERROR_FORMAT);
    assert_int_equal(error.status, DEDUP_ERROR_FORMAT);
    assert_string_equal(error.message, "line 3 of a\\x0Ab\\x1B");
    assert_int_equal(fail(NULL, DEDUP_ERROR_READ, "%s", "nobody listens"), DEDUP_ERROR_READ);
    assert_int_equal(fail_memory(&error, "lines"), DEDUP_ERROR_MEMORY);
    assert_string_equal(error.message, "out of memory for lines");
}

static void test_a_message_may_be_wrapped_in_another(void **unused)
{
    (void)unused;
    dedup_error error;
    assert_int_equal(fail(&error, DEDUP_ERROR_FORMAT, "bad \n"), DEDUP_ERROR_FORMAT);
    assert_int_equal(fail(&error, DEDUP_ERROR_READ, "page: %s", error.message), DEDUP_ERROR_READ);
    assert_string_equal(error.message, "page: bad \\x0A");
}

static void test_reason(void **unused)
{
    (void)unused;
    dedup_error error;
    assert_int_equal(fail_errno(&error, DEDUP_ERROR_WRITE, ENOSPC, "cannot write %s", "x"), DEDUP_ERROR_WRITE);
    assert_string_equal(error.message, "cannot write x: No space left on device");
    assert_int_equal(fail_errno(&error, DEDUP_ERROR_WRITE, 99999, "odd"), DEDUP_ERROR_WRITE);
    assert_non_null(strstr(error.message, "99999"));
    assert_int_equal(fail_errno(NULL, DEDUP_ERROR_WRITE, EIO, "odd"), DEDUP_ERROR_WRITE);
}

/* However long the path: the message is valid text, ends with a whole character, and the reason stays readable. */
static void test_long_messages(void **unused)
{
    (void)unused;
    for (size_t length = 400; length < 700; length++) {
        char path[1024] = "";
        size_t used = length % 7;
        memset(path, 'p', used);
        for (; used + 4 < length; used += 3)
            memcpy(path + used, "\xe4\xb8\xad", 4);
        dedup_error error;
        assert_int_equal(fail(&error, DEDUP_ERROR_READ, "cannot read %s", path), DEDUP_ERROR_READ);
        assert_null(strstr(error.message, "\\x"));
        assert_true(strlen(error.message) > 380);
        for (const char *next = error.message; *next;) {
            uint32_t point;
            size_t step = utf8_sequence(next, strlen(next), &point);
            assert_true(step != 0);
            next += step;
        }
        assert_int_equal(fail_errno(&error, DEDUP_ERROR_READ, EISDIR, "cannot read %s", path), DEDUP_ERROR_READ);
        assert_non_null(strstr(error.message, ": Is a directory"));
        assert_null(strstr(error.message, "\\x"));
    }
}

/* Escapes are four times as long as what they stand for. */
static void test_long_messages_of_controls(void **unused)
{
    (void)unused;
    char path[1024];
    memset(path, '\a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    dedup_error error;
    assert_int_equal(fail_errno(&error, DEDUP_ERROR_READ, ENOENT, "%s", path), DEDUP_ERROR_READ);
    assert_non_null(strstr(error.message, "\\x07: No such file or directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_a_message_may_be_wrapped_in_another),
        cmocka_unit_test(test_reason),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_long_messages_of_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
