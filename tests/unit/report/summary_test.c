#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/run.h"
#include "report/table.h"

static dedup_tally rules[] = {
    {"app.open", 1345, 987654},     {"web.expand", 12345, 500000}, {"image.placeholder", 800, 100000},
    {"platform.notice", 90, 80000}, {"nav.more", 70, 7000},        {"tail.related", 60, 6000},
    {"内网.提示", 50, 5000},        {"share.buttons", 40, 4000},   {"learned.news.example.org", 30, 3000},
    {"copyright.line", 20, 2000},
};
static dedup_tally encodings[] = {{"UTF-8", 1000, 0}, {"GB18030", 180, 0}, {"Big5-HKSCS", 24, 0}};

static const dedup_options options = {.input = "scraped", .output = "clean/"};

static dedup_summary sample(void)
{
    return (dedup_summary){.in = {12345, 345678, 45678901, 137200000},
                           .out = {10211, 301002, 38222111, 114900000},
                           .files = 1204,
                           .files_skipped = 24,
                           .exact = 1200,
                           .near = 800,
                           .contained = 134,
                           .block_repeats = 12,
                           .paragraph_repeats_exact = 300,
                           .paragraph_repeats_near = 33,
                           .paragraph_exact = 900,
                           .paragraph_near = 99,
                           .repairs = 13,
                           .restored = 1,
                           .problems = 7,
                           .duplicate_characters = 5761790,
                           .boilerplate_characters = 1695000,
                           .rules = rules,
                           .rule_count = sizeof rules / sizeof *rules,
                           .encodings = encodings,
                           .encoding_count = 3,
                           .bands = 16,
                           .rows = 4,
                           .threads = 2,
                           .wall_seconds = 3.2,
                           .cpu_seconds = 65};
}

/* The text of a summary; the caller frees it. */
static char *text_of(const dedup_options *how, const dedup_summary *summary, bool color)
{
    dedup_buffer out;
    dedup_buffer_init(&out, 1 << 16);
    assert_int_equal(dedup_summary_text(how, summary, color, &out, NULL), DEDUP_OK);
    return out.data;
}

/* Every line fits 80 columns and ends without blanks; all of them fit a screen. */
static void expect_neat(const char *text)
{
    size_t lines = 0;
    for (const char *line = text; *line; lines++) {
        char copy[512];
        size_t length = strcspn(line, "\n");
        assert_in_range(length, 0, sizeof copy - 1);
        memcpy(copy, line, length);
        copy[length] = '\0';
        assert_in_range(table_width(copy), 0, 80);
        assert_true(length == 0 || copy[length - 1] != ' ');
        assert_int_equal(line[length], '\n');
        line += length + 1;
    }
    assert_in_range(lines, 10, 36);
}

/* Column at which `needle` ends in its line. */
static size_t end_column(const char *text, const char *needle)
{
    const char *found = strstr(text, needle);
    assert_non_null(found);
    const char *begin = found;
    while (begin > text && begin[-1] != '\n')
        begin--;
    char copy[512] = {0};
    memcpy(copy, begin, (size_t)(found - begin) + strlen(needle));
    return table_width(copy);
}

static void test_sample(void **state)
{
    (void)state;
    dedup_summary summary = sample();
    char *text = text_of(&options, &summary, false);
    if (getenv("DEDUP_SHOW"))
        (void)fputs(text, stdout);
    expect_neat(text);
    assert_null(strchr(text, '\033'));
    size_t column = end_column(text, " in");
    assert_int_equal(end_column(text, "45,678,901"), column);
    assert_int_equal(end_column(text, "2,134"), end_column(text, "7,456,790"));
    assert_int_equal(end_column(text, "987,654"), column);
    assert_int_equal(end_column(text, "内网.提示                     5,000"), column);
    assert_non_null(strstr(text, "17.3 %"));
    assert_non_null(strstr(text, "2 more rules"));
    assert_non_null(strstr(text, "Spared      1 document that"));
    assert_non_null(strstr(text, "3.20 s, 42.9 MB/s, 2 threads, 1 min 05 s of CPU time, bands 16x4"));
    assert_non_null(strstr(text, "clean/.dedup/report.html\n"));
    assert_non_null(strstr(text, "UTF-8 1,000, GB18030 180, Big5-HKSCS 24\n"));
    free(text);
}

