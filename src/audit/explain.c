/* dedup_explain: a document as it was, and what became of each part of it. */
#include "dedup/explain.h"

#include <stdlib.h>
#include <string.h>

#include "audit/fields.h"
#include "audit/original.h"
#include "base/arena.h"
#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "dedup/log.h"
#include "dedup/report.h"
#include "pipeline/report_read.h"
#include "pipeline/source.h"

enum { REPORT_LIMIT = 1 << 30 };

struct dedup_explanation_memory {
    struct arena arena;
    dedup_buffer text, kept_text;
};

/* A record of the log about the document. */
struct removal {
    uint64_t begin, end; /* bytes of the file */
    dedup_part part;     /* without its text */
};

/* An explanation on its way. */
struct explainer {
    const char *name;
    dedup_explanation *out;
    struct arena *arena;
    struct removal *removals;
    size_t count, capacity;
    dedup_buffer scratch;
};

/* Names of fields of a record, and where their values are. */
enum field {
    DOCUMENT,
    DOCUMENT_BYTES,
    BEGIN,
    END,
    REASON,
    KEPT,
    KEPT_BYTES,
    KEPT_LINE,
    SIMILARITY,
    REPLACEMENT,
    FIELDS
};

static dedup_status copy_text(struct explainer *explainer, const char *record, const struct json_value *values,
                              enum field text, enum field bytes, const char **out, dedup_error *error)
{
    static const struct json_value none = {0};
    *out = NULL;
    if (values[text].type == JSON_ABSENT)
        return DEDUP_OK;
    TRY(field_text(record, &values[text], bytes == FIELDS ? &none : &values[bytes], &explainer->scratch, error));
    *out =
        arena_copy(explainer->arena, explainer->scratch.data ? explainer->scratch.data : "", explainer->scratch.length);
    return *out ? DEDUP_OK : fail_memory(error, "an explanation");
}

static double similarity_of(const char *record, const struct json_value *value)
{
    char digits[32];
    size_t length = value->end - value->begin;
    if (value->type != JSON_NUMBER || length >= sizeof digits)
        return 0;
    memcpy(digits, record + value->begin, length);
    digits[length] = '\0';
    return strtod(digits, NULL);
}

/* A record of the document: how a part of it left, or all of it. */
static dedup_status add_removal(struct explainer *explainer, const char *record, const struct json_value *values,
                                dedup_error *error)
{
    struct removal removal = {0};
    if (!field_number(record, &values[BEGIN], &removal.begin) || !field_number(record, &values[END], &removal.end))
        return fail(error, DEDUP_ERROR_FORMAT, "a record of the log has no range");
    if (values[KEPT_LINE].type != JSON_ABSENT && !field_number(record, &values[KEPT_LINE], &removal.part.kept_line))
        return fail(error, DEDUP_ERROR_FORMAT, "a record of the log has a line that is none");
    TRY(copy_text(explainer, record, values, REASON, FIELDS, &removal.part.reason, error));
    TRY(copy_text(explainer, record, values, KEPT, KEPT_BYTES, &removal.part.kept, error));
    TRY(copy_text(explainer, record, values, REPLACEMENT, FIELDS, &removal.part.replacement, error));
    if (!removal.part.reason)
        return fail(error, DEDUP_ERROR_FORMAT, "a record of the log has no reason");
    if (strcmp(removal.part.reason, "duplicate.document") == 0) {
        explainer->out->kept = removal.part.kept ? removal.part.kept : "";
        explainer->out->similarity = similarity_of(record, &values[SIMILARITY]);
        return DEDUP_OK;
    }
    /* Marks and forms of codes are about bytes; the text does not show them. */
    if (strncmp(removal.part.reason, "decode.", 7) == 0)
        return DEDUP_OK;
    TRY(array_reserve(&explainer->removals, &explainer->capacity, explainer->count + 1, "an explanation", error));
    explainer->removals[explainer->count++] = removal;
    return DEDUP_OK;
}

