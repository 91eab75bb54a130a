/* The main job over a stream: `dedup --in - --out -`. */
#include "dedup/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "console.h"
#include "interrupt.h"
#include "show.h"

enum { SHOWN_SIZE = 1024 };

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Whether `path` is the regular file behind a descriptor. */
static bool is_file_of(const char *path, int descriptor)
{
    struct stat there, here;
    return stat(path, &there) == 0 && fstat(descriptor, &here) == 0 && S_ISREG(here.st_mode) &&
           there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/* Opens --log-file, which is not to destroy what the stream reads or writes; *descriptor is -1 without it. */
static enum exit_code open_log(const char *path, int *descriptor)
{
    char shown[SHOWN_SIZE];
    *descriptor = -1;
    if (!path)
        return EXIT_DONE;
    show(path, strlen(path), shown, sizeof shown);
    bool input = is_file_of(path, STDIN_FILENO);
    if (input || is_file_of(path, STDOUT_FILENO)) {
        (void)fprintf(stderr, "dedup: %s is the %s of the stream; name another file with --log-file\n", shown,
                      input ? "input" : "output");
        return EXIT_USAGE;
    }
    *descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (*descriptor >= 0)
        return EXIT_DONE;
    (void)fprintf(stderr, "dedup: cannot write %s: %s\n", shown, strerror(errno));
    return EXIT_WRITE;
}

static enum exit_code print_failure(dedup_status status, const dedup_error *error, bool closed)
{
    if (closed) /* a reader that goes away has seen what it wanted */
        return EXIT_DONE;
    if (status == DEDUP_ERROR_STOPPED && interrupt_signal() != 0)
        (void)fprintf(stderr, "dedup: stopped by signal %d; the lines that were decided are written\n",
                      interrupt_signal());
    else
        (void)fprintf(stderr, "dedup: %s\n", error->message);
    return status == DEDUP_ERROR_READ ? EXIT_STOPPED : command_exit_code(status);
}

/* Prints the numbers of the stream to standard error: standard output belongs to the documents. */
static enum exit_code print_numbers(const struct settings *settings, const dedup_options *options,
                                    const dedup_stream *stream, double began)
{
    dedup_summary summary;
    dedup_error error;
    if (dedup_stream_summary(stream, &summary, &error) != DEDUP_OK) {
        (void)fprintf(stderr, "dedup: %s\n", error.message);
        return EXIT_STOPPED;
    }
    summary.wall_seconds = seconds_of(CLOCK_MONOTONIC) - began;
    summary.cpu_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    enum exit_code code = settings->quiet ? EXIT_DONE : command_summary(settings, options, &summary, stderr);
    if (code == EXIT_DONE && summary.problems != 0)
        code = EXIT_REPORTED;
    dedup_summary_release(&summary);
    return code;
}

/* Copies standard input to standard output through the stream. */
static enum exit_code copy(const struct settings *settings, const dedup_options *options, dedup_stream *stream,
                           struct console *console, int log)
{
    const dedup_stream_files files = {STDIN_FILENO, STDOUT_FILENO, log, settings->flush};
    double began = seconds_of(CLOCK_MONOTONIC);
    dedup_error error = {0};
    bool closed = false;
    dedup_status status = dedup_stream_copy(stream, &files, &closed, &error);
    console_finish(console);
    if (status != DEDUP_OK)
        return print_failure(status, &error, closed);
    return print_numbers(settings, options, stream, began);
}

enum exit_code command_stream(const struct settings *settings)
{
    struct console console;
    console_init(&console, settings, stderr);
    const dedup_observer observer = {.context = &console, .problem = console_problem, .progress = console_progress};
    const char *folder = getenv("TMPDIR");
    dedup_options options = settings->options;
    dedup_stream *stream = NULL;
    dedup_error error = {0};
    int log;
    if (!options.temporary)
        options.temporary = folder && *folder ? folder : "/tmp";
    options.input = options.output = NULL;
    interrupt_watch();
    dedup_status status = dedup_stream_create(&options, &observer, &stream, &error);
    if (status != DEDUP_OK) {
        (void)fprintf(stderr, "dedup: %s\n", error.message);
        return command_start_exit_code(status);
    }
    enum exit_code code = open_log(options.log_file, &log);
    if (code == EXIT_DONE)
        code = copy(settings, &options, stream, &console, log);
    if (log >= 0 && close(log) != 0 && code == EXIT_DONE)
        code = EXIT_WRITE;
    dedup_stream_free(stream);
    return code;
}
