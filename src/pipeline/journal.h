/* The two growing files of a run: the removal log (JSON Lines, zstd) and duplicates.jsonl. */
#ifndef DEDUP_PIPELINE_JOURNAL_H
#define DEDUP_PIPELINE_JOURNAL_H

#include "base/file.h"

struct journal {
    struct atomic_file file;
    struct ZSTD_CCtx_s *compressor; /* NULL: written as it is */
    dedup_buffer pending;           /* compressed bytes, or records that were not yet written */
};

/* Starts `path` below the descriptor `directory`. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status journal_open(struct journal *journal, int directory, const char *path, bool compressed,
                                          dedup_error *error);
/* Appends whole records. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status journal_append(struct journal *journal, const char *records, size_t length,
                                            dedup_error *error);
/* Finishes the file under its final name. The journal is closed after the call whatever it returns. Errors: WRITE. */
DEDUP_NODISCARD dedup_status journal_commit(struct journal *journal, dedup_error *error);
/* Deletes what was written. Does nothing on a journal that is closed or zeroed. */
void journal_discard(struct journal *journal);

#endif
