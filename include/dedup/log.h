/* Reading what a finished run tells: the removal log, and what was learned. */
#ifndef DEDUP_LOG_H
#define DEDUP_LOG_H

#include "dedup/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called with each record: one JSON object without a line feed. Return a status other than DEDUP_OK to stop with it. */
typedef dedup_status dedup_log_callback(void *context, const char *record, size_t length, dedup_error *error);

/* Reads OUTPUT/.dedup/removed.jsonl.zst from its beginning. Errors: READ, FORMAT (damaged), MEMORY, or the callback's.
 */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_log_read(const char *output, dedup_log_callback *callback, void *context,
                                                      dedup_error *error);

/* Appends what the run learned per source (the folder of text files, each JSON Lines file) and removed, as a rule pack
 * with the counts in comments: lines, the most frequent first; labels of fields; and as comments what varies. Errors:
 * those of dedup_log_read, ARGUMENT (a log without texts). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_log_learned(const char *output, dedup_buffer *pack, dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
