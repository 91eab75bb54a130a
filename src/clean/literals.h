/* Which literals a pattern cannot match without: what the prefilter looks for before the pattern runs. */
#ifndef DEDUP_CLEAN_LITERALS_H
#define DEDUP_CLEAN_LITERALS_H

#include <stdbool.h>

#include "text/fold.h"

enum { LITERAL_LENGTH = 6, LITERAL_SET = 256 };

/* A run of letters and digits in the form of the fold key. */
struct literal {
    uint32_t points[LITERAL_LENGTH];
    uint32_t count;
};

/* Alternatives: a line that the pattern matches has one of them in its fold key. */
struct literal_set {
    struct literal items[LITERAL_SET];
    uint32_t count; /* 0: nothing is required that would be of use */
};

/* What every line that a pattern matches must have. */
struct requirement {
    struct literal_set first, second; /* one of each; the second may be empty */
    uint64_t marks; /* punctuation of which one must stand in the match line (literals_mark); 0: none must */
};

/* The bit of a punctuation character, the rarest in prose lowest: of all of ASCII and some others; 0 for the rest. */
uint64_t literals_mark(uint32_t point);

/* Walks an expanded pattern (PCRE2 syntax, see pattern.h) over match lines. What it does not understand it takes to
 * require nothing, so the answer may be weak but is never wrong. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status literals_required(const char *pattern, size_t length, struct requirement *out,
                                               dedup_error *error);

/* The literal of a text that a pack gives by hand: its fold key, cut to LITERAL_LENGTH. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status literal_of(const char *text, size_t length, struct literal *out, dedup_error *error);

#endif
