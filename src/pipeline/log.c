#include "dedup/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/failure.h"
#include "base/file.h"
#include "pipeline/places.h"

/* A removal log being read. */
struct log_reader {
    const char *output; /* for messages */
    int descriptor;
    ZSTD_DCtx *decompressor;
    dedup_buffer input, records;
    dedup_log_callback *callback;
    void *context;
};

/* Hands on the whole lines of `records` and keeps the rest. */
static dedup_status deliver(struct log_reader *reader, dedup_error *error)
{
    dedup_buffer *records = &reader->records;
    size_t begin = 0;
    for (;;) {
        const char *line = records->data + begin;
        const char *end = records->length > begin ? memchr(line, '\n', records->length - begin) : NULL;
        if (!end)
            break;
        TRY(reader->callback(reader->context, line, (size_t)(end - line), error));
        begin = (size_t)(end - records->data) + 1;
    }
    if (begin != 0) {
        memmove(records->data, records->data + begin, records->length - begin);
        records->length -= begin;
    }
    return DEDUP_OK;
}

static dedup_status decompress(struct log_reader *reader, size_t *left, dedup_error *error)
{
    ZSTD_inBuffer in = {reader->input.data, reader->input.length, 0};
    while (in.pos < in.size) {
        TRY(dedup_buffer_reserve(&reader->records, ZSTD_DStreamOutSize(), error));
        ZSTD_outBuffer out = {reader->records.data + reader->records.length,
                              reader->records.capacity - reader->records.length, 0};
        *left = ZSTD_decompressStream(reader->decompressor, &out, &in);
        if (ZSTD_isError(*left))
            return fail(error, DEDUP_ERROR_FORMAT, "%s/%s is damaged: %s", reader->output, PLACE_REMOVED,
                        ZSTD_getErrorName(*left));
        reader->records.length += out.pos;
        TRY(deliver(reader, error));
    }
    return DEDUP_OK;
}

static dedup_status read_records(struct log_reader *reader, dedup_error *error)
{
    size_t left = 0;
    TRY(dedup_buffer_reserve(&reader->input, ZSTD_DStreamInSize(), error));
    for (;;) {
        ssize_t got = read(reader->descriptor, reader->input.data, ZSTD_DStreamInSize());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s/%s", reader->output, PLACE_REMOVED);
        if (got == 0)
            break;
        reader->input.length = (size_t)got;
        TRY(decompress(reader, &left, error));
    }
    if (left != 0 || reader->records.length != 0)
        return fail(error, DEDUP_ERROR_FORMAT, "%s/%s ends too early", reader->output, PLACE_REMOVED);
    return DEDUP_OK;
}

static int open_log(const char *output)
{
    int directory = file_open(AT_FDCWD, output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -1;
    int descriptor = file_open(directory, PLACE_REMOVED, O_RDONLY | O_CLOEXEC);
    int code = errno;
    close(directory);
    errno = code;
    return descriptor;
}

dedup_status dedup_log_read(const char *output, dedup_log_callback *callback, void *context, dedup_error *error)
{
    struct log_reader reader = {.output = output, .callback = callback, .context = context};
    reader.descriptor = open_log(output);
    if (reader.descriptor < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno,
                          "cannot open %s/%s (is %s the output of a finished run, made without --log off?)", output,
                          PLACE_REMOVED, output);
    dedup_buffer_init(&reader.input, SIZE_MAX);
    dedup_buffer_init(&reader.records, SIZE_MAX);
    reader.decompressor = ZSTD_createDCtx();
    dedup_status status = reader.decompressor ? read_records(&reader, error) : fail_memory(error, "a decompressor");
    ZSTD_freeDCtx(reader.decompressor);
    dedup_buffer_release(&reader.input);
    dedup_buffer_release(&reader.records);
    close(reader.descriptor);
    return status;
}
