/* The command line, read by the option table: --name value, --name=value, -n value, -nvalue, grouped flags, and --
 * before arguments that begin with a dash. Names must be whole; when an option comes twice, the last one counts. */
#ifndef DEDUP_CLI_PARSE_H
#define DEDUP_CLI_PARSE_H

#include "options.h"

enum { PARSE_MESSAGE_SIZE = 512 };

/* Reads the arguments behind the program's (and command's) name into initialised settings. Returns false with one line
 * (no line feed) in `message` that names the culprit and the cure. A request (--help) ends the reading at once.
 * Strings of `arguments` are borrowed; the lists in `settings->options` point into `settings`. */
bool parse_arguments(enum command_id command, int count, char *const *arguments, struct settings *settings,
                     char message[PARSE_MESSAGE_SIZE]);

/* The command that the first words name, COMMAND_RUN when they name none; adds to *used how many words that took. */
enum command_id parse_command(int count, char *const *words, int *used);

#endif
