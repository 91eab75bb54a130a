#include "audit/weave.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "pipeline/places.h"

enum { FEED_SIZE = 1 << 16, ENCODED_SIZE = 1 << 16 };

struct weaver {
    const char *output; /* for messages */
    struct journal_reader *log;
    struct record record;
    struct sum *sum;   /* of the output of a file */
    char *feed;        /* FEED_SIZE bytes of it */
    size_t begin, end; /* what is left of them */
    char *encoded;     /* ENCODED_SIZE bytes */
};

/* A file on its way. */
struct weaving {
    struct weaver *weaver;
    const struct listed *file;
    const struct encoder *encoder; /* NULL: none is known */
    struct input_stream *cleaned;
    const struct weave_sink *sink;
    struct weave_counts *counts;
    uint64_t at; /* bytes of input so far */
};

dedup_status weaver_create(const char *output, size_t longest, struct weaver **out, dedup_error *error)
{
    struct weaver *weaver = calloc(1, sizeof *weaver);
    bool missing;
    if (!weaver)
        return fail_memory(error, "a weaver");
    weaver->output = output;
    record_init(&weaver->record);
    weaver->feed = malloc(FEED_SIZE);
    weaver->encoded = malloc(ENCODED_SIZE);
    dedup_status status = weaver->feed && weaver->encoded ? DEDUP_OK : fail_memory(error, "a weaver");
    if (status == DEDUP_OK)
        status = sum_create(&weaver->sum, error);
    if (status == DEDUP_OK)
        status = journal_reader_open(output, PLACE_REMOVED, longest, &weaver->log, &missing, error);
    if (status != DEDUP_OK) {
        weaver_free(weaver);
        return status;
    }
    *out = weaver;
    return DEDUP_OK;
}

void weaver_free(struct weaver *weaver)
{
    if (!weaver)
        return;
    journal_reader_close(weaver->log);
    record_release(&weaver->record);
    sum_free(weaver->sum);
    free(weaver->feed);
    free(weaver->encoded);
    free(weaver);
}

/* The output of the file ----------------------------------------------------------------------------------------- */

static dedup_status fail_output(const char *what, dedup_error *error)
{
    return fail(error, DEDUP_ERROR_FORMAT, "its output %s; it is not what the run wrote", what);
}

/* Reads on behind what is left of the feed; *more is false at the end. */
static dedup_status feed_more(struct weaving *weaving, bool *more, dedup_error *error)
{
    struct weaver *weaver = weaving->weaver;
    size_t length = 0;
    memmove(weaver->feed, weaver->feed + weaver->begin, weaver->end - weaver->begin);
    weaver->end -= weaver->begin;
    weaver->begin = 0;
    if (weaving->cleaned && weaver->end < FEED_SIZE)
        TRY(input_stream_read(weaving->cleaned, weaver->feed + weaver->end, FEED_SIZE - weaver->end, &length, error));
    sum_add(weaver->sum, weaver->feed + weaver->end, length);
    weaver->end += length;
    *more = length != 0;
    return DEDUP_OK;
}

/* Passes over bytes of the output. */
static dedup_status pass_output(struct weaving *weaving, uint64_t length, dedup_error *error)
{
    struct weaver *weaver = weaving->weaver;
    while (length != 0) {
        size_t left = weaver->end - weaver->begin;
        size_t step = left < length ? left : (size_t)length;
        bool more = true;
        weaver->begin += step;
        length -= step;
        if (length != 0)
            TRY(feed_more(weaving, &more, error));
        if (!more)
            return fail_output("ends too early", error);
    }
    return DEDUP_OK;
}

/* Takes `length` bytes of input from the output. */
static dedup_status take_output(struct weaving *weaving, uint64_t length, dedup_error *error)
{
    struct weaver *weaver = weaving->weaver;
    if (length != 0 && !weaving->encoder)
        return fail(error, DEDUP_ERROR_FORMAT, "the way back to the encoding %s was not written down",
                    weaving->file->encoding);
    while (length != 0) {
        size_t used, most = length < ENCODED_SIZE ? (size_t)length : ENCODED_SIZE;
        size_t made = encoder_encode(weaving->encoder, weaver->feed + weaver->begin, weaver->end - weaver->begin,
                                     weaver->encoded, most, &used);
        weaver->begin += used;
        weaving->at += made;
        weaving->counts->kept += made;
        length -= made;
        if (made != 0) {
            TRY(weaving->sink->put(weaving->sink->context, weaver->encoded, made, error));
            continue;
        }
        bool more;
        TRY(feed_more(weaving, &more, error));
        if (!more)
            return weaver->begin == weaver->end
                       ? fail_output("ends too early", error)
                       : fail_output("has a character that the input cannot have there", error);
    }
    return DEDUP_OK;
}

/* Records -------------------------------------------------------------------------------------------------------- */

static dedup_status put_encoded(struct weaving *weaving, const dedup_buffer *text, dedup_error *error)
{
    struct weaver *weaver = weaving->weaver;
    for (size_t at = 0; at < text->length;) {
        size_t used;
        size_t made =
            encoder_encode(weaving->encoder, text->data + at, text->length - at, weaver->encoded, ENCODED_SIZE, &used);
        if (made == 0)
            return fail(error, DEDUP_ERROR_FORMAT, "its record of the log has a character without a code");
        TRY(weaving->sink->put(weaving->sink->context, weaver->encoded, made, error));
        weaving->at += made;
        at += used;
    }
    return DEDUP_OK;
}

