#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "match/blocks.h"
#include "random.h"

enum { SEED = 17, BLOCKS = 9, READS = 3000, LONGEST = 4 * SPILL_BLOCK };

static unsigned char byte_at(uint64_t place)
{
    return (unsigned char)(place * 0x9e3779b97f4a7c15 >> 56);
}

/* Whatever is in the file and whatever in memory, all bytes are found at their places; `held` blocks stay in memory. */
static void check(uint64_t memory, int directory, size_t held)
{
    struct random random = random_make(SEED);
    struct blocks blocks;
    struct block_window window = {0};
    unsigned char *bytes = malloc(LONGEST);
    assert_non_null(bytes);
    blocks_init(&blocks, memory, directory, "blocks");
    for (uint64_t block = 0; block < BLOCKS; block++) {
        void *items;
        assert_int_equal(blocks_add(&blocks, &items, NULL), DEDUP_OK);
        for (size_t i = 0; i < SPILL_BLOCK; i++)
            ((unsigned char *)items)[i] = byte_at(block * SPILL_BLOCK + i);
    }
    assert_int_equal(blocks.count, held);
    for (unsigned read = 0; read < READS; read++) {
        uint64_t place = random_below(&random, (uint64_t)BLOCKS * SPILL_BLOCK), left = BLOCKS * SPILL_BLOCK - place;
        uint64_t most = read % 100 == 0 ? LONGEST : 200;
        size_t length = 1 + (size_t)random_below(&random, left < most ? left : most);
        const void *there = blocks_at(&blocks, place, length);
        assert_int_equal(blocks_read(&blocks, place, bytes, length, NULL), DEDUP_OK);
        for (size_t i = 0; i < length; i++)
            assert_int_equal(bytes[i], byte_at(place + i));
        assert_int_equal(there != NULL,
                         place / SPILL_BLOCK >= BLOCKS - held && place % SPILL_BLOCK + length <= SPILL_BLOCK);
        if (there)
            assert_memory_equal(there, bytes, length);
        assert_int_equal(blocks_view(&blocks, place, length, &window, &there, NULL), DEDUP_OK);
        assert_memory_equal(there, bytes, length);
    }
    for (uint64_t place = 0; place < (uint64_t)BLOCKS * SPILL_BLOCK; place += 1000) {
        const void *there;
        assert_int_equal(blocks_view(&blocks, place, 1, &window, &there, NULL), DEDUP_OK);
        assert_int_equal(*(const unsigned char *)there, byte_at(place));
    }
    block_window_release(&window);
    blocks_release(&blocks);
    free(bytes);
}

static void test_in_memory(void **unused)
{
    (void)unused;
    check(0, -1, BLOCKS);
    check(1, -1, BLOCKS);
    check(0, 0, BLOCKS);
}

/* A file that was needed once takes every block but the last. */
static void test_in_a_file(void **unused)
{
    (void)unused;
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(directory >= 0);
    check(1, directory, 1);
    check(4 * SPILL_BLOCK, directory, 1);
    check(BLOCKS * SPILL_BLOCK, directory, BLOCKS);
    close(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_in_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
