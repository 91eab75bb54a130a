/* The input in portions of a quarter of a megabyte, which stay in the cache of a core, in the order of the listing:
 * several small text files, or whole lines of one JSON Lines file. Both passes see the same portions. */
#ifndef DEDUP_PIPELINE_PORTION_H
#define DEDUP_PIPELINE_PORTION_H

#include "corpus/lines.h"
#include "pipeline/job.h"

enum { PORTION_FILES = 64 }; /* at most in one portion */

struct portion {
    size_t file, file_count; /* files of the listing; one for lines */
    bool lines;              /* `block` holds lines of one file; otherwise the worker reads the files */
    bool first, last;        /* of its file */
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

/* With `second` true, in the write pass, files that turned out to be broken are not read: each is a portion of one text
 * file. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status portion_reader_create(const struct job *job, bool second, struct portion_reader **out,
                                                   dedup_error *error);
void portion_reader_free(struct portion_reader *reader); /* NULL is fine */

/* Fills `portion` with what comes next; *more is false at the end. A file that cannot be read gives a portion with its
 * status, and the reader goes on with the next file. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status portion_next(struct portion_reader *reader, struct portion *portion, bool *more,
                                          dedup_error *error);

/* Moves to the next line of the block, zeroed before the first; a byte order mark is no part of its line. False after
 * the last. */
bool portion_line(const struct portion *portion, struct raw_line *line);

/* The limits that options set on what one file may become. */
struct stream_limits job_limits(const struct job *job);

#endif
