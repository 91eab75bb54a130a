/* Which literals a pattern cannot match without: what the prefilter looks for before the pattern runs. */
#ifndef DEDUP_CLEAN_LITERALS_H
#define DEDUP_CLEAN_LITERALS_H

#include <stdbool.h>

#include "text/fold.h"

enum { LITERAL_LENGTH = 6, LITERAL_SET = 256, MARK_SETS = 3 };

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
    /* Punctuation (literals_mark): one of every set must stand in the match line. The rarest set first, 0 behind the
     * last. */
    uint64_t marks[MARK_SETS];
};

/* True when `marks` has one of every set. */
static inline bool marks_suffice(const uint64_t needed[MARK_SETS], uint64_t marks)
{
    for (int i = 0; i < MARK_SETS && needed[i] != 0; i++)
        if (!(needed[i] & marks))
            return false;
    return true;
}

/* The bit of a punctuation character, the rarest in prose lowest: of all of ASCII and some others; 0 for the rest. The
 * highest is that of the digits of ASCII. */
#define LITERALS_DIGIT (UINT64_C(1) << 63)
extern const unsigned char literals_ranks[128];
uint64_t literals_foreign_mark(uint32_t point);
static inline uint64_t literals_mark(uint32_t point)
{
    return point < 0x80 ? (UINT64_C(1) << literals_ranks[point]) & ~UINT64_C(1) : literals_foreign_mark(point);
}

/* Walks an expanded pattern (PCRE2 syntax, see pattern.h) over match lines. What it does not understand it takes to
 * require nothing, so the answer may be weak but is never wrong. */
void literals_required(const char *pattern, size_t length, struct requirement *out);

/* The literal of a text that a pack gives by hand: its fold key, cut to LITERAL_LENGTH. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status literal_of(const char *text, size_t length, struct literal *out, dedup_error *error);

#endif
