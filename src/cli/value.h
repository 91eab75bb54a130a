/* Values of options: read, checked, stored. */
#ifndef DEDUP_CLI_VALUE_H
#define DEDUP_CLI_VALUE_H

#include "options.h"

/* Stores `text` as the value of an option that takes one. On failure returns false and writes to `expected` (`size`
 * bytes) what would have been right: "a number from 0.05 to 1". */
bool value_store(const struct option *option, const char *text, struct settings *settings, char *expected, size_t size);

/* Adds a borrowed string; false: out of memory. */
bool list_add(struct string_list *list, const char *text);

#endif
