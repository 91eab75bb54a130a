/* report.html: everything that it says is there, nothing of the input is markup, and every element is closed. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "report/html.h"

#define HAS(out, text)   assert_non_null(strstr((out).data, (text)))
#define LACKS(out, text) assert_null(strstr((out).data, (text)))

static const char hostile[] =
    "<script>alert('\"&')</script>{{in}}<!-- fragment: open -->\n\x1b[31m\xe2\x80\xae\xff\r\nend";

static dedup_buffer escaped(const char *text, size_t length)
{
    struct page page;
    dedup_buffer out;
    dedup_buffer_init(&out, 1 << 16);
    page_init(&page, report_page, &out, NULL);
    page_escape(&page, text, length);
    assert_int_equal(page.status, DEDUP_OK);
    return out;
}

static void test_escape(void **state)
{
    (void)state;
    dedup_buffer out = escaped(hostile, sizeof hostile - 1);
    assert_string_equal(out.data,
                        "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;{{in}}&lt;!-- fragment: open "
                        "--&gt;\n⟨U+001B⟩[31m⟨U+202E⟩⟨FF⟩\nend");
    dedup_buffer_release(&out);
    out = escaped("a\0b\rc\td\xe4\xb8", 9);
    assert_string_equal(out.data, "a⟨U+0000⟩b\nc\td⟨E4⟩⟨B8⟩");
    dedup_buffer_release(&out);
}

static void test_template(void **state)
{
    struct page page;
    dedup_buffer out;
    (void)state;
    dedup_buffer_init(&out, 1 << 16);
    page_init(&page, "<!-- fragment: a -->\n<b>{{x}}{</b>\n<!-- inline: i -->\n({{y}})\n<!-- fragment: c -->\n<i>\n",
              &out, NULL);
    PAGE_PUT(&page, "a", page_text("x", "{{y}}"), page_count("y", 1));
    PAGE_PUT(&page, "i", page_count("y", 1234567));
    page_put(&page, "c");
    assert_int_equal(page.status, DEDUP_OK);
    assert_string_equal(out.data, "<b>{{y}}{</b>\n(1,234,567)<i>\n");
    page_put(&page, "none");
    assert_int_equal(page.status, DEDUP_ERROR_FORMAT);
    page_put(&page, "c");
    assert_string_equal(out.data, "<b>{{y}}{</b>\n(1,234,567)<i>\n");
    page_init(&page, "<!-- fragment: a -->\n<b>{{x}}</b>\n", &out, NULL);
    page_put(&page, "a");
    assert_int_equal(page.status, DEDUP_ERROR_FORMAT);
    dedup_buffer_release(&out);
}

/* Whether elements are closed in order; what is in style and script does not count. */
static bool is_balanced(const char *at)
{
    static const char *const void_elements[] = {"meta", "link", "rect", "line", "br", "!doctype"};
    enum { DEPTH = 64, NAME = 24 };
    char open[DEPTH][NAME];
    size_t depth = 0;
    while ((at = strchr(at, '<')) != NULL) {
        char name[NAME] = {0};
        if (strncmp(at, "<!--", 4) == 0) {
            at = strstr(at, "-->");
            continue;
        }
        bool closing = at[1] == '/';
        at += 1 + closing;
        size_t length = strcspn(at, " />\n");
        if (length == 0 || length >= NAME)
            return false;
        memcpy(name, at, length);
        bool empty = false;
        for (size_t i = 0; i < sizeof void_elements / sizeof *void_elements; i++)
            empty = empty || strcmp(name, void_elements[i]) == 0;
        const char *end = strchr(at, '>');
        if (!end)
            return false;
        empty = empty && (end[-1] == '/' || strcmp(name, "rect") != 0);
        if (closing && (depth == 0 || strcmp(open[--depth], name) != 0))
            return false;
        if (!closing && !empty) {
            if (depth == DEPTH)
                return false;
            memcpy(open[depth++], name, NAME);
        }
        at = end;
        if (!closing && (strcmp(name, "style") == 0 || strcmp(name, "script") == 0))
            at = strstr(at, strcmp(name, "style") == 0 ? "</style" : "</script");
    }
    return depth == 0;
}

static struct report_text text_of(const char *name, const char *text)
{
    return (struct report_text){.name = name, .text = text, .length = strlen(text)};
}

