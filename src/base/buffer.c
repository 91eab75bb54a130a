#include "dedup/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

void dedup_buffer_init(dedup_buffer *buffer, size_t limit)
{
    *buffer = (dedup_buffer){.limit = limit < SIZE_MAX ? limit : SIZE_MAX - 1};
}

void dedup_buffer_release(dedup_buffer *buffer)
{
    free(buffer->data);
    dedup_buffer_init(buffer, buffer->limit);
}

void dedup_buffer_clear(dedup_buffer *buffer)
{
    buffer->length = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

dedup_status dedup_buffer_reserve(dedup_buffer *buffer, size_t extra, dedup_error *error)
{
    if (buffer->data && extra <= buffer->capacity - buffer->length)
        return DEDUP_OK;
    if (extra > buffer->limit - buffer->length)
        return fail(error, DEDUP_ERROR_LIMIT, "a buffer would pass its bound of %zu bytes", buffer->limit);
    size_t need = buffer->length + extra;
    size_t grown = buffer->capacity < buffer->limit / 2 ? buffer->capacity * 2 : buffer->limit;
    size_t capacity = need > grown ? need : grown;
    if (capacity < 64)
        capacity = buffer->limit < 64 ? buffer->limit : 64;
    char *data = realloc(buffer->data, capacity + 1);
    if (!data && capacity > need) {
        capacity = need;
        data = realloc(buffer->data, capacity + 1);
    }
    if (!data)
        return fail_memory(error, "a text buffer");
    data[buffer->length] = '\0';
    buffer->data = data;
    buffer->capacity = capacity;
    return DEDUP_OK;
}

dedup_status dedup_buffer_append(dedup_buffer *buffer, const void *bytes, size_t length, dedup_error *error)
{
    TRY(dedup_buffer_reserve(buffer, length, error));
    if (length != 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return DEDUP_OK;
}

dedup_status dedup_buffer_printf(dedup_buffer *buffer, dedup_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a text cannot be formatted");
    TRY(dedup_buffer_reserve(buffer, (size_t)length, error));
    va_start(arguments, format);
    (void)vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
    return DEDUP_OK;
}
