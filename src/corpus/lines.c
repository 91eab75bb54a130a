#include "corpus/lines.h"

#include <inttypes.h>
#include <string.h>

#include "base/failure.h"

void line_block_init(struct line_block *block)
{
    *block = (struct line_block){0};
    dedup_buffer_init(&block->bytes, SIZE_MAX / 2);
}

void line_block_release(struct line_block *block)
{
    dedup_buffer_release(&block->bytes);
}

void line_reader_init(struct line_reader *reader, struct input_stream *stream, struct line_format format,
                      size_t block_size, size_t maximum_line)
{
    size_t longest = maximum_line + format.unit;
    *reader = (struct line_reader){
        .stream = stream,
        .format = format,
        .block_size = block_size < longest ? block_size : longest,
        .maximum_line = maximum_line,
        .line = 1,
    };
    dedup_buffer_init(&reader->rest, SIZE_MAX / 2);
}

void line_reader_release(struct line_reader *reader)
{
    dedup_buffer_release(&reader->rest);
}

/* True when the unit at `unit` is the ASCII character `c`. */
static bool unit_is(struct line_format format, const char *unit, char c)
{
    unsigned place = format.big_endian ? format.unit - 1 : 0;
    for (unsigned i = 0; i < format.unit; i++)
        if (unit[i] != (i == place ? c : '\0'))
            return false;
    return true;
}

/* The offset behind the first line feed that begins at or after `from` (a unit boundary); 0 when there is none. Units
 * are counted from `bytes` on. */
static size_t find_line_end(struct line_format format, const char *bytes, size_t from, size_t length)
{
    unsigned place = format.big_endian ? format.unit - 1 : 0;
    while (from < length) {
        const char *found = memchr(bytes + from, '\n', length - from);
        if (!found)
            return 0;
        size_t at = (size_t)(found - bytes);
        size_t unit = at - at % format.unit;
        if (at % format.unit == place && length - unit >= format.unit && unit_is(format, bytes + unit, '\n'))
            return unit + format.unit;
        from = at + 1;
    }
    return 0;
}

/* Where the line feeds of `bytes` from `from` on are: their number, and the offset behind the last (0: none). */
static uint64_t count_lines(struct line_format format, const char *bytes, size_t from, size_t length, size_t *last)
{
    uint64_t lines = 0;
    *last = 0;
    for (size_t end; (end = find_line_end(format, bytes, from, length)) != 0; from = end) {
        *last = end;
        lines++;
    }
    return lines;
}

/* Reads on behind what the block holds: up to the size of a block, then in doubling steps up to the longest line. */
static dedup_status read_more(struct line_reader *reader, dedup_buffer *bytes, dedup_error *error)
{
    size_t longest = reader->maximum_line + reader->format.unit, held = bytes->length, length;
    size_t target = held < reader->block_size ? reader->block_size : held < longest / 2 ? held * 2 : longest;
    TRY(dedup_buffer_reserve(bytes, target - held, error));
    dedup_status status =
        input_stream_read(reader->stream, bytes->data + held, target - held, &length, &reader->failure);
    reader->ended = status != DEDUP_OK || length < target - held;
    bytes->length += length;
    bytes->data[bytes->length] = '\0';
    return DEDUP_OK;
}

/* Ends the block at `length` and keeps what is behind for the next one. */
static dedup_status cut_block(struct line_reader *reader, struct line_block *block, size_t length, dedup_error *error)
{
    dedup_buffer *bytes = &block->bytes;
    TRY(dedup_buffer_append(&reader->rest, bytes->data + length, bytes->length - length, error));
    bytes->length = length;
    bytes->data[length] = '\0';
    reader->offset += length;
    return DEDUP_OK;
}

static size_t round_down(size_t size, unsigned unit)
{
    return size - size % unit;
}

/* Gives what there is of a line longer than the bound, up to its end. */
static dedup_status give_piece(struct line_reader *reader, struct line_block *block, dedup_error *error)
{
    size_t end = find_line_end(reader->format, block->bytes.data, 0, block->bytes.length);
    size_t most = reader->ended ? block->bytes.length : round_down(block->bytes.length, reader->format.unit);
    block->piece = true;
    block->lines = 1;
    reader->inside_long = end == 0;
    reader->line += end != 0;
    return cut_block(reader, block, end != 0 ? end : most, error);
}

/* Gives the last lines of the stream, the one without terminator included. After a failure that one was cut: it is kept
 * for the call that returns the failure. */
static dedup_status give_end(struct line_reader *reader, struct line_block *block, size_t last, dedup_error *error)
{
    size_t length = block->bytes.length;
    bool failed = reader->failure.status != DEDUP_OK;
    if (failed && last == 0) {
        reader->offset += length;
        block->lines = length != 0;
        if (error)
            *error = reader->failure;
        return reader->failure.status;
    }
    block->lines += !failed && last < length;
    reader->line += block->lines;
    return cut_block(reader, block, failed ? last : length, error);
}

dedup_status line_reader_next(struct line_reader *reader, struct line_block *block, dedup_error *error)
{
    dedup_buffer *bytes = &block->bytes;
    dedup_buffer_clear(bytes);
    TRY(dedup_buffer_append(bytes, reader->rest.data, reader->rest.length, error));
    dedup_buffer_clear(&reader->rest);
    block->format = reader->format;
    block->offset = reader->offset;
    block->first_line = reader->line;
    block->lines = 0;
    block->piece = false;
    for (size_t scanned = 0, last = 0; last == 0;) {
        if (!reader->ended)
            TRY(read_more(reader, bytes, error));
        if (reader->inside_long && bytes->length != 0)
            return give_piece(reader, block, error);
        block->lines = count_lines(reader->format, bytes->data, scanned, bytes->length, &last);
        if (last == 0 && bytes->length > reader->maximum_line)
            return give_piece(reader, block, error);
        if (reader->ended)
            return give_end(reader, block, last, error);
        scanned = round_down(bytes->length, reader->format.unit);
        reader->line += block->lines;
        if (last != 0)
            TRY(cut_block(reader, block, last, error));
    }
    return DEDUP_OK;
}

bool line_block_next(const struct line_block *block, struct raw_line *line)
{
    const struct line_format format = block->format;
    const char *bytes = block->bytes.data;
    size_t length = block->bytes.length;
    size_t begin = line->bytes ? (size_t)(line->bytes - bytes) + line->length + line->terminator : 0;
    if (begin >= length)
        return false;
    size_t end = find_line_end(format, bytes, begin, length);
    const size_t unit = format.unit;
    size_t terminator = end != 0 ? unit : 0;
    if (end != 0 && end - begin >= 2 * unit && unit_is(format, bytes + end - 2 * unit, '\r'))
        terminator += unit;
    *line = (struct raw_line){
        .bytes = bytes + begin,
        .length = (end != 0 ? end : length) - begin - terminator,
        .terminator = terminator,
        .offset = block->offset + begin,
        .number = line->bytes ? line->number + 1 : block->first_line,
    };
    return true;
}

bool line_is_blank(const char *line, size_t length)
{
    size_t i = 0;
    while (i < length && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || line[i] == '\0'))
        i++;
    return i == length;
}

dedup_status corpus_document_id(const char *path, uint64_t line, dedup_buffer *out, dedup_error *error)
{
    return line != 0 ? dedup_buffer_printf(out, error, "%s:%" PRIu64, path, line)
                     : dedup_buffer_append(out, path, strlen(path), error);
}
