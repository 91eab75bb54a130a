#include "pipeline/learn_ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Ranges ascend, lie within their windows and the file, and begin where units of any code do. Returns the bytes in
 * them. */
static uint64_t check_ranges(const struct learn_ranges *ranges, uint64_t size)
{
    uint64_t sum = 0, last = 0, most = ranges->count < 20000 ? ranges->count : 20000;
    for (uint64_t i = 0; i < most; i++) {
        uint64_t begin, end, window = i * ranges->window;
        learn_range(ranges, i, &begin, &end);
        assert_true(begin >= last && begin <= end && end <= size && end - begin <= ranges->length);
        assert_true(begin == size || (begin % 4 == 0 && begin >= window && end <= window + ranges->window));
        last = end;
        sum += end - begin;
    }
    assert_true(ranges->count * ranges->window >= size && (ranges->count == 0) == (size == 0));
    return sum;
}

static void short_files_are_looked_at_as_a_whole(void **state)
{
    (void)state;
    for (uint64_t size = 0; size <= 4 << 20; size += 1 + size / 9) {
        struct learn_ranges ranges = learn_ranges_of(size, 1);
        assert_int_equal(check_ranges(&ranges, size), size);
    }
}

static void of_long_files_a_part_is_looked_at(void **state)
{
    (void)state;
    for (uint64_t size = (4 << 20) + 1; size < UINT64_C(1) << 62; size += size / 5) {
        struct learn_ranges ranges = learn_ranges_of(size, 1);
        double wanted = (4 << 20) + (double)(size - (4 << 20)) / 16;
        double got = (double)check_ranges(&ranges, size);
        if (ranges.count <= 20000)
            assert_true(got > wanted * .99 - 16384 && got < wanted * 1.01 + 16384);
    }
}

static void many_files_share_what_is_looked_at(void **state)
{
    (void)state;
    const uint64_t size = 2 << 20;
    struct learn_ranges few = learn_ranges_of(size, 64), more = learn_ranges_of(size, 1024),
                        most = learn_ranges_of(size, 1000000);
    assert_int_equal(check_ranges(&few, size), size);
    assert_in_range(check_ranges(&more, size), 360 << 10, 380 << 10); /* 256 KiB and a sixteenth of the rest */
    assert_in_range(check_ranges(&most, size), 170 << 10, 192 << 10); /* 64 KiB and a sixteenth */
}

/* Every byte of a file is looked at about equally often when the size varies. */
static void places_are_even(void **state)
{
    (void)state;
    enum { PARTS = 16 };
    uint64_t sums[PARTS] = {0}, all = 0;
    for (uint64_t size = 8 << 20; size < (8 << 20) + 4000; size += 4) {
        struct learn_ranges ranges = learn_ranges_of(size, 1);
        for (uint64_t i = 0; i < ranges.count; i++) {
            uint64_t begin, end;
            learn_range(&ranges, i, &begin, &end);
            sums[(begin + end) / 2 % ranges.window * PARTS / ranges.window] += end - begin;
            all += end - begin;
        }
    }
    for (int i = PARTS / 4; i < PARTS - PARTS / 4; i++)
        assert_true(sums[i] > all / PARTS * 2 / 3 && sums[i] < all / PARTS * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_files_are_looked_at_as_a_whole),
        cmocka_unit_test(of_long_files_a_part_is_looked_at),
        cmocka_unit_test(many_files_share_what_is_looked_at),
        cmocka_unit_test(places_are_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
