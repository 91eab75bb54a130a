/* Reading a journal of a finished run, line by line: compressed JSON Lines below OUT/.dedup. What is read may be
 * damaged or made to do harm. */
#ifndef DEDUP_PIPELINE_JOURNAL_READER_H
#define DEDUP_PIPELINE_JOURNAL_READER_H

#include <stdbool.h>

#include "dedup/buffer.h"

struct journal_reader;

/* Opens the journal `place` below the folder `output`. A line has at most `longest` bytes. Errors: MEMORY, READ (when
 * it cannot be opened; *missing says whether there is none). */
DEDUP_NODISCARD dedup_status journal_reader_open(const char *output, const char *place, size_t longest,
                                                 struct journal_reader **out, bool *missing, dedup_error *error);
void journal_reader_close(struct journal_reader *reader); /* NULL is fine */

/* The next line without its line feed; NULL at the end. It lives until the next call. Errors: READ, FORMAT (damaged),
 * MEMORY, LIMIT (a line is too long). */
DEDUP_NODISCARD dedup_status journal_reader_next(struct journal_reader *reader, const char **line, size_t *length,
                                                 dedup_error *error);

#endif
