/* A stream cut into lines, handed out in blocks of whole lines.
 *
 * The reader, on one thread, fills blocks; any other thread walks the lines of a block, which stay where they are:
 *
 *     while (line_reader_next(&reader, &block, &error) == DEDUP_OK && block.bytes.length != 0)
 *         ... struct raw_line line = {0}; while (line_block_next(&block, &line)) ...
 *
 * A line ends with LF; a CR before it belongs to the terminator. The last line may have none. The blocks of a stream,
 * put together, are the stream. */
#ifndef DEDUP_CORPUS_LINES_H
#define DEDUP_CORPUS_LINES_H

#include <stdbool.h>

#include "corpus/stream.h"

/* How a line feed looks. */
struct line_format {
    unsigned unit;   /* bytes of a code unit: 1, 2 or 4 */
    bool big_endian; /* of units of more than one byte */
};

struct line_block {
    dedup_buffer bytes;  /* whole lines with their terminators, or a piece; reused from call to call */
    uint64_t offset;     /* of the first byte in the (decompressed) stream */
    uint64_t first_line; /* number of the first line, from 1 */
    uint64_t lines;      /* how many; 1 for a piece */
    uint32_t *ends;      /* offsets in `bytes` behind the line feed of each line; the last line may have none */
    size_t end_count, end_capacity;
    bool piece; /* part of a line longer than the reader's bound; all its pieces have one first_line */
    struct line_format format;
};

void line_block_init(struct line_block *block);
void line_block_release(struct line_block *block);

struct line_reader {
    struct input_stream *stream; /* borrowed */
    struct line_format format;
    size_t block_size, maximum_line;
    dedup_buffer rest;   /* begin of a line whose end was not read yet */
    uint64_t offset;     /* of `rest` in the stream */
    uint64_t line;       /* number of the next line, from 1 */
    bool inside_long;    /* the last block was a piece without end */
    bool ended;          /* the stream has no more bytes */
    dedup_error failure; /* what ended the stream; status DEDUP_OK: its end */
};

/* Reads `stream` in blocks of up to `block_size` (>= 4) bytes, or of one line. Lines with more than `maximum_line` (>=
 * 4, below 4 GiB by 8) bytes before their line feed come as pieces, so that they can be passed on, and no others do. */
void line_reader_init(struct line_reader *reader, struct input_stream *stream, struct line_format format,
                      size_t block_size, size_t maximum_line);
void line_reader_release(struct line_reader *reader);

/* Fills `block`; no bytes: the end. When the stream fails, the lines before come first; then the failure is returned,
 * `block` holds the bytes of the line that it cut, and is empty in calls after that. Errors: as input_stream_read.
 */
DEDUP_NODISCARD dedup_status line_reader_next(struct line_reader *reader, struct line_block *block, dedup_error *error);

/* Fills `block` with the lines of a plain file that begin at bytes [begin, end) of it, `begin` being a multiple of the
 * unit: ranges that follow each other give every line once. Numbers count from 1 within the block. Lines with more than
 * `maximum_line` bytes before their line feed may be missing; it and the range are below 2 GiB. Reads by place, in
 * parallel. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status line_block_between(const struct input_stream *stream, struct line_format format,
                                                uint64_t begin, uint64_t end, size_t maximum_line,
                                                struct line_block *block, dedup_error *error);

/* One line of a block. Zeroed before the first. */
struct raw_line {
    const char *bytes; /* in the block */
    size_t length;     /* without the terminator */
    size_t terminator; /* bytes of CR and LF that follow; 0 at the end of the stream or of a piece */
    uint64_t offset;   /* in the stream */
    uint64_t number;   /* from 1 */
};

/* Moves to the next line; false after the last. A piece counts as one line. */
bool line_block_next(const struct line_block *block, struct raw_line *line);

/* True for a line of spaces, tabs, carriage returns and NULs, in any encoding: it holds no document. */
bool line_is_blank(const char *line, size_t length);

/* Appends the id of a document: its path, and for JSON Lines `path:line`. `line` 0: the file. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status corpus_document_id(const char *path, uint64_t line, dedup_buffer *out, dedup_error *error);

#endif