/* A report in which every part has something to say, and all of it is hostile. */
static dedup_buffer write_page(bool reproducible, bool empty)
{
    static dedup_tally rules[30], encodings[] = {{hostile, 3, 0}};
    static struct report_problem problems[120];
    const struct report_skipped skipped[] = {{hostile, hostile}};
    const struct report_mark marks[] = {{2, 7, hostile, false}, {10, 20, "repeat.block", true}};
    const struct report_pair pairs[] = {
        {text_of(hostile, hostile), text_of(hostile, "other <b>"), 0.8125, "near"},
        {text_of("k", "同樣的文字"), text_of("d", "同样的，文字"), 1, "contained"},
        {text_of("k", "同"), text_of("d", "同"), 1, "exact"},
    };
    const struct report_cluster clusters[] = {{hostile, 1, 2, 3, pairs, 3}};
    const struct report_loss losses[] = {{text_of(hostile, hostile), 90, 50, marks, 2}};
    const struct report_source sources[] = {{hostile, {3, 30, 300, 0}, {1, 10, 100, 0}, 20}};
    const struct report_line lines[] = {{hostile, hostile, hostile, 12345}};
    dedup_options options;
    dedup_buffer out;
    dedup_options_init(&options);
    options.input = hostile;
    options.output = "out";
    for (size_t i = 0; i < 30; i++)
        rules[i] = (dedup_tally){hostile, 2, 1};
    for (size_t i = 0; i < 120; i++)
        problems[i] = (struct report_problem){DEDUP_ERROR_FORMAT, hostile, i, hostile};
    const dedup_summary summary = {.in = {10, 100, 1000000, 1},
                                   .out = {5, 50, 250000, 1},
                                   .duplicate_characters = 500000,
                                   .boilerplate_characters = 250000,
                                   .near = 2,
                                   .rules = rules,
                                   .rule_count = 30,
                                   .encodings = encodings,
                                   .encoding_count = 1};
    const dedup_summary nothing = {0};
    struct report_findings findings = {.cluster_count = 9,
                                       .pairs = pairs,
                                       .pair_count = 3,
                                       .clusters = clusters,
                                       .shown_clusters = 1,
                                       .losses = losses,
                                       .loss_count = 1,
                                       .sources = sources,
                                       .source_count = 1,
                                       .more_sources = 4,
                                       .lines = lines,
                                       .line_count = 1,
                                       .learned = lines,
                                       .learned_count = 1,
                                       .lines_least = true};
    findings.near[81] = 2;
    findings.contained[100] = 1;
    findings.sizes[0] = 5;
    findings.sizes[31] = 1;
    const struct report_findings none = {0};
    struct report report = {.options = &options,
                            .summary = empty ? &nothing : &summary,
                            .problems = problems,
                            .problem_count = empty ? 0 : 120,
                            .skipped = skipped,
                            .skipped_count = empty ? 0 : 1,
                            .reproducible = reproducible};
    dedup_buffer_init(&out, 1 << 22);
    assert_int_equal(report_html(&report, empty ? &none : &findings, &out, NULL), DEDUP_OK);
    return out;
}

static void test_page(void **state)
{
    (void)state;
    dedup_buffer out = write_page(false, false);
    assert_true(is_balanced(out.data));
    HAS(out, "75.0&nbsp;% of the text was removed.");
    HAS(out, "删去了 75.0&nbsp;% 的文字");
    HAS(out, "&lt;script&gt;");
    LACKS(out, "<script>alert");
    LACKS(out, "\x1b");
    LACKS(out, "\xe2\x80\xae");
    HAS(out, "same text, written in another way");
    HAS(out, "not a character differs");
    HAS(out, "20 more are in report.json");
    HAS(out, "6 more rules");
    HAS(out, "4 more sources");
    HAS(out, "8 more groups");
    HAS(out, "<mark class=\"f\">樣</mark>");
    HAS(out, "\n<!-- run -->\n");
    HAS(out, "\n<!-- /run -->\n");
    dedup_buffer_release(&out);
}

/* The parts of the page that differ between runs stand between two lines. */
static void test_reproducible(void **state)
{
    (void)state;
    dedup_buffer with = write_page(false, false), without = write_page(true, false);
    const char *begin = strstr(with.data, "<!-- run -->\n"), *end = strstr(with.data, "<!-- /run -->\n");
    assert_non_null(begin);
    assert_non_null(end);
    end += strlen("<!-- /run -->\n");
    assert_int_equal(with.length - (size_t)(end - begin), without.length);
    assert_memory_equal(with.data, without.data, (size_t)(begin - with.data));
    assert_string_equal(end, without.data + (begin - with.data));
    dedup_buffer_release(&with);
    dedup_buffer_release(&without);
}

static void test_empty(void **state)
{
    (void)state;
    dedup_buffer out = write_page(true, true);
    assert_true(is_balanced(out.data));
    HAS(out, "0.0&nbsp;% of the text was removed.");
    HAS(out, "None were found.");
    LACKS(out, "nan");
    dedup_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_escape), cmocka_unit_test(test_template),
                                       cmocka_unit_test(test_page), cmocka_unit_test(test_reproducible),
                                       cmocka_unit_test(test_empty)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
