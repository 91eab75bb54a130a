#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_check.h"
#include "report/report.h"

static void expect_duplicate(const struct report_duplicate *duplicate, const char *line)
{
    dedup_buffer out;
    dedup_buffer_init(&out, 1 << 20);
    assert_int_equal(report_duplicate(duplicate, &out, NULL), DEDUP_OK);
    assert_string_equal(out.data, line);
    assert_true(json_check(out.data));
    dedup_buffer_release(&out);
}

static void test_duplicate_document(void **state)
{
    (void)state;
    expect_duplicate(&(struct report_duplicate){.unit = "document",
                                                .dropped = "b/二.txt",
                                                .kept = "a.jsonl:7",
                                                .method = "near",
                                                .similarity = 0.92307,
                                                .removed = true},
                     "{\"unit\":\"document\",\"dropped\":\"b/二.txt\",\"kept\":\"a.jsonl:7\",\"similarity\":0.9231,"
                     "\"method\":\"near\",\"removed\":true}\n");
}

static void test_duplicate_paragraph(void **state)
{
    (void)state;
    expect_duplicate(&(struct report_duplicate){.unit = "paragraph",
                                                .dropped = "a \"q\"\n.txt",
                                                .kept = "a",
                                                .dropped_line = 12,
                                                .kept_line = 3,
                                                .method = "exact",
                                                .similarity = 1},
                     "{\"unit\":\"paragraph\",\"dropped\":\"a \\\"q\\\"\\n.txt\",\"line\":12,\"kept\":\"a\","
                     "\"kept_line\":3,\"similarity\":1.0000,\"method\":\"exact\",\"removed\":false}\n");
}

/* Two names that differ in broken bytes only must not look alike in the record. */
static void test_broken_name(void **state)
{
    (void)state;
    expect_duplicate(&(struct report_duplicate){.unit = "document",
                                                .dropped = "\xff.txt",
                                                .kept = "\xef\xbf\xbd.txt",
                                                .method = "exact",
                                                .similarity = 1,
                                                .removed = true},
                     "{\"unit\":\"document\",\"dropped\":\"\xef\xbf\xbd.txt\",\"dropped_bytes\":\"ff2e747874\","
                     "\"kept\":\"\xef\xbf\xbd.txt\",\"similarity\":1.0000,\"method\":\"exact\",\"removed\":true}\n");
}

static void expect_removal(const struct report_removal *removal, const char *line)
{
    dedup_buffer out;
    dedup_buffer_init(&out, 1 << 20);
    assert_int_equal(report_removal(removal, &out, NULL), DEDUP_OK);
    assert_string_equal(out.data, line);
    assert_true(json_check(out.data));
    dedup_buffer_release(&out);
}

static void test_removal_minimal(void **state)
{
    (void)state;
    expect_removal(&(struct report_removal){.document = "a.txt", .begin = 0, .end = UINT64_MAX, .reason = "blank"},
                   "{\"document\":\"a.txt\",\"begin\":0,\"end\":18446744073709551615,\"reason\":\"blank\"}\n");
}

static void test_removal_full(void **state)
{
    (void)state;
    expect_removal(
        &(struct report_removal){.document = "a",
                                 .begin = 3,
                                 .end = 9,
                                 .reason = "repeat.block",
                                 .kept = "b",
                                 .kept_line = 4,
                                 .similarity = 0.8,
                                 .text = "展\0开",
                                 .text_length = 7,
                                 .replacement = "",
                                 .replacement_length = 0},
        "{\"document\":\"a\",\"begin\":3,\"end\":9,\"reason\":\"repeat.block\",\"kept\":\"b\",\"kept_line\":4,"
        "\"similarity\":0.8000,\"text\":\"展\\u0000开\",\"replacement\":\"\"}\n");
    expect_removal(
        &(struct report_removal){.document = "a", .end = 2, .reason = "decode", .text = "\x81\x7f", .text_length = 2},
        "{\"document\":\"a\",\"begin\":0,\"end\":2,\"reason\":\"decode\","
        "\"text\":\"\xef\xbf\xbd\\u007f\",\"text_bytes\":\"817f\"}\n");
}

/* A record that does not fit leaves no trace of itself, whatever the bound. */
static void test_bound(void **state)
{
    (void)state;
    const struct report_removal removal = {
        .document = "a.txt", .begin = 1, .end = 2, .reason = "blank", .text = "\xfe", .text_length = 1};
    dedup_buffer whole;
    dedup_buffer_init(&whole, 1000);
    assert_int_equal(report_removal(&removal, &whole, NULL), DEDUP_OK);
    for (size_t limit = 1; limit <= whole.length + 1; limit++) {
        dedup_buffer out;
        dedup_buffer_init(&out, limit);
        assert_int_equal(dedup_buffer_append(&out, "x", 1, NULL), DEDUP_OK);
        dedup_status status = report_removal(&removal, &out, NULL);
        assert_int_equal(status, limit < whole.length + 1 ? DEDUP_ERROR_LIMIT : DEDUP_OK);
        assert_int_equal(out.length, status == DEDUP_OK ? whole.length + 1 : 1);
        assert_int_equal(out.data[out.length], '\0');
        dedup_buffer_release(&out);
    }
    dedup_buffer_release(&whole);
}

/* Any bytes give one line of valid JSON. */
static void test_random_bytes(void **state)
{
    (void)state;
    unsigned seed = 20240711;
    print_message("seed %u\n", seed);
    uint64_t random = seed;
    for (int round = 0; round < 2000; round++) {
        char text[40];
        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            text[i] = (char)(random >> 56);
        }
        const struct report_removal removal = {
            .document = "a", .reason = "decode", .text = text, .text_length = (size_t)round % sizeof text};
        dedup_buffer out;
        dedup_buffer_init(&out, 1000);
        assert_int_equal(report_removal(&removal, &out, NULL), DEDUP_OK);
        assert_true(json_check(out.data));
        assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
        dedup_buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_duplicate_document), cmocka_unit_test(test_duplicate_paragraph),
        cmocka_unit_test(test_broken_name),        cmocka_unit_test(test_removal_minimal),
        cmocka_unit_test(test_removal_full),       cmocka_unit_test(test_bound),
        cmocka_unit_test(test_random_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
