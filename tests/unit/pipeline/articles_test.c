/* What the safe level leaves of five real articles, when they are there: the numbers of the lines that stay. */
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
    static const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(article_000_loses_its_second_copy),
        cmocka_unit_test(article_001_loses_blank_lines_only),
        cmocka_unit_test(article_002_loses_readings_and_a_button),
        cmocka_unit_test(article_003_loses_its_first_line),
        cmocka_unit_test(article_004_loses_numbers_pictures_and_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
