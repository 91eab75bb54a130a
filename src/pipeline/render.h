/* The kept form of a document. */
#ifndef DEDUP_PIPELINE_RENDER_H
#define DEDUP_PIPELINE_RENDER_H

#include "pipeline/account.h"

/* Puts the kept form of a document (text as UTF-8, or its JSON line without terminator) at the end of `out` and
 * accounts for what was cut. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status render_kept(struct worker *worker, const struct leaving *leaving, dedup_buffer *out,
                                         struct account *account, dedup_error *error);

/* Replaces `out` with the text of a document as the decision saw it: without the cuts of the read pass. Errors: MEMORY.
 */
DEDUP_NODISCARD dedup_status render_text(struct worker *worker, const struct leaving *leaving, dedup_buffer *out,
                                         dedup_error *error);

#endif
