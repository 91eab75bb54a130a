/* What somebody may have meant. */
#ifndef DEDUP_CLI_SUGGEST_H
#define DEDUP_CLI_SUGGEST_H

#include "options.h"

/* Damerau-Levenshtein distance (insertions, deletions, replacements, neighbours swapped), counted up to 3; words longer
 * than 32 bytes are at distance 3 from everything. */
unsigned suggest_distance(const char *a, size_t a_length, const char *b, size_t b_length);

/* The option that `name` resembles most: distance 2 at most, or the only one that it begins. NULL: none. */
const struct option *suggest_option(const char *name, size_t length, enum command_id command);
/* The command whose name `word` resembles, or NULL. */
const struct command *suggest_command(const char *word);
/* The choice that `word` resembles, or NULL. */
const char *suggest_choice(const struct choice *choices, const char *word);

#endif
