/* The filter in front of the patterns loses nothing: what a pattern matches by brute force, the filter lets through. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/utf8.h"
#include "clean/worker.h"
#include "shared.h"

static dedup_cleaner *cleaner;
static pcre2_match_data *match;
static struct match_line folded;
static struct prefilter_hits hits;
static struct prefilter_scan scan;

static int set_up(void **state)
{
    (void)state;
    match_line_init(&folded);
    match = pcre2_match_data_create(1, NULL);
    return dedup_cleaner_create(DEDUP_CLEAN_AGGRESSIVE, &cleaner, NULL) != DEDUP_OK ||
           prefilter_hits_reserve(&hits, cleaner->rules.pattern_count, NULL) != DEDUP_OK || !match;
}

static int tear_down(void **state)
{
    (void)state;
    dedup_cleaner_free(cleaner);
    pcre2_match_data_free(match);
    match_line_release(&folded);
    prefilter_hits_release(&hits);
    prefilter_scan_release(&scan);
    return 0;
}

static uint64_t marks_in(const struct match_line *line)
{
    uint64_t marks = 0;
    const char *end = line->text + line->length;
    for (const char *text = line->text; text < end;)
        marks |= literals_mark(utf8_next(&text));
    return marks;
}

static bool is_hit(size_t pattern)
{
    for (size_t i = 0; i < hits.count; i++)
        if (hits.patterns[i] == pattern)
            return true;
    return false;
}

/* Checks all patterns against one line; returns how many match. */
static size_t check_line(const struct text_document *document, size_t number)
{
    const struct rule_set *set = &cleaner->rules;
    const struct text_line *line = &document->lines[number];
    size_t found = 0;
    assert_int_equal(match_line_set(&folded, line_text(document, number), line_length(document, number), NULL),
                     DEDUP_OK);
    uint64_t marks = marks_in(&folded);
    size_t first = 0, end = 0;
    for (; end < scan.count && scan.places[end].at < line->key + line->key_count; end++)
        first += scan.places[end].at < line->key;
    prefilter_find(&set->prefilter, scan.places + first, end - first, line->key, document->key.points + line->key,
                   line->key_count, &hits);
    for (size_t i = 0; i < set->pattern_count; i++) {
        const struct rule *rule = &set->rules[set->patterns[i].rule];
        const pcre2_code *code;
        if (rule->kind != 'F' && line->key_count > rule->limit)
            continue;
        assert_int_equal(pattern_code_get(set->patterns[i].code, &code, NULL), DEDUP_OK);
        if (pcre2_match(code, (PCRE2_SPTR)folded.text, folded.length, 0, PCRE2_NO_UTF_CHECK, match, NULL) < 0)
            continue;
        found++;
        bool lets_through = set->patterns[i].open || is_hit(i);
        if (!lets_through || !marks_suffice(set->patterns[i].marks, marks))
            fail_msg("%s matches but is filtered: %s", rule->id, folded.text);
    }
    return found;
}

static size_t check_text(const char *text, size_t length, size_t step)
{
    struct text_document document;
    size_t found = 0;
    document_init(&document);
    assert_int_equal(document_set(&document, text, (uint32_t)length, NULL), DEDUP_OK);
    assert_int_equal(prefilter_scan(&cleaner->rules.prefilter, document.key.points, document.key.count, &scan, NULL),
                     DEDUP_OK);
    for (size_t i = 0; i < document.line_count; i += step)
        found += check_line(&document, i);
    document_release(&document);
    return found;
}

static void examples_pass_the_filter(void **state)
{
    const struct rule_set *set = &cleaner->rules;
    size_t found = 0;
    (void)state;
    for (size_t i = 0; i < set->example_count; i++)
        found += check_text(set->examples[i].text, set->examples[i].length, 1);
    assert_true(found > set->example_count / 3);
}

