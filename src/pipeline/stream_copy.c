/* dedup_stream_copy: lines from one descriptor to another. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "pipeline/stream.h"

enum { READ_BYTES = 1 << 18, BLOCK_BYTES = 1 << 18, WAIT_MILLISECONDS = 300 };

struct copier {
    dedup_stream *stream;
    const dedup_stream_files *files;
    dedup_buffer input;       /* bytes that were read and not taken yet */
    dedup_buffer output, log; /* bytes that were not written yet */
    uint64_t done;            /* bytes read */
    bool inside_long;         /* the beginning of a line that is too long has gone */
    bool ended;               /* the input has */
    bool closed;              /* the reader of the output has gone away */
};

/* Tells how far the copy is. Errors: STOPPED. */
static dedup_status tell(const struct copier *copier, dedup_error *error)
{
    return stream_progress(copier->stream, copier->done) ? DEDUP_OK
                                                         : fail(error, DEDUP_ERROR_STOPPED, "the stream was stopped");
}

/* Waits until the descriptor is ready, asking the observer meanwhile. */
static dedup_status wait_for(const struct copier *copier, int descriptor, short event, dedup_error *error)
{
    struct pollfd waiting = {.fd = descriptor, .events = event};
    while (poll(&waiting, 1, WAIT_MILLISECONDS) <= 0)
        TRY(tell(copier, error));
    return DEDUP_OK;
}

/* Writes all of a buffer. A reader that has gone away ends the copy. */
static dedup_status write_all(struct copier *copier, int descriptor, dedup_buffer *buffer, dedup_error *error)
{
    size_t written = 0;
    while (written < buffer->length) {
        ssize_t step = write(descriptor, buffer->data + written, buffer->length - written);
        if (step >= 0) {
            written += (size_t)step;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            TRY(wait_for(copier, descriptor, POLLOUT, error));
        } else if (errno == EPIPE && descriptor == copier->files->output) {
            copier->closed = true;
            return fail(error, DEDUP_ERROR_STOPPED, "nobody reads the output any more");
        } else if (errno != EINTR) {
            return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot write %s",
                              descriptor == copier->files->output ? "the output" : "the log");
        }
    }
    dedup_buffer_clear(buffer);
    return DEDUP_OK;
}

/* Writes what waits to be written. The log goes first: what is out of the stream is in it. */
static dedup_status flush(struct copier *copier, dedup_error *error)
{
    TRY(write_all(copier, copier->files->log, &copier->log, error));
    return write_all(copier, copier->files->output, &copier->output, error);
}

/* Takes over what the verdict on a line gives. */
static dedup_status deliver(struct copier *copier, const dedup_verdict *verdict, dedup_error *error)
{
    if (copier->files->log >= 0)
        TRY(dedup_buffer_append(&copier->log, verdict->log, verdict->log_length, error));
    TRY(dedup_buffer_append(&copier->output, verdict->text, verdict->length, error));
    bool full = copier->output.length >= BLOCK_BYTES || copier->log.length >= BLOCK_BYTES;
    return full || copier->files->flush ? flush(copier, error) : DEDUP_OK;
}

static dedup_status take_piece(struct copier *copier, const char *piece, size_t length, dedup_error *error)
{
    dedup_verdict verdict = {.text = piece, .length = length, .log = ""};
    if (copier->inside_long)
        stream_count_piece(copier->stream, length);
    else
        TRY(stream_push_piece(copier->stream, piece, length, &verdict, error));
    return deliver(copier, &verdict, error);
}

/* Takes a whole line, or the end of one whose beginning was passed on. */
static dedup_status take_line(struct copier *copier, const char *line, size_t length, dedup_error *error)
{
    dedup_verdict verdict;
    if (copier->inside_long) {
        TRY(take_piece(copier, line, length, error));
        copier->inside_long = false;
        return DEDUP_OK;
    }
    TRY(dedup_stream_push_line(copier->stream, line, length, &verdict, error));
    return deliver(copier, &verdict, error);
}

/* Takes the lines that are in the input, and at its end the rest. */
static dedup_status take_lines(struct copier *copier, size_t fresh, dedup_error *error)
{
    dedup_buffer *input = &copier->input;
    size_t begin = 0, search = input->length - fresh;
    for (const char *end; (end = memchr(input->data + search, '\n', input->length - search)); search = begin) {
        size_t length = (size_t)(end - input->data) + 1 - begin;
        TRY(take_line(copier, input->data + begin, length, error));
        begin += length;
    }
    size_t rest = input->length - begin;
    if (copier->ended && rest != 0) {
        TRY(take_line(copier, input->data + begin, rest, error));
        rest = 0;
    } else if (rest > stream_options(copier->stream)->maximum_document + 1) {
        TRY(take_piece(copier, input->data + begin, rest, error));
        copier->inside_long = true;
        rest = 0;
    }
    memmove(input->data, input->data + input->length - rest, rest);
    input->length = rest;
    return DEDUP_OK;
}

/* Reads what there is; *got is 0 when nothing came. Before it waits, everything that was decided is written. */
static dedup_status read_some(struct copier *copier, size_t *got, dedup_error *error)
{
    struct pollfd ready = {.fd = copier->files->input, .events = POLLIN};
    dedup_buffer *input = &copier->input;
    *got = 0;
    TRY(dedup_buffer_reserve(input, READ_BYTES, error));
    if (poll(&ready, 1, 0) == 0) {
        TRY(flush(copier, error));
        TRY(wait_for(copier, copier->files->input, POLLIN, error));
    }
    ssize_t step = read(copier->files->input, input->data + input->length, READ_BYTES);
    if (step < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read the input");
    copier->ended = step == 0;
    if (step > 0) {
        *got = (size_t)step;
        input->length += *got;
        copier->done += *got;
    }
    return tell(copier, error);
}

static dedup_status copy_lines(struct copier *copier, dedup_error *error)
{
    while (!copier->ended) {
        size_t got;
        TRY(read_some(copier, &got, error));
        if (got != 0 || (copier->ended && copier->input.length != 0))
            TRY(take_lines(copier, got, error));
    }
    return DEDUP_OK;
}

dedup_status dedup_stream_copy(dedup_stream *stream, const dedup_stream_files *files, bool *closed, dedup_error *error)
{
    struct copier copier = {.stream = stream, .files = files};
    dedup_buffer_init(&copier.input, SIZE_MAX);
    dedup_buffer_init(&copier.output, SIZE_MAX);
    dedup_buffer_init(&copier.log, SIZE_MAX);
    dedup_status status = copy_lines(&copier, error), flushed = DEDUP_OK;
    if (!copier.closed)
        flushed = flush(&copier, status == DEDUP_OK ? error : NULL);
    dedup_buffer_release(&copier.input);
    dedup_buffer_release(&copier.output);
    dedup_buffer_release(&copier.log);
    if (closed)
        *closed = copier.closed;
    return status != DEDUP_OK ? status : flushed;
}
