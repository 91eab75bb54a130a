/* What learning takes from one document: its marks, and a sketch by which copies are told. */
#ifndef DEDUP_PIPELINE_LEARN_CONTENT_H
#define DEDUP_PIPELINE_LEARN_CONTENT_H

#include "clean/learn_sample.h"
#include "pipeline/worker.h"

struct learn_marks {
    uint64_t *items; /* owned */
    size_t count, capacity;
};

/* Appends the marks of an opened document and fills `content` with all but the pointer to them: they are the last
 * content->mark_count. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learn_content(struct worker *worker, const struct source *source,
                                           struct learn_marks *marks, struct learn_content *content,
                                           dedup_error *error);

/* See learn_alike. */
bool learn_are_alike(const uint64_t a[4], const uint64_t b[4]);

/* Failures that concern one input are reported by the read pass: it meets them too, or says that it did not. */
DEDUP_NODISCARD dedup_status learn_skip_local(dedup_status status, const dedup_error *reason, dedup_error *error);

#endif
