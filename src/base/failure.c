#include "base/failure.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"

const char *dedup_status_name(dedup_status status)
{
    static const char *const names[] = {
        [DEDUP_OK] = "ok",
        [DEDUP_ERROR_MEMORY] = "memory",
        [DEDUP_ERROR_ARGUMENT] = "argument",
        [DEDUP_ERROR_READ] = "read",
        [DEDUP_ERROR_WRITE] = "write",
        [DEDUP_ERROR_FORMAT] = "format",
        [DEDUP_ERROR_LIMIT] = "limit",
        [DEDUP_ERROR_CONFLICT] = "conflict",
        [DEDUP_ERROR_CHANGED] = "changed",
        [DEDUP_ERROR_STOPPED] = "stopped",
    };
    size_t index = (size_t)status;
    return index < sizeof names / sizeof *names ? names[index] : "unknown";
}

/* Length of `text` without a UTF-8 sequence that its end cuts in two. */
static size_t whole_length(const char *text, size_t length)
{
    size_t lead = length;
    while (lead > 0 && length - lead < 3 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead == 0 || (unsigned char)text[lead - 1] < 0xc0)
        return length;
    uint32_t point;
    return utf8_sequence(text + lead - 1, length - lead + 1, &point) != 0 ? length : lead - 1;
}

/* Writes the message into the first `size` bytes of error->message. `arguments` may name text in `error` itself. */
static void fill(dedup_error *error, size_t size, dedup_status status, const char *format, va_list arguments)
{
    char raw[DEDUP_MESSAGE_SIZE];
    int length = vsnprintf(raw, sizeof raw, format, arguments);
    size_t shown = length < 0 ? 0 : (size_t)length;
    if (shown >= sizeof raw)
        shown = whole_length(raw, sizeof raw - 1);
    error->status = status;
    escape_show(raw, shown, error->message, size);
}

dedup_status(fail)(dedup_error *error, dedup_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, sizeof error->message, status, format, arguments);
        va_end(arguments);
    }
    return status;
}

dedup_status(fail_errno)(dedup_error *error, dedup_status status, int code, const char *format, ...)
{
    if (error) {
        char reason[128];
        if (strerror_r(code, reason, sizeof reason) != 0)
            (void)snprintf(reason, sizeof reason, "error %d", code);
        size_t tail = strlen(reason) + 2;
        va_list arguments;
        va_start(arguments, format);
        fill(error, sizeof error->message - tail, status, format, arguments);
        va_end(arguments);
        size_t length = strlen(error->message);
        (void)snprintf(error->message + length, sizeof error->message - length, ": %s", reason);
    }
    return status;
}

dedup_status(fail_memory)(dedup_error *error, const char *what)
{
    return fail(error, DEDUP_ERROR_MEMORY, "out of memory for %s", what);
}
