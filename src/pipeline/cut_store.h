/* The cuts of all documents between the read and the write pass, packed. */
#ifndef DEDUP_PIPELINE_CUT_STORE_H
#define DEDUP_PIPELINE_CUT_STORE_H

#include "text/document.h"

struct cut_store {
    dedup_buffer bytes;
};

void cut_store_init(struct cut_store *store);
void cut_store_release(struct cut_store *store);

/* Appends the packed cuts of a settled document to `out`. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cuts_pack(const struct text_document *document, dedup_buffer *out, dedup_error *error);
/* Adds the `count` cuts that stand packed at `bytes` to `document`, whose cuts and replacements are empty. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status cuts_unpack(const char *bytes, size_t count, struct text_document *document,
                                         dedup_error *error);

#endif
