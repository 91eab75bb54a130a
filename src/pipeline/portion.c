#include "pipeline/portion.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

enum { PORTION_BYTES = 1 << 18, DETECT_BYTES = 1 << 16, RANGE_LINE = 1 << 30 };

struct portion_reader {
    const struct job *job;
    enum portion_use use;
    size_t next;         /* file of the listing */
    size_t line_files;   /* those of lines */
    uint64_t next_range; /* of the next file */
    struct decoder *decoder;
    dedup_buffer head; /* first bytes of a file, for detection */
    /* The JSON Lines file that is being read; `stream` is NULL between files. */
    struct input_stream *stream;
    struct line_reader lines;
    struct encoding encoding;
    struct sum *sum; /* of what was read of it */
    bool first;
    uint64_t piece; /* number of the line that the last block was a piece of; 0: it was none */
};

void portion_init(struct portion *portion)
{
    *portion = (struct portion){0};
    line_block_init(&portion->block);
}

void portion_release(struct portion *portion)
{
    line_block_release(&portion->block);
}

struct stream_limits job_limits(const struct job *job)
{
    return (struct stream_limits){job->options->maximum_file, job->options->maximum_ratio};
}

static size_t count_line_files(const struct corpus_listing *listing)
{
    size_t count = 0;
    for (size_t i = 0; i < listing->file_count; i++)
        count += listing->files[i].format == FORMAT_JSONL;
    return count;
}

dedup_status portion_reader_create(const struct job *job, enum portion_use use, struct portion_reader **out,
                                   dedup_error *error)
{
    struct portion_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return fail_memory(error, "a reader");
    reader->job = job;
    reader->use = use;
    reader->line_files = count_line_files(&job->listing);
    dedup_buffer_init(&reader->head, DETECT_BYTES);
    dedup_status status = decoder_create(&reader->decoder, error);
    if (status == DEDUP_OK)
        status = sum_create(&reader->sum, error);
    if (status != DEDUP_OK) {
        portion_reader_free(reader);
        return status;
    }
    *out = reader;
    return DEDUP_OK;
}

static void close_lines(struct portion_reader *reader)
{
    if (!reader->stream)
        return;
    line_reader_release(&reader->lines);
    input_stream_close(reader->stream);
    reader->stream = NULL;
}

void portion_reader_free(struct portion_reader *reader)
{
    if (!reader)
        return;
    close_lines(reader);
    decoder_free(reader->decoder);
    dedup_buffer_release(&reader->head);
    sum_free(reader->sum);
    free(reader);
}

