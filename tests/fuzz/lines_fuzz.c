/* Any bytes as a plain file, any bound and ranges: its lines by ranges are those that a reader gives from begin to end.
 *
 * The first bytes of the input say the code unit, the longest line and the lengths of the ranges. In the others a 01
 * stands for many units, so that lines grow longer than what is read at a time. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 6, RUN = 1500, LONGEST = 1 << 26 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What the ranges are compared with: the lines of the whole file, one after the other. */
struct whole {
    struct line_reader reader;
    struct line_block block;
    struct raw_line line;
    bool more;
};

static void whole_next(struct whole *whole)
{
    whole->more = line_block_next(&whole->block, &whole->line);
    if (whole->more)
        return;
    require(line_reader_next(&whole->reader, &whole->block, NULL) == DEDUP_OK);
    whole->line = (struct raw_line){0};
    whole->more = line_block_next(&whole->block, &whole->line);
}

/* The lines that begin before `end` are those of the block, but for longer ones than the bound. */
static void check_range(struct whole *whole, const struct line_block *block, uint64_t begin, uint64_t end,
                        size_t maximum)
{
    struct raw_line line = {0};
    bool more = line_block_next(block, &line);
    uint64_t number = 1;
    for (; whole->more && whole->line.offset < end; whole_next(whole)) {
        const struct raw_line *wanted = &whole->line;
        size_t length = wanted->length + wanted->terminator;
        if (!more || line.offset != wanted->offset) {
            require(length > maximum);
            continue;
        }
        require(line.offset >= begin && line.number == number++);
        require(line.length == wanted->length && line.terminator == wanted->terminator);
        require(memcmp(line.bytes, wanted->bytes, length) == 0);
        more = line_block_next(block, &line);
    }
    require(!more && number == block->lines + 1);
}

static void check_ranges(const struct input_stream *stream, struct whole *whole, const uint8_t *head, uint64_t length)
{
    struct line_format format = whole->reader.format;
    size_t maximum = 4 + ((size_t)head[1] << head[2] % 9), turn = 3;
    struct line_block block;
    line_block_init(&block);
    whole_next(whole);
    for (uint64_t begin = 0, end; begin <= length; begin = end) {
        end = begin + (uint64_t)format.unit * (1 + ((uint64_t)head[turn] << head[HEAD - 1] % 9));
        turn = turn == 3 ? 4 : 3;
        require(line_block_between(stream, format, begin, end, maximum, &block, NULL) == DEDUP_OK);
        check_range(whole, &block, begin, end, maximum);
    }
    require(!whole->more);
    line_block_release(&block);
}

/* Writes the content of the file; its length. */
static uint64_t put(int descriptor, const uint8_t *data, size_t size, unsigned unit)
{
    static char run[RUN * 4];
    uint64_t length = 0;
    memset(run, 'x', sizeof run);
    for (size_t i = 0, runs = 0; i < size; i++) {
        bool long_run = data[i] == 1 && runs++ < 16;
        size_t wanted = long_run ? (size_t)RUN * unit : 1;
        require(write(descriptor, long_run ? run : (const char *)data + i, wanted) == (ssize_t)wanted);
        length += wanted;
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/dedup-fuzz-XXXXXX";
    const struct corpus_file file = {.path = path, .container = CONTAINER_PLAIN};
    const struct stream_limits limits = {.bytes = UINT64_MAX};
    if (size < HEAD)
        return 0;
    const struct line_format format = {.unit = 1u << data[0] % 3, .big_endian = data[0] >> 7};
    int descriptor = mkstemp(path);
    require(descriptor >= 0);
    uint64_t length = put(descriptor, data + HEAD, size - HEAD, format.unit);
    close(descriptor);
    struct input_stream *stream, *again;
    require(input_stream_open(AT_FDCWD, &file, false, &limits, &stream, NULL) == DEDUP_OK);
    require(input_stream_open(AT_FDCWD, &file, false, &limits, &again, NULL) == DEDUP_OK);
    struct whole whole = {0};
    line_reader_init(&whole.reader, again, format, 1 << 16, LONGEST);
    line_block_init(&whole.block);
    check_ranges(stream, &whole, data, length);
    line_reader_release(&whole.reader);
    line_block_release(&whole.block);
    input_stream_close(again);
    input_stream_close(stream);
    unlink(path);
    return 0;
}
