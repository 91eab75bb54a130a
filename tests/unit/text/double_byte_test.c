/* Every code of GB18030 and Big5 against iconv(3), one by one. */
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "text/double_byte.h"

/* The text of a whole code by iconv; its length, 0 when there is none. */
static size_t by_iconv(iconv_t converter, const unsigned char *code, size_t length, char *out)
{
    char input[4];
    memcpy(input, code, length);
    char *from = input, *to = out;
    size_t left = length, room = 8;
    size_t done = iconv(converter, &from, &left, &to, &room);
    size_t flushed = iconv(converter, NULL, NULL, &to, &room);
    return done == (size_t)-1 || flushed == (size_t)-1 || left > 0 ? 0 : 8 - room;
}

static void assert_unit(const struct double_byte *table, const unsigned char *code, size_t length, const char *text,
                        size_t text_length)
{
    struct unit unit;
    double_byte_read(table, code, length, &unit);
    assert_int_equal(unit.ill_formed, text_length == 0);
    if (text_length > 0) {
        assert_int_equal(unit.raw_length, length);
        assert_int_equal(unit.text_length, text_length);
        assert_memory_equal(unit.text, text, text_length);
    } else {
        bool swallowed_ascii = false;
        for (unsigned i = 1; i < unit.raw_length; i++)
            swallowed_ascii = swallowed_ascii || code[i] < 0x80;
        assert_true(!swallowed_ascii || length == 4);
    }
}

static void test_every_gb18030_pair(void **state)
{
    (void)state;
    struct double_byte *table;
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    assert_int_equal(double_byte_create_gb18030(&table, NULL), DEDUP_OK);
    for (unsigned lead = 0x80; lead < 0x100; lead++) {
        for (unsigned trail = 0; trail < 0x100; trail++) {
            if (trail >= 0x30 && trail < 0x3a && lead > 0x80 && lead < 0xff)
                continue; /* four bytes: below */
            unsigned char code[2] = {(unsigned char)lead, (unsigned char)trail};
            char text[8];
            assert_unit(table, code, 2, text, by_iconv(converter, code, 2, text));
        }
    }
    (void)iconv_close(converter);
    double_byte_free(table);
}

static void test_every_gb18030_quad(void **state)
{
    (void)state;
    struct double_byte *table;
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    assert_int_equal(double_byte_create_gb18030(&table, NULL), DEDUP_OK);
    for (unsigned index = 0; index < 126 * 10 * 126 * 10; index++) {
        unsigned char code[4] = {(unsigned char)(0x81 + index / 12600), (unsigned char)(0x30 + index / 1260 % 10),
                                 (unsigned char)(0x81 + index / 10 % 126), (unsigned char)(0x30 + index % 10)};
        char text[8];
        assert_unit(table, code, 4, text, by_iconv(converter, code, 4, text));
    }
    (void)iconv_close(converter);
    double_byte_free(table);
}

/* Big5-HKSCS first; what only CP950 has, unless that is private use. */
static void test_every_big5_pair(void **state)
{
    (void)state;
    struct double_byte *table;
    iconv_t hkscs = iconv_open("UTF-8", "BIG5-HKSCS"), cp950 = iconv_open("UTF-8", "CP950");
    size_t completed = 0;
    assert_int_equal(double_byte_create_big5(&table, NULL), DEDUP_OK);
    for (unsigned lead = 0x81; lead < 0xff; lead++) {
        for (unsigned trail = 0; trail < 0x100; trail++) {
            unsigned char code[2] = {(unsigned char)lead, (unsigned char)trail};
            char text[8];
            size_t length = by_iconv(hkscs, code, 2, text);
            if (length == 0) {
                uint32_t point = 0;
                length = by_iconv(cp950, code, 2, text);
                if (length > 0 && utf8_sequence(text, length, &point) && point >= 0xe000 && point < 0xf900)
                    length = 0;
                completed += length > 0;
            }
            assert_unit(table, code, 2, text, length);
        }
    }
    assert_in_range(completed, 0, 30);
    (void)iconv_close(hkscs);
    (void)iconv_close(cp950);
    double_byte_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_gb18030_pair),
        cmocka_unit_test(test_every_gb18030_quad),
        cmocka_unit_test(test_every_big5_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