static void clear_portion(struct portion *portion, size_t file)
{
    struct line_block block = portion->block;
    dedup_buffer_clear(&block.bytes);
    *portion = (struct portion){.file = file, .file_count = 1, .block = block};
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
    return file &&
           (file->format == FORMAT_TEXT || (reader->use == PORTIONS_WRITE && reader->job->states[reader->next].broken));
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

static dedup_status open_stream(const struct portion_reader *reader, const struct corpus_file *file,
                                struct input_stream **stream, dedup_error *error)
{
    const struct job *job = reader->job;
    struct stream_limits limits = job_limits(job);
    return input_stream_open(job->input, file, job->options->follow, &limits, stream, error);
}

/* Finds out the encoding of a file from its beginning. */
static dedup_status detect(struct portion_reader *reader, const struct corpus_file *file, dedup_error *error)
{
    size_t length = 0;
    struct input_stream *stream;
    TRY(dedup_buffer_reserve(&reader->head, DETECT_BYTES, error));
    TRY(open_stream(reader, file, &stream, error));
    dedup_status status = input_stream_read(stream, reader->head.data, DETECT_BYTES, &length, error);
    input_stream_close(stream);
    TRY(status);
    return job_encoding(reader->job, reader->decoder, reader->head.data, length, &reader->encoding, error);
}

static struct line_format format_of(const struct encoding *encoding)
{
    return (struct line_format){encoding->unit, encoding->family == ENCODING_UTF16BE};
}

static dedup_status open_lines(struct portion_reader *reader, const struct corpus_file *file, dedup_error *error)
{
    TRY(detect(reader, file, error));
    TRY(open_stream(reader, file, &reader->stream, error));
    line_reader_init(&reader->lines, reader->stream, format_of(&reader->encoding), PORTION_BYTES,
                     (size_t)reader->job->options->maximum_document);
    sum_clear(reader->sum);
    reader->first = true;
    reader->piece = 0;
    return DEDUP_OK;
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
    dedup_status status = DEDUP_OK;
    portion->lines = true;
    if (!reader->stream)
        status = open_lines(reader, next_file(reader), &portion->failure);
    portion->first = !reader->stream || reader->first;
    portion->encoding = reader->encoding;
    reader->first = false;
    if (status == DEDUP_OK)
        status = line_reader_next(&reader->lines, &portion->block, &portion->failure);
    if (status != DEDUP_OK)
        return note_failure(reader, portion, status, error);
    portion->again = portion->block.piece && portion->block.first_line == reader->piece;
    reader->piece = portion->block.piece ? portion->block.first_line : 0;
    portion->last = portion->block.bytes.length == 0;
    if (reader->use == PORTIONS_WRITE)
        sum_add(reader->sum, portion->block.bytes.data, portion->block.bytes.length);
    if (portion->last) {
        portion->sum = sum_result(reader->sum);
        (void)input_stream_packed(reader->stream, &portion->packed);
        close_lines(reader);
        reader->next++;
    }
    return DEDUP_OK;
}

/* Describes the next ranges of a file, which together are a portion. */
static dedup_status take_ranges(struct portion_reader *reader, const struct corpus_file *file, struct portion *portion,
                                dedup_error *error)
{
    portion->lines = portion->apart = true;
    portion->ranges = learn_ranges_of(file->size, reader->line_files);
    portion->range = portion->range_end = reader->next_range;
    dedup_status status = reader->next_range == 0 ? detect(reader, file, &portion->failure) : DEDUP_OK;
    if (status != DEDUP_OK)
        return note_failure(reader, portion, status, error);
    portion->encoding = reader->encoding;
    portion->range_end += PORTION_BYTES / portion->ranges.length;
    portion->last = portion->range_end >= portion->ranges.count;
    if (portion->last) {
        portion->range_end = portion->ranges.count;
        reader->next++;
    }
    reader->next_range = portion->last ? 0 : portion->range_end;
    return DEDUP_OK;
}

dedup_status portion_next(struct portion_reader *reader, struct portion *portion, bool *more, dedup_error *error)
{
    const struct corpus_file *file = next_file(reader);
    clear_portion(portion, reader->next);
    *more = file != NULL;
    if (!file)
        return DEDUP_OK;
    if (is_whole(reader)) {
        take_files(reader, portion);
        return DEDUP_OK;
    }
    if (reader->use == PORTIONS_LEARN && file->container == CONTAINER_PLAIN)
        return take_ranges(reader, file, portion, error);
    return take_lines(reader, portion, error);
}

dedup_status portion_read_range(struct portion *portion, const struct job *job, const struct input_stream *stream,
                                uint64_t index, dedup_error *error)
{
    uint64_t begin, end, longest = job->options->maximum_document;
    learn_range(&portion->ranges, index, &begin, &end);
    return line_block_between(stream, format_of(&portion->encoding), begin, end,
                              longest < RANGE_LINE ? (size_t)longest : RANGE_LINE, &portion->block, error);
}

bool portion_line(const struct portion *portion, struct raw_line *line)
{
    if (!line_block_next(&portion->block, line))
        return false;
    if (line->offset == 0 && line->length >= portion->encoding.mark) {
        line->bytes += portion->encoding.mark;
        line->length -= portion->encoding.mark;
        line->offset += portion->encoding.mark;
    }
    return true;
}
