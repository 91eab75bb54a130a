/* The stream as a library: verdicts, what is written, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dedup/stream.h"
#include "random.h"

static const char bridge[] =
    "老石桥横跨在苇溪上已经有三百多年，桥头的石狮子是村里人最看重的东西，谁家办喜事都要来摸一摸。";

static dedup_stream *make(const dedup_options *options)
{
    dedup_stream *stream;
    dedup_error error;
    dedup_status status = dedup_stream_create(options, NULL, &stream, &error);
    if (status != DEDUP_OK)
        print_message("%s\n", error.message);
    assert_int_equal(status, DEDUP_OK);
    return stream;
}

static dedup_options options_of(void)
{
    dedup_options options;
    dedup_options_init(&options);
    return options;
}

static dedup_verdict push_line(dedup_stream *stream, const char *line)
{
    dedup_verdict verdict;
    assert_int_equal(dedup_stream_push_line(stream, line, strlen(line), &verdict, NULL), DEDUP_OK);
    return verdict;
}

static void expect_text(const dedup_verdict *verdict, const char *text)
{
    assert_int_equal(verdict->length, strlen(text));
    assert_memory_equal(verdict->text, text, verdict->length);
}

static void test_lines(void **state)
{
    (void)state;
    dedup_options options = options_of();
    options.id_field = "id";
    dedup_stream *stream = make(&options);
    char line[1024];
    (void)snprintf(line, sizeof line, "\xef\xbb\xbf{\"id\": 7, \"text\": \"%s\\n展开全文\", \"more\": [1]}\r\n",
                   bridge);
    dedup_verdict verdict = push_line(stream, line);
    assert_int_equal(verdict.fate, DEDUP_FATE_KEPT);
    assert_false(verdict.leaves);
    assert_int_equal(verdict.number, 1);
    assert_int_equal(verdict.kept, 0);
    (void)snprintf(line, sizeof line, "{\"id\": 7, \"text\": \"%s\\n\", \"more\": [1]}\r\n", bridge);
    expect_text(&verdict, line);
    assert_non_null(strstr(verdict.log, "\"reason\":\"decode.mark\""));
    assert_non_null(strstr(verdict.log, "\"reason\":\"app.unfold\""));

    verdict = push_line(stream, " \t\r\n");
    assert_int_equal(verdict.fate, DEDUP_FATE_BLANK);
    expect_text(&verdict, " \t\r\n");
    verdict = push_line(stream, "{\"id\":\"x\"}");
    assert_int_equal(verdict.fate, DEDUP_FATE_PASSED);
    expect_text(&verdict, "{\"id\":\"x\"}");

    (void)snprintf(line, sizeof line, "{\"id\":\"b\",\"text\":\"%s\"}", bridge);
    verdict = push_line(stream, line);
    assert_int_equal(verdict.fate, DEDUP_FATE_EXACT);
    assert_true(verdict.leaves);
    assert_int_equal(verdict.number, 4);
    assert_int_equal(verdict.kept, 1);
    assert_int_equal(verdict.length, 0);
    assert_non_null(strstr(verdict.log, "\"dropped_id\":\"b\",\"kept_id\":\"7\""));

    dedup_summary summary;
    assert_int_equal(dedup_stream_summary(stream, &summary, NULL), DEDUP_OK);
    assert_int_equal(summary.in.documents, 3);
    assert_int_equal(summary.out.documents, 2);
    assert_int_equal(summary.exact, 1);
    assert_int_equal(summary.problems, 1);
    dedup_summary_release(&summary);
    dedup_stream_free(stream);
}

/* Plain texts, with the ways in which one can be like another. */
static void test_texts(void **state)
{
    (void)state;
    dedup_options options = options_of();
    dedup_stream *stream = make(&options);
    char near[sizeof bridge];
    memcpy(near, bridge, sizeof bridge);
    memcpy(near + sizeof bridge - 7, "看", 3);
    static const char other[] = "渔民们天不亮就出海，潮水退去之后，码头上只剩下修补渔网的老人和几只等鱼吃的猫。";
    const struct {
        const char *text;
        dedup_fate fate;
        uint64_t kept;
    } steps[] = {{bridge, DEDUP_FATE_KEPT, 0},
                 {other, DEDUP_FATE_KEPT, 0},
                 {near, DEDUP_FATE_NEAR, 1},
                 {bridge + 15, DEDUP_FATE_NEAR, 1},
                 {bridge + 60, DEDUP_FATE_CONTAINED, 1},
                 {"", DEDUP_FATE_KEPT, 0},
                 {"", DEDUP_FATE_KEPT, 0},
                 {other, DEDUP_FATE_EXACT, 2}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        dedup_verdict verdict;
        assert_int_equal(dedup_stream_push(stream, steps[i].text, strlen(steps[i].text), &verdict, NULL), DEDUP_OK);
        assert_int_equal(verdict.fate, steps[i].fate);
        assert_int_equal(verdict.kept, steps[i].kept);
        assert_int_equal(verdict.number, i + 1);
        assert_true(verdict.leaves == (steps[i].kept != 0));
        if (!verdict.leaves)
            expect_text(&verdict, steps[i].text);
    }
    dedup_stream_free(stream);
}

