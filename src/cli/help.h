/* The two helps, for a terminal of 80 columns. Write errors show in the stream, as with all of stdio. */
#ifndef DEDUP_CLI_HELP_H
#define DEDUP_CLI_HELP_H

#include <stdio.h>

#include "options.h"

/* The most used options: fits a screen of 50 lines. `defaults` is what settings_init gave. */
void help_short(const struct settings *defaults, FILE *out);
/* All options with their details and defaults, the commands, and the exit codes. */
void help_all(const struct settings *defaults, FILE *out);
/* "--name ARGUMENT" with the values in place of the argument when they are few words: "--keep best|first|newest". */
void help_signature(const struct option *option, char *out, size_t size);

#endif
