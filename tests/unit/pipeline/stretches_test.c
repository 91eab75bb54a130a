#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/buffer.h"
#include "pipeline/stretches.h"
#include "random.h"

enum { INPUT = 100000, TRIES = 200 };

static char input[INPUT];

static void fill_input(struct random *random)
{
    for (size_t i = 0; i < INPUT; i++)
        input[i] = (char)random_next(random);
}

/* Keeps and copies bytes of the input in turn; `expected` gets the same. */
static void add_at_random(struct random *random, struct stretches *stretches, dedup_buffer *expected)
{
    for (size_t at = 0, length; at < INPUT; at += length) {
        dedup_buffer *copies;
        length = random_below(random, random_below(random, 3) == 0 ? 3 * STRETCH_LEAST : 500);
        length = length < INPUT - at ? length : INPUT - at;
        switch (random_below(random, 4)) {
        case 0: continue;
        case 1:
            assert_int_equal(stretches_copies(stretches, &copies, NULL), DEDUP_OK);
            assert_int_equal(dedup_buffer_append(copies, input + at, length, NULL), DEDUP_OK);
            break;
        default: assert_int_equal(stretches_keep(stretches, input + at, length, NULL), DEDUP_OK);
        }
        assert_int_equal(dedup_buffer_append(expected, input + at, length, NULL), DEDUP_OK);
    }
}

static void pieces_are_what_was_added(void **state)
{
    struct random random = random_make(6);
    struct stretches stretches;
    dedup_buffer expected;
    (void)state;
    fill_input(&random);
    stretches_init(&stretches);
    dedup_buffer_init(&expected, SIZE_MAX);
    for (int i = 0; i < TRIES; i++) {
        stretches_clear(&stretches);
        dedup_buffer_clear(&expected);
        add_at_random(&random, &stretches, &expected);
        assert_int_equal(stretches_settle(&stretches, NULL), DEDUP_OK);
        size_t at = 0;
        for (size_t j = 0; j < stretches.count; j++) {
            const struct file_piece *piece = &stretches.pieces[j];
            assert_true(piece->length != 0 && piece->length <= expected.length - at);
            assert_memory_equal(piece->bytes, expected.data + at, piece->length);
            at += piece->length;
        }
        assert_int_equal(at, expected.length);
        assert_int_equal(at, stretches.length);
    }
    stretches_release(&stretches);
    dedup_buffer_release(&expected);
}

/* Bytes that follow each other are one piece, and it is not a copy. */
static void long_stretches_stay_where_they_are(void **state)
{
    struct stretches stretches;
    (void)state;
    stretches_init(&stretches);
    for (size_t at = 0; at < INPUT; at += 100)
        assert_int_equal(stretches_keep(&stretches, input + at, 100, NULL), DEDUP_OK);
    assert_int_equal(stretches_settle(&stretches, NULL), DEDUP_OK);
    assert_int_equal(stretches.count, 1);
    assert_ptr_equal(stretches.pieces[0].bytes, input);
    assert_int_equal(stretches.pieces[0].length, INPUT);
    stretches_release(&stretches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_what_was_added),
        cmocka_unit_test(long_stretches_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
