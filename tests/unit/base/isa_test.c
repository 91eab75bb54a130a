#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/isa.h"

/* The environment bounds the first decision, and later changes do not touch it. */
static void test_bound_is_honoured_once(void **state)
{
    (void)state;
    assert_int_equal(setenv("DEDUP_ISA", "scalar", 1), 0);
    assert_int_equal(isa_best(), ISA_SCALAR);
    assert_int_equal(setenv("DEDUP_ISA", "avx512", 1), 0);
    assert_int_equal(isa_best(), ISA_SCALAR);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(isa_name(ISA_SCALAR), "scalar");
    assert_string_equal(isa_name(ISA_SSE2), "sse2");
    assert_string_equal(isa_name(ISA_AVX512), "avx512");
    assert_string_equal(isa_name(ISA_AVX512VBMI), "avx512vbmi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_is_honoured_once),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
