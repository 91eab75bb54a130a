/* Selection of hashes: every instruction set gives what the definition says, in order, and stays within its slack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "random.h"
#include "sketch/select.h"

enum { SEED = 41, MOST = 200 };

static void check(const uint64_t *expected, size_t expected_count, const uint64_t *out, size_t count, size_t total)
{
    assert_int_equal(count, expected_count);
    assert_memory_equal(out, expected, count * sizeof *out);
    assert_true(out[total + SELECT_SLACK] == 42);
}

static void test_instruction_sets_agree(void **unused)
{
    (void)unused;
    struct random random = random_make(SEED);
    uint64_t hashes[MOST], low[MOST], out[MOST + SELECT_SLACK + 1];
    for (size_t count = 0; count <= MOST; count++) {
        uint64_t bound = count == MOST ? UINT64_MAX : random_next(&random) >> count % 8;
        size_t low_count = 0;
        for (size_t i = 0; i < count; i++) {
            hashes[i] = i % 9 == 0 ? bound : random_next(&random);
            if (hashes[i] <= bound)
                low[low_count++] = hashes[i];
        }
        for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++) {
            out[count + SELECT_SLACK] = 42;
            check(low, low_count, out, select_up_to_by(isa, hashes, count, bound, out), count);
            memcpy(out, hashes, count * sizeof *out);
            check(low, low_count, out, select_up_to_by(isa, out, count, bound, out), count);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_instruction_sets_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
