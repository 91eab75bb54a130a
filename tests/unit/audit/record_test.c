#include "audit/record.h"

#include <string.h>

#include "test.h"

static void expect(const char *line, enum record_source source, const char *bytes, size_t length, uint64_t written)
{
    struct record record;
    record_init(&record);
    assert_int_equal(record_parse(&record, line, strlen(line), NULL), DEDUP_OK);
    assert_int_equal(record.source, source);
    assert_int_equal(record.bytes.length, length);
    if (length != 0)
        assert_memory_equal(record.bytes.data, bytes, length);
    assert_int_equal(record.written, written);
    record_release(&record);
}

static void says_what_was_removed(void **state)
{
    (void)state;
    expect("{\"document\":\"a\",\"begin\":3,\"end\":9,\"reason\":\"blank\"}", RECORD_MEASURED, "", 0, 0);
    expect("{\"document\":\"a\",\"begin\":0,\"end\":6,\"text\":\"展开\"}", RECORD_TEXT, "展开", 6, 0);
    expect("{\"document\":\"a\",\"begin\":0,\"end\":2,\"text\":\"\\ufffd\",\"text_bytes\":\"ff00\"}", RECORD_TEXT,
           "\xff\0", 2, 0);
    expect("{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":\"x\",\"bytes\":\"817f\"}", RECORD_BYTES, "\x81\x7f", 2,
           0);
}

static void says_what_took_its_place(void **state)
{
    (void)state;
    expect("{\"document\":\"a\",\"begin\":0,\"end\":1,\"bytes\":\"ff\",\"replacement\":\"\\ufffd\"}", RECORD_BYTES,
           "\xff", 1, 3);
    expect("{\"document\":\"a\",\"begin\":0,\"end\":1,\"replacement\":\"\\ufffd\",\"written\":6}", RECORD_MEASURED, "",
           0, 6);
    expect("{\"document\":\"a\",\"begin\":0,\"end\":1,\"written\":9,\"replacement\":5}", RECORD_MEASURED, "", 0, 9);
}

static void escapes_like_the_string_it_stood_in(void **state)
{
    (void)state;
#define ESCAPED(style) "{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":\"a/\\n\\u00e9\",\"escape\":\"" style "\"}"
    expect(ESCAPED("json"), RECORD_TEXT, "a/\\n\xc3\xa9", 6, 0);
    expect(ESCAPED("json ascii"), RECORD_TEXT, "a/\\n\\u00e9", 10, 0);
    expect(ESCAPED("json ascii upper"), RECORD_TEXT, "a/\\n\\u00E9", 10, 0);
    expect(ESCAPED("json slash"), RECORD_TEXT, "a\\/\\n\xc3\xa9", 7, 0);
    expect(ESCAPED("json ascii upper slash"), RECORD_TEXT, "a\\/\\n\\u00E9", 11, 0);
}

static void knows_its_file(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool of_a;
    } cases[] = {
        {"{\"document\":\"a\",\"begin\":0,\"end\":1}", true},
        {"{\"document\":\"a:17\",\"begin\":0,\"end\":1}", true},
        {"{\"document\":\"a:\",\"begin\":0,\"end\":1}", false},
        {"{\"document\":\"a:1x\",\"begin\":0,\"end\":1}", false},
        {"{\"document\":\"ab\",\"begin\":0,\"end\":1}", false},
        {"{\"document\":\"\",\"begin\":0,\"end\":1}", false},
        {"{\"document\":\"\\ufffd\",\"document_bytes\":\"61\",\"begin\":0,\"end\":1}", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record record;
        record_init(&record);
        assert_int_equal(record_parse(&record, cases[i].line, strlen(cases[i].line), NULL), DEDUP_OK);
        assert_int_equal(record_is_of(&record, "a"), cases[i].of_a);
        record_release(&record);
    }
}

static void refuses_damage(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "{}",
        "{\"begin\":0,\"end\":1}",
        "{\"document\":1,\"begin\":0,\"end\":1}",
        "[1]",
        "{\"document\":\"a\",\"begin\":1,\"end\":1,\"text\":\"\"}",
        "{\"document\":\"a\",\"begin\":2,\"end\":1}",
        "{\"document\":\"a\",\"begin\":-1,\"end\":1}",
        "{\"document\":\"a\",\"begin\":0.5,\"end\":1}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1e3}",
        "{\"document\":\"a\",\"begin\":0,\"end\":9223372036854775808}",
        "{\"document\":\"a\",\"begin\":\"0\",\"end\":1}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":5}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"bytes\":\"f\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"bytes\":\"FF\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"bytes\":null}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":\"a\",\"text_bytes\":\"zz\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":\"a\",\"escape\":\"\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":\"a\",\"escape\":\"json upper ascii\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"text\":\"a\",\"escape\":\"jsonx\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"written\":\"3\"}",
        "{\"document\":\"a\",\"begin\":0,\"end\":1,\"replacement\":3}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct record record;
        dedup_error error = {0};
        record_init(&record);
        assert_int_equal(record_parse(&record, lines[i], strlen(lines[i]), &error), DEDUP_ERROR_FORMAT);
        assert_true(error.message[0] != '\0');
        record_release(&record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_removed),
        cmocka_unit_test(says_what_took_its_place),
        cmocka_unit_test(escapes_like_the_string_it_stood_in),
        cmocka_unit_test(knows_its_file),
        cmocka_unit_test(refuses_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
