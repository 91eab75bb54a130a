/* Streams of any bytes: every line gets one verdict, what stays is written, what leaves names an earlier survivor. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dedup/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void check(const dedup_verdict *verdict, uint64_t number, size_t length)
{
    bool duplicate =
        verdict->fate == DEDUP_FATE_EXACT || verdict->fate == DEDUP_FATE_NEAR || verdict->fate == DEDUP_FATE_CONTAINED;
    demand(verdict->number == number);
    demand(verdict->leaves == duplicate);
    demand(duplicate ? verdict->kept > 0 && verdict->kept < number && verdict->length == 0 : verdict->kept == 0);
    demand(verdict->fate != DEDUP_FATE_BLANK || verdict->length == length || number == 1);
    demand(verdict->log_length == 0 || verdict->log[verdict->log_length - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dedup_options options;
    dedup_stream *stream;
    const char *text = (const char *)data;
    dedup_options_init(&options);
    options.id_field = "id";
    options.threshold = 0.6;
    options.memory = size % 4 == 0 ? 150000 : 0;
    demand(dedup_stream_create(&options, NULL, &stream, NULL) == DEDUP_OK);
    uint64_t number = 0;
    for (size_t begin = 0, length; begin < size; begin += length) {
        const char *end = memchr(text + begin, '\n', size - begin);
        dedup_verdict verdict;
        length = end ? (size_t)(end - text) + 1 - begin : size - begin;
        dedup_status status = dedup_stream_push_line(stream, text + begin, length, &verdict, NULL);
        demand(status == DEDUP_OK || status == DEDUP_ERROR_LIMIT);
        if (status == DEDUP_OK)
            check(&verdict, ++number, length);
    }
    dedup_stream_free(stream);
    return 0;
}