/* Every `step`th line of the files of a folder. */
static void check_folder(const char *name, size_t files, size_t step)
{
    char path[4096], file[4400];
    if (!shared_path(name, path, sizeof path))
        skip();
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; files > 0 && (entry = readdir(folder));) {
        dedup_buffer text;
        if (entry->d_name[0] == '.')
            continue;
        dedup_buffer_init(&text, 1 << 28);
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        assert_int_equal(file_read(-100, file, &text, NULL), DEDUP_OK);
        (void)check_text(text.data, text.length, step);
        dedup_buffer_release(&text);
        files--;
    }
    (void)closedir(folder);
}

static void pages_pass_the_filter(void **state)
{
    (void)state;
    check_folder("eval/pages/page", 54, 3);
}

static void articles_pass_the_filter(void **state)
{
    (void)state;
    check_folder("articles", 5, 1);
}

/* The filter sees fold keys, patterns see matching forms: a letter of the one must be the letter of the other. Digits
 * need not, no literal has any. */
static void both_forms_agree_on_letters(void **state)
{
    struct fold_key key, again;
    char text[4];
    unsigned apart = 0;
    (void)state;
    fold_key_init(&key);
    fold_key_init(&again);
    for (uint32_t point = 0x20; point < 0x30000; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        size_t length = utf8_put(point, text);
        fold_key_clear(&key);
        fold_key_clear(&again);
        assert_int_equal(fold_append(&key, text, length, NULL), DEDUP_OK);
        assert_int_equal(match_line_set(&folded, text, length, NULL), DEDUP_OK);
        assert_int_equal(fold_append(&again, folded.text, folded.length, NULL), DEDUP_OK);
        bool digit = folded.length == 1 && folded.text[0] >= '0' && folded.text[0] <= '9';
        if (digit || (folded.length == 1 && again.count == 0))
            continue;
        if (key.count != again.count ||
            (key.count != 0 && memcmp(key.points, again.points, key.count * sizeof *key.points) != 0))
            apart++;
    }
    fold_key_release(&key);
    fold_key_release(&again);
    /* Rare characters whose simplified form is itself simplified further: no word of a pack has one. */
    print_message("%u letters apart\n", apart);
    assert_true(apart <= 4);
}

static void required_words_are_found(void **state)
{
    static const struct {
        const char *pattern, *first;
    } cases[] = {
        {"^(?:点击|轻触)展开全文$", "展开全文"},
        {"a(?:扫码|扫描)?关注b", "关注b"},
        {"(?:甲乙|丙丁)", "甲乙"},
        {"[展开]全文", "全文"},
        {"(?:甲|乙)丙", ""},
        {"(?<=关注)", ""},
        {"展?开", ""},
        {"\\d{4}年", ""},
        {"(?i)展开", ""},
    };
    struct literal expected;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct requirement found;
        literals_required(cases[i].pattern, strlen(cases[i].pattern), &found);
        assert_int_equal(found.first.count != 0, *cases[i].first != '\0');
        if (found.first.count == 0)
            continue;
        assert_int_equal(literal_of(cases[i].first, strlen(cases[i].first), &expected, NULL), DEDUP_OK);
        assert_int_equal(found.first.items[0].count, expected.count);
        assert_memory_equal(found.first.items[0].points, expected.points, expected.count * sizeof(uint32_t));
    }
}

/* A digit is a mark: of escapes, of digits themselves, and of all branches or none. */
static void required_digits_are_found(void **state)
{
    static const struct {
        const char *pattern;
        bool digit;
    } cases[] = {
        {"甲乙\\d", true},       {"甲乙7", true},        {"(?:\\d\\d|丙5)月", true}, {"甲乙\\d?", false},
        {"(?:\\d|丙)丁", false}, {"甲乙(?=\\d)", false}, {"(甲乙)\\1", false},       {"甲乙\\D", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct requirement found;
        bool digit = false;
        literals_required(cases[i].pattern, strlen(cases[i].pattern), &found);
        for (size_t j = 0; j < MARK_SETS; j++)
            digit |= found.marks[j] == LITERALS_DIGIT;
        assert_int_equal(digit, cases[i].digit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_pass_the_filter), cmocka_unit_test(articles_pass_the_filter),
        cmocka_unit_test(pages_pass_the_filter),    cmocka_unit_test(both_forms_agree_on_letters),
        cmocka_unit_test(required_words_are_found), cmocka_unit_test(required_digits_are_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
