#include "dedup/log.h"

#include "base/failure.h"
#include "pipeline/journal_reader.h"
#include "pipeline/places.h"

dedup_status dedup_log_read(const char *output, dedup_log_callback *callback, void *context, dedup_error *error)
{
    struct journal_reader *reader;
    bool missing;
    dedup_error reason;
    dedup_status status = journal_reader_open(output, PLACE_REMOVED, SIZE_MAX, &reader, &missing, &reason);
    if (status == DEDUP_ERROR_READ)
        return fail(error, status, "%s (is %s the output of a finished run, made without --log off?)", reason.message,
                    output);
    if (status != DEDUP_OK)
        return fail(error, status, "%s", reason.message);
    const char *line = "";
    size_t length;
    while (status == DEDUP_OK && line) {
        status = journal_reader_next(reader, &line, &length, error);
        if (status == DEDUP_OK && line)
            status = callback(context, line, length, error);
    }
    journal_reader_close(reader);
    return status;
}
