#include "pipeline/journal_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/failure.h"
#include "base/file.h"

struct journal_reader {
    const char *output, *place; /* for messages */
    int descriptor;
    ZSTD_DCtx *decompressor;
    dedup_buffer input;   /* compressed bytes */
    size_t input_at;      /* of which so many are unpacked */
    dedup_buffer lines;   /* unpacked bytes */
    size_t begin, looked; /* the next line begins here; no line feed stands before `looked` */
    size_t left;          /* 0: the last frame is complete */
    size_t longest;
};

/* Opens `place` below `output`; a last component that is a link, or no regular file to read, is refused. */
static int open_place(const char *output, const char *place)
{
    int directory = file_open(AT_FDCWD, output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -1;
    int descriptor = file_open(directory, place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int code = errno;
    close(directory);
    errno = code;
    return descriptor;
}

dedup_status journal_reader_open(const char *output, const char *place, size_t longest, struct journal_reader **out,
                                 bool *missing, dedup_error *error)
{
    struct journal_reader *reader = calloc(1, sizeof *reader);
    *missing = false;
    if (!reader)
        return fail_memory(error, "a reader of records");
    *reader = (struct journal_reader){.output = output, .place = place, .longest = longest};
    dedup_buffer_init(&reader->input, SIZE_MAX);
    dedup_buffer_init(&reader->lines, longest < SIZE_MAX - 1 ? longest + 1 : SIZE_MAX);
    reader->descriptor = open_place(output, place);
    dedup_status status = DEDUP_OK;
    if (reader->descriptor < 0) {
        *missing = errno == ENOENT;
        status = fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open %s/%s", output, place);
    } else {
        reader->decompressor = ZSTD_createDCtx();
        if (!reader->decompressor)
            status = fail_memory(error, "a decompressor");
    }
    if (status == DEDUP_OK)
        status = dedup_buffer_reserve(&reader->input, ZSTD_DStreamInSize(), error);
    if (status != DEDUP_OK) {
        journal_reader_close(reader);
        return status;
    }
    *out = reader;
    return DEDUP_OK;
}

void journal_reader_close(struct journal_reader *reader)
{
    if (!reader)
        return;
    if (reader->descriptor >= 0)
        close(reader->descriptor);
    ZSTD_freeDCtx(reader->decompressor);
    dedup_buffer_release(&reader->input);
    dedup_buffer_release(&reader->lines);
    free(reader);
}

/* Makes unpacked room: what was handed out goes. */
static dedup_status make_room(struct journal_reader *reader, dedup_error *error)
{
    enum { STEP = 1 << 17 };
    dedup_buffer *lines = &reader->lines;
    if (reader->begin != 0) {
        memmove(lines->data, lines->data + reader->begin, lines->length - reader->begin);
        lines->length -= reader->begin;
        reader->looked -= reader->begin;
        reader->begin = 0;
    }
    size_t room = lines->limit - lines->length;
    if (room == 0)
        return fail(error, DEDUP_ERROR_LIMIT, "%s/%s has a record longer than %zu bytes", reader->output, reader->place,
                    reader->longest);
    return dedup_buffer_reserve(lines, room < STEP ? room : STEP, error);
}

/* Reads compressed bytes when all were unpacked; *ended: there are no more. */
static dedup_status fill(struct journal_reader *reader, bool *ended, dedup_error *error)
{
    ssize_t got = 1;
    *ended = false;
    if (reader->input_at < reader->input.length)
        return DEDUP_OK;
    do
        got = read(reader->descriptor, reader->input.data, ZSTD_DStreamInSize());
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s/%s", reader->output, reader->place);
    reader->input.length = (size_t)got;
    reader->input_at = 0;
    *ended = got == 0;
    return DEDUP_OK;
}

/* Unpacks a little more. */
static dedup_status unpack(struct journal_reader *reader, bool *ended, dedup_error *error)
{
    dedup_buffer *lines = &reader->lines;
    TRY(make_room(reader, error));
    TRY(fill(reader, ended, error));
    if (*ended)
        return DEDUP_OK;
    ZSTD_inBuffer in = {reader->input.data, reader->input.length, reader->input_at};
    ZSTD_outBuffer out = {lines->data + lines->length, lines->capacity - lines->length, 0};
    reader->left = ZSTD_decompressStream(reader->decompressor, &out, &in);
    if (ZSTD_isError(reader->left))
        return fail(error, DEDUP_ERROR_FORMAT, "%s/%s is damaged: %s", reader->output, reader->place,
                    ZSTD_getErrorName(reader->left));
    reader->input_at = in.pos;
    lines->length += out.pos;
    return DEDUP_OK;
}

dedup_status journal_reader_next(struct journal_reader *reader, const char **line, size_t *length, dedup_error *error)
{
    dedup_buffer *lines = &reader->lines;
    for (bool ended = false;;) {
        size_t left = lines->length - reader->looked;
        const char *end = left != 0 ? memchr(lines->data + reader->looked, '\n', left) : NULL;
        if (end) {
            *line = lines->data + reader->begin;
            *length = (size_t)(end - *line);
            reader->begin = reader->looked = (size_t)(end - lines->data) + 1;
            return DEDUP_OK;
        }
        reader->looked = lines->length;
        if (ended)
            break;
        TRY(unpack(reader, &ended, error));
    }
    *line = NULL;
    *length = 0;
    if (reader->left != 0 || lines->length != reader->begin)
        return fail(error, DEDUP_ERROR_FORMAT, "%s/%s ends too early", reader->output, reader->place);
    return DEDUP_OK;
}
