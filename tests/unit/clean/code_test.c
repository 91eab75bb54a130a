/* Patterns that are compiled at first use: once for all threads, and wrong ones are refused. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "clean/code.h"

enum { THREADS = 4, PATTERNS = 200 };

static struct pattern_code *codes[PATTERNS];

static void *get_all(void *compiled)
{
    const pcre2_code **out = compiled;
    for (int i = 0; i < PATTERNS; i++)
        if (pattern_code_get(codes[i], &out[i], NULL) != DEDUP_OK)
            out[i] = NULL;
    return NULL;
}

static void threads_share_what_is_compiled(void **state)
{
    static const pcre2_code *compiled[THREADS][PATTERNS];
    pthread_t threads[THREADS];
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (int i = 0; i < PATTERNS; i++)
        assert_int_equal(pattern_code_create(&arena, "^a{2}[bc]*$", 11, &codes[i], NULL), DEDUP_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, get_all, compiled[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    for (int i = 0; i < PATTERNS; i++) {
        assert_non_null(compiled[0][i]);
        for (int j = 1; j < THREADS; j++)
            assert_ptr_equal(compiled[0][i], compiled[j][i]);
        assert_int_equal(pcre2_match(compiled[0][i], (PCRE2_SPTR) "aabcb", 5, 0, 0, match, NULL), 1);
        pattern_code_release(codes[i]);
    }
    pcre2_match_data_free(match);
    arena_release(&arena);
}

static void wrong_patterns_are_refused(void **state)
{
    struct pattern_code *code;
    struct arena arena;
    dedup_error error = {0};
    const pcre2_code *compiled;
    (void)state;
    arena_init(&arena);
    assert_int_equal(pattern_code_create(&arena, "(a", 2, &code, &error), DEDUP_OK);
    assert_int_equal(pattern_code_get(code, &compiled, &error), DEDUP_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "the pattern is not valid"));
    pattern_code_release(code);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_what_is_compiled),
        cmocka_unit_test(wrong_patterns_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
