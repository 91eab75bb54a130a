/* The main job: `dedup --in DIR --out DIR`. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "console.h"
#include "interrupt.h"

enum { SUMMARY_LIMIT = 1 << 20 };

enum exit_code command_exit_code(dedup_status status)
{
    switch (status) {
    case DEDUP_OK: return EXIT_DONE;
    case DEDUP_ERROR_ARGUMENT:
    case DEDUP_ERROR_CONFLICT:
    case DEDUP_ERROR_READ: return EXIT_USAGE;
    case DEDUP_ERROR_WRITE: return EXIT_WRITE;
    case DEDUP_ERROR_MEMORY:
    case DEDUP_ERROR_FORMAT:
    case DEDUP_ERROR_LIMIT:
    case DEDUP_ERROR_CHANGED:
    case DEDUP_ERROR_STOPPED: break;
    }
    return EXIT_STOPPED;
}

enum exit_code command_start_exit_code(dedup_status status)
{
    bool rules = status == DEDUP_ERROR_FORMAT || status == DEDUP_ERROR_LIMIT;
    return rules ? EXIT_USAGE : command_exit_code(status);
}

bool command_wants_color(enum when when, FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (when != WHEN_AUTO)
        return when == WHEN_ALWAYS;
    return isatty(fileno(out)) && !(no_color && *no_color) && !(terminal && strcmp(terminal, "dumb") == 0);
}

enum exit_code command_summary(const struct settings *settings, const dedup_options *options,
                               const dedup_summary *summary, FILE *out)
{
    dedup_error error = {0};
    dedup_buffer text;
    dedup_buffer_init(&text, SUMMARY_LIMIT);
    dedup_status status =
        dedup_summary_text(options, summary, command_wants_color(settings->color, out), &text, &error);
    if (status == DEDUP_OK)
        (void)fwrite(text.data, 1, text.length, out); /* main checks standard output */
    else
        (void)fprintf(stderr, "dedup: the summary cannot be shown: %s\n", error.message);
    dedup_buffer_release(&text);
    return command_exit_code(status);
}

static enum exit_code print_failure(const struct console *console, dedup_status status, const dedup_error *error)
{
    if (status == DEDUP_ERROR_STOPPED && interrupt_signal() != 0) {
        (void)fprintf(stderr, "dedup: stopped by signal %d; the same command finishes the run\n", interrupt_signal());
        return EXIT_STOPPED;
    }
    (void)fprintf(stderr, "dedup: %s\n", error->message);
    if (!console->reading)
        return command_start_exit_code(status);
    /* An input that fails after it could be listed is no wrong use. */
    return status == DEDUP_ERROR_READ ? EXIT_STOPPED : command_exit_code(status);
}

enum exit_code command_run(const struct settings *settings)
{
    if (settings_stream(settings))
        return command_stream(settings);
    struct console console;
    console_init(&console, settings, stderr);
    const dedup_observer observer = {.context = &console, .problem = console_problem, .progress = console_progress};
    dedup_summary summary = {0};
    dedup_error error = {0};
    interrupt_watch();
    dedup_status status = dedup_run(&settings->options, &observer, &summary, &error);
    console_finish(&console);
    if (status != DEDUP_OK)
        return print_failure(&console, status, &error);
    enum exit_code code = settings->quiet ? EXIT_DONE : command_summary(settings, &settings->options, &summary, stdout);
    if (code == EXIT_DONE && summary.problems != 0)
        code = EXIT_REPORTED;
    dedup_summary_release(&summary);
    return code;
}
