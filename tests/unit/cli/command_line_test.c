#include "cli/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/show.h"
#include "cli/suggest.h"
#include "report/report.h"

enum { ARGUMENTS_MAXIMUM = 32 };

/* Splits `line` at blanks and parses it. The settings borrow from `line`. */
static bool parse(enum command_id command, char *line, struct settings *settings, char *message)
{
    char *arguments[ARGUMENTS_MAXIMUM];
    int count = 0;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    message[0] = '\0';
    settings_init(settings);
    return parse_arguments(command, count, arguments, settings, message);
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "--in a --out b --quiet --verbose --threads 3",
        "--in=a --out=b -q -v --threads=3",
        "-i a -o b -qv -j 3",
        "-ia -ob -qvj3",
        "-qvia --out b -j3",
        "--threads 9 -v --in x -qi a -j3 -o b",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct settings settings;
        char line[100], message[PARSE_MESSAGE_SIZE];
        (void)snprintf(line, sizeof line, "%s", lines[i]);
        assert_true(parse(COMMAND_RUN, line, &settings, message));
        assert_string_equal(settings.options.input, "a");
        assert_string_equal(settings.options.output, "b");
        assert_true(settings.quiet && settings.verbose);
        assert_int_equal(settings.options.threads, 3);
        settings_release(&settings);
    }
}

static void test_values(void **state)
{
    (void)state;
    struct settings settings;
    char message[PARSE_MESSAGE_SIZE];
    char line[] = "-i a -o b --memory 3G --threshold .75 --containment off --bands 20x5 --rules x --rules=y "
                  "--no-rule z --max-document 64k --progress never";
    assert_true(parse(COMMAND_RUN, line, &settings, message));
    assert_true(settings.options.memory == 3ull << 30);
    assert_true(settings.options.threshold == 0.75);
    assert_true(settings.options.containment > 1);
    assert_int_equal(settings.options.bands, 20);
    assert_int_equal(settings.options.rows, 5);
    assert_int_equal(settings.options.rule_file_count, 2);
    assert_string_equal(settings.options.rule_files[1], "y");
    assert_int_equal(settings.options.rules_off_count, 1);
    assert_string_equal(settings.options.rules_off[0], "z");
    assert_int_equal(settings.options.maximum_document, 65536);
    assert_int_equal(settings.progress, WHEN_NEVER);
    settings_release(&settings);
}

/* Every list grows as far as it must. */
static void test_long_list(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static char *arguments[COUNT + 2];
    char option[] = "--rules=r", in[] = "-ia", out[] = "-ob", message[PARSE_MESSAGE_SIZE];
    for (size_t i = 0; i < COUNT; i++)
        arguments[i] = option;
    arguments[COUNT] = in;
    arguments[COUNT + 1] = out;
    struct settings settings;
    settings_init(&settings);
    assert_true(parse_arguments(COMMAND_RUN, COUNT + 2, arguments, &settings, message));
    assert_int_equal(settings.options.rule_file_count, COUNT);
    assert_string_equal(settings.options.rule_files[COUNT - 1], "r");
    settings_release(&settings);
}

/* What the table calls a value is what the report calls it. */
static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        bool taken = option->kind == OPTION_CHOICE && (option->commands & 1u << COMMAND_RUN) != 0;
        for (const struct choice *choice = taken ? option->choices : NULL; choice && choice->name; choice++) {
            const char *name = NULL;
            if (strcmp(option->name, "clean") == 0)
                name = report_clean_name((dedup_clean_level)choice->value);
            else if (strcmp(option->name, "documents") == 0)
                name = report_documents_name((dedup_documents)choice->value);
            else if (strcmp(option->name, "paragraphs") == 0)
                name = report_paragraphs_name((dedup_paragraphs)choice->value);
            else if (strcmp(option->name, "paragraph") == 0)
                name = report_paragraph_unit_name((dedup_paragraph_unit)choice->value);
            else if (strcmp(option->name, "keep") == 0)
                name = report_keep_name((dedup_keep)choice->value);
            else if (strcmp(option->name, "log") == 0)
                name = report_log_name((dedup_log)choice->value);
            if (name)
                assert_string_equal(name, choice->name);
            char line[100], message[PARSE_MESSAGE_SIZE];
            struct settings settings;
            bool of_run = (option->commands & 1u << COMMAND_RUN) != 0;
            (void)snprintf(line, sizeof line, "%s --%s %s", of_run ? "-ia -ob" : "out", option->name, choice->name);
            assert_true(parse(of_run ? COMMAND_RUN : COMMAND_REPORT, line, &settings, message));
            assert_memory_equal((char *)&settings + option->offset, &choice->value, sizeof choice->value);
            settings_release(&settings);
        }
    }
}