static dedup_status take_record(void *context, const char *record, size_t length, dedup_error *error)
{
    static const char *const names[FIELDS] = {[DOCUMENT] = "document",     [DOCUMENT_BYTES] = "document_bytes",
                                              [BEGIN] = "begin",           [END] = "end",
                                              [REASON] = "reason",         [KEPT] = "kept",
                                              [KEPT_BYTES] = "kept_bytes", [KEPT_LINE] = "kept_line",
                                              [SIMILARITY] = "similarity", [REPLACEMENT] = "replacement"};
    struct explainer *explainer = context;
    struct json_value values[FIELDS];
    TRY(json_scan(record, length, names, FIELDS, values, error));
    TRY(field_text(record, &values[DOCUMENT], &values[DOCUMENT_BYTES], &explainer->scratch, error));
    size_t size = strlen(explainer->name);
    if (explainer->scratch.length != size || memcmp(explainer->scratch.data, explainer->name, size) != 0)
        return DEDUP_OK;
    return add_removal(explainer, record, values, error);
}

/* The text of an original, and where its characters were. */
struct reading {
    struct source_desk desk;
    struct encoding encoding;
    struct source source;
    uint64_t begin;             /* of the file, where `source` begins */
    uint32_t *offsets, *places; /* of each character in the text and in the source, and of the end of both */
    size_t count;
};

static dedup_status open_source(struct original *original, const char *field, struct reading *reading,
                                dedup_error *error)
{
    const char *bytes = original->bytes.data ? original->bytes.data : "";
    size_t length = original->bytes.length, mark = 0;
    const struct source_fields fields = {.text = field};
    TRY(encoding_named(original->encoding, &reading->encoding, error));
    (void)encoding_of_mark(bytes, length, &reading->encoding);
    reading->begin = original->begin;
    if (!original->json || original->passed)
        return source_open_text(&reading->desk, &reading->encoding, bytes, length, &reading->source, error);
    mark = reading->encoding.mark;
    reading->begin += mark;
    reading->encoding.mark = 0;
    dedup_error reason;
    dedup_status status = source_open_json(&reading->desk, &reading->encoding, &fields, bytes + mark, length - mark,
                                           &reading->source, &reason);
    if (status != DEDUP_ERROR_FORMAT)
        return status == DEDUP_OK ? DEDUP_OK : fail(error, status, "%s", reason.message);
    original->passed = true; /* a line that the run could not understand either */
    return source_open_text(&reading->desk, &reading->encoding, bytes + mark, length - mark, &reading->source, error);
}

