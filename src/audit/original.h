/* A document as it was, rebuilt from the output and the log of a run. */
#ifndef DEDUP_AUDIT_ORIGINAL_H
#define DEDUP_AUDIT_ORIGINAL_H

#include <stdbool.h>

#include "dedup/buffer.h"

struct original {
    dedup_buffer bytes; /* of the input: a whole text file, or one line with its end */
    uint64_t begin;     /* where they begin in the file, decompressed */
    char encoding[32];
    bool json, passed;
};

/* `name` is a path below the input, or path:line of a JSON Lines file. Errors: READ, FORMAT, LIMIT, MEMORY, ARGUMENT
 * (no such document, or a log without texts). `out` is to be released in any case. */
DEDUP_NODISCARD dedup_status original_load(const char *output, const char *name, struct original *out,
                                           dedup_error *error);
void original_release(struct original *original);

#endif
