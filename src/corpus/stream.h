/* Byte streams of corpus files, decompressed on the way in and compressed on the way out. */
#ifndef DEDUP_CORPUS_STREAM_H
#define DEDUP_CORPUS_STREAM_H

#include "base/file.h"
#include "base/sum.h"
#include "corpus/listing.h"

/* Bounds on what one compressed file may become (decompression bombs). Plain files have none. */
struct stream_limits {
    uint64_t bytes; /* decompressed bytes of one file */
    uint32_t ratio; /* decompressed bytes per compressed byte, checked from STREAM_RATIO_FROM on; 0: any */
};

enum { STREAM_RATIO_FROM = 64 << 20 };

struct input_stream;

/* Opens a file for reading. `path` is below `root`; a link in the last place is followed only with `follow`. The path
 * is copied for messages. Only regular files are opened, and opening never waits. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status input_stream_open(int root, const struct corpus_file *file, bool follow,
                                               const struct stream_limits *limits, struct input_stream **out,
                                               dedup_error *error);
/* Reads up to `size` decompressed bytes; *length is less than `size` only at the end (0 there) and on failure, where it
 * counts the bytes before the break (a checksum behind them was not met, and how many come can depend on `size`).
 * Members of multi-member files follow each other; zeros behind the last member are padding. A compressed file of no
 * bytes is empty. A failure stays: each later call returns it again. Errors: READ, FORMAT (broken, truncated, or not of
 * its kind; names the byte), LIMIT, MEMORY. */
DEDUP_NODISCARD dedup_status input_stream_read(struct input_stream *stream, void *bytes, size_t size, size_t *length,
                                               dedup_error *error);
/* Reads of a plain file from `offset` on, wherever the stream is, and leaves that place. *length as above. Errors:
 * READ.
 */
DEDUP_NODISCARD dedup_status input_stream_read_at(const struct input_stream *stream, uint64_t offset, void *bytes,
                                                  size_t size, size_t *length, dedup_error *error);
void input_stream_close(struct input_stream *stream); /* NULL is fine */
/* Length and checksum of a compressed file that was read to its end, as it lies on the disk; false for a plain one. */
bool input_stream_packed(const struct input_stream *stream, struct file_sum *out);

/* Reads the rest of a stream into `out`. Errors: as input_stream_read, and MEMORY, LIMIT by the buffer. On every
 * failure `out` holds what could be read. */
DEDUP_NODISCARD dedup_status input_stream_read_all(struct input_stream *stream, dedup_buffer *out, dedup_error *error);

struct output_stream;

/* Opens an atomic file with the same compression as the input had. Same bytes in, same bytes out, however they are cut
 * into writes: no time stamps, no names, one thread. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status output_stream_open(int root, const char *path, enum container container,
                                                struct output_stream **out, dedup_error *error);
/* Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status output_stream_write(struct output_stream *stream, const void *bytes, size_t length,
                                                 dedup_error *error);
/* Writes pieces one after the other, which of a plain file are not copied. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status output_stream_write_pieces(struct output_stream *stream, const struct file_piece *pieces,
                                                        size_t count, dedup_error *error);
/* Finishes and renames; the stream is gone whatever is returned. Errors: MEMORY, WRITE; no file is left then. */
DEDUP_NODISCARD dedup_status output_stream_commit(struct output_stream *stream, dedup_error *error);
void output_stream_discard(struct output_stream *stream); /* NULL is fine */

#endif
