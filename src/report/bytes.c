#include "report/bytes.h"

#include <stdbool.h>
#include <string.h>

#include "base/escape.h"
#include "base/failure.h"
#include "base/utf8.h"

static bool is_valid(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t point;
        size_t step = utf8_sequence(bytes + i, length - i, &point);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

/* Whether U+FFFD occurs. Most text has none, and then needs no second look. */
static bool has_replacement(const char *text, size_t length)
{
    for (const char *end = text + length; (text = memchr(text, 0xef, (size_t)(end - text))) != NULL; text++)
        if (end - text >= 3 && memcmp(text, "\xef\xbf\xbd", 3) == 0)
            return true;
    return false;
}

static dedup_status append_name(const char *name, const char *suffix, const char *separator, dedup_buffer *out,
                                dedup_error *error)
{
    TRY(dedup_buffer_append(out, "\"", 1, error));
    TRY(dedup_buffer_append(out, name, strlen(name), error));
    TRY(dedup_buffer_append(out, suffix, strlen(suffix), error));
    TRY(dedup_buffer_append(out, "\":", 2, error));
    return dedup_buffer_append(out, separator, strlen(separator), error);
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
    TRY(dedup_buffer_append(out, "\"", 1, error));
    TRY(append_hex(bytes, length, out, error));
    return dedup_buffer_append(out, "\"", 1, error);
}

dedup_status bytes_field(const char *name, const char *bytes, size_t length, const char *separator, dedup_buffer *out,
                         dedup_error *error)
{
    TRY(append_name(name, "", separator, out, error));
    size_t begin = out->length;
    TRY(escape_json(bytes, length, out, error));
    if (!has_replacement(out->data + begin, out->length - begin) || is_valid(bytes, length))
        return DEDUP_OK;
    TRY(dedup_buffer_append(out, ",", 1, error));
    TRY(dedup_buffer_append(out, separator, strlen(separator), error));
    TRY(append_name(name, "_bytes", separator, out, error));
    return append_quoted_hex(bytes, length, out, error);
}

dedup_status bytes_hex(const char *name, const char *bytes, size_t length, dedup_buffer *out, dedup_error *error)
{
    TRY(dedup_buffer_append(out, ",", 1, error));
    TRY(append_name(name, "", "", out, error));
    return append_quoted_hex(bytes, length, out, error);
}