/* Colour changes nothing but colour: without its codes and with bars drawn, the text is the same. */
static void test_color(void **state)
{
    (void)state;
    dedup_summary summary = sample();
    summary.rule_count = 0;
    char *plain = text_of(&options, &summary, false), *colored = text_of(&options, &summary, true);
    if (getenv("DEDUP_SHOW"))
        (void)fputs(colored, stdout);
    char *to = colored;
    for (const char *from = colored; *from;)
        if (*from == '\033')
            from += strcspn(from, "m") + 1;
        else
            *to++ = *from++;
    *to = '\0';
    assert_string_equal(plain, colored);
    free(plain);
    free(colored);
}

static void test_quiet_corpus(void **state)
{
    (void)state;
    dedup_tally utf8[] = {{"UTF-8", 1, 0}};
    dedup_summary summary = {
        .in = {1, 1, 1, 3}, .out = {1, 1, 1, 3}, .files = 1, .encodings = utf8, .encoding_count = 1, .threads = 1};
    char *text = text_of(&options, &summary, false);
    expect_neat(text);
    assert_null(strstr(text, "Encodings"));
    assert_null(strstr(text, "Boilerplate"));
    assert_null(strstr(text, "Problems"));
    assert_null(strstr(text, "%"));
    assert_non_null(strstr(text, "1 thread,"));
    free(text);
}

/* What is only listed names the option that would remove it. */
static void test_kept(void **state)
{
    (void)state;
    dedup_summary summary = sample();
    dedup_options how = options;
    char *text = text_of(&how, &summary, false);
    assert_non_null(strstr(text, "--paragraphs corpus would"));
    assert_null(strstr(text, "--documents remove would"));
    free(text);
    how.documents = DEDUP_DOCUMENTS_KEEP;
    how.paragraphs = DEDUP_PARAGRAPHS_KEEP;
    text = text_of(&how, &summary, false);
    assert_non_null(strstr(text, "--documents remove would"));
    assert_non_null(strstr(text, "--paragraphs document would"));
    expect_neat(text);
    free(text);
    how.paragraphs = DEDUP_PARAGRAPHS_CORPUS;
    text = text_of(&how, &summary, false);
    assert_null(strstr(text, "--paragraphs"));
    free(text);
}

/* Names and paths come from outside: nothing of them may reach the terminal as a control. */
static void test_hostile(void **state)
{
    (void)state;
    dedup_tally evil[] = {
        {"\033[31m\r\n\xff很长很长很长很长很长很长很长很长很长很长很长的名字", UINT64_MAX, UINT64_MAX}};
    dedup_summary summary = sample();
    summary.rules = summary.encodings = evil;
    summary.rule_count = summary.encoding_count = 1;
    memset(&summary.in, 0xff, sizeof summary.in);
    dedup_options how = options;
    how.output = "o\033]0;x\a\n";
    char *text = text_of(&how, &summary, false);
    for (const char *at = text; *at; at++)
        assert_true(*at == '\n' || (unsigned char)*at >= 0x20);
    assert_non_null(strstr(text, "o\\x1B]0;x\\x07\\x0A/.dedup/report.html"));
    free(text);
}

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(table_width(""), 0);
    assert_int_equal(table_width("abc"), 3);
    assert_int_equal(table_width("展开，ｱ"), 7);
    assert_int_equal(table_width("e\xcc\x81"), 1);
    assert_int_equal(table_width("\xf0\xa0\x80\x80"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sample),       cmocka_unit_test(test_color),
                                       cmocka_unit_test(test_quiet_corpus), cmocka_unit_test(test_kept),
                                       cmocka_unit_test(test_hostile),      cmocka_unit_test(test_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
