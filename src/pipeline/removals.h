/* Records of the removal log. What they say together with the output gives the input back, byte for byte: the format
 * and the proof obligation stand in src/report/README.md. */
#ifndef DEDUP_PIPELINE_REMOVALS_H
#define DEDUP_PIPELINE_REMOVALS_H

#include "pipeline/account.h"

/* A stretch of a document's bytes that its text does not give back: ill-formed, or another code of the same text. */
struct log_place {
    uint32_t begin, end; /* bytes of the document */
    bool ill_formed;
    bool in_string; /* its U+FFFD is spelled like the JSON string it stands in */
    unsigned char text_length;
    char text[4];
};

/* Logs the byte order mark, the first `length` bytes at `bytes`, of a file of the listing; 0: there is none. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status removals_mark(const struct job *job, size_t file, const char *bytes, unsigned length,
                                           struct account *account, dedup_error *error);
/* Logs a document that leaves as a whole. Errors: MEMORY, ARGUMENT. */
DEDUP_NODISCARD dedup_status removals_document(struct worker *worker, const struct leaving *leaving,
                                               struct account *account, dedup_error *error);
/* Logs the cuts of worker->document, which holds those of `leaving` and are mapped, and the places that its text does
 * not give back, ascending. Errors: MEMORY, ARGUMENT. */
DEDUP_NODISCARD dedup_status removals_cuts(struct worker *worker, const struct leaving *leaving,
                                           struct account *account, dedup_error *error);
/* Logs the same places of bytes that are no document, but decoded to be passed on: `source` holds bytes, encoding and
 * the repairs of a line; worker->name names it. Errors: MEMORY, ARGUMENT. */
DEDUP_NODISCARD dedup_status removals_passed(struct worker *worker, const struct source *source, uint64_t offset,
                                             uint64_t written, struct account *account, dedup_error *error);
/* After removals_cuts: where the encoding cannot be reversed, puts a record of all bytes of the document, which are
 * `written` bytes of the output, in front of its records, which begin at byte `log_length` of the log. Errors: MEMORY.
 */
DEDUP_NODISCARD dedup_status removals_whole(struct worker *worker, const struct leaving *leaving, size_t log_length,
                                            uint64_t written, struct account *account, dedup_error *error);

#endif
