/* Any bytes as a file of each kind: reading ends, and its lines put together are the stream. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Reads a file whole, or through the line reader when `format` is given; returns how that ended. */
static dedup_status read_file(const struct corpus_file *file, const struct line_format *format, dedup_buffer *out)
{
    const struct stream_limits limits = {.bytes = 1 << 20, .ratio = 1000};
    struct input_stream *stream = NULL;
    require(input_stream_open(AT_FDCWD, file, false, &limits, &stream, NULL) == DEDUP_OK);
    dedup_status status = format ? DEDUP_OK : input_stream_read_all(stream, out, NULL);
    struct line_reader reader;
    struct line_block block;
    line_reader_init(&reader, stream, format ? *format : (struct line_format){.unit = 1}, 64, 100);
    line_block_init(&block);
    for (bool more = format != NULL; more; more = block.bytes.length != 0) {
        status = line_reader_next(&reader, &block, NULL);
        require(dedup_buffer_append(out, block.bytes.data, block.bytes.length, NULL) == DEDUP_OK);
    }
    line_reader_release(&reader);
    line_block_release(&block);
    input_stream_close(stream);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/dedup-fuzz-XXXXXX";
    unsigned kind = size != 0 ? data[0] : 0;
    const struct corpus_file file = {.path = path, .container = (enum container)(kind % 6)};
    const struct line_format format = {.unit = 1u << (kind >> 3) % 3, .big_endian = kind >> 7};
    int descriptor = mkstemp(path);
    require(descriptor >= 0 && (size == 0 || write(descriptor, data + 1, size - 1) == (ssize_t)(size - 1)));
    close(descriptor);
    dedup_buffer whole, lines;
    dedup_buffer_init(&whole, SIZE_MAX);
    dedup_buffer_init(&lines, SIZE_MAX);
    dedup_status status = read_file(&file, NULL, &whole);
    require(read_file(&file, &format, &lines) == status);
    require(status != DEDUP_OK || whole.length == lines.length); /* how far a broken file is read may differ */
    size_t common = whole.length < lines.length ? whole.length : lines.length;
    require(common == 0 || memcmp(whole.data, lines.data, common) == 0);
    dedup_buffer_release(&whole);
    dedup_buffer_release(&lines);
    unlink(path);
    return 0;
}
