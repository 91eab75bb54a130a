#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json_check.h"
#include "report/report.h"

static const char *const rule_files[] = {"my \"rules\".txt"};

static dedup_options sample_options(void)
{
    return (dedup_options){.input = "in",
                           .output = "out",
                           .text_field = "text",
                           .clean = DEDUP_CLEAN_STANDARD,
                           .rule_files = rule_files,
                           .rule_file_count = 1,
                           .threshold = 0.8,
                           .containment = 0.95,
                           .maximum_ratio = 1000};
}

static dedup_summary sample_summary(void)
{
    static dedup_tally rules[] = {{"app.open", 3, 12}, {"nav.more", 1, 2}};
    static dedup_tally encodings[] = {{"UTF-8", 4, 0}};
    return (dedup_summary){.in = {7, 70, 700, 2100},
                           .out = {5, 50, 500, 1500},
                           .files = 4,
                           .exact = 1,
                           .near = 1,
                           .problems = 2,
                           .rules = rules,
                           .rule_count = 2,
                           .encodings = encodings,
                           .encoding_count = 1,
                           .bands = 16,
                           .rows = 4,
                           .threads = 2,
                           .wall_seconds = 1.25,
                           .cpu_seconds = 2.0005};
}

/* The report of the samples; the caller releases the buffer. */
static dedup_buffer sample_report(const dedup_options *options, const dedup_summary *summary, bool reproducible)
{
    static const struct report_problem problems[] = {{DEDUP_ERROR_FORMAT, "a.jsonl", 12, "expected a quote at byte 3"},
                                                     {DEDUP_ERROR_READ, "\xff\n.txt", 0, "no"}};
    static const struct report_skipped skipped[] = {{"图.png", "not a text or JSON Lines file"}};
    struct report report = {.options = options,
                            .summary = summary,
                            .problems = problems,
                            .problem_count = 2,
                            .skipped = skipped,
                            .skipped_count = 1,
                            .reproducible = reproducible};
    dedup_buffer out;
    dedup_buffer_init(&out, 1 << 20);
    assert_int_equal(report_json(&report, &out, NULL), DEDUP_OK);
    assert_true(json_check(out.data));
    assert_int_equal(out.data[out.length - 1], '\n');
    return out;
}

#define HAS(out, text) assert_non_null(strstr((out).data, (text)))

static void test_content(void **state)
{
    (void)state;
    dedup_options options = sample_options();
    dedup_summary summary = sample_summary();
    dedup_buffer out = sample_report(&options, &summary, false);
    assert_ptr_equal(strstr(out.data, "{\n  \"schema\": \"dedup-report-1\",\n"), out.data);
    HAS(out, "    \"encoding\": null,\n    \"text-field\": \"text\",\n");
    HAS(out, "\"rules\": [\"my \\\"rules\\\".txt\"],");
    HAS(out, "\"no-rule\": [],");
    HAS(out, "\"threshold\": 0.8,\n    \"containment\": 0.95,");
    HAS(out, "\"in\": {\"documents\": 7, \"paragraphs\": 70, \"characters\": 700, \"bytes\": 2100},");
    HAS(out, "\"documents\": {\"exact\": 1, \"near\": 1, \"contained\": 0},");
    HAS(out, "    {\"id\": \"app.open\", \"count\": 3, \"characters\": 12},\n");
    HAS(out,
        "{\"path\": \"a.jsonl\", \"line\": 12, \"status\": \"format\", \"message\": \"expected a quote at byte 3\"}");
    HAS(out, "{\"path\": \"\xef\xbf\xbd\\n.txt\", \"path_bytes\": \"ff0a2e747874\", \"status\": \"read\", ");
    HAS(out, "{\"path\": \"图.png\", \"reason\": \"not a text or JSON Lines file\"}");
    HAS(out, "\"engine\": {\"bands\": 16, \"rows\": 4},\n  \"run\": {");
    HAS(out, "\"wall_seconds\": 1.25,\n    \"cpu_seconds\": 2.001\n  }\n}\n");
    dedup_buffer_release(&out);
}

static void test_switched_off(void **state)
{
    (void)state;
    dedup_options options = sample_options();
    dedup_summary summary = sample_summary();
    options.containment = 2;
    options.rule_file_count = 0;
    options.bands = 20;
    options.rows = 5;
    summary.rule_count = summary.encoding_count = 0;
    dedup_buffer out = sample_report(&options, &summary, false);
    HAS(out, "\"containment\": null,");
    HAS(out, "\"bands\": \"20x5\",");
    HAS(out, "\"rules\": [],");
    dedup_buffer_release(&out);
}

/* Runs that differ in nothing but time, threads and place have the same reproducible report. */
static void test_reproducible(void **state)
{
    (void)state;
    dedup_options options = sample_options();
    dedup_summary summary = sample_summary();
    dedup_buffer first = sample_report(&options, &summary, true);
    options.output = "elsewhere";
    options.threads = summary.threads = 8;
    options.memory = 1 << 30;
    options.temporary = "/tmp";
    summary.wall_seconds = 100;
    dedup_buffer second = sample_report(&options, &summary, true);
    assert_string_equal(first.data, second.data);
    summary.near++;
    dedup_buffer third = sample_report(&options, &summary, true);
    assert_string_not_equal(first.data, third.data);
    dedup_buffer_release(&first);
    dedup_buffer_release(&second);
    dedup_buffer_release(&third);
}

static void test_bound(void **state)
{
    (void)state;
    dedup_options options = sample_options();
    dedup_summary summary = sample_summary();
    struct report report = {.options = &options, .summary = &summary};
    for (size_t limit = 0; limit < 1000; limit += 7) {
        dedup_buffer out;
        dedup_error error = {0};
        dedup_buffer_init(&out, limit);
        assert_int_equal(report_json(&report, &out, &error), DEDUP_ERROR_LIMIT);
        assert_int_equal(error.status, DEDUP_ERROR_LIMIT);
        dedup_buffer_release(&out);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(report_clean_name(DEDUP_CLEAN_AGGRESSIVE), "aggressive");
    assert_string_equal(report_documents_name(DEDUP_DOCUMENTS_KEEP), "keep");
    assert_string_equal(report_paragraphs_name(DEDUP_PARAGRAPHS_CORPUS), "corpus");
    assert_string_equal(report_paragraph_unit_name(DEDUP_PARAGRAPH_BLANK), "blank");
    assert_string_equal(report_keep_name(DEDUP_KEEP_NEWEST), "newest");
    assert_string_equal(report_log_name(DEDUP_LOG_OFF), "off");
    assert_string_equal(report_log_name((dedup_log)99), "unknown");
}

int main(void)
{
    (void)setlocale(LC_ALL, "de_DE.UTF-8"); /* where present, a comma stands for the decimal point */
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_content), cmocka_unit_test(test_switched_off),
                                       cmocka_unit_test(test_reproducible), cmocka_unit_test(test_bound),
                                       cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
