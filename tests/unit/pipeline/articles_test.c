/* What the levels leave of five real articles, when they are there: the numbers of the lines that stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "pipeline/clean_text.h"
#include "shared.h"

enum { PATH_SIZE = 4096, LINES = 256 };

/* A cleaned article: which of its lines still have text, and the text. */
struct cleaned {
    dedup_buffer raw, kept;
    struct text_document document;
};

static bool clean_article(struct cleaned *cleaned, const char *name, dedup_clean_level level)
{
    static const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT, NULL};
    char path[PATH_SIZE];
    dedup_error error = {0};
    dedup_cleaner *cleaner;
    struct text_cleaner *worker;
    struct text_outcome outcome;
    if (!shared_path(name, path, sizeof path))
        return false;
    dedup_buffer_init(&cleaned->raw, UINT32_MAX);
    dedup_buffer_init(&cleaned->kept, UINT32_MAX);
    document_init(&cleaned->document);
    assert_int_equal(file_read(-100, path, &cleaned->raw, &error), DEDUP_OK);
    assert_int_equal(dedup_cleaner_create(level, &cleaner, &error), DEDUP_OK);
    assert_int_equal(text_cleaner_create(cleaner, 0.8, &worker, &error), DEDUP_OK);
    assert_int_equal(document_set(&cleaned->document, cleaned->raw.data, (uint32_t)cleaned->raw.length, &error),
                     DEDUP_OK);
    assert_int_equal(text_cleaner_clean(worker, &cleaned->document, &how, &outcome, &error), DEDUP_OK);
    assert_int_equal(document_kept_text(&cleaned->document, &cleaned->kept, &error), DEDUP_OK);
    assert_false(outcome.restored);
    text_cleaner_free(worker);
    dedup_cleaner_free(cleaner);
    return true;
}

static void release(struct cleaned *cleaned)
{
    document_release(&cleaned->document);
    dedup_buffer_release(&cleaned->raw);
    dedup_buffer_release(&cleaned->kept);
}

static bool stays(const struct cleaned *cleaned, size_t number)
{
    return (cleaned->document.lines[number - 1].flags & (LINE_BLANK | LINE_REMOVED)) == 0;
}

/* Lines with text from `first` to `last`, counted from 1. */
static size_t count_text(const struct cleaned *cleaned, size_t first, size_t last)
{
    size_t count = 0;
    for (size_t i = first; i <= last && i <= cleaned->document.line_count; i++)
        count += stays(cleaned, i);
    return count;
}

static size_t count_lines_with_text(const struct cleaned *cleaned)
{
    size_t count = 0;
    for (size_t i = 0; i < cleaned->document.line_count; i++)
        count += (cleaned->document.lines[i].flags & LINE_BLANK) == 0;
    return count;
}

static size_t count_in(const char *text, size_t length, char wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == wanted;
    return count;
}

static void article_000_loses_its_second_copy(void **state)
{
    struct cleaned cleaned;
    (void)state;
    if (!clean_article(&cleaned, "articles/000.txt", DEDUP_CLEAN_SAFE))
        skip();
    assert_int_equal(count_text(&cleaned, 1, 87), 44);
    assert_int_equal(count_text(&cleaned, 88, 175), 0);
    release(&cleaned);
}

static void article_001_loses_blank_lines_only(void **state)
{
    struct cleaned cleaned;
    (void)state;
    if (!clean_article(&cleaned, "articles/001.txt", DEDUP_CLEAN_SAFE))
        skip();
    assert_int_equal(count_text(&cleaned, 1, 157), count_lines_with_text(&cleaned));
    for (size_t i = 0; i < cleaned.document.cut_count; i++)
        assert_int_equal(cleaned.document.cuts[i].reason, CUT_BLANK_RUN);
    release(&cleaned);
}

static void article_002_loses_readings_and_a_button(void **state)
{
    struct cleaned cleaned;
    size_t readings = 0;
    (void)state;
    if (!clean_article(&cleaned, "articles/002.txt", DEDUP_CLEAN_SAFE))
        skip();
    for (size_t i = 0; i < cleaned.document.cut_count; i++)
        readings += cleaned.raw.data[cleaned.document.cuts[i].begin] == '(';
    assert_int_equal(readings, 184);
    assert_int_equal(count_in(cleaned.raw.data, cleaned.raw.length, '(') - 184,
                     count_in(cleaned.kept.data, cleaned.kept.length, '('));
    assert_false(stays(&cleaned, 89));
    assert_int_equal(count_text(&cleaned, 1, 88), count_lines_with_text(&cleaned) - 1);
    release(&cleaned);
}

