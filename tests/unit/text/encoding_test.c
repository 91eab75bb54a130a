#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/text.h"
#include "text/encoding.h"

static void assert_named(const char *label, enum encoding_family family, const char *name)
{
    struct encoding encoding;
    dedup_error error;
    assert_int_equal(encoding_named(label, &encoding, &error), DEDUP_OK);
    assert_int_equal(encoding.family, family);
    assert_string_equal(encoding.name, name);
    assert_int_equal(encoding.mark, 0);
}

static void test_labels(void **state)
{
    (void)state;
    assert_named("utf-8", ENCODING_UTF8, "UTF-8");
    assert_named(" UTF8\n", ENCODING_UTF8, "UTF-8");
    assert_named("GB2312", ENCODING_GB18030, "GB18030");
    assert_named("gb_2312-80", ENCODING_GB18030, "GB18030");
    assert_named("x-gbk", ENCODING_GB18030, "GB18030");
    assert_named("windows-936", ENCODING_GB18030, "GB18030");
    assert_named("Big5", ENCODING_BIG5, "Big5-HKSCS");
    assert_named("cp950", ENCODING_BIG5, "Big5-HKSCS");
    assert_named("utf-16", ENCODING_UTF16LE, "UTF-16LE");
    assert_named("UTF-16BE", ENCODING_UTF16BE, "UTF-16BE");
    assert_named("hz-gb-2312", ENCODING_HZ, "HZ-GB-2312");
    assert_named("euc-tw", ENCODING_OTHER, "EUC-TW");
    assert_named("shift_jis", ENCODING_OTHER, "CP932");
}

static void test_wrong_labels_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",         " ",           "no-such-encoding", "utf-8//IGNORE",
        "gbk//utf", "../../etc/x", "EUC-TW//TRANSLIT", "a name that is much too long for it"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct encoding encoding;
        dedup_error error;
        assert_int_equal(encoding_named(wrong[i], &encoding, &error), DEDUP_ERROR_ARGUMENT);
    }
}

static void test_marks(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *name;
        unsigned char mark, unit;
    } cases[] = {
        {"\xef\xbb\xbf\x61", 4, "UTF-8", 3, 1},
        {"\xff\xfe\x61\0", 4, "UTF-16LE", 2, 2},
        {"\xfe\xff\0"
         "a",
         4, "UTF-16BE", 2, 2},
        {"\xff\xfe\0\0a\0\0\0", 8, "UTF-32LE", 4, 4},
        {"\0\0\xfe\xff\0\0\0a", 8, "UTF-32BE", 4, 4},
        {"\x84\x31\x95\x33\x61", 5, "GB18030", 4, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding encoding;
        struct decoder *decoder;
        struct decoded decoded;
        assert_true(encoding_of_mark(cases[i].bytes, cases[i].length, &encoding));
        assert_string_equal(encoding.name, cases[i].name);
        assert_int_equal(encoding.mark, cases[i].mark);
        assert_int_equal(encoding.unit, cases[i].unit);
        assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
        assert_int_equal(decoder_decode(decoder, &encoding, cases[i].bytes, cases[i].length, &decoded, NULL), DEDUP_OK);
        assert_int_equal(decoded.length, 1);
        assert_int_equal(decoded.text[0], 'a');
        assert_int_equal(decoded.repair_count, 0);
        uint32_t offset = 0, raw = 99;
        assert_int_equal(decoder_map(decoder, &encoding, cases[i].bytes, cases[i].length, &offset, 1, &raw, NULL),
                         DEDUP_OK);
        assert_int_equal(raw, cases[i].mark);
        decoder_free(decoder);
    }
    struct encoding encoding;
    assert_false(encoding_of_mark("\xef\xbb", 2, &encoding));
    assert_false(encoding_of_mark("", 0, &encoding));
}

/* Input, its text, and the stretches of input that became U+FFFD as "offset+length". */
struct sample {
    const char *label, *raw, *text, *repairs;
};

#define BAD "\xef\xbf\xbd"

