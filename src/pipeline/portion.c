#include "pipeline/portion.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "corpus/lines.h"

enum { PORTION_BYTES = 1 << 20, PORTION_FILES = 64, DETECT_BYTES = 1 << 16 };

struct portion_reader {
    const struct job *job;
    bool second;
    size_t next; /* file of the listing */
    struct decoder *decoder;
    dedup_buffer head; /* first bytes of a file, for detection */
    /* The JSON Lines file that is being read; `stream` is NULL between files. */
    struct input_stream *stream;
    struct line_reader *lines;
    struct encoding encoding;
    bool first;
};

void portion_init(struct portion *portion)
{
    *portion = (struct portion){0};
    dedup_buffer_init(&portion->bytes, SIZE_MAX);
}

void portion_release(struct portion *portion)
{
    dedup_buffer_release(&portion->bytes);
}

struct stream_limits job_limits(const struct job *job)
{
    return (struct stream_limits){job->options->maximum_file, job->options->maximum_ratio};
}

dedup_status portion_reader_create(const struct job *job, bool second, struct portion_reader **out, dedup_error *error)
{
    struct portion_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return fail_memory(error, "a reader");
    reader->job = job;
    reader->second = second;
    dedup_buffer_init(&reader->head, DETECT_BYTES);
    dedup_status status = decoder_create(&reader->decoder, error);
    if (status != DEDUP_OK) {
        portion_reader_free(reader);
        return status;
    }
    *out = reader;
    return DEDUP_OK;
}

static void close_lines(struct portion_reader *reader)
{
    line_reader_free(reader->lines);
    input_stream_close(reader->stream);
    reader->lines = NULL;
    reader->stream = NULL;
}

void portion_reader_free(struct portion_reader *reader)
{
    if (!reader)
        return;
    close_lines(reader);
    decoder_free(reader->decoder);
    dedup_buffer_release(&reader->head);
    free(reader);
}

static void clear_portion(struct portion *portion, size_t file)
{
    dedup_buffer bytes = portion->bytes;
    dedup_buffer_clear(&bytes);
    *portion = (struct portion){.file = file, .file_count = 1, .bytes = bytes};
}

static const struct corpus_file *next_file(const struct portion_reader *reader)
{
    const struct corpus_listing *listing = &reader->job->listing;
    return reader->next < listing->file_count ? &listing->files[reader->next] : NULL;
}

/* True when the next file is one for the worker to read as a whole. */
static bool is_whole(const struct portion_reader *reader)
{
    const struct corpus_file *file = next_file(reader);
    return file && (file->format == FORMAT_TEXT || (reader->second && reader->job->states[reader->next].broken));
}

static void take_files(struct portion_reader *reader, struct portion *portion)
{
    uint64_t bytes = 0;
    portion->file_count = 0;
    while (is_whole(reader) && portion->file_count < PORTION_FILES && bytes < PORTION_BYTES) {
        bytes += next_file(reader)->size;
        portion->file_count++;
        reader->next++;
    }
}

static dedup_status open_stream(struct portion_reader *reader, const struct corpus_file *file, dedup_error *error)
{
    const struct job *job = reader->job;
    struct stream_limits limits = job_limits(job);
    return input_stream_open(job->input, file, job->options->follow, &limits, &reader->stream, error);
}

/* Finds out the encoding of a file from its beginning, and leaves the stream at its beginning again. */
static dedup_status detect(struct portion_reader *reader, const struct corpus_file *file, dedup_error *error)
{
    size_t length = 0;
    TRY(open_stream(reader, file, error));
    TRY(dedup_buffer_reserve(&reader->head, DETECT_BYTES, error));
    TRY(input_stream_read(reader->stream, reader->head.data, DETECT_BYTES, &length, error));
    TRY(job_encoding(reader->job, reader->decoder, reader->head.data, length, &reader->encoding, error));
    close_lines(reader);
    return DEDUP_OK;
}

static dedup_status open_lines(struct portion_reader *reader, const struct corpus_file *file, dedup_error *error)
{
    TRY(detect(reader, file, error));
    TRY(open_stream(reader, file, error));
    struct line_format format = {.unit = reader->encoding.unit,
                                 .big_endian = reader->encoding.family == ENCODING_UTF16BE,
                                 .mark = reader->encoding.mark};
    reader->first = true;
    return line_reader_create(reader->stream, &format, reader->job->options->maximum_document, &reader->lines, error);
}

/* A failure of one file becomes its portion's; others are the run's. */
static dedup_status note_failure(struct portion_reader *reader, struct portion *portion, dedup_status status,
                                 dedup_error *error)
{
    if (status == DEDUP_OK)
        return DEDUP_OK;
    close_lines(reader);
    if (status == DEDUP_ERROR_MEMORY)
        return fail(error, status, "%s", portion->failure.message);
    portion->status = status;
    portion->last = true;
    reader->next++;
    return DEDUP_OK;
}

static dedup_status take_lines(struct portion_reader *reader, struct portion *portion, dedup_error *error)
{
    struct line_chunk chunk;
    portion->lines = true;
    dedup_status status = DEDUP_OK;
    if (!reader->stream)
        status = open_lines(reader, next_file(reader), &portion->failure);
    portion->first = reader->stream == NULL || reader->first;
    reader->first = false;
    if (status == DEDUP_OK)
        status = line_reader_next(reader->lines, PORTION_BYTES, &portion->bytes, &chunk, &portion->failure);
    if (status != DEDUP_OK)
        return note_failure(reader, portion, status, error);
    portion->encoding = reader->encoding;
    portion->offset = chunk.offset;
    portion->line = chunk.line;
    portion->partial = chunk.partial;
    portion->line_ends = chunk.line_ends;
    portion->last = chunk.last;
    if (portion->last) {
        close_lines(reader);
        reader->next++;
    }
    return DEDUP_OK;
}

dedup_status portion_next(struct portion_reader *reader, struct portion *portion, bool *more, dedup_error *error)
{
    clear_portion(portion, reader->next);
    *more = next_file(reader) != NULL;
    if (!*more)
        return DEDUP_OK;
    if (is_whole(reader)) {
        take_files(reader, portion);
        return DEDUP_OK;
    }
    return take_lines(reader, portion, error);
}

bool portion_line(const struct portion *portion, size_t begin, size_t *length, size_t *whole)
{
    if (begin >= portion->bytes.length)
        return false;
    struct line_format format = {.unit = portion->encoding.unit,
                                 .big_endian = portion->encoding.family == ENCODING_UTF16BE};
    *length = line_length(&format, portion->bytes.data + begin, portion->bytes.length - begin, whole);
    return true;
}