/* With DEDUP_DOCUMENTS_KEEP duplicates are found, listed, and passed on. */
static void test_documents_kept(void **state)
{
    (void)state;
    dedup_options options = options_of();
    options.documents = DEDUP_DOCUMENTS_KEEP;
    dedup_stream *stream = make(&options);
    dedup_verdict verdict;
    for (int i = 0; i < 2; i++)
        assert_int_equal(dedup_stream_push(stream, bridge, strlen(bridge), &verdict, NULL), DEDUP_OK);
    assert_int_equal(verdict.fate, DEDUP_FATE_EXACT);
    assert_false(verdict.leaves);
    expect_text(&verdict, bridge);
    assert_non_null(strstr(verdict.log, "\"removed\":false"));
    dedup_stream_free(stream);
}

static void expect_refused(const dedup_options *options, dedup_status status)
{
    dedup_stream *stream;
    dedup_error error;
    assert_int_equal(dedup_stream_create(options, NULL, &stream, &error), status);
    assert_int_equal(error.status, status);
}

static void test_refused(void **state)
{
    (void)state;
    dedup_options options = options_of();
    options.encoding = "gb18030";
    expect_refused(&options, DEDUP_ERROR_ARGUMENT);
    options = options_of();
    options.paragraphs = DEDUP_PARAGRAPHS_CORPUS;
    expect_refused(&options, DEDUP_ERROR_ARGUMENT);
    options = options_of();
    options.threshold = 2;
    expect_refused(&options, DEDUP_ERROR_ARGUMENT);
    options = options_of();
    const char *files[] = {"/nowhere/at/all.rules"};
    options.rule_files = files;
    options.rule_file_count = 1;
    expect_refused(&options, DEDUP_ERROR_READ);
    options = options_of();
    options.memory = 1 << 20;
    options.temporary = "/nowhere/at/all";
    expect_refused(&options, DEDUP_ERROR_WRITE);
    options = options_of();
    options.maximum_document = 10;
    dedup_stream *stream = make(&options);
    dedup_verdict verdict;
    assert_int_equal(dedup_stream_push(stream, bridge, strlen(bridge), &verdict, NULL), DEDUP_ERROR_LIMIT);
    assert_int_equal(dedup_stream_push(stream, "一二三", 9, &verdict, NULL), DEDUP_OK);
    assert_int_equal(verdict.number, 1);
    dedup_stream_free(stream);
}

/* A stream whose memory is used up refuses new texts, keeps its word about what it holds, and numbers on. */
static void test_memory(void **state)
{
    (void)state;
    struct random random = random_make(5);
    dedup_options options = options_of();
    options.memory = 1 << 20;
    options.clean = DEDUP_CLEAN_OFF;
    dedup_stream *stream = make(&options);
    dedup_verdict verdict;
    dedup_status status = DEDUP_OK;
    uint64_t taken = 0;
    while (status == DEDUP_OK && taken < 10000) {
        char text[1200];
        for (size_t i = 0; i < sizeof text / 3; i++) {
            unsigned point = 0x4e00 + (unsigned)random_below(&random, 5000);
            text[3 * i] = (char)(0xe0 | point >> 12);
            text[3 * i + 1] = (char)(0x80 | (point >> 6 & 0x3f));
            text[3 * i + 2] = (char)(0x80 | (point & 0x3f));
        }
        status = dedup_stream_push(stream, text, sizeof text, &verdict, NULL);
        taken += status == DEDUP_OK;
        assert_in_range(dedup_stream_memory(stream), 1, options.memory + 200);
    }
    assert_int_equal(status, DEDUP_ERROR_LIMIT);
    assert_in_range(taken, 50, 2000);
    dedup_summary summary;
    assert_int_equal(dedup_stream_summary(stream, &summary, NULL), DEDUP_OK);
    assert_int_equal(summary.in.documents, taken);
    dedup_summary_release(&summary);
    dedup_stream_free(stream);
}

/* Copies `input` with small documents, and expects `output`. */
static void expect_copy(const char *input, size_t length, const char *output, uint64_t longest, bool stop)
{
    FILE *in = tmpfile(), *out = tmpfile();
    dedup_options options = options_of();
    options.maximum_document = longest;
    dedup_stream *stream = make(&options);
    assert_true(in && out);
    assert_int_equal(fwrite(input, 1, length, in), length);
    rewind(in);
    const dedup_stream_files files = {fileno(in), fileno(out), -1, stop};
    bool closed = true;
    assert_int_equal(dedup_stream_copy(stream, &files, &closed, NULL), DEDUP_OK);
    assert_false(closed);
    char got[4096];
    ssize_t size = pread(fileno(out), got, sizeof got - 1, 0);
    assert_true(size >= 0);
    got[size] = '\0';
    assert_string_equal(got, output);
    dedup_stream_free(stream);
    (void)fclose(in);
    (void)fclose(out);
}

/* Lines that are too long, cut off, or no lines at all go through as they are. */
static void test_copy(void **state)
{
    (void)state;
    static const char *const inputs[] = {"", "\n", "\n\n{}", "{\"text\":\"一二三四五六七\"}\r\n{\"text\":\"一二",
                                         "{\"text\":\"a much longer line than is allowed here\"}\n{\"text\":\"b\"}"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        expect_copy(inputs[i], strlen(inputs[i]), inputs[i], 1 << 20, false);
        expect_copy(inputs[i], strlen(inputs[i]), inputs[i], 40, true);
    }
    expect_copy("{\"text\":\"b\"}\n{\"text\":\"b\"}\n{\"text\":\"b\"}", 38, "{\"text\":\"b\"}\n", 40, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines),          cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_documents_kept), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_memory),         cmocka_unit_test(test_copy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
