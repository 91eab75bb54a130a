#include "corpus/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

enum { LINE_TAIL = 4 << 10 }; /* bytes that are read first for the end of a line that begins in a range */

void line_block_init(struct line_block *block)
{
    *block = (struct line_block){0};
    dedup_buffer_init(&block->bytes, SIZE_MAX / 2);
}

void line_block_release(struct line_block *block)
{
    dedup_buffer_release(&block->bytes);
    free(block->ends);
    line_block_init(block);
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

/* Behind the last line feed of the block; 0 when there is none. */
static size_t last_end(const struct line_block *block)
{
    return block->end_count != 0 ? block->ends[block->end_count - 1] : 0;
}

/* Notes the lines that end behind byte `from` of the block. */
static dedup_status find_ends(struct line_block *block, size_t from, dedup_error *error)
{
    const dedup_buffer *bytes = &block->bytes;
    for (size_t end; (end = find_line_end(block->format, bytes->data, from, bytes->length)) != 0; from = end) {
        TRY(array_reserve(&block->ends, &block->end_capacity, block->end_count + 1, "lines", error));
        block->ends[block->end_count++] = (uint32_t)end;
    }
    block->lines = block->end_count;
    return DEDUP_OK;
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
    size_t most = reader->ended ? block->bytes.length : round_down(block->bytes.length, reader->format.unit);
    bool ends = block->end_count != 0;
    block->piece = true;
    block->lines = 1;
    block->end_count = ends;
    reader->inside_long = !ends;
    reader->line += ends;
    return cut_block(reader, block, ends ? block->ends[0] : most, error);
}

/* Gives the last lines of the stream, the one without terminator included. After a failure that one was cut: it is kept
 * for the call that returns the failure. */
static dedup_status give_end(struct line_reader *reader, struct line_block *block, dedup_error *error)
{
    size_t length = block->bytes.length, last = last_end(block);
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
    block->end_count = 0;
    block->piece = false;
    for (size_t scanned = 0; block->end_count == 0; scanned = round_down(bytes->length, reader->format.unit)) {
        if (!reader->ended)
            TRY(read_more(reader, bytes, error));
        TRY(find_ends(block, scanned, error));
        if (reader->inside_long ? bytes->length != 0 : block->end_count == 0 && bytes->length > reader->maximum_line)
            return give_piece(reader, block, error);
        if (reader->ended)
            return give_end(reader, block, error);
    }
    reader->line += block->lines;
    return cut_block(reader, block, last_end(block), error);
}

/* Appends up to `size` bytes from `offset` on; *ended: there were less. */
static dedup_status read_at(const struct input_stream *stream, uint64_t offset, size_t size, dedup_buffer *bytes,
                            bool *ended, dedup_error *error)
{
    size_t length;
    TRY(dedup_buffer_reserve(bytes, size, error));
    TRY(input_stream_read_at(stream, offset, bytes->data + bytes->length, size, &length, error));
    *ended = length < size;
    bytes->length += length;
    bytes->data[bytes->length] = '\0';
    return DEDUP_OK;
}

/* Removes what stands before the first line that begins in the block, whose first byte is a unit before that of the
 * range; the whole block when there is none. */
static void drop_head(struct line_block *block)
{
    dedup_buffer *bytes = &block->bytes;
    size_t head = find_line_end(block->format, bytes->data, 0, bytes->length);
    head = head != 0 ? head : bytes->length;
    memmove(bytes->data, bytes->data + head, bytes->length - head);
    bytes->length -= head;
    block->offset += head;
}

/* Ends the block behind the first line that reaches byte `least`, or with the stream, or before a line that is too
 * long. */
static void end_block(struct line_block *block, size_t least, bool ended)
{
    size_t count = 0, last = last_end(block);
    while (count < block->end_count && block->ends[count] < least)
        count++;
    bool whole = count < block->end_count, open = !whole && ended && last < block->bytes.length;
    block->end_count = whole ? count + 1 : count;
    block->lines = block->end_count + open;
    block->bytes.length = open ? block->bytes.length : last_end(block);
}

/* Reads the bytes of a range, and the unit before it, by which the first line that begins in it is told. */
static dedup_status read_range(const struct input_stream *stream, uint64_t begin, uint64_t end,
                               struct line_block *block, bool *ended, dedup_error *error)
{
    unsigned before = begin != 0 ? block->format.unit : 0;
    dedup_buffer_clear(&block->bytes);
    block->offset = begin - before;
    block->first_line = 1;
    block->end_count = 0;
    block->piece = false;
    TRY(read_at(stream, block->offset, (size_t)(end - begin) + before, &block->bytes, ended, error));
    if (before != 0)
        drop_head(block);
    return DEDUP_OK;
}

dedup_status line_block_between(const struct input_stream *stream, struct line_format format, uint64_t begin,
                                uint64_t end, size_t maximum_line, struct line_block *block, dedup_error *error)
{
    dedup_buffer *bytes = &block->bytes;
    bool ended;
    block->format = format;
    TRY(read_range(stream, begin, end, block, &ended, error));
    size_t least = bytes->length != 0 ? (size_t)(end - block->offset) : 0, scanned = 0;
    for (size_t step = LINE_TAIL;; step *= 2) {
        TRY(find_ends(block, scanned, error));
        if (ended || last_end(block) >= least || bytes->length - last_end(block) > maximum_line)
            break;
        scanned = round_down(bytes->length, format.unit);
        TRY(read_at(stream, block->offset + bytes->length, step, bytes, &ended, error));
    }
    end_block(block, least, ended);
    return DEDUP_OK;
}

bool line_block_next(const struct line_block *block, struct raw_line *line)
{
    const struct line_format format = block->format;
    const char *bytes = block->bytes.data;
    size_t length = block->bytes.length, index = line->bytes ? (size_t)(line->number - block->first_line) + 1 : 0;
    size_t begin = index != 0 ? (size_t)(line->bytes - bytes) + line->length + line->terminator : 0;
    if (begin >= length)
        return false;
    bool ended = index < block->end_count;
    size_t end = ended ? block->ends[index] : length, unit = format.unit;
    size_t terminator = ended ? unit : 0;
    if (ended && end - begin >= 2 * unit && unit_is(format, bytes + end - 2 * unit, '\r'))
        terminator += unit;
    *line = (struct raw_line){
        .bytes = bytes + begin,
        .length = end - begin - terminator,
        .terminator = terminator,
        .offset = block->offset + begin,
        .number = block->first_line + index,
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
    char digits[] = ":18446744073709551615", *first = digits + sizeof digits - 1;
    TRY(dedup_buffer_append(out, path, strlen(path), error));
    if (line == 0)
        return DEDUP_OK;
    for (uint64_t rest = line; rest != 0; rest /= 10)
        *--first = (char)('0' + rest % 10);
    *--first = ':';
    return dedup_buffer_append(out, first, (size_t)(digits + sizeof digits - 1 - first), error);
}