static void test_complaints(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"", "--in DIR is missing; the usage is dedup --in DIR --out DIR [options]"},
        {"--in a", "--out DIR is missing; the usage is dedup --in DIR --out DIR [options]"},
        {"--treshold .5", "unknown option --treshold; did you mean --threshold?"},
        {"--htreshold=.5", "unknown option --htreshold; did you mean --threshold?"},
        {"--contain .5", "unknown option --contain; did you mean --containment?"},
        {"--thread 2", "unknown option --thread; did you mean --threads?"},
        {"--xyz\033[1m", "unknown option --xyz\\x1B[1m; dedup --help-all lists all options"},
        {"-x", "unknown option -x; dedup --help lists the options"},
        {"-q\xff", "unknown option -\\xFF; dedup --help lists the options"},
        {"--in", "--in needs a value: --in DIR"},
        {"--in --out b", "--in needs a value: --in DIR"},
        {"--in=", "--in needs a value: --in DIR"},
        {"-i", "--in needs a value: --in DIR"},
        {"--quiet=yes", "--quiet takes no value; write --quiet"},
        {"--threshold 80", "--threshold takes a number from 0.05 to 1, not \"80\""},
        {"--threshold .04", "--threshold takes a number from 0.05 to 1, not \".04\""},
        {"--threshold nan", "--threshold takes a number from 0.05 to 1, not \"nan\""},
        {"--threshold 0x1", "--threshold takes a number from 0.05 to 1, not \"0x1\""},
        {"--threshold .", "--threshold takes a number from 0.05 to 1, not \".\""},
        {"--threshold off", "--threshold takes a number from 0.05 to 1, not \"off\""},
        {"--containment of", "--containment takes a number from 0.05 to 1, or off, not \"of\""},
        {"--threads -1", "--threads takes a whole number from 0 to 1024, not \"-1\""},
        {"--threads 1025", "--threads takes a whole number from 0 to 1024, not \"1025\""},
        {"--max-ratio 0", "--max-ratio takes a whole number from 1 to 4294967295, not \"0\""},
        {"--max-ratio 4294967296", "--max-ratio takes a whole number from 1 to 4294967295, not \"4294967296\""},
        {"--memory 1Q", "--memory takes a size such as 512M or 4G, not \"1Q\""},
        {"--memory 1GB", "--memory takes a size such as 512M or 4G, not \"1GB\""},
        {"--memory M", "--memory takes a size such as 512M or 4G, not \"M\""},
        {"--memory 99999999999T", "--memory takes a size such as 512M or 4G, not \"99999999999T\""},
        {"--max-document 4G", "--max-document takes a size such as 512M or 4G, not \"4G\""},
        {"--bands 16", "--bands takes bands and rows such as 16x4, not \"16\""},
        {"--bands 0x4", "--bands takes bands and rows such as 16x4, not \"0x4\""},
        {"--bands 4x129", "--bands takes bands and rows such as 16x4, not \"4x129\""},
        {"--keep newst", "--keep takes best, first or newest, not \"newst\"; did you mean newest?"},
        {"--keep oldest", "--keep takes best, first or newest, not \"oldest\""},
        {"lgo", "unexpected \"lgo\"; did you mean dedup log?"},
        {"ruls", "unexpected \"ruls\"; did you mean dedup rules list?"},
        {"rules ist", "the commands are dedup rules list, dedup rules test, dedup rules explain, "
                      "dedup rules learned"},
        {"scraped", "unexpected \"scraped\"; the usage is dedup --in DIR --out DIR [options]"},
        {"-- --in", "unexpected \"--in\"; the usage is dedup --in DIR --out DIR [options]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        char line[100], message[PARSE_MESSAGE_SIZE];
        (void)snprintf(line, sizeof line, "%s", cases[i].line);
        assert_false(parse(COMMAND_RUN, line, &settings, message));
        assert_string_equal(message, cases[i].message);
        settings_release(&settings);
    }
}

static void test_log_command(void **state)
{
    (void)state;
    struct settings settings;
    char message[PARSE_MESSAGE_SIZE], line[] = "-- -out", none[] = "", foreign[] = "out --in a",
                                      later[] = "--in a --to b", misspelt[] = "out --inn a";
    assert_true(parse(COMMAND_LOG, line, &settings, message));
    assert_int_equal(settings.arguments.count, 1);
    assert_string_equal(settings.arguments.items[0], "-out");
    settings_release(&settings);
    assert_false(parse(COMMAND_LOG, none, &settings, message));
    assert_string_equal(message, "OUT is missing; the usage is dedup log OUT");
    assert_false(parse(COMMAND_LOG, foreign, &settings, message));
    assert_string_equal(message, "--in is for dedup --in DIR --out DIR [options], dedup verify, dedup plan");
    settings_release(&settings);
    assert_false(parse(COMMAND_RUN, later, &settings, message));
    assert_string_equal(message, "--to is for dedup restore");
    settings_release(&settings);
    assert_false(parse(COMMAND_LOG, misspelt, &settings, message));
    assert_string_equal(message, "unknown option --inn; dedup --help has the usage");
    settings_release(&settings);
}

