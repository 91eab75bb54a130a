#include "audit/record.h"

#include <string.h>

#include "audit/fields.h"
#include "base/failure.h"

enum {
    FIELD_DOCUMENT,
    FIELD_DOCUMENT_BYTES,
    FIELD_BEGIN,
    FIELD_END,
    FIELD_TEXT,
    FIELD_TEXT_BYTES,
    FIELD_ESCAPE,
    FIELD_BYTES,
    FIELD_REPLACEMENT,
    FIELD_REPLACEMENT_BYTES,
    FIELD_WRITTEN,
    FIELD_COUNT
};

void record_init(struct record *record)
{
    *record = (struct record){0};
    dedup_buffer_init(&record->document, SIZE_MAX);
    dedup_buffer_init(&record->bytes, SIZE_MAX);
    dedup_buffer_init(&record->scratch, SIZE_MAX);
}

void record_release(struct record *record)
{
    dedup_buffer_release(&record->document);
    dedup_buffer_release(&record->bytes);
    dedup_buffer_release(&record->scratch);
}

/* Takes the word at *words, which blanks part, if it is `word`. */
static bool take_word(const char **words, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*words, word, length) != 0 || ((*words)[length] != ' ' && (*words)[length] != '\0'))
        return false;
    *words += length + ((*words)[length] == ' ');
    return true;
}

static bool parse_style(const char *words, struct json_style *style)
{
    if (!take_word(&words, "json"))
        return false;
    style->ascii = take_word(&words, "ascii");
    style->upper = take_word(&words, "upper");
    style->slash = take_word(&words, "slash");
    return *words == '\0';
}

static dedup_status take_text(struct record *record, const char *line, const struct json_value *values,
                              dedup_error *error)
{
    char words[32];
    struct json_style style;
    record->source = RECORD_TEXT;
    if (values[FIELD_ESCAPE].type == JSON_ABSENT)
        return field_text(line, &values[FIELD_TEXT], &values[FIELD_TEXT_BYTES], &record->bytes, error);
    if (!field_word(line, &values[FIELD_ESCAPE], words, sizeof words) || !parse_style(words, &style))
        return fail(error, DEDUP_ERROR_FORMAT, "an unknown way to escape");
    TRY(field_text(line, &values[FIELD_TEXT], &values[FIELD_TEXT_BYTES], &record->scratch, error));
    return json_escape_like(style, record->scratch.data, record->scratch.length, &record->bytes, error);
}

static dedup_status take_written(struct record *record, const char *line, const struct json_value *values,
                                 dedup_error *error)
{
    record->written = 0;
    if (values[FIELD_WRITTEN].type != JSON_ABSENT)
        return field_number(line, &values[FIELD_WRITTEN], &record->written)
                   ? DEDUP_OK
                   : fail(error, DEDUP_ERROR_FORMAT, "a length that is none");
    if (values[FIELD_REPLACEMENT].type == JSON_ABSENT)
        return DEDUP_OK;
    TRY(field_text(line, &values[FIELD_REPLACEMENT], &values[FIELD_REPLACEMENT_BYTES], &record->scratch, error));
    record->written = record->scratch.length;
    return DEDUP_OK;
}

bool record_is_of(const struct record *record, const char *path)
{
    size_t length = strlen(path), left = record->document.length;
    const char *name = record->document.data;
    if (left < length || memcmp(name, path, length) != 0)
        return false;
    if (left == length)
        return true;
    left -= length + 1;
    name += length;
    return *name == ':' && left != 0 && strspn(name + 1, "0123456789") == left;
}

dedup_status record_parse(struct record *record, const char *line, size_t length, dedup_error *error)
{
    static const char *const names[] = {[FIELD_DOCUMENT] = "document",
                                        [FIELD_DOCUMENT_BYTES] = "document_bytes",
                                        [FIELD_BEGIN] = "begin",
                                        [FIELD_END] = "end",
                                        [FIELD_TEXT] = "text",
                                        [FIELD_TEXT_BYTES] = "text_bytes",
                                        [FIELD_ESCAPE] = "escape",
                                        [FIELD_BYTES] = "bytes",
                                        [FIELD_REPLACEMENT] = "replacement",
                                        [FIELD_REPLACEMENT_BYTES] = "replacement_bytes",
                                        [FIELD_WRITTEN] = "written"};
    struct json_value values[FIELD_COUNT];
    TRY(json_scan(line, length, names, FIELD_COUNT, values, error));
    TRY(field_text(line, &values[FIELD_DOCUMENT], &values[FIELD_DOCUMENT_BYTES], &record->document, error));
    if (!field_number(line, &values[FIELD_BEGIN], &record->begin) ||
        !field_number(line, &values[FIELD_END], &record->end) || record->begin >= record->end)
        return fail(error, DEDUP_ERROR_FORMAT, "a range that is none");
    record->source = RECORD_MEASURED;
    dedup_buffer_clear(&record->bytes);
    if (values[FIELD_BYTES].type != JSON_ABSENT) {
        record->source = RECORD_BYTES;
        TRY(field_hex(line, &values[FIELD_BYTES], &record->bytes, error));
    } else if (values[FIELD_TEXT].type != JSON_ABSENT) {
        TRY(take_text(record, line, values, error));
    }
    return take_written(record, line, values, error);
}
