#include "report/bytes.h"

#include <stdbool.h>
#include <string.h>

#include "base/append.h"
#include "base/escape.h"
#include "base/failure.h"

static dedup_status append_name(const char *name, const char *suffix, const char *separator, dedup_buffer *out,
                                dedup_error *error)
{
    TRY(append_bytes(out, "\"", 1, error));
    TRY(append_bytes(out, name, strlen(name), error));
    TRY(append_bytes(out, suffix, strlen(suffix), error));
    TRY(append_bytes(out, "\":", 2, error));
    return append_bytes(out, separator, strlen(separator), error);
}

static dedup_status append_hex(const char *bytes, size_t length, dedup_buffer *out, dedup_error *error)
{
    static const char digits[] = "0123456789abcdef";
    if (length > SIZE_MAX / 2)
        return fail(error, DEDUP_ERROR_LIMIT, "a text of %zu bytes is too long for a record", length);
    TRY(dedup_buffer_reserve(out, 2 * length, error));
    for (size_t i = 0; i < length; i++) {
        unsigned byte = (unsigned char)bytes[i];
        out->data[out->length++] = digits[byte >> 4];
        out->data[out->length++] = digits[byte & 15];
    }
    out->data[out->length] = '\0';
    return DEDUP_OK;
}

static dedup_status append_quoted_hex(const char *bytes, size_t length, dedup_buffer *out, dedup_error *error)
{
    TRY(append_bytes(out, "\"", 1, error));
    TRY(append_hex(bytes, length, out, error));
    return append_bytes(out, "\"", 1, error);
}

dedup_status bytes_field(const char *name, const char *bytes, size_t length, const char *separator, dedup_buffer *out,
                         dedup_error *error)
{
    bool exact;
    TRY(append_name(name, "", separator, out, error));
    TRY(escape_json_exact(bytes, length, &exact, out, error));
    if (exact)
        return DEDUP_OK;
    TRY(append_bytes(out, ",", 1, error));
    TRY(append_bytes(out, separator, strlen(separator), error));
    TRY(append_name(name, "_bytes", separator, out, error));
    return append_quoted_hex(bytes, length, out, error);
}

dedup_status bytes_hex(const char *name, const char *bytes, size_t length, dedup_buffer *out, dedup_error *error)
{
    TRY(append_bytes(out, ",", 1, error));
    TRY(append_name(name, "", "", out, error));
    return append_quoted_hex(bytes, length, out, error);
}
