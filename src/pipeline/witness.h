/* What the write pass tells the survey of each document. */
#ifndef DEDUP_PIPELINE_WITNESS_H
#define DEDUP_PIPELINE_WITNESS_H

#include "pipeline/account.h"

/* Notes the text of a document when the report shows it. Replaces worker->kept and worker->document. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status witness_text(struct worker *worker, const struct leaving *leaving, struct account *account,
                                          dedup_error *error);
/* Notes the cuts of worker->document, which stays: `removed` of its characters. A job without a survey has no report.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status witness_cuts(struct worker *worker, const struct leaving *leaving, uint32_t removed,
                                          struct account *account, dedup_error *error);
/* Counts a document for its source; `before` is what the account said before it was written. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status witness_source(const struct worker *worker, const struct leaving *leaving,
                                            const struct account *before, struct account *account, dedup_error *error);
/* Counts a document that is written as it came. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status witness_passed(const struct job *job, size_t file, struct account *account,
                                            dedup_error *error);

#endif
