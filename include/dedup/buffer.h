/* A growing byte buffer with a compulsory upper bound.
 *
 * Invariants: `length <= capacity`, `capacity <= limit`; when `data` is not NULL, `data[length]` is a NUL byte that is
 * not counted, so that text can be handed to C functions. All bytes belong to the buffer; the caller releases it. */
#ifndef DEDUP_BUFFER_H
#define DEDUP_BUFFER_H

#include "dedup/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dedup_buffer {
    char *data;
    size_t length;
    size_t capacity; /* bytes that fit without growing, the final NUL not counted */
    size_t limit;    /* length never passes this */
} dedup_buffer;

/* Makes an empty buffer that may hold up to `limit` bytes. Allocates nothing. */
DEDUP_API void dedup_buffer_init(dedup_buffer *buffer, size_t limit);
/* Frees the memory and leaves an empty buffer with the same limit. */
DEDUP_API void dedup_buffer_release(dedup_buffer *buffer);
/* Forgets the content and keeps the memory. */
DEDUP_API void dedup_buffer_clear(dedup_buffer *buffer);

/* Makes room for `extra` more bytes. Errors: MEMORY, LIMIT. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_buffer_reserve(dedup_buffer *buffer, size_t extra, dedup_error *error);
/* Appends `length` bytes. Errors: MEMORY, LIMIT; the buffer is unchanged then. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_buffer_append(dedup_buffer *buffer, const void *bytes, size_t length,
                                                           dedup_error *error);
/* Appends formatted text. Errors: MEMORY, LIMIT; the buffer is unchanged then. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_buffer_printf(dedup_buffer *buffer, dedup_error *error, const char *format,
                                                           ...) DEDUP_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