/* Sends what a record says that was removed. */
static dedup_status put_record(struct weaving *weaving, dedup_error *error)
{
    const struct record *record = &weaving->weaver->record;
    const struct weave_sink *sink = weaving->sink;
    uint64_t length = record->end - record->begin;
    if (record->source == RECORD_MEASURED) {
        TRY(sink->pass(sink->context, length, error));
        weaving->at += length;
        weaving->counts->measured += length;
        return DEDUP_OK;
    }
    bool encode = record->source == RECORD_TEXT && !(weaving->encoder && encoder_is_plain(weaving->encoder));
    if (encode && !weaving->encoder)
        return fail(error, DEDUP_ERROR_FORMAT, "its record of the log does not have its bytes");
    if (encode) {
        TRY(put_encoded(weaving, &record->bytes, error));
    } else {
        if (record->bytes.length != length)
            return fail(error, DEDUP_ERROR_FORMAT, "its record of the log has %zu bytes instead of %" PRIu64,
                        record->bytes.length, length);
        TRY(sink->put(sink->context, record->bytes.data, record->bytes.length, error));
        weaving->at += length;
    }
    if (weaving->at != record->end)
        return fail(error, DEDUP_ERROR_FORMAT, "its record of the log has another length than it says");
    weaving->counts->logged += length;
    return DEDUP_OK;
}

/* Takes the next record, which must be one of the file. */
static dedup_status next_record(struct weaver *weaver, const struct listed *file, dedup_error *error)
{
    const char *line;
    size_t length;
    dedup_error reason;
    dedup_status status = journal_reader_next(weaver->log, &line, &length, &reason);
    if (status != DEDUP_OK)
        return fail(error, status, "%s%s", reason.message,
                    status == DEDUP_ERROR_LIMIT ? "; raise --max-document to read it" : "");
    if (!line)
        return fail(error, DEDUP_ERROR_FORMAT, "%s/%s ends before the records of %s do", weaver->output, PLACE_REMOVED,
                    file->path);
    status = record_parse(&weaver->record, line, length, &reason);
    if (status != DEDUP_OK)
        return fail(error, status, "%s/%s is damaged in a record of %s: %s", weaver->output, PLACE_REMOVED, file->path,
                    reason.message);
    if (!record_is_of(&weaver->record, file->path))
        return fail(error, DEDUP_ERROR_FORMAT, "%s/%s has a record of %s where one of %s must be", weaver->output,
                    PLACE_REMOVED, weaver->record.document.data, file->path);
    return DEDUP_OK;
}

/* What the record in hand says; failures are those of the file. */
static dedup_status weave_record(struct weaving *weaving, dedup_error *error)
{
    struct record *record = &weaving->weaver->record;
    if (record->end <= weaving->at)
        return DEDUP_OK;
    if (record->begin < weaving->at || record->end > weaving->file->sum.length)
        return fail(error, DEDUP_ERROR_FORMAT,
                    "its record of the log lies at %" PRIu64 " to %" PRIu64 ", out of order or out of the file",
                    record->begin, record->end);
    TRY(take_output(weaving, record->begin - weaving->at, error));
    TRY(put_record(weaving, error));
    return pass_output(weaving, record->written, error);
}

/* What comes behind the last record. */
static dedup_status weave_end(struct weaving *weaving, dedup_error *error)
{
    struct weaver *weaver = weaving->weaver;
    bool more = true;
    TRY(take_output(weaving, weaving->file->sum.length - weaving->at, error));
    if (weaver->begin == weaver->end)
        TRY(feed_more(weaving, &more, error));
    if (weaver->begin != weaver->end)
        return fail_output("goes on where the input has ended", error);
    struct file_sum output = sum_result(weaver->sum);
    if (weaving->cleaned && !file_sum_equal(&output, &weaving->file->output))
        return fail_output("has another checksum", error);
    return DEDUP_OK;
}

dedup_status weaver_weave(struct weaver *weaver, const struct listed *file, const struct encoder *encoder,
                          struct input_stream *cleaned, const struct weave_sink *sink, struct weave_counts *counts,
                          uint64_t *place, dedup_status *own, dedup_error *reason, dedup_error *error)
{
    struct weaving weaving = {weaver, file, encoder, cleaned, sink, counts, 0};
    weaver->begin = weaver->end = 0;
    sum_clear(weaver->sum);
    *own = DEDUP_OK;
    for (uint64_t i = 0; i < file->removals; i++) {
        TRY(next_record(weaver, file, error));
        if (*own == DEDUP_OK)
            *own = weave_record(&weaving, reason);
    }
    if (*own == DEDUP_OK)
        *own = weave_end(&weaving, reason);
    *place = weaving.at;
    return *own == DEDUP_ERROR_MEMORY ? fail(error, *own, "%s", reason->message) : DEDUP_OK;
}

dedup_status weaver_skip(struct weaver *weaver, const struct listed *file, dedup_error *error)
{
    for (uint64_t i = 0; i < file->removals; i++)
        TRY(next_record(weaver, file, error));
    return DEDUP_OK;
}

dedup_status weaver_finish(struct weaver *weaver, dedup_error *error)
{
    const char *line;
    size_t length;
    TRY(journal_reader_next(weaver->log, &line, &length, error));
    return line ? fail(error, DEDUP_ERROR_FORMAT, "%s/%s has more records than there must be", weaver->output,
                       PLACE_REMOVED)
                : DEDUP_OK;
}
