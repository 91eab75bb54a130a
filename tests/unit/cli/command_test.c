/* The whole command, run as a process: its exit codes and what it prints where. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_SIZE = 1 << 16 };

static char output[OUTPUT_SIZE]; /* of the last `run` */

/* Runs `dedup ARGUMENTS` by the shell, fills `output` and returns the exit code. */
static int run(const char *arguments)
{
    char line[2048];
    (void)snprintf(line, sizeof line, "'%s' %s", DEDUP_COMMAND, arguments);
    FILE *stream = popen(line, "r");
    assert_non_null(stream);
    size_t length = fread(output, 1, sizeof output - 1, stream);
    output[length] = '\0';
    int status = pclose(stream);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect(const char *arguments, int code, const char *text)
{
    assert_int_equal(run(arguments), code);
    assert_string_equal(output, text);
}

static void test_exit_codes(void **state)
{
    (void)state;
    expect("-i fine -o o -q 2>&1", 0, "");
    expect("-i problems -o o -q 2>&1", 1, "");
    expect("-i missing -o o 2>&1", 2, "dedup: missing: no such directory\n");
    expect("-i taken -o o 2>&1", 2, "dedup: the output is taken\n");
    expect("-i rules -o o 2>&1", 2, "dedup: a.rules:2: the class is one of A Z M B F O\n");
    expect("-i vanishing -o o 2>&1", 4, "dedup: gone\n");
    expect("-i full -o o -q 2>&1", 3, "dedup: disk full\n");
    expect("-i memory -o o 2>&1", 4, "dedup: out of memory\n");
    expect("2>&1", 2, "dedup: --in DIR is missing; the usage is dedup --in DIR --out DIR [options]\n");
    expect("--tmpp 2>&1 >/dev/null", 2, "dedup: unknown option --tmpp; did you mean --tmp?\n");
}

static size_t count(const char *text)
{
    size_t found = 0;
    for (const char *at = output; (at = strstr(at, text)) != NULL; at++)
        found++;
    return found;
}

static void test_problems(void **state)
{
    (void)state;
    assert_int_equal(run("-i problems -o o 2>&1 >/dev/null"), 1);
    assert_int_equal(count("dedup: a.jsonl: broken\n"), 1); /* the first one is about the whole file */
    assert_int_equal(count("dedup: a.jsonl:19: broken\n"), 1);
    assert_int_equal(count("broken\n"), 20);
    assert_int_equal(count("dedup: 5 more in report.json"), 1);
    assert_int_equal(run("-i problems -o o -v 2>&1 >/dev/null"), 1);
    assert_int_equal(count("broken\n"), 25);
    assert_int_equal(count("more in"), 0);
}

static void test_summary(void **state)
{
    (void)state;
    assert_int_equal(run("-i fine -o o 2>/dev/null"), 0);
    assert_non_null(strstr(output, "documents"));
    assert_non_null(strstr(output, "o/.dedup/report.html\n"));
    assert_null(strchr(output, '\033'));
    assert_int_equal(run("-i fine -o o --color always 2>/dev/null"), 0);
    assert_non_null(strchr(output, '\033'));
}

/* The line of progress is drawn on request, and gone before anything else is printed. */
static void test_progress(void **state)
{
    (void)state;
    assert_int_equal(run("-i fine -o o 2>&1 >/dev/null"), 0);
    assert_string_equal(output, "");
    assert_int_equal(run("-i problems -o o --progress always 2>&1 >/dev/null"), 1);
    assert_ptr_equal(strstr(output, "\rlist   3\033[K\rread    25 %"), output);
    assert_non_null(strstr(output, "\033[K\r\033[Kdedup: a.jsonl: broken\n"));
    assert_int_equal(run("-i fine -o o -q --progress always 2>&1"), 0);
    assert_string_equal(output, "");
}

static void test_log(void **state)
{
    (void)state;
    expect("log some", 0, "{\"document\":\"a\"}\n{\"document\":\"a\"}\n");
    expect("log none 2>&1", 2, "dedup: none/.dedup/removed.jsonl.zst: no such file\n");
    expect("log damaged 2>&1", 4, "dedup: damaged\n");
    expect("log long 2>&1 >/dev/full", 3, "dedup: cannot write to standard output: No space left on device\n");
    expect("log some 2>&1 >/dev/full", 3, "dedup: cannot write to standard output: No space left on device\n");
    expect("log long 2>&1 | head -n 1", 0, "{\"document\":\"a\"}\n");
    expect("-i fine -o o 2>&1 >/dev/full", 3, "dedup: cannot write to standard output: No space left on device\n");
    expect("--help 2>&1 >/dev/full", 3, "dedup: cannot write to standard output: No space left on device\n");
}

static void test_report(void **state)
{
    (void)state;
    expect("report some", 0, "form 0\n");
    expect("report some --format prom --color always", 0, "form 4 in colour\n");
    expect("report none 2>&1", 2, "dedup: cannot read none/.dedup/report.json\n");
    expect("report some --format 2>&1 >/dev/null", 2, "dedup: --format needs a value: --format FORM\n");
}

static void test_explain(void **state)
{
    (void)state;
    expect("explain some a", 0,
           "a stays; 3 parts of it were removed or replaced:\n\nkept \\x1B[1m\n[-gone-]<a.rule>\n"
           "[-&amp;-]<repair>{+&+}[-again-]<repeat.paragraph: b.txt, line 7>\n");
    expect("explain some copy", 0,
           "copy was dropped: a duplicate of k.txt, similarity 0.8750. [-only there-], {+only here+}:\n\n"
           "one [-zwei -]{+two,+}three four[-five-]\n");
    assert_int_equal(run("explain some a --color always"), 0);
    assert_non_null(strstr(output, "\033[9;31mgone\033[0m\033[2m <a.rule>\033[0m\n"));
    assert_int_equal(run("explain some whole"), 0);
    assert_ptr_equal(strstr(output, "whole stays as it was:\n"), output);
    assert_int_equal(run("explain some passed"), 0);
    assert_ptr_equal(strstr(output, "passed was passed on as it came"), output);
    expect("explain none a 2>&1", 2, "dedup: none has no such document\n");
    expect("explain some 2>&1 >/dev/full", 2,
           "dedup: OUT DOCUMENT is missing; the usage is dedup explain OUT DOCUMENT\n");
}

static void test_plan(void **state)
{
    (void)state;
    expect("plan", 0,
           "bands 16x4: two texts with a similarity of 0.8 are compared with probability 0.25000\n\n"
           "   J   theory\n0.800 0.25000\n");
    assert_int_equal(run("plan -t .7 --units 2000 --measure fine"), 0);
    assert_ptr_equal(strstr(output, "bands 25x4: two texts with a similarity of 0.7"), output);
    assert_non_null(
        strstr(output, "\n0.700 0.25000   1000    250 0.25000      7      7 1.00000      0      0       -\n"));
    assert_int_equal(run("plan --measure problems 2>&1 >/dev/null"), 1);
    assert_string_equal(output, "dedup: a.jsonl:3: broken\n");
    expect("plan --measure empty 2>&1", 2, "dedup: empty has too little text to measure on\n");
    expect("plan --out o 2>&1", 2,
           "dedup: --out is for dedup --in DIR --out DIR [options], dedup verify, dedup restore\n");
    expect("--in a --out b --units 3 2>&1", 2, "dedup: --units is for dedup plan\n");
}

static void test_stream(void **state)
{
    (void)state;
    expect("-i - -o - -q 2>&1", 0, "");
    assert_int_equal(run("-i - -o - 2>&1 >/dev/null"), 0);
    assert_int_equal(count("documents"), 2);
    assert_int_equal(count("report.json"), 0);
    expect("-i - -o - 2>/dev/null", 0, "");
    expect("-i - -o - -q --text-field problems 2>&1", 1, "");
    expect("-i - -o - --text-field refused 2>&1", 2, "dedup: no such stream\n");
    expect("-i - -o - --text-field full 2>&1", 3, "dedup: disk full\n");
    expect("-i - -o - --text-field memory 2>&1", 4, "dedup: too much\n");
    expect("-i - -o - --text-field vanishing 2>&1", 4, "dedup: gone\n");
    expect("-i - -o - --text-field closed 2>&1", 0, "");
    expect("-i - -o - --log-file /nowhere/at/all 2>&1", 3,
           "dedup: cannot write /nowhere/at/all: No such file or directory\n");
    expect("-i - -o d 2>&1", 2, "dedup: a stream needs both --in - and --out -\n");
    expect("-i - -o - -k best 2>&1", 2, "dedup: --keep has no meaning for a stream, --in - --out -; leave it out\n");
    expect("-i d -o e --flush 2>&1", 2, "dedup: --flush is for a stream, --in - --out -\n");
}

static void test_sweep(void **state)
{
    (void)state;
    assert_int_equal(run("plan --in fine --sweep .5:.6"), 0);
    assert_non_null(strstr(output, "200 documents"));
    assert_non_null(strstr(output, "\n      0.5        4    2.0 %        1        3          0  0.5000 a ~ b\n"
                                   "     0.55        3    1.5 %        1        2          0\n"
                                   "      0.6        2    1.0 %        1        1          0\n"));
    assert_int_equal(run("plan --in fine --sweep .5:1:.001"), 0);
    assert_non_null(strstr(output, "\n    0.501 "));
    assert_non_null(strstr(output, "\n        1 "));
    expect("plan --sweep .5:.9 2>&1", 2, "dedup: a sweep needs an input directory\n");
    assert_int_equal(run("plan --in fine --sweep .9:.5 2>&1"), 2);
    assert_int_equal(run("plan --in fine --sweep .9 2>&1"), 2);
    assert_int_equal(run("plan --in fine --sweep .1:.2:.3:.4 2>&1"), 2);
    assert_int_equal(run("plan --in fine 2>&1"), 2);
}

/* What a file of options says, and what it must not say. */
static void test_config(void **state)
{
    (void)state;
    char path[] = "/tmp/dedup-config-XXXXXX", arguments[256];
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    (void)fputs("# usual\r\n\n  in = fine\r\nquiet=true\nmeasure = fine\nthreshold = .7\nunits = 2000\n", file);
    (void)fflush(file);
    (void)snprintf(arguments, sizeof arguments, "--config %s -o o 2>&1", path);
    expect(arguments, 0, "");
    (void)snprintf(arguments, sizeof arguments, "--config %s -i problems -o o 2>&1", path);
    expect(arguments, 1, "");
    (void)snprintf(arguments, sizeof arguments, "plan --config %s", path);
    assert_int_equal(run(arguments), 0);
    assert_ptr_equal(strstr(output, "bands 25x4: two texts with a similarity of 0.7"), output);
    (void)snprintf(arguments, sizeof arguments, "plan --config %s -t .9", path);
    assert_int_equal(run(arguments), 0);
    assert_ptr_equal(strstr(output, "bands 25x4: two texts with a similarity of 0.9"), output);
    (void)fputs("treshold = .7\n", file);
    (void)fclose(file);
    (void)snprintf(arguments, sizeof arguments, "--config %s -o o 2>&1", path);
    assert_int_equal(run(arguments), 2);
    assert_non_null(strstr(output, ":8: unknown option treshold; did you mean threshold?\n"));
    (void)unlink(path);
    expect("--config /nowhere/at/all 2>&1", 2, "dedup: cannot read /nowhere/at/all: No such file or directory\n");
    expect("--config /dev/zero 2>&1", 2, "dedup: /dev/zero is longer than 1 MiB; this is not a file of options\n");
}

/* With SIGPIPE ignored, as some parents leave it, a reader that goes away is no failure either. */
static void test_closed_pipe(void **state)
{
    (void)state;
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    expect("log long 2>&1 >/dev/null | true; :", 0, "");
    assert_int_equal(run("log long 2>/dev/null | head -c 1 >/dev/null; :"), 0);
    (void)signal(SIGPIPE, old);
}

static void test_requests(void **state)
{
    (void)state;
    assert_int_equal(run("--version"), 0);
    assert_ptr_equal(strstr(output, "dedup "), output);
    static const char *const told[] = {"build ", "instructions ", "xxHash ", "PCRE2 ", "iconv ",
                                       "zstd ",  "zlib ",         "lzma ",   "bzip2 ", "lz4 "};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        char line[32];
        (void)snprintf(line, sizeof line, "\n%s", told[i]);
        assert_non_null(strstr(output, line));
    }
    assert_null(strstr(output, "unknown"));
    assert_int_equal(run("log --help 2>/dev/null"), 0);
    assert_non_null(strstr(output, "Usage: dedup --in DIR"));
    assert_int_equal(run("--generate man"), 0);
    assert_non_null(strstr(output, ".Dt DEDUP 1\n"));
}

