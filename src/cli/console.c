#include "console.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "interrupt.h"

enum { LINE_SIZE = 160, DRAWS_PER_SECOND = 6, COLUMNS_DEFAULT = 80 };

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) * 1e-9;
}

static bool wants(enum when when, FILE *stream)
{
    return when == WHEN_ALWAYS || (when == WHEN_AUTO && isatty(fileno(stream)));
}

void console_init(struct console *console, const struct settings *settings, FILE *stream)
{
    *console =
        (struct console){.stream = stream, .quiet = settings->quiet, .verbose = settings->verbose && !settings->quiet};
    console->progress = !settings->quiet && wants(settings->progress, stream);
}

static size_t terminal_columns(FILE *stream)
{
    struct winsize size;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
}

void console_clear(struct console *console)
{
    if (console->drawn)
        (void)fputs("\r\033[K", console->stream);
    console->drawn = false;
}

void console_problem(void *context, const dedup_problem *problem)
{
    struct console *console = context;
    console->problems++;
    if (console->quiet || (console->problems > CONSOLE_PROBLEMS && !console->verbose))
        return;
    console_clear(console);
    if (problem->line != 0)
        (void)fprintf(console->stream, "dedup: %s:%llu: %s\n", problem->path, (unsigned long long)problem->line,
                      problem->message);
    else if (strstr(problem->message, problem->path))
        (void)fprintf(console->stream, "dedup: %s\n", problem->message);
    else
        (void)fprintf(console->stream, "dedup: %s: %s\n", problem->path, problem->message);
}

void console_finish(struct console *console)
{
    console_clear(console);
    if (!console->quiet && !console->verbose && console->problems > CONSOLE_PROBLEMS)
        (void)fprintf(console->stream, "dedup: %llu more in report.json (--verbose prints all)\n",
                      (unsigned long long)(console->problems - CONSOLE_PROBLEMS));
}

/* 0:07, 12:30, 1:02:03 */
static void show_clock(double seconds, char *out, size_t size)
{
    unsigned long left = seconds < 1e8 ? (unsigned long)(seconds + 0.999) : 100000000UL;
    if (left >= 3600)
        (void)snprintf(out, size, "%lu:%02lu:%02lu", left / 3600, left / 60 % 60, left % 60);
    else
        (void)snprintf(out, size, "%lu:%02lu", left / 60, left % 60);
}

void console_line(const dedup_progress *progress, double seconds, size_t columns, char *out, size_t size)
{
    static const char *const byte_stages[] = {"read", "write", "stream"};
    bool bytes = false;
    for (size_t i = 0; i < sizeof byte_stages / sizeof *byte_stages; i++)
        bytes = bytes || strcmp(progress->stage, byte_stages[i]) == 0;
    uint64_t done = progress->done;
    int used = snprintf(out, size, "%-5s", progress->stage);
    if (progress->total != 0) {
        double share = (double)(done < progress->total ? done : progress->total) / (double)progress->total;
        used += snprintf(out + used, size - (size_t)used, "  %3d %%", (int)(share * 100));
    } else if (!bytes && done != 0) {
        used += snprintf(out + used, size - (size_t)used, "  %llu", (unsigned long long)done);
    }
    if (bytes && seconds > 0 && done != 0)
        used += snprintf(out + used, size - (size_t)used, "  %6.1f MB/s", (double)done / 1e6 / seconds);
    if (progress->total > done && done != 0 && seconds > 0) {
        char left[32];
        show_clock(seconds / (double)done * (double)(progress->total - done), left, sizeof left);
        used += snprintf(out + used, size - (size_t)used, "  %s left", left);
    }
    if ((size_t)used > columns)
        out[columns] = '\0';
}

bool console_progress(void *context, const dedup_progress *progress)
{
    struct console *console = context;
    if (strcmp(progress->stage, "list") != 0)
        console->reading = true;
    if (!console->progress)
        return !interrupt_signal();
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    bool fresh = !console->stage || strcmp(console->stage, progress->stage) != 0;
    if (fresh) {
        console->stage = progress->stage;
        console->began = now;
    }
    if (fresh || seconds_between(&console->last, &now) * DRAWS_PER_SECOND >= 1) {
        char line[LINE_SIZE];
        size_t columns = terminal_columns(console->stream);
        console_line(progress, seconds_between(&console->began, &now), columns - 1, line, sizeof line);
        (void)fprintf(console->stream, "\r%s\033[K", line);
        (void)fflush(console->stream);
        console->drawn = true;
        console->last = now;
    }
    return !interrupt_signal();
}
