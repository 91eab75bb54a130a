#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash_kernel.h"
#include "base/sum.h"
#include "random.h"

enum { BYTES = 70000, TRIES = 3000 };

static unsigned char *random_bytes(struct random *random)
{
    unsigned char *bytes = malloc(BYTES);
    assert_non_null(bytes);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (unsigned char)random_next(random);
    return bytes;
}

/* A piece of the bytes, short more often than long. */
static size_t random_piece(struct random *random, size_t *begin)
{
    size_t length = random_below(random, random_below(random, 4) == 0 ? BYTES : 1200);
    *begin = random_below(random, BYTES - length);
    return length;
}

static void kernels_agree(void **state)
{
    struct random random = random_make(5);
    unsigned char *bytes = random_bytes(&random);
    (void)state;
    for (int isa = ISA_SCALAR; isa <= (int)isa_best(); isa++) {
        const struct hash_kernel *kernel = hash_kernel_for((enum isa)isa);
        for (int i = 0; i < TRIES; i++) {
            size_t begin, length = random_piece(&random, &begin);
            assert_int_equal(kernel->hash64(bytes + begin, length), XXH3_64bits(bytes + begin, length));
            XXH128_hash_t plain = XXH3_128bits(bytes + begin, length);
            struct hash128 hash = kernel->hash128(bytes + begin, length);
            assert_int_equal(hash.low, plain.low64);
            assert_int_equal(hash.high, plain.high64);
        }
    }
    free(bytes);
}

/* The hash of any length is that of the library, whatever way it takes. */
static void hashes_are_xxh3(void **state)
{
    struct random random = random_make(5);
    unsigned char *bytes = random_bytes(&random);
    (void)state;
    for (size_t length = 0; length < 1200; length++) {
        assert_int_equal(hash64_of(bytes, length), XXH3_64bits(bytes, length));
        assert_int_equal(hash128_of(bytes, length).low, XXH3_128bits(bytes, length).low64);
    }
    free(bytes);
}

static void a_sum_does_not_depend_on_the_pieces(void **state)
{
    struct random random = random_make(5);
    unsigned char *bytes = random_bytes(&random);
    struct sum *sum;
    (void)state;
    assert_int_equal(sum_create(&sum, NULL), DEDUP_OK);
    for (int i = 0; i < 50; i++) {
        struct file_sum whole = sum_of(bytes, BYTES), pieces;
        sum_clear(sum);
        for (size_t at = 0, length; at < BYTES; at += length) {
            length = random_below(&random, 3000);
            length = length < BYTES - at ? length : BYTES - at;
            sum_add(sum, bytes + at, length);
        }
        pieces = sum_result(sum);
        assert_true(file_sum_equal(&whole, &pieces));
    }
    sum_free(sum);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(hashes_are_xxh3),
        cmocka_unit_test(a_sum_does_not_depend_on_the_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
