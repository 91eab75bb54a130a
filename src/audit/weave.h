/* The input of a file, woven from its output and its records: see src/report/README.md. */
#ifndef DEDUP_AUDIT_WEAVE_H
#define DEDUP_AUDIT_WEAVE_H

#include "audit/inventory_reader.h"
#include "audit/record.h"
#include "corpus/stream.h"

/* Takes the bytes of the input in order. */
struct weave_sink {
    void *context;
    dedup_status (*put)(void *context, const char *bytes, size_t length, dedup_error *error);
    /* `length` bytes that are not known. */
    dedup_status (*pass)(void *context, uint64_t length, dedup_error *error);
};

struct weave_counts {
    uint64_t kept, logged, measured;
};

struct weaver;

/* Reads the log of `output`. A record has at most `longest` bytes. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status weaver_create(const char *output, size_t longest, struct weaver **out, dedup_error *error);
void weaver_free(struct weaver *weaver); /* NULL is fine */

/* Sends the input of `file` to the sink: `cleaned` is its stream of the output, NULL for one that was removed. All its
 * records are taken from the log, whatever happens; *place is the byte of the input that was reached. What fails
 * because of this file alone, or in the sink, is told in `reason` and returned in *own. Errors: of the log: READ,
 * FORMAT, LIMIT; MEMORY. */
DEDUP_NODISCARD dedup_status weaver_weave(struct weaver *weaver, const struct listed *file,
                                          const struct encoder *encoder, struct input_stream *cleaned,
                                          const struct weave_sink *sink, struct weave_counts *counts, uint64_t *place,
                                          dedup_status *own, dedup_error *reason, dedup_error *error);
/* Passes over the records of a file. Errors: as above. */
DEDUP_NODISCARD dedup_status weaver_skip(struct weaver *weaver, const struct listed *file, dedup_error *error);
/* Makes sure that the log has no more records. Errors: as above. */
DEDUP_NODISCARD dedup_status weaver_finish(struct weaver *weaver, dedup_error *error);

#endif
