/* What became of one document of a finished run, and why. */
#ifndef DEDUP_EXPLAIN_H
#define DEDUP_EXPLAIN_H

#include <stdbool.h>

#include "dedup/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A stretch of a document, in order; together they are its text as it was. */
typedef struct dedup_part {
    const char *text; /* UTF-8, not NUL-terminated; repairs are U+FFFD */
    size_t length;
    const char *reason;      /* as in the removal log: a rule's id, "repeat.block", ...; NULL: it stays */
    const char *kept;        /* name of the document that has the other copy; NULL: none, or the document itself */
    uint64_t kept_line;      /* line of the other copy, from 1; 0: none */
    const char *replacement; /* what took its place, NUL-terminated; NULL: nothing */
} dedup_part;

/* Everything belongs to the explanation. */
typedef struct dedup_explanation {
    const char *kept;  /* the document left as a duplicate of this one, which stays; NULL: it stays itself */
    double similarity; /* to that one; how much of it that one contains, where it left as contained */
    bool passed;       /* it was passed on as it came: not understood, too long, changed during the run */
    const char *text;  /* as it was, in UTF-8; NUL-terminated */
    size_t length;
    const char *kept_text; /* the same of the one that stays; NULL: none */
    size_t kept_length;
    dedup_part *parts;
    size_t part_count;
    struct dedup_explanation_memory *memory; /* private */
} dedup_explanation;

/* Explains the document of a name (path below the input, in JSON Lines files path:line), from the output of a finished
 * run alone: its text is rebuilt from output and log. Errors: READ, ARGUMENT (no such output or document, a log without
 * texts), FORMAT (records that no run wrote), LIMIT, MEMORY. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_explain(const char *output, const char *document, dedup_explanation *out,
                                                     dedup_error *error);
DEDUP_API void dedup_explanation_release(dedup_explanation *explanation);

#ifdef __cplusplus
}
#endif
#endif
