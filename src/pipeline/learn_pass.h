/* The pass before the read pass that learns what the documents of each source have in common (clean/learn.h). */
#ifndef DEDUP_PIPELINE_LEARN_PASS_H
#define DEDUP_PIPELINE_LEARN_PASS_H

#include "pipeline/job.h"
#include "pipeline/source.h"

/* Fills job->learned when the level learns, unless no source can have enough documents. Errors: MEMORY, STOPPED. */
DEDUP_NODISCARD dedup_status job_learn(struct job *job, dedup_error *error);

/* The name of the source of a document, not NUL-terminated: what the record says (`source` may be NULL), else the
 * folder of a text file or the path of a JSON Lines file. */
const char *job_source_name(const struct job *job, size_t file, const struct source *source, size_t *length);

/* The file that was read last, open for the next use of it. Zeroed: none. */
struct learn_file {
    struct input_stream *stream;
    size_t file; /* of the listing */
};

/* *stream: that of a file of the listing, which is opened unless it is the one of the call before. Errors: MEMORY,
 * READ.
 */
DEDUP_NODISCARD dedup_status learn_file_open(const struct job *job, size_t file, struct learn_file *open,
                                             const struct input_stream **stream, dedup_error *error);
void learn_file_close(struct learn_file *open);

#endif
