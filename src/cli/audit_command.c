/* `dedup verify` and `dedup restore`. */
#include "dedup/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "console.h"
#include "interrupt.h"

/* Where differences are printed. */
struct telling {
    struct console console;
    uint64_t differences;
};

static void tell_difference(void *context, const dedup_difference *difference)
{
    struct telling *telling = context;
    const struct console *console = &telling->console;
    telling->differences++;
    if (console->quiet || (telling->differences > CONSOLE_PROBLEMS && !console->verbose))
        return;
    console_clear(&telling->console);
    if (difference->placed)
        (void)fprintf(console->stream, "dedup: %s: byte %" PRIu64 ": %s\n", difference->path, difference->offset,
                      difference->message);
    else
        (void)fprintf(console->stream, "dedup: %s: %s\n", difference->path, difference->message);
}

static bool tell_progress(void *context, const dedup_progress *progress)
{
    struct telling *telling = context;
    return console_progress(&telling->console, progress);
}

static const char *ending(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_counts(const dedup_audit_summary *summary, bool restored)
{
    (void)printf("%s %" PRIu64 " byte%s of %" PRIu64 " file%s: %" PRIu64 " from the output, %" PRIu64 " from the log",
                 restored ? "Restored" : "Compared", summary->bytes, ending(summary->bytes), summary->files,
                 ending(summary->files), summary->bytes_kept, summary->bytes_logged);
    if (summary->bytes_measured != 0)
        (void)printf(", %" PRIu64 " only measured", summary->bytes_measured);
    (void)printf("\n");
    if (summary->links != 0 || summary->folders != 0)
        (void)printf("%" PRIu64 " symbolic link%s, %" PRIu64 " empty folder%s\n", summary->links,
                     ending(summary->links), summary->folders, ending(summary->folders));
    if (summary->packed_same != 0 || summary->packed_anew != 0)
        (void)printf("%" PRIu64 " compressed file%s identical, %" PRIu64
                     " with the same content in other compressed bytes\n",
                     summary->packed_same, ending(summary->packed_same), summary->packed_anew);
    if (summary->left != 0)
        (void)printf("%" PRIu64 " file%s or folder%s left out of the output on purpose\n", summary->left,
                     ending(summary->left), ending(summary->left));
    (void)printf("%" PRIu64 " %s%s\n", summary->differences, restored ? "could not be restored" : "difference",
                 restored ? "" : ending(summary->differences));
}

typedef dedup_status audit_function(const dedup_audit_options *options, const dedup_audit_observer *observer,
                                    dedup_audit_summary *summary, dedup_error *error);

static enum exit_code run_audit(const struct settings *settings, audit_function *function, bool restores)
{
    struct telling telling = {.differences = 0};
    dedup_audit_options options;
    dedup_audit_summary summary = {0};
    dedup_error error = {0};
    const dedup_audit_observer observer = {&telling, tell_difference, tell_progress};
    dedup_audit_options_init(&options);
    options.output = settings->options.output;
    options.input = settings->options.input;
    options.target = settings->target;
    options.maximum_document = settings->options.maximum_document;
    options.maximum_file = settings->options.maximum_file;
    options.maximum_ratio = settings->options.maximum_ratio;
    console_init(&telling.console, settings, stderr);
    interrupt_watch();
    dedup_status status = function(&options, &observer, &summary, &error);
    console_clear(&telling.console);
    if (status != DEDUP_OK) {
        (void)fprintf(stderr, "dedup: %s\n", error.message);
        return command_exit_code(status);
    }
    if (!settings->quiet && !settings->verbose && telling.differences > CONSOLE_PROBLEMS)
        (void)fprintf(stderr, "dedup: %" PRIu64 " more (--verbose prints all)\n",
                      telling.differences - CONSOLE_PROBLEMS);
    if (!settings->quiet)
        print_counts(&summary, restores);
    return summary.differences == 0 ? EXIT_DONE : EXIT_REPORTED;
}

enum exit_code command_verify(const struct settings *settings)
{
    return run_audit(settings, dedup_verify, false);
}

enum exit_code command_restore(const struct settings *settings)
{
    return run_audit(settings, dedup_restore, true);
}
