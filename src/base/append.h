/* dedup_buffer_append where many short pieces are put together: inlined, so that a piece of a length that the compiler
 * knows costs a comparison and a few stores. */
#ifndef DEDUP_BASE_APPEND_H
#define DEDUP_BASE_APPEND_H

#include <string.h>

#include "dedup/buffer.h"

DEDUP_NODISCARD static inline dedup_status append_bytes(dedup_buffer *buffer, const void *bytes, size_t length,
                                                        dedup_error *error)
{
    if (!buffer->data || length > buffer->capacity - buffer->length)
        return dedup_buffer_append(buffer, bytes, length, error);
    memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return DEDUP_OK;
}

/* The same for a string, which is best a literal. */
DEDUP_NODISCARD static inline dedup_status append_string(dedup_buffer *buffer, const char *text, dedup_error *error)
{
    return append_bytes(buffer, text, strlen(text), error);
}

#endif
