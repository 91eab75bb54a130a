/* How the command ends. Scripts rely on these numbers; --help-all and the manual list them. */
#ifndef DEDUP_CLI_EXIT_CODE_H
#define DEDUP_CLI_EXIT_CODE_H

enum exit_code {
    EXIT_DONE = 0,     /* everything went well */
    EXIT_REPORTED = 1, /* done, but some inputs were reported */
    EXIT_USAGE = 2,    /* wrong use; nothing was written */
    EXIT_WRITE = 3,    /* an output could not be written */
    EXIT_STOPPED = 4   /* stopped by a signal, out of memory, or another failure */
};

struct exit_meaning {
    enum exit_code code;
    const char *meaning;
};

/* All codes in order. */
enum { EXIT_MEANING_COUNT = 5 };
extern const struct exit_meaning exit_meanings[EXIT_MEANING_COUNT];

#endif
