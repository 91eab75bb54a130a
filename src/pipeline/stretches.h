/* Bytes on their way into a file: long stretches stay where they are, the others are copied. */
#ifndef DEDUP_PIPELINE_STRETCHES_H
#define DEDUP_PIPELINE_STRETCHES_H

#include "base/file.h"

enum { STRETCH_LEAST = 4096 }; /* bytes from which writing a piece by itself costs less than a copy */

struct stretches {
    struct file_piece *pieces; /* in order; until they are settled, bytes NULL: the next ones of `copies` */
    size_t count, capacity;
    dedup_buffer copies;
    size_t copied;    /* bytes of `copies` that are in pieces */
    const char *open; /* a stretch that may go on */
    size_t open_length;
    size_t length; /* of everything, when settled */
};

void stretches_init(struct stretches *stretches);
void stretches_release(struct stretches *stretches);
void stretches_clear(struct stretches *stretches);

/* Adds bytes that stay valid until the stretches are cleared; those that follow each other in memory become one
 * stretch. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status stretches_keep(struct stretches *stretches, const char *bytes, size_t length,
                                            dedup_error *error);
/* The buffer that takes what comes next, until the next call: it may only be appended to. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status stretches_copies(struct stretches *stretches, dedup_buffer **out, dedup_error *error);
/* Makes `pieces` valid; nothing may be added then. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status stretches_settle(struct stretches *stretches, dedup_error *error);

#endif
