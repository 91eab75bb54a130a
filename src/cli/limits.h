/* What is bounded, by how much, which option moves the bound, and what happens past it: for the help, the manual and
 * the README. The bounds that options set are theirs; tests compare the others with what the program does. */
#ifndef DEDUP_CLI_LIMITS_H
#define DEDUP_CLI_LIMITS_H

#include <stddef.h>

#include "options.h"

struct limit {
    const char *what;
    const char *bound;  /* NULL: the default of `option` */
    const char *option; /* without the dashes; NULL: none changes it */
    const char *beyond;
};

extern const struct limit limit_table[];
extern const size_t limit_count;

/* The bound as it is shown; `out` has OPTION_DEFAULT_SIZE bytes. */
const char *limit_bound(const struct limit *limit, const struct settings *defaults, char *out);

#endif
