/* Texts made from the option table: the helps, the manual, the completions, the progress line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/console.h"
#include "cli/generate.h"
#include "cli/help.h"

/* The text that `document` (or with DOCUMENT_NONE a help) prints; the caller frees it. */
static char *text_of(enum document document, bool all)
{
    char *text = NULL;
    size_t length = 0;
    struct settings defaults;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    settings_init(&defaults);
    if (document != DOCUMENT_NONE)
        generate_document(document, &defaults, stream);
    else if (all)
        help_all(&defaults, stream);
    else
        help_short(&defaults, stream);
    settings_release(&defaults);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void expect_lines(const char *text, size_t most_lines, size_t most_columns)
{
    size_t lines = 0;
    for (const char *line = text; *line; lines++) {
        size_t length = strcspn(line, "\n");
        assert_in_range(length, 0, most_columns);
        assert_true(length == 0 || line[length - 1] != ' ');
        line += length + 1;
    }
    assert_in_range(lines, 1, most_lines);
}

/* The short help fits a screen and names the basic options; the long one names all of them. */
static void test_help(void **state)
{
    (void)state;
    char *brief = text_of(DOCUMENT_NONE, false), *all = text_of(DOCUMENT_NONE, true);
    if (getenv("DEDUP_SHOW"))
        (void)printf("%s\n%s", brief, all);
    expect_lines(brief, 50, 80);
    expect_lines(all, 400, 80);
    for (size_t i = 0; i < option_count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, " --%s", option_table[i].name);
        assert_non_null(strstr(all, name));
        if (option_table[i].basic)
            assert_non_null(strstr(brief, name));
    }
    assert_non_null(strstr(brief, "[0.8]"));
    assert_non_null(strstr(all, "[1T]"));
    free(brief);
    free(all);
}

/* What completions put into quotes and brackets must hold none, and what is one line must fit one. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        assert_in_range(strlen(option->brief), 5, OPTION_BRIEF);
        assert_null(strpbrk(option->brief, "'\"[]:\\`$|"));
        assert_int_not_equal(option->commands, 0);
        for (int id = 0; id < COMMAND_COUNT; id++) {
            enum command_id command = (enum command_id)id;
            const struct option *known = (option->commands >> id & 1) != 0 ? option : NULL;
            assert_ptr_equal(option_by_name(option->name, strlen(option->name), command), known);
            if (option->letter)
                assert_ptr_equal(option_by_letter(option->letter, command), known);
        }
        assert_true((option->argument == NULL) == (option->kind == OPTION_FLAG || option->kind == OPTION_REQUEST));
        assert_true(option->kind != OPTION_CHOICE || option->choices);
    }
}

static void test_documents(void **state)
{
    (void)state;
    for (int document = DOCUMENT_MAN; document <= DOCUMENT_MARKDOWN; document++) {
        char *text = text_of((enum document)document, false);
        for (size_t i = 0; i < option_count; i++)
            assert_non_null(strstr(text, option_table[i].name));
        free(text);
    }
}

static void expect_line(const dedup_progress *progress, double seconds, size_t columns, const char *expected)
{
    char line[160];
    console_line(progress, seconds, columns, line, sizeof line);
    assert_string_equal(line, expected);
}

static void test_progress_line(void **state)
{
    (void)state;
    expect_line(&(dedup_progress){"list", 1200, 0}, 1, 79, "list   1200");
    expect_line(&(dedup_progress){"read", 0, 100}, 0, 79, "read     0 %  0/0 MB");
    expect_line(&(dedup_progress){"read", 250000000, 1000000000}, 2, 79,
                "read    25 %  250/1000 MB   125.0 MB/s  0:06 left");
    expect_line(&(dedup_progress){"match", 1, 4}, 1000, 79, "match   25 %  1/4  50:00 left");
    expect_line(&(dedup_progress){"match", 1, 40}, 1000, 79, "match    2 %  1/40  10:50:00 left");
    expect_line(&(dedup_progress){"write", 7, 5}, 1, 79, "write  100 %  0/0 MB     0.0 MB/s");
    expect_line(&(dedup_progress){"stream", 4000000, 0}, 2, 79, "stream  4 MB     2.0 MB/s");
    expect_line(&(dedup_progress){"match", 1, 4}, 1000, 8, "match   ");
    char json[256];
    console_json(&(dedup_progress){"read", 25, 100}, 2, json, sizeof json);
    assert_string_equal(json, "{\"stage\":\"read\",\"done\":25,\"total\":100,\"seconds\":2.000,"
                              "\"bytes_per_second\":12,\"seconds_left\":6.0}");
    console_json(&(dedup_progress){"list", 3, 0}, 0, json, sizeof json);
    assert_string_equal(json, "{\"stage\":\"list\",\"done\":3,\"total\":0,\"seconds\":0.000}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_help), cmocka_unit_test(test_table),
                                       cmocka_unit_test(test_documents), cmocka_unit_test(test_progress_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
