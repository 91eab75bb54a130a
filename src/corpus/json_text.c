#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "corpus/json.h"
#include "corpus/json_escape.h"
#include "corpus/json_string.h"

/* The next backslash, or `end`. Dense escapes, where each call finds one at once, are the case to be quick for. */
static const char *find_backslash(const char *raw, const char *end)
{
    if (raw == end || *raw == '\\')
        return raw;
    const char *found = memchr(raw, '\\', (size_t)(end - raw));
    return found ? found : end;
}

dedup_status json_unescape(const char *raw, size_t length, dedup_buffer *out, size_t *repairs, dedup_error *error)
{
    struct json_taken taken;
    TRY(dedup_buffer_reserve(out, length, error));
    json_string_take(raw, length, out->data + out->length, &taken);
    out->length += taken.text_length;
    out->data[out->length] = '\0';
    *repairs += taken.repairs;
    return DEDUP_OK;
}

void json_map(const char *raw, size_t length, const uint32_t *offsets, size_t count, uint32_t *raw_offsets)
{
    const char *at = raw, *end = raw + length;
    size_t text = 0; /* offset in the text of what `at` points to */
    for (size_t i = 0; i < count;) {
        size_t run = (size_t)(find_backslash(at, end) - at);
        for (; i < count && offsets[i] <= text + run; i++) {
            size_t into = offsets[i] > text ? offsets[i] - text : 0;
            raw_offsets[i] = (uint32_t)((size_t)(at - raw) + into);
        }
        at += run;
        text += run;
        if (at == end) {
            for (; i < count; i++)
                raw_offsets[i] = (uint32_t)length;
            return;
        }
        uint32_t point;
        char bytes[4];
        at += json_escape_decode(at, end, &point);
        text += utf8_put(point, bytes);
    }
}

/* What a raw string shows of its style so far. */
struct traits {
    bool clear, escaped;      /* characters beyond ASCII, as they are and as \uXXXX */
    bool upper, lower;        /* digits A to F and a to f */
    bool slash, slash_escape; /* slashes, as they are and as \/ */
};

static void look_at_run(struct traits *traits, const char *run, size_t length)
{
    unsigned char high = 0;
    for (size_t i = 0; i < length && !traits->clear; i++)
        high |= (unsigned char)run[i];
    traits->clear |= high >= 0x80;
    traits->slash = traits->slash || memchr(run, '/', length) != NULL;
}

static void look_at_escape(struct traits *traits, const char *escape)
{
    traits->slash_escape |= escape[1] == '/';
    if (escape[1] != 'u')
        return;
    traits->escaped |= json_hex4(escape + 2) >= 0x80;
    for (size_t i = 2; i < 6; i++) {
        traits->upper |= escape[i] >= 'A' && escape[i] <= 'F';
        traits->lower |= escape[i] >= 'a';
    }
}

struct json_style json_style_of(const char *raw, size_t length)
{
    struct traits traits = {0};
    for (const char *end = raw + length; raw != end;) {
        const char *escape = find_backslash(raw, end);
        look_at_run(&traits, raw, (size_t)(escape - raw));
        if (escape != end)
            look_at_escape(&traits, escape);
        raw = escape == end ? end : escape + (escape[1] == 'u' ? 6 : 2);
    }
    return (struct json_style){.ascii = traits.escaped && !traits.clear,
                               .upper = traits.upper && !traits.lower,
                               .slash = traits.slash_escape && !traits.slash};
}

static size_t put_unit(uint32_t unit, bool upper, char *out)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    out[0] = '\\';
    out[1] = 'u';
    for (int i = 0; i < 4; i++)
        out[2 + i] = digits[unit >> (12 - 4 * i) & 15];
    return 6;
}

static bool needs_escape(struct json_style style, unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || (c == '/' && style.slash) || (c >= 0x80 && style.ascii);
}

/* Writes the escape of a code point that needs one (up to 12 bytes) and returns its length. */
static size_t put_escape(struct json_style style, uint32_t point, char *out)
{
    static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char letter = point < sizeof letters ? letters[point] : '\0';
    if (point == '"' || point == '\\' || point == '/')
        letter = (char)point;
    if (letter != '\0') {
        out[0] = '\\';
        out[1] = letter;
        return 2;
    }
    if (point < 0x10000)
        return put_unit(point, style.upper, out);
    size_t first = put_unit(0xd800 + ((point - 0x10000) >> 10), style.upper, out);
    return first + put_unit(0xdc00 + (point & 0x3ff), style.upper, out + first);
}

static dedup_status append_escaped(struct json_style style, const char *text, size_t length, dedup_buffer *out,
                                   dedup_error *error)
{
    for (size_t i = 0; i < length;) {
        size_t start = i;
        while (i < length && !needs_escape(style, (unsigned char)text[i]))
            i++;
        TRY(dedup_buffer_append(out, text + start, i - start, error));
        if (i == length)
            break;
        uint32_t point;
        size_t step = utf8_sequence(text + i, length - i, &point);
        char escape[12];
        TRY(dedup_buffer_append(out, escape, put_escape(style, step ? point : 0xfffd, escape), error));
        i += step ? step : 1;
    }
    return DEDUP_OK;
}

dedup_status json_escape_like(struct json_style style, const char *text, size_t length, dedup_buffer *out,
                              dedup_error *error)
{
    const size_t before = out->length;
    TRY(dedup_buffer_reserve(out, length, error));
    dedup_status status = append_escaped(style, text, length, out, error);
    if (status != DEDUP_OK) {
        out->length = before;
        out->data[before] = '\0';
    }
    return status;
}