static void article_003_loses_its_first_line(void **state)
{
    struct cleaned cleaned;
    (void)state;
    if (!clean_article(&cleaned, "articles/003.txt", DEDUP_CLEAN_SAFE))
        skip();
    assert_false(stays(&cleaned, 1));
    assert_int_equal(count_text(&cleaned, 2, 55), count_lines_with_text(&cleaned) - 1);
    release(&cleaned);
}

static void article_004_loses_numbers_pictures_and_notices(void **state)
{
    struct cleaned cleaned;
    (void)state;
    if (!clean_article(&cleaned, "articles/004.txt", DEDUP_CLEAN_SAFE))
        skip();
    assert_int_equal(count_text(&cleaned, 1, 123), 52);
    for (size_t i = 2; i <= 104; i += 102)
        assert_true(stays(&cleaned, i));
    release(&cleaned);
}

/* What the standard level takes besides, and nothing else: lines [first .. ) of `also`, counted from 1, 0 at the end.
 */
static void assert_standard(const char *name, size_t safe_lines, const size_t *also)
{
    struct cleaned cleaned;
    if (!clean_article(&cleaned, name, DEDUP_CLEAN_STANDARD))
        skip();
    size_t left = safe_lines;
    for (; *also != 0; also++, left--)
        assert_false(stays(&cleaned, *also));
    assert_int_equal(count_text(&cleaned, 1, LINES), left);
    release(&cleaned);
}

static void the_standard_level_moves_bylines_and_tags(void **state)
{
    (void)state;
    assert_standard("articles/000.txt", 44, (const size_t[]){3, 5, 0});
    assert_standard("articles/001.txt", 74, (const size_t[]){3, 0});
    assert_standard("articles/003.txt", 27, (const size_t[]){3, 55, 0});
    assert_standard("articles/004.txt", 52, (const size_t[]){0});
}

static bool holds(struct cleaned *cleaned, const char *text)
{
    assert_int_equal(dedup_buffer_append(&cleaned->kept, "", 1, NULL), DEDUP_OK);
    return strstr(cleaned->kept.data, text) != NULL;
}

static void what_looks_like_noise_stays(void **state)
{
    static const struct {
        const char *name, *text;
    } kept[] = {
        {"articles/000.txt", "\n01 "},         {"articles/000.txt", "\n02 "},
        {"articles/000.txt", "\n03 "},         {"articles/000.txt", "路径一:"},
        {"articles/000.txt", "路径二:"},       {"articles/000.txt", "路径三:"},
        {"articles/000.txt", "尾声:"},         {"articles/001.txt", "\n1、"},
        {"articles/001.txt", "\n2、"},         {"articles/001.txt", "\n3、"},
        {"articles/001.txt", "(SHA: 688256)"}, {"articles/002.txt", "(MindSpore)"},
        {"articles/002.txt", "(ITU)"},         {"articles/002.txt", "或導致中國AI算力"},
        {"articles/002.txt", "\n(作者"},       {"articles/003.txt", "(NASDAQ: NVDA)"},
        {"articles/003.txt", "(688041.SH)"},   {"articles/003.txt", "夜色中清晰可见。\n"},
        {"articles/004.txt", "前言\n"},        {"articles/004.txt", "結語\n"},
        {"articles/004.txt", "大家好,我是"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct cleaned cleaned;
        if (!clean_article(&cleaned, kept[i].name, DEDUP_CLEAN_STANDARD))
            skip();
        if (!holds(&cleaned, kept[i].text))
            fail_msg("%s lost %s", kept[i].name, kept[i].text);
        release(&cleaned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(article_000_loses_its_second_copy),
        cmocka_unit_test(article_001_loses_blank_lines_only),
        cmocka_unit_test(article_002_loses_readings_and_a_button),
        cmocka_unit_test(article_003_loses_its_first_line),
        cmocka_unit_test(article_004_loses_numbers_pictures_and_notices),
        cmocka_unit_test(the_standard_level_moves_bylines_and_tags),
        cmocka_unit_test(what_looks_like_noise_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