static void expect_command(const char *words, enum command_id command, int used)
{
    char line[64], *arguments[ARGUMENTS_MAXIMUM];
    int count = 0, taken = 1;
    (void)snprintf(line, sizeof line, "%s", words);
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    assert_int_equal(parse_command(count, arguments, &taken), command);
    assert_int_equal(taken, 1 + used);
}

/* Names of one word and of two; what is no command belongs to the main job. */
static void test_commands(void **state)
{
    (void)state;
    expect_command("", COMMAND_RUN, 0);
    expect_command("--in a", COMMAND_RUN, 0);
    expect_command("log out", COMMAND_LOG, 1);
    expect_command("lo out", COMMAND_RUN, 0);
    expect_command("logs out", COMMAND_RUN, 0);
    expect_command("rules", COMMAND_RUN, 0);
    expect_command("rules tes", COMMAND_RUN, 0);
    expect_command("rules test a", COMMAND_RULES_TEST, 2);
    expect_command("rule test", COMMAND_RUN, 0);
    for (int id = 1; id < COMMAND_COUNT; id++)
        expect_command(command_table[id].name, (enum command_id)id, command_second_word(&command_table[id]) ? 2 : 1);
    struct settings settings;
    char message[PARSE_MESSAGE_SIZE], files[] = "a b c", none[] = "", two[] = "a b";
    assert_true(parse(COMMAND_RULES_TEST, none, &settings, message));
    settings_release(&settings);
    assert_true(parse(COMMAND_RULES_TEST, files, &settings, message));
    assert_int_equal(settings.arguments.count, 3);
    assert_string_equal(settings.arguments.items[2], "c");
    settings_release(&settings);
    assert_false(parse(COMMAND_RULES_EXPLAIN, two, &settings, message));
    assert_string_equal(message, "unexpected \"b\"; the usage is dedup rules explain FILE");
    settings_release(&settings);
}

static void test_requests(void **state)
{
    (void)state;
    struct settings settings;
    char message[PARSE_MESSAGE_SIZE], help[] = "--help --nonsense", version[] = "-qV", log[] = "--help-all";
    assert_true(parse(COMMAND_RUN, help, &settings, message));
    assert_int_equal(settings.request, REQUEST_HELP);
    assert_true(parse(COMMAND_RUN, version, &settings, message));
    assert_int_equal(settings.request, REQUEST_VERSION);
    assert_true(parse(COMMAND_LOG, log, &settings, message));
    assert_int_equal(settings.request, REQUEST_HELP_ALL);
}

static void test_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = {{"", "", 0},      {"ab", "ab", 0},    {"ab", "ba", 1},  {"abc", "ac", 1},         {"abc", "adc", 1},
                 {"", "ab", 2},    {"ab", "cd", 2},    {"ca", "abc", 3}, {"kitten", "sitting", 3}, {"a", "abcdefgh", 3},
                 {"in", "out", 3}, {"abdc", "bacd", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *a = cases[i].a, *b = cases[i].b;
        assert_int_equal(suggest_distance(a, strlen(a), b, strlen(b)), cases[i].distance);
        assert_int_equal(suggest_distance(b, strlen(b), a, strlen(a)), cases[i].distance);
    }
    char word[40];
    memset(word, 'x', sizeof word);
    assert_int_equal(suggest_distance(word, sizeof word, word, sizeof word), 3);
}

static void test_show(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } cases[] = {{"", ""},
                 {"展开 a", "展开 a"},
                 {"\x1b\n\x7f", "\\x1B\\x0A\\x7F"},
                 {"\xc2\x9b", "\\xC2\\x9B"},          /* C1 control */
                 {"\xe2\x80\xae", "\\xE2\\x80\\xAE"}, /* right-to-left override */
                 {"\xed\xa0\x80", "\\xED\\xA0\\x80"}, /* surrogate */
                 {"\xc0\xaf", "\\xC0\\xAF"},          /* overlong */
                 {"\xf0\x9f\x98", "\\xF0\\x9F\\x98"}, /* cut */
                 {"0123456789012345678901234567890123456789", "0123456789012345678901234567..."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[32];
        show(cases[i].text, strlen(cases[i].text), out, sizeof out);
        assert_string_equal(out, cases[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms),      cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_long_list),  cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_complaints), cmocka_unit_test(test_log_command),
                                       cmocka_unit_test(test_commands),   cmocka_unit_test(test_requests),
                                       cmocka_unit_test(test_distance),   cmocka_unit_test(test_show)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
