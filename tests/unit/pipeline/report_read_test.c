/* What report.json says is what was written. */
#include "test.h"

#include <string.h>

#include "pipeline/report_read.h"
#include "report/report.h"

static dedup_summary sample_summary(void)
{
    static dedup_tally rules[] = {{"app.open", 3, 12}, {"a \"b\"\n{[}", 1, 2}};
    static dedup_tally encodings[] = {{"UTF-8", 4, 0}, {"GB18030", UINT64_C(1) << 53, 0}};
    return (dedup_summary){.in = {7, 70, 700, UINT64_MAX},
                           .out = {5, 50, 500, 1500},
                           .files = 4,
                           .files_skipped = 3,
                           .exact = 10,
                           .near = 11,
                           .contained = 12,
                           .block_repeats = 13,
                           .paragraph_repeats_exact = 14,
                           .paragraph_repeats_near = 15,
                           .paragraph_exact = 16,
                           .paragraph_near = 17,
                           .repairs = 18,
                           .restored = 19,
                           .problems = 20,
                           .duplicate_characters = 21,
                           .boilerplate_characters = 22,
                           .rules = rules,
                           .rule_count = 2,
                           .encodings = encodings,
                           .encoding_count = 2,
                           .bands = 16,
                           .rows = 4,
                           .threads = 2,
                           .wall_seconds = 1.25,
                           .cpu_seconds = 2.5};
}

static void write_sample(const dedup_options *options, const dedup_summary *summary, dedup_buffer *out)
{
    const struct report report = {.options = options, .summary = summary};
    dedup_buffer_init(out, 1 << 20);
    assert_int_equal(report_json(&report, out, NULL), DEDUP_OK);
}

static void test_round_trip(void **state)
{
    (void)state;
    dedup_options options;
    struct stored_report got;
    dedup_buffer text, again;
    dedup_options_init(&options);
    options.documents = DEDUP_DOCUMENTS_KEEP;
    options.paragraphs = DEDUP_PARAGRAPHS_CORPUS;
    options.text_field = "本文";
    const dedup_summary want = sample_summary();
    write_sample(&options, &want, &text);
    assert_int_equal(stored_report_parse(text.data, text.length, &got, NULL), DEDUP_OK);
    assert_int_equal(got.options.documents, DEDUP_DOCUMENTS_KEEP);
    assert_int_equal(got.options.paragraphs, DEDUP_PARAGRAPHS_CORPUS);
    assert_string_equal(got.options.text_field, "本文");
    /* Everything that was read is written again as it was. */
    write_sample(&options, &got.summary, &again);
    assert_string_equal(again.data, text.data);
    stored_report_release(&got);
    dedup_buffer_release(&text);
    dedup_buffer_release(&again);
}

/* No beginning of a report is a report, and no byte that is missing does harm. */
static void test_damaged(void **state)
{
    (void)state;
    dedup_options options;
    dedup_buffer text;
    dedup_options_init(&options);
    const dedup_summary summary = sample_summary();
    write_sample(&options, &summary, &text);
    for (size_t length = 0; length + 2 < text.length; length++) {
        struct stored_report got;
        assert_int_equal(stored_report_parse(text.data, length, &got, NULL), DEDUP_ERROR_FORMAT);
        stored_report_release(&got);
    }
    for (size_t hole = 0; hole < text.length; hole++) {
        struct stored_report got;
        char byte = text.data[hole];
        text.data[hole] = '"';
        dedup_status status = stored_report_parse(text.data, text.length, &got, NULL);
        assert_true(status == DEDUP_OK || status == DEDUP_ERROR_FORMAT);
        stored_report_release(&got);
        text.data[hole] = byte;
    }
    dedup_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
