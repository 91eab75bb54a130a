/* The kernels that find signs agree, and no mark and no place of a repair is missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "clean/literals.h"
#include "clean/prefilter.h"
#include "clean/signs.h"
#include "text/fold.h"

enum { LONGEST = 400, TEXTS = 4000 };

static uint64_t random_state;

static uint32_t next_random(uint32_t bound)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % bound;
}

/* Some character: of the blocks with marks, brackets and invisible characters more often than others. */
static uint32_t random_point(void)
{
    static const uint32_t blocks[][2] = {{0x20, 0x5f},     {0x80, 0x80},     {0x2000, 0x70},  {0x3000, 0x40},
                                         {0x4e00, 0x60},   {0xe000, 0x1900}, {0xfe00, 0x200}, {0x4e00, 0x5000},
                                         {0x1f300, 0x300}, {0x100, 0x2000}};
    const uint32_t *block = blocks[next_random(sizeof blocks / sizeof *blocks)];
    return block[0] + next_random(block[1]);
}

static uint32_t random_text(char *text)
{
    uint32_t length = 0, size = next_random(LONGEST - 4);
    while (length < size)
        length += (uint32_t)utf8_put(random_point(), text + length);
    return length;
}

static uint64_t random_marks(void)
{
    return (uint64_t)next_random(UINT32_MAX) << 32 | next_random(UINT32_MAX);
}

static void kernels_agree(void **state)
{
    (void)state;
#ifdef ISA_X86
    char text[LONGEST];
    uint64_t scalar[LONGEST / PLACE_WORD + 1], other[LONGEST / PLACE_WORD + 1];
    random_state = 1;
    for (unsigned i = 0; i < TEXTS; i++) {
        struct sign_set set;
        uint32_t length = random_text(text);
        size_t size = (length + PLACE_WORD - 1) / PLACE_WORD * sizeof *scalar;
        sign_set_init(&set, random_marks());
        signs_find_scalar(&set, (const unsigned char *)text, length, scalar);
        if (isa_best() >= ISA_AVX2) {
            signs_find_avx2(&set, (const unsigned char *)text, length, other);
            assert_memory_equal(scalar, other, size);
        }
        if (isa_best() >= ISA_AVX512VBMI) {
            signs_find_avx512vbmi(&set, (const unsigned char *)text, length, other);
            assert_memory_equal(scalar, other, size);
        }
    }
#endif
}

/* What repairs, links and misread lines are known by. */
static bool is_always_sign(uint32_t point)
{
    return point == '&' || point == ']' || (point >= 0x80 && point < 0x100) || point == '(' || point == 0xff08 ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2060 && point <= 0x2064) || point == 0xfeff ||
           (point >= 0xe000 && point < 0xf900);
}

/* For one character after the other: what stands in its matching form is among its marks, and it is a sign. */
static void no_mark_is_missed(void **state)
{
    struct match_line form;
    struct place_map map = {0};
    char text[4];
    (void)state;
    match_line_init(&form);
    for (uint32_t point = 0x20; point < 0x30000; point++) {
        struct sign_set set;
        if (point >= 0xd800 && point < 0xe000)
            continue;
        uint64_t marks = 0;
        uint32_t length = (uint32_t)utf8_put(point, text);
        assert_int_equal(match_line_set(&form, text, length, NULL), DEDUP_OK);
        for (const char *next = form.text, *end = form.text + form.length; next < end;)
            marks |= literals_mark(utf8_next(&next));
        sign_set_init(&set, marks);
        assert_int_equal(signs_find(&set, text, length, &map, NULL), DEDUP_OK);
        uint64_t signs = place_map_next(&map, 0, length) == 0 ? signs_marks_at(text, length) : 0;
        assert_int_equal(marks & ~(signs | signs_marks_anywhere()), 0);
        if (is_always_sign(point))
            assert_int_equal(place_map_next(&map, 0, length), 0);
    }
    place_map_release(&map);
    match_line_release(&form);
}

/* A text of common characters and one of everything else: in the first hardly a place is a sign. */
static void running_text_has_few_signs(void **state)
{
    static const char text[] =
        "他把车停在路边，走到原来的位置，什么也没有找到，于是又沿着“河岸”走了很久。天黑以前下了雨；"
        "路上没有人，只有、风声……";
    struct sign_set set;
    struct place_map map = {0};
    (void)state;
    sign_set_init(&set, literals_mark('>') | literals_mark('{') | literals_mark('['));
    assert_int_equal(signs_find(&set, text, sizeof text - 1, &map, NULL), DEDUP_OK);
    assert_int_equal(place_map_next(&map, 0, sizeof text - 1), sizeof text - 1);
    place_map_release(&map);
}

static void places_are_found_in_order(void **state)
{
    uint64_t words[4] = {1, 0, (uint64_t)1 << 63 | 1, 0};
    struct place_map map = {words, 4};
    (void)state;
    assert_int_equal(place_map_next(&map, 0, 200), 0);
    assert_int_equal(place_map_next(&map, 1, 200), 128);
    assert_int_equal(place_map_next(&map, 1, 128), 128);
    assert_int_equal(place_map_next(&map, 129, 192), 191);
    assert_int_equal(place_map_next(&map, 192, 256), 256);
    assert_int_equal(place_map_next(&map, 5, 5), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(no_mark_is_missed),
        cmocka_unit_test(running_text_has_few_signs),
        cmocka_unit_test(places_are_found_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