static const struct sample samples[] = {
    /* UTF-8: the maximal subparts of Unicode's chapter 3.9. */
    {"utf-8", "a\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63", "a" BAD BAD BAD "b" BAD "c", "1+3 4+2 6+1 8+1 "},
    {"utf-8", "\xed\xa0\x80", BAD BAD BAD, "0+1 1+1 2+1 "},
    {"utf-8", "\xf4\x90\x80\x80", BAD BAD BAD BAD, "0+1 1+1 2+1 3+1 "},
    {"utf-8", "\xe4\xb8\xad\xe4\xb8", "中" BAD, "3+2 "},
    /* GB18030 */
    {"gbk", "\xd6\xd0\xce\xc4\xa3\xac\x61", "中文，a", ""},
    {"gb2312", "\x82\x35\x8f\x33\x95\x32\x82\x36", "龦𠀀", ""},
    {"gb18030", "\xd6!", BAD "!", "0+1 "},
    {"gb18030", "\xd6\x20\xd6\xd0", BAD " 中", "0+1 "},
    {"gb18030", "\x80\xff\xd6\xd0", BAD BAD "中", "0+1 1+1 "},
    {"gb18030", "\xd6\xff\x61", BAD "a", "0+2 "},
    {"gb18030", "\x81\x30\x61", BAD "0a", "0+1 "},
    {"gb18030", "\x81\x30\x81\x41", BAD "0丄", "0+1 "},
    {"gb18030", "\xfe\x39\xfe\x39", BAD, "0+4 "},
    {"gb18030", "a\x81\x30", "a" BAD "0", "1+1 "},
    {"gb18030", "a\x81\x30\x81", "a" BAD "0" BAD, "1+1 3+1 "},
    {"gb18030", "a\xd6", "a" BAD, "1+1 "},
    /* Big5 */
    {"big5", "\xa4\xa4\xa4\xe5\xa1\x41", "中文，", ""},
    {"big5", "\x9d\xf7\xb3\x5c\xa5\x5c", "咗許功", ""},
    {"big5", "\x88\x62\x88\x66\x88\xa3", "Ê̄Êê̄", ""},
    {"big5", "\xa3\xe1\xa1\xc3\xa1\xfe", "€￣／", ""},
    {"big5", "\xa4!", BAD "!", "0+1 "},
    {"big5", "\xa4\x80\x61", BAD "a", "0+2 "},
    {"big5", "\x81\x40", BAD "@", "0+1 "},
    {"big5", "\x80\xff\xa4", BAD BAD BAD, "0+1 1+1 2+1 "},
    /* HZ */
    {"hz", "a~{VPND~}b~~~\nc", "a中文b~c", ""},
    {"hz", "~{VP\nVP", "中\nVP", ""},
    {"hz", "~x\xd6~{V\x7fV", BAD "x" BAD BAD "\x7f" BAD, "0+1 2+1 5+1 7+1 "},
    /* iconv(3) */
    {"euc-tw", "\xc4\xe3\xc5\xc6", "中文", ""},
    {"shift_jis", "\x93\xfa\x96\x7b\x82\xcc", "日本の", ""},
    {"euc-kr", "\xc7\xd1\xb1\xdb\xff\x61", "한글" BAD "a", "4+1 "},
    {"latin1", "caf\xe9 \x93", "café “", ""},
};

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample *sample = &samples[i];
        struct decoder *decoder;
        struct encoding encoding;
        struct decoded decoded;
        assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
        assert_int_equal(encoding_named(sample->label, &encoding, NULL), DEDUP_OK);
        assert_int_equal(decoder_decode(decoder, &encoding, sample->raw, strlen(sample->raw), &decoded, NULL),
                         DEDUP_OK);
        char repairs[256] = "";
        for (uint32_t r = 0; r < decoded.repair_count; r++) {
            assert_memory_equal(decoded.text + decoded.repairs[r].text, BAD, 3);
            size_t used = strlen(repairs);
            (void)snprintf(repairs + used, sizeof repairs - used, "%u+%u ", decoded.repairs[r].raw,
                           decoded.repairs[r].length);
        }
        char text[256] = "";
        memcpy(text, decoded.text, decoded.length);
        assert_string_equal(text, sample->text);
        assert_string_equal(repairs, sample->repairs);
        decoder_free(decoder);
    }
}