static dedup_status map_characters(struct reading *reading, dedup_error *error)
{
    const char *text = reading->source.text;
    uint32_t length = reading->source.text_length;
    size_t most = (size_t)utf8_count(text, length) + 1;
    reading->offsets = malloc(most * sizeof *reading->offsets);
    reading->places = malloc(most * sizeof *reading->places);
    if (!reading->offsets || !reading->places)
        return fail_memory(error, "an explanation");
    for (uint32_t i = 0; i < length; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            reading->offsets[reading->count++] = i;
    reading->offsets[reading->count++] = length;
    return source_map(&reading->desk, &reading->source, reading->offsets, reading->count, reading->places, error);
}

/* The place in the text of a byte of the file. */
static size_t text_place(const struct reading *reading, uint64_t byte)
{
    uint64_t place = byte > reading->begin ? byte - reading->begin : 0;
    size_t low = 0, high = reading->count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (reading->places[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return reading->offsets[low];
}

static void add_part(dedup_explanation *out, const dedup_part *how, size_t begin, size_t end)
{
    dedup_part *part = &out->parts[out->part_count];
    if (begin == end)
        return;
    *part = how ? *how : (dedup_part){0};
    part->text = out->text + begin;
    part->length = end - begin;
    out->part_count++;
}

/* Divides the text. A record inside of the one before only tells about that one's text. */
static dedup_status divide(struct explainer *explainer, const struct reading *reading, dedup_error *error)
{
    dedup_explanation *out = explainer->out;
    size_t at = 0;
    out->parts = malloc((2 * explainer->count + 1) * sizeof *out->parts);
    if (!out->parts)
        return fail_memory(error, "an explanation");
    for (size_t i = 0; i < explainer->count; i++) {
        const struct removal *removal = &explainer->removals[i];
        size_t begin = text_place(reading, removal->begin), end = text_place(reading, removal->end);
        begin = begin < at ? at : begin;
        if (end <= begin)
            continue;
        add_part(out, NULL, at, begin);
        add_part(out, &removal->part, begin, end);
        at = end;
    }
    add_part(out, NULL, at, out->length);
    return DEDUP_OK;
}

/* Loads a document and appends its text to `text`; `explainer`, when not NULL, divides it. */
static dedup_status read_document(const char *output, const char *name, const char *field, dedup_buffer *text,
                                  struct explainer *explainer, dedup_error *error)
{
    struct original original;
    struct reading reading = {0};
    dedup_status status = original_load(output, name, &original, error);
    if (status == DEDUP_OK)
        status = source_desk_create(&reading.desk, error);
    if (status == DEDUP_OK)
        status = open_source(&original, field, &reading, error);
    if (status == DEDUP_OK)
        status = dedup_buffer_append(text, reading.source.text, reading.source.text_length, error);
    if (status == DEDUP_OK && explainer) {
        explainer->out->text = text->data ? text->data : "";
        explainer->out->length = text->length;
        explainer->out->passed = original.passed;
        status = map_characters(&reading, error);
        if (status == DEDUP_OK)
            status = divide(explainer, &reading, error);
    }
    free(reading.offsets);
    free(reading.places);
    source_desk_release(&reading.desk);
    original_release(&original);
    return status;
}

static dedup_status explain(const char *output, const char *field, struct explainer *explainer, dedup_error *error)
{
    dedup_explanation *out = explainer->out;
    struct dedup_explanation_memory *memory = out->memory;
    TRY(dedup_log_read(output, take_record, explainer, error));
    TRY(read_document(output, explainer->name, field, &memory->text, explainer, error));
    if (!out->kept)
        return DEDUP_OK;
    TRY(read_document(output, out->kept, field, &memory->kept_text, NULL, error));
    out->kept_text = memory->kept_text.data ? memory->kept_text.data : "";
    out->kept_length = memory->kept_text.length;
    return DEDUP_OK;
}

/* The field that held the texts of the run. */
static dedup_status find_field(const char *output, struct stored_report *report, dedup_error *error)
{
    dedup_buffer text;
    dedup_buffer_init(&text, REPORT_LIMIT);
    dedup_status status = dedup_report_read(output, DEDUP_REPORT_JSON, false, &text, error);
    *report = (struct stored_report){0};
    if (status == DEDUP_OK)
        status = stored_report_parse(text.data ? text.data : "", text.length, report, error);
    dedup_buffer_release(&text);
    return status;
}

dedup_status dedup_explain(const char *output, const char *document, dedup_explanation *out, dedup_error *error)
{
    struct stored_report report;
    *out = (dedup_explanation){.memory = malloc(sizeof *out->memory)};
    if (!out->memory)
        return fail_memory(error, "an explanation");
    arena_init(&out->memory->arena);
    dedup_buffer_init(&out->memory->text, UINT32_MAX);
    dedup_buffer_init(&out->memory->kept_text, UINT32_MAX);
    struct explainer explainer = {.name = document, .out = out, .arena = &out->memory->arena};
    dedup_buffer_init(&explainer.scratch, UINT32_MAX);
    dedup_status status = find_field(output, &report, error);
    if (status == DEDUP_OK)
        status = explain(output, report.options.text_field, &explainer, error);
    stored_report_release(&report);
    dedup_buffer_release(&explainer.scratch);
    free(explainer.removals);
    if (status != DEDUP_OK)
        dedup_explanation_release(out);
    return status;
}

void dedup_explanation_release(dedup_explanation *explanation)
{
    if (explanation->memory) {
        arena_release(&explanation->memory->arena);
        dedup_buffer_release(&explanation->memory->text);
        dedup_buffer_release(&explanation->memory->kept_text);
    }
    free(explanation->memory);
    free(explanation->parts);
    *explanation = (dedup_explanation){0};
}
