/* Any bytes as a JSON line: what is accepted can be unescaped, mapped and escaped again without loss, and a glance
 * finds the same. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/utf8_validate.h"
#include "corpus/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_map(const char *raw, size_t length, const dedup_buffer *text)
{
    uint32_t offsets[2] = {0, (uint32_t)text->length}, mapped[2];
    json_map(raw, length, offsets, 2, mapped);
    require(mapped[0] == 0 && mapped[1] == length);
}

static void check_string(const char *raw, size_t length)
{
    dedup_buffer text, again, back;
    dedup_buffer_init(&text, SIZE_MAX);
    dedup_buffer_init(&again, SIZE_MAX);
    dedup_buffer_init(&back, SIZE_MAX);
    size_t repairs = 0, none = 0;
    bool valid = true;
    require(json_unescape(raw, length, &text, &repairs, NULL) == DEDUP_OK && text.length <= length);
    check_map(raw, length, &text);
    for (size_t i = 0, step; i < text.length && valid; i += step) {
        uint32_t point;
        step = utf8_sequence(text.data + i, text.length - i, &point);
        valid = step != 0;
    }
    require(json_escape_like(json_style_of(raw, length), text.data, text.length, &again, NULL) == DEDUP_OK);
    require(json_unescape(again.data, again.length, &back, &none, NULL) == DEDUP_OK && none == 0);
    require(!valid || (back.length == text.length && memcmp(back.data, text.data, text.length) == 0));
    dedup_buffer_release(&text);
    dedup_buffer_release(&again);
    dedup_buffer_release(&back);
}

/* A scan that takes the text finds what a scan and unescaping find, whatever line came before. */
static void check_text(const char *line, size_t size, const char *const *names, const struct json_value *scanned,
                       struct json_layout *layout)
{
    struct json_value values[2];
    dedup_buffer bytes, other;
    dedup_buffer_init(&bytes, SIZE_MAX);
    dedup_buffer_init(&other, SIZE_MAX);
    struct json_text text = {.bytes = &bytes, .layout = layout};
    size_t repairs = 0;
    bool valid = json_scan_text(line, size, names, 2, values, &text, NULL) == DEDUP_OK;
    require(valid == (scanned != NULL));
    if (valid) {
        require(values[0].type == scanned->type && values[0].begin == scanned->begin && values[0].end == scanned->end);
        require(values[0].escaped == scanned->escaped);
        require(values[1].type == scanned[1].type && values[1].begin == scanned[1].begin);
        require(values[1].end == scanned[1].end);
    }
    if (valid && scanned->type == JSON_STRING) {
        const char *raw = line + scanned->begin;
        size_t length = scanned->end - scanned->begin;
        require(json_unescape(raw, length, &other, &repairs, NULL) == DEDUP_OK && repairs == text.repairs);
        require(other.length == bytes.length && memcmp(other.data, bytes.data, bytes.length) == 0);
        require(text.sound == utf8_valid(raw, length) && text.sound == utf8_valid(bytes.data, bytes.length));
    }
    dedup_buffer_release(&bytes);
    dedup_buffer_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"text", "a"};
    struct json_value values[2], glanced[2];
    const char *line = (const char *)data;
    bool found = json_glance(line, size, names, 2, glanced, NULL) == DEDUP_OK;
    bool valid = json_scan(line, size, names, 2, values, NULL) == DEDUP_OK;
    require(found || !valid);
    struct json_layout layout = {0};
    const struct json_value *scanned = valid ? values : NULL;
    check_text(line, size, names, scanned, NULL);
    check_text(line, size, names, scanned, &layout);
    check_text(line, size, names, scanned, &layout);
    struct json_value others[2];
    dedup_buffer bytes;
    dedup_buffer_init(&bytes, SIZE_MAX);
    struct json_text other = {.bytes = &bytes, .layout = &layout};
    require(json_scan_text(line + size / 2, size - size / 2, names, 2, others, &other, NULL) != DEDUP_ERROR_MEMORY);
    dedup_buffer_release(&bytes);
    check_text(line, size, names, scanned, &layout);
    for (size_t i = 0; found && i < 2; i++) {
        require(glanced[i].begin <= glanced[i].end && glanced[i].end <= size);
        if (glanced[i].type == JSON_STRING)
            check_string(line + glanced[i].begin, glanced[i].end - glanced[i].begin);
        require(!valid || (glanced[i].type == values[i].type && glanced[i].begin == values[i].begin &&
                           glanced[i].end == values[i].end));
    }
    return 0;
}
