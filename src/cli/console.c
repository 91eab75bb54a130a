#include "console.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "interrupt.h"

enum { LINE_SIZE = 256, DRAWS_PER_SECOND = 6, COLUMNS_DEFAULT = 80 };

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) * 1e-9;
}

static bool wants(enum when when, FILE *stream)
{
    return when == WHEN_ALWAYS || when == WHEN_JSON || (when == WHEN_AUTO && isatty(fileno(stream)));
}

void console_init(struct console *console, const struct settings *settings, FILE *stream)
{
    *console =
        (struct console){.stream = stream, .quiet = settings->quiet, .verbose = settings->verbose && !settings->quiet};
    console->report = settings->options.output && !settings->options.dry_run && !settings_stream(settings);
    console->json = settings->progress == WHEN_JSON;
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

/* A string of JSON; `text` is escaped for display, so only quotes and backslashes are left to escape. */
static void print_json_text(FILE *stream, const char *text)
{
    (void)fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            (void)fputc('\\', stream);
        (void)fputc(*text, stream);
    }
    (void)fputc('"', stream);
}

static void print_json_problem(FILE *stream, const dedup_problem *problem)
{
    (void)fputs("{\"problem\":", stream);
    print_json_text(stream, problem->message);
    (void)fputs(",\"path\":", stream);
    print_json_text(stream, problem->path);
    (void)fprintf(stream, ",\"line\":%llu}\n", (unsigned long long)problem->line);
}

void console_problem(void *context, const dedup_problem *problem)
{
    struct console *console = context;
    console->problems++;
    if (console->quiet || (console->problems > CONSOLE_PROBLEMS && !console->verbose && !console->json))
        return;
    console_clear(console);
    if (console->json) {
        print_json_problem(console->stream, problem);
        return;
    }
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
    if (!console->quiet && !console->verbose && !console->json && console->problems > CONSOLE_PROBLEMS)
        (void)fprintf(console->stream, "dedup: %llu more%s (--verbose prints all)\n",
                      (unsigned long long)(console->problems - CONSOLE_PROBLEMS),
                      console->report ? " in report.json" : "");
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

static bool counts_bytes(const char *stage)
{
    static const char *const stages[] = {"learn", "read", "write", "weigh", "stream"};
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if (strcmp(stage, stages[i]) == 0)
            return true;
    return false;
}

static double seconds_left(const dedup_progress *progress, double seconds)
{
    return seconds / (double)progress->done * (double)(progress->total - progress->done);
}

/* "  250/1000 MB", "  3/40"; without a total "  250 MB". Returns the length. */
static int show_amounts(const dedup_progress *progress, bool bytes, char *out, size_t size)
{
    double unit = bytes ? 1e6 : 1;
    const char *name = bytes ? " MB" : "";
    if (progress->total == 0)
        return snprintf(out, size, "  %.0f%s", (double)progress->done / unit, name);
    return snprintf(out, size, "  %.0f/%.0f%s", (double)progress->done / unit, (double)progress->total / unit, name);
}

void console_json(const dedup_progress *progress, double seconds, char *out, size_t size)
{
    int used = snprintf(out, size, "{\"stage\":\"%s\",\"done\":%llu,\"total\":%llu,\"seconds\":%.3f", progress->stage,
                        (unsigned long long)progress->done, (unsigned long long)progress->total, seconds);
    bool known = progress->done != 0 && seconds > 0;
    if (known && counts_bytes(progress->stage))
        used +=
            snprintf(out + used, size - (size_t)used, ",\"bytes_per_second\":%.0f", (double)progress->done / seconds);
    if (known && progress->total > progress->done)
        used += snprintf(out + used, size - (size_t)used, ",\"seconds_left\":%.1f", seconds_left(progress, seconds));
    (void)snprintf(out + used, size - (size_t)used, "}");
}

void console_line(const dedup_progress *progress, double seconds, size_t columns, char *out, size_t size)
{
    bool bytes = counts_bytes(progress->stage);
    uint64_t done = progress->done;
    int used = snprintf(out, size, "%-5s", progress->stage);
    if (progress->total != 0) {
        double share = (double)(done < progress->total ? done : progress->total) / (double)progress->total;
        used += snprintf(out + used, size - (size_t)used, "  %3d %%", (int)(share * 100));
        used += show_amounts(progress, bytes, out + used, size - (size_t)used);
    } else if (done != 0) {
        used += show_amounts(progress, bytes, out + used, size - (size_t)used);
    }
    if (bytes && seconds > 0 && done != 0)
        used += snprintf(out + used, size - (size_t)used, "  %6.1f MB/s", (double)done / 1e6 / seconds);
    if (progress->total > done && done != 0 && seconds > 0) {
        char left[32];
        show_clock(seconds_left(progress, seconds), left, sizeof left);
        used += snprintf(out + used, size - (size_t)used, "  %s left", left);
    }
    if ((size_t)used > columns)
        out[columns] = '\0';
}

static void draw(struct console *console, const dedup_progress *progress, double seconds)
{
    char line[LINE_SIZE];
    if (console->json) {
        console_json(progress, seconds, line, sizeof line);
        (void)fprintf(console->stream, "%s\n", line);
    } else {
        console_line(progress, seconds, terminal_columns(console->stream) - 1, line, sizeof line);
        (void)fprintf(console->stream, "\r%s\033[K", line);
        console->drawn = true;
    }
    (void)fflush(console->stream);
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
        draw(console, progress, seconds_between(&console->began, &now));
        console->last = now;
    }
    return !interrupt_signal();
}
