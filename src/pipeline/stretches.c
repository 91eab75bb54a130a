#include "pipeline/stretches.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"

void stretches_init(struct stretches *stretches)
{
    *stretches = (struct stretches){0};
    dedup_buffer_init(&stretches->copies, SIZE_MAX);
}

void stretches_release(struct stretches *stretches)
{
    free(stretches->pieces);
    dedup_buffer_release(&stretches->copies);
}

void stretches_clear(struct stretches *stretches)
{
    dedup_buffer_clear(&stretches->copies);
    stretches->count = stretches->copied = stretches->open_length = stretches->length = 0;
}

static dedup_status add_piece(struct stretches *stretches, const char *bytes, size_t length, dedup_error *error)
{
    if (length == 0)
        return DEDUP_OK;
    TRY(array_reserve(&stretches->pieces, &stretches->capacity, stretches->count + 1, "output", error));
    stretches->pieces[stretches->count++] = (struct file_piece){bytes, length};
    stretches->length += length;
    return DEDUP_OK;
}

static dedup_status add_copies(struct stretches *stretches, dedup_error *error)
{
    size_t length = stretches->copies.length - stretches->copied;
    stretches->copied += length;
    return add_piece(stretches, NULL, length, error);
}

static dedup_status close_stretch(struct stretches *stretches, dedup_error *error)
{
    size_t length = stretches->open_length;
    stretches->open_length = 0;
    if (length < STRETCH_LEAST)
        return dedup_buffer_append(&stretches->copies, stretches->open, length, error);
    TRY(add_copies(stretches, error));
    return add_piece(stretches, stretches->open, length, error);
}

dedup_status stretches_keep(struct stretches *stretches, const char *bytes, size_t length, dedup_error *error)
{
    if (stretches->open_length == 0 || bytes != stretches->open + stretches->open_length) {
        TRY(close_stretch(stretches, error));
        stretches->open = bytes;
    }
    stretches->open_length += length;
    return DEDUP_OK;
}

dedup_status stretches_copies(struct stretches *stretches, dedup_buffer **out, dedup_error *error)
{
    *out = &stretches->copies;
    return close_stretch(stretches, error);
}

dedup_status stretches_settle(struct stretches *stretches, dedup_error *error)
{
    TRY(close_stretch(stretches, error));
    TRY(add_copies(stretches, error));
    const char *copy = stretches->copies.data;
    for (size_t i = 0; i < stretches->count; i++)
        if (!stretches->pieces[i].bytes) {
            stretches->pieces[i].bytes = copy;
            copy += stretches->pieces[i].length;
        }
    return DEDUP_OK;
}
