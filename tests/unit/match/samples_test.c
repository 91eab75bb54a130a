/* The store of samples gives back what it was given, in memory and from a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "match/samples.h"
#include "random.h"

enum { SEED = 17, UNITS = 5 * SAMPLE_BATCH + 7, MOST = 600 };

/* How many samples a unit has, some of them none. */
static size_t count_of(size_t unit)
{
    return unit % 7 == 0 ? 0 : unit * 2654435761u % MOST;
}

static uint32_t value_of(size_t unit, size_t i)
{
    return (uint32_t)(unit * 1000003 + i * 40503);
}

static void fill(struct samples *samples)
{
    uint32_t values[MOST];
    for (size_t unit = 0; unit < UNITS; unit++) {
        for (size_t i = 0; i < count_of(unit); i++)
            values[i] = value_of(unit, i);
        assert_int_equal(samples_add(samples, values, count_of(unit), NULL), DEDUP_OK);
    }
    assert_int_equal(samples->unit_count, UNITS);
    assert_int_equal(samples_batches(samples), UNITS / SAMPLE_BATCH + 1);
}

static void check_batch(const struct samples *samples, struct sample_reader *reader, size_t batch,
                        struct random *random)
{
    sample_reader_start(reader, samples, batch);
    while (reader->unit < reader->end) {
        size_t unit = reader->unit;
        bool wanted = random_below(random, 3) != 0;
        const uint32_t *values;
        assert_int_equal(sample_reader_next(reader, samples, wanted, &values, NULL), DEDUP_OK);
        assert_int_equal(samples->counts[unit], count_of(unit));
        for (size_t i = 0; wanted && i < count_of(unit); i++)
            assert_int_equal(values[i], value_of(unit, i));
    }
}

static void check(uint64_t memory, int directory)
{
    struct random random = random_make(SEED);
    struct samples samples;
    struct sample_reader reader = {0};
    struct block_window window = {0};
    samples_init(&samples, memory, directory);
    fill(&samples);
    for (size_t i = 0; i < 20; i++)
        check_batch(&samples, &reader, i < 6 ? i : (size_t)random_below(&random, samples_batches(&samples)), &random);
    for (size_t i = 0; i < 500; i++) {
        size_t unit = (size_t)random_below(&random, UNITS);
        const uint32_t *values;
        if (i == 250)
            block_window_open(&window, &samples.blocks);
        assert_int_equal(samples_view(&samples, unit, &window, &values, NULL), DEDUP_OK);
        for (size_t k = 0; k < count_of(unit); k++)
            assert_int_equal(values[k], value_of(unit, k));
    }
    sample_reader_release(&reader);
    block_window_release(&window);
    samples_release(&samples);
}

static void test_memory(void **unused)
{
    (void)unused;
    check(0, -1);
}

static void test_file(void **unused)
{
    (void)unused;
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    check(1, directory);
    check((uint64_t)3 << 20, directory);
    close(directory);
}

static void test_nothing(void **unused)
{
    (void)unused;
    struct samples samples;
    samples_init(&samples, 0, -1);
    assert_int_equal(samples_batches(&samples), 0);
    samples_release(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory), cmocka_unit_test(test_file),
                                       cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
