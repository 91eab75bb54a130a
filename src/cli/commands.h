/* What `dedup` can do: the main job, and a word for everything else. */
#ifndef DEDUP_CLI_COMMANDS_H
#define DEDUP_CLI_COMMANDS_H

#include <stddef.h>

enum command_id { COMMAND_RUN = 0, COMMAND_LOG, COMMAND_PLAN, COMMAND_COUNT };

struct command {
    const char *name;      /* NULL for the main job */
    const char *arguments; /* as the usage shows them */
    size_t positional;     /* how many arguments without dashes it takes */
    const char *brief;
    const char *detail;
};

extern const struct command command_table[COMMAND_COUNT]; /* by id */

#endif
