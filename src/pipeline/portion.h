/* The input in portions of a quarter of a megabyte, which stay in the cache of a core, in the order of the listing:
 * several small text files, or whole lines of one JSON Lines file. The read and the write pass see the same portions.
 */
#ifndef DEDUP_PIPELINE_PORTION_H
#define DEDUP_PIPELINE_PORTION_H

#include "corpus/lines.h"
#include "pipeline/job.h"
#include "pipeline/learn_ranges.h"

enum { PORTION_FILES = 64 }; /* at most in one portion */

struct portion {
    size_t file, file_count; /* files of the listing; one for lines */
    bool lines;              /* `block` holds lines of one file; otherwise the worker reads the files */
    bool apart;              /* the lines are in ranges of the file, which the worker reads one by one */
    struct learn_ranges ranges;
    uint64_t range, range_end; /* `apart`: these of them */
    bool first, last;          /* of its file */
    struct line_block block;
    bool again;               /* `block` is a further piece of a line that is too long */
    struct encoding encoding; /* of the lines */
    struct file_sum sum;      /* of the file's bytes; when it is the last of one that could be read */
    struct file_sum packed;   /* of the file as it lies on the disk; all 0 when it is not compressed */
    dedup_status status;      /* not DEDUP_OK: the file could not be read on; `failure` says why */
    dedup_error failure;
};

void portion_init(struct portion *portion);
void portion_release(struct portion *portion);

struct portion_reader;

enum portion_use {
    PORTIONS_LEARN, /* files of lines that are not compressed come as ranges */
    PORTIONS_READ,
    PORTIONS_WRITE /* files that turned out to be broken are not read: each is a portion of one text file */
};

/* Errors: MEMORY. */
DEDUP_NODISCARD dedup_status portion_reader_create(const struct job *job, enum portion_use use,
                                                   struct portion_reader **out, dedup_error *error);
void portion_reader_free(struct portion_reader *reader); /* NULL is fine */

/* Fills `portion` with what comes next; *more is false at the end. A file that cannot be read gives a portion with its
 * status, and the reader goes on with the next file. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status portion_next(struct portion_reader *reader, struct portion *portion, bool *more,
                                          dedup_error *error);

/* Fills the block with the lines of one of the portion's ranges. `stream` is that of its file. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status portion_read_range(struct portion *portion, const struct job *job,
                                                const struct input_stream *stream, uint64_t index, dedup_error *error);

/* Moves to the next line of the block, zeroed before the first; a byte order mark is no part of its line. False after
 * the last. */
bool portion_line(const struct portion *portion, struct raw_line *line);

/* The limits that options set on what one file may become. */
struct stream_limits job_limits(const struct job *job);

#endif
