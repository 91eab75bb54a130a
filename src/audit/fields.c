#include "audit/fields.h"

#include <string.h>

#include "base/failure.h"

bool field_number(const char *line, const struct json_value *value, uint64_t *out)
{
    const uint64_t most = INT64_MAX;
    *out = 0;
    if (value->type != JSON_NUMBER)
        return false;
    for (size_t i = value->begin; i < value->end; i++) {
        unsigned digit = (unsigned)(unsigned char)line[i] - '0';
        if (digit > 9 || *out > (most - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return true;
}

bool field_word(const char *line, const struct json_value *value, char *out, size_t size)
{
    size_t length = value->end - value->begin;
    const char *text = line + value->begin;
    if (value->type != JSON_STRING || length >= size || value->escaped || memchr(text, '\0', length))
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_word(const char *digits, uint64_t *out)
{
    *out = 0;
    for (int i = 0; i < 16; i++) {
        int value = hex_value(digits[i]);
        if (value < 0)
            return false;
        *out = *out << 4 | (uint64_t)value;
    }
    return true;
}

bool field_sum(const char *line, const struct json_value *value, uint64_t *high, uint64_t *low)
{
    return value->type == JSON_STRING && value->end - value->begin == 32 && hex_word(line + value->begin, high) &&
           hex_word(line + value->begin + 16, low);
}

dedup_status field_hex(const char *line, const struct json_value *value, dedup_buffer *out, dedup_error *error)
{
    size_t length = value->end - value->begin;
    const char *digits = line + value->begin;
    dedup_buffer_clear(out);
    if (value->type != JSON_STRING || length % 2 != 0)
        return fail(error, DEDUP_ERROR_FORMAT, "bytes that are not hexadecimal");
    TRY(dedup_buffer_reserve(out, length / 2 + 1, error));
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_value(digits[i]), low = hex_value(digits[i + 1]);
        if (high < 0 || low < 0)
            return fail(error, DEDUP_ERROR_FORMAT, "bytes that are not hexadecimal");
        out->data[out->length++] = (char)(high << 4 | low);
    }
    out->data[out->length] = '\0';
    return DEDUP_OK;
}

dedup_status field_text(const char *line, const struct json_value *text, const struct json_value *bytes,
                        dedup_buffer *out, dedup_error *error)
{
    size_t repairs = 0;
    if (bytes->type != JSON_ABSENT)
        return field_hex(line, bytes, out, error);
    dedup_buffer_clear(out);
    if (text->type != JSON_STRING)
        return fail(error, DEDUP_ERROR_FORMAT, "a text that is none");
    return json_unescape(line + text->begin, text->end - text->begin, out, &repairs, error);
}
