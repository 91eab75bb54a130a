/* What a person sees while the job runs: reported inputs and a line of progress, both on standard error. */
#ifndef DEDUP_CLI_CONSOLE_H
#define DEDUP_CLI_CONSOLE_H

#include <stdio.h>
#include <time.h>

#include "options.h"

enum { CONSOLE_PROBLEMS = 20 }; /* shown without --verbose */

struct console {
    FILE *stream;
    bool quiet, verbose;
    bool progress; /* tell how far the run is: draw the line, or with `json` print objects */
    bool json;
    bool drawn;            /* the line stands on the terminal */
    bool report;           /* the run leaves a report that has all problems */
    bool reading;          /* the run is past its listing: the input could be read */
    uint64_t problems;     /* reported so far */
    const char *stage;     /* of the last call */
    struct timespec began; /* the stage */
    struct timespec last;  /* the last drawing */
};

void console_init(struct console *console, const struct settings *settings, FILE *stream);

/* Callbacks of a dedup_observer whose context is the console. */
void console_problem(void *context, const dedup_problem *problem);
bool console_progress(void *context, const dedup_progress *progress); /* false when a signal asked to stop */

/* Takes the progress line away before something else is printed. */
void console_clear(struct console *console);
/* Clears, and says how many reported inputs were not shown. */
void console_finish(struct console *console);

/* The same as a JSON object without line end: stage, done, total (0: unknown), seconds of the stage so far, and where
 * they are known bytes_per_second and seconds_left. */
void console_json(const dedup_progress *progress, double seconds, char *out, size_t size);

/* The progress line without colours or line ends: stage, share, done and total, speed, time left; at most `columns`
 * wide. `out` has `size` bytes. */
void console_line(const dedup_progress *progress, double seconds, size_t columns, char *out, size_t size);

#endif