static void test_utf16_ends_and_surrogates(void **state)
{
    (void)state;
    static const struct {
        const char *label, *raw;
        size_t length;
        const char *text, *repairs;
    } cases[] = {
        {"utf-16le", "\x2d\x4e\x0a\0\x3d\xd8\0\xde", 8, "中\n😀", ""},
        {"utf-16be", "\x4e\x2d\0\x0a\xd8\x3d\xde\0", 8, "中\n😀", ""},
        {"utf-16be", "\xde\0\xd8\x3d\x4e\x2d", 6, BAD BAD "中", "0+2 2+2 "},
        {"utf-16be", "\x4e\x2d\x4e", 3, "中" BAD, "2+1 "},
        {"utf-16be", "\xd8\x3d", 2, BAD, "0+2 "},
        {"utf-16be", "\xd8\x3d\xde", 3, BAD, "0+3 "},
        {"utf-32be", "\0\0\x4e\x2d\0\0\xd8\x3d\0\0\0a\0\0", 14, "中" BAD "a" BAD, "4+4 12+2 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decoder *decoder;
        struct encoding encoding;
        struct decoded decoded;
        assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
        assert_int_equal(encoding_named(cases[i].label, &encoding, NULL), DEDUP_OK);
        assert_int_equal(decoder_decode(decoder, &encoding, cases[i].raw, cases[i].length, &decoded, NULL), DEDUP_OK);
        char repairs[256] = "";
        for (uint32_t r = 0; r < decoded.repair_count; r++) {
            size_t used = strlen(repairs);
            (void)snprintf(repairs + used, sizeof repairs - used, "%u+%u ", decoded.repairs[r].raw,
                           decoded.repairs[r].length);
        }
        assert_int_equal(decoded.length, strlen(cases[i].text));
        assert_memory_equal(decoded.text, cases[i].text, decoded.length);
        assert_string_equal(repairs, cases[i].repairs);
        decoder_free(decoder);
    }
}

static void test_nul_and_controls_pass(void **state)
{
    (void)state;
    static const char *const names[] = {"utf-8", "gbk", "big5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        dedup_buffer text;
        dedup_decoded info;
        dedup_buffer_init(&text, 100);
        assert_int_equal(dedup_decode("a\0\x1b\x7f\r\n", 6, names[i], &text, &info, NULL), DEDUP_OK);
        assert_int_equal(text.length, 6);
        assert_memory_equal(text.data, "a\0\x1b\x7f\r\n", 6);
        assert_int_equal(info.repairs, 0);
        dedup_buffer_release(&text);
    }
}

static void test_public_decode(void **state)
{
    (void)state;
    dedup_buffer text;
    dedup_decoded info;
    dedup_error error;
    dedup_buffer_init(&text, 64);
    assert_int_equal(dedup_decode("\xef\xbb\xbf中", 6, NULL, &text, &info, &error), DEDUP_OK);
    assert_string_equal(text.data, "中");
    assert_string_equal(info.encoding, "UTF-8");
    /* The mark is right where the label is wrong. Output is appended. */
    assert_int_equal(dedup_decode("\xff\xfe\x87\x65", 4, "gbk", &text, &info, &error), DEDUP_OK);
    assert_string_equal(text.data, "中文");
    assert_string_equal(info.encoding, "UTF-16LE");
    assert_int_equal(dedup_decode("", 0, NULL, &text, NULL, &error), DEDUP_OK);
    assert_int_equal(text.length, 6);
    assert_int_equal(dedup_decode("a", 1, "nonsense", &text, &info, &error), DEDUP_ERROR_ARGUMENT);
    char much[65] = {0};
    assert_int_equal(dedup_decode(much, sizeof much, "utf-8", &text, &info, &error), DEDUP_ERROR_LIMIT);
    assert_int_equal(text.length, 6);
    dedup_buffer_release(&text);
}

static void test_valid_utf8_is_not_copied(void **state)
{
    (void)state;
    static const char raw[] = "\xef\xbb\xbf文章";
    struct decoder *decoder;
    struct encoding encoding;
    struct decoded decoded;
    assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
    assert_int_equal(encoding_detect(decoder, raw, sizeof raw - 1, &encoding, NULL), DEDUP_OK);
    assert_int_equal(decoder_decode(decoder, &encoding, raw, sizeof raw - 1, &decoded, NULL), DEDUP_OK);
    assert_ptr_equal(decoded.text, raw + 3);
    assert_int_equal(decoded.length, 6);
    decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_wrong_labels_are_refused),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_utf16_ends_and_surrogates),
        cmocka_unit_test(test_nul_and_controls_pass),
        cmocka_unit_test(test_public_decode),
        cmocka_unit_test(test_valid_utf8_is_not_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
