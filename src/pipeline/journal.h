/* The growing files of a run: the removal log and the inventory (JSON Lines, zstd), and duplicates.jsonl.
 *
 * Records are gathered and leave together. Where they are compressed, 256 KiB or more of whole records make a frame of
 * its own, so that threads can compress one each; which records share a frame does not depend on them. A frame waits in
 * the lane of the batch whose turn made it: with the next batch that takes this lane it is compressed, in parallel with
 * others, and at that batch's turn it is written. Turns come in the order of the batches, and lanes in rotation, so
 * frames are written in order, and nobody waits for anybody. */
#ifndef DEDUP_PIPELINE_JOURNAL_H
#define DEDUP_PIPELINE_JOURNAL_H

#include "base/file.h"

struct journal_frame;

struct journal {
    struct atomic_file file;
    dedup_buffer pending;        /* records that wait */
    struct journal_frame *lanes; /* NULL: records are written as they are */
    size_t lane_count;
    uint64_t frames; /* so far */
};

/* Starts `path` below the descriptor `directory`, compressed with `lanes` frames at a time, or with 0 as it is. Errors:
 * MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status journal_open(struct journal *journal, int directory, const char *path, size_t lanes,
                                          dedup_error *error);
/* Adds whole records to those that wait. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status journal_append(struct journal *journal, const char *records, size_t length,
                                            dedup_error *error);
/* Compresses what waits in a lane, if anything does, so that its turn need not. In parallel, but neither twice for one
 * lane nor with its turn. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status journal_pack(struct journal *journal, size_t lane, dedup_error *error);
/* A lane's turn (any lane's where there is none): writes its frame and those before it, and leaves records there that
 * are enough for a frame. One call at a time, and none of journal_append. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status journal_turn(struct journal *journal, size_t lane, dedup_error *error);
/* Finishes the file under its final name. The journal is closed after the call whatever it returns. Errors: MEMORY,
 * WRITE. */
DEDUP_NODISCARD dedup_status journal_commit(struct journal *journal, dedup_error *error);
/* Deletes what was written. Does nothing on a journal that is closed or zeroed. */
void journal_discard(struct journal *journal);

#endif
