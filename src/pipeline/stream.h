/* What dedup_stream_copy needs of a stream beyond its public side. */
#ifndef DEDUP_PIPELINE_STREAM_H
#define DEDUP_PIPELINE_STREAM_H

#include "dedup/stream.h"

const dedup_options *stream_options(const dedup_stream *stream);
/* Tells the observer how far the stream is; false when it asks to stop. */
bool stream_progress(const dedup_stream *stream, uint64_t bytes);

/* Takes the first piece of a line that is longer than maximum_document: it is reported and passed on. Errors: as
 * dedup_stream_push_line. */
DEDUP_NODISCARD dedup_status stream_push_piece(dedup_stream *stream, const char *piece, size_t length,
                                               dedup_verdict *verdict, dedup_error *error);
/* Counts a further piece of it, which the caller passes on. */
void stream_count_piece(dedup_stream *stream, size_t length);

#endif
