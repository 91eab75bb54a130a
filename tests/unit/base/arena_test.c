#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "random.h"

static void test_fresh_arena_serves_nothing_but_pointers(void **unused)
{
    (void)unused;
    struct arena arena;
    arena_init(&arena);
    assert_non_null(arena_alloc(&arena, 0, 8));
    assert_non_null(arena_alloc(&arena, 8, 0));
    arena_release(&arena);
    assert_null(arena.current);
    arena_release(&arena);
}

struct piece {
    unsigned char *bytes;
    size_t size;
    unsigned char mark;
};

/* Allocations are aligned, do not overlap and keep what is written to them, with blocks of all sizes. */
static void test_pieces_are_apart(void **unused)
{
    (void)unused;
    struct random random = random_make(7);
    struct arena arena;
    arena_init(&arena);
    for (int round = 0; round < 20; round++) {
        struct piece pieces[200];
        for (size_t i = 0; i < 200; i++) {
            struct piece *piece = &pieces[i];
            piece->size = random_below(&random, i % 20 == 0 ? 300000 : 700);
            piece->mark = (unsigned char)random_next(&random);
            piece->bytes = arena_alloc(&arena, piece->size, 1);
            assert_non_null(piece->bytes);
            assert_int_equal((uintptr_t)piece->bytes % alignof(max_align_t), 0);
            memset(piece->bytes, piece->mark, piece->size);
        }
        for (size_t i = 0; i < 200; i++) {
            for (size_t k = 0; k < pieces[i].size; k++)
                assert_int_equal(pieces[i].bytes[k], pieces[i].mark);
        }
        arena_release(&arena);
    }
}

static void test_sizes_beyond_the_address_space_are_refused(void **unused)
{
    (void)unused;
    struct arena arena;
    arena_init(&arena);
    assert_null(arena_alloc(&arena, SIZE_MAX, 2));
    assert_null(arena_alloc(&arena, 2, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX, 1));
    assert_null(arena_alloc(&arena, SIZE_MAX / 2 + 1, 2));
    assert_null(arena_copy(&arena, "", SIZE_MAX));
    assert_non_null(arena_alloc(&arena, 1, 1));
    arena_release(&arena);
}

static void test_copies_end_with_nul(void **unused)
{
    (void)unused;
    struct arena arena;
    arena_init(&arena);
    char *copy = arena_copy(&arena, "a\0b", 3);
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fresh_arena_serves_nothing_but_pointers),
        cmocka_unit_test(test_pieces_are_apart),
        cmocka_unit_test(test_sizes_beyond_the_address_space_are_refused),
        cmocka_unit_test(test_copies_end_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
