/* What `dedup` can do: the main job, and a word for everything else. */
#ifndef DEDUP_CLI_COMMANDS_H
#define DEDUP_CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

enum command_id {
    COMMAND_RUN = 0,
    COMMAND_LOG,
    COMMAND_VERIFY,
    COMMAND_RESTORE,
    COMMAND_PLAN,
    COMMAND_REPORT,
    COMMAND_EXPLAIN,
    COMMAND_RULES_LIST,
    COMMAND_RULES_TEST,
    COMMAND_RULES_EXPLAIN,
    COMMAND_RULES_LEARNED,
    COMMAND_COUNT
};

struct command {
    const char *name;      /* one word, or two with a space between; NULL for the main job */
    const char *arguments; /* as the usage shows them */
    size_t least, most;    /* how many arguments without dashes it takes */
    bool files;            /* they are files; otherwise directories */
    const char *brief;
    const char *detail;
};

extern const struct command command_table[COMMAND_COUNT]; /* by id */

/* Length of the first word of a command's name. */
size_t command_first_word(const struct command *command);
/* The second word of a command's name; NULL when it has one word. */
const char *command_second_word(const struct command *command);
/* True for the first of the commands that begin with one word. */
bool command_is_first(enum command_id id);

#endif
