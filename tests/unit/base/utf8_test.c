#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* Unicode table 3-7, row by row: the bytes that may stand at each place. */
static const struct row {
    unsigned length;
    unsigned char first[4], last[4];
} table[] = {
    {1, {0x00}, {0x7f}},
    {2, {0xc2, 0x80}, {0xdf, 0xbf}},
    {3, {0xe0, 0xa0, 0x80}, {0xe0, 0xbf, 0xbf}},
    {3, {0xe1, 0x80, 0x80}, {0xec, 0xbf, 0xbf}},
    {3, {0xed, 0x80, 0x80}, {0xed, 0x9f, 0xbf}},
    {3, {0xee, 0x80, 0x80}, {0xef, 0xbf, 0xbf}},
    {4, {0xf0, 0x90, 0x80, 0x80}, {0xf0, 0xbf, 0xbf, 0xbf}},
    {4, {0xf1, 0x80, 0x80, 0x80}, {0xf3, 0xbf, 0xbf, 0xbf}},
    {4, {0xf4, 0x80, 0x80, 0x80}, {0xf4, 0x8f, 0xbf, 0xbf}},
};

static size_t by_table(const unsigned char *bytes, size_t length)
{
    for (size_t r = 0; r < sizeof table / sizeof *table; r++) {
        const struct row *row = &table[r];
        bool fits = row->length <= length;
        for (unsigned i = 0; i < row->length && fits; i++)
            fits = bytes[i] >= row->first[i] && bytes[i] <= row->last[i];
        if (fits)
            return row->length;
    }
    return 0;
}

static void test_every_code_point(void **unused)
{
    (void)unused;
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        char bytes[4];
        uint32_t back = 0;
        size_t length = utf8_put(point, bytes);
        if (utf8_sequence(bytes, length, &back) != length || back != point)
            fail_msg("U+%04X does not come back", (unsigned)point);
        for (size_t cut = 1; cut < length; cut++)
            assert_int_equal(utf8_sequence(bytes, cut, &back), 0);
        const char *next = bytes;
        if (utf8_next(&next) != point || next != bytes + length)
            fail_msg("U+%04X is not read", (unsigned)point);
    }
}

/* Bytes around every border of the table, in all combinations. */
static void test_agrees_with_the_table(void **unused)
{
    (void)unused;
    static const unsigned char edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                          0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xfe, 0xff};
    const size_t count = sizeof edges;
    for (size_t i = 0; i < count * count * count * count; i++) {
        unsigned char bytes[4] = {edges[i % count], edges[i / count % count], edges[i / count / count % count],
                                  edges[i / count / count / count]};
        for (size_t length = 1; length <= 4; length++) {
            uint32_t point;
            if (utf8_sequence((const char *)bytes, length, &point) != by_table(bytes, length))
                fail_msg("%02x %02x %02x %02x of %zu", bytes[0], bytes[1], bytes[2], bytes[3], length);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_agrees_with_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