/* Starts an endless run that says what it has to say to the file "said". */
static pid_t start_endless(void)
{
    pid_t child = fork();
    if (child == 0) {
        if (freopen("said", "w", stderr))
            (void)execl(DEDUP_COMMAND, "dedup", "-i", "endless", "-o", "o", (char *)NULL);
        _exit(99);
    }
    assert_true(child > 0);
    return child;
}

/* Starts an endless run, sends it a signal and returns its exit code. */
static int exit_after(int signal)
{
    const struct timespec while_starting = {0, 300000000};
    pid_t child = start_endless();
    (void)nanosleep(&while_starting, NULL);
    assert_int_equal(kill(child, signal), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The first signal ends the run in order. */
static void test_signal(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        assert_int_equal(exit_after(signals[i]), 4);
}

/* A disk that fails while a temporary file is read back ends the run with a word about it. */
static void test_failing_disk(void **state)
{
    (void)state;
    char said[200] = "";
    assert_int_equal(exit_after(SIGBUS), 4);
    FILE *file = fopen("said", "r");
    assert_non_null(file);
    while (fgets(said, sizeof said, file))
        ;
    assert_int_equal(fclose(file), 0);
    assert_string_equal(said, "dedup: cannot read a temporary file: its disk failed\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes), cmocka_unit_test(test_problems), cmocka_unit_test(test_summary),
        cmocka_unit_test(test_progress),   cmocka_unit_test(test_log),      cmocka_unit_test(test_plan),
        cmocka_unit_test(test_report),     cmocka_unit_test(test_explain),  cmocka_unit_test(test_stream),
        cmocka_unit_test(test_sweep),      cmocka_unit_test(test_config),   cmocka_unit_test(test_closed_pipe),
        cmocka_unit_test(test_requests),   cmocka_unit_test(test_signal),   cmocka_unit_test(test_failing_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
